//! Takes objects into the control plane, if they are of a kind that drives the fleet.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Value};

use super::run::Run;
use super::spot::{Part, Spot};
use crate::finding::{Cause, Place};
use crate::fleet::{AppId, AppObject, AppRecord, Conflict, Parent, ProjectRecord, SetOutcome, SetRecord};
use crate::model::{Application, Kind, Manifest, ObjectRef, read_object};
use crate::sets::crd;

const GROUP: &str = "argoproj.io";

impl Run<'_> {
    /// Admits what the inventory holds besides the repositories: these are roots too.
    pub(super) fn admit_inventory(&mut self) {
        let inputs = self.data.inputs.clone();
        for object in &inputs.objects {
            let manifest = Manifest { object: object.clone(), place: None };
            let namespace = self.data.inputs.settings.namespace.clone();
            self.admit(&manifest, Parent::Root, &namespace);
        }
    }

    /// Admits `manifest`, put into `namespace` if it names none.
    pub(super) fn admit(&mut self, manifest: &Manifest, parent: Parent, namespace: &Text) {
        if manifest.group() != GROUP {
            return;
        }
        let Some(kind) = Kind::from_name(manifest.kind()) else { return };
        let namespace = match manifest.namespace() {
            "" => namespace.clone(),
            own => Text::from(own),
        };
        let object = ObjectRef { kind, namespace, name: manifest.name().into() };
        let read = match read_object(kind, &manifest.object) {
            Ok(read) => in_namespace(&read, &object.namespace),
            Err(error) => {
                let cause = Cause::InvalidObject { error: error.message().into() };
                return self.findings.add(cause, Some(object), spot(manifest, Part::Object));
            }
        };
        if kind == Kind::ApplicationSet {
            self.note_api_server(&object, manifest);
        }
        let place = manifest.place.clone();
        match kind {
            Kind::Application => self.admit_application(object, read, parent, place),
            Kind::ApplicationSet => self.admit_set(object, read, parent, place),
            Kind::AppProject => self.admit_project(object, read, parent, place),
        }
    }

    /// What the API server would drop from a set, and why it would refuse it.
    fn note_api_server(&mut self, object: &ObjectRef, manifest: &Manifest) {
        let Ok(admitted) = crd::admit(&manifest.object) else { return };
        for field in admitted.unknown_fields {
            let cause = Cause::UnknownField { field: field.into() };
            self.findings.add(cause, Some(object.clone()), spot(manifest, Part::Spec));
        }
        for error in admitted.errors {
            let cause = Cause::RefusedObject { error: error.into() };
            self.findings.add(cause, Some(object.clone()), spot(manifest, Part::Spec));
        }
    }

    fn admit_application(&mut self, object: ObjectRef, read: Value, parent: Parent, place: Option<Place>) {
        if let Some(kept) = self.data.find_app(text(&object.namespace), text(&object.name)) {
            let spec = self.data.application(kept).map(|app| app.spec().clone());
            let same = spec.as_ref() == read.get("spec");
            return self.conflict(
                object,
                parent,
                self.data.apps.get(kept.0 as usize).map(|r| r.parent),
                same,
                place,
            );
        }
        let app = Application { namespace: object.namespace, name: object.name, object: read, place };
        self.add_app(AppRecord { object: AppObject::Whole(Arc::new(app)), parent, content: None });
    }

    /// Adds a record whose key is new.
    pub(super) fn add_app(&mut self, record: AppRecord) {
        let Ok(id) = u32::try_from(self.data.apps.len()) else { return };
        self.data.apps.push(record);
        let mut index = std::mem::take(&mut self.data.app_index);
        index.insert(id, |id| self.data.app_key(AppId(id)));
        self.data.app_index = index;
        self.pending_apps.push(AppId(id));
    }

    fn admit_set(&mut self, object: ObjectRef, read: Value, parent: Parent, place: Option<Place>) {
        let kept = self.data.sets.iter().find(|s| s.namespace == object.namespace && s.name == object.name);
        if let Some(kept) = kept {
            let (kept_parent, same) = (kept.parent, kept.object.get("spec") == read.get("spec"));
            return self.conflict(object, parent, Some(kept_parent), same, place);
        }
        self.data.sets.push(SetRecord {
            namespace: object.namespace,
            name: object.name,
            object: read,
            parent,
            place,
            outcome: SetOutcome::Pending,
        });
        self.tried_with.push(None);
    }

    fn admit_project(&mut self, object: ObjectRef, read: Value, parent: Parent, place: Option<Place>) {
        let kept =
            self.data.projects.iter().find(|p| p.namespace == object.namespace && p.name == object.name);
        if let Some(kept) = kept {
            let (kept_parent, same) = (kept.parent, kept.object.get("spec") == read.get("spec"));
            return self.conflict(object, parent, Some(kept_parent), same, place);
        }
        let (namespace, name) = (object.namespace, object.name);
        self.data.projects.push(ProjectRecord { namespace, name, object: read, parent, place });
    }

    /// Notes that `parent` brings an object which is there already.
    pub(super) fn conflict(
        &mut self,
        object: ObjectRef,
        parent: Parent,
        kept: Option<Parent>,
        same: bool,
        place: Option<Place>,
    ) {
        let spot = place.map(|place| Spot::of(place, Part::Name));
        let lost = self.data.parent_ref(parent);
        let kept_ref = kept.and_then(|kept| self.data.parent_ref(kept));
        self.data.conflicts.push(Conflict { object: object.clone(), parent: lost.clone(), same });
        if self.is_among_parents(&object, parent) {
            self.findings.add(Cause::SelfManaged, Some(object), spot);
        } else if kept != Some(parent) {
            // A set that is tried again brings its own Applications once more: no conflict for people.
            self.findings.add(Cause::Conflict { kept: kept_ref, lost, same }, Some(object), spot);
        }
    }
}

/// The object with its namespace written down.
fn in_namespace(object: &Value, namespace: &Text) -> Value {
    let metadata = object.get("metadata").and_then(Value::as_map).cloned().unwrap_or_default();
    let metadata = Value::Map(metadata.with("namespace", Value::String(namespace.clone())));
    Value::Map(object.as_map().cloned().unwrap_or_default().with("metadata", metadata))
}

fn spot(manifest: &Manifest, part: Part) -> Option<Spot> {
    manifest.place.clone().map(|place| Spot::of(place, part))
}

fn text(text: &Text) -> &str {
    text.as_str().unwrap_or_default()
}

/// The error of a file that a person is to mend.
pub(super) fn broken(error: &Error) -> Text {
    error.message().into()
}
