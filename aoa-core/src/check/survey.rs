//! What rules ask of the fleet as a whole: its Applications, and what is delivered to each cluster.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use aoa_lang::Value;

use super::facts::{AppFacts, FactReader};
use crate::fleet::{App, AppId, Fleet, Parent, Project, SetId};
use crate::model::{Cluster, Manifest, ObjectRef, repo_url};
use crate::policy::delivered::{self, Verdict};
use crate::policy::own::Ruled;
use crate::policy::{Projects, Scopes};

/// The fleet as rules see it.
pub(crate) struct Survey<'f> {
    pub(crate) fleet: &'f Fleet,
    /// By namespace and name.
    pub(crate) apps: Vec<AppFacts<'f>>,
    /// The numbers of the Applications of each project.
    by_project: HashMap<&'f str, Vec<usize>>,
    /// Where in `apps` each one is.
    places: Vec<usize>,
    pub(crate) clusters: Vec<ClusterFacts<'f>>,
    pub(crate) projects: Projects,
    pub(crate) scopes: Scopes,
    /// Whether there may be Applications that are not known: a set is frozen.
    pub(crate) has_frozen_sets: bool,
    /// Where the fleet itself lies: the repositories of its objects, by host and path.
    pub(crate) own_repositories: BTreeSet<String>,
    verdicts: OnceCell<Vec<Verdict<'f>>>,
    ruled: OnceCell<Vec<Ruled<'f>>>,
}

/// What is delivered to a cluster.
pub(crate) struct ClusterFacts<'f> {
    pub(crate) cluster: &'f Cluster,
    /// The numbers of the Applications that go there.
    pub(crate) apps: Vec<usize>,
    /// Whether something may be delivered that is not known.
    pub(crate) is_unknown: bool,
    /// Whether something is delivered that may define kinds by itself.
    pub(crate) has_providers: bool,
    /// The versions that are served of each kind that is defined: by group and kind.
    pub(crate) kinds: HashMap<(&'f str, &'f str), Vec<&'f str>>,
    /// Namespaces that are delivered or made.
    pub(crate) namespaces: HashMap<&'f str, NamespaceFacts<'f>>,
}

#[derive(Default)]
pub(crate) struct NamespaceFacts<'f> {
    /// The object, where one is delivered.
    pub(crate) manifest: Option<&'f Manifest>,
}

impl<'f> Survey<'f> {
    pub(crate) fn of(fleet: &'f Fleet) -> Self {
        let mut survey = Survey {
            fleet,
            apps: Vec::with_capacity(fleet.apps().len()),
            by_project: HashMap::new(),
            places: vec![0; fleet.data.apps.len()],
            clusters: Vec::new(),
            projects: fleet.data.projects_now(),
            scopes: Scopes::default(),
            has_frozen_sets: fleet.sets().any(|set| set.is_frozen()),
            own_repositories: BTreeSet::new(),
            verdicts: OnceCell::new(),
            ruled: OnceCell::new(),
        };
        let given = fleet.data.inputs.repositories.iter().filter(|r| !r.checkouts.is_empty());
        survey.own_repositories = given.map(|r| repo_url::checkout_key(&r.url.to_str_lossy())).collect();
        survey.add_apps();
        survey.add_deliveries();
        survey
    }

    fn add_apps(&mut self) {
        let mut reader = FactReader::new(self.fleet);
        let mut numbers: HashMap<&'f str, usize> = HashMap::new();
        for (at, app) in reader.fleet().apps().enumerate() {
            let cluster = app.cluster().map(|cluster| {
                let next = self.clusters.len();
                let number = *numbers.entry(cluster.server_key()).or_insert(next);
                if number == next {
                    self.clusters.push(ClusterFacts::new(cluster, self.has_frozen_sets));
                }
                number
            });
            if let Some(place) = self.places.get_mut(app.id().0 as usize) {
                *place = at;
            }
            let facts = reader.read(app, cluster);
            if let Some(cluster) = cluster.and_then(|number| self.clusters.get_mut(number)) {
                cluster.apps.push(at);
                cluster.is_unknown |= !facts.is_rendered();
            }
            self.by_project.entry(app.project_name()).or_default().push(at);
            self.apps.push(facts);
        }
    }

