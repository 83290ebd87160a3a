// Which Applications run where: node apps_per_cluster.mjs FOLDER
import { load } from 'aoa-fleet'

const fleet = await (await load(process.argv[2] ?? '.')).resolve()
const clusters = new Map()
for (const app of fleet) {
  const cluster = app.cluster ?? 'no cluster'
  clusters.set(cluster, [...(clusters.get(cluster) ?? []), app.name])
}
for (const [cluster, apps] of [...clusters].sort()) console.log(`${cluster}: ${apps.join(', ')}`)
