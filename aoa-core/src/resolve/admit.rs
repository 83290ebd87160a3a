//! Takes objects into the control plane, if they are of a kind that drives the fleet.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::run::Run;
use super::spot::{Part, Spot};
use crate::finding::{Cause, Place};
use crate::fleet::{
    AppId, AppObject, AppRecord, Conflict, KeyIndex, Parent, ProjectRecord, SetOutcome, SetRecord,
};
use crate::generate::SetReach;
use crate::model::{Application, Kind, Manifest, ObjectRef, read_object};
use crate::overlay::Amended;
use crate::sets::crd;

const GROUP: &str = "argoproj.io";

/// An object that drives the fleet, read from its manifest: all that can be said of it by itself.
pub(super) struct Arrival {
    object: ObjectRef,
    /// As its Go type reads it, its namespace written down.
    read: Result<Value>,
    /// Of an ApplicationSet, what the API server makes of it.
    admitted: Option<crd::Admitted>,
}

impl Arrival {
    /// Reads `manifest`, put into `namespace` if it names none; `None` if its kind does not drive the fleet.
    pub(super) fn of(manifest: &Manifest, namespace: &Text) -> Option<Arrival> {
        let kind = Arrival::kind_of(manifest)?;
        let namespace = match manifest.namespace() {
            "" => namespace.clone(),
            own => Text::from(own),
        };
        let object = ObjectRef { kind, namespace, name: manifest.name().into() };
        let read = read_object(kind, &manifest.object).map(|read| in_namespace(&read, &object.namespace));
        let is_set = kind == Kind::ApplicationSet && read.is_ok();
        let admitted = is_set.then(|| crd::admit(&manifest.object).ok()).flatten();
        Some(Arrival { object, read, admitted })
    }

    /// An Application that was read before, by its namespace.
    pub(super) fn known(manifest: &Manifest, namespace: Text, read: Value) -> Arrival {
        let object = ObjectRef { kind: Kind::Application, namespace, name: manifest.name().into() };
        Arrival { object, read: Ok(read), admitted: None }
    }

    /// The Application that was read; `None` if it is something else, or could not be read.
    pub(super) fn into_application(self) -> Option<(ObjectRef, Value)> {
        let Arrival { object, read, .. } = self;
        (object.kind == Kind::Application).then_some((object, read.ok()?))
    }

    /// The ApplicationSet that was read; `None` if it is something else, could not be read, or the API server has something to
    /// say of it.
    pub(super) fn into_quiet_set(self) -> Option<Value> {
        let Arrival { object, read, admitted } = self;
        let is_quiet = admitted.is_some_and(|a| a.unknown_fields.is_empty() && a.errors.is_empty());
        (object.kind == Kind::ApplicationSet && is_quiet).then_some(read.ok()?)
    }

    /// The kind of `manifest`, if it drives the fleet.
    pub(super) fn kind_of(manifest: &Manifest) -> Option<Kind> {
        if manifest.group() == GROUP { Kind::from_name(manifest.kind()) } else { None }
    }
}

