//! Projects whose restrictions can be left by writing an Application.

use super::rights::escapes;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::Project;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::EscapesProject,
    page: Page {
        what: "A project that restricts destinations, permits the namespace of Argo CD on its own cluster together with other namespaces, and permits the kinds Application, ApplicationSet or AppProject.",
        why: "Whoever may change a source of such a project writes an Application of any other project, or an AppProject that permits everything: all restrictions of the project are a mere suggestion.",
        fails: "kind: AppProject
spec:
  destinations: [{server: https://kubernetes.default.svc, namespace: '*'}]",
        mend: "Deny the kinds, or keep Argo CD's namespace out of the destinations.
spec:
  destinations: [{server: https://kubernetes.default.svc, namespace: '*'}]
  namespaceResourceBlacklist: [{group: argoproj.io, kind: '*'}]",
    },
    judge: Judge::Project(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, project: Project<'f>) {
    let Some(kinds) = escapes(survey, project.name()) else { return };
    let what = format!("may write {} into Argo CD's namespace, and so gains every right", kinds.join(", "));
    sink.project(Rule::EscapesProject, project, &keys(["spec", "destinations"]), what);
}
