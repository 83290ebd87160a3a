//! One object, as it is and as it should be.

use aoa_lang::Value;

use super::DriftKind;
use super::snapshot::LiveObject;
use crate::compare::{CompareSettings, IgnoreNormalizer, IgnoreOptions, IgnoreRule, StateComparison};
use crate::diff::{FieldChange, changed_fields};
use crate::fleet::{App, Fleet};
use crate::model::{Application, Kind, normalize, read_object, sources_of};
use crate::render::Tracking;

/// Annotations that are written for the moment, by Argo CD and kubectl.
const PASSING: [&str; 4] = [
    "argocd.argoproj.io/refresh",
    "argocd.argoproj.io/hydrate",
    "argocd.argoproj.io/tracking-id",
    "kubectl.kubernetes.io/last-applied-configuration",
];

/// How objects of a fleet are compared.
pub(super) struct Comparison<'f> {
    fleet: &'f Fleet,
    settings: CompareSettings,
}

type Found = Option<(DriftKind, Vec<FieldChange>)>;

impl<'f> Comparison<'f> {
    pub(super) fn new(fleet: &'f Fleet) -> Self {
        let cm = fleet.inputs().settings.argocd_cm.as_ref().and_then(Value::as_map);
        let entries = cm.into_iter().flat_map(|map| map.iter());
        let entries = entries.filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?)));
        let settings = CompareSettings::read(entries).unwrap_or_default();
        Comparison { fleet, settings }
    }

    /// How `live` differs from `app`.
    pub(super) fn application(&self, app: App<'_>, live: &LiveObject) -> Found {
        let desired = app.application()?;
        let rules = self.rules(app);
        let options = IgnoreOptions::default();
        let all: Vec<IgnoreRule> = rules.iter().chain(self.settings.rules()).cloned().collect();
        let normalizer = IgnoreNormalizer::new(&all, &options).unwrap_or_default();
        let wanted = compared(&normalizer, &desired.object);
        let read = read_object(Kind::Application, &live.value).unwrap_or_else(|_| live.value.clone());
        let is = compared(&normalizer, &read);
        let mut fields = metadata(&wanted, &is);
        let spec = |object: &Value| normalize::spec(object.get("spec").unwrap_or(&Value::Null));
        fields.extend(
            changed_fields(&spec(&wanted), &spec(&is))
                .into_iter()
                .map(|field| FieldChange { path: format!("spec.{}", field.path), ..field }),
        );
        if fields.is_empty() {
            return self.behind(app, &desired, live).map(|kind| (kind, fields));
        }
        if fields.iter().all(|field| field.path.ends_with("targetRevision")) {
            return Some((DriftKind::Revision, fields));
        }
        let is_seen = app.origin().is_some() || self.is_seen(&rules, &typed(&desired.object), &live.value);
        Some((DriftKind::Edited { is_seen, why: kept_so(app, self.fleet) }, fields))
    }

    /// How a set or project differs.
    pub(super) fn other(&self, spec: &Value, live: &LiveObject) -> Found {
        let read = read_object(live.object.kind, &live.value).unwrap_or_else(|_| live.value.clone());
        let fields = changed_fields(spec, read.get("spec").unwrap_or(&Value::Null));
        if fields.is_empty() {
            return None;
        }
        let fields =
            fields.into_iter().map(|field| FieldChange { path: format!("spec.{}", field.path), ..field });
        Some((DriftKind::Edited { is_seen: true, why: Vec::new() }, fields.collect()))
    }

    /// What is left out of `app`.
    fn rules(&self, app: App<'_>) -> Vec<IgnoreRule> {
        let mut rules = Vec::new();
        let Some(parent) = app.parent() else { return rules };
        let (namespace, name) = (parent.namespace.to_str_lossy(), parent.name.to_str_lossy());
        if let Some(parent) = self.fleet.app(&namespace, &name).and_then(|parent| parent.application()) {
            let entries = parent.spec().get("ignoreDifferences").and_then(Value::as_list);
            rules.extend(entries.into_iter().flatten().map(IgnoreRule::of));
        }
        if let Some(set) = app.origin().and_then(|_| self.fleet.set(&namespace, &name)) {
            let entries = set.object().at(&["spec", "ignoreApplicationDifferences"]).and_then(Value::as_list);
            for entry in entries.into_iter().flatten() {
                let own = IgnoreRule::of(entry);
                if own.name.is_empty() || own.name == app.name() {
                    let (group, kind) = ("argoproj.io".to_owned(), "Application".to_owned());
                    rules.push(IgnoreRule { group, kind, name: String::new(), ..own });
                }
            }
        }
        rules
    }

    /// Whether Argo CD calls the parent out of sync for it.
    fn is_seen(&self, rules: &[IgnoreRule], desired: &Value, live: &Value) -> bool {
        let options = IgnoreOptions::default();
        let comparison = StateComparison::new(rules, self.settings.clone(), Tracking::default(), &options);
        comparison
            .and_then(|comparison| comparison.compare(live, desired))
            .map_or(true, |found| found.modified)
    }

    /// Whether another commit is synced than the one that is at hand.
    fn behind(&self, app: App<'_>, desired: &Application, live: &LiveObject) -> Option<DriftKind> {
        let synced = live.text(&["status", "sync", "revision"]);
        let spec = desired.normalized_spec();
        let sources = sources_of(&spec);
        let [source] = sources.as_slice() else { return None };
        let is_git = source.str_at(&["chart"]).is_none_or(str::is_empty);
        if !is_git || synced.len() != 40 || app.content().is_none() {
            return None;
        }
        let url = source.str_at(&["repoURL"]).unwrap_or_default();
        let revision = source.str_at(&["targetRevision"]).unwrap_or_default();
        let key = crate::model::repo_url::checkout_key(url);
        let mut repositories = self.fleet.inputs().repositories.iter();
        let repository =
            repositories.find(|r| crate::model::repo_url::checkout_key(&r.url.to_str_lossy()) == key)?;
        let commit = repository.checkout(revision)?.commit.to_string();
        (commit.len() == 40 && commit != synced)
            .then(|| DriftKind::Behind { synced: synced.to_owned(), wanted: commit })
    }
}

