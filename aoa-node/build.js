// Builds the native module and puts it beside index.js. AOA_PROFILE=release builds for use.
const { execFileSync } = require('node:child_process')
const { copyFileSync } = require('node:fs')
const path = require('node:path')

const root = path.resolve(__dirname, '..')
const release = process.env.AOA_PROFILE === 'release'
execFileSync('cargo', ['build', '-q', '-p', 'aoa-node', ...(release ? ['--release'] : [])], { cwd: root, stdio: 'inherit' })
const names = { darwin: 'libaoa_node.dylib', win32: 'aoa_node.dll' }
const target = process.env.CARGO_TARGET_DIR || path.join(root, 'target')
const built = path.join(target, release ? 'release' : 'debug', names[process.platform] || 'libaoa_node.so')
copyFileSync(built, path.join(__dirname, 'aoa.node'))
