//! When the controller looks at a set again although nothing has changed.

use aoa_lang::Value;

use super::object::items_of;

/// Seconds after which a set with a validation error is looked at again.
pub(super) const AFTER_ERROR: i64 = 180;

const GIT: i64 = 180;
const PROVIDER: i64 = 1800;

/// Seconds after which `set` is looked at again because of its generators; 0 is never (`getMinRequeueAfter` of Argo CD
/// 3.5.7, without `ARGOCD_APPLICATIONSET_CONTROLLER_REQUEUE_AFTER`).
#[must_use]
pub fn requeue_after(set: &Value) -> i64 {
    items_of(set, &["spec", "generators"]).iter().flat_map(|generator| periods(generator, 0)).fold(0, shorter)
}

fn shorter(period: i64, other: i64) -> i64 {
    match (period, other) {
        (0, other) => other,
        (period, other) if other != 0 && other < period => other,
        (period, _) => period,
    }
}

/// The period of each generator in one entry; generators nest two deep.
fn periods(generator: &Value, depth: usize) -> Vec<i64> {
    let mut periods = Vec::new();
    let given = |field: &str, default: i64| {
        let generator = generator.get(field).filter(|g| !g.is_null())?;
        Some(generator.get("requeueAfterSeconds").and_then(Value::as_i64).unwrap_or(default))
    };
    periods.extend(given("git", GIT));
    periods.extend(given("scmProvider", PROVIDER));
    periods.extend(given("clusterDecisionResource", GIT));
    periods.extend(given("pullRequest", PROVIDER));
    periods.extend(given("plugin", PROVIDER));
    for combination in ["matrix", "merge"] {
        if depth < 2 {
            let children = items_of(generator, &[combination, "generators"]);
            let shortest = children.iter().flat_map(|c| periods_of_child(c, depth)).fold(0, shorter);
            periods.push(shortest);
        }
    }
    periods
}

fn periods_of_child(generator: &Value, depth: usize) -> Vec<i64> {
    periods(generator, depth.saturating_add(1))
}
