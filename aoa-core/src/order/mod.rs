//! In which order a cluster or the whole fleet comes up: what waits for what, and what waits for ever.
//!
//! Argo CD orders little by itself: phases and waves inside one sync ([`sync`](crate::sync)), waves of Applications inside a
//! parent if the health of Applications is customised, steps of a rollout. Everything else begins at once and fails until what
//! it stands on is there. So an [`Order`] is worked out from what the Applications contain:
//!
//! | step | file | what |
//! |---|---|---|
//! | 1 | `world` | which Applications take part, who creates them, how they sync |
//! | 2 | `edges` | who waits for whom, and why: cluster by cluster, |
//! | 3 | `index` | from who brings what there |
//! | 4 | `rules/` | and from what each object stands on: one file a rule |
//! | 5 | `waits` | what Argo CD makes wait: waves of Applications, steps of rollouts |
//! | 6 | `graph` | loops, deadlocks, stages, the longest chain |
//! | 7 | `cut` | the smallest change that undoes a deadlock |
//! | 8 | `outcome` | what becomes of each need: in order, heals, stuck |
//! | 9 | `idle`, `deletion` | waves that order nothing; the way down |
//!
//! A need is *hard* if nothing of the Application can be applied without it (or the Application does not exist), and *runtime* if it
//! is applied and fails, or is not healthy, until it is met. Only hard needs make deadlocks: loops of others heal.

mod answer;
mod cut;
mod deletion;
mod edges;
mod facts;
mod graph;
mod held;
mod idle;
mod index;
mod need;
mod outcome;
mod rules;
mod settings;
mod trouble;
mod waits;
mod world;

pub use answer::{Member, Order, Scope};
pub use need::{Edge, Named, NeedKind, Outcome, Strength};
pub use settings::Waiting;
pub use trouble::{Cut, Deadlock, Deletion, Hang, Held, IdleReason, IdleWaves, Loop, Unseen, UnseenReason};

use crate::fleet::Fleet;

/// The order in which what `scope` names comes up.
///
/// ```
/// use aoa_core::order::{Scope, Strength, order};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # use aoa_core::{Inputs, Options, resolve};
/// # let app = |name: &str| format!("
/// # ---
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: Application
/// # metadata: {{name: {name}, namespace: argocd}}
/// # spec:
/// #   project: default
/// #   source: {{repoURL: 'https://git.example.com/fleet', path: {name}}}
/// #   destination: {{name: in-cluster, namespace: default}}
/// #   syncPolicy: {{automated: {{}}}}
/// # ");
/// # let definition = "
/// # apiVersion: apiextensions.k8s.io/v1
/// # kind: CustomResourceDefinition
/// # metadata: {name: issuers.cert-manager.io}
/// # spec: {group: cert-manager.io, names: {kind: Issuer, plural: issuers}, scope: Namespaced, versions: [{name: v1, served: true, storage: true}]}
/// # ";
/// # let issuer = "{apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: a}}";
/// # let roots = format!("{}{}", app("cert-manager"), app("issuers"));
/// # let tree = Tree::in_memory([("root.yaml", roots.as_str()), ("cert-manager/crd.yaml", definition), ("issuers/a.yaml", issuer)]);
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// # inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// let fleet = resolve(&inputs, &Options::default())?;
/// let order = order(&fleet, &Scope::Fleet);
/// let edge = &order.edges[0];
/// assert_eq!((edge.from.name(), edge.to.name()), ("issuers", "cert-manager"));
/// assert_eq!((edge.strength, edge.message().as_str()), (Strength::Hard, "needs CRD Issuer of cert-manager"));
/// assert_eq!(order.stages().len(), 2);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[must_use]
pub fn order<'f>(fleet: &'f Fleet, scope: &Scope) -> Order<'f> {
    let world = world::World::of(fleet, scope);
    let (mut needs, unseen) = edges::edges(&world);
    let waits = waits::Waits::of(&world);
    let graph = graph::Graph::of(&world, &waits, &mut needs);
    let deadlocks = cut::deadlocks(&world, &graph, &needs);
    outcome::judge(&world, &waits, &graph, &mut needs);
    answer::Order::new(&world, scope, &waits, &graph, needs, unseen, deadlocks)
}
