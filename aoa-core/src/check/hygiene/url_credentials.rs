//! Credentials in URLs.

use aoa_lang::yaml::Step;

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UrlCredentials,
    page: Page {
        what: "The `repoURL` of a source holds a password or a token.",
        why: "Everybody who can read the repository, the Application or a log can use it.",
        fails: "source: {repoURL: https://bot:ghp_0123456789@git.example.com/fleet}",
        mend: "Revoke the credential, and put the new one into a repository Secret of Argo CD.
source: {repoURL: https://git.example.com/fleet}",
    },
    judge: Judge::App(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>) {
    for (at, source) in app.sources.iter().enumerate() {
        let Some(url) = source.repo_url.as_str().filter(|url| has_credentials(url)) else { continue };
        let host = url.rsplit('@').next().unwrap_or_default();
        let what = format!("the URL of `{host}` holds credentials");
        if app.shape.has_several_sources {
            let steps = [Step::Key("spec"), Step::Key("sources"), Step::Index(at), Step::Key("repoURL")];
            sink.app(Rule::UrlCredentials, app, &steps, what);
        } else {
            sink.app(Rule::UrlCredentials, app, &keys(["spec", "source", "repoURL"]), what);
        }
    }
}

/// Whether a URL names a password, or a token in place of a user.
fn has_credentials(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    match user.split_once(':') {
        Some((_, password)) => !password.is_empty() && !password.contains(['$', '{', '<']),
        None => scheme.starts_with("http") && user.len() >= 20,
    }
}
