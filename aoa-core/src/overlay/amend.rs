//! What an overlay says of objects, done to each where it is brought.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::{Edit, Miss, Named, Overlay};
use crate::model::{Kind, Manifest, ObjectRef};

/// The edits of objects of one run, and what they met.
#[derive(Default)]
pub(crate) struct Amendments {
    edits: Vec<(usize, Edit)>,
    /// For each edit the objects that it was done to.
    met: Mutex<Vec<BTreeSet<ObjectRef>>>,
    /// For each edit what was wrong where it met its object.
    refused: Mutex<Vec<(usize, String)>>,
}

/// What becomes of an object.
pub(crate) enum Amended {
    /// It stays as it is.
    Same,
    /// It is not there.
    Gone,
    /// It reads otherwise.
    Changed(Value),
}

impl Amendments {
    pub(crate) fn of(overlay: &Overlay) -> Self {
        let is_of_objects =
            |edit: &Edit| matches!(edit, Edit::Revision { .. } | Edit::Delete { .. } | Edit::Replace { .. });
        let edits = overlay.edits().iter().enumerate().filter(|(_, edit)| is_of_objects(edit));
        let edits: Vec<(usize, Edit)> = edits.map(|(at, edit)| (at, edit.clone())).collect();
        let met = Mutex::new(vec![BTreeSet::new(); edits.len()]);
        Amendments { edits, met, refused: Mutex::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// What becomes of `manifest`, put into `namespace` if it names none.
    pub(crate) fn manifest(&self, manifest: &Manifest, namespace: &Text) -> Amended {
        let Some(kind) = Kind::from_name(manifest.kind()).filter(|_| manifest.group() == "argoproj.io")
        else {
            return Amended::Same;
        };
        let namespace = match manifest.namespace() {
            "" => namespace.clone(),
            own => Text::from(own),
        };
        let object = ObjectRef { kind, namespace, name: manifest.name().into() };
        self.object(&object, &|| manifest.object.clone())
    }

    /// What becomes of an object; `whole` gives it.
    pub(crate) fn object(&self, object: &ObjectRef, whole: &dyn Fn() -> Value) -> Amended {
        let mut changed: Option<Value> = None;
        for (number, (at, edit)) in self.edits.iter().enumerate() {
            match edit {
                Edit::Delete { kind, object: named } if *kind == object.kind && named.is(object) => {
                    self.meet(number, object);
                    return Amended::Gone;
                }
                Edit::Revision { app, source, revision }
                    if object.kind == Kind::Application && app.is(object) =>
                {
                    self.meet(number, object);
                    let value = changed.take().unwrap_or_else(whole);
                    match with_revision(&value, *source, revision) {
                        Ok(value) => changed = Some(value),
                        Err(why) => {
                            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                            refused.push((*at, why));
                            changed = Some(value);
                        }
                    }
                }
                Edit::Replace { object: other } if is_same(other, object) => {
                    self.meet(number, object);
                    changed = Some(other.clone());
                }
                _ => {}
            }
        }
        changed.map_or(Amended::Same, Amended::Changed)
    }

    fn meet(&self, number: usize, object: &ObjectRef) {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(met) = met.get_mut(number) {
            met.insert(object.clone());
        }
    }

    /// The edits that met nothing or too much; `names` lists the objects of a kind.
    pub(crate) fn misses(&self, names: impl Fn(Kind) -> Vec<String>) -> Vec<Miss> {
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        let mut misses = Vec::new();
        for ((at, edit), met) in self.edits.iter().zip(met.iter()) {
            let kind = match edit {
                Edit::Delete { kind, .. } => *kind,
                Edit::Replace { object } => {
                    let kind = object.str_at(&["kind"]).unwrap_or_default();
                    Kind::from_name(kind).unwrap_or(Kind::Application)
                }
                _ => Kind::Application,
            };
            if met.is_empty() {
                let why = format!("there is no such {}", kind.name());
                misses.push(Miss { edit: *at, why, known: names(kind) });
            } else if met.len() > 1 {
                let known =
                    met.iter().map(|object| format!("{}/{}", object.namespace, object.name)).collect();
                let why = format!("{} {}s have this name", met.len(), kind.name());
                misses.push(Miss { edit: *at, why, known });
            }
        }
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = refused.iter().cloned();
        misses.extend(refused.map(|(edit, why)| Miss { edit, why, known: Vec::new() }));
        misses
    }
}

impl Named {
    fn is(&self, object: &ObjectRef) -> bool {
        self.means(&object.namespace, &object.name)
    }
}

fn is_same(value: &Value, object: &ObjectRef) -> bool {
    let text = |keys: &[&str]| value.str_at(keys).unwrap_or_default();
    let namespace = text(&["metadata", "namespace"]);
    text(&["kind"]) == object.kind.name()
        && object.name == *text(&["metadata", "name"])
        && (namespace.is_empty() || object.namespace == *namespace)
}

/// The Application at another revision.
fn with_revision(app: &Value, source: Option<usize>, revision: &Text) -> Result<Value, String> {
    let set = |value: &Value, path: &[&str]| with_at(value, path, &Value::String(revision.clone()));
    if app.at(&["spec", "sourceHydrator", "drySource"]).is_some() {
        return Ok(set(app, &["spec", "sourceHydrator", "drySource", "targetRevision"]));
    }
    let sources = app.at(&["spec", "sources"]).and_then(Value::as_list);
    let Some(sources) = sources.filter(|sources| !sources.is_empty()) else {
        return match source {
            None | Some(1) => Ok(set(app, &["spec", "source", "targetRevision"])),
            Some(at) => Err(format!("it has one source, not {at}")),
        };
    };
    let at = match (source, sources.len()) {
        (None, 1) => 1,
        (None, count) => return Err(format!("it has {count} sources: say which, as in NAME:1=REVISION")),
        (Some(at), count) if at <= count => at,
        (Some(at), count) => return Err(format!("it has {count} sources, not {at}")),
    };
    let changed = (1..).zip(sources.iter()).map(|(number, source)| match number == at {
        true => set(source, &["targetRevision"]),
        false => source.clone(),
    });
    Ok(with_at(app, &["spec", "sources"], &Value::list(changed.collect())))
}

/// `value` with `new` at `path`, below maps that are made where they are missing.
pub(crate) fn with_at(value: &Value, path: &[&str], new: &Value) -> Value {
    let Some((key, rest)) = path.split_first() else { return new.clone() };
    let map = value.as_map().cloned().unwrap_or_default();
    let below = with_at(map.get(key).unwrap_or(&Value::Null), rest, new);
    Value::Map(map.with(*key, below))
}
