//! Children that gain rights by leaving the project of their parent.

use aoa_lang::value::Text;

use super::rights::is_dedicated;
use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::GainedRights,
    page: Page {
        what: "A child in another project than its parent's whose own source or destination the project of the parent would deny. Projects that may only write into Argo CD's namespace exist for bringing others, and are exempt.",
        why: "Whoever may change what the parent renders does, through the child, what their own project forbids.",
        fails: "# parent `team` in project team (destinations: team-*), and in its source
spec: {project: platform, destination: {name: prod, namespace: kube-system}}",
        mend: "Keep the child in the project of its parent, or bring it from where the other project is looked after.
spec: {project: team, destination: {name: prod, namespace: team-web}}",
    },
    judge: Judge::App(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, app: &AppFacts<'f>) {
    if let Some(gain) = gain(survey, app) {
        sink.app(Rule::GainedRights, app, &keys(["spec", "project"]), gain);
    }
}

/// What a child does that the project of its parent denies.
pub(super) fn gain<'f>(survey: &Survey<'f>, app: &AppFacts<'f>) -> Option<String> {
    let parent = survey.parent_app(app.app)?;
    let (above, own) = (parent.app.project_name(), app.app.project_name());
    if above == own || is_dedicated(survey, above) {
        return None;
    }
    let rules = survey.projects.get(above)?;
    let is_denied = |url: &Text| url.as_str().is_some_and(|url| !rules.permits_source(url));
    if let Some(source) = app.sources.iter().find(|source| is_denied(&source.repo_url)) {
        let what = format!("source {} in project `{own}`", source.repo_url);
        return Some(format!("{what}, which project `{above}` of its parent denies"));
    }
    let cluster = survey.clusters.get(app.cluster?)?;
    let namespace = app.app.destination_namespace().unwrap_or_default();
    let (name, server) = (cluster.cluster.name.to_str_lossy(), cluster.cluster.server_key());
    if rules.permits_destination(&name, server, namespace, survey.projects.scoped_clusters(above)) {
        return None;
    }
    let what = format!("goes to namespace `{namespace}` of cluster `{}` in project `{own}`", cluster.name());
    Some(format!("{what}, which project `{above}` of its parent denies"))
}
