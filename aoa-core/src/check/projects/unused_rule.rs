//! Rules of projects that no Application uses.

use aoa_lang::Value;
use aoa_lang::yaml::Step;

use super::rights::entries;
use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::Project;
use crate::policy::ProjectRules;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UnusedRule,
    page: Page {
        what: "Entries of `sourceRepos` and `destinations` that permit no source and no destination of any Application of the project. Silent while a set is frozen, and about denials and plain wildcards.",
        why: "What nobody uses is a right that somebody can use, and it hides what the project is for.",
        fails: "kind: AppProject
metadata: {name: shop}
spec: {sourceRepos: [https://git.example.com/shop, https://git.example.com/old-shop]}",
        mend: "Take it out.
spec: {sourceRepos: [https://git.example.com/shop]}",
    },
    judge: Judge::Project(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, project: Project<'f>) {
    let Some(own) = survey.of_project(project) else { return };
    if survey.has_frozen_sets {
        return;
    }
    for (at, entry) in entries(project.spec(), "sourceRepos").iter().enumerate() {
        let Some(text) = entry.as_str().filter(|text| !text.starts_with('!') && !matches!(*text, "*" | "**"))
        else {
            continue;
        };
        let rules = ProjectRules::new("", &Value::map([("sourceRepos", Value::list(vec![entry.clone()]))]));
        let used = |app: &&AppFacts<'_>| {
            app.sources.iter().any(|s| s.repo_url.as_str().is_some_and(|url| rules.permits_source(url)))
        };
        if !own.iter().any(used) {
            let steps = [Step::Key("spec"), Step::Key("sourceRepos"), Step::Index(at)];
            sink.project(
                Rule::UnusedRule,
                project,
                &steps,
                format!("no Application has a source of `{text}`"),
            );
        }
    }
    for (at, entry) in entries(project.spec(), "destinations").iter().enumerate() {
        let text = |key: &str| entry.str_at(&[key]).unwrap_or_default();
        let (name, server, namespace) = (text("name"), text("server"), text("namespace"));
        let is_any = text("namespace") == "*" && (text("server") == "*" || text("name") == "*");
        if is_any || [name, server, namespace].iter().any(|text| text.starts_with('!')) {
            continue;
        }
        let rules = ProjectRules::new("", &Value::map([("destinations", Value::list(vec![entry.clone()]))]));
        if !own.iter().any(|app| goes_by(survey, app, &rules)) {
            let cluster = if name.is_empty() { server } else { name };
            let what = format!("no Application goes to namespace `{namespace}` of `{cluster}`");
            let steps = [Step::Key("spec"), Step::Key("destinations"), Step::Index(at)];
            sink.project(Rule::UnusedRule, project, &steps, what);
        }
    }
}

/// Whether an entry permits something that an Application brings: its destination, or the namespace of one of its objects.
fn goes_by(survey: &Survey<'_>, app: &AppFacts<'_>, rules: &ProjectRules) -> bool {
    let Some(cluster) = app.cluster.and_then(|number| survey.clusters.get(number)) else { return true };
    if !app.is_rendered() {
        return true;
    }
    let (name, server) = (cluster.cluster.name.to_str_lossy(), cluster.cluster.server_key());
    let permits = |namespace: &str| rules.permits_destination(&name, server, namespace, std::iter::empty());
    let manifests = app.app.content().into_iter().flat_map(|content| content.manifests().iter());
    permits(app.app.destination_namespace().unwrap_or_default())
        || manifests.map(|manifest| manifest.namespace()).filter(|own| !own.is_empty()).any(permits)
}
