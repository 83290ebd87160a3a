//! Which manifests of one Application differ.

use std::collections::BTreeMap;

use aoa_lang::Value;

use super::fields::{FieldChange, changed_fields_of_objects};
use super::generated::{generated_pairs, rolled_by};
use super::ignoring::Ignoring;
use super::risk::{Risk, risks};
use crate::fleet::Content;
use crate::model::{Manifest, ObjectKey, SyncOptions, images_of};
use crate::sync::annotation_option;

/// The annotation that holds the sync options of one object.
const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";

/// A manifest that differs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ManifestChange {
    /// The group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace as written; empty: that of the Application's destination.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// What becomes of it.
    pub change: ManifestChangeKind,
    /// The fields that differ, if it is there before and after.
    pub fields: Vec<FieldChange>,
    /// Images that it runs no more, and images that it runs now.
    pub images: (Vec<String>, Vec<String>),
    /// What a cluster would not take, or only with an outage.
    pub risks: Vec<Risk>,
    /// Whether only labels differ that every release of a chart changes.
    pub is_noise: bool,
    /// Of an object whose name ends in a hash of its content: the name that it had. The object of that name goes.
    pub was: Option<String>,
    /// The workloads whose Pods are made anew because this object has a new name.
    pub rolls: Vec<String>,
}

/// What becomes of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ManifestChangeKind {
    /// It is new.
    Added,
    /// It differs.
    Changed,
    /// The Application does not hold it any more.
    Removed(Pruned),
}

/// What a sync does with an object that its Application does not hold any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pruned {
    /// It deletes it.
    Deleted,
    /// Nobody prunes by itself: it stays until somebody does.
    Unpruned,
    /// Its option `Prune=false` keeps it.
    Guarded,
    /// Its option `Prune=confirm` makes the whole sync wait for somebody.
    AwaitsConfirmation,
    /// Automated sync does not delete everything that an Application has (`allowEmpty`).
    WouldEmpty,
}

/// How an Application prunes, by its spec.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pruning {
    is_automatic: bool,
    would_empty: bool,
    option: Option<String>,
}

impl Pruning {
    /// `spec` is that of the Application that syncs; whether it has anything to sync.
    pub(super) fn of(spec: &Value, holds_nothing: bool) -> Self {
        let automated = spec.at(&["syncPolicy", "automated"]).filter(|automated| !automated.is_null());
        let flag = |key| automated.and_then(|a| a.get(key)).and_then(Value::as_bool);
        let is_automatic =
            automated.is_some() && flag("enabled") != Some(false) && flag("prune") == Some(true);
        Pruning {
            is_automatic,
            would_empty: holds_nothing && flag("allowEmpty") != Some(true),
            option: SyncOptions::of_spec(spec).value("Prune").map(str::to_owned),
        }
    }

    /// What becomes of `object`, as it is on the cluster (`pruneObject` and `autoSync` of Argo CD 3.5.7).
    pub(super) fn of_object(&self, object: &Value) -> Pruned {
        let own = annotation_option(object, SYNC_OPTIONS, "Prune");
        match own.or(self.option.as_deref()) {
            Some("false") => Pruned::Guarded,
            _ if !self.is_automatic => Pruned::Unpruned,
            _ if self.would_empty => Pruned::WouldEmpty,
            Some("confirm") => Pruned::AwaitsConfirmation,
            _ => Pruned::Deleted,
        }
    }
}

/// What differs between the contents of an Application. Objects that stand in a content several times are paired in their
/// order.
///
/// Applications of a side that is `followed` are left out there: they are compared by themselves.
pub(super) fn changed_manifests(
    before: &Content,
    after: &Content,
    (pruning, ignoring): (&Pruning, &Ignoring),
    followed: [bool; 2],
) -> Vec<ManifestChange> {
    let [of_old, of_new] = followed;
    if of_old == of_new && before.manifests.are_same(&after.manifests) {
        return Vec::new();
    }
    let mut pairs: BTreeMap<Numbered<'_>, (Option<&Value>, Option<&Value>)> = BTreeMap::new();
    // What one side follows counts on the other, even where both share it.
    let [olds, news] = match of_old == of_new {
        true => before.manifests().unshared(after.manifests()),
        false => [before, after].map(|content| content.manifests().iter().collect()),
    };
    for (key, object) in numbered(olds).filter(|(key, _)| !(of_old && is_application(&key.0))) {
        pairs.entry(key).or_default().0 = Some(object);
    }
    for (key, object) in numbered(news).filter(|(key, _)| !(of_new && is_application(&key.0))) {
        pairs.entry(key).or_default().1 = Some(object);
    }
    let changes = pairs.into_iter().filter_map(|((key, _), pair)| match pair {
        (Some(before), Some(after)) => {
            let mut change = changed(&key, before, after)?;
            ignoring.mark(before, after, &mut change.fields);
            Some(change)
        }
        (Some(before), None) => {
            let change = ManifestChangeKind::Removed(pruning.of_object(before));
            Some(ManifestChange::new(&key, change, Some(before), None))
        }
        (None, Some(after)) => Some(ManifestChange::new(&key, ManifestChangeKind::Added, None, Some(after))),
        (None, None) => None,
    });
    let contents = (before, after);
    join_generated(changes.collect(), contents)
}

