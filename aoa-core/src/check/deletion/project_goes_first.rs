//! Projects that go with or before their Applications.

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::Project;
use crate::sync::sync_wave;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::ProjectGoesFirst,
    page: Page {
        what: "One parent brings an AppProject and Applications of it that have a finalizer, and the wave of the project is not before that of the Applications.",
        why: "Deletion and pruning go by waves in reverse. An Application whose project is gone cannot be deleted any more: it hangs on its finalizer until somebody brings the project back.",
        fails: "# both in bootstrap/
kind: AppProject
metadata: {name: shop}
---
kind: Application
metadata: {name: web, finalizers: [resources-finalizer.argocd.argoproj.io]}
spec: {project: shop}",
        mend: r#"Put the project into an earlier wave: it is created first and deleted last.
kind: AppProject
metadata: {name: shop, annotations: {argocd.argoproj.io/sync-wave: "-1"}}"#,
    },
    judge: Judge::Project(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, project: Project<'f>) {
    let (Some(parent), Some(own)) = (project.parent(), survey.of_project(project)) else { return };
    let parent_deletes = survey.find(&parent).is_some_and(|p| p.shape.prunes || p.shape.cascades);
    if !parent_deletes {
        return;
    }
    let wave = sync_wave(project.object());
    let wave_of =
        |app: &AppFacts<'_>| app.shape.wave.as_ref().and_then(|w| w.as_str()?.parse().ok()).unwrap_or(0i64);
    let late: Vec<&&AppFacts<'f>> = own
        .iter()
        .filter(|app| app.app.generated().is_none() && app.app.parent().as_ref() == Some(&parent))
        .filter(|app| app.shape.cascades && wave >= wave_of(app))
        .collect();
    if let Some(first) = late.first() {
        let rest = if late.len() > 1 { " and others" } else { "" };
        let what = format!(
            "is deleted no later than its Application `{}`{rest}, which then hangs",
            first.app.name()
        );
        sink.project(Rule::ProjectGoesFirst, project, &keys(["metadata", "name"]), what);
    }
}
