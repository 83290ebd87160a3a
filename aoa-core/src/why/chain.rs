//! From a root down to an object, and what holds it on the way.

use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::cell;
use super::lines;
use super::reasons::{Input, InputKind, Link, Site, Without};
use super::rendered;
use crate::finding::Place;
use crate::fleet::{AppId, AppObject, Fleet, Parent, SetId, SourceType};
use crate::model::{Cluster, Destination, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, Kind, Manifest, ObjectRef};
use crate::resolve::Again;

/// Most others that are looked at for one object.
const OTHERS: usize = 8;

/// What a fleet is asked with.
pub(super) struct Asked<'f> {
    pub(super) fleet: &'f Fleet,
    again: std::cell::OnceCell<Again>,
}

impl<'f> Asked<'f> {
    pub(super) fn new(fleet: &'f Fleet) -> Self {
        Asked { fleet, again: std::cell::OnceCell::new() }
    }

    /// Parts of the fleet, to be worked out again.
    pub(super) fn again(&self) -> &Again {
        self.again.get_or_init(|| Again::new(self.fleet))
    }

    pub(super) fn parent(&self, object: &ObjectRef) -> Option<Parent> {
        let (namespace, name) = (object.namespace.to_str_lossy(), object.name.to_str_lossy());
        let data = &self.fleet.data;
        match object.kind {
            Kind::Application => {
                let id = data.find_app(&namespace, &name)?;
                data.apps.get(id).map(|record| record.parent)
            }
            Kind::ApplicationSet => {
                let id = data.find_set(object.namespace.as_bytes(), object.name.as_bytes())?;
                data.sets.get(id.0 as usize).map(|set| set.parent)
            }
            Kind::AppProject => self.project(object).map(|project| project.parent),
        }
    }

    fn project(&self, object: &ObjectRef) -> Option<&crate::fleet::ProjectRecord> {
        let found = |project: &&crate::fleet::ProjectRecord| {
            project.namespace == object.namespace && project.name == object.name
        };
        self.fleet.data.projects.iter().find(found)
    }

    /// Where the object is written, or what it is generated from.
    fn place(&self, object: &ObjectRef) -> Option<Place> {
        let (namespace, name) = (object.namespace.to_str_lossy(), object.name.to_str_lossy());
        match object.kind {
            Kind::Application => self.fleet.data.place(self.fleet.data.find_app(&namespace, &name)?).cloned(),
            Kind::ApplicationSet => {
                let data = &self.fleet.data;
                let id = data.find_set(object.namespace.as_bytes(), object.name.as_bytes())?;
                data.sets.get(id.0 as usize)?.place.clone()
            }
            Kind::AppProject => self.project(object)?.place.clone(),
        }
    }

    /// The way from a root to `object`, what holds it there marked.
    pub(super) fn chain(&self, object: &ObjectRef) -> Vec<Link> {
        let mut chain = Vec::new();
        let mut at = object.clone();
        // A chain of parents has no cycles: each object keeps the parent that came first.
        while let Some(parent) = self.parent(&at) {
            chain.push(self.link(&at, parent));
            match self.fleet.data.parent_ref(parent) {
                Some(above) => at = above,
                None => break,
            }
        }
        chain.reverse();
        let mut held = BTreeMap::new();
        self.hold(object, &mut Vec::new(), &mut held);
        for input in chain.iter_mut().flat_map(|link| &mut link.inputs) {
            input.without = held.get(&input.identity()).copied().unwrap_or(Without::Stays);
        }
        chain
    }

    /// The others that bring `object`, too.
    pub(super) fn others(&self, object: &ObjectRef) -> Vec<Option<ObjectRef>> {
        let kept = self.parent(object).and_then(|parent| self.fleet.data.parent_ref(parent));
        let mut others: Vec<Option<ObjectRef>> = Vec::new();
        for conflict in self.fleet.conflicts().iter().filter(|conflict| conflict.object == *object) {
            if conflict.parent != kept && !others.contains(&conflict.parent) {
                others.push(conflict.parent.clone());
            }
        }
        others
    }

    /// Collects into `held` what `object` hangs on, whoever brings it; `false` if that leads back to what is asked about.
    fn hold(
        &self,
        object: &ObjectRef,
        above: &mut Vec<ObjectRef>,
        held: &mut BTreeMap<String, Without>,
    ) -> bool {
        if above.contains(object) {
            return false;
        }
        let Some(parent) = self.parent(object) else { return false };
        above.push(object.clone());
        let mut found = self.hold_by(object, parent, above);
        for other in self.others(object).iter().take(OTHERS) {
            let Some(parent) = self.as_parent(other.as_ref()) else { continue };
            let Some(by_other) = self.hold_by(object, parent, above) else { continue };
            // What only one of them hangs on holds nothing.
            found = Some(match found {
                None => by_other,
                Some(found) => found
                    .into_iter()
                    .filter_map(|(input, without)| Some((input.clone(), without.min(*by_other.get(&input)?))))
                    .collect(),
            });
        }
        above.pop();
        match found {
            Some(found) => {
                held.extend(found);
                true
            }
            None => false,
        }
    }

