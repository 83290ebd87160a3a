// The example programs print what is expected of them, the same as those in Rust and Python.
'use strict'

const assert = require('node:assert/strict')
const { spawnSync } = require('node:child_process')
const { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const test = require('node:test')

const root = path.resolve(__dirname, '..', '..')
const shop = 'examples/fleets/shop'
const programs = [
  ['apps_per_cluster', [shop], 0],
  ['gate', [shop], 1],
  ['graph', [shop], 0],
  ['what_if', [shop, `${shop}/aoa.next.yaml`], 0]
]

// A project that has the package installed.
const project = mkdtempSync(path.join(os.tmpdir(), 'aoa-examples-'))
mkdirSync(path.join(project, 'node_modules'))
symlinkSync(path.join(root, 'aoa-node'), path.join(project, 'node_modules', 'aoa-fleet'), 'dir')
cpSync(path.join(root, 'examples', 'node'), project, { recursive: true })

for (const [name, args, code] of programs) {
  test(`${name} prints what is expected`, () => {
    const done = spawnSync(process.execPath, [path.join(project, `${name}.mjs`), ...args], { cwd: root, encoding: 'utf8' })
    assert.equal(done.stdout, readFileSync(path.join(root, 'examples', 'expected', `${name}.txt`), 'utf8'), done.stderr)
    assert.equal(done.status, code)
  })
}
