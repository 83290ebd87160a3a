// What is wrong with a fleet, through Node, compared with what the command prints.
'use strict'

const assert = require('node:assert/strict')
const { spawnSync } = require('node:child_process')
const path = require('node:path')
const test = require('node:test')

const { AoaError, load } = require('..')

const root = path.resolve(__dirname, '..', '..')
const broken = path.join(root, 'examples', 'fleets', 'broken', 'main')
const target = process.env.CARGO_TARGET_DIR || path.join(root, 'target')
const command = path.join(target, process.env.AOA_PROFILE || 'debug', 'aoa')
const resolved = load(broken).then(loaded => loaded.resolve())
const today = '2026-11-21'

test('reports are those of the command', async () => {
  const checked = (await resolved).check({ today })
  for (const format of ['json', 'sarif', 'github', 'gitlab', 'markdown', 'junit']) {
    const printed = spawnSync(command, ['check', broken, '-o', format, '--today', today], { maxBuffer: 1 << 26 })
    assert.equal(checked.report(format), printed.stdout.toString('utf8'))
  }
})

test('rules are selected', async () => {
  const checked = (await resolved).check({ select: ['H'], ignore: ['H003'], today })
  assert.equal(checked.fails, true)
  assert.deepEqual(checked.findings.map(f => f.rule), ['H004', 'H005', 'H008', 'H001', 'H002', 'H006', 'H007'])
  assert.equal((await resolved).check({ select: ['H002'], failOn: 'never' }).fails, false)
})

test('what does not exist is an error', async () => {
  const fleet = await resolved
  assert.throws(() => fleet.check({ select: ['H999'] }), error => error instanceof AoaError && error.kind === 'invalid')
  assert.throws(() => fleet.check({ nonsense: true }), TypeError)
})
