//! The effective policy of an Application: everything that reaches it, each with its origin.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use aoa_lang::value::Text;

use super::defaults::DefaultValue;
use super::document::{Constraint, Policy};
use super::exception::{Excepted, Exception};
use super::gather::{Problem, gather};
use super::reach::{Aimed, Alike, reach};
use crate::finding::Rule;
use crate::fleet::{App, Fleet, FleetData, Parent};
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
    /// What holds where the Application says nothing itself, by name.
    pub defaults: Vec<EffectiveDefault>,
    /// The exceptions.
    pub exceptions: Vec<ReachingException>,
}

/// The default that counts: of the nearest parent that has one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EffectiveDefault {
    /// The default.
    pub default: DefaultValue,
    /// The number of its policy in [`EffectivePolicy::reaching`].
    pub of: usize,
    /// The numbers of those whose own default does not count, from the nearest.
    pub over: Vec<usize>,
}

/// An exception that reaches an Application.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReachingException {
    /// The policy that it stands in.
    pub policy: Arc<Policy>,
    at: usize,
    authority: u32,
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
    /// Works them out; [`Fleet::policies`] does so once.
    #[must_use]
    pub fn of(fleet: &Fleet) -> Self {
        let gathered = gather(fleet);
        let policies = gathered.policies.into_iter().map(Arc::new).collect();
        FleetPolicies { problems: gathered.problems, ..FleetPolicies::reaching(fleet, policies) }
    }

    /// The policies of `older` as they reach the Applications of `fleet`. What an Application delivers that is not there any more
    /// has nobody below it.
    fn of_older(fleet: &Fleet, older: &FleetPolicies) -> Self {
        let as_here = |policy: &Arc<Policy>| {
            let Some(app) = &policy.delivered_by else { return Some(Arc::clone(policy)) };
            let bringer = fleet.data.find_app(app.namespace.as_str()?, app.name.as_str()?)?;
            Some(Arc::new(Policy { bringer: Some(bringer), ..Policy::clone(policy) }))
        };
        FleetPolicies::reaching(fleet, older.policies.iter().filter_map(as_here).collect())
    }

    fn reaching(fleet: &Fleet, policies: Vec<Arc<Policy>>) -> Self {
        if policies.is_empty() {
            return FleetPolicies::default();
        }
        let mut aimed: Vec<Aimed<'_>> =
            policies.iter().map(|policy| Aimed { target: &policy.target, bringer: policy.bringer }).collect();
        let mut exceptions: Vec<(usize, usize)> = Vec::new();
        for (number, policy) in policies.iter().enumerate() {
            for (at, exception) in policy.exceptions.iter().enumerate() {
                let target = exception.target.as_ref().unwrap_or(&policy.target);
                aimed.push(Aimed { target, bringer: policy.bringer });
                exceptions.push((number, at));
            }
        }
        let reached = reach(fleet, &aimed);
        let of_ways = |ways: &Alike| Arc::new(EffectivePolicy::of(fleet, &policies, &exceptions, ways));
        let effective = reached.alike.iter().map(of_ways);
        FleetPolicies {
            effective: effective.collect(),
            problems: Vec::new(),
            of_app: reached.of_app,
            counts: reached.counts.into_iter().take(policies.len()).collect(),
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

    /// The exceptions of a policy that are for nobody whom what they are from reaches. Those from rules of the check are for
    /// whoever they reach.
    pub(crate) fn unused_exceptions<'p>(&'p self, policy: &'p Arc<Policy>) -> Vec<&'p Exception> {
        let mut unused: BTreeSet<usize> = (0..policy.exceptions.len()).collect();
        for effective in &self.effective {
            for reaching in effective.exceptions.iter().filter(|r| Arc::ptr_eq(&r.policy, policy)) {
                let Some(exception) = reaching.exception() else { continue };
                let is_from_rule = matches!(exception.from, Excepted::Rule(_));
                if is_from_rule || effective.constraints().any(|bound| exception.is_from(&bound)) {
                    unused.remove(&reaching.at);
                }
            }
        }
        // What is from nothing at all is told as broken.
        let ids = || {
            self.policies
                .iter()
                .flat_map(|p| p.constraints.iter().map(move |c| format!("{}/{}", p.name, c.name)))
        };
        let is_from_something = |exception: &&Exception| match &exception.from {
            Excepted::Constraints(pattern) => ids().any(|id| pattern.matches(&id)),
            Excepted::Rule(_) => true,
        };
        unused.into_iter().filter_map(|at| policy.exceptions.get(at)).filter(is_from_something).collect()
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

    /// The number of an Application's effective policy among the distinct ones.
    pub(super) fn number_of(&self, app: App<'_>) -> Option<usize> {
        self.of_app.get(app.id().0 as usize).map(|number| *number as usize)
    }

    pub(crate) fn of_app(&self, app: App<'_>) -> Option<&Arc<EffectivePolicy>> {
        self.effective.get(self.number_of(app)?)
    }
}

impl EffectivePolicy {
    fn of(fleet: &Fleet, policies: &[Arc<Policy>], exceptions: &[(usize, usize)], ways: &Alike) -> Self {
        let mut effective = EffectivePolicy::default();
        let mut numbers = Vec::new();
        for way in ways {
            let Some(policy) = policies.get(way.aimed) else { continue };
            let through = match way.through {
                Parent::Root => None,
                node => fleet.data.parent_ref(node),
            };
            let (policy, depth, authority) = (Arc::clone(policy), way.depth, way.authority);
            effective.reaching.push(Reaching { policy, through, depth, authority });
            numbers.push(way.aimed);
        }
        for way in ways {
            let number = way.aimed.checked_sub(policies.len());
            let Some((of, at)) = number.and_then(|number| exceptions.get(number)) else { continue };
            // An exception counts where its policy reaches.
            let Some(policy) = policies.get(*of).filter(|_| numbers.contains(of)) else { continue };
            let (policy, authority) = (Arc::clone(policy), way.authority);
            effective.exceptions.push(ReachingException { policy, at: *at, authority });
        }
        effective.settle_defaults();
        effective
    }

    fn settle_defaults(&mut self) {
        let mut by_name: BTreeMap<Text, Vec<(usize, DefaultValue)>> = BTreeMap::new();
        for (of, reaching) in self.reaching.iter().enumerate() {
            for default in &reaching.policy.defaults {
                by_name.entry(default.name.clone()).or_default().push((of, default.clone()));
            }
        }
        for mut all in by_name.into_values() {
            // The nearest first; of equally near ones that which asks more of whom it is for, then the first by name.
            all.sort_by_key(|(of, _)| {
                let reaching = self.reaching.get(*of);
                reaching.map(|r| (Reverse(r.depth), Reverse(r.policy.target.weight()), *of))
            });
            let over = all.iter().skip(1).map(|(of, _)| *of).collect();
            let nearest = all.into_iter().next();
            self.defaults.extend(nearest.map(|(of, default)| EffectiveDefault { default, of, over }));
        }
    }

    /// The default of this name.
    #[must_use]
    pub fn default_of(&self, name: &str) -> Option<&EffectiveDefault> {
        self.defaults.iter().find(|effective| effective.default.name == *name)
    }

    /// The exceptions from a constraint that count, whatever their day.
    pub fn exceptions_from<'e>(&'e self, bound: &Bound<'e>) -> impl Iterator<Item = &'e Exception> {
        let bound = *bound;
        let covering = move |reaching: &&ReachingException| {
            let exception = reaching.exception();
            exception.is_some_and(|exception| exception.covers(reaching.authority, &bound))
        };
        self.exceptions.iter().filter(covering).filter_map(ReachingException::exception)
    }

    /// The exceptions from a rule of the check.
    pub(crate) fn exceptions_from_rule(&self, rule: Rule) -> impl Iterator<Item = &Exception> {
        let all = self.exceptions.iter().filter_map(ReachingException::exception);
        all.filter(move |exception| matches!(exception.from, Excepted::Rule(of) if of == rule))
    }

    /// All constraints, those from the furthest above first.
    pub fn constraints(&self) -> impl Iterator<Item = Bound<'_>> {
        self.reaching.iter().flat_map(|reaching| {
            reaching.policy.constraints.iter().map(move |constraint| Bound { reaching, constraint })
        })
    }
}

impl ReachingException {
    /// The exception.
    #[must_use]
    pub fn exception(&self) -> Option<&Exception> {
        self.policy.exceptions.get(self.at)
    }

    /// How far what delivers it is below the fleet; 0 for a file that the configuration names.
    #[must_use]
    pub fn authority(&self) -> u32 {
        self.authority
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

    /// The same fleet under the policies of another one.
    #[must_use]
    pub(crate) fn judged_as(&self, older: &Fleet) -> Fleet {
        let policies = FleetPolicies::of_older(self, older.policies());
        let mut data = FleetData::clone(&self.data);
        data.policies = Arc::new(OnceLock::from(policies));
        Fleet { data: Arc::new(data) }
    }
}

impl App<'_> {
    /// Which of the fleet's own policies reach it, each with its origin.
    #[must_use]
    pub fn policy(&self) -> Arc<EffectivePolicy> {
        self.fleet().policies().of_app(*self).cloned().unwrap_or_default()
    }
}
