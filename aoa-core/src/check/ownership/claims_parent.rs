//! Applications that bring what brings them.

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::{Sink, source_steps};
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::{Kind, ObjectRef};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::ClaimsParent,
    page: Page {
        what: "The source of an Application holds the manifest of an Application or ApplicationSet above it. Bringing itself alone is R010.",
        why: "Parent and child own each other: each marks the object as its own, a change of one is undone by the other, and the deletion of either takes both.",
        fails: "# apps/web/root.yaml, in the source of `web`, which `root` brings
kind: Application
metadata: {name: root}",
        mend: "Take the parent out of the child's source.
source: {path: apps/web, directory: {exclude: root.yaml}}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    for conflict in survey.fleet.conflicts() {
        let Some(claimer) = conflict.parent.as_ref().and_then(|parent| survey.find(parent)) else { continue };
        if conflict.parent.as_ref() == Some(&conflict.object) {
            continue;
        }
        if is_above(survey, claimer, &conflict.object) {
            let what = format!("brings {}, which brings it", conflict.object);
            sink.app(Rule::ClaimsParent, claimer, source_steps(claimer), what);
        }
    }
}

/// Whether `object` is one of those that bring `app`.
fn is_above(survey: &Survey<'_>, app: &AppFacts<'_>, object: &ObjectRef) -> bool {
    let mut next = app.app.parent();
    // A chain of parents has no cycles: each object keeps the parent that came first.
    while let Some(parent) = next {
        if parent == *object {
            return true;
        }
        next = match parent.kind {
            Kind::Application => survey.find(&parent).and_then(|facts| facts.app.parent()),
            _ => {
                let (namespace, name) = (parent.namespace.to_str_lossy(), parent.name.to_str_lossy());
                survey.fleet.set(&namespace, &name).and_then(|set| set.parent())
            }
        };
    }
    false
}
