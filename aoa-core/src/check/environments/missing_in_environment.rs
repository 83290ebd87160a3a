//! Add-ons that one environment lacks.

use std::collections::{BTreeMap, BTreeSet};

use aoa_lang::{Value, json};

use super::{environment_label, environment_of};
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::AppSet;
use crate::policy::own::ENVIRONMENT;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::MissingInEnvironment,
    page: Page {
        what: "One ApplicationSet brings the same chart or folder to every cluster of all environments but one, where there are at least three environments (label `environment` or `env` of the clusters).",
        why: "Often a label that was forgotten on a new cluster: the add-on is missing exactly where nobody looks yet.",
        fails: r#"# clusters of dev, stage and prod; prod lacks the label
generators: [{clusters: {selector: {matchLabels: {enable_cert_manager: "true"}}}}]"#,
        mend: r#"Label the cluster, or say in the selector that it is meant.
metadata: {labels: {environment: prod, enable_cert_manager: "true"}}"#,
    },
    judge: Judge::Fleet(judge),
};

/// Fewer environments have no exception.
const FEWEST: usize = 3;

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    // How many clusters each environment has.
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for cluster in survey.fleet.clusters() {
        if let Some(environment) = environment_label(cluster) {
            *all.entry(environment).or_default() += 1;
        }
    }
    if all.len() < FEWEST {
        return;
    }
    for (id, apps) in survey.children_of_sets() {
        let set = AppSet::new(survey.fleet, id);
        if asks_for_environments(set.object().get("spec").unwrap_or(&Value::Null)) {
            continue;
        }
        let mut served: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for app in apps.iter().filter_map(|at| survey.apps.get(*at)) {
            if let (Some(number), Some(environment)) =
                (app.cluster, survey.cluster(app).and_then(environment_of))
            {
                served.entry(environment).or_default().insert(number);
            }
        }
        let missing: Vec<&str> = all.keys().filter(|name| !served.contains_key(**name)).copied().collect();
        let is_full = served.iter().all(|(name, clusters)| all.get(name) == Some(&clusters.len()));
        if let ([one], true) = (missing.as_slice(), is_full) {
            let what = format!("reaches every cluster of all environments but `{one}`");
            sink.set(Rule::MissingInEnvironment, set, &keys(["spec", "generators"]), what);
        }
    }
}

/// Whether a selector names environments: then what is left out is meant.
fn asks_for_environments(spec: &Value) -> bool {
    let text = json::to_string(spec.get("generators").unwrap_or(&Value::Null)).unwrap_or_default();
    ENVIRONMENT.iter().any(|label| text.contains(&format!("\"{label}\"")))
}
