//! Global projects that contradict a project.

use aoa_lang::Value;
use aoa_lang::text::path_glob::filepath_match;
use aoa_lang::yaml::Step;

use super::rights::entries;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::Project;
use crate::policy::RuleOrigin;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::GlobalContradicts,
    page: Page {
        what: "A kind that a project permits by name and a global project (`globalProjects` of argocd-cm) denies, or a repository that one permits and the other denies.",
        why: "Denials win: what the project permits never works, and its owner cannot see why.",
        fails: r#"# project shop: clusterResourceWhitelist: [{group: "", kind: Namespace}]
# global project: clusterResourceBlacklist: [{group: "", kind: Namespace}]"#,
        mend: "Decide in one place: take the permission out, or narrow the denial.
# project shop: clusterResourceWhitelist: []",
    },
    judge: Judge::Project(judge),
};

/// What permits, and what denies the same.
const PAIRS: [(&str, &str); 2] = [
    ("clusterResourceWhitelist", "clusterResourceBlacklist"),
    ("namespaceResourceWhitelist", "namespaceResourceBlacklist"),
];

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, project: Project<'f>) {
    if survey.of_project(project).is_none() {
        return;
    }
    let Some(effective) = survey.projects.effective(project.name()) else { return };
    let from = |list: &'static str| {
        let all = entries(&effective.spec, list).iter().enumerate();
        all.filter_map(move |(at, entry)| match effective.origin(list, at) {
            RuleOrigin::Global(name) => Some((name, entry)),
            RuleOrigin::Own | RuleOrigin::Scoped => None,
        })
    };
    for (allows, denies) in PAIRS {
        for (at, entry) in entries(project.spec(), allows).iter().enumerate() {
            let text = |key: &str| entry.str_at(&[key]).unwrap_or_default();
            let (group, kind) = (text("group"), text("kind"));
            if kind.contains('*') {
                continue;
            }
            let hit = |pattern: &Value, key: &str, text: &str| {
                filepath_match(pattern.str_at(&[key]).unwrap_or_default(), text).unwrap_or(false)
            };
            let mut against =
                from(denies).filter(|(_, rule)| hit(rule, "group", group) && hit(rule, "kind", kind));
            if let Some((global, _)) = against.next() {
                let what = format!("permits kind {kind}, which global project `{global}` denies");
                let steps = [Step::Key("spec"), Step::Key(allows), Step::Index(at)];
                sink.project(Rule::GlobalContradicts, project, &steps, what);
            }
        }
    }
    for (at, entry) in entries(project.spec(), "sourceRepos").iter().enumerate() {
        let Some(url) = entry.as_str().filter(|url| !url.starts_with('!') && !url.contains('*')) else {
            continue;
        };
        let denied = |rule: &Value| rule.as_str().and_then(|rule| rule.strip_prefix('!')) == Some(url);
        let mut against = from("sourceRepos").filter(|(_, rule)| denied(rule));
        if let Some((global, _)) = against.next() {
            let what = format!("permits {url}, which global project `{global}` denies");
            let steps = [Step::Key("spec"), Step::Key("sourceRepos"), Step::Index(at)];
            sink.project(Rule::GlobalContradicts, project, &steps, what);
        }
    }
}
