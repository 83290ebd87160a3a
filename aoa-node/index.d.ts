/** Names an Application, ApplicationSet or AppProject. */
export interface Ref { kind: 'Application' | 'ApplicationSet' | 'AppProject'; namespace?: string; name: string }

/** A Kubernetes object. */
export type Manifest = Record<string, unknown>

/** What an Application contains. Unknown is not empty. */
export type Content =
  | { state: 'known'; manifests: Manifest[] }
  | { state: 'unknown'; reason: string; remedy: string }
  | { state: 'failed'; reason: string }
  | { state: 'skipped' }

/** The content of one source; `manifests` is how many there are. */
export type SourceContent =
  | { state: 'known'; manifests: number }
  | { state: 'unknown'; reason: string; remedy: string }
  | { state: 'failed'; reason: string }
  | { state: 'skipped' }

export interface Source {
  repoURL?: string
  path?: string
  chart?: string
  targetRevision?: string
  /** What that stands for: the commit of what is not checked out, the version of a chart where the source says another. */
  resolved?: string
  ref?: string
  type?: 'Directory' | 'Helm' | 'Kustomize' | 'Plugin'
  content: SourceContent
}

export interface Destination { server?: string; name?: string; namespace?: string }
export interface Cluster { name?: string; server?: string; project?: string; labels: Record<string, string> | null; annotations: Record<string, string> | null }

export interface AppSet {
  namespace?: string
  name: string
  parent: Ref | null
  /** Its children stay as they are, whatever the fleet says. */
  frozen: boolean
  status: 'pending' | 'generated' | 'unknown' | 'error'
  /** What the controller may do to its Applications. */
  policy: 'create-only' | 'create-update' | 'create-delete' | 'sync'
  preserveResourcesOnDeletion: boolean
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  spec: Record<string, unknown> | null
  rollout?: Rollout
  generated?: string[]
  rejected?: Record<string, string>
  reason?: string
  remedy?: string
}

/** How the strategy RollingSync syncs the Applications of a set. */
export interface Rollout {
  /** null where the controller's settings are not known. */
  enabled: boolean | null
  steps: string[][]
  unselected: string[]
  deletionOrder?: string[]
}

export interface Project {
  namespace?: string
  name: string
  parent: Ref | null
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  spec: Record<string, unknown> | null
}
export interface Conflict { object: Ref; parent: Ref | null; same: boolean }
export interface Place { repository?: string; /** Where it is read at another commit than what is checked out. */ commit?: string; path: string; line: number; column?: number; width?: number }

export interface Finding {
  rule: string
  ruleName: string
  severity: 'info' | 'warning' | 'error'
  message: string
  help?: string
  fingerprint: string
  subjects: Ref[]
  places: Place[]
  /** Of a check: open and aged findings count. */
  standing?: 'open' | 'aged' | 'known' | 'waived'
  /** Since when the baseline knows it. */
  since?: string
  /** Why it is waived, and until when. */
  reason?: string
  until?: string
}

/** What to check; what is not given is as `check:` of aoa.yaml has it. Rules are named by id, name or the letter of their family. */
export interface CheckOptions {
  select?: string[]
  ignore?: string[]
  failOn?: 'info' | 'warning' | 'error' | 'never'
  baseline?: string | URL
  baselineMaxAge?: number
  /** The day by which waivers and the baseline expire, `2027-01-31`; else today. */
  today?: string
  showSecrets?: boolean
}

/** What a check found. */
export interface Checked {
  readonly summary: {
    apps: number; unknown: number; errors: number; warnings: number; infos: number; waived: number; known: number
    failOn: 'info' | 'warning' | 'error' | 'never'; fails: boolean
  }
  /** Errors first; also those that are waived or in the baseline. */
  readonly findings: Finding[]
  /** Whether a finding of the severity to fail on counts: `aoa check` exits with 1. */
  readonly fails: boolean
  /** The same bytes as `aoa check -o FORMAT` prints. */
  report(format?: 'json' | 'sarif' | 'github' | 'gitlab' | 'markdown' | 'junit'): string
}

