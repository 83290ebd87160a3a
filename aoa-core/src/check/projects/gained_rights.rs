//! Children that gain rights by leaving the project of their parent.

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
    let Some(parent) = survey.parent_app(app.app) else { return };
    let (above, own) = (parent.app.project_name(), app.app.project_name());
    if above == own || is_dedicated(survey, above) {
        return;
    }
    let Some(rules) = survey.projects.get(above) else { return };
    let denied =
        app.sources.iter().find(|s| s.repo_url.as_str().is_some_and(|url| !rules.permits_source(url)));
    let what = if let Some(source) = denied {
        format!("source {} in project `{own}`, which project `{above}` of its parent denies", source.repo_url)
    } else if let Some(cluster) = app.cluster.and_then(|number| survey.clusters.get(number)) {
        let namespace = app.app.destination_namespace().unwrap_or_default();
        let (name, server) = (cluster.cluster.name.to_str_lossy(), cluster.cluster.server_key());
        if rules.permits_destination(&name, server, namespace, survey.projects.scoped_clusters(above)) {
            return;
        }
        format!(
            "goes to namespace `{namespace}` of cluster `{}` in project `{own}`, which project `{above}` of its parent denies",
            cluster.name()
        )
    } else {
        return;
    };
    sink.app(Rule::GainedRights, app, &keys(["spec", "project"]), what);
}
