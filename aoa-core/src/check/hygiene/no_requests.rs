//! Containers that ask for nothing.

use aoa_lang::yaml::Step;

use crate::check::facts::AppFacts;
use crate::check::pods::{containers, missing_requests, name_of};
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::NoRequests,
    page: Page {
        what: "Containers that name neither requests nor limits for CPU and memory. Init containers are exempt.",
        why: "The scheduler takes them for free: nodes are overcommitted, and under pressure these Pods are evicted first. Autoscalers by utilisation have nothing to measure against.",
        fails: "containers: [{name: web, image: web:1.4.2}]",
        mend: "Say what it needs.
containers: [{name: web, image: web:1.4.2, resources: {requests: {cpu: 100m, memory: 128Mi}}}]",
    },
    judge: Judge::Manifest(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>, manifest: &'f Manifest) {
    for mut container in containers(manifest, &["containers"]) {
        let missing = missing_requests(container.value);
        if missing.is_empty() {
            continue;
        }
        container.steps.push(Step::Key("name"));
        let name = container.value.str_at(&["name"]).unwrap_or_default();
        let what =
            format!("{}: container `{name}` requests no {}", name_of(manifest), missing.join(" and no "));
        sink.manifest(Rule::NoRequests, app, manifest, &container.steps, what);
    }
}