export interface Need {
  kind: 'repository' | 'revision' | 'chart' | 'value-file' | 'oci' | 'renderer' | 'evaluation' | 'plugin' | 'answer'
  reason: string
  remedy: string
  repository?: string
  revision?: string
  chart?: string
  version?: string
  url?: string
  subjects: Ref[]
}

/** Why there is no answer. */
export class AoaError extends Error {
  private constructor()
  /** `AOA_` and the kind in capitals, as Node's own errors have codes. */
  code: 'AOA_SYNTAX' | 'AOA_INVALID' | 'AOA_NOT_FOUND' | 'AOA_UNSUPPORTED' | 'AOA_LIMIT' | 'AOA_INTERNAL'
  /** What it is about. */
  kind: 'syntax' | 'invalid' | 'not-found' | 'unsupported' | 'limit' | 'internal'
  /** What to do about it. */
  help?: string
}

/** Loads the fleet of a folder: its repository, aoa.yaml, inventory and recorded answers. Nothing is fetched.
 *
 * `branch` is what the checkout is to be merged into: `branch` of aoa.yaml, else origin's default branch. Rejects with AoaError for a
 * folder or configuration that cannot be read.
 */
export function load(path?: string | URL, options?: { config?: string | URL; branch?: string }): Promise<Loaded>

/** Where an Application belongs. */
export interface Whereabouts { parent: Ref | null; project?: string; cluster?: string; namespace?: string }

/** A field that differs; that of a Secret without its values. */
export interface FieldChange {
  path: string
  before?: unknown
  after?: unknown
  secret?: true
  /** Argo CD leaves it out of comparisons: alone it is no reason to sync. */
  ignored?: 'next-sync' | 'never'
}

/** A manifest that differs; `pruned` is what a sync does with one that its Application does not hold any more. */
export interface ManifestChange {
  change: 'added' | 'changed' | 'removed'
  group?: string
  kind?: string
  namespace?: string
  name?: string
  fields?: FieldChange[]
  imagesAdded?: string[]
  imagesRemoved?: string[]
  risks?: { risk: 'immutable' | 'recreated' | 'shrinks'; message: string }[]
  noise?: true
  pruned?: 'deleted' | 'unpruned' | 'guarded' | 'awaits-confirmation' | 'would-empty'
  /** What it was called, if its name ends in a hash of its content; `rolls` are the workloads that the new name makes anew. */
  was?: string
  rolls?: string[]
}

/** Who deletes an Application that nobody brings any more, and what with it; or why it stays. */
export type Fate =
  | {
      is: 'deleted'; by: Ref; cascade: 'objects' | 'no-finalizer' | 'cluster-gone' | 'awaits-confirmation'; message: string
      /** What keeps the deletion from coming to an end: the project goes too, or a hook cannot be rendered any more. */
      hangs?: { why: 'project-gone' | 'pre-delete-hook' | 'post-delete-hook'; name: string; message: string }
    }
  | { is: 'stays'; by: Ref | null; why: 'policy' | 'unpruned' | 'owner-stays' | 'orphaned' | 'root'; message: string }

/** One Application that changes. */
export interface AppChange {
  app: Ref
  kind: 'added' | 'appeared' | 'removed' | 'frozen' | 'changed' | 'moved' | 'renamed'
  /** What a renamed one was called. */
  from?: Ref
  before?: Whereabouts
  after?: Whereabouts
  fields?: FieldChange[]
  manifests?: ManifestChange[]
  /** Why contents cannot be compared. */
  missing?: { before?: string; after?: string }
  fate?: Fate
  obstacles?: Obstacle[]
  /** Who had it may delete it before another takes it over; `objects`: with its objects. */
  race?: { by: Ref; objects: boolean; message: string; remedy: string }
  /** Why it is frozen, or was not known before. */
  reason?: string
}

