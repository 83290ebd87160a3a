// Stops a pull request that breaks the fleet, with GitHub's annotations: node gate.mjs FOLDER
//
// Exits 1 if there is an error, 0 if there is none.
import { load } from 'aoa-fleet'

const fleet = await (await load(process.argv[2] ?? '.')).resolve()
const commands = { error: 'error', warning: 'warning', info: 'notice' }
for (const { severity, places, rule, message } of fleet.findings) {
  const place = places.length ? `file=${places[0].path},line=${places[0].line},` : ''
  console.log(`::${commands[severity]} ${place}title=${rule}::${message.replaceAll('\n', '%0A')}`)
}
const errors = fleet.findings.filter(finding => finding.severity === 'error').length
console.log(`${errors} errors in ${fleet.apps.length} Applications`)
process.exitCode = errors ? 1 : 0
