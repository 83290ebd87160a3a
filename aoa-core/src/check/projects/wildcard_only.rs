//! Applications that only a wildcard permits.

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
    rule: Rule::WildcardOnly,
    page: Page {
        what: "Applications whose repository is permitted by nothing but `*` in `sourceRepos`, or whose destination by nothing but `*` for cluster and namespace, of a project that the fleet brings.",
        why: "The project says nothing: whatever somebody writes into these Applications is permitted.",
        fails: "kind: AppProject
metadata: {name: shop}
spec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]}",
        mend: "Name what is used; `aoa apps --project shop -o wide` lists it.
spec: {sourceRepos: [https://git.example.com/shop], destinations: [{name: prod, namespace: shop-*}]}",
    },
    judge: Judge::Project(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, project: Project<'f>) {
    let Some(own) = survey.of_project(project) else { return };
    let spec = project.spec();
    let sources = entries(spec, "sourceRepos");
    let is_any = |entry: &Value| matches!(entry.as_str(), Some("*" | "**"));
    if let Some(at) = sources.iter().position(is_any) {
        let rest: Vec<Value> = sources.iter().filter(|entry| !is_any(entry)).cloned().collect();
        let narrow = ProjectRules::new(project.name(), &Value::map([("sourceRepos", Value::list(rest))]));
        let denied = |app: &&&AppFacts<'_>| {
            app.sources.iter().any(|s| s.repo_url.as_str().is_some_and(|url| !narrow.permits_source(url)))
        };
        if own.iter().any(|app| denied(&app)) {
            let steps = [Step::Key("spec"), Step::Key("sourceRepos"), Step::Index(at)];
            sink.project(
                Rule::WildcardOnly,
                project,
                &steps,
                "only `*` permits the sources of its Applications",
            );
        }
    }
    let destinations = entries(spec, "destinations");
    let is_any = |entry: &Value| {
        let text = |key: &str| entry.str_at(&[key]).unwrap_or_default();
        text("namespace") == "*" && (text("server") == "*" || text("name") == "*")
    };
    if let Some(at) = destinations.iter().position(is_any) {
        let rest: Vec<Value> = destinations.iter().filter(|entry| !is_any(entry)).cloned().collect();
        let narrow = ProjectRules::new(project.name(), &Value::map([("destinations", Value::list(rest))]));
        if own.iter().any(|app| !goes_by(survey, app, &narrow)) {
            let steps = [Step::Key("spec"), Step::Key("destinations"), Step::Index(at)];
            sink.project(
                Rule::WildcardOnly,
                project,
                &steps,
                "only `*` permits the destinations of its Applications",
            );
        }
    }
}

/// Whether rules permit the destination of an Application; one that is not known is none of this rule's.
fn goes_by(survey: &Survey<'_>, app: &AppFacts<'_>, rules: &ProjectRules) -> bool {
    let Some(cluster) = app.cluster.and_then(|number| survey.clusters.get(number)) else { return true };
    let namespace = app.app.destination_namespace().unwrap_or_default();
    let name = cluster.cluster.name.to_str_lossy();
    rules.permits_destination(&name, cluster.cluster.server_key(), namespace, std::iter::empty())
}
