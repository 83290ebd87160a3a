// In which order a fleet comes up, which versions run, which files are read.
'use strict'

const assert = require('node:assert/strict')
const path = require('node:path')
const test = require('node:test')

const { load } = require('..')

const FLEET = path.join(__dirname, '..', '..', 'examples', 'fleets', 'gitops-bridge')

test('every app has a stage', async () => {
  const fleet = await (await load(FLEET)).resolve()
  const order = await fleet.order()
  assert.equal(order.apps.length, fleet.apps.length)
  assert.deepEqual(order.deadlocks, [])
  const dev = await fleet.order({ cluster: 'dev' })
  assert.ok(dev.apps.length > 0 && dev.apps.length < order.apps.length)
  await assert.rejects(fleet.order({ cluster: 'dve' }), { kind: 'not-found' })
})

test('versions and files', async () => {
  const fleet = await (await load(FLEET)).resolve()
  const matrix = await fleet.matrix({ by: 'environment' })
  assert.equal(matrix.summary.apps, fleet.apps.length)
  const paths = await fleet.paths({ apps: ['cert-manager-dev'] })
  assert.equal(paths.summary.apps, 1)
})

test('own policies', async () => {
  const fleet = await (await load(FLEET)).resolve()
  assert.ok(fleet.policies.some(policy => policy.name === 'tenants' && policy.apps === 20))
  const { constraints, values } = fleet.app('payments-api-prod-eu').policy
  const kinds = constraints.find(constraint => constraint.id === 'tenants/kinds')
  assert.equal(kinds.through.name, 'tenants')
  assert.equal(kinds.place.path, 'policies/tenants.yaml')
  assert.equal(values.find(value => value.name === 'onCall').value, 'payments-pager')
})
