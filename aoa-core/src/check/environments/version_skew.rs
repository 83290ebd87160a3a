//! Add-ons in several versions where there should be one.

use std::collections::BTreeMap;

use super::environment_of;
use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::VersionSkew,
    page: Page {
        what: "One ApplicationSet brings one chart to clusters of the same environment (label `environment` or `env` of the cluster) in different versions, or to different environments in versions that differ in the first number.",
        why: "What was tried in one cluster is not what runs in the next: the environment is no longer one.",
        fails: "# prod-eu has 1.17.1, prod-us 1.15.0, both have the label environment: prod
source: {chart: cert-manager, targetRevision: '{{ .metadata.annotations.certManager }}'}",
        mend: "Give the environment one version.
source: {chart: cert-manager, targetRevision: '{{ .values.version }}'}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    for apps in survey.children_of_sets().into_values() {
        // By chart, environment and version the first that has it.
        let mut charts: BTreeMap<String, BTreeMap<&str, BTreeMap<String, &AppFacts<'f>>>> = BTreeMap::new();
        for app in apps.iter().filter_map(|at| survey.apps.get(*at)) {
            let Some(environment) = survey.cluster(app).and_then(|cluster| environment_of(cluster)) else {
                continue;
            };
            for source in app.sources.iter().filter(|source| !source.chart.is_empty()) {
                let versions =
                    charts.entry(source.chart.to_string()).or_default().entry(environment).or_default();
                versions.entry(source.target_revision.to_string()).or_insert(app);
            }
        }
        for (chart, environments) in charts {
            say(sink, &chart, &environments);
        }
    }
}

fn say<'f>(
    sink: &mut Sink<'_, 'f>,
    chart: &str,
    environments: &BTreeMap<&str, BTreeMap<String, &AppFacts<'f>>>,
) {
    let steps = keys(["spec", "source", "targetRevision"]);
    let mut majors: BTreeMap<&str, (&str, &AppFacts<'f>)> = BTreeMap::new();
    for (environment, versions) in environments {
        if versions.len() > 1 {
            let all: Vec<&str> = versions.keys().map(String::as_str).collect();
            let what =
                format!("chart `{chart}` has versions {} in environment `{environment}`", all.join(", "));
            if let Some(app) = versions.values().next() {
                sink.app(Rule::VersionSkew, app, &steps, what);
            }
            return;
        }
        for (version, app) in versions {
            let major = version.trim_start_matches('v').split('.').next().unwrap_or_default();
            majors.entry(major).or_insert((environment, app));
        }
    }
    if majors.len() > 1 {
        let all: Vec<String> = majors.iter().map(|(major, (of, _))| format!("{major}.x in `{of}`")).collect();
        if let Some((_, app)) = majors.values().next() {
            sink.app(
                Rule::VersionSkew,
                app,
                &steps,
                format!("chart `{chart}` has versions {}", all.join(", ")),
            );
        }
    }
}
