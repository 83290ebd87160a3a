//! The API server, as far as the controller of ApplicationSets uses it: one set, and Applications.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aoa_lang::strconv::{FloatFormat, format_float};
use aoa_lang::value::Rewrite;
use aoa_lang::{Result, Value, typed};

use super::object::{items_of, name, namespace, text_at, time_text, with};
use super::status::SetStatus;

/// What an API server holds. There is no garbage collector: the Applications of a deleted set stay.
#[derive(Clone, Debug, Default)]
pub struct Server {
    pub(super) set: Option<Set>,
    applications: BTreeMap<(String, String), Value>,
}

/// An ApplicationSet, its status apart.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) object: Value,
    pub(super) status: SetStatus,
}

impl Server {
    /// A server with this set, as it reads it.
    ///
    /// # Errors
    ///
    /// `Invalid` if the set does not fit its type.
    pub fn new(set: &Value) -> Result<Self> {
        let object = read(set, "ApplicationSet")?;
        let status = SetStatus::of_set(&object);
        let object = with(&object, &["status"], None);
        Ok(Server { set: Some(Set { object, status }), applications: BTreeMap::new() })
    }

    /// The set, without its status; `None` once it is gone.
    #[must_use]
    pub fn set(&self) -> Option<&Value> {
        self.set.as_ref().map(|set| &set.object)
    }

    /// The status of the set.
    #[must_use]
    pub fn set_status(&self) -> Option<&SetStatus> {
        self.set.as_ref().map(|set| &set.status)
    }

    /// The Applications, by namespace and name.
    pub fn applications(&self) -> impl Iterator<Item = &Value> {
        self.applications.values()
    }

    /// One Application.
    #[must_use]
    pub fn application(&self, namespace: &str, name: &str) -> Option<&Value> {
        self.applications.get(&(namespace.to_owned(), name.to_owned()))
    }

    /// Writes an Application as others would: its status too, and what was there before does not matter. One that is
    /// being deleted goes with its last finalizer.
    ///
    /// # Errors
    ///
    /// `Invalid` if it does not fit its type.
    pub fn put_application(&mut self, application: &Value) -> Result<()> {
        let application = canonical(application)?;
        self.store(application);
        Ok(())
    }

    /// Replaces the spec, labels and annotations of the set.
    ///
    /// # Errors
    ///
    /// `Invalid` if the set does not fit its type.
    pub fn change_set(&mut self, next: &Value) -> Result<()> {
        let next = read(next, "ApplicationSet")?;
        if let Some(set) = &mut self.set {
            for path in [&["spec"][..], &["metadata", "labels"], &["metadata", "annotations"]] {
                set.object = with(&set.object, path, next.at(path).cloned());
            }
        }
        Ok(())
    }

    /// Asks for the set's deletion: it goes at once without finalizers.
    pub fn delete_set(&mut self, now: i64) {
        let Some(set) = &mut self.set else { return };
        if items_of(&set.object, &["metadata", "finalizers"]).is_empty() {
            self.set = None;
        } else if text_at(&set.object, &["metadata", "deletionTimestamp"]).is_empty() {
            set.object = with(&set.object, &["metadata", "deletionTimestamp"], Some(time_text(now)));
        }
    }

    /// Writes the set, its status excepted; one that is being deleted goes with its last finalizer.
    pub(super) fn update_set(&mut self, object: Value) {
        let gone = is_finished(&object);
        if let Some(set) = &mut self.set {
            set.object = object;
        }
        if gone {
            self.set = None;
        }
    }

    /// The Applications that `set` controls, by name.
    pub(super) fn controlled_by(&self, set: &Value) -> Vec<Value> {
        let controlled = self.applications.values().filter(|app| {
            namespace(app) == namespace(set)
                && controller_of(app).is_some_and(|owner| {
                    text_at(owner, &["apiVersion"]) == API_VERSION
                        && text_at(owner, &["kind"]) == "ApplicationSet"
                        && text_at(owner, &["name"]) == name(set)
                })
        });
        controlled.cloned().collect()
    }

    /// Writes an object that is in its canonical form.
    pub(super) fn store(&mut self, application: Value) {
        let key = (namespace(&application).to_owned(), name(&application).to_owned());
        if is_finished(&application) {
            self.applications.remove(&key);
        } else {
            self.applications.insert(key, application);
        }
    }

    /// Deletes an Application: one with finalizers is marked, and stays until they are done.
    pub(super) fn delete(&mut self, application: &Value, now: i64) -> std::result::Result<(), String> {
        let key = (namespace(application).to_owned(), name(application).to_owned());
        let Some(stored) = self.applications.get_mut(&key) else {
            let name = aoa_lang::strconv::quote(name(application).as_bytes());
            return Err(format!("applications.argoproj.io {name} not found"));
        };
        if items_of(stored, &["metadata", "finalizers"]).is_empty() {
            self.applications.remove(&key);
        } else if text_at(stored, &["metadata", "deletionTimestamp"]).is_empty() {
            *stored = with(stored, &["metadata", "deletionTimestamp"], Some(time_text(now)));
        }
        Ok(())
    }
}

/// An Application of which nothing is set, as Go writes it.
static UNSET: OnceLock<Value> = OnceLock::new();

pub(super) const API_VERSION: &str = "argoproj.io/v1alpha1";

/// The owner that controls an object.
pub(super) fn controller_of(object: &Value) -> Option<&Value> {
    let owners = items_of(object, &["metadata", "ownerReferences"]);
    owners.iter().find(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true))
}

fn is_finished(object: &Value) -> bool {
    !text_at(object, &["metadata", "deletionTimestamp"]).is_empty()
        && items_of(object, &["metadata", "finalizers"]).is_empty()
}

/// An Application as Argo CD's Go types write it, without `apiVersion` and `kind`, and without what Go writes for a
/// status and a time of creation that nobody set.
pub(super) fn canonical(application: &Value) -> Result<Value> {
    let mut object = read(application, "Application")?;
    let unset = UNSET.get_or_init(|| read(&Value::map::<&str>([]), "Application").unwrap_or_default());
    if object.get("status") == unset.get("status") {
        object = with(&object, &["status"], None);
    }
    object = with(&object, &["apiVersion"], None);
    with(&object, &["kind"], None).rewrite(&mut |value, _| Ok(as_text_has_it(value)))
}

/// Where an Application is of free form, the controller compares JSON: one number is one value, whatever its type.
fn as_text_has_it(value: &Value) -> Rewrite {
    let whole = match value {
        Value::List(_) | Value::Map(_) => return Rewrite::Untyped,
        Value::Int(..) | Value::Uint(..) => value.as_i64(),
        Value::Float(_, number) => format_float(*number, FloatFormat::Fixed, None, 64).parse().ok(),
        Value::Number(text) => text.parse().ok(),
        _ => None,
    };
    whole.map_or(Rewrite::Keep, |whole| Rewrite::Replace(Value::int64(whole)))
}

fn read(object: &Value, kind: &str) -> Result<Value> {
    let Some(schema) = typed::schema(API_VERSION, kind) else {
        return Err(aoa_lang::Error::new(
            aoa_lang::ErrorKind::Internal,
            format!("no type for kind `{kind}`"),
        ));
    };
    let object = typed::read(schema, object, typed::Mode::Json)?;
    match object.at(&["metadata", "creationTimestamp"]) {
        Some(Value::Null) => Ok(with(&object, &["metadata", "creationTimestamp"], None)),
        _ => Ok(object),
    }
}
