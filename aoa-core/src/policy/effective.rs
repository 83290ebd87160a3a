//! The effective project: scoped clusters and global projects merged in, as Argo CD merges them.

use std::collections::HashMap;
use std::sync::Arc;

use aoa_lang::text::selector::{LabelSelector, Selector};
use aoa_lang::value::{List, Map};
use aoa_lang::{Value, yaml};

use super::rules::ProjectRules;
use crate::model::{Cluster, Clusters, DEFAULT_PROJECT};

/// The projects of the control plane, by name, with the settings that connect them.
pub struct Projects {
    objects: HashMap<String, Value>,
    globals: Vec<Global>,
    /// The clusters that belong to a project.
    scoped: HashMap<String, Vec<Cluster>>,
    compiled: HashMap<String, Arc<ProjectRules>>,
}

/// One of the setting `globalProjects`.
struct Global {
    project: String,
    /// `None`: the selector is broken; it and all that follow are ignored.
    selector: Option<Selector>,
}

impl Projects {
    /// The projects of the namespace that Argo CD runs in. There is always a project `default`, which permits everything
    /// unless the fleet brings another; `argocd_cm` is the data of the ConfigMap.
    #[must_use]
    pub fn new<'v>(
        projects: impl Iterator<Item = (&'v str, &'v Value)>,
        clusters: &Clusters,
        argocd_cm: Option<&Value>,
    ) -> Self {
        let mut objects = HashMap::from([(DEFAULT_PROJECT.to_owned(), default_project())]);
        objects.extend(projects.map(|(name, object)| (name.to_owned(), object.clone())));
        let mut scoped: HashMap<String, Vec<Cluster>> = HashMap::new();
        for cluster in clusters.registered().iter().filter(|c| !c.project.is_empty()) {
            scoped.entry(cluster.project.to_str_lossy().into_owned()).or_default().push(cluster.clone());
        }
        let globals = read_globals(argocd_cm);
        let mut all = Projects { objects, globals, scoped, compiled: HashMap::new() };
        let compile = |name: &String| {
            let spec = all.effective(name)?;
            Some((name.clone(), Arc::new(ProjectRules::new(name, &spec))))
        };
        let compiled = all.objects.keys().filter_map(compile).collect();
        all.compiled = compiled;
        all
    }

    /// The rules of a project; `None` if it does not exist.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ProjectRules> {
        self.compiled.get(name).map(|rules| &**rules)
    }

    /// The clusters that belong to a project.
    pub fn scoped_clusters(&self, name: &str) -> impl Iterator<Item = &Cluster> {
        self.scoped.get(name).into_iter().flatten()
    }

    /// The spec of a project with scoped clusters and global projects merged in.
    fn effective(&self, name: &str) -> Option<Value> {
        let object = self.objects.get(name)?;
        let spec = object.get("spec").cloned().unwrap_or_default();
        let spec = with_clusters(&spec, self.scoped_clusters(name));
        Some(self.globals_of(name, object).into_iter().fold(spec, |spec, global| merge_global(&spec, global)))
    }

    /// The specs of the global projects that select `name`; a missing project or a broken selector ends the search.
    fn globals_of(&self, name: &str, object: &Value) -> Vec<&Value> {
        let labels = object.at(&["metadata", "labels"]).and_then(Value::as_map).cloned().unwrap_or_default();
        let mut found = Vec::new();
        for global in self.globals.iter().filter(|g| g.project != name) {
            let Some(selector) = &global.selector else { break };
            if !selector.matches(&labels) {
                continue;
            }
            let Some(project) = self.objects.get(&global.project) else { break };
            found.extend(project.get("spec"));
        }
        found
    }
}

/// The spec of a project with one global project's lists added behind its own (`mergeVirtualProject`): source
/// namespaces and roles are not merged; a list that is absent and gets nothing stays absent.
#[must_use]
pub fn effective_project(spec: &Value, globals: &[&Value]) -> Value {
    globals.iter().fold(spec.clone(), |spec, global| merge_global(&spec, global))
}

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

fn merge_global(spec: &Value, global: &Value) -> Value {
    let mut merged = spec.as_map().cloned().unwrap_or_default().into_builder();
    for key in MERGED {
        let added = global.get(key).and_then(Value::as_list).map(List::as_slice).unwrap_or_default();
        if !added.is_empty() {
            let own = spec.get(key).and_then(Value::as_list).map(List::as_slice).unwrap_or_default();
            merged.insert(key, Value::list(own.iter().chain(added).cloned().collect()));
        }
    }
    Value::Map(merged.build())
}

/// The clusters of a project are permitted destinations.
fn with_clusters<'c>(spec: &Value, clusters: impl Iterator<Item = &'c Cluster>) -> Value {
    let mut destinations: Vec<Value> = Vec::new();
    for cluster in clusters {
        let namespaces =
            if cluster.namespaces.is_empty() { vec!["*".into()] } else { cluster.namespaces.clone() };
        for namespace in namespaces {
            destinations.push(Value::map([
                ("server", Value::from(cluster.server_key())),
                ("namespace", Value::String(namespace)),
            ]));
        }
    }
    if destinations.is_empty() {
        return spec.clone();
    }
    let own = spec.get("destinations").and_then(Value::as_list).map(List::as_slice).unwrap_or_default();
    let all = own.iter().cloned().chain(destinations).collect();
    Value::Map(spec.as_map().cloned().unwrap_or_default().with("destinations", Value::list(all)))
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