    fn hold_by(
        &self,
        object: &ObjectRef,
        parent: Parent,
        above: &mut Vec<ObjectRef>,
    ) -> Option<BTreeMap<String, Without>> {
        let mut held = BTreeMap::new();
        if let Some(parent) = self.fleet.data.parent_ref(parent)
            && !self.hold(&parent, above, &mut held)
        {
            return None;
        }
        for input in self.link(object, parent).inputs {
            let known = held.entry(input.identity()).or_insert(Without::Stays);
            *known = (*known).max(input.without);
        }
        Some(held)
    }

    fn as_parent(&self, object: Option<&ObjectRef>) -> Option<Parent> {
        let Some(object) = object else { return Some(Parent::Root) };
        let (namespace, name) = (object.namespace.to_str_lossy(), object.name.to_str_lossy());
        let data = &self.fleet.data;
        match object.kind {
            Kind::Application => data.find_app(&namespace, &name).map(Parent::App),
            Kind::ApplicationSet => {
                data.find_set(object.namespace.as_bytes(), object.name.as_bytes()).map(Parent::Set)
            }
            Kind::AppProject => None,
        }
    }

    fn link(&self, object: &ObjectRef, parent: Parent) -> Link {
        let (how, inputs) = match parent {
            Parent::Root => self.by_root(object),
            Parent::App(app) => self.by_app(object, app),
            Parent::Set(set) => cell::inputs(self, object, set),
        };
        let place = self.place(object);
        Link { object: object.clone(), site: place.as_ref().map(Site::of), how, inputs }
    }

    fn by_root(&self, object: &ObjectRef) -> (String, Vec<Input>) {
        let inputs = self.fleet.inputs();
        let Some(place) = self.place(object) else {
            let in_inventory = inputs.objects.iter().any(|one| {
                one.str_at(&["kind"]) == Some(object.kind.name())
                    && object.name == *one.str_at(&["metadata", "name"]).unwrap_or_default()
            });
            if in_inventory {
                let words = "stands beside the repositories".to_owned();
                let kind = InputKind::Inventory;
                return ("inventory".into(), vec![Input { kind, site: None, words, without: Without::Gone }]);
            }
            let paths: Vec<&str> = inputs.roots.iter().map(|root| root.path.as_str()).collect();
            return (format!("root {}", paths.join(" or ")), Vec::new());
        };
        let is_here = |root: &&crate::inputs::Root| place.path.is_within(&root.path);
        let covering = inputs.roots.iter().filter(is_here).count();
        let said = match inputs.roots.iter().find(is_here).map(|root| root.declared) {
            Some(crate::inputs::Declared::Found) => "root, found",
            _ => "root",
        };
        let site = Site::of(&place);
        let words = lines::words(self.fleet, &site);
        let without = if covering > 0 { Without::Gone } else { Without::Stays };
        let kind = InputKind::File { repository: place.repository, path: place.path };
        (said.to_owned(), vec![Input { kind, site: Some(site), words, without }])
    }

    fn by_app(&self, object: &ObjectRef, app: AppId) -> (String, Vec<Input>) {
        let data = &self.fleet.data;
        let Some(application) = data.application(app) else { return (String::new(), Vec::new()) };
        let content = data.contents.get(app);
        let Some(content) = content else { return (String::new(), Vec::new()) };
        let destination = data.destination(app);
        let namespace = match destination.namespace.as_str() {
            "" => "default",
            namespace => namespace,
        };
        let mut inputs = Vec::new();
        if let Some(cluster) = self.needed_cluster(&destination) {
            inputs.push(self.destination_input(cluster, &application.name.to_str_lossy()));
        }
        let found: Vec<&Manifest> =
            content.manifests().iter().filter(|manifest| is_of(manifest, object, namespace)).collect();
        let place_of =
            |manifest: &&'_ Manifest| lines::in_a_file(self.fleet, manifest.place.as_ref()).cloned();
        let places: Vec<Option<Place>> = found.iter().map(place_of).collect();
        let mut files: Vec<&Place> = places.iter().flatten().collect();
        files.dedup_by(|a, b| (&a.path, &a.commit, &a.repository) == (&b.path, &b.commit, &b.repository));
        let spec = application.normalized_spec();
        let how = how(&spec, content.sources.iter().map(|source| source.source_type));
        if places.iter().any(Option::is_none) || places.is_empty() {
            let made = rendered::inputs(self, &application, object, namespace);
            // Who stands in a file as well does not hang on the others.
            let is_alone = files.is_empty();
            inputs.extend(made.into_iter().map(|input| match is_alone {
                true => input,
                false => Input { without: Without::Stays, ..input },
            }));
        }
        let is_alone = found.len() == files.len() && files.len() == 1;
        for place in files {
            let site = Site::of(place);
            let without = match is_alone {
                false => Without::Stays,
                // What a commit holds, no change of files takes away.
                true if !place.commit.is_empty() => Without::Stays,
                true if self.is_last_file(place, &spec) => Without::Frozen,
                true => Without::Gone,
            };
            let words = lines::words(self.fleet, &site);
            let kind = InputKind::File { repository: place.repository.clone(), path: place.path.clone() };
            inputs.push(Input { kind, site: Some(site), words, without });
        }
        (how, inputs)
    }

