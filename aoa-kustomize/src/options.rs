//! What a build may do, and what it may cost.

use std::sync::Arc;

use aoa_lang::source::Tree;

use crate::generate::ChartRenderer;
use crate::load::RepoUrl;

/// The flags of `kustomize build`, and what stands in for the network.
///
/// ```
/// use aoa_kustomize::{Options, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("kustomization.yaml", "resources: [a.yaml]"), ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}")]);
/// let mut options = Options::default();
/// options.managed_by_label = true;
/// let built = build(&tree, &TreePath::root(), &options)?;
/// assert!(built.to_yaml()?.contains("app.kubernetes.io/managed-by: kustomize-v5.8.1"));
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// `--reorder`
    pub reorder: Reorder,
    /// `--load-restrictor`
    pub restriction: Restriction,
    /// `--enable-helm`: whether `helmCharts` are rendered.
    pub helm: Helm,
    /// `--enable-managedby-label`: adds `app.kubernetes.io/managed-by` to all resources.
    pub managed_by_label: bool,
    /// Where remote bases come from.
    pub remotes: Option<Arc<dyn Remotes>>,
    /// What the build may cost.
    pub limits: Limits,
}

/// In which order resources are printed, where `sortOptions` does not say.
///
/// ```
/// use aoa_kustomize::{Options, Reorder, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let list = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}";
/// let tree = Tree::in_memory([("kustomization.yaml", "resources: [a.yaml]"), ("a.yaml", list)]);
/// let mut options = Options::default();
/// let first = |options: &Options| build(&tree, &TreePath::root(), options)?.values().next().unwrap();
/// assert_eq!(first(&options)?.str_at(&["kind"]), Some("Namespace"));
/// options.reorder = Reorder::None;
/// assert_eq!(first(&options)?.str_at(&["kind"]), Some("Pod"));
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reorder {
    /// Some kinds first, webhooks last, the rest by group, kind, namespace and name.
    #[default]
    Legacy,
    /// As they were read.
    None,
}

/// Which files a kustomization may read.
///
/// ```
/// use aoa_kustomize::{Options, Restriction, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("prod/kustomization.yaml", "resources: [../a.yaml]"), ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}")]);
/// let mut options = Options::default();
/// let prod = TreePath::new("prod").unwrap();
/// assert!(build(&tree, &prod, &options).is_err());
/// options.restriction = Restriction::None;
/// assert!(build(&tree, &prod, &options).is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// Those in or below its own folder.
    #[default]
    RootOnly,
    /// All of the tree.
    None,
}

/// Whether and how `helmCharts` are rendered.
///
/// ```
/// use aoa_kustomize::{Options, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("kustomization.yaml", "helmCharts: [{name: web}]")]);
/// let error = build(&tree, &TreePath::root(), &Options::default()).err().unwrap();
/// assert!(error.message().contains("must specify --enable-helm"));
/// ```
#[derive(Clone, Default)]
pub enum Helm {
    /// A kustomization with `helmCharts` is refused.
    #[default]
    Disabled,
    /// They are rendered.
    Enabled {
        /// By whom; without anyone a chart is something that is missing.
        renderer: Option<Arc<dyn ChartRenderer>>,
        /// `--helm-kube-version`; empty if not given.
        kube_version: String,
        /// `--helm-api-versions`
        api_versions: Vec<String>,
    },
}

/// Supplies what a kustomization refers to by URL.
///
/// ```
/// use std::sync::Arc;
/// use aoa_kustomize::{Options, Remotes, RepoUrl, build};
/// use aoa_lang::source::{Tree, TreePath};
/// struct Given(Tree);
/// impl Remotes for Given {
///     fn repository(&self, url: &RepoUrl) -> Option<Tree> {
///         (url.repo == "https://github.com/org/repo" && url.reference == "v1").then(|| self.0.clone())
///     }
/// }
/// let other = Tree::in_memory([("base/kustomization.yaml", "resources: [a.yaml]"), ("base/a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}")]);
/// let tree = Tree::in_memory([("kustomization.yaml", "resources: [\"https://github.com/org/repo//base?ref=v1\"]")]);
/// let mut options = Options::default();
/// options.remotes = Some(Arc::new(Given(other)));
/// assert_eq!(build(&tree, &TreePath::root(), &options)?.len(), 1);
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
pub trait Remotes: Send + Sync {
    /// The files of a repository at a revision; `None` if they are not at hand.
    fn repository(&self, url: &RepoUrl) -> Option<Tree>;

    /// The content behind an `http` or `https` URL; `None` if it is not at hand.
    fn file(&self, url: &str) -> Option<Arc<[u8]>> {
        let _ = url;
        None
    }
}

/// Bounds on what a build may use; they count, so that the same input has the same answer everywhere.
///
/// ```
/// use aoa_kustomize::{Options, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("kustomization.yaml", "resources: [a.yaml]"), ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}")]);
/// let mut options = Options::default();
/// options.limits.resources = 0;
/// let error = build(&tree, &TreePath::root(), &options).err().unwrap();
/// assert_eq!(error.kind(), aoa_lang::ErrorKind::Limit);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Those of reading and writing YAML, and of patches.
    pub text: aoa_lang::Limits,
    /// How deep bases may refer to bases.
    pub nesting: usize,
    /// How many kustomizations one build may visit, each as often as it is referred to.
    pub kustomizations: usize,
    /// How many resources a build may have at any time.
    pub resources: usize,
    /// How many places the replacements of one kustomization may visit; and how many steps the transformers of a build may take, where
    /// a resource that is patched costs a hundred, and one that another transformer looks at ten.
    pub steps: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let mut text = aoa_lang::Limits::default();
        text.depth = 1_000;
        Limits { text, nesting: 64, kustomizations: 20_000, resources: 30_000, steps: 100_000_000 }
    }
}
