//! Values that are drawn anew each time that a chart is rendered: passwords, certificates, names.
//!
//! Argo CD renders without looking at the cluster, so that they differ in every sync, whatever is merged. Both sides are
//! rendered once more with another seed: what then is another value is drawn, and not what the change brings.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fields::changed_fields;
use super::manifests::{ManifestChange, ManifestChangeKind};
use crate::fleet::{App, Content, Fleet};
use crate::model::ObjectKey;
use crate::resolve::Again;

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
    /// Takes out of `changes`, those from `old` to `now`, what is drawn on both sides; tells whether there may be such.
    pub(super) fn mask(&self, changes: &mut Vec<ManifestChange>, old: App<'_>, now: App<'_>) -> bool {
        let (Some(before), Some(after)) = (old.content(), now.content()) else { return false };
        if changes.is_empty() || !before.is_random || !after.is_random {
            return false;
        }
        let before = drawn(&self.before, old, before);
        let after = drawn(&self.after, now, after);
        let none = BTreeSet::new();
        changes.retain_mut(|change| {
            let key = key_of(change);
            match change.change {
                ManifestChangeKind::Added => !after.names.contains(&key),
                ManifestChangeKind::Removed(_) => !before.names.contains(&key),
                ManifestChangeKind::Changed => {
                    let old = before.fields.get(&key).unwrap_or(&none);
                    let new = after.fields.get(&key).unwrap_or(&none);
                    let all = change.fields.len();
                    change.fields.retain(|field| !(is_in(old, &field.path) && is_in(new, &field.path)));
                    !change.fields.is_empty() || all == 0
                }
            }
        });
        true
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
