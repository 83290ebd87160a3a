// Charts and kustomizations without a fleet.
'use strict'

const assert = require('node:assert/strict')
const { mkdirSync, mkdtempSync, writeFileSync } = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const test = require('node:test')

const { buildKustomization, renderChart } = require('..')

function folderOf (files) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aoa-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

const chart = () => folderOf({
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'values.yaml': 'replicas: 1\ntag: a\n',
  'prod.yaml': 'tag: b\n',
  'templates/app.yaml': 'kind: Deployment\nmetadata: {name: {{ .Release.Name }}}\nspec: {replicas: {{ .Values.replicas }}, tag: {{ .Values.tag }}}\n',
  'templates/test.yaml': 'kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test, helm.sh/hook-weight: "3"}}\n'
})

test('a chart is rendered', async () => {
  const folder = chart()
  const rendered = await renderChart(folder, { name: 'prod', values: { replicas: 3 }, valueFiles: [path.join(folder, 'prod.yaml')] })
  assert.deepEqual(rendered.manifests.map(m => [m.path, m.object.spec]), [['web/templates/app.yaml', { replicas: 3, tag: 'b' }]])
  assert.ok(rendered.text.startsWith('---\n# Source: web/templates/app.yaml\nkind: Deployment\nmetadata: {name: prod}\n'))
  assert.deepEqual(rendered.hooks.map(h => [h.events, h.weight]), [[['test'], 3]])
  assert.ok(!(await renderChart(folder, { skipTests: true })).text.includes('kind: Pod'))
})

test('an error has the words of Helm', async () => {
  const folder = chart()
  writeFileSync(path.join(folder, 'templates', 'bad.yaml'), '{{ fail `no` }}')
  await assert.rejects(renderChart(folder), { code: 'AOA_INVALID', message: 'execution error at (web/templates/bad.yaml:1:3): no' })
  await assert.rejects(renderChart(folder, { nmae: 'x' }), TypeError)
  await assert.rejects(renderChart(path.join(folder, 'nowhere')), { code: 'AOA_NOT_FOUND' })
})

test('a kustomization is built', async () => {
  const folder = folderOf({
    'base/kustomization.yaml': 'resources: [a.yaml]',
    'base/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}',
    'prod/kustomization.yaml': 'namePrefix: prod-\nresources: [../base]'
  })
  const built = await buildKustomization(path.join(folder, 'prod'), { root: folder })
  assert.equal(built.text, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: prod-a\n')
  assert.deepEqual(built.manifests.map(m => m.metadata.name), ['prod-a'])
  await assert.rejects(buildKustomization(path.join(folder, 'prod')), { name: 'AoaError' })
})
