// The demo fleet through Node, compared with what the command prints.
'use strict'

const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const { mkdtempSync, writeFileSync } = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const test = require('node:test')

const { AoaError, load } = require('..')

const root = path.resolve(__dirname, '..', '..')
const demo = path.join(root, 'examples', 'fleets', 'gitops-bridge')
const target = process.env.CARGO_TARGET_DIR || path.join(root, 'target')
const command = path.join(target, process.env.AOA_PROFILE || 'debug', 'aoa')
const resolved = load(demo).then(loaded => loaded.resolve())

test('the JSON is that of the command', async () => {
  const fleet = await resolved
  const printed = execFileSync(command, ['tree', demo, '-o', 'json'], { maxBuffer: 1 << 26 })
  assert.equal(fleet.json(), printed.toString('utf8'))
})

test('apps have their attributes', async () => {
  const fleet = await resolved
  const app = fleet.app('payments-api-prod-eu')
  assert.deepEqual([app.namespace, app.project, app.cluster], ['argocd', 'payments', 'prod-eu'])
  assert.deepEqual(app.appSet, { kind: 'ApplicationSet', namespace: 'argocd', name: 'workloads' })
  assert.equal(app.spec.source.path, 'teams/payments/api/manifests')
  assert.equal(app.content.state, 'known')
  assert.deepEqual(app.content.manifests.map(m => m.kind), ['Service', 'Deployment'])
  assert.equal([...fleet].length, fleet.apps.length)
})

test('what is not known says why', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aoa-'))
  writeFileSync(path.join(folder, 'root.yaml'), `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: cache, namespace: argocd}
spec:
  source: {repoURL: https://charts.example.com, chart: redis, targetRevision: 1.x}
  destination: {name: in-cluster, namespace: shop}
`)
  const content = (await (await load(folder)).resolve()).app('argocd/cache').content
  assert.equal(content.state, 'unknown')
  assert.equal(content.reason, 'chart redis 1.x of https://charts.example.com is not supplied')
})

test('errors have a code', async () => {
  await assert.rejects(load('/does/not/exist'), { name: 'AoaError', kind: 'not-found', code: 'AOA_NOT_FOUND' })
  const fleet = await resolved
  assert.throws(() => fleet.app('nobody'), { code: 'AOA_NOT_FOUND', message: 'there is no Application `nobody`' })
})

test('wrong arguments are type errors', async () => {
  await assert.rejects(load(demo, { confg: 'x' }), new TypeError('there is no option `confg`; there are config, branch'))
  await assert.rejects(load(7), new TypeError('the folder is a string or a file URL, not number'))
  const fleet = await resolved
  assert.throws(() => fleet.json({ secrets: true }), TypeError)
  const { pathToFileURL } = require('node:url')
  assert.equal((await (await load(pathToFileURL(demo))).resolve()).apps.length, fleet.apps.length)
})

test('objects show what they are', async () => {
  const { inspect } = require('node:util')
  const fleet = await resolved
  assert.equal(inspect(fleet), `<Fleet of ${fleet.apps.length} apps>`)
  assert.equal(inspect(fleet.app('root')), '<App argocd/root>')
})

test('everything exported has a type', () => {
  const types = require('node:fs').readFileSync(path.join(__dirname, '..', 'index.d.ts'), 'utf8')
  const exported = require('..')
  for (const name of Object.keys(exported)) {
    assert.match(types, new RegExp(`export (class|function) ${name}\\b`), name)
  }
  for (const [name, type] of Object.entries(exported).filter(([, value]) => value.prototype)) {
    const start = types.indexOf(`export class ${name}`)
    const body = types.slice(start, types.indexOf('\n}', start))
    const members = Object.getOwnPropertyNames(type.prototype).filter(member => member !== 'constructor')
    for (const member of members) assert.match(body, new RegExp(`\\b${member}\\b`), `${name}.${member}`)
  }
})

test('errors have kind and help', async () => {
  const fleet = await resolved
  assert.throws(() => fleet.app('nobody'), error => error instanceof AoaError && error.kind === 'not-found')
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aoa-'))
  writeFileSync(path.join(folder, 'aoa.yaml'), 'cluster: []\n')
  await assert.rejects(load(folder), error => error.help === 'did you mean `clusters`?')
})

test('the event loop runs while a fleet resolves', async () => {
  let ticks = 0
  const timer = setInterval(() => { ticks += 1 }, 1)
  const loaded = await load(demo)
  await Promise.all([1, 2, 3, 4].map(() => loaded.resolve()))
  await new Promise(resolve => setTimeout(resolve, 5))
  clearInterval(timer)
  assert.ok(ticks > 0)
})
