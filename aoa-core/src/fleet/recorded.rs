//! A fleet put together from what an earlier run found out: nothing is resolved.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result};

use super::{
    AppId, AppObject, AppRecord, Conflict, Content, Fleet, FleetData, Judging, Parent, ProjectRecord, SetId,
    SetRecord, Shape,
};
use crate::finding::Finding;
use crate::inputs::Inputs;
use crate::model::{Application, Clusters, Kind, ObjectRef};
use crate::options::Options;
use crate::policy::Scopes;

/// What was found out of a fleet. Parents are names here, and become numbers in [`Recorded::into_fleet`].
pub(crate) struct Recorded {
    pub(crate) inputs: Inputs,
    pub(crate) apps: Vec<(Owned<Application>, Option<Content>)>,
    pub(crate) sets: Vec<Owned<SetRecord>>,
    pub(crate) projects: Vec<Owned<ProjectRecord>>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) rounds: u32,
}

/// Something with who brings it.
pub(crate) struct Owned<T> {
    pub(crate) what: T,
    pub(crate) parent: Option<ObjectRef>,
}

impl Recorded {
    /// The fleet.
    ///
    /// # Errors
    ///
    /// `Invalid` if a parent is not there, stands below what it brings, or two objects have one name.
    pub(crate) fn into_fleet(self, options: &Options) -> Result<Fleet> {
        let mut data = begun(self.inputs, options);
        data.rounds = self.rounds;
        let set_parents = add_sets(&mut data, self.sets)?;
        let mut app_parents = Vec::with_capacity(self.apps.len());
        for (app, content) in self.apps {
            let id = add_app(&mut data, app.what)?;
            if let Some(content) = content {
                data.contents.set(id, Arc::new(content));
            }
            app_parents.push((id, app.parent));
        }
        for (id, parent) in app_parents {
            let parent = data.parent_named(parent.as_ref())?;
            if let Some(record) = data.apps.get_mut(id) {
                record.parent = parent;
            }
        }
        for (id, parent) in set_parents {
            let parent = data.parent_named(parent.as_ref())?;
            if let Some(record) = data.sets.get_mut(id.0 as usize) {
                Arc::make_mut(record).parent = parent;
            }
        }
        for project in self.projects {
            let parent = data.parent_named(project.parent.as_ref())?;
            data.projects.push(ProjectRecord { parent, ..project.what });
        }
        data.projects.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        data.conflicts = Arc::new(self.conflicts);
        data.findings = Arc::new(self.findings);
        data.check_ancestry()?;
        let mut sorted: Vec<AppId> = data.apps.ids().collect();
        sorted.sort_by(|a, b| data.app_key_bytes(*a).cmp(&data.app_key_bytes(*b)));
        data.sorted = Arc::new(sorted);
        let mut scopes = Scopes::default();
        for (_, content) in data.contents.iter() {
            scopes.learn(content.manifests.may_drive());
        }
        data.scopes = Arc::new(scopes);
        let judging = Judging { projects: Arc::new(data.projects_now()), scopes: data.scopes.clone() };
        data.judgings.push(judging);
        Ok(Fleet { data: Arc::new(data) })
    }
}

/// A fleet without anything in it.
fn begun(inputs: Inputs, options: &Options) -> FleetData {
    let switch = inputs.settings.argocd("cluster.inClusterEnabled");
    let clusters = Clusters::new(inputs.clusters.clone(), Clusters::in_cluster_setting(switch));
    let options = Arc::new(options.clone());
    let shape = Shape { clusters, now: options.now, options, is_recorded: true, ..Shape::default() };
    FleetData { shape: Arc::new(shape), inputs: Arc::new(inputs), ..FleetData::default() }
}

/// Adds the sets in their order, and gives who brings each.
fn add_sets(
    data: &mut FleetData,
    mut sets: Vec<Owned<SetRecord>>,
) -> Result<Vec<(SetId, Option<ObjectRef>)>> {
    sets.sort_by(|a, b| (&a.what.namespace, &a.what.name).cmp(&(&b.what.namespace, &b.what.name)));
    let mut parents = Vec::with_capacity(sets.len());
    for (set, id) in sets.into_iter().zip((0u32..).map(SetId)) {
        let Owned { what, parent } = set;
        if data.find_set(what.namespace.as_bytes(), what.name.as_bytes()).is_some() {
            return Err(twice(Kind::ApplicationSet, &what.namespace, &what.name));
        }
        data.sets.push(Arc::new(what));
        data.sorted_sets.push(id);
        parents.push((id, parent));
    }
    Ok(parents)
}

fn add_app(data: &mut FleetData, app: Application) -> Result<AppId> {
    let (namespace, name) = (app.namespace.to_str_lossy(), app.name.to_str_lossy());
    if data.find_app(&namespace, &name).is_some() {
        return Err(twice(Kind::Application, &app.namespace, &app.name));
    }
    let object = AppObject::Whole(Arc::new(app));
    Ok(data.add_app(AppRecord { object, parent: Parent::Root, judging: 0 }))
}

fn twice(kind: Kind, namespace: &Text, name: &Text) -> Error {
    let object = ObjectRef { kind, namespace: namespace.clone(), name: name.clone() };
    Error::invalid(format!("{object} is there twice"))
}

impl FleetData {
    fn parent_named(&self, parent: Option<&ObjectRef>) -> Result<Parent> {
        let Some(object) = parent else { return Ok(Parent::Root) };
        let (namespace, name) = (object.namespace.to_str_lossy(), object.name.to_str_lossy());
        let found = match object.kind {
            Kind::Application => self.find_app(&namespace, &name).map(Parent::App),
            Kind::ApplicationSet => {
                self.find_set(object.namespace.as_bytes(), object.name.as_bytes()).map(Parent::Set)
            }
            Kind::AppProject => None,
        };
        found.ok_or_else(|| Error::invalid(format!("parent {object} is not there")))
    }

    /// Who brings whom must have a beginning: whoever looks upwards relies on it.
    fn check_ancestry(&self) -> Result<()> {
        // By number: from which Application it was first come by, counted from 1.
        let mut apps = vec![0u32; self.apps.len()];
        let mut sets = vec![0u32; self.sets.len()];
        for (start, from) in self.apps.ids().zip(1u32..) {
            let mut next = Parent::App(start);
            loop {
                let seen = match next {
                    Parent::Root => None,
                    Parent::App(app) => apps.get_mut(app.0 as usize),
                    Parent::Set(set) => sets.get_mut(set.0 as usize),
                };
                match seen {
                    Some(seen) if *seen == from => {
                        return Err(Error::invalid(format!("{} stands below itself", self.app_ref(start))));
                    }
                    Some(seen) if *seen == 0 => *seen = from,
                    _ => break,
                }
                next = match next {
                    Parent::Root => Parent::Root,
                    Parent::App(app) => self.apps.get(app).map_or(Parent::Root, |record| record.parent),
                    Parent::Set(set) => self.sets.get(set.0 as usize).map_or(Parent::Root, |set| set.parent),
                };
            }
        }
        Ok(())
    }
}
