//! Everything that a fleet's meaning depends on, handed in by the edge. Nothing is looked for: what is missing is named.

mod charts;
mod commits;
mod history;
mod jsonnet;
mod plugin;
mod reference;

use std::borrow::Cow;
use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::Text;

use crate::config::OwnersConfig;
use crate::finding::Place;
use crate::model::{Cluster, Kind};
use crate::overlay::Overlay;

pub use charts::{ChartRepository, GivenChart, Listing};
pub use commits::Commits;
pub use history::{FileVersion, History};
pub use jsonnet::{EvaluationError, JsonnetEvaluator, JsonnetFiles, JsonnetProgram, JsonnetVariable};
pub use plugin::{PluginRun, PluginRunner};
pub use reference::Reference;

/// What a fleet is resolved from.
///
/// ```
/// use aoa_core::Inputs;
/// use aoa_core::inputs::Root;
/// use aoa_core::lang::source::{Tree, TreePath};
///
/// let tree = Tree::in_memory([("apps/web.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\n")]);
/// let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// inputs.roots.push(Root::new(TreePath::new("apps").unwrap()));
/// assert_eq!(inputs.repositories[0].url, "https://git.example.com/fleet");
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Inputs {
    /// The repositories that are at hand, each at the revisions that are.
    pub repositories: Vec<Repository>,
    /// The charts that are at hand besides those in the repositories: for sources with `chart`, and for dependencies that are
    /// not vendored.
    pub charts: Vec<ChartRepository>,
    /// Where the fleet begins. Empty: found, by the rules of `load::roots`.
    pub roots: Vec<Root>,
    /// The registered clusters.
    pub clusters: Vec<Cluster>,
    /// Objects that lie in the control plane besides the repositories: ConfigMaps, AppProjects, Applications,
    /// resources that generators list.
    pub objects: Vec<Value>,
    /// What remote services answered.
    pub answers: Answers,
    /// How Argo CD is set up.
    pub settings: Settings,
    /// Evaluates Jsonnet; `None`: sources that need it are unknown.
    pub jsonnet: Option<Arc<dyn JsonnetEvaluator>>,
    /// Which config management plugins the repo-server has.
    pub plugins: Plugins,
    /// Runs plugins; `None`: those without recorded output are unknown.
    pub plugin_runner: Option<Arc<dyn PluginRunner>>,
    /// What is to be thought otherwise.
    pub overlay: Overlay,
    /// Files of policies; see [`policy::own`](crate::policy::own).
    pub policies: Vec<PolicyFile>,
    /// How Applications name their owner.
    pub owners: OwnersConfig,
    /// What files held before; nothing that is resolved hangs on it. `None`: nobody knows.
    pub history: Option<Arc<dyn History>>,
}

/// A file of policies.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PolicyFile {
    /// The URL of the repository that it lies in; empty if it lies in none that is at hand.
    pub repository: Text,
    /// Its path there, or as it is shown.
    pub path: TreePath,
    /// Its text.
    pub text: Arc<[u8]>,
}

/// Which config management plugins a repo-server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plugins {
    /// Nobody said: sources that need one are unknown.
    #[default]
    Unknown,
    /// None: sources that need one fail.
    None,
}

/// One Git repository, at one or several revisions.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its URL as written in sources.
    pub url: Text,
    /// The trees at hand.
    pub checkouts: Vec<Checkout>,
    /// What its server lists, where that is known: revisions are looked up here, as Argo CD does it. Empty: a revision is
    /// found by the names that checkouts serve.
    pub references: Vec<Reference>,
    /// How much of the server's list `references` is.
    pub listed: Listed,
    /// The files of its commits; `None`: only what is checked out is at hand.
    pub commits: Option<Arc<dyn Commits>>,
}

/// How much is known of the references that a server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Listed {
    /// All of them: what is not there does not exist.
    #[default]
    All,
    /// What a clone has seen. A checkout serves the names that it says it serves, whatever the clone says of them; what is not
    /// there is unknown.
    Fetched,
}

/// One tree of a repository.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Which revisions it stands for.
    pub serves: Serves,
    /// The commit, 40 hexadecimal digits; empty where there is none.
    pub commit: Text,
    /// The files.
    pub tree: Tree,
}

