//! How a fleet is resolved, and what it may cost.

use aoa_lang::Limits;
use aoa_lang::template::TemplateOptions;

/// How a fleet is resolved. The defaults suit fleets of some hundred thousand Applications.
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
/// let mut options = Options::default();
/// options.render = false;
/// let fleet = resolve(&inputs, &options)?;
/// assert!(fleet.apps().all(|app| app.content().is_none_or(|content| content.manifests().is_empty())));
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Bounds of the small languages: parsers, templates, patches.
    pub limits: Limits,
    /// Whether Applications are rendered. Without rendering only what roots and ApplicationSets bring is found.
    pub render: bool,
    /// Most Applications of a fleet; more is an error.
    pub max_apps: usize,
    /// Most manifests that all Applications hold together, not counting those that they share; more is an error.
    pub max_manifests: usize,
    /// How many bytes of manifests that charts and kustomizations gave a fleet holds, about. What does not fit is
    /// rendered again when it is asked for: answers are the same, later. Manifests of folders are as large as their files and
    /// always held, and so are those that drive the fleet, define kinds or set rules.
    pub max_held_bytes: u64,
    /// How often objects may come from a parent that is not their first; more is an error.
    pub max_conflicts: usize,
    /// Most rounds of resolution; more is an error. Each round is one level of the tree.
    pub max_rounds: u32,
    /// Largest file that is read as a manifest, in bytes.
    pub max_file_bytes: u64,
    /// How a source's repository is found among those given.
    pub urls: UrlMatching,
    /// What `now` is in templates and to sync windows: seconds since 1970, UTC. Output never depends on the clock; 0 says
    /// nothing about the time to sync windows.
    pub now: i64,
    /// The seed of random functions in templates.
    pub seed: u64,
    /// How many threads render; 0: as many as there are cores. Needs the feature `rayon`.
    pub threads: usize,
}

/// How a source's repository is found among those given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UrlMatching {
    /// As Argo CD compares URLs: https is not ssh, a trailing slash makes another repository.
    Exact,
    /// Scheme, user, default port and trailing slash do not matter; a finding says so where it was needed.
    Loose,
}

impl Options {
    /// The same for templates.
    #[must_use]
    pub fn template_options(&self) -> TemplateOptions {
        let mut templates = TemplateOptions::default().with_limits(self.limits.clone());
        templates.now = (self.now, 0);
        templates.seed = self.seed;
        templates
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            limits: Limits::default(),
            render: true,
            max_apps: 2_000_000,
            max_manifests: 2_000_000,
            max_held_bytes: 4 << 30,
            max_conflicts: 100_000,
            max_rounds: 100,
            max_file_bytes: 32 << 20,
            urls: UrlMatching::Loose,
            now: 0,
            seed: 0,
            threads: 0,
        }
    }
}