    /// Whether a source has no folder any more without this file: then its Application fails, and prunes nothing.
    fn is_last_file(&self, place: &Place, spec: &Value) -> bool {
        let repositories = &self.fleet.inputs().repositories;
        let tree = repositories.iter().find(|r| r.url == place.repository).and_then(|r| r.checkouts.first());
        let Some(tree) = tree.map(|checkout| &checkout.tree) else { return false };
        crate::model::sources_of(spec).iter().any(|source| {
            let path = source.str_at(&["path"]).and_then(aoa_lang::source::TreePath::new);
            path.is_some_and(|path| {
                !path.as_str().is_empty()
                    && place.path.is_within(&path)
                    && tree.within(&path).all(|(file, _)| *file == place.path)
            })
        })
    }

    /// The cluster without whose Secret `destination` leads nowhere.
    pub(super) fn needed_cluster(&self, destination: &Destination) -> Option<&'f Cluster> {
        let fleet = self.fleet;
        let clusters = &fleet.data.clusters;
        let cluster = destination.resolve(clusters).ok()?;
        let registered = clusters.registered();
        if !registered.iter().any(|known| std::ptr::eq(known, cluster)) {
            return None;
        }
        let same_server =
            registered.iter().filter(|known| known.server_key() == cluster.server_key()).count();
        let is_needed = if destination.name.is_empty() {
            same_server == 1 && cluster.server_key() != IN_CLUSTER_SERVER
        } else {
            !(destination.name == IN_CLUSTER_NAME && cluster.server_key() == IN_CLUSTER_SERVER)
        };
        is_needed.then_some(cluster)
    }

    /// The cluster that an Application must be able to reach.
    pub(super) fn destination_input(&self, cluster: &Cluster, of: &str) -> Input {
        Input {
            kind: InputKind::Cluster { name: cluster.name.clone() },
            site: lines::of_cluster(self.fleet, cluster, None),
            words: format!("where {of} goes"),
            without: Without::Frozen,
        }
    }

    /// The number of the Application in its generation.
    pub(super) fn generated(&self, object: &ObjectRef) -> Option<(u32, usize)> {
        let (namespace, name) = (object.namespace.to_str_lossy(), object.name.to_str_lossy());
        let id = self.fleet.data.find_app(&namespace, &name)?;
        match &self.fleet.data.apps.get(id)?.object {
            AppObject::Generated { generation, index } => Some((*generation, *index as usize)),
            AppObject::Whole(_) => None,
        }
    }

    /// Where a field of a set is written.
    pub(super) fn in_set(&self, set: SetId, steps: &[aoa_lang::yaml::Step<'_>]) -> Option<Site> {
        let place = self.fleet.data.sets.get(set.0 as usize)?.place.as_ref()?;
        Some(lines::field(self.fleet, place, steps))
    }
}

/// Whether `manifest`, put into `namespace` if it names none, is `object`.
pub(super) fn is_of(manifest: &Manifest, object: &ObjectRef, namespace: &str) -> bool {
    let own = match manifest.namespace() {
        "" => namespace,
        own => own,
    };
    manifest.kind() == object.kind.name()
        && manifest.group() == "argoproj.io"
        && object.name == *manifest.name()
        && object.namespace == *own
}

/// How the sources of an Application are read.
pub(super) fn how(spec: &Value, types: impl Iterator<Item = Option<SourceType>>) -> String {
    let sources = crate::model::sources_of(spec);
    let mut words = Vec::new();
    for (source, source_type) in sources.iter().zip(types) {
        let text = |keys: &[&str]| source.str_at(keys).unwrap_or_default().to_owned();
        let mut word = match source_type {
            Some(SourceType::Directory) => "directory".to_owned(),
            Some(SourceType::Helm) => "helm".to_owned(),
            Some(SourceType::Kustomize) => "kustomize".to_owned(),
            Some(SourceType::Plugin) => "plugin".to_owned(),
            None => continue,
        };
        let path = if text(&["chart"]).is_empty() { text(&["path"]) } else { text(&["chart"]) };
        word.push_str(&format!(" {path}"));
        if source_type == Some(SourceType::Directory) {
            if source.at(&["directory", "recurse"]) == Some(&Value::Bool(true)) {
                word.push_str(", recurse");
            }
            for key in ["include", "exclude"] {
                let pattern = text(&["directory", key]);
                if !pattern.is_empty() {
                    word.push_str(&format!(", {key} '{pattern}'"));
                }
            }
        }
        words.push(word);
    }
    words.join(" + ")
}

/// A text in a few words.
pub(super) fn short(value: &Value) -> String {
    const MOST: usize = 60;
    let text = match value {
        Value::String(text) => text.to_string(),
        other => aoa_lang::json::to_string(other).unwrap_or_default(),
    };
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// The reference of an Application.
pub(super) fn app_ref(namespace: &str, name: &str) -> ObjectRef {
    ObjectRef { kind: Kind::Application, namespace: Text::from(namespace), name: Text::from(name) }
}