/// The revisions that a tree stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Serves {
    /// Every revision that is asked for.
    Any,
    /// These names (branches, tags, `HEAD`, the empty revision), and its commit.
    Only(Vec<Text>),
}

/// Where a fleet begins.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Root {
    /// The repository; empty for the first.
    pub repository: Text,
    /// A file of objects, or a folder that is rendered as Argo CD would render it as a source.
    pub path: TreePath,
    /// The name under which it is shown; empty: its path.
    pub name: Text,
    /// How a folder is rendered: a fragment of an ApplicationSource (`directory`, `helm`, `kustomize`).
    pub source: Value,
    /// Who said so.
    pub declared: Declared,
}

/// Who named a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Declared {
    /// The configuration.
    Configuration,
    /// Nobody: it was found, because no other source covers it.
    Found,
}

impl PolicyFile {
    /// A file that lies in no repository.
    #[must_use]
    pub fn new(path: TreePath, text: impl AsRef<[u8]>) -> Self {
        PolicyFile { repository: Text::EMPTY, path, text: text.as_ref().into() }
    }
}

impl Root {
    /// The root at `path` of the first repository, named by the configuration.
    #[must_use]
    pub fn new(path: TreePath) -> Self {
        Root {
            repository: Text::EMPTY,
            path,
            name: Text::EMPTY,
            source: Value::Null,
            declared: Declared::Configuration,
        }
    }
}

/// What services outside the control plane answered. A generator whose answer is not here is unknown.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Answers {
    /// `RecordedAnswers` documents as given: see the documentation of `load::answers`.
    pub recorded: Vec<Value>,
}

/// How Argo CD is set up, as far as a fleet's meaning depends on it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// The namespace that Argo CD runs in.
    pub namespace: Text,
    /// The name of this Argo CD among others; empty: its namespace.
    pub instance: Text,
    /// The Kubernetes version of clusters that do not tell their own.
    pub kube_version: Text,
    /// The API versions of clusters that do not tell their own.
    pub api_versions: Vec<Text>,
    /// The data of the ConfigMap `argocd-cm`, where it is known.
    pub argocd_cm: Option<Value>,
    /// The data of the ConfigMap `argocd-cmd-params-cm`, where it is known.
    pub params_cm: Option<Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            namespace: Text::from_static("argocd"),
            instance: Text::EMPTY,
            kube_version: Text::from_static("1.35.0"),
            api_versions: Vec::new(),
            argocd_cm: None,
            params_cm: None,
        }
    }
}

impl Settings {
    /// A setting of the ConfigMap `argocd-cm`.
    #[must_use]
    pub fn argocd(&self, key: &str) -> Option<&str> {
        self.argocd_cm.as_ref()?.str_at(&[key])
    }
}

impl Inputs {
    /// Inputs of one repository that serves every revision, for examples and tests.
    #[must_use]
    pub fn of_tree(url: &str, tree: Tree) -> Self {
        let checkout = Checkout { serves: Serves::Any, commit: Text::EMPTY, tree };
        let repository = Repository::new(url, vec![checkout]);
        Inputs { repositories: vec![repository], ..Inputs::default() }
    }

    /// Whether nobody declared roots, and Applications or sets stand beside the repositories, as exported state of an Argo CD
    /// does: then the fleet begins with those of them that no other one brings, and no files are looked through for roots.
    ///
    /// ```
    /// use aoa_core::lang::yaml;
    /// let mut inputs = aoa_core::Inputs::default();
    /// assert!(!inputs.begin_live());
    /// inputs.objects.push(yaml::load(b"{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: root}}")?);
    /// assert!(inputs.begin_live());
    /// # Ok::<(), aoa_core::lang::Error>(())
    /// ```
    #[must_use]
    pub fn begin_live(&self) -> bool {
        let drives = |object: &Value| Kind::of(object).is_some_and(|kind| kind != Kind::AppProject);
        self.roots.is_empty() && self.objects.iter().any(drives)
    }
}