/** An object that is deleted. */
export interface LostObject { app: Ref; kind?: string; namespace?: string; name?: string }

/** What is deleted on one cluster. */
export interface ClusterRadius {
  cluster: string
  apps?: Ref[]
  withoutObjects?: Ref[]
  objects: number
  namespaces?: LostObject[]
  volumes?: LostObject[]
  stateful?: LostObject[]
  definitions?: LostObject[]
  ofLostKinds: number
  unknown: number
}

/** A change of what judges; it counts for the next change only. */
export interface TermChange {
  change: 'added' | 'changed' | 'removed'
  term: 'configuration' | 'policy' | 'exception' | 'waiver'
  name: string
  /** Whether less is asked afterwards. */
  loosens: boolean
  deliveredBy: Ref | null
  fields: FieldChange[]
  place?: Record<string, unknown>
}

/** An object with values that are drawn anew at each rendering; without fields it is the name that is drawn. */
export interface Drift { app: Ref; group?: string; kind: string; namespace?: string; name: string; fields?: string[] }

/** What changes from one fleet to another: what `aoa diff -o json` prints. */
export interface Changes {
  schemaVersion: 1
  summary: Record<
    'added' | 'appeared' | 'changed' | 'deleted' | 'frozen' | 'moved' | 'removed' | 'renamed' | 'same' | 'sameUnknown' | 'unknown',
    number
  >
  apps: AppChange[]
  radius: ClusterRadius[]
  findings: { introduced: Finding[]; fixed: Finding[]; unchanged: number }
  terms?: TermChange[]
  /** What never is in sync for long, whatever is merged. */
  drifts?: Drift[]
  /** What is worth knowing of how the sides were loaded. */
  notes?: string[]
}

/** What a change adds, moves and deletes: `diff('main...')`, `diff('v1..v2')`, or `diff([before, after])` of two folders or
 * outputs of earlier runs.
 *
 * Revisions are read as git reads them, in the repository that `repo` lies in; nothing stands for the default branch. An output is a
 * file that holds `fleet.json({ manifests: true })`; one by itself is compared with the working tree. With `check` all rules of the check are
 * asked about both sides, under the policies, exceptions and waivers of the older one: `findings.introduced` is what the change brings. `branch` is
 * what the change is to be merged into: the first branch that is named, else as `load` has it.
 * Rejects with AoaError for what cannot be read.
 */
export function diff(
  what?: string | URL | (string | URL)[],
  options?: { repo?: string | URL; config?: string | URL; branch?: string; check?: boolean; showSecrets?: boolean },
): Promise<Changes>

/** What is needed, by group, kind, namespace and name. */
export interface Named { group?: string; kind?: string; namespace?: string; name?: string }

/** The rules by which one Application needs another. */
export type NeedRule =
  | 'definition' | 'constraint-template' | 'composite-definition' | 'graph-definition' | 'api-service'
  | 'project' | 'cluster' | 'repository' | 'namespace' | 'webhook' | 'self-webhook' | 'storage-class'
  | 'driver' | 'issuer' | 'secret-store' | 'secret' | 'config-map' | 'service-account' | 'priority-class'
  | 'runtime-class' | 'hook-service' | 'reference' | 'declared'

/** One Application waits for another. */
export interface OrderEdge {
  from: Ref
  to: Ref
  rule: NeedRule
  what: Named
  object?: Named
  by?: Named
  place?: Place
  objects: number
  providers?: number
  strength: 'hard' | 'runtime' | 'declared'
  outcome: 'in-order' | 'heals' | 'not-enforced' | 'by-hand' | 'stuck'
  why?: string
  failsSync: boolean
  message: string
}

