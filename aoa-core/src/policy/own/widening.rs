//! What somebody below tries to widen in vain.
//!
//! Only what is certain is told: a pattern below of which nothing is permitted above, everything where something above
//! restricts, a larger quota, an exception from what comes from above.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::document::Demand;
use super::effective::{Bound, EffectivePolicy, FleetPolicies, Reaching};
use super::permitted::{Pattern, Permitted};
use super::quota::Quota;
use super::restriction::Restriction;
use crate::finding::Place;
use crate::fleet::{AppId, Fleet};

/// Something below that is meant to permit more than something above does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Widening {
    pub(crate) what: String,
    /// Where it stands, and where what is above does.
    pub(crate) places: Vec<Place>,
    /// What delivers it.
    pub(crate) bringer: Option<AppId>,
}

impl FleetPolicies {
    /// All that is tried in vain, each once.
    pub(crate) fn widenings(&self, fleet: &Fleet) -> BTreeSet<Widening> {
        let mut found = BTreeSet::new();
        for effective in self.effective() {
            add_lists_and_quotas(fleet, effective, &mut found);
            add_exceptions(effective, &mut found);
        }
        found
    }
}

fn add_lists_and_quotas(fleet: &Fleet, effective: &EffectivePolicy, found: &mut BTreeSet<Widening>) {
    let bounds: Vec<Bound<'_>> = effective.constraints().collect();
    for lower in &bounds {
        for upper in bounds.iter().filter(|upper| is_above(upper.reaching, lower.reaching)) {
            match (&upper.constraint.demand, &lower.constraint.demand) {
                (Demand::Restriction(above), Demand::Restriction(below)) => {
                    let same = std::mem::discriminant(above) == std::mem::discriminant(below);
                    let lists = above.permitted().zip(below.permitted()).filter(|_| same);
                    if let Some((above, list)) = lists {
                        let names = |pattern: &Pattern| cluster_names(fleet, below, pattern);
                        for pattern in vain(above, list, names) {
                            let place = lower.reaching.policy.place_of_pattern(pattern);
                            let what = format!(
                                "{} allows `{}`, which {} above it does not permit",
                                lower.id(),
                                pattern.text(),
                                upper.id()
                            );
                            found.insert(widening(upper, lower.reaching, place, what));
                        }
                    }
                }
                (Demand::Quota(above), Demand::Quota(below)) => {
                    add_quotas(upper, above, lower, below, found);
                }
                _ => {}
            }
        }
    }
}

/// Whether `upper` comes from further above than `lower`, and is for all that is below it: one that is only for some of them
/// stands beside.
fn is_above(upper: &Reaching, lower: &Reaching) -> bool {
    upper.policy.target.weight() == 0
        && (upper.authority, upper.depth) < (lower.authority, lower.depth)
        && upper.authority <= lower.authority
        && upper.depth <= lower.depth
}

/// The patterns of `below` of which `above` certainly permits nothing, or which are everything where `above` is not.
fn vain<'p>(
    above: &'p Permitted,
    below: &'p Permitted,
    names: impl Fn(&'p Pattern) -> Option<Vec<String>>,
) -> Vec<&'p Pattern> {
    let is_vain = |pattern: &&'p Pattern| {
        if pattern.literal().is_some() {
            let Some(names) = names(pattern) else { return false };
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            return above.refusal(&names).is_some();
        }
        let Some(allow) = above.allow.as_deref() else { return false };
        if pattern.is_everything() {
            return !allow.iter().any(Pattern::is_everything);
        }
        allow.iter().all(|other| other.excludes(pattern))
    };
    below.allow.iter().flatten().filter(is_vain).collect()
}

/// The names of what a literal pattern means; `None` where that is not known: a cluster has a name and an address.
fn cluster_names(fleet: &Fleet, restriction: &Restriction, pattern: &Pattern) -> Option<Vec<String>> {
    let literal = pattern.literal()?;
    if !matches!(restriction, Restriction::Destinations(_)) {
        return Some(vec![literal.to_owned()]);
    }
    let mut clusters = fleet.clusters();
    let cluster = clusters.find(|c| c.name == *literal || c.server_key() == literal)?;
    Some(vec![cluster.name.to_string(), cluster.server_key().to_owned()])
}

fn add_quotas(
    upper: &Bound<'_>,
    above: &Quota,
    lower: &Bound<'_>,
    below: &Quota,
    found: &mut BTreeSet<Widening>,
) {
    if above.per != below.per {
        return;
    }
    for limit in &below.limits {
        let larger = above.limits.iter().find(|other| {
            other.resource == limit.resource && limit.most.compare(&other.most) == Ordering::Greater
        });
        let Some(larger) = larger else { continue };
        let place = lower.reaching.policy.place_of(&limit.way);
        let what = format!(
            "{} allows {} {}, {} above it only {}",
            lower.id(),
            limit.text,
            limit.resource.name(),
            upper.id(),
            larger.text
        );
        found.insert(widening(upper, lower.reaching, place, what));
    }
}

/// Exceptions from what comes from above whoever wrote them.
fn add_exceptions(effective: &EffectivePolicy, found: &mut BTreeSet<Widening>) {
    for reaching in &effective.exceptions {
        let Some(exception) = reaching.exception() else { continue };
        for upper in effective.constraints() {
            if reaching.authority() <= upper.reaching.authority || !exception.is_from(&upper) {
                continue;
            }
            let what =
                format!("{} excepts from {}, which comes from above it", reaching.policy.name, upper.id());
            let places = reaching.policy.place_of_exception(exception).into_iter();
            let above = upper.reaching.policy.place_of_constraint(upper.constraint);
            let bringer = reaching.policy.bringer;
            found.insert(Widening { what, places: places.chain(above).collect(), bringer });
        }
    }
}

fn widening(upper: &Bound<'_>, lower: &Reaching, place: Option<Place>, what: String) -> Widening {
    let above = upper.reaching.policy.place_of_constraint(upper.constraint);
    Widening { what, places: place.into_iter().chain(above).collect(), bringer: lower.policy.bringer }
}
