//! The resolved fleet: Applications, ApplicationSets and projects, who brings them, and what they contain.
//!
//! A [`Fleet`] keeps records of a few words for each Application; [`App`] is a handle that answers questions about
//! one. What a generated Application says in full is worked out when asked, from its set's compiled template.

mod app;
mod content;
mod contents;
mod drawn;
mod index;
mod manifests;
mod obstacle;
mod project;
mod record;
mod recorded;
mod set;
mod stretches;

pub use app::App;
pub use content::{Content, SourceResult, SourceType, State};
pub(crate) use obstacle::Switches;
pub use obstacle::{Obstacle, ObstacleKind};
pub use project::Project;
pub use set::{AppSet, Rollout, SetOutcome};

pub(crate) use contents::Contents;
pub(crate) use drawn::{Drawn, DrawnObject};
pub(crate) use index::{KeyHash, KeyIndex};
pub(crate) use manifests::{ManifestKey, Manifests, is_secret};
pub(crate) use record::{
    AppId, AppObject, AppRecord, FleetData, FoundRoots, Generation, Judging, Parent, ProjectRecord, SetId,
    SetRecord, Shape,
};
pub(crate) use recorded::{Owned, Recorded};
pub(crate) use stretches::Stretches;

use crate::finding::{Finding, Need};
use crate::model::ObjectRef;

/// A resolved fleet. Cloning shares.
///
/// ```
/// use aoa_core::{Inputs, Options, resolve};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # let root = "
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: Application
/// # metadata: {name: web, namespace: argocd}
/// # spec:
/// #   project: default
/// #   source: {repoURL: 'https://git.example.com/fleet', path: web}
/// #   destination: {name: in-cluster, namespace: web}
/// # ";
/// # let tree = Tree::in_memory([("root.yaml", root), ("web/a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")]);
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// # inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// let fleet = resolve(&inputs, &Options::default())?;
/// let web = fleet.app("argocd", "web").unwrap();
/// assert_eq!((web.project().as_str(), web.destination().namespace.as_str()), ("default", "web"));
/// assert_eq!(web.content().unwrap().manifests().len(), 1);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone)]
pub struct Fleet {
    pub(crate) data: std::sync::Arc<FleetData>,
}

/// An object that more than one parent brings; the first is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The object.
    pub object: ObjectRef,
    /// The parent that came later; `None` is a root.
    pub parent: Option<ObjectRef>,
    /// Whether its spec equals the kept one's.
    pub same: bool,
}

impl Fleet {
    /// All Applications, by namespace and name.
    pub fn apps(&self) -> impl ExactSizeIterator<Item = App<'_>> {
        self.data.sorted.iter().map(|id| App::new(self, *id))
    }

    /// The Application `namespace/name`.
    #[must_use]
    pub fn app(&self, namespace: &str, name: &str) -> Option<App<'_>> {
        self.data.find_app(namespace, name).map(|id| App::new(self, id))
    }

    /// All Applications of this name, in any namespace.
    pub fn apps_named<'f>(&'f self, name: &'f str) -> impl Iterator<Item = App<'f>> {
        self.apps().filter(move |app| app.name() == name)
    }

    /// All ApplicationSets, by namespace and name.
    pub fn sets(&self) -> impl ExactSizeIterator<Item = AppSet<'_>> {
        self.data.sorted_sets.iter().map(|id| AppSet::new(self, *id))
    }

    /// The ApplicationSet `namespace/name`.
    #[must_use]
    pub fn set(&self, namespace: &str, name: &str) -> Option<AppSet<'_>> {
        let id = self.data.find_set(namespace.as_bytes(), name.as_bytes())?;
        Some(AppSet::new(self, id))
    }

    /// All AppProjects that the fleet brings, by namespace and name.
    pub fn projects(&self) -> impl ExactSizeIterator<Item = Project<'_>> {
        self.data.projects.iter().map(|record| Project { record, fleet: self })
    }

    /// Objects that more than one parent brings, in the order in which they were found.
    #[must_use]
    pub fn conflicts(&self) -> &[Conflict] {
        &self.data.conflicts
    }

    /// What is to be said about the fleet: errors first, then by rule and subject.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.data.findings
    }

    /// What was missing, with whom it touches.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.data.needs
    }

    /// How many rounds it took: the depth of the tree.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.data.rounds
    }

    /// The clusters of the inventory, by name.
    pub fn clusters(&self) -> impl Iterator<Item = &crate::model::Cluster> {
        self.data.clusters.registered().iter()
    }

    /// What the fleet was resolved from, with the roots that were found.
    #[must_use]
    pub fn inputs(&self) -> &crate::inputs::Inputs {
        &self.data.inputs
    }

    /// Whether it was read of an earlier run's output ([`read_fleet`](crate::wire::read_fleet)): it has no files.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.data.is_recorded
    }

    /// The same fleet without manifests that were rendered again: those that it does not hold by itself
    /// ([`Options::max_held_bytes`](crate::Options::max_held_bytes)).
    #[must_use]
    pub fn trimmed(&self) -> Fleet {
        let mut data = (*self.data).clone();
        for (app, content) in self.data.contents.iter() {
            if content.manifests.is_held_again() {
                let manifests = content.manifests.trimmed();
                let content = Content { manifests, ..(**content).clone() };
                data.contents.set(app, std::sync::Arc::new(content));
            }
        }
        Fleet { data: std::sync::Arc::new(data) }
    }

    /// Applications without a parent, by namespace and name.
    pub fn roots(&self) -> impl Iterator<Item = App<'_>> {
        self.apps().filter(|app| app.parent().is_none())
    }
}
