//! Applications that wait for each other for ever.

use aoa_lang::yaml::Step;

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::order::{Deadlock, NeedKind, Order, Scope, order};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::Deadlock,
    page: Page {
        what: "Applications none of which can sync before another one of them: each brings what the next cannot be applied without. Needs that controllers or further tries meet by themselves do not count.",
        why: "On a new cluster none of them ever comes up. On one that runs nobody notices, until it has to be built again.",
        fails: "# Application a: the CustomResourceDefinition Red, and an object of kind Blue
# Application b: the CustomResourceDefinition Blue, and an object of kind Red",
        mend: "`aoa order` shows the circle and the smallest cut. Often one object has to wait for its kind:
kind: Blue
metadata:
  annotations: {argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let order = order(survey.fleet, &Scope::Fleet);
    for deadlock in order.deadlocks.iter().filter(|deadlock| !is_of_project(&order, deadlock)) {
        let apps: Vec<&AppFacts<'f>> =
            deadlock.apps.iter().filter_map(|app| survey.facts(app.id())).collect();
        let name: [Step<'_>; 2] = keys(["metadata", "name"]);
        sink.apps(Rule::Deadlock, &apps, &name, words(&order, deadlock));
    }
}

/// Whether it is about a project that only its own Application brings, of which another rule speaks (`project-from-below`).
fn is_of_project(order: &Order<'_>, deadlock: &Deadlock<'_>) -> bool {
    let mut edges = deadlock.edges.iter().filter_map(|at| order.edges.get(*at));
    deadlock.apps.len() == 1 && edges.all(|edge| edge.kind == NeedKind::Project)
}

fn words(order: &Order<'_>, deadlock: &Deadlock<'_>) -> String {
    let names: Vec<&str> = deadlock.apps.iter().map(|app| app.name()).collect();
    let who = match names.as_slice() {
        [one] => format!("{one} waits for itself"),
        several => format!("{} wait for each other", several.join(", ")),
    };
    let cut = deadlock.cut.edges.iter().filter_map(|at| order.edges.get(*at));
    let reasons: Vec<String> = cut.map(|edge| format!("{} {}", edge.from.name(), edge.message())).collect();
    if reasons.is_empty() { who } else { format!("{who}: {}", reasons.join("; ")) }
}