/// The object without what is not compared.
fn compared(normalizer: &IgnoreNormalizer, object: &Value) -> Value {
    let object = typed(object);
    normalizer.normalize(&object).map_or(object, |compared| compared.object)
}

/// What templates make has no kind.
fn typed(object: &Value) -> Value {
    let map = object.as_map().cloned().unwrap_or_default();
    Value::Map(
        map.with("apiVersion", Value::from("argoproj.io/v1alpha1")).with("kind", Value::from("Application")),
    )
}

/// Labels, annotations and finalizers that should be there: others may be, too.
fn metadata(wanted: &Value, is: &Value) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    for section in ["annotations", "labels"] {
        let entries = wanted.at(&["metadata", section]).and_then(Value::as_map);
        for (key, value) in entries.into_iter().flat_map(|map| map.iter()) {
            let name = key.to_str_lossy();
            let found = is.at(&["metadata", section]).and_then(|map| map.get(&name));
            if found != Some(value) && !PASSING.contains(&&*name) {
                fields.push(FieldChange {
                    path: format!("metadata.{section}[{name}]"),
                    before: Some(value.clone()),
                    after: found.cloned(),
                    is_secret: false,
                    ignored: None,
                });
            }
        }
    }
    let list = |object: &Value| -> Vec<Value> {
        let list = object.at(&["metadata", "finalizers"]).and_then(Value::as_list);
        list.into_iter().flatten().cloned().collect()
    };
    let there = list(is);
    for finalizer in list(wanted).into_iter().filter(|finalizer| !there.contains(finalizer)) {
        fields.push(FieldChange {
            path: "metadata.finalizers".to_owned(),
            before: Some(finalizer),
            after: None,
            is_secret: false,
            ignored: None,
        });
    }
    fields
}

/// Who lets it stay so.
fn kept_so(app: App<'_>, fleet: &Fleet) -> Vec<String> {
    let mut why = Vec::new();
    if let Some(origin) = app.origin()
        && let Some(set) = fleet.set(&origin.namespace.to_str_lossy(), &origin.name.to_str_lossy())
    {
        let policy = set.sync_policy();
        if !policy.allows_update() {
            why.push(format!("set {} does not update ({})", set.name(), policy.name()));
        }
        return why;
    }
    why.extend(held_up_above(app));
    why
}

/// What keeps a change from reaching an Application, of what stands above it, from the nearest.
pub(super) fn held_up_above(app: App<'_>) -> impl Iterator<Item = String> {
    let above = app
        .obstacles()
        .into_iter()
        .filter(move |obstacle| obstacle.at.name != *app.name() || obstacle.at.namespace != *app.namespace());
    above.map(|obstacle| format!("{}: {}", obstacle.at.name, obstacle.kind.message()))
}
