// Who brings whom, for Graphviz: node graph.mjs FOLDER | dot -Tsvg > fleet.svg
import { load } from 'aoa-fleet'

const fleet = await (await load(process.argv[2] ?? '.')).resolve()
console.log('digraph fleet {\n  rankdir=LR; node [shape=box];')
for (const { name, parent } of fleet.appSets) {
  console.log(`  "set ${name}" [shape=diamond];`)
  if (parent) console.log(`  "${parent.name}" -> "set ${name}";`)
}
for (const { name, appSet, parent } of fleet) {
  if (appSet) console.log(`  "set ${appSet.name}" -> "${name}";`)
  else if (parent) console.log(`  "${parent.name}" -> "${name}";`)
  else console.log(`  "${name}" [style=bold];`)
}
console.log('}')
