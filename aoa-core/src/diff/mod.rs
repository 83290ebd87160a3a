//! What becomes of a fleet: two resolved fleets compared, Application by Application.
//!
//! Applications are paired by identity, never by likeness: by namespace and name, then, of those left over, by what they
//! are in full. What is missing on one side because something there fails or is not known has not gone: it is
//! [`ChangeKind::Frozen`] or [`ChangeKind::Appeared`]. Of what goes it is worked out who deletes it, whether its objects go
//! with it ([`Fate`]), and what that takes along ([`Changes::radius`]).

mod background;
mod causes;
mod changes;
mod codeowners;
mod comparing;
mod fate;
mod fields;
mod gates;
mod generated;
mod hang;
mod ignoring;
mod impact;
mod items;
mod judged;
mod manifests;
mod pairs;
mod race;
mod radius;
mod random;
mod risk;
mod terms;

pub use background::Background;
pub use causes::Cause;
pub use changes::{AppChange, ChangeKind, Changes, FindingChanges, MissingContent, Whereabouts};
pub use codeowners::Codeowners;
pub(crate) use fate::stay_of;
pub use fate::{Cascade, Fate, Stay};
pub use fields::{FieldChange, changed_fields};
pub use gates::{GateFailure, Gates};
pub use hang::Hang;
pub use ignoring::Ignored;
pub use impact::{Impact, Touched};
pub use manifests::{ManifestChange, ManifestChangeKind, Pruned};
pub use race::Race;
pub use radius::{ClusterRadius, LostObject, Radius};
pub use random::Drift;
pub(crate) use random::drawn;
pub use risk::Risk;
pub use terms::{Term, TermChange, TermChangeKind};

use crate::fleet::Fleet;

/// What changes from `before` to `after`: from a fleet as it runs to the same fleet as it would be.
///
/// ```
/// use aoa_core::diff::{ChangeKind, diff};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # use aoa_core::{Inputs, Options, resolve};
/// # let fleet = |environments: &str| {
/// #     let set = format!("
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: ApplicationSet
/// # metadata: {{name: web, namespace: argocd}}
/// # spec:
/// #   generators: [{{list: {{elements: {environments}}}}}]
/// #   template:
/// #     metadata: {{name: 'web-{{{{env}}}}'}}
/// #     spec:
/// #       project: default
/// #       source: {{repoURL: 'https://git.example.com/fleet', path: web}}
/// #       destination: {{name: in-cluster, namespace: '{{{{env}}}}'}}
/// # ");
/// #     let web = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
/// #     let tree = Tree::in_memory([("set.yaml", set.as_str()), ("web/a.yaml", web)]);
/// #     let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// #     inputs.roots.push(Root::new(TreePath::new("set.yaml").unwrap()));
/// #     resolve(&inputs, &Options::default()).unwrap()
/// # };
/// let before = fleet("[{env: dev}, {env: prod}]");
/// let after = fleet("[{env: dev}]");
/// let changes = diff(&before, &after);
/// assert_eq!((changes.apps.len(), changes.same), (1, 1));
/// assert_eq!(changes.apps[0].kind, ChangeKind::Removed);
/// assert_eq!(changes.radius().apps(), 1);
/// assert!(diff(&before, &before).is_empty());
/// ```
#[must_use]
pub fn diff(before: &Fleet, after: &Fleet) -> Changes {
    changes::compare(before, after)
}