    fn add_deliveries(&mut self) {
        for app in &self.apps {
            let Some(cluster) = app.cluster.and_then(|number| self.clusters.get_mut(number)) else {
                continue;
            };
            if app.shape.creates_namespace()
                && let Some(namespace) = app.app.destination_namespace()
            {
                cluster.namespaces.entry(namespace).or_default();
            }
            let Some(content) = app.app.content() else { continue };
            self.scopes.learn(content.manifests.may_drive());
            for manifest in content.manifests().iter() {
                cluster.add(manifest);
            }
        }
    }

    /// What the policies that the fleet delivers say.
    pub(crate) fn verdicts(&self) -> &[Verdict<'f>] {
        self.verdicts.get_or_init(|| delivered::review(self.fleet))
    }

    /// What the rules of the fleet's own policies say; `now` is 0 where it is not given.
    pub(crate) fn ruled(&self, now: i64) -> &[Ruled<'f>] {
        self.ruled.get_or_init(|| self.fleet.policies().ask_rules(self.fleet, (now > 0).then_some(now)))
    }

    /// An Application by its number in the fleet.
    pub(crate) fn facts(&self, id: AppId) -> Option<&AppFacts<'f>> {
        self.apps.get(*self.places.get(id.0 as usize)?)
    }

    /// The Applications of a project; `None` for a project that Argo CD does not look at.
    pub(crate) fn of_project(&self, project: Project<'f>) -> Option<Vec<&AppFacts<'f>>> {
        let is_home = self.fleet.data.inputs.settings.namespace == *project.namespace();
        let numbers = self.by_project.get(project.name()).map(Vec::as_slice).unwrap_or_default();
        is_home.then(|| numbers.iter().filter_map(|at| self.apps.get(*at)).collect())
    }

    /// The number of an Application among `apps`.
    pub(crate) fn place_of(&self, id: AppId) -> Option<usize> {
        self.places.get(id.0 as usize).copied()
    }

    /// Whether a repository is part of the fleet: it was given with roots, sets or Applications in it.
    pub(crate) fn is_own(&self, url: &str) -> bool {
        self.own_repositories.contains(&repo_url::checkout_key(url))
    }

    /// The cluster that an Application goes to.
    pub(crate) fn cluster(&self, app: &AppFacts<'f>) -> Option<&ClusterFacts<'f>> {
        self.clusters.get(app.cluster?)
    }

    /// The Application that an object names.
    pub(crate) fn find(&self, object: &ObjectRef) -> Option<&AppFacts<'f>> {
        self.facts(self.fleet.data.find_app(object.namespace.as_str()?, object.name.as_str()?)?)
    }

    /// The Application above: the one that renders it, or that renders the set which generates it.
    pub(crate) fn parent_app(&self, app: App<'f>) -> Option<&AppFacts<'f>> {
        match self.fleet.data.apps.get(app.id())?.parent {
            Parent::Root => None,
            Parent::App(id) => self.facts(id),
            Parent::Set(id) => self.parent_of_set(id),
        }
    }

    /// The Application that renders a set.
    pub(crate) fn parent_of_set(&self, id: SetId) -> Option<&AppFacts<'f>> {
        match self.fleet.data.sets.get(id.0 as usize)?.parent {
            Parent::App(id) => self.facts(id),
            Parent::Root | Parent::Set(_) => None,
        }
    }

    /// The namespace that an object goes to; empty for one that has none.
    pub(crate) fn namespace_of<'m>(&self, app: &AppFacts<'f>, manifest: &'m Manifest) -> &'m str
    where
        'f: 'm,
    {
        if !self.scopes.is_namespaced(manifest.group(), manifest.kind()) {
            return "";
        }
        match manifest.namespace() {
            "" => app.app.destination_namespace().unwrap_or_default(),
            own => own,
        }
    }

    /// How many Applications each set generates that are written, by its number.
    pub(crate) fn children_of_sets(&self) -> BTreeMap<SetId, Vec<usize>> {
        let mut children: BTreeMap<SetId, Vec<usize>> = BTreeMap::new();
        for (at, facts) in self.apps.iter().enumerate() {
            if let Some(Parent::Set(id)) = self.fleet.data.apps.get(facts.app.id()).map(|r| r.parent) {
                children.entry(id).or_default().push(at);
            }
        }
        children
    }
}

