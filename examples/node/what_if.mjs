// What another inventory would change: node what_if.mjs FOLDER CONFIGURATION
//
// The configuration is a second aoa.yaml that names other clusters.
import { isDeepStrictEqual } from 'node:util'
import { load } from 'aoa-fleet'

const [folder, config] = process.argv.slice(2)
if (config === undefined) {
  console.error('usage: what_if.mjs FOLDER CONFIGURATION')
  process.exit(2)
}
const apps = async options => new Map([...await (await load(folder, options)).resolve()].map(app => [app.name, app]))
const [before, after] = [await apps({}), await apps({ config })]
for (const [name, app] of before) if (!after.has(name)) console.log(`- ${name} on ${app.cluster}`)
for (const [name, app] of after) if (!before.has(name)) console.log(`+ ${name} on ${app.cluster}`)
for (const [name, app] of after) {
  if (before.has(name) && !isDeepStrictEqual(before.get(name).spec, app.spec)) console.log(`~ ${name} on ${app.cluster}`)
}
