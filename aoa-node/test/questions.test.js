// Questions about a fleet: why, why not, what if, drift.
'use strict'

const assert = require('node:assert')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const test = require('node:test')

const { load } = require('..')

const FLEET = path.join(__dirname, '../../examples/fleets/gitops-bridge')

test('why an Application is there', async () => {
  const fleet = await (await load(FLEET)).resolve()
  const reasons = await fleet.why({ app: 'payments-api-prod-eu' })
  assert.strictEqual(reasons.heldBy, 6)
  const { fields } = await fleet.why('payments-api-prod-eu', { field: 'spec.source.path' })
  assert.strictEqual(fields[0].value, 'teams/payments/api/manifests')
  await assert.rejects(fleet.why('payments-api-prod-eux'), { code: 'AOA_NOT_FOUND' })
  await assert.rejects(fleet.why({}), TypeError)
})

test('why not names a change that helps', async () => {
  const loaded = await load(FLEET)
  const fleet = await loaded.resolve()
  const absence = await fleet.whyNot({ appset: 'workloads', cluster: 'mgmt' })
  const label = absence.change.whatIf.map(flag => flag.replace('--label ', ''))
  const changes = await loaded.whatIf({ label })
  assert.strictEqual(changes.summary.added, absence.change.apps)
})

test('what if tells relabelling from removing', async () => {
  const loaded = await load(FLEET)
  assert.strictEqual((await loaded.whatIf({ removeCluster: 'prod-us' })).summary.deleted, 9)
  assert.strictEqual((await (await loaded.thought({ removeCluster: 'prod-us' })).resolve()).apps.length, 48)
  await assert.rejects(loaded.whatIf({ lable: 'a' }), TypeError)
})

test('drift', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aoa-drift-'))
  const file = path.join(folder, 'live.json')
  fs.writeFileSync(file, '[{"metadata": {"name": "old", "namespace": "argocd"}, "spec": {"destination": {"name": "dev"}}}]')
  const drift = await (await (await load(FLEET)).resolve()).drift(file)
  assert.strictEqual(drift.summary.missing, 57)
  fs.rmSync(folder, { recursive: true })
})
