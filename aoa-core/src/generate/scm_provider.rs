//! The scmProvider generator: the repositories of an organization, as its host listed them.

use aoa_lang::value::{Map, MapKind, Text};
use aoa_lang::{Error, Result, Value};

use super::context::Context;
use super::names::normalize;
use super::params::{Element, Origin, ParamSets};
use super::providers::{Expressions, check_allowed, configured, text};
use super::values::Values;
use super::world::ScmRepository;

const PROVIDERS: [&str; 7] =
    ["github", "gitlab", "gitea", "bitbucketServer", "azureDevOps", "bitbucket", "awsCodeCommit"];

/// The repositories and branches that pass the filters, in the order of the host.
pub(super) fn generate(context: &Context<'_>, scm: &Value) -> Result<ParamSets> {
    check_allowed(context, custom_api(scm))?;
    let Some((_, provider)) = configured(scm, &PROVIDERS) else {
        return Err(Error::invalid("no SCM provider implementation configured"));
    };
    let all_branches = provider.get("allBranches").and_then(Value::as_bool) == Some(true);
    let found = list(context, scm, all_branches).map_err(|e| e.prefixed("error listing repos: "))?;
    let values = Values::of(scm, context.dialect);
    let elements = found.into_iter().map(|found| {
        let origin = Origin::Repository { url: found.url.clone(), branch: found.branch.clone() };
        let params =
            values.append(params(&found)).map_err(|e| e.prefixed("failed to append templated values: "))?;
        Ok(Element { params, origin })
    });
    ParamSets::of_elements(elements.collect::<Result<_>>()?, context.dialect.is_go())
}

/// The API address that the allow list judges (`CustomApiUrl`).
fn custom_api(scm: &Value) -> &str {
    // AWS, Azure and Bitbucket Cloud are not judged by their address upstream but for Azure's `api`.
    let judged = ["github", "gitlab", "gitea", "bitbucketServer", "azureDevOps"];
    configured(scm, &judged).map_or("", |(_, provider)| text(provider, "api"))
}

fn list(context: &Context<'_>, scm: &Value, all_branches: bool) -> Result<Vec<ScmRepository>> {
    let filters = match scm.get("filters") {
        Some(Value::List(filters)) => filters.iter().map(Filter::compile).collect::<Result<Vec<_>>>()?,
        _ => Vec::new(),
    };
    let mut found = context.world.repositories(&context.request(scm))?;
    keep(&mut found, filters.iter().filter(|f| f.applies == Some(Applies::ToRepositories)));
    let mut found: Vec<ScmRepository> = found.into_iter().flat_map(|r| branches(r, all_branches)).collect();
    keep(&mut found, filters.iter().filter(|f| f.applies == Some(Applies::ToBranches)));
    Ok(found)
}

fn branches(repository: ScmRepository, all: bool) -> Vec<ScmRepository> {
    if !all || repository.branches.is_empty() {
        return vec![repository];
    }
    let branch = |(branch, sha): &(Text, Text)| ScmRepository {
        branch: branch.clone(),
        sha: sha.clone(),
        ..repository.clone()
    };
    repository.branches.iter().map(branch).collect()
}

/// Keeps what one of the filters matches; without filters everything.
fn keep<'f>(found: &mut Vec<ScmRepository>, filters: impl Iterator<Item = &'f Filter>) {
    let filters: Vec<&Filter> = filters.collect();
    if !filters.is_empty() {
        found.retain(|repository| filters.iter().any(|filter| filter.matches(repository)));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Applies {
    ToRepositories,
    ToBranches,
}

struct Filter {
    expressions: Expressions,
    paths_exist: Vec<Text>,
    paths_do_not_exist: Vec<Text>,
    /// A filter that says nothing applies to nothing.
    applies: Option<Applies>,
}

impl Filter {
    fn compile(filter: &Value) -> Result<Filter> {
        let names = [
            ("repositoryMatch", "RepositoryMatch"),
            ("labelMatch", "LabelMatch"),
            ("branchMatch", "BranchMatch"),
        ];
        let expressions = Expressions::compile(filter, &names)?;
        let paths = |name: &str| -> Option<Vec<Text>> {
            match filter.get(name) {
                Some(Value::List(paths)) => {
                    let paths = paths.iter().filter_map(Value::as_str);
                    Some(paths.map(|path| Text::from(path.trim_end_matches('/'))).collect())
                }
                _ => None,
            }
        };
        let (exist, do_not_exist) = (paths("pathsExist"), paths("pathsDoNotExist"));
        let applies = if expressions.has("branchMatch") || exist.is_some() || do_not_exist.is_some() {
            Some(Applies::ToBranches)
        } else if expressions.has("repositoryMatch") || expressions.has("labelMatch") {
            Some(Applies::ToRepositories)
        } else {
            None
        };
        Ok(Filter {
            expressions,
            paths_exist: exist.unwrap_or_default(),
            paths_do_not_exist: do_not_exist.unwrap_or_default(),
            applies,
        })
    }

    fn matches(&self, repository: &ScmRepository) -> bool {
        let has = |path: &Text| repository.paths.contains(path);
        self.expressions.accepts("repositoryMatch", [&repository.repository])
            && self.expressions.accepts("branchMatch", [&repository.branch])
            && self.expressions.accepts("labelMatch", &repository.labels)
            && self.paths_exist.iter().all(has)
            && !self.paths_do_not_exist.iter().any(has)
    }
}

fn params(found: &ScmRepository) -> Map {
    let entries = vec![
        ("branch".into(), Value::String(found.branch.clone())),
        ("branchNormalized".into(), Value::String(normalize(&found.branch))),
        ("labels".into(), Value::String(joined(&found.labels))),
        ("organization".into(), Value::String(found.organization.clone())),
        ("repository".into(), Value::String(found.repository.clone())),
        ("repository_id".into(), found.id.clone()),
        ("sha".into(), Value::String(found.sha.clone())),
        ("short_sha".into(), Value::String(front(&found.sha, 8))),
        ("short_sha_7".into(), Value::String(front(&found.sha, 7))),
        ("url".into(), Value::String(found.url.clone())),
    ];
    Map::of(MapKind::Any, entries)
}

fn joined(texts: &[Text]) -> Text {
    let parts: Vec<&[u8]> = texts.iter().map(Text::as_bytes).collect();
    Text::from(parts.join(b",".as_slice()))
}

/// The first bytes of a commit.
pub(super) fn front(sha: &Text, count: usize) -> Text {
    let bytes = sha.as_bytes();
    Text::from_bytes(bytes.get(..count.min(bytes.len())).unwrap_or_default())
}
