//! What an Application says itself.

use aoa_lang::text::semver::Version;
use aoa_lang::yaml::Step;

use super::refusal;
use crate::check::facts::{AppFacts, Source};
use crate::check::rule_file::keys;
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::load::is_commit;
use crate::model::repo_url;
use crate::policy::own::{Bound, Permitted, Restriction, Stability};

const RULE: Rule = Rule::RestrictedByPolicy;

pub(super) fn judge<'f>(
    sink: &mut Sink<'_, 'f>,
    survey: &Survey<'f>,
    app: &AppFacts<'f>,
    restriction: &Restriction,
    bound: &Bound<'_>,
) {
    match restriction {
        Restriction::Sources(permitted) => {
            for (at, source) in app.sources.iter().enumerate() {
                let url = source.repo_url.to_str_lossy();
                let why = refusal(permitted, &[&repo_url::normalize_or_keep(&url)], bound);
                if let Some(why) = why.filter(|_| !url.is_empty()) {
                    say_of_source(sink, app, at, "repoURL", format!("source {url} {why}"));
                }
            }
        }
        Restriction::Revisions { permitted, stability } => {
            for (at, source) in app.sources.iter().enumerate() {
                if let Some(what) = revision(survey, source, permitted, *stability, bound) {
                    say_of_source(sink, app, at, "targetRevision", what);
                }
            }
        }
        Restriction::Destinations(permitted) => destination(sink, survey, app, permitted, bound),
        Restriction::Namespaces(permitted) => {
            let Some(namespace) = app.app.destination_namespace() else { return };
            if let Some(why) = refusal(permitted, &[namespace], bound) {
                let steps = keys(["spec", "destination", "namespace"]);
                sink.app(RULE, app, &steps, format!("namespace `{namespace}` {why}"));
            }
        }
        Restriction::SyncOptions(permitted) => {
            for option in app.shape.options.iter() {
                if let Some(why) = refusal(permitted, &[option], bound) {
                    let steps = keys(["spec", "syncPolicy", "syncOptions"]);
                    sink.app(RULE, app, &steps, format!("sync option `{option}` {why}"));
                }
            }
        }
        Restriction::Kinds(_) | Restriction::Images { .. } | Restriction::Rbac { .. } => {}
    }
}

fn destination<'f>(
    sink: &mut Sink<'_, 'f>,
    survey: &Survey<'f>,
    app: &AppFacts<'f>,
    permitted: &Permitted,
    bound: &Bound<'_>,
) {
    let (server, name) = match survey.cluster(app) {
        Some(facts) => (facts.cluster.server_key(), facts.cluster.name.as_str().unwrap_or_default()),
        None => app.app.destination_texts(),
    };
    let names: Vec<&str> = [name, server].into_iter().filter(|text| !text.is_empty()).collect();
    let Some(shown) = names.first() else { return };
    if let Some(why) = refusal(permitted, &names, bound) {
        let steps = keys(["spec", "destination"]);
        sink.app(RULE, app, &steps, format!("destination `{shown}` {why}"));
    }
}

fn revision(
    survey: &Survey<'_>,
    source: &Source,
    permitted: &Permitted,
    stability: Stability,
    bound: &Bound<'_>,
) -> Option<String> {
    // The fleet's own branch is what a pull request changes.
    if source.chart.is_empty() && survey.is_own(&source.repo_url.to_str_lossy()) {
        return None;
    }
    let revision = source.target_revision.to_str_lossy();
    let shown = if revision.is_empty() { "HEAD" } else { &*revision };
    let of = if source.chart.is_empty() { &source.repo_url } else { &source.chart };
    if let Some(why) = refusal(permitted, &[shown], bound) {
        return Some(format!("revision `{shown}` of {of} {why}"));
    }
    let must_be_pinned = stability == Stability::Pinned && !is_pinned(shown);
    must_be_pinned.then(|| format!("revision `{shown}` of {of} is not pinned, as {} wants it", bound.id()))
}

/// Whether a revision reads as a commit or a whole version, also behind a prefix (`v1.2.3`, `chart-1.2.3`).
fn is_pinned(revision: &str) -> bool {
    let version = revision.trim_start_matches(|c: char| !c.is_ascii_digit());
    is_commit(revision) || Version::parse_strict(version).is_ok()
}

fn say_of_source<'f>(
    sink: &mut Sink<'_, 'f>,
    app: &AppFacts<'f>,
    at: usize,
    key: &'static str,
    what: String,
) {
    if app.shape.has_several_sources {
        let steps = [Step::Key("spec"), Step::Key("sources"), Step::Index(at), Step::Key(key)];
        sink.app(RULE, app, &steps, what);
    } else {
        sink.app(RULE, app, &keys(["spec", "source", key]), what);
    }
}
