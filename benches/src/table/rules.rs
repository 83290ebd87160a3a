//! What rules of policies cost for each object: over 30,000 Deployments, one rule at a time, conversion included.

use std::time::Duration;

use aoa_core::Inputs;
use aoa_core::check::{CheckOptions, check};
use aoa_core::finding::Rule;
use aoa_core::inputs::PolicyFile;
use aoa_core::policy::delivered;
use benches::gauge::least;
use benches::{fleet, rules};

use super::{Table, Target, resolve};

const OBJECTS: usize = 30_000;

pub(super) fn rules(table: &Table) {
    for (language, rule, target) in [("CEL", rules::cel(), "5 us"), ("Rego", rules::rego(), "16 us")] {
        for count in [1, 20] {
            let name = format!("{count} {language} rules of a policy, each for each of {OBJECTS} objects");
            table.row(&name, Target::Below(target), || {
                let asked = checking(rules::own(&vec![rule.clone(); count]));
                each(asked.saturating_sub(checking(rules::own(&[]))), count)
            });
        }
    }
    type Guards = ([&'static str; 2], fn(usize) -> String, &'static str);
    let guards: [Guards; 2] = [
        (["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicies"], rules::admission, "5 us"),
        (["constraint of Gatekeeper", "constraints of Gatekeeper"], rules::gatekeeper, "16 us"),
    ];
    for ([one, several], guards, target) in guards {
        for count in [1, 20] {
            let name = format!("{count} {several}, each for each of {OBJECTS} objects");
            table.row(&name, Target::Below(target), || each(reviewing(&guards(count)), count));
        }
        // Without what all policies of a cluster share: its objects sorted, read by their types and completed.
        let name = format!("a further {one}, for each of {OBJECTS} objects");
        table.row(&name, Target::Below(target), || {
            each(reviewing(&guards(21)).saturating_sub(reviewing(&guards(1))), 20)
        });
    }
}

/// How long it takes to judge a fleet by policies that it delivers.
fn reviewing(guards: &str) -> Duration {
    let fleet = resolve(&fleet::guarded(OBJECTS, guards), fleet::one_core());
    least(5, || delivered::review(&fleet)).0
}

/// How long the check takes that asks nothing but these policies.
fn checking(policies: Vec<PolicyFile>) -> Duration {
    let mut inputs: Inputs = fleet::guarded(OBJECTS, "");
    inputs.policies = policies;
    let fleet = resolve(&inputs, fleet::one_core());
    let _ = fleet.policies();
    let mut options = CheckOptions::default();
    options.select = vec![Rule::ViolatedRule, Rule::UndecidedRule];
    least(5, || check(&fleet, &options)).0
}

fn each(time: Duration, rules: usize) -> String {
    format!("{:.2} us", time.as_secs_f64() * 1e6 / (OBJECTS * rules) as f64)
}