impl Run<'_> {
    /// Admits `manifest`, put into `namespace` if it names none.
    ///
    /// # Errors
    ///
    /// The fleet has too many Applications or conflicts.
    pub(super) fn admit(&mut self, manifest: &Manifest, parent: Parent, namespace: &Text) -> Result<()> {
        let amended = match self.amendments.is_empty() {
            true => Amended::Same,
            false => self.amendments.manifest(manifest, namespace),
        };
        let changed;
        let manifest = match amended {
            Amended::Same => manifest,
            Amended::Gone => return Ok(()),
            Amended::Changed(object) => {
                changed = Manifest { object, place: manifest.place.clone() };
                &changed
            }
        };
        match Arrival::of(manifest, namespace) {
            Some(arrival) => self.admit_arrival(manifest, arrival, parent),
            None => Ok(()),
        }
    }

    /// Admits what was read from `manifest`.
    ///
    /// # Errors
    ///
    /// As [`Run::admit`].
    pub(super) fn admit_arrival(
        &mut self,
        manifest: &Manifest,
        arrival: Arrival,
        parent: Parent,
    ) -> Result<()> {
        let Arrival { object, read, admitted } = arrival;
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                let cause = Cause::InvalidObject { error: error.message().into() };
                self.findings.add(cause, Some(object), spot(manifest, Part::Object));
                return Ok(());
            }
        };
        if let Some(admitted) = admitted {
            self.note_api_server(&object, manifest, admitted);
        }
        let place = manifest.place.clone();
        match object.kind {
            Kind::Application => self.admit_application(object, read, parent, place),
            Kind::ApplicationSet => self.admit_set(object, read, parent, place),
            Kind::AppProject => self.admit_project(object, read, parent, place),
        }
    }

    /// What the API server would drop from a set, and why it would refuse it.
    fn note_api_server(&mut self, object: &ObjectRef, manifest: &Manifest, admitted: crd::Admitted) {
        for field in admitted.unknown_fields {
            let cause = Cause::UnknownField { field: field.into() };
            self.findings.add(cause, Some(object.clone()), spot(manifest, Part::Spec));
        }
        for error in admitted.errors {
            let cause = Cause::RefusedObject { error: error.into() };
            self.findings.add(cause, Some(object.clone()), spot(manifest, Part::Spec));
        }
    }

    fn admit_application(
        &mut self,
        object: ObjectRef,
        read: Value,
        parent: Parent,
        place: Option<Place>,
    ) -> Result<()> {
        if let Some(kept) = self.data.find_app(text(&object.namespace), text(&object.name)) {
            let spec = self.data.application(kept).map(|app| app.spec().clone());
            let same = spec.as_ref() == read.get("spec");
            return self.conflict(object, parent, self.data.apps.get(kept).map(|r| r.parent), same, place);
        }
        let app = Application { namespace: object.namespace, name: object.name, object: read, place };
        self.add_app(AppRecord { object: AppObject::Whole(Arc::new(app)), parent, judging: 0 })
    }

    /// Makes room for records.
    pub(super) fn reserve_apps(&mut self, additional: usize) {
        self.pending_apps.reserve(additional);
        Arc::make_mut(&mut self.data.app_index).reserve(additional);
    }

    /// Adds a record whose key is new.
    ///
    /// # Errors
    ///
    /// The fleet has too many Applications.
    pub(super) fn add_app(&mut self, record: AppRecord) -> Result<()> {
        let most = self.options.max_apps;
        let id = u32::try_from(self.data.apps.len()).ok().filter(|_| self.data.apps.len() < most);
        let Some(id) = id else {
            return Err(Error::limit(format!("the fleet has more than {most} Applications")));
        };
        self.data.add_app(record);
        self.pending_apps.push(AppId(id));
        Ok(())
    }

    fn admit_set(
        &mut self,
        object: ObjectRef,
        read: Value,
        parent: Parent,
        place: Option<Place>,
    ) -> Result<()> {
        let (index, sets) = (&mut self.set_index, &self.data.sets);
        let kept = find_or_add(index, sets.len(), &object, |at| {
            sets.get(at).map(|set| (&set.namespace, &set.name))
        })?;
        if let Some(kept) = kept.and_then(|at| sets.get(at)) {
            let (kept_parent, same) = (kept.parent, kept.object.get("spec") == read.get("spec"));
            return self.conflict(object, parent, Some(kept_parent), same, place);
        }
        self.data.sets.push(Arc::new(SetRecord {
            namespace: object.namespace,
            name: object.name,
            object: read,
            parent,
            place,
            outcome: SetOutcome::Pending,
            reach: SetReach::default(),
        }));
        self.tried_with.push(None);
        Ok(())
    }

    fn admit_project(
        &mut self,
        object: ObjectRef,
        read: Value,
        parent: Parent,
        place: Option<Place>,
    ) -> Result<()> {
        let (index, projects) = (&mut self.project_index, &self.data.projects);
        let kept = find_or_add(index, projects.len(), &object, |at| {
            projects.get(at).map(|project| (&project.namespace, &project.name))
        })?;
        if let Some(kept) = kept.and_then(|at| projects.get(at)) {
            let (kept_parent, same) = (kept.parent, kept.object.get("spec") == read.get("spec"));
            return self.conflict(object, parent, Some(kept_parent), same, place);
        }
        let (namespace, name) = (object.namespace, object.name);
        self.data.projects.push(ProjectRecord { namespace, name, object: read, parent, place });
        Ok(())
    }

    /// The project `name` of the control plane's namespace.
    pub(super) fn project(&self, name: &str) -> Option<&ProjectRecord> {
        let projects = &self.data.projects;
        let home = self.data.inputs.settings.namespace.as_bytes();
        let key_of = |at: u32| {
            let empty: (&[u8], &[u8]) = (&[], &[]);
            projects.get(at as usize).map_or(empty, |p| (p.namespace.as_bytes(), p.name.as_bytes()))
        };
        projects.get(self.project_index.find(home, name.as_bytes(), key_of)? as usize)
    }

    /// Notes that `parent` brings an object which is there already.
    ///
    /// # Errors
    ///
    /// There are too many conflicts.
    pub(super) fn conflict(
        &mut self,
        object: ObjectRef,
        parent: Parent,
        kept: Option<Parent>,
        same: bool,
        place: Option<Place>,
    ) -> Result<()> {
        // What a parent brings twice is bounded by what it brings.
        self.contested = self.contested.saturating_add(usize::from(kept != Some(parent)));
        let most = self.options.max_conflicts;
        if self.contested > most {
            let error = Error::limit(format!("objects of the fleet have more than {most} further parents"));
            return Err(error.with_help("look for Applications whose sources are the same folder"));
        }
        let spot = place.map(|place| Spot::of(place, Part::Name));
        let lost = self.data.parent_ref(parent);
        let kept_ref = kept.and_then(|kept| self.data.parent_ref(kept));
        let conflict = Conflict { object: object.clone(), parent: lost.clone(), same };
        Arc::make_mut(&mut self.data.conflicts).push(conflict);
        if lost.as_ref() == Some(&object) {
            self.findings.add(Cause::SelfManaged, Some(object), spot);
        } else if self.is_among_parents(&object, parent) {
            self.findings.add(Cause::ClaimsParent { claimed: object }, lost, spot);
        } else if kept != Some(parent) {
            // A set that is tried again brings its own Applications once more: no conflict for people.
            self.findings.add(Cause::Conflict { kept: kept_ref, lost, same }, Some(object), spot);
        }
        Ok(())
    }
}

/// The number of the record that is `object`; else `object` gets the number `next`.
fn find_or_add<'r>(
    index: &mut KeyIndex,
    next: usize,
    object: &ObjectRef,
    key_of: impl Fn(usize) -> Option<(&'r Text, &'r Text)>,
) -> Result<Option<usize>> {
    let (namespace, name) = (object.namespace.as_bytes(), object.name.as_bytes());
    let key_of = |at: u32| match key_of(at as usize) {
        Some((namespace, name)) => (namespace.as_bytes(), name.as_bytes()),
        None => (namespace, name),
    };
    let kept = index.find(namespace, name, key_of);
    if kept.is_none() {
        let next = u32::try_from(next).map_err(|_| Error::limit("the fleet has too many objects"))?;
        index.insert(next, namespace, name);
    }
    Ok(kept.map(|at| at as usize))
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
