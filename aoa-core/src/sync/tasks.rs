//! What one sync does (`getSyncTasks` and `Reconcile` of gitops-engine at Argo CD 3.5.7).

use std::collections::{BTreeMap, HashMap};

use aoa_lang::Value;

use super::hooks::{SyncPhase, is_hook, is_ignored, sync_phases, sync_wave};
use super::order::sort;
use super::{SYNC_OPTIONS_ANNOTATION, annotation_values};
use crate::model::{GroupVersionKind, ObjectKey};
use crate::policy::{Scope, Scopes};

/// One sync of an Application, from nothing but what is to be there and what is there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sync<'s> {
    /// The objects that are to be there, hooks among them.
    pub targets: &'s [Value],
    /// The objects of the Application that are on the cluster; none for a first sync. Each stands for itself: upstream takes
    /// two of one UID for one object.
    pub lives: &'s [Value],
    /// The namespace of the destination.
    pub namespace: &'s str,
    /// The revision, of which names of hooks are made.
    pub revision: &'s str,
    /// When it begins, in seconds since 1970: names of hooks are made of it.
    pub started: i64,
    /// The sync option `PruneLast=true`.
    pub prunes_last: bool,
    /// Whether hooks are left out, as a sync of chosen objects does.
    pub skips_hooks: bool,
    /// The sync option `CreateNamespace=true`, where there is no such namespace yet.
    pub creates_namespace: bool,
    /// Which kinds have a namespace.
    pub scopes: &'s Scopes,
}

/// One thing that a sync does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SyncTask {
    /// Its phase.
    pub phase: SyncPhase,
    /// Its wave.
    pub wave: i64,
    /// What is done.
    pub action: Action,
    /// The object, with the namespace that it is applied in, also if its kind has none.
    pub object: Value,
}

/// What a task does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Applies it.
    Apply,
    /// Runs it as a hook.
    RunHook,
    /// Deletes it.
    Prune,
}

impl<'s> Sync<'s> {
    /// The first sync of `targets` into `namespace`.
    #[must_use]
    pub fn new(targets: &'s [Value], namespace: &'s str, scopes: &'s Scopes) -> Self {
        Sync {
            targets,
            lives: &[],
            namespace,
            revision: "",
            started: 0,
            prunes_last: false,
            skips_hooks: false,
            creates_namespace: false,
            scopes,
        }
    }
}

/// The tasks of a sync in the order in which Argo CD does them.
///
/// What upstream leaves to chance (objects of one phase, wave, kind and name) goes by group, namespace and the order of
/// the input. Of two targets of one name the last counts, as normalising has left one anyway.
///
/// ```
/// use aoa_core::lang::yaml;
/// use aoa_core::policy::Scopes;
/// use aoa_core::sync::{Sync, sync_tasks};
///
/// let object = |text: &str| yaml::load(text.as_bytes());
/// let targets = [
///     object("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}")?,
///     object("{apiVersion: v1, kind: Service, metadata: {name: web}}")?,
///     object("{apiVersion: batch/v1, kind: Job, metadata: {name: db, annotations: {helm.sh/hook: pre-install}}}")?,
/// ];
/// let tasks = sync_tasks(&Sync::new(&targets, "shop", &Scopes::default()));
/// let kinds: Vec<_> = tasks.iter().map(|task| task.object.str_at(&["kind"]).unwrap_or_default()).collect();
/// assert_eq!(kinds, ["Job", "Service", "Deployment"]);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[must_use]
pub fn sync_tasks(sync: &Sync<'_>) -> Vec<SyncTask> {
    let mut tasks = resource_tasks(sync);
    if !sync.skips_hooks {
        tasks.extend(hook_tasks(sync));
    }
    if sync.creates_namespace && !sync.namespace.is_empty() && !brings_namespace(sync) {
        tasks.push(namespace_task(sync.namespace));
    }
    turn_prune_waves(&mut tasks);
    prune_last(sync, &mut tasks);
    sort(tasks)
}

/// What is applied and pruned besides hooks.
fn resource_tasks(sync: &Sync<'_>) -> Vec<SyncTask> {
    let mut lives: BTreeMap<ObjectKey<'_>, &Value> =
        sync.lives.iter().map(|o| (ObjectKey::of(o), o)).collect();
    let mut pairs: BTreeMap<ObjectKey<'_>, Pair<'_>> = BTreeMap::new();
    for target in sync.targets.iter().filter(|target| !is_ignored(target) && !is_hook(target)) {
        let live = possible_keys(sync, target).into_iter().find_map(|key| lives.remove(&key));
        pairs.insert(ObjectKey::of(live.unwrap_or(target)), Pair { target: Some(target), object: target });
    }
    pairs.extend(lives.into_iter().map(|(key, object)| (key, Pair { target: None, object })));
    let mut tasks = Vec::with_capacity(pairs.len());
    for pair in pairs.into_values().filter(|pair| !is_hook(pair.object)) {
        for phase in sync_phases(pair.object) {
            let (action, object) = match pair.target {
                Some(target) => (Action::Apply, with_namespace(target.clone(), sync.namespace)),
                None => (Action::Prune, pair.object.clone()),
            };
            tasks.push(SyncTask { phase, wave: sync_wave(&object), action, object });
        }
    }
    tasks
}

