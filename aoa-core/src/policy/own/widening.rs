//! What somebody below tries to widen in vain.
//!
//! Only what is certain is told: a pattern of which nothing is permitted above, or that allows all of that and more; a larger
//! quota; an exception from what comes from above.

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
                        let matched = |pattern: &Pattern| matched(fleet, below, pattern);
                        for (pattern, example) in vain(above, list, matched) {
                            let place = lower.reaching.policy.place_of_pattern(pattern);
                            let such = if pattern.is_literal() {
                                "which"
                            } else {
                                &*format!("of which `{example}`")
                            };
                            let what = format!(
                                "{} allows `{}`, {such} {} above it does not permit",
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

/// The patterns of `below` of which nothing is permitted above, and those that allow all that is permitted above and more, each
/// with something that is not. What has only a part in common with what is above narrows it, and is right.
fn vain<'p>(
    above: &Permitted,
    below: &'p Permitted,
    matched: impl Fn(&Pattern) -> Matched,
) -> Vec<(&'p Pattern, String)> {
    let in_vain = |pattern: &'p Pattern| {
        let matched = matched(pattern);
        let is_refused = |names: &Vec<String>| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            above.refusal(&names).is_some()
        };
        let example =
            matched.shown.iter().chain(&matched.all).find(|names| is_refused(names))?.first()?.clone();
        let allow = above.allow.as_deref();
        let is_vain = match matched.others {
            _ if pattern.is_literal() => true,
            Some(others) => matched.all.iter().all(is_refused) || others.iter().all(is_refused),
            None => {
                let allows_nothing_of = allow.is_some_and(|all| all.iter().all(|one| one.excludes(pattern)));
                let allows_less = allow.is_some_and(|all| all.iter().all(|one| pattern.includes(one)));
                allows_nothing_of || allows_less || above.deny.iter().any(|one| one.includes(pattern))
            }
        };
        is_vain.then_some((pattern, example))
    };
    below.allow.iter().flatten().filter_map(in_vain).collect()
}

/// Things that a pattern matches, each by its names.
struct Matched {
    all: Vec<Vec<String>>,
    /// Some more, with names that people can read.
    shown: Vec<Vec<String>>,
    /// Things that it does not match, where all things are known.
    others: Option<Vec<Vec<String>>>,
}

/// Of clusters those that there are, which have a name and an address; else texts made from the pattern.
fn matched(fleet: &Fleet, restriction: &Restriction, pattern: &Pattern) -> Matched {
    if !matches!(restriction, Restriction::Destinations(_)) {
        let named = |texts: Vec<String>| texts.into_iter().map(|text| vec![text]).collect();
        let shown = named(pattern.readable_examples());
        return Matched { all: named(pattern.examples()), shown, others: None };
    }
    let names = fleet.clusters().map(|c| vec![c.name.to_string(), c.server_key().to_owned()]);
    let (all, others) = names.partition(|names| names.iter().any(|name| pattern.matches(name)));
    Matched { all, shown: Vec::new(), others: Some(others) }
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
