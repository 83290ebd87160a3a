// Resolves Argo CD app-of-apps fleets offline. The native module answers with JSON text; here it becomes objects.
'use strict'

const { fileURLToPath } = require('node:url')
const { inspect } = require('node:util')

const native = require('./aoa.node')

/** Why there is no answer: `kind` and `code` are stable, `help` says what to do. */
class AoaError extends Error {
  constructor (message, kind, help) {
    super(message)
    this.name = 'AoaError'
    this.kind = kind
    this.code = `AOA_${kind.toUpperCase().replaceAll('-', '_')}`
    this.help = help || undefined
  }
}

function translate (error) {
  const [kind, message, help] = String(error.message).split('\u001f')
  return message === undefined ? error : new AoaError(message, kind, help)
}

/** What the native module says, with its errors as ours. */
function ask (question) {
  try {
    return question()
  } catch (error) {
    throw translate(error)
  }
}

/** A path as Node takes it: a string, or a URL of a file. */
function pathOf (value, what) {
  if (typeof value === 'string') return value
  if (value instanceof URL) return fileURLToPath(value)
  throw new TypeError(`${what} is a string or a file URL, not ${value === null ? 'null' : typeof value}`)
}

/** Options are few and none may be mistyped. */
function checkOptions (options, known) {
  const unknown = Object.keys(options).find(key => !known.includes(key))
  if (unknown !== undefined) throw new TypeError(`there is no option \`${unknown}\`; there are ${known.join(', ')}`)
}

async function load (path = '.', options = {}) {
  checkOptions(options, ['config', 'branch'])
  const { config, branch } = options
  const file = config === undefined ? undefined : pathOf(config, 'the configuration')
  const from = [pathOf(path, 'the folder'), file, branch]
  try {
    return new Loaded(await native.load(...from), from)
  } catch (error) {
    throw translate(error)
  }
}

const EDITS = [
  'label', 'annotate', 'addCluster', 'removeCluster', 'revision', 'kubeVersion', 'deleteApp', 'deleteSet', 'deleteProject',
  'removeFile'
]

/** What is thought otherwise, as the native module takes it: a list of each. */
function editsOf (edits) {
  checkOptions(edits, EDITS)
  const lists = Object.entries(edits).map(([name, words]) => {
    const several = Array.isArray(words) ? words : [words]
    return [name, several.map(word => pathOf(word, `\`${name}\``))]
  })
  return JSON.stringify(Object.fromEntries(lists))
}

/** What is asked about: an address, or one thing by its kind. */
function addressOf (about, kinds) {
  if (typeof about === 'string') return about
  const given = kinds.filter(kind => about[kind] !== undefined)
  if (given.length !== 1) throw new TypeError(`one thing can be asked about: an address, or one of ${kinds.join(', ')}`)
  return `${given[0]}:${about[given[0]]}`
}

/** An answer that comes as JSON text. */
async function answer (asked) {
  try {
    return JSON.parse(await asked())
  } catch (error) {
    throw translate(error)
  }
}

async function diff (what = [], options = {}) {
  checkOptions(options, ['repo', 'config', 'branch', 'check', 'showSecrets'])
  const { repo = '.', config, branch, check = false, showSecrets = false } = options
  const sides = (Array.isArray(what) ? what : [what]).map(side => pathOf(side, 'what is compared'))
  if (sides.length > 2) throw new TypeError(`at most two folders, outputs or revisions can be compared, not ${sides.length}`)
  const file = config === undefined ? undefined : pathOf(config, 'the configuration')
  try {
    return JSON.parse(await native.diff(sides, pathOf(repo, 'the repository'), file, branch, check, showSecrets))
  } catch (error) {
    throw translate(error)
  }
}

const CHART_OPTIONS = [
  'name', 'namespace', 'values', 'valueFiles', 'set', 'setString', 'setJson', 'setFile', 'includeCrds', 'skipTests',
  'skipSchemaValidation', 'isUpgrade', 'kubeVersion', 'apiVersions'
]

