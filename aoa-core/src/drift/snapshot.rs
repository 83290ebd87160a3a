//! What was exported from a cluster.

use std::collections::BTreeMap;

use aoa_lang::Value;

use crate::model::{Kind, ObjectRef, destination_of};
use crate::render::{app_of, set_of};

/// The Applications, sets and projects of an Argo CD as they are.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    objects: BTreeMap<ObjectRef, LiveObject>,
    repeated: Vec<ObjectRef>,
}

/// One of them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LiveObject {
    /// What it is.
    pub object: ObjectRef,
    /// All of it.
    pub value: Value,
}

impl Snapshot {
    /// Adds an object, or what is in a list of objects; what is no Application, set or project is passed over. Gives how many
    /// were added.
    ///
    /// `argocd app list -o json` leaves out what they are: what has a destination is an Application.
    pub fn add(&mut self, value: &Value) -> usize {
        let mut pending = vec![value];
        let mut count = 0usize;
        while let Some(value) = pending.pop() {
            let items = value.get("items").and_then(Value::as_list).or_else(|| value.as_list());
            match items {
                Some(items) => pending.extend(items.iter().rev()),
                None => count = count.saturating_add(usize::from(self.add_object(value))),
            }
        }
        count
    }

    fn add_object(&mut self, value: &Value) -> bool {
        let said = value.str_at(&["kind"]).unwrap_or_default();
        let is_ours = value.str_at(&["apiVersion"]).is_none_or(|v| v.starts_with("argoproj.io/"));
        let kind = match Kind::from_name(said) {
            Some(kind) if is_ours => kind,
            None if said.is_empty() && value.at(&["spec", "destination"]).is_some() => Kind::Application,
            _ => return false,
        };
        let text = |key: &str| value.str_at(&["metadata", key]).unwrap_or_default();
        if text("name").is_empty() {
            return false;
        }
        let namespace = if text("namespace").is_empty() { "argocd" } else { text("namespace") };
        let object = ObjectRef { kind, namespace: namespace.into(), name: text("name").into() };
        let live = LiveObject { object: object.clone(), value: value.clone() };
        if self.objects.contains_key(&object) {
            self.repeated.push(object);
            return true;
        }
        self.objects.insert(object, live);
        true
    }

    /// The object, if it is there.
    #[must_use]
    pub fn get(&self, object: &ObjectRef) -> Option<&LiveObject> {
        self.objects.get(object)
    }

    /// All objects.
    pub fn objects(&self) -> impl Iterator<Item = &LiveObject> {
        self.objects.values()
    }

    /// Whether any object is of this kind: what was not exported is not missing.
    #[must_use]
    pub fn has_kind(&self, kind: Kind) -> bool {
        self.objects.keys().any(|object| object.kind == kind)
    }

    /// Objects that were there more than once; the first counts.
    #[must_use]
    pub fn repeated(&self) -> &[ObjectRef] {
        &self.repeated
    }
}

impl LiveObject {
    /// A text of it.
    pub(super) fn text(&self, keys: &[&str]) -> &str {
        self.value.str_at(keys).unwrap_or_default()
    }

    /// Where an Application goes, as its destination says.
    pub(super) fn cluster(&self) -> String {
        let to = destination_of(self.value.get("spec").unwrap_or(&Value::Null));
        if to.name.is_empty() { to.server } else { to.name }
    }

    /// The set that owns it.
    pub(super) fn set(&self) -> Option<ObjectRef> {
        set_of(&self.value, &self.object)
    }

    /// The Application that brought it, by the mark that Argo CD puts on it.
    pub(super) fn parent(&self, home: &str) -> Option<ObjectRef> {
        app_of(&self.value, &self.object, home)
    }
}
