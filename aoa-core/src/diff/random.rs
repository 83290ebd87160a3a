//! Values that are drawn anew each time that a chart is rendered: passwords, certificates, names.
//!
//! Argo CD renders without looking at the cluster, so that they differ in every sync, whatever is merged. Both sides are
//! rendered once more with another seed: what then is another value is drawn, and not what the change brings.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::comparing::reference;
use super::fields::{FieldChange, changed_fields};
use super::manifests::{ManifestChange, ManifestChangeKind};
use crate::fleet::{App, Content, Fleet};
use crate::model::{ObjectKey, ObjectRef};
use crate::resolve::Again;

/// An object with values that are drawn anew whenever it is rendered: it never is in sync for long.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The Application that renders it.
    pub app: ObjectRef,
    /// The group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace as written; empty: that of the Application's destination.
    pub namespace: String,
    /// The name, as it is now.
    pub name: String,
    /// The paths of the fields; none where it is the name that is drawn.
    pub fields: Vec<String>,
}

impl Drift {
    fn of(app: App<'_>, object: &ManifestChange, fields: Vec<String>) -> Self {
        let (group, kind) = (object.group.clone(), object.kind.clone());
        let (namespace, name) = (object.namespace.clone(), object.name.clone());
        Drift { app: reference(app), group, kind, namespace, name, fields }
    }
}

/// What is drawn on either side of a comparison, worked out when asked for.
#[derive(Default)]
pub(super) struct Draws {
    before: OnceCell<Again>,
    after: OnceCell<Again>,
}

/// The objects of a content with what of them is drawn.
#[derive(Default)]
struct Drawn {
    /// The paths of drawn fields, by object.
    fields: BTreeMap<String, BTreeSet<String>>,
    /// Objects whose names are drawn.
    names: BTreeSet<String>,
}

impl Draws {
    /// Takes out of `changes`, those from `old` to `now`, what is drawn on both sides, and gives that; `None` if nothing is
    /// drawn at all.
    pub(super) fn mask(
        &self,
        changes: &mut Vec<ManifestChange>,
        old: App<'_>,
        now: App<'_>,
    ) -> Option<Vec<Drift>> {
        let (before, after) = (old.content()?, now.content()?);
        if changes.is_empty() || !before.is_random || !after.is_random {
            return None;
        }
        let before = drawn(&self.before, old, before);
        let after = drawn(&self.after, now, after);
        let none = BTreeSet::new();
        let mut drifts = Vec::new();
        changes.retain_mut(|change| {
            let key = key_of(change);
            match change.change {
                ManifestChangeKind::Added => {
                    let is_drawn = after.names.contains(&key);
                    drifts.extend(is_drawn.then(|| Drift::of(now, change, Vec::new())));
                    !is_drawn
                }
                ManifestChangeKind::Removed(_) => !before.names.contains(&key),
                ManifestChangeKind::Changed => {
                    let old = before.fields.get(&key).unwrap_or(&none);
                    let new = after.fields.get(&key).unwrap_or(&none);
                    let is_drawn = |field: &FieldChange| is_in(old, &field.path) && is_in(new, &field.path);
                    let (drawn, kept): (Vec<_>, Vec<_>) =
                        std::mem::take(&mut change.fields).into_iter().partition(is_drawn);
                    change.fields = kept;
                    if drawn.is_empty() {
                        return true;
                    }
                    let paths = drawn.into_iter().map(|field| field.path).collect();
                    drifts.push(Drift::of(now, change, paths));
                    !change.fields.is_empty()
                }
            }
        });
        Some(drifts)
    }
}

/// Whether `path`, or what it stands in, is among `paths`.
fn is_in(paths: &BTreeSet<String>, path: &str) -> bool {
    paths.iter().any(|drawn| {
        path.strip_prefix(drawn.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    })
}

fn drawn(again: &OnceCell<Again>, app: App<'_>, content: &Content) -> Drawn {
    let mut drawn = Drawn::default();
    let Some(application) = app.application() else { return drawn };
    let fleet: &Fleet = app.fleet();
    let again = again.get_or_init(|| Again::reseeded(fleet));
    let other: Arc<Content> = again.content(&application, again.inputs());
    let mut others: BTreeMap<String, &aoa_lang::Value> = BTreeMap::new();
    for manifest in other.manifests() {
        others.insert(key_text(&ObjectKey::of(&manifest.object)), &manifest.object);
    }
    for manifest in content.manifests() {
        let key = key_text(&ObjectKey::of(&manifest.object));
        match others.get(&key) {
            None => drop(drawn.names.insert(key)),
            Some(other) => {
                let fields = changed_fields(&manifest.object, other);
                if !fields.is_empty() {
                    drawn.fields.insert(key, fields.into_iter().map(|field| field.path).collect());
                }
            }
        }
    }
    drawn
}

fn key_text(key: &ObjectKey<'_>) -> String {
    format!("{}/{}/{}/{}", key.group, key.kind, key.namespace, key.name)
}

fn key_of(change: &ManifestChange) -> String {
    format!("{}/{}/{}/{}", change.group, change.kind, change.namespace, change.name)
}