/** In which order Applications come up: what `aoa order -o json` prints. Edges are referred to by their number. */
export interface Order {
  schemaVersion: 1
  scope: { cluster?: string }
  settings: { wavesOfApplications: 'waits' | 'does-not' | 'unknown'; progressiveSyncs: boolean | null }
  summary: Record<
    'apps' | 'blocked' | 'byHand' | 'deadlocked' | 'edges' | 'failing' | 'heal' | 'healAfterFailing' | 'inOrder' | 'stages' | 'stuck' |
    'unknown' | 'unseen',
    number
  >
  apps: {
    app: Ref; creator?: Ref; stage: number; state?: 'deadlocked' | 'blocked'; step?: number; wave?: number; unknown?: true; fails?: true
  }[]
  edges: OrderEdge[]
  deadlocks: { apps: Ref[]; edges: number[]; cut: { edges: number[]; smallest: boolean } }[]
  loops: { apps: Ref[]; edges: number[] }[]
  unseen: {
    cluster?: string; rule: NeedRule; what: Named; apps: Ref[]; objects: number; unknownApps: number
    reason: 'not-in-fleet' | 'other-versions' | 'may-come'; details?: string[]
  }[]
  /** Who waits for one of an earlier wave that nobody syncs by itself. */
  held: { by: Ref; wave: number; apps: Ref[] }[]
  idleWaves: { reason: 'no-health' | 'health-unknown' | 'in-set'; message: string; apps: Ref[] }[]
  longestChain: Ref[]
  deletion: { stages: Ref[][]; hangs: { app: Ref; without: Ref; rule: NeedRule; what: Named; inOrder: boolean }[] }
}

/** A line of a file; without line the file or folder itself. */
export interface Site { /** Where it is read at another commit than what is checked out. */ commit?: string; line?: number; path: string; repository?: string }

/** Something that an object hangs on, or that says something of it; `without` is what becomes of the object without it. */
export interface ReasonInput {
  kind: 'file' | 'folder' | 'entry' | 'cluster' | 'label' | 'element' | 'project' | 'inventory' | 'answer'
  site?: Site
  whatIf?: string
  without: 'stays' | 'frozen' | 'gone'
  words?: string
}

/** Where the value of a field comes from. */
export interface FieldReason { parameters?: { name: string; site?: Site; value: unknown }[]; path: string; site?: Site; value: unknown; written?: string }

/** One step of the way from a root to an object. */
export interface ReasonLink { how?: string; inputs?: ReasonInput[]; object: Ref; site?: Site }

/** Why an Application, a set or a project is there. */
export interface AppReasons {
  chain?: ReasonLink[]
  cluster?: string
  content?: string
  fields?: FieldReason[]
  heldBy: number
  object: Ref
  others?: (Ref | 'root')[]
  parameters?: Record<string, unknown>
  project?: string
  of: 'app'
  schemaVersion: 1
}

/** Who puts an object on a cluster. */
export interface ObjectReasons {
  holders: { app: Ref; field?: FieldReason; how?: string; inputs?: ReasonInput[]; source: number }[]
  object: string
  of: 'object'
  schemaVersion: 1
}

/** What a file reaches. */
export interface FileReasons {
  below?: Ref[]
  clusters?: string[]
  defines?: { line?: number; object: Ref }[]
  generates?: { apps?: Ref[]; set: Ref }[]
  path: string
  renders?: Ref[]
  of: 'file'
  schemaVersion: 1
}

/** What lands on a cluster. */
export interface ClusterReasons {
  absent?: Ref[]
  groups?: { apps?: Ref[]; inputs?: ReasonInput[]; owner?: Ref }[]
  name: string
  server?: string
  site?: Site
  of: 'cluster'
  schemaVersion: 1
}

/** Why something is there: what `aoa why -o json` prints. */
export type Reasons = AppReasons | ObjectReasons | FileReasons | ClusterReasons

