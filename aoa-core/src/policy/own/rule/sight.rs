//! What rules see: the Application, the object, the parent, the cluster, the effective values. Each is worked out when a
//! rule first looks at it, once for all rules.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use aoa_lang::rego::Val;
use aoa_lang::value::Text;
use aoa_lang::{Result, Value};

use crate::fleet::{App, Fleet};
use crate::model::{Kind, ObjectRef};
use crate::policy::own::effective::EffectivePolicy;

/// What rules see, by its name; in the order of the alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The Application.
    App,
    /// The cluster that it goes to; null if there is no such cluster.
    Cluster,
    /// What holds for it.
    Effective,
    /// The object; null for a rule of Applications.
    Manifest,
    /// What brings the Application; null for a root.
    Parent,
}

/// Some of the names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Names(u8);

impl Name {
    pub(super) const ALL: [Name; 5] =
        [Name::App, Name::Cluster, Name::Effective, Name::Manifest, Name::Parent];

    pub(super) fn text(self) -> &'static str {
        match self {
            Name::App => "app",
            Name::Cluster => "cluster",
            Name::Effective => "effective",
            Name::Manifest => "manifest",
            Name::Parent => "parent",
        }
    }

    pub(super) fn find(text: &str) -> Option<Self> {
        Name::ALL.into_iter().find(|name| name.text() == text)
    }
}

impl Names {
    pub(super) const ALL: Names = Names(0b1_1111);

    pub(super) fn insert(&mut self, name: Name) {
        self.0 |= 1 << name as u8;
    }

    pub(super) fn has(self, name: Name) -> bool {
        self.0 >> name as u8 & 1 == 1
    }

    /// Whether there is nothing but the object.
    pub(super) fn is_manifest_alone(self) -> bool {
        Name::ALL.into_iter().all(|name| name == Name::Manifest || !self.has(name))
    }
}

impl FromIterator<Name> for Names {
    fn from_iter<T: IntoIterator<Item = Name>>(names: T) -> Self {
        let mut all = Names::default();
        names.into_iter().for_each(|name| all.insert(name));
        all
    }
}

/// An Application with what is around it.
pub(super) struct Scene<'f> {
    app: App<'f>,
    policy: &'f EffectivePolicy,
    seen: [Seen<Value>; 4],
}

/// A value, and what Rego makes of it.
struct Seen<V> {
    value: OnceCell<V>,
    rego: OnceCell<Val>,
}

/// What one rule, or several, see at once.
pub(super) struct Sight<'s> {
    scene: &'s Scene<'s>,
    manifest: Seen<&'s Value>,
}

impl<V> Default for Seen<V> {
    fn default() -> Self {
        Seen { value: OnceCell::new(), rego: OnceCell::new() }
    }
}

impl<V> Seen<V> {
    fn in_rego(&self, value: &Value) -> Result<Val> {
        if let Some(known) = self.rego.get() {
            return Ok(known.clone());
        }
        let value = Val::of_data(value)?;
        Ok(self.rego.get_or_init(|| value).clone())
    }
}

impl<'f> Scene<'f> {
    pub(super) fn of(app: App<'f>, policy: &'f EffectivePolicy) -> Self {
        Scene { app, policy, seen: Default::default() }
    }

    fn seen(&self, name: Name) -> Option<&Seen<Value>> {
        let [app, cluster, effective, parent] = &self.seen;
        match name {
            Name::App => Some(app),
            Name::Cluster => Some(cluster),
            Name::Effective => Some(effective),
            Name::Parent => Some(parent),
            Name::Manifest => None,
        }
    }

    fn work_out(&self, name: Name) -> Value {
        match name {
            Name::App => self.app.application().map_or(Value::Null, |app| app.object.clone()),
            Name::Cluster => cluster(self.app),
            Name::Effective => effective(self.policy, self.app),
            Name::Parent => self.app.parent().map_or(Value::Null, |of| object(self.app.fleet(), &of)),
            Name::Manifest => Value::Null,
        }
    }
}

impl<'s> Sight<'s> {
    pub(super) fn new(scene: &'s Scene<'s>, manifest: Option<&'s Value>) -> Self {
        let seen = Seen::default();
        if let Some(manifest) = manifest {
            seen.value.get_or_init(|| manifest);
        }
        Sight { scene, manifest: seen }
    }

    pub(super) fn value(&self, name: Name) -> &Value {
        match self.scene.seen(name) {
            Some(seen) => seen.value.get_or_init(|| self.scene.work_out(name)),
            None => self.manifest.value.get().copied().unwrap_or(&Value::Null),
        }
    }

    /// The `input` of Rego.
    pub(super) fn input(&self, names: Names) -> Result<Val> {
        let mut entries = Vec::with_capacity(Name::ALL.len());
        for name in Name::ALL.into_iter().filter(|name| names.has(*name)) {
            let value = match self.scene.seen(name) {
                Some(seen) => seen.in_rego(self.value(name))?,
                None => self.manifest.in_rego(self.value(name))?,
            };
            entries.push((Val::String(Text::from_static(name.text())), value));
        }
        Val::object(entries)
    }
}

fn cluster(app: App<'_>) -> Value {
    let Some(cluster) = app.cluster() else { return Value::Null };
    Value::map([
        ("annotations", Value::Map(cluster.annotations.clone())),
        ("labels", Value::Map(cluster.labels.clone())),
        ("name", Value::String(cluster.name.clone())),
        ("server", Value::String(cluster.server.clone())),
    ])
}

fn object(fleet: &Fleet, of: &ObjectRef) -> Value {
    let (namespace, name) = (of.namespace.to_str_lossy(), of.name.to_str_lossy());
    match of.kind {
        Kind::Application => {
            let app = fleet.app(&namespace, &name).and_then(|app| app.application());
            app.map_or(Value::Null, |app| app.object.clone())
        }
        _ => fleet.set(&namespace, &name).map_or(Value::Null, |set| set.object().clone()),
    }
}

/// The effective values as one map: `team`, `labels` and so on.
fn effective(policy: &EffectivePolicy, app: App<'_>) -> Value {
    let mut top: Vec<(Text, Value)> = Vec::new();
    let mut nested: BTreeMap<String, Vec<(Text, Value)>> = BTreeMap::new();
    for value in policy.values(app) {
        match value.name.split_once('.') {
            Some((map, key)) => nested.entry(map.to_owned()).or_default().push((key.into(), value.value)),
            None => top.push((value.name.into(), value.value)),
        }
    }
    top.extend(nested.into_iter().map(|(map, entries)| (Text::from(map), Value::map(entries))));
    Value::map(top)
}
