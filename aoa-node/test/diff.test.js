// What changes between two fleets.
'use strict'

const assert = require('node:assert/strict')
const { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const test = require('node:test')

const { diff, load } = require('..')

function both () {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aoa-'))
  const fleet = path.join(__dirname, '..', '..', 'examples', 'fleets', 'gitops-bridge')
  const sides = ['before', 'after'].map(side => path.join(folder, side))
  for (const side of sides) cpSync(fleet, side, { recursive: true })
  return sides
}

test('a fleet and itself are the same', async () => {
  const changes = await diff(both())
  assert.deepEqual([changes.apps, changes.radius, changes.summary.same], [[], [], 57])
})

test('a cluster that goes leaves its objects', async () => {
  const sides = both()
  rmSync(path.join(sides[1], 'clusters', 'dev.yaml'))
  const changes = await diff(sides)
  assert.equal(changes.summary.deleted, 10)
  assert.deepEqual(changes.radius.map(lost => lost.cluster), ['dev'])
  const gone = changes.apps.find(change => change.app.name === 'payments-api-dev')
  assert.equal(gone.fate.cascade, 'cluster-gone')
})

test('outputs tell what their folders tell', async () => {
  const sides = both()
  for (const side of sides) {
    writeFileSync(
      path.join(side, 'teams', 'search', 'web', 'manifests', 'secret.yaml'),
      '{apiVersion: v1, kind: Secret, metadata: {name: login}, stringData: {password: some-password}}',
    )
  }
  rmSync(path.join(sides[1], 'clusters', 'dev.yaml'))
  const outputs = await Promise.all(sides.map(async side => {
    writeFileSync(`${side}.json`, (await (await load(side)).resolve()).json({ manifests: true }))
    return `${side}.json`
  }))
  const changes = await diff(outputs)
  assert.deepEqual(changes.apps, (await diff(sides)).apps)
  assert.deepEqual(changes.notes.map(note => note.includes('leaves out secrets')), [true, true])
  assert.deepEqual((await diff([outputs[0], sides[1]])).summary, changes.summary)
})

test('the policies of the older side judge', async () => {
  const sides = both()
  const manifest = path.join(sides[1], 'teams', 'search', 'web', 'manifests', 'deployment.yaml')
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('registry.acme.example/search/web:1.0.0', 'docker.io/acme/web'))
  const policy = path.join(sides[1], 'policies', 'platform.yaml')
  writeFileSync(policy, readFileSync(policy, 'utf8').replace('registry.acme.example/**', '**'))
  assert.deepEqual((await diff(sides)).findings.introduced, [])
  const changes = await diff(sides, { check: true })
  const rules = changes.findings.introduced.map(finding => finding.rule)
  assert.ok(rules.includes('A005') && rules.includes('H002'))
  const [before, after] = await Promise.all(sides.map(async side => (await load(side)).resolve()))
  assert.deepEqual((await before.diff(after, { check: true })).findings.introduced.map(finding => finding.rule), rules)
  assert.deepEqual((await before.diff(after)).findings.introduced, [])
})

test('what cannot be compared says why', async () => {
  const repo = mkdtempSync(path.join(os.tmpdir(), 'aoa-'))
  await assert.rejects(diff('main...', { repo }), { code: 'AOA_NOT_FOUND' })
  await assert.rejects(diff(['a', 'b', 'c']), TypeError)
})

test('a file that changes reaches what reads it', async () => {
  const fleet = await (await load(path.join(__dirname, '..', '..', 'examples', 'fleets', 'gitops-bridge'))).resolve()
  const file = 'teams/search/web/manifests/service.yaml'
  const changes = await fleet.diff(await fleet.withFiles({ [file]: null, 'README.md': 'nobody reads it' }))
  assert.ok(changes.apps.length > 0 && changes.apps.every(change => change.kind === 'changed'))
  assert.equal(changes.summary.same + changes.apps.length, fleet.apps.length)
  await assert.rejects(fleet.withFiles({ '../x': '' }), { code: 'AOA_INVALID' })
})
