//! Values that are drawn anew each time that a chart is rendered: passwords, certificates, names.
//!
//! Argo CD renders without looking at the cluster, so that they differ in every sync, whatever is merged. Both sides are
//! rendered once more with another seed: what then is another value is drawn, and not what the change brings.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::comparing::reference;
use super::fields::{FieldChange, changed_fields};
use super::manifests::{ManifestChange, ManifestChangeKind};
use crate::fleet::{App, Content, Drawn, DrawnObject};
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
        let before = drawn_of(&self.before, old, before);
        let after = drawn_of(&self.after, now, after);
        let mut drifts = Vec::new();
        changes.retain_mut(|change| {
            let object = object_of(change);
            match change.change {
                ManifestChangeKind::Added => {
                    let is_drawn = after.has_name_of(&object);
                    drifts.extend(is_drawn.then(|| Drift::of(now, change, Vec::new())));
                    !is_drawn
                }
                ManifestChangeKind::Removed(_) => !before.has_name_of(&object),
                ManifestChangeKind::Changed => {
                    let is_drawn = |field: &FieldChange| {
                        before.has(&object, &field.path) && after.has(&object, &field.path)
                    };
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

/// What an earlier run found out, else what comes of looking.
fn drawn_of(again: &OnceCell<Again>, app: App<'_>, content: &Content) -> Arc<Drawn> {
    match &content.drawn {
        Some(drawn) => drawn.clone(),
        None => Arc::new(drawn(app, content, again.get_or_init(|| Again::reseeded(app.fleet())))),
    }
}

/// What of the `content` of `app` is another value when it is rendered with another seed, as `again` does.
pub(crate) fn drawn(app: App<'_>, content: &Content, again: &Again) -> Drawn {
    let mut drawn = Drawn::default();
    let Some(application) = app.application() else { return drawn };
    let other: Arc<Content> = again.content(&application, again.inputs());
    let others: BTreeMap<ObjectKey<'_>, &aoa_lang::Value> = other
        .manifests()
        .iter()
        .map(|manifest| (ObjectKey::of(&manifest.object), &manifest.object))
        .collect();
    for manifest in content.manifests() {
        let key = ObjectKey::of(&manifest.object);
        let other = others.get(&key);
        let fields = other.map(|other| changed_fields(&manifest.object, other)).unwrap_or_default();
        if other.is_none() || !fields.is_empty() {
            let [group, kind, namespace, name] =
                [key.group, key.kind, key.namespace, key.name].map(str::to_owned);
            let object = DrawnObject { group, kind, namespace, name };
            drawn.add(object, fields.into_iter().map(|field| field.path).collect());
        }
    }
    drawn
}

fn object_of(change: &ManifestChange) -> DrawnObject {
    DrawnObject {
        group: change.group.clone(),
        kind: change.kind.clone(),
        namespace: change.namespace.clone(),
        name: change.name.clone(),
    }
}
