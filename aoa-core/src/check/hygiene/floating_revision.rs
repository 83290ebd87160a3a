//! Revisions that mean something else tomorrow.

use aoa_lang::text::semver::Version;
use aoa_lang::yaml::Step;

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::FloatingRevision,
    page: Page {
        what: "A chart whose version is a range, or another repository at no fixed revision: `HEAD`, nothing, or the name of a usual branch. The repositories that the fleet itself lies in are exempt: their branch is what a pull request changes.",
        why: "The same commit of the fleet deploys something else tomorrow, without a review, and a rollback of the fleet rolls nothing back.",
        fails: "source: {repoURL: https://charts.example.com, chart: redis, targetRevision: 18.*}",
        mend: "Pin it, and let a bot raise the pin in a pull request.
source: {repoURL: https://charts.example.com, chart: redis, targetRevision: 18.6.1}",
    },
    judge: Judge::App(judge),
};

/// Names of branches that move.
const BRANCHES: [&str; 8] = ["", "HEAD", "head", "main", "master", "develop", "trunk", "latest"];

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, app: &AppFacts<'f>) {
    for (at, source) in app.sources.iter().enumerate() {
        let revision = source.target_revision.as_str().unwrap_or_default();
        let what = if !source.chart.is_empty() {
            let is_fixed = Version::parse_strict(revision.strip_prefix('v').unwrap_or(revision)).is_ok();
            (!is_fixed && !is_missing(revision))
                .then(|| format!("chart `{}` floats: `{revision}`", source.chart))
        } else {
            let floats = BRANCHES.contains(&revision) && !source.repo_url.is_empty();
            (floats && !survey.is_own(&source.repo_url.to_str_lossy())).then(|| {
                let shown = if revision.is_empty() { "no revision" } else { revision };
                format!("repository {} floats: {shown}", source.repo_url)
            })
        };
        let Some(what) = what else { continue };
        if app.shape.has_several_sources {
            let steps =
                [Step::Key("spec"), Step::Key("sources"), Step::Index(at), Step::Key("targetRevision")];
            sink.app(Rule::FloatingRevision, app, &steps, what);
        } else {
            sink.app(Rule::FloatingRevision, app, &keys(["spec", "source", "targetRevision"]), what);
        }
    }
}

/// Argo CD refuses charts without a version: another rule says so.
fn is_missing(revision: &str) -> bool {
    revision.is_empty()
}
