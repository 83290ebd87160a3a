//! Children in another project than their parent's.

use std::collections::HashMap;

use super::gained_rights::gain;
use super::rights::{goes_anywhere, is_dedicated};
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::ChildLeavesProject,
    page: Page {
        what: "An Application stands in another project than the Application that brings it. Where it gains rights by that, P003 speaks; parents that may go anywhere, or only into Argo CD's namespace, are exempt.",
        why: "Nothing is inherited in Argo CD: the rules of the parent's project do not hold for the child. That is common and often meant; worth knowing, since nobody sees it in the child.",
        fails: "# parent `tenants` in project platform, and in its source
spec: {project: search}",
        mend: "Nothing has to be mended where it is meant.
spec: {project: platform}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    // A parent that may go anywhere brings others: nobody is surprised.
    let mut exempt: HashMap<&str, bool> = HashMap::new();
    for app in &survey.apps {
        let Some(parent) = survey.parent_app(app.app) else { continue };
        let (above, own) = (parent.app.project_name(), app.app.project_name());
        if above == own {
            continue;
        }
        let is_exempt = *exempt.entry(above).or_insert_with(|| {
            is_dedicated(survey, above) || survey.projects.get(above).is_none_or(goes_anywhere)
        });
        if is_exempt || gain(survey, app).is_some() {
            continue;
        }
        let what = format!("is in project `{own}`, its parent `{}` in `{above}`", parent.app.name());
        sink.app(Rule::ChildLeavesProject, app, &keys(["spec", "project"]), what);
    }
}
