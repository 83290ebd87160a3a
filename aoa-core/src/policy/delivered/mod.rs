//! The policies that a fleet delivers to a cluster, applied to what else it delivers there.
//!
//! ValidatingAdmissionPolicies with their bindings, and Gatekeeper's templates with their constraints; what means Pods is
//! tried on the Pods of workloads too. What cannot be evaluated without a cluster is told as [`Outcome::Unknown`], never
//! guessed: other policy engines, mutation, external data, objects that are looked up, who sends the request, labels of
//! namespaces that the fleet does not deliver.
//!
//! | file | what |
//! |---|---|
//! | `engines` | the policies of a cluster, compiled once for all clusters that have the same |
//! | `objects` | objects as they arrive, the Pods of workloads |
//! | `site` | what is delivered to a cluster |

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use aoa_lang::{Value, json};

use crate::fleet::{App, Fleet};
use crate::model::{Cluster, Manifest};

mod engines;
mod objects;
mod site;

pub(crate) use engines::is_policy;
use engines::{By, Engines, Place};
use site::Site;

/// An object that an Application delivers.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Delivered<'f> {
    /// The Application.
    pub app: App<'f>,
    /// The object as it is rendered.
    pub manifest: &'f Manifest,
}

/// What a policy says.
#[derive(Clone)]
#[non_exhaustive]
pub struct Verdict<'f> {
    /// The cluster to which both are delivered.
    pub cluster: &'f Cluster,
    /// The policy, or the constraint.
    pub policy: Delivered<'f>,
    /// The object; none where it is about the policy as a whole.
    pub object: Option<Delivered<'f>>,
    /// What it says.
    pub outcome: Outcome,
}

/// What a policy says of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The object violates it.
    Violated {
        /// What is done about it: `Deny`, `Warn`, `Audit`; `deny`, `warn`, `dryrun` of constraints.
        action: String,
        /// The policy's text.
        message: String,
        /// Whether it is the Pods of the object that violate it.
        by_pods: bool,
    },
    /// It cannot be told; said once for each policy and reason.
    Unknown {
        /// Why.
        reason: String,
    },
    /// It means nothing that is delivered, on any of the clusters that have it.
    Idle {
        /// Why.
        reason: String,
    },
}

impl Outcome {
    /// Whether the object would be refused.
    #[must_use]
    pub fn is_denial(&self) -> bool {
        matches!(self, Outcome::Violated { action, .. } if action.eq_ignore_ascii_case("deny"))
    }
}

/// Applies the policies of each cluster: by the cluster's address, then by Application, in the order of its manifests.
///
/// ```
/// use aoa_core::policy::delivered;
/// use aoa_core::{Inputs, Options, resolve};
///
/// let fleet = resolve(&Inputs::default(), &Options::default())?;
/// for verdict in delivered::review(&fleet) {
///     println!("{}: {:?}", verdict.policy.manifest.name(), verdict.outcome);
/// }
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[must_use]
pub fn review(fleet: &Fleet) -> Vec<Verdict<'_>> {
    let mut sites: BTreeMap<&str, Site<'_>> = BTreeMap::new();
    let is_unknown = fleet.sets().any(|set| set.is_frozen());
    for app in fleet.apps() {
        let brings = app.content().is_some_and(|content| content.manifests.may_drive().iter().any(is_policy));
        if let Some(cluster) = app.cluster().filter(|_| brings) {
            sites.entry(cluster.server_key()).or_insert_with(|| Site::new(cluster, is_unknown));
        }
    }
    for app in fleet.apps() {
        let (Some(cluster), Some(content)) = (app.cluster(), app.content()) else { continue };
        if let Some(site) = sites.get_mut(cluster.server_key()) {
            site.add(app, content);
        }
    }
    let mut compiled: HashMap<String, Rc<Engines>> = HashMap::new();
    let mut verdicts = Vec::new();
    for site in sites.values() {
        review_site(site, &mut compiled, &mut verdicts);
    }
    keep_idle_everywhere(&sites, &mut verdicts);
    verdicts
}

/// What means nothing on one cluster and something on another is there for the other.
fn keep_idle_everywhere(sites: &BTreeMap<&str, Site<'_>>, verdicts: &mut Vec<Verdict<'_>>) {
    let is_idle = |verdict: &Verdict<'_>| matches!(verdict.outcome, Outcome::Idle { .. });
    fn key(manifest: &Manifest) -> (&str, &str) {
        (manifest.kind(), manifest.name())
    }
    let mut idle: HashMap<(&str, &str), usize> = HashMap::new();
    for verdict in verdicts.iter().filter(|verdict| is_idle(verdict)) {
        *idle.entry(key(verdict.policy.manifest)).or_default() += 1;
    }
    if idle.is_empty() {
        return;
    }
    for Delivered { manifest, .. } in sites.values().flat_map(|site| &site.policies) {
        if let Some(count) = idle.get_mut(&key(manifest)) {
            *count = count.wrapping_sub(1);
        }
    }
    verdicts.retain(|verdict| !is_idle(verdict) || idle.get(&key(verdict.policy.manifest)) == Some(&0));
}

fn review_site<'f>(
    site: &Site<'f>,
    compiled: &mut HashMap<String, Rc<Engines>>,
    verdicts: &mut Vec<Verdict<'f>>,
) {
    if site.policies.is_empty() {
        return;
    }
    let objects: Vec<&Value> = site.policies.iter().map(|policy| &policy.manifest.object).collect();
    let key: String =
        objects.iter().map(|object| json::to_string(object).unwrap_or_default() + "\n").collect();
    let engines = compiled.entry(key).or_insert_with(|| Rc::new(Engines::compile(&objects))).clone();
    let mut said: HashSet<(usize, Outcome)> = HashSet::new();
    let mut say = |at: usize, object: Option<Delivered<'f>>, outcome: Outcome| {
        let is_unknown = matches!(outcome, Outcome::Unknown { .. });
        if is_unknown && !said.insert((at, outcome.clone())) {
            return;
        }
        if let Some(policy) = site.policies.get(at).copied() {
            verdicts.push(Verdict { cluster: site.cluster, policy, object, outcome });
        }
    };
    for (at, reason) in &engines.notes {
        say(*at, None, Outcome::Unknown { reason: reason.clone() });
    }
    if !site.is_unknown {
        for (at, reason) in &engines.loose {
            say(*at, None, Outcome::Idle { reason: reason.clone() });
        }
    }
    if !engines.judges() {
        return;
    }
    let scopes = site.scopes();
    let place = Place::of(&engines, site);
    let mut may_mean: HashMap<&str, bool> = HashMap::new();
    for delivered in &site.objects {
        // Completed objects are large: one at a time is enough.
        let mut object = objects::placed(delivered, &scopes);
        let kind = delivered.manifest.kind();
        if *may_mean.entry(kind).or_insert_with(|| engines.may_mean(kind)) {
            object = objects::admitted(object);
        }
        engines.review(&place, &object, By::Itself, &mut |at, outcome| say(at, Some(*delivered), outcome));
        if let Some(pod) = engines.pod_of(&object) {
            engines.review(&place, &pod, By::PodsOf(&object), &mut |at, outcome| {
                say(at, Some(*delivered), outcome);
            });
        }
    }
    if !site.is_unknown {
        let objects = site.objects.iter().map(|delivered| objects::placed(delivered, &scopes));
        for at in engines.idle(&place, objects) {
            let reason = "it means nothing that the fleet delivers to the cluster".to_owned();
            say(at, None, Outcome::Idle { reason });
        }
    }
}