/// Puts what goes and what comes together where both are one object under a generated name.
fn join_generated(
    changes: Vec<ManifestChange>,
    (before, after): (&Content, &Content),
) -> Vec<ManifestChange> {
    let pairs = generated_pairs(&changes);
    if pairs.is_empty() {
        return changes;
    }
    let find = |content: &Content, change: &ManifestChange| {
        let is_it = |manifest: &&Manifest| {
            let key = ObjectKey::of(&manifest.object);
            key.kind == change.kind && key.name == change.name && key.namespace == change.namespace
        };
        content.manifests().iter().find(is_it).map(|manifest| manifest.object.clone())
    };
    let mut joined: BTreeMap<usize, Option<ManifestChange>> = BTreeMap::new();
    for (going, coming) in pairs {
        let (Some(old), Some(new)) = (changes.get(going), changes.get(coming)) else { continue };
        let (Some(was), Some(is)) = (find(before, old), find(after, new)) else { continue };
        let renamed = with_name(&was, &new.name);
        let key = ObjectKey::of(&is);
        let change = ManifestChangeKind::Changed;
        let mut change = changed(&key, &renamed, &is)
            .unwrap_or_else(|| ManifestChange::new(&key, change, Some(&was), Some(&is)));
        change.was = Some(old.name.clone());
        change.rolls = rolled_by(&changes, &old.name, &new.name);
        joined.insert(going, None);
        joined.insert(coming, Some(change));
    }
    let place = |(at, change)| joined.remove(&at).unwrap_or(Some(change));
    changes.into_iter().enumerate().filter_map(place).collect()
}

fn with_name(object: &Value, name: &str) -> Value {
    let metadata = object.get("metadata").and_then(Value::as_map).cloned().unwrap_or_default();
    let metadata = Value::Map(metadata.with("name", Value::from(name)));
    Value::Map(object.as_map().cloned().unwrap_or_default().with("metadata", metadata))
}

/// An object of a content, and which it is of those with one key.
type Numbered<'v> = (ObjectKey<'v>, usize);

fn numbered(manifests: Vec<&Manifest>) -> impl Iterator<Item = (Numbered<'_>, &Value)> {
    let mut seen: BTreeMap<ObjectKey<'_>, usize> = BTreeMap::new();
    manifests.into_iter().map(move |manifest| {
        let key = ObjectKey::of(&manifest.object);
        let number = seen.entry(key).and_modify(|number| *number += 1).or_default();
        ((key, *number), &manifest.object)
    })
}

fn is_application(key: &ObjectKey<'_>) -> bool {
    key.group == "argoproj.io" && key.kind == "Application"
}

fn changed(key: &ObjectKey<'_>, before: &Value, after: &Value) -> Option<ManifestChange> {
    let mut fields = changed_fields_of_objects(before, after);
    if fields.is_empty() {
        return None;
    }
    if key.group.is_empty() && key.kind == "Secret" {
        fields.iter_mut().for_each(hide);
    }
    let mut change = ManifestChange::new(key, ManifestChangeKind::Changed, Some(before), Some(after));
    change.risks = risks(key, before, after, &fields);
    change.is_noise = fields.iter().all(is_noise);
    change.fields = fields;
    Some(change)
}

/// Of a Secret it is only told whether it changes.
fn hide(field: &mut FieldChange) {
    let is_data = ["data", "stringData"].iter().any(|key| field.path.starts_with(key));
    field.is_secret = is_data || field.path.contains("last-applied-configuration");
}

/// Labels that every release of a chart changes. In the template of a Pod they restart it, so there they count.
fn is_noise(field: &FieldChange) -> bool {
    const LABELS: [&str; 2] =
        ["metadata.labels[helm.sh/chart]", "metadata.labels[app.kubernetes.io/version]"];
    LABELS.contains(&field.path.as_str()) || field.path == "metadata.labels.chart"
}

impl ManifestChange {
    fn new(
        key: &ObjectKey<'_>,
        change: ManifestChangeKind,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> Self {
        let old = before.map(images_of).unwrap_or_default();
        let new = after.map(images_of).unwrap_or_default();
        let without = |these: &[&str], those: &[&str]| -> Vec<String> {
            let mut left: Vec<String> = these
                .iter()
                .filter(|image| !those.contains(image))
                .map(|image| (*image).to_owned())
                .collect();
            left.sort();
            left.dedup();
            left
        };
        ManifestChange {
            group: key.group.to_owned(),
            kind: key.kind.to_owned(),
            namespace: key.namespace.to_owned(),
            name: key.name.to_owned(),
            change,
            fields: Vec::new(),
            images: (without(&old, &new), without(&new, &old)),
            risks: Vec::new(),
            is_noise: false,
            was: None,
            rolls: Vec::new(),
        }
    }
}

/// The option `Delete` of an object that its Application deletes with itself.
pub(super) fn delete_option<'v>(object: &'v Value, of_app: Option<&'v str>) -> Option<&'v str> {
    annotation_option(object, SYNC_OPTIONS, "Delete").or(of_app)
}
