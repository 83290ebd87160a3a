//! The effective policy of an Application: everything that reaches it, each with its origin.

use std::sync::Arc;

use super::document::{Constraint, Policy};
use super::gather::{Problem, gather};
use super::reach::{Aimed, node_ref, reach};
use crate::fleet::{App, Fleet, Parent};
use crate::model::ObjectRef;

/// All policies of a fleet, and which reach whom.
///
/// ```
/// use aoa_core::inputs::{PolicyFile, Root};
/// use aoa_core::lang::source::{Tree, TreePath};
/// use aoa_core::{Inputs, Options, resolve};
///
/// let root = "
/// apiVersion: argoproj.io/v1alpha1
/// kind: Application
/// metadata: {name: web, namespace: argocd}
/// spec:
///   project: default
///   source: {repoURL: 'https://git.example.com/fleet', path: web}
///   destination: {name: in-cluster, namespace: web}
/// ";
/// let tree = Tree::in_memory([("root.yaml", root)]);
/// let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// let policy = "
/// apiVersion: aoa.dev/v1alpha1
/// kind: Policy
/// metadata: {name: base}
/// spec: {restrictions: {sources: {allow: ['https://git.example.com/**']}}}
/// ";
/// inputs.policies.push(PolicyFile::new(TreePath::new("base.yaml").unwrap(), policy));
/// let fleet = resolve(&inputs, &Options::default())?;
/// let policy = fleet.app("argocd", "web").unwrap().policy();
/// let names: Vec<String> = policy.constraints().map(|bound| bound.id()).collect();
/// assert_eq!(names, ["base/sources"]);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct FleetPolicies {
    policies: Vec<Arc<Policy>>,
    problems: Vec<Problem>,
    effective: Vec<Arc<EffectivePolicy>>,
    of_app: Vec<u32>,
    counts: Vec<usize>,
}

/// Everything that reaches an Application; shared by all that are reached alike.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct EffectivePolicy {
    /// The policies, from the furthest above to the nearest.
    pub reaching: Vec<Reaching>,
}

/// A policy that reaches an Application.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reaching {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The Application or ApplicationSet through which it comes; `None` if it is for the whole fleet.
    pub through: Option<ObjectRef>,
    /// How far that is below the fleet: 0 is the fleet, 1 a root.
    pub depth: u32,
    /// How far what delivers the policy is below the fleet; 0 for a file that the configuration names.
    pub authority: u32,
}

/// A constraint that reaches an Application.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Bound<'e> {
    /// The policy that it is part of, and how it comes.
    pub reaching: &'e Reaching,
    /// The constraint.
    pub constraint: &'e Constraint,
}

impl FleetPolicies {
    pub(crate) fn of(fleet: &Fleet) -> Self {
        let gathered = gather(fleet);
        let policies: Vec<Arc<Policy>> = gathered.policies.into_iter().map(Arc::new).collect();
        if policies.is_empty() {
            return FleetPolicies { problems: gathered.problems, ..FleetPolicies::default() };
        }
        let aimed: Vec<Aimed<'_>> =
            policies.iter().map(|policy| Aimed { target: &policy.target, bringer: policy.bringer }).collect();
        let reached = reach(fleet, &aimed);
        let effective = reached.alike.iter().map(|ways| {
            let reaching = ways.iter().filter_map(|way| {
                let through = match way.through {
                    Parent::Root => None,
                    node => node_ref(&fleet.data, node),
                };
                let policy = Arc::clone(policies.get(way.aimed)?);
                Some(Reaching { policy, through, depth: way.depth, authority: way.authority })
            });
            Arc::new(EffectivePolicy { reaching: reaching.collect() })
        });
        FleetPolicies {
            effective: effective.collect(),
            problems: gathered.problems,
            of_app: reached.of_app,
            counts: reached.counts,
            policies,
        }
    }

    /// The policies, by name and origin, with how many Applications each reaches.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<Policy>, usize)> {
        self.policies.iter().zip(self.counts.iter().copied())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// What is wrong with them.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The distinct effective policies.
    #[must_use]
    pub fn effective(&self) -> &[Arc<EffectivePolicy>] {
        &self.effective
    }

    pub(crate) fn of_app(&self, app: App<'_>) -> Option<&Arc<EffectivePolicy>> {
        self.effective.get(*self.of_app.get(app.id().0 as usize)? as usize)
    }
}

impl EffectivePolicy {
    /// All constraints, those from the furthest above first.
    pub fn constraints(&self) -> impl Iterator<Item = Bound<'_>> {
        self.reaching.iter().flat_map(|reaching| {
            reaching.policy.constraints.iter().map(move |constraint| Bound { reaching, constraint })
        })
    }
}

impl Bound<'_> {
    /// How exceptions and findings name it: `policy/constraint`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}/{}", self.reaching.policy.name, self.constraint.name)
    }
}

impl Fleet {
    /// The fleet's own policies, worked out when first asked for.
    #[must_use]
    pub fn policies(&self) -> &FleetPolicies {
        self.data.policies.get_or_init(|| FleetPolicies::of(self))
    }
}

impl App<'_> {
    /// Which of the fleet's own policies reach it, each with its origin.
    #[must_use]
    pub fn policy(&self) -> Arc<EffectivePolicy> {
        self.fleet().policies().of_app(*self).cloned().unwrap_or_default()
    }
}