/** Why something is not there: what `aoa why-not -o json` prints. */
export interface Absence {
  blockers?: {
    expects?: { site?: Site; written?: string }
    found?: { site?: Site; written?: string }
    kind: 'cluster-selector' | 'conflict' | 'elsewhere' | 'empty' | 'excluded' | 'frozen' | 'merge' | 'no-element' | 'nobody' | 'not-followed' | 'parent-fails' | 'rejected' | 'selector' | 'template' | 'unknown' | 'unread' | 'unregistered'
    part?: string
    words: string
  }[]
  /** The smallest change that brings it, tried out: flags of aoa what-if, or words. */
  change?: { apps: number; lost: number; sets: number; whatIf?: string[]; words?: string }
  passes?: string[]
  present?: { app: Ref; but?: string[] }[]
  wanted: string
  of: 'absence'
  schemaVersion: 1
}

/** How a fleet differs from exported state: what `aoa drift -o json` prints. */
export interface Drift {
  differences: {
    cluster?: string
    fields?: FieldChange[]
    kind: 'missing' | 'orphaned' | 'edited' | 'revision' | 'behind'
    object: Ref
    orphaned?: {
      by?: Ref | null
      message: string
      why: 'kept-by-policy' | 'frozen' | 'not-generated' | 'set-gone' | 'parent-gone' | 'not-pruned' | 'deleting' | 'by-hand'
    }
    seenByArgoCD?: boolean
    synced?: string
    wanted?: string
    why?: string[]
  }[]
  health: { apps: number; health: Record<string, number>; outOfSync: number; syncUnknown: number; synced: number }
  partial?: { different?: string[]; equal?: string[]; set: Ref }[]
  repeated?: Ref[]
  rollup?: {
    below: { apps: number; health: Record<string, number>; outOfSync: number; syncUnknown: number; synced: number }
    depth: number
    failing?: Ref[]
    owner: Ref
  }[]
  schemaVersion: 1
  summary: Record<string, number>
}

/** Which versions run where: what `aoa matrix -o json` prints. */
export interface Matrix {
  schemaVersion: 1
  by: string
  columns: string[]
  summary: Record<'apps' | 'rows' | 'skewed', number>
  rows: {
    name: string
    skewed: boolean
    cells: {
      app: Ref; column?: string; version?: string; chart?: { name?: string; version?: string }
      images: { name: string; tags: string[] }[]; revisions: string[]; partial?: true
    }[]
  }[]
}

/** The files that Applications read: what `aoa paths -o json` prints. */
export interface Paths {
  schemaVersion: 1
  summary: Record<'apps' | 'lists' | 'misses' | 'noAnnotation' | 'unknown', number>
  apps: {
    app: Ref
    /** The annotation as it is, and one that lists all. */
    annotation?: string
    advice?: string
    listing: 'misses' | 'unknown' | 'lists' | 'no-annotation'
    unlisted: string[]
    unlistedAbsent: string[]
    sources: { repoURL?: string; path?: string; reads: string[]; lists: string[]; absent: string[] }[]
  }[]
}

/** A document of a chart: the template that it comes from, and what it holds (null for nothing but comments). */
export interface Document { path: string; object: Manifest | null }

/** A document that Helm runs at some moments: pre-install, test ... */
export interface Hook extends Document { events: string[]; weight: number; deletePolicies: string[] }

/** A chart rendered for a release; `text` is what `helm template` prints. */
export interface Rendered {
  text: string
  manifests: Document[]
  hooks: Hook[]
  crds: Document[]
  notes: string
  warnings: string[]
}

/** The flags of `helm template`; `values` come behind `valueFiles` and before `set`. */
export interface ChartOptions {
  name?: string
  namespace?: string
  values?: Record<string, unknown>
  valueFiles?: (string | URL)[]
  set?: string[]
  setString?: string[]
  setJson?: string[]
  setFile?: string[]
  includeCrds?: boolean
  skipTests?: boolean
  skipSchemaValidation?: boolean
  isUpgrade?: boolean
  kubeVersion?: string
  apiVersions?: string[]
}

/** Renders the chart in a folder or .tgz as `helm template` 4.2.1 does, without Helm and without a fleet.
 *
 * Clock and randomness stand still. Rejects with AoaError in Helm's words.
 */