/// An object that is to be there, or one that is only there.
struct Pair<'p> {
    target: Option<&'p Value>,
    object: &'p Value,
}

/// Under which keys a target can be on the cluster: if nobody knows its kind, with and without a namespace.
fn possible_keys<'k>(sync: &Sync<'k>, target: &'k Value) -> Vec<ObjectKey<'k>> {
    let key = ObjectKey::of(target);
    let namespace = if key.namespace.is_empty() { sync.namespace } else { key.namespace };
    let scope = sync.scopes.scope(key.group, key.kind);
    let with = (scope != Some(Scope::Cluster)).then_some(ObjectKey { namespace, ..key });
    let without = (scope != Some(Scope::Namespaced)).then_some(ObjectKey { namespace: "", ..key });
    with.into_iter().chain(without).collect()
}

fn hook_tasks(sync: &Sync<'_>) -> Vec<SyncTask> {
    let mut tasks = Vec::new();
    for hook in sync.targets.iter().filter(|target| !is_ignored(target) && is_hook(target)) {
        for phase in sync_phases(hook) {
            let object = with_namespace(with_name(sync, hook, phase), sync.namespace);
            tasks.push(SyncTask { phase, wave: sync_wave(&object), action: Action::RunHook, object });
        }
    }
    tasks
}

/// A hook with a name: `generateName` is completed by revision, phase and time, so that it is known beforehand.
fn with_name(sync: &Sync<'_>, hook: &Value, phase: SyncPhase) -> Value {
    if hook.str_at(&["metadata", "name"]).is_some_and(|name| !name.is_empty()) {
        return hook.clone();
    }
    let revision = if sync.revision.len() >= 8 { sync.revision.get(..7) } else { Some(sync.revision) };
    let postfix = format!("{}-{}-{}", revision.unwrap_or_default(), phase.name(), sync.started);
    let generated = hook.str_at(&["metadata", "generateName"]).unwrap_or_default();
    with_metadata(hook.clone(), "name", &format!("{generated}{}", postfix.to_lowercase()))
}

/// The object in `namespace` if it names none, whatever its scope: upstream makes sure that nothing lands elsewhere.
fn with_namespace(object: Value, namespace: &str) -> Value {
    let named = object.str_at(&["metadata", "namespace"]).is_some_and(|n| !n.is_empty());
    if named || namespace.is_empty() { object } else { with_metadata(object, "namespace", namespace) }
}

fn with_metadata(object: Value, key: &'static str, text: &str) -> Value {
    let metadata = object.get("metadata").and_then(Value::as_map).cloned().unwrap_or_default();
    let map = object.as_map().cloned().unwrap_or_default();
    Value::Map(map.with("metadata", Value::Map(metadata.with(key, Value::from(text)))))
}

/// Whether a target that is no hook is the namespace of the destination.
fn brings_namespace(sync: &Sync<'_>) -> bool {
    sync.targets.iter().filter(|target| !is_hook(target)).any(|target| {
        let key = ObjectKey::of(target);
        (key.group, key.kind, key.name) == ("", "Namespace", sync.namespace)
    })
}

fn namespace_task(name: &str) -> SyncTask {
    let object = Value::map([
        ("apiVersion", Value::from("v1")),
        ("kind", Value::from("Namespace")),
        ("metadata", Value::map([("name", Value::from(name))])),
    ]);
    SyncTask { phase: SyncPhase::PreSync, wave: 0, action: Action::Apply, object }
}

/// Waves of what is pruned are turned round: the last to be created is the first to go.
fn turn_prune_waves(tasks: &mut [SyncTask]) {
    let pruned = |task: &&SyncTask| task.action == Action::Prune;
    let mut waves: Vec<i64> = tasks.iter().filter(pruned).map(|task| task.wave).collect();
    waves.sort_unstable();
    waves.dedup();
    let turned: HashMap<i64, i64> = waves.iter().copied().zip(waves.iter().rev().copied()).collect();
    for task in tasks.iter_mut().filter(|task| task.action == Action::Prune) {
        task.wave = turned.get(&task.wave).copied().unwrap_or(task.wave);
    }
}

/// What is pruned last goes behind the last wave of the phase.
fn prune_last(sync: &Sync<'_>, tasks: &mut [SyncTask]) {
    let in_sync = tasks.iter().filter(|task| task.phase == SyncPhase::Sync).map(|task| task.wave);
    let behind = in_sync.max().unwrap_or(0).max(0).wrapping_add(1);
    for task in tasks.iter_mut().filter(|task| task.action == Action::Prune) {
        let options = || annotation_values(&task.object, SYNC_OPTIONS_ANNOTATION);
        if sync.prunes_last || options().contains(&"PruneLast=true") {
            task.wave = behind;
        }
    }
}

impl SyncTask {
    /// The group, version and kind of its object.
    #[must_use]
    pub fn kind(&self) -> GroupVersionKind<'_> {
        GroupVersionKind::of(&self.object)
    }
}
