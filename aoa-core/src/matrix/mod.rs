//! Who runs which version: Applications that are the same but for their cluster or environment, side by side.
//!
//! Two Applications are the same if their names are, once the name of their cluster and the value of their environment are taken out.
//! What counts as the version: the chart's, else the tag of its images, else the revision that is followed.

mod rows;
mod version;

pub use rows::{Cell, Matrix, Row};
pub use version::Version;

use crate::fleet::Fleet;

/// What the columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// Clusters, by name.
    Cluster,
    /// Values of a label of clusters, or where they have none, of Applications.
    Label(String),
}

/// Which versions run where.
///
/// ```
/// use aoa_core::matrix::{By, matrix};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # use aoa_core::{Inputs, Options, resolve};
/// # let set = "
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: ApplicationSet
/// # metadata: {name: web, namespace: argocd}
/// # spec:
/// #   generators: [{list: {elements: [{env: dev, v: '1.15'}, {env: prod, v: '1.14'}]}}]
/// #   template:
/// #     metadata: {name: 'web-{{env}}', labels: {environment: '{{env}}'}}
/// #     spec:
/// #       project: default
/// #       source: {repoURL: 'https://charts.example.com', chart: web, targetRevision: '{{v}}'}
/// #       destination: {name: in-cluster, namespace: '{{env}}'}
/// # ";
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", Tree::in_memory([("set.yaml", set)]));
/// # inputs.roots.push(Root::new(TreePath::new("set.yaml").unwrap()));
/// let fleet = resolve(&inputs, &Options::default())?;
/// let matrix = matrix(&fleet, &By::Label("environment".into()));
/// assert_eq!(matrix.columns, ["dev", "prod"]);
/// assert_eq!((matrix.rows.len(), matrix.rows[0].name.as_str(), matrix.rows[0].is_skewed), (1, "web", true));
/// assert_eq!(matrix.who_runs("1.14").rows[0].cells[0].app.name(), "web-prod");
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[must_use]
pub fn matrix<'f>(fleet: &'f Fleet, by: &By) -> Matrix<'f> {
    rows::matrix(fleet, by)
}
