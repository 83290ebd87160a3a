//! The effective project: its clusters and repositories and global projects merged in, as Argo CD merges them.

use std::collections::HashMap;
use std::sync::Arc;

use aoa_lang::text::selector::{LabelSelector, Selector};
use aoa_lang::value::{List, Map, Text};
use aoa_lang::{Value, yaml};

use super::rules::ProjectRules;
use super::windows::SyncWindows;
use crate::model::{Cluster, Clusters, DEFAULT_PROJECT, ScopedRepository};

/// The projects of the control plane, by name, with the settings that connect them.
pub struct Projects {
    objects: HashMap<String, Value>,
    globals: Vec<Global>,
    scoped: Scoped,
    compiled: HashMap<String, Arc<EffectiveProject>>,
}

/// What belongs to projects.
#[derive(Default)]
struct Scoped {
    clusters: HashMap<String, Vec<Cluster>>,
    /// URLs of repositories.
    repositories: HashMap<String, Vec<Text>>,
}

/// One of the setting `globalProjects`.
struct Global {
    project: String,
    /// `None`: the selector is broken; it and all that follow are ignored.
    selector: Option<Selector>,
}

/// A project as Argo CD applies it, with the origin of its rules.
#[derive(Debug)]
#[non_exhaustive]
pub struct EffectiveProject {
    /// Its spec: its own lists, then what belongs to it, then those of the global projects.
    pub spec: Value,
    /// The global projects that are merged in, in order.
    pub globals: Vec<String>,
    /// Its rules, compiled.
    pub rules: ProjectRules,
    /// Its sync windows.
    pub windows: SyncWindows,
    /// For each list up to which place its entries come from where.
    origins: Vec<(&'static str, usize, RuleOrigin)>,
}

/// Where an entry of a project's list comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RuleOrigin {
    /// The project says it itself.
    Own,
    /// A cluster or a repository that belongs to the project.
    Scoped,
    /// This global project.
    Global(String),
}

impl EffectiveProject {
    /// Where the entry `index` of the list `list` of the spec comes from.
    ///
    /// Entries of `sourceRepos`, say, are the project's own, then those of its repositories, then those of global projects.
    #[must_use]
    pub fn origin(&self, list: &str, index: usize) -> RuleOrigin {
        let of_list = self.origins.iter().filter(|(name, _, _)| *name == list);
        let mut found = of_list.filter(|(_, end, _)| index < *end).map(|(_, _, origin)| origin.clone());
        found.next().unwrap_or(RuleOrigin::Own)
    }

    /// Puts entries behind a list of the spec.
    fn append(&mut self, list: &'static str, entries: Vec<Value>, origin: RuleOrigin) {
        if entries.is_empty() {
            return;
        }
        let own = self.spec.get(list).and_then(Value::as_list).map(List::as_slice).unwrap_or_default();
        let all: Vec<Value> = own.iter().cloned().chain(entries).collect();
        if !self.origins.iter().any(|(name, _, _)| *name == list) {
            self.origins.push((list, own.len(), RuleOrigin::Own));
        }
        self.origins.push((list, all.len(), origin));
        self.spec = Value::Map(self.spec.as_map().cloned().unwrap_or_default().with(list, Value::list(all)));
    }

    fn compile(mut self, name: &str) -> Self {
        self.rules = ProjectRules::new(name, &self.spec);
        self.windows = SyncWindows::read(self.spec.get("syncWindows").unwrap_or(&Value::Null));
        self
    }
}

impl Projects {
    /// Whether both hold the same projects, of one control plane.
    pub(crate) fn are_like(&self, other: &Projects) -> bool {
        self.objects == other.objects
    }

