//! From roots to the whole fleet: rounds of generating and rendering until nothing new appears.
//!
//! A round takes every pending ApplicationSet by namespace and name, then every pending Application likewise, then
//! admits what they bring. Children are followed only from Applications that land on the control plane's own
//! cluster; the first parent of an object wins, the others are conflicts; sets that failed or had Applications
//! rejected are tried again when projects have appeared. The inventory is fixed for a run.

mod admit;
mod again;
mod amend;
mod discover;
mod findings;
mod finish;
mod generate;
mod later;
mod live;
mod notes;
mod older;
mod render;
mod roots;
mod run;
mod since;
mod spot;
mod world;

use std::sync::Arc;

use aoa_lang::Result;

use crate::fleet::Fleet;
use crate::inputs::Inputs;
use crate::options::Options;
use crate::overlay::Overlay;
use crate::render::{RenderCache, Workers};

pub(crate) use again::{Again, Trial};

/// Resolves fleets, keeping what was compiled, parsed and rendered between runs: what did not change is not done
/// again. What is kept is found by content, so that inputs of any kind can follow each other.
///
/// ```
/// use aoa_core::{Inputs, Options, Resolver};
/// use aoa_core::inputs::Root;
/// use aoa_core::lang::source::{Tree, TreePath};
///
/// let tree = Tree::in_memory([
///     ("root.yaml", "
/// apiVersion: argoproj.io/v1alpha1
/// kind: Application
/// metadata: {name: root, namespace: argocd}
/// spec:
///   source: {repoURL: https://git.example.com/fleet, path: apps}
///   destination: {name: in-cluster, namespace: argocd}
/// "),
///     ("apps/web.yaml", "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: web}, spec: {}}"),
/// ]);
/// let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// let fleet = Resolver::new(Options::default()).resolve(&inputs)?;
/// let names: Vec<&str> = fleet.apps().map(|app| app.name()).collect();
/// assert_eq!(names, ["root", "web"]);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
pub struct Resolver {
    options: Options,
    kept: Kept,
}

/// What runs share.
struct Kept {
    cache: Arc<RenderCache>,
    workers: Workers,
}

impl Resolver {
    /// A resolver that knows nothing yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let kept = Kept { cache: Arc::default(), workers: Workers::new(options.threads) };
        Resolver { options, kept }
    }

    /// Resolves a fleet. Without declared roots they are found: files that hold Applications or ApplicationSets and that
    /// no source of another one covers. Where the inventory holds Applications or sets, the fleet begins with those of them that
    /// no other one brings.
    ///
    /// Whatever is wrong *in* the fleet becomes a finding of the result; one broken child never hides the others.
    ///
    /// # Errors
    ///
    /// `Limit` if a bound on the whole fleet is passed; `NotFound` if a declared root does not exist.
    pub fn resolve(&mut self, inputs: &Inputs) -> Result<Fleet> {
        let is_looked_for = inputs.roots.is_empty() && !inputs.begin_live();
        if !is_looked_for || inputs.repositories.is_empty() {
            return run::Run::new(&self.options, &self.kept, inputs).finish();
        }
        // A fleet does not begin elsewhere because something in it is thought otherwise.
        let plain = Inputs { overlay: Overlay::default(), ..inputs.clone() };
        let (roots, found) = discover::discover(&plain, &self.options, &self.kept)?;
        let fleet = run::Run::new(&self.options, &self.kept, &Inputs { roots, ..inputs.clone() }).finish()?;
        Ok(since::with_found(fleet, found.map(Arc::new)))
    }

    /// Resolves a fleet from an older one: what the change between their inputs does not reach is not computed again, and
    /// shared. The result is the same as that of [`Resolver::resolve`]; only the time that it takes is another.
    ///
    /// It helps where the inputs differ in files or commits alone; anything else is resolved from the beginning.
    ///
    /// # Errors
    ///
    /// As [`Resolver::resolve`].
    ///
    /// ```
    /// use aoa_core::{Inputs, Options, Resolver, diff};
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
    /// let mut resolver = Resolver::new(Options::default());
    /// let before = resolver.resolve(&inputs)?;
    /// let file = TreePath::new("web/b.yaml").unwrap();
    /// let text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}";
    /// let after = resolver.resolve_since(&before, &inputs.with_files([(file, Some(text.as_bytes().into()))]))?;
    /// let changes = diff::diff(&before, &after);
    /// assert_eq!(changes.apps[0].manifests[0].name, "b");
    /// # Ok::<(), aoa_core::lang::Error>(())
    /// ```
    pub fn resolve_since(&mut self, older: &Fleet, inputs: &Inputs) -> Result<Fleet> {
        match since::resolve_since(older, inputs, &self.options, &self.kept)? {
            Some(fleet) => Ok(fleet),
            None => self.resolve(inputs),
        }
    }
}

/// Resolves a fleet once: one cold use of a [`Resolver`].
///
/// # Errors
///
/// As [`Resolver::resolve`].
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
/// assert!(fleet.findings().is_empty());
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
pub fn resolve(inputs: &Inputs, options: &Options) -> Result<Fleet> {
    Resolver::new(options.clone()).resolve(inputs)
}