/// Kinds whose objects define further kinds that nobody can know offline.
const PROVIDERS: [(&str, &str); 9] = [
    ("operators.coreos.com", "Subscription"),
    ("olm.operatorframework.io", "ClusterExtension"),
    ("pkg.crossplane.io", "Provider"),
    ("pkg.crossplane.io", "Configuration"),
    ("operator.cluster.x-k8s.io", "InfrastructureProvider"),
    ("operator.cluster.x-k8s.io", "CoreProvider"),
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
    ("kustomize.toolkit.fluxcd.io", "Kustomization"),
    ("helm.cattle.io", "HelmChart"),
];

impl<'f> ClusterFacts<'f> {
    fn new(cluster: &'f Cluster, is_unknown: bool) -> Self {
        ClusterFacts {
            cluster,
            apps: Vec::new(),
            is_unknown,
            has_providers: false,
            kinds: HashMap::new(),
            namespaces: HashMap::new(),
        }
    }

    fn add(&mut self, manifest: &'f Manifest) {
        let object = &manifest.object;
        let text = |keys: &[&str]| object.str_at(keys).unwrap_or_default();
        let (group, kind) = (manifest.group(), manifest.kind());
        match (group, kind) {
            ("", "Namespace") => {
                self.namespaces.entry(manifest.name()).or_default().manifest = Some(manifest);
            }
            ("apiextensions.k8s.io", "CustomResourceDefinition") => {
                let key = (text(&["spec", "group"]), text(&["spec", "names", "kind"]));
                self.kinds.entry(key).or_default().extend(served_versions(object));
            }
            // The composite, and its claim.
            ("apiextensions.crossplane.io", "CompositeResourceDefinition") => {
                for names in ["names", "claimNames"] {
                    let key = (text(&["spec", "group"]), text(&["spec", names, "kind"]));
                    self.kinds.entry(key).or_default().extend(served_versions(object));
                }
            }
            ("templates.gatekeeper.sh", "ConstraintTemplate") => {
                let key = ("constraints.gatekeeper.sh", text(&["spec", "crd", "spec", "names", "kind"]));
                self.kinds.entry(key).or_default();
            }
            ("kro.run", "ResourceGraphDefinition") => {
                let group = object.str_at(&["spec", "schema", "group"]).unwrap_or("kro.run");
                self.kinds.entry((group, text(&["spec", "schema", "kind"]))).or_default();
            }
            _ if PROVIDERS.contains(&(group, kind)) => self.has_providers = true,
            _ => {}
        }
    }

    /// How people name it.
    pub(crate) fn name(&self) -> &'f str {
        match self.cluster.name.as_str() {
            Some(name) if !name.is_empty() => name,
            _ => self.cluster.server_key(),
        }
    }
}

/// The versions that a definition serves.
fn served_versions(definition: &Value) -> impl Iterator<Item = &str> {
    let versions = definition.at(&["spec", "versions"]).and_then(Value::as_list);
    let served = versions.into_iter().flatten().filter(|v| v.get("served") != Some(&Value::Bool(false)));
    served.filter_map(|v| v.str_at(&["name"]))
}