    /// The projects of the namespace that Argo CD runs in. There is always a project `default`, which permits everything
    /// unless the fleet brings another; `argocd_cm` is the data of the ConfigMap.
    #[must_use]
    pub fn new<'v>(
        projects: impl Iterator<Item = (&'v str, &'v Value)>,
        clusters: &Clusters,
        repositories: &[ScopedRepository],
        argocd_cm: Option<&Value>,
    ) -> Self {
        let mut objects = HashMap::from([(DEFAULT_PROJECT.to_owned(), default_project())]);
        objects.extend(projects.map(|(name, object)| (name.to_owned(), object.clone())));
        let mut scoped = Scoped::default();
        for cluster in clusters.registered().iter().filter(|c| !c.project.is_empty()) {
            let project = cluster.project.to_str_lossy().into_owned();
            scoped.clusters.entry(project).or_default().push(cluster.clone());
        }
        for repository in repositories {
            let project = repository.project.to_str_lossy().into_owned();
            scoped.repositories.entry(project).or_default().push(repository.url.clone());
        }
        let globals = read_globals(argocd_cm);
        let mut all = Projects { objects, globals, scoped, compiled: HashMap::new() };
        let compile = |name: &String| Some((name.clone(), Arc::new(all.merge(name)?)));
        let compiled = all.objects.keys().filter_map(compile).collect();
        all.compiled = compiled;
        all
    }

    /// The rules of a project; `None` if it does not exist.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ProjectRules> {
        self.compiled.get(name).map(|project| &project.rules)
    }

    /// A project with all that is merged into it; `None` if it does not exist.
    #[must_use]
    pub fn effective(&self, name: &str) -> Option<&Arc<EffectiveProject>> {
        self.compiled.get(name)
    }

    /// The clusters that belong to a project.
    pub fn scoped_clusters(&self, name: &str) -> impl Iterator<Item = &Cluster> {
        self.scoped.clusters.get(name).into_iter().flatten()
    }

    /// `GetAppProjectByName`.
    fn merge(&self, name: &str) -> Option<EffectiveProject> {
        let object = self.objects.get(name)?;
        let mut project = EffectiveProject {
            spec: object.get("spec").cloned().unwrap_or_default(),
            globals: Vec::new(),
            rules: ProjectRules::new(name, &Value::Null),
            windows: SyncWindows::default(),
            origins: Vec::new(),
        };
        let repositories = self.scoped.repositories.get(name).into_iter().flatten();
        project.append(
            "sourceRepos",
            repositories.map(|url| Value::String(url.clone())).collect(),
            RuleOrigin::Scoped,
        );
        project.append("destinations", destinations_of(self.scoped_clusters(name)), RuleOrigin::Scoped);
        for (global, spec) in self.globals_of(name, object) {
            project.globals.push(global.to_owned());
            for list in MERGED {
                let entries = spec.get(list).and_then(Value::as_list).map(List::as_slice).unwrap_or_default();
                project.append(list, entries.to_vec(), RuleOrigin::Global(global.to_owned()));
            }
        }
        Some(project.compile(name))
    }

    /// The global projects that select `name`; a missing project or a broken selector ends the search.
    fn globals_of<'p>(&'p self, name: &str, object: &Value) -> Vec<(&'p str, &'p Value)> {
        let labels = object.at(&["metadata", "labels"]).and_then(Value::as_map).cloned().unwrap_or_default();
        let mut found = Vec::new();
        for global in self.globals.iter().filter(|g| g.project != name) {
            let Some(selector) = &global.selector else { break };
            if !selector.matches(&labels) {
                continue;
            }
            let Some(project) = self.objects.get(&global.project) else { break };
            found.push((global.project.as_str(), project.get("spec").unwrap_or(&Value::Null)));
        }
        found
    }
}

/// The lists that global projects add to (`mergeVirtualProject`): source namespaces and roles are not among them.
const MERGED: [&str; 8] = [
    "clusterResourceWhitelist",
    "clusterResourceBlacklist",
    "namespaceResourceWhitelist",
    "namespaceResourceBlacklist",
    "syncWindows",
    "sourceRepos",
    "destinations",
    "destinationServiceAccounts",
];

/// The clusters of a project are permitted destinations, in the namespaces that they are restricted to.
fn destinations_of<'c>(clusters: impl Iterator<Item = &'c Cluster>) -> Vec<Value> {
    let mut destinations = Vec::new();
    for cluster in clusters {
        let any = [Text::from_static("*")];
        let namespaces = if cluster.namespaces.is_empty() { any.as_slice() } else { &cluster.namespaces };
        destinations.extend(namespaces.iter().map(|namespace| {
            Value::map([
                ("server", Value::from(cluster.server_key())),
                ("namespace", Value::String(namespace.clone())),
            ])
        }));
    }
    destinations
}

fn read_globals(argocd_cm: Option<&Value>) -> Vec<Global> {
    let text = argocd_cm.and_then(|cm| cm.str_at(&["globalProjects"])).unwrap_or_default();
    let Ok(Value::List(entries)) = yaml::load(text.as_bytes()) else { return Vec::new() };
    entries
        .iter()
        .map(|entry| Global {
            project: entry.str_at(&["projectName"]).unwrap_or_default().to_owned(),
            selector: Selector::from_object(Some(&LabelSelector::read(
                entry.get("labelSelector").unwrap_or(&Value::Null),
            )))
            .ok(),
        })
        .collect()
}

/// The project that Argo CD makes itself.
fn default_project() -> Value {
    let any = |keys: &[&'static str]| {
        Value::list(vec![Value::Map(keys.iter().map(|k| (*k, Value::from("*"))).collect::<Map>())])
    };
    let spec = Value::map([
        ("sourceRepos", Value::list(vec![Value::from("*")])),
        ("destinations", any(&["server", "namespace"])),
        ("clusterResourceWhitelist", any(&["group", "kind"])),
    ]);
    Value::map([("spec", spec)])
}
