// Who stays on a branch or a tag is read there, whatever is checked out.
'use strict'

const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const { mkdirSync, mkdtempSync, writeFileSync } = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const test = require('node:test')

const { diff, load } = require('..')

const url = 'https://git.example.com/fleet'

/** `web` follows the branch `release`, which stands at the first commit; `main` has come further. */
function clone () {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aoa-'))
  const git = (...words) => {
    const who = ['-c', 'user.name=someone', '-c', 'user.email=someone@example.com']
    execFileSync('git', [...who, ...words], { cwd: folder, stdio: 'pipe' })
  }
  const write = (file, data) => writeFileSync(path.join(folder, file), JSON.stringify(data))
  mkdirSync(path.join(folder, 'web'))
  write('root.yaml', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'web', namespace: 'argocd' },
    spec: {
      source: { repoURL: url, path: 'web', targetRevision: 'release' },
      destination: { name: 'in-cluster', namespace: 'web' }
    }
  })
  write('aoa.yaml', { repositories: { [url]: '.' }, roots: ['root.yaml'] })
  git('init', '--quiet', '--initial-branch', 'main')
  for (const value of ['first', 'second']) {
    write('web/config.yaml', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { a: value } })
    git('add', '--all')
    git('commit', '--quiet', '--message', value)
    if (value === 'first') git('branch', 'release')
  }
  return folder
}

const value = async loaded => (await loaded.resolve()).app('web').content.manifests[0].data.a

test('a branch is read where it stands', async () => {
  const folder = clone()
  assert.equal(await value(await load(folder)), 'first')
  assert.equal(await value(await load(folder, { branch: 'release' })), 'second')
  const thought = await (await load(folder, { branch: 'release' })).thought({ label: 'in-cluster:tier=gold' })
  assert.equal(await value(thought), 'second')
})

test('a change is for the branch that it is compared with', async () => {
  const repo = clone()
  const names = changes => changes.apps.map(change => change.app.name)
  assert.deepEqual(names(await diff('release..main', { repo })), ['web'])
  assert.deepEqual(names(await diff('release..main', { repo, branch: 'main' })), [])
})