async function renderChart (path, options = {}) {
  checkOptions(options, CHART_OPTIONS)
  const valueFiles = (options.valueFiles ?? []).map(file => pathOf(file, 'a file of values'))
  return alone(native.renderChart, pathOf(path, 'the chart'), { ...options, valueFiles })
}

async function buildKustomization (path = '.', options = {}) {
  checkOptions(options, ['root', 'loadRestrictor'])
  const root = options.root === undefined ? undefined : pathOf(options.root, 'the root')
  return alone(native.buildKustomization, pathOf(path, 'the folder'), { ...options, root })
}

async function alone (make, path, options) {
  try {
    return JSON.parse(await make(path, JSON.stringify(options)))
  } catch (error) {
    throw translate(error)
  }
}

class Loaded {
  #native
  #from
  constructor (loaded, from) {
    this.#native = loaded
    this.#from = from
  }

  async thought (edits) {
    try {
      return new Loaded(await native.load(...this.#from, editsOf(edits)), this.#from)
    } catch (error) {
      throw translate(error)
    }
  }

  async whatIf (edits, options = {}) {
    checkOptions(options, ['showSecrets'])
    const thought = await this.thought(edits)
    return answer(() => thought.#native.whatIf(options.showSecrets ?? false))
  }

  get notes () { return this.#native.notes() }

  [inspect.custom] () { return '<Loaded>' }

  async resolve () {
    try {
      return new Fleet(await this.#native.resolve())
    } catch (error) {
      throw translate(error)
    }
  }
}

class Fleet {
  #native
  #apps
  #data
  constructor (fleet) { this.#native = fleet }

  get apps () {
    if (!this.#apps) {
      const keys = this.#native.keys()
      this.#apps = []
      for (let i = 0; i < keys.length; i += 2) this.#apps.push(new App(this.#native, keys[i], keys[i + 1]))
      Object.freeze(this.#apps)
    }
    return this.#apps
  }

  [Symbol.iterator] () { return this.apps[Symbol.iterator]() }

  app (address) {
    const cut = address.lastIndexOf('/')
    const [namespace, name] = [address.slice(0, Math.max(cut, 0)), address.slice(cut + 1)]
    const found = this.apps.filter(app => app.name === name && (cut < 0 || app.namespace === namespace))
    if (found.length === 1) return found[0]
    if (found.length === 0) throw new AoaError(`there is no Application \`${address}\``, 'not-found')
    const names = found.map(app => `${app.namespace}/${app.name}`).join(', ')
    throw new AoaError(`\`${address}\` names ${found.length} Applications`, 'invalid', `say which: ${names}`)
  }

  async withFiles (files) {
    const texts = Object.values(files).map(text => text === null ? null : String(text))
    try {
      return new Fleet(await this.#native.withFiles(Object.keys(files), texts))
    } catch (error) {
      throw translate(error)
    }
  }

  async diff (newer, options = {}) {
    if (!(newer instanceof Fleet)) throw new TypeError('a fleet can be compared with a fleet')
    checkOptions(options, ['check', 'showSecrets'])
    const { check = false, showSecrets = false } = options
    return answer(() => this.#native.diff(newer.#native, check, showSecrets))
  }

  async why (about, options = {}) {
    const kinds = ['app', 'appset', 'project', 'cluster', 'file', 'object']
    if (typeof about !== 'string') checkOptions(about, kinds)
    checkOptions(options, ['field', 'fields', 'showSecrets'])
    const { field, fields = false, showSecrets = false } = options
    const address = addressOf(about, kinds)
    return answer(() => this.#native.why(address, field, fields, showSecrets))
  }

  async whyNot (about, options = {}) {
    checkOptions(options, ['showSecrets'])
    const kinds = ['app', 'appset', 'object']
    if (typeof about !== 'string') checkOptions(about, [...kinds, 'cluster'])
    const address = addressOf(about, kinds)
    const on = about.cluster === undefined ? undefined : `cluster:${about.cluster}`
    return answer(() => this.#native.whyNot(address, on, options.showSecrets ?? false))
  }

  async drift (snapshots, options = {}) {
    checkOptions(options, ['showSecrets'])
    const files = (Array.isArray(snapshots) ? snapshots : [snapshots]).map(file => pathOf(file, 'a snapshot'))
    return answer(() => this.#native.drift(files, options.showSecrets ?? false))
  }

  json (options = {}) {
    checkOptions(options, ['manifests', 'showSecrets'])
    const { manifests = false, showSecrets = false } = options
    return ask(() => this.#native.toJson(manifests, showSecrets))
  }

  async order (options = {}) {
    checkOptions(options, ['cluster', 'app', 'showSecrets'])
    const { cluster, app, showSecrets = false } = options
    return answer(() => this.#native.order(cluster, app, showSecrets))
  }

  async matrix (options = {}) {
    checkOptions(options, ['by', 'version', 'showSecrets'])
    const { by = 'cluster', version, showSecrets = false } = options
    return answer(() => this.#native.matrix(by, version, showSecrets))
  }

  async paths (options = {}) {
    checkOptions(options, ['apps', 'showSecrets'])
    const { apps = [], showSecrets = false } = options
    return answer(() => this.#native.paths(apps, showSecrets))
  }

  get data () {
    this.#data ??= JSON.parse(this.json())
    return this.#data
  }

  toJSON () { return this.data }
  [inspect.custom] () { return `<Fleet of ${this.apps.length} apps>` }
  check (options = {}) {
    checkOptions(options, ['select', 'ignore', 'failOn', 'baseline', 'baselineMaxAge', 'today', 'showSecrets'])
    const { select = [], ignore = [], failOn, baseline, baselineMaxAge, today, showSecrets = false } = options
    const file = baseline === undefined ? undefined : pathOf(baseline, 'the baseline')
    const request = { select, ignore, failOn, baseline: file, baselineMaxAge, today, showSecrets }
    const { summary, findings } = JSON.parse(ask(() => this.#native.check('json', request)))
    return Object.freeze({
      summary,
      findings,
      fails: summary.fails,
      report: (format = 'json') => ask(() => this.#native.check(format, request))
    })
  }

  get policies () { return JSON.parse(ask(() => this.#native.policy(undefined, false))).policies }
  get appSets () { return this.data.appSets }
  get projects () { return this.data.projects }
  get clusters () { return this.data.clusters }
  get conflicts () { return this.data.conflicts }
  get findings () { return this.data.findings }
  get needs () { return this.data.needs }
}

class App {
  #native
  #data
  constructor (fleet, namespace, name) {
    this.#native = fleet
    this.namespace = namespace
    this.name = name
  }

  get data () {
    this.#data ??= JSON.parse(ask(() => this.#native.appJson(this.namespace, this.name, false, false)))
    return this.#data
  }

  get policy () { return JSON.parse(ask(() => this.#native.policy(`${this.namespace}/${this.name}`, false))) }
  get project () { return this.data.project }
  get cluster () { return this.data.cluster }
  get destination () { return this.data.destination }
  get parent () { return this.data.parent }
  get appSet () { return this.data.appSet }
  get labels () { return this.data.labels ?? {} }
  get annotations () { return this.data.annotations ?? {} }
  get spec () { return this.data.spec }
  get sources () { return this.data.sources ?? [] }
  get obstacles () { return this.data.obstacles ?? [] }

  get content () {
    const content = this.data.content ?? { state: 'skipped' }
    if (content.state !== 'known') return content
    const whole = JSON.parse(ask(() => this.#native.appJson(this.namespace, this.name, true, false)))
    return { state: 'known', manifests: whole.manifests }
  }

  toJSON () { return this.data }
  [inspect.custom] () { return `<App ${this.namespace}/${this.name}>` }
}

module.exports = { AoaError, App, Fleet, Loaded, buildKustomization, diff, load, renderChart }
