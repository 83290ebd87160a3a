// What changes between two fleets.
'use strict'

const assert = require('node:assert/strict')
const { cpSync, mkdtempSync, rmSync } = require('node:fs')
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
