//! The files that each Application reads, and whether its annotation `argocd.argoproj.io/manifest-generate-paths` lists them.
//!
//! Argo CD refreshes an Application with that annotation only when a file changes that it lists: a file that is read and not listed is
//! a change that does not arrive. What is read is not guessed: the Application is rendered again, from trees that tell what is asked of
//! them.

mod advice;
mod coverage;
mod reads;

pub use coverage::{AppPaths, Listing, SourcePaths};

use crate::fleet::{App, Fleet};

/// What each of `apps` reads and lists, in their order.
///
/// ```
/// use aoa_core::paths::{Listing, paths};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # use aoa_core::{Inputs, Options, resolve};
/// # let app = "
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: Application
/// # metadata: {name: web, namespace: argocd, annotations: {argocd.argoproj.io/manifest-generate-paths: .}}
/// # spec:
/// #   project: default
/// #   source: {repoURL: 'https://git.example.com/fleet', path: overlays/prod}
/// #   destination: {name: in-cluster, namespace: web}
/// # ";
/// # let tree = Tree::in_memory([
/// #     ("root.yaml", app),
/// #     ("overlays/prod/kustomization.yaml", "resources: [../../base]"),
/// #     ("base/kustomization.yaml", "resources: [a.yaml]"),
/// #     ("base/a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"),
/// # ]);
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// # inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// let fleet = resolve(&inputs, &Options::default())?;
/// let web = &paths(&fleet, fleet.apps())[0];
/// assert_eq!(web.listing, Listing::Misses);
/// assert_eq!(web.unlisted, ["base/a.yaml", "base/kustomization.yaml"]);
/// assert_eq!(web.advice.as_deref(), Some(".;/base"));
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[must_use]
pub fn paths<'f>(fleet: &'f Fleet, apps: impl IntoIterator<Item = App<'f>>) -> Vec<AppPaths<'f>> {
    let mut reader = reads::Reads::new(fleet);
    apps.into_iter().map(|app| coverage::of(&mut reader, app)).collect()
}