export function renderChart(path: string | URL, options?: ChartOptions): Promise<Rendered>

/** A kustomization that was built; `text` is what `kustomize build` prints. */
export interface Built { text: string; manifests: Manifest[] }

/** Builds the kustomization in a folder as `kustomize build` 5.8.1 does, without Kustomize and without a fleet.
 *
 * Bases are looked for below `root`: by default the Git checkout of the folder, or else the folder itself. Rejects with AoaError in
 * Kustomize's words, also for remote bases and `helmCharts`.
 */
export function buildKustomization(
  path?: string | URL,
  options?: { root?: string | URL; loadRestrictor?: 'LoadRestrictionsRootOnly' | 'LoadRestrictionsNone' },
): Promise<Built>

/** A loaded fleet. */
export class Loaded {
  private constructor()
  /** What is worth knowing about the loading. */
  readonly notes: string[]
  /** Resolves the fleet, off the event loop. */
  resolve(): Promise<Fleet>
  /** The same fleet with something thought otherwise. */
  thought(edits: Edits): Promise<Loaded>
  /** What something would change: the fleet as it is against what is thought otherwise. */
  whatIf(edits: Edits, options?: { showSecrets?: boolean }): Promise<Changes>
}

/** What is thought otherwise, written as the command takes it: one or several of each. */
export interface Edits {
  /** `CLUSTER:KEY=VALUE`, or `CLUSTER:KEY-` without it */
  label?: string | string[]
  /** `CLUSTER:KEY=VALUE`, or `CLUSTER:KEY-` without it */
  annotate?: string | string[]
  /** Files with clusters. */
  addCluster?: string | URL | (string | URL)[]
  removeCluster?: string | string[]
  /** `APP=REVISION`, `APP:2=REVISION` for the second of several sources */
  revision?: string | string[]
  /** `CLUSTER=VERSION` */
  kubeVersion?: string | string[]
  deleteApp?: string | string[]
  deleteSet?: string | string[]
  deleteProject?: string | string[]
  removeFile?: string | string[]
}

/** What can be asked about: an address as the command takes it, or one thing by its kind. */
export type About = string | { app: string } | { appset: string } | { project: string } | { cluster: string } | { file: string } | { object: string }

/** A resolved fleet. */
export class Fleet implements Iterable<App> {
  private constructor()
  [Symbol.iterator](): Iterator<App>
  /** All Applications, by namespace and name. */
  readonly apps: readonly App[]
  /** The Application `name` or `namespace/name`; throws AoaError if there is none, or several. */
  app(address: string): App
  /**
   * The fleet as it would be with other files in its repository; `null` takes a file away. What the change does not reach is not computed
   * again. Clusters and configuration stay as they were loaded.
   */
  withFiles(files: Record<string, string | null>): Promise<Fleet>
  /** What changes from this fleet to another; with `check` all rules of the check are asked about both, under the policies of this one. */
  diff(newer: Fleet, options?: { check?: boolean; showSecrets?: boolean }): Promise<Changes>
  /** Why something is there: what `aoa why -o json` prints. An object is written `CLUSTER/NAMESPACE/KIND/NAME`. */
  why(about: About, options?: { field?: string; fields?: boolean; showSecrets?: boolean }): Promise<Reasons>
  /** Why something is not there, and the smallest change that brings it: what `aoa why-not -o json` prints. */
  whyNot(about: string | { app: string } | { appset: string; cluster?: string } | { object: string }, options?: { showSecrets?: boolean }): Promise<Absence>
  /** How exported state differs: files that `kubectl get applications,applicationsets,appprojects -A -o yaml` or `argocd app list -o json` printed. */
  drift(snapshots: string | URL | (string | URL)[], options?: { showSecrets?: boolean }): Promise<Drift>
  /** The whole fleet as JSON: the same bytes as `aoa tree -o json` prints. */
  json(options?: { manifests?: boolean; showSecrets?: boolean }): string
  /** The same as data; its shape is the schema that `aoa schema` prints. */
  readonly data: Record<string, unknown>
  toJSON(): Record<string, unknown>
  /** What is wrong with the fleet, as `aoa check` says it; throws AoaError for a rule or baseline that does not exist. */
  check(options?: CheckOptions): Checked
  /** The fleet's own policies, with whom they are for and how many Applications they reach: what `aoa policy -o json` prints. */
  readonly policies: FleetPolicy[]
  readonly appSets: AppSet[]
  readonly projects: Project[]
  readonly clusters: Cluster[]
  readonly conflicts: Conflict[]
  /** In which order the fleet, or one cluster, comes up; with `app` only what it waits for and what waits for it. */
  order(options?: { cluster?: string; app?: string; showSecrets?: boolean }): Promise<Order>
  /** Which versions run where, by cluster, `environment` or another label; with `version` who runs it. */
  matrix(options?: { by?: string; version?: string; showSecrets?: boolean }): Promise<Matrix>
  /** The files that Applications read, and whether their annotations list them. */
  paths(options?: { apps?: string[]; showSecrets?: boolean }): Promise<Paths>
  /** What is to be said about the fleet, errors first. */
  readonly findings: Finding[]
  /** What was missing. */
  readonly needs: Need[]
}

