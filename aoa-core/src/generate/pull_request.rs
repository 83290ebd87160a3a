//! The pullRequest generator: the open requests of a repository, as its host listed them.

use aoa_lang::value::{List, Map, MapKind, Text};
use aoa_lang::{Error, ErrorKind, Result, Value};

use super::context::Context;
use super::names::branch_slug;
use super::params::{Element, Origin, ParamSets};
use super::providers::{Expressions, check_allowed, check_secret, configured, text};
use super::scm_provider::front;
use super::values::Values;
use super::world::{PullRequest, PullRequests};

const PROVIDERS: [&str; 6] = ["github", "gitlab", "gitea", "bitbucketServer", "bitbucket", "azuredevops"];

/// The requests that pass the filters, in the order of the host.
pub(super) fn generate(context: &Context<'_>, requests: &Value) -> Result<ParamSets> {
    let go = context.dialect.is_go();
    check_allowed(context, custom_api(requests))
        .and_then(|()| check_provider(context, requests))
        .map_err(|e| e.prefixed("failed to select pull request service provider: "))?;
    let listed = list(context, requests).map_err(|error| match error.kind() {
        // A provider that nobody can ask is like one that cannot be set up.
        ErrorKind::NotFound => error.prefixed("failed to select pull request service provider: "),
        _ => error.prefixed("error listing repos: "),
    });
    let pulls = match listed? {
        PullRequests::Open(pulls) => pulls,
        PullRequests::NotFound(_) if is_tolerant(requests) => Vec::new(),
        PullRequests::NotFound(message) => {
            return Err(Error::invalid(format!("error listing repos: {message}")));
        }
    };
    let values = Values::of(requests, context.dialect);
    let elements = pulls.into_iter().map(|pull| {
        let params = values
            .append(params(&pull, go))
            .map_err(|e| e.prefixed("failed to append templated values: "))?;
        Ok(Element { params, origin: Origin::PullRequest { number: pull.number } })
    });
    ParamSets::of_elements(elements.collect::<Result<_>>()?, go)
}

fn is_tolerant(requests: &Value) -> bool {
    requests.get("continueOnRepoNotFoundError").and_then(Value::as_bool) == Some(true)
}

fn custom_api(requests: &Value) -> &str {
    configured(requests, &PROVIDERS).map_or("", |(_, provider)| text(provider, "api"))
}

/// The provider that is configured, and the Secret with its token.
fn check_provider(context: &Context<'_>, requests: &Value) -> Result<()> {
    let Some((name, provider)) = configured(requests, &PROVIDERS) else {
        return Err(Error::invalid("no Pull Request provider implementation configured"));
    };
    let nested = |outer: &str, inner: &str| provider.at(&[outer, inner]).filter(|v| !v.is_null());
    let bearer = provider.get("bearerToken").filter(|v| !v.is_null()).is_some();
    let (reference, what) = match name {
        "bitbucketServer" | "bitbucket" if bearer => {
            (nested("bearerToken", "tokenRef"), "error fetching Secret Bearer token: ")
        }
        "bitbucketServer" | "bitbucket" => {
            (nested("basicAuth", "passwordRef"), "error fetching Secret token: ")
        }
        "github" if !text(provider, "appSecretName").is_empty() => (None, ""),
        _ => (provider.get("tokenRef"), "error fetching Secret token: "),
    };
    check_secret(context, reference).map_err(|e| e.prefixed(what))
}

fn list(context: &Context<'_>, requests: &Value) -> Result<PullRequests> {
    let names = [
        ("branchMatch", "BranchMatch"),
        ("targetBranchMatch", "TargetBranchMatch"),
        ("titleMatch", "TitleMatch"),
    ];
    let filters = match requests.get("filters") {
        Some(Value::List(filters)) => {
            filters.iter().map(|f| Expressions::compile(f, &names)).collect::<Result<Vec<_>>>()?
        }
        _ => Vec::new(),
    };
    let answer = context.world.pull_requests(&context.request(requests))?;
    let PullRequests::Open(mut pulls) = answer else { return Ok(answer) };
    if !filters.is_empty() {
        pulls.retain(|pull| {
            filters.iter().any(|filter| {
                filter.accepts("branchMatch", [&pull.branch])
                    && filter.accepts("targetBranchMatch", [&pull.target_branch])
                    && filter.accepts("titleMatch", [&pull.title])
            })
        });
    }
    Ok(PullRequests::Open(pulls))
}

fn params(pull: &PullRequest, go: bool) -> Map {
    let mut entries: Vec<(Text, Value)> = vec![
        ("author".into(), Value::String(pull.author.clone())),
        ("branch".into(), Value::String(pull.branch.clone())),
        ("branch_slug".into(), Value::String(branch_slug(&pull.branch))),
        ("head_sha".into(), Value::String(pull.head_sha.clone())),
        ("head_short_sha".into(), Value::String(front(&pull.head_sha, 8))),
        ("head_short_sha_7".into(), Value::String(front(&pull.head_sha, 7))),
        ("number".into(), Value::from(pull.number.to_string())),
        ("target_branch".into(), Value::String(pull.target_branch.clone())),
        ("target_branch_slug".into(), Value::String(branch_slug(&pull.target_branch))),
        ("title".into(), Value::String(pull.title.clone())),
    ];
    if go {
        let labels = if pull.labels.is_empty() {
            List::nil(aoa_lang::value::ListKind::String)
        } else {
            List::strings(&pull.labels)
        };
        entries.push(("labels".into(), Value::List(labels)));
    }
    Map::of(MapKind::Any, entries)
}