impl Inputs {
    /// The same inputs with files of the first repository that hold these bytes, new or in place of what was there, and
    /// without those for which there are none: in all of its checkouts, and among the policies that were given.
    ///
    /// ```
    /// use aoa_core::Inputs;
    /// use aoa_core::lang::source::{Tree, TreePath};
    ///
    /// let inputs = Inputs::of_tree("https://git.example.com/fleet", Tree::in_memory([("a.yaml", "a: 1")]));
    /// let path = TreePath::new("a.yaml").unwrap();
    /// let without = inputs.with_files([(path, None)]);
    /// assert_eq!(without.repositories[0].checkouts[0].tree.entries().len(), 0);
    /// ```
    #[must_use]
    pub fn with_files(&self, files: impl IntoIterator<Item = (TreePath, Option<Arc<[u8]>>)>) -> Self {
        let mut inputs = self.clone();
        let files: Vec<_> = files.into_iter().collect();
        let checkouts = inputs.repositories.first_mut().map(|repository| &mut repository.checkouts);
        for checkout in checkouts.into_iter().flatten() {
            checkout.tree = checkout.tree.with_files(files.iter().cloned());
        }
        let url = inputs.repositories.first().map(|repository| &repository.url);
        inputs.policies.retain_mut(|policy| {
            let changed =
                files.iter().find(|(path, _)| Some(&policy.repository) == url && *path == policy.path);
            match changed {
                None => true,
                Some((_, text)) => text.clone().map(|text| policy.text = text).is_some(),
            }
        });
        inputs
    }
}

impl Inputs {
    /// The trees that the file of `place` may lie in.
    pub(crate) fn trees_of(&self, place: &Place) -> impl Iterator<Item = Tree> {
        let repositories = self.repositories.iter().filter(|repository| repository.url == place.repository);
        repositories.flat_map(|repository| repository.trees_at(&place.commit))
    }
}

impl Repository {
    /// The repository at `url`, with these trees and nothing known of its references.
    pub fn new(url: impl Into<Text>, checkouts: Vec<Checkout>) -> Self {
        Repository { url: url.into(), checkouts, references: Vec::new(), listed: Listed::All, commits: None }
    }

    /// The checkout that stands for `revision`: the one that names it, else the one that serves all.
    ///
    /// A commit may be shortened as Git allows it, down to seven digits.
    #[must_use]
    pub fn checkout(&self, revision: &str) -> Option<&Checkout> {
        let by_commit = |c: &&Checkout| {
            let commit = c.commit.as_str().unwrap_or_default();
            revision.len() >= 7 && commit.starts_with(revision)
        };
        self.named(revision)
            .or_else(|| self.checkouts.iter().find(by_commit))
            .or_else(|| self.checkouts.iter().find(|c| c.serves == Serves::Any))
    }

    /// The checkout that says of itself that it stands for `revision`.
    pub(crate) fn named(&self, revision: &str) -> Option<&Checkout> {
        self.checkouts.iter().find(|checkout| match &checkout.serves {
            Serves::Any => false,
            Serves::Only(names) => names.iter().any(|name| *name == *revision),
        })
    }

    /// The trees of the checkouts; of a commit only its own.
    pub(crate) fn trees_at(&self, commit: &Text) -> Vec<Tree> {
        if commit.is_empty() {
            return self.checkouts.iter().map(|checkout| checkout.tree.clone()).collect();
        }
        self.commit(&commit.to_str_lossy()).into_iter().map(|checkout| checkout.tree.clone()).collect()
    }

    /// The files of a commit as they were committed, which those of a work tree need not be: out of [`Self::commits`], else those
    /// of a checkout.
    #[must_use]
    pub fn commit(&self, commit: &str) -> Option<Cow<'_, Checkout>> {
        let committed = self.commits.as_ref().and_then(|commits| commits.checkout(commit));
        committed.map(Cow::Owned).or_else(|| self.checkout(commit).map(Cow::Borrowed))
    }
}

impl Checkout {
    /// The files of a commit, and of nothing else.
    pub fn of_commit(commit: impl Into<Text>, tree: Tree) -> Self {
        Checkout { serves: Serves::Only(Vec::new()), commit: commit.into(), tree }
    }
}