/** What keeps a merged change from reaching the cluster by itself. */
export interface Obstacle {
  kind:
    | 'manual' | 'rollout' | 'window' | 'window-at-unknown-time' | 'broken-window' | 'skip-reconcile'
    | 'namespace' | 'namespace-unknown' | 'hydration' | 'frozen' | 'fails' | 'unknown' | 'conflict-lost'
  /** The Application itself, or what stands above it. */
  at: Ref
  message: string
}

/** A policy of a fleet. */
export interface FleetPolicy {
  name: string
  description?: string
  /** Whom it is for, in words. */
  target: string
  /** How many Applications it reaches. */
  apps: number
  /** How many things it asks. */
  constraints: number
  /** The Application that delivers it; null for a file. */
  deliveredBy: Ref | null
  place?: Place
}

/** Which of the fleet's own policies reach an Application, and what holds for it: what `aoa policy APP -o json` prints. */
export interface EffectivePolicy {
  app: Ref
  constraints: {
    /** `policy/about`, as findings and exceptions name it. */
    id: string
    about: string
    kind: 'restriction' | 'quota' | 'requirement' | 'rule'
    policy: string
    place?: Place
    /** The parent through which it comes; null if it is for the whole fleet. */
    through: Ref | null
    allow?: string[]
    deny?: string[]
    require?: string
    per?: 'app' | 'team' | 'namespace'
    limits?: Record<string, string>
    /** The expression of a rule, and what is said where it does not hold. */
    cel?: string
    message?: string
    exceptions: { reason?: string; owner?: string; expires?: string }[]
  }[]
  policies: { name: string; description?: string; target: string; depth: number; deliveredBy: Ref | null; through: Ref | null; place?: Place }[]
  values: {
    name: string
    value: unknown
    by: 'app' | 'parent' | 'cluster' | 'policy'
    policy?: string
    place?: Place
    through?: Ref | null
  }[]
  schemaVersion: number
}

/** One Application; its attributes are worked out when asked. */
export class App {
  private constructor()
  readonly namespace: string
  readonly name: string
  readonly policy: EffectivePolicy
  readonly project: string
  /** The registered cluster, if there is one. */
  readonly cluster: string | null
  readonly destination: Destination
  /** Who brings it; null for a root. */
  readonly parent: Ref | null
  readonly appSet: Ref | null
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
  /** Normalised as Argo CD does. */
  readonly spec: Record<string, unknown>
  readonly sources: Source[]
  /** What keeps a merged change from reaching the cluster by itself. */
  readonly obstacles: Obstacle[]
  readonly content: Content
  /** The Application as `aoa apps -o json` prints it. */
  readonly data: Record<string, unknown>
  toJSON(): Record<string, unknown>
}
