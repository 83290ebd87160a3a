//! Rendering whole Applications: `directory`, `helm-source`, `kustomize-source`, `multi-source`, `render`.

use std::collections::BTreeMap;
use std::sync::Arc;

use aoa_core::Options;
use aoa_core::inputs::{
    ChartRepository, Checkout, GivenChart, Inputs, Listing, Plugins, Reference, Repository, Serves,
};
use aoa_core::lang::Value;
use aoa_core::lang::source::Tree;
use aoa_core::model::{Application, Condition, Kind, read_object, repo_url, sources_of, synced_sources};
use aoa_core::options::UrlMatching;
use aoa_core::policy::{Scope, Scopes};
use aoa_core::render::{NoTargetState, TargetState, target_state};
use serde_json::{Value as Json, json};

use super::super::convert::{from_json_with_ints, to_json};
use super::commit::{Blob, commit_id};
use crate::case::{Answer, Refusal};

/// Answers every op that renders.
pub(super) fn render(input: &Json) -> Answer {
    let app = application(&input["app"])?;
    let inputs = inputs(input, &app);
    let mut options = Options::default();
    options.urls = UrlMatching::Exact;
    match target_state(&Arc::new(inputs), &options, &app, &scopes(input)) {
        Ok(state) => Ok(answer(&state)),
        Err(NoTargetState::Failed(error)) => Err(Refusal::invalid(error.to_string())),
        Err(NoTargetState::Unknown(gap)) => {
            Err(Refusal { kind: aoa_core::lang::ErrorKind::Unsupported, message: format!("unknown: {gap}") })
        }
        Err(other) => Err(Refusal::invalid(format!("{other:?}"))),
    }
}

/// An Application as Argo CD's types read it.
pub(super) fn application(json: &Json) -> Result<Application, Refusal> {
    let object = read_object(Kind::Application, &from_json_with_ints(json))?;
    let text = |key| object.str_at(&["metadata", key]).unwrap_or_default().into();
    Ok(Application { namespace: text("namespace"), name: text("name"), object, place: None })
}

/// The kinds that the imagined cluster knows.
pub(super) fn scopes(input: &Json) -> Scopes {
    let kinds = input["apiResources"].as_array().into_iter().flatten();
    Scopes::of_cluster(kinds.map(|kind| {
        let text = |key: &str| kind[key].as_str().unwrap_or_default();
        let namespaced = kind["namespaced"].as_bool().unwrap_or_default();
        (text("group"), text("kind"), if namespaced { Scope::Namespaced } else { Scope::Cluster })
    }))
}

pub(super) fn conditions(conditions: &[Condition]) -> Json {
    conditions.iter().map(|c| json!({"type": c.kind.name(), "message": c.message.to_string()})).collect()
}

fn answer(state: &TargetState) -> Json {
    let sources = state.sources.iter().map(|source| {
        let name = source.source_type.map(|t| t.name()).unwrap_or_default();
        json!({"type": name, "revision": source.revision.to_string()})
    });
    json!({
        "sources": sources.collect::<Vec<_>>(),
        "manifests": state.manifests.iter().map(to_json).collect::<Vec<_>>(),
        "conditions": conditions(&state.conditions),
    })
}

/// An installation with its repositories.
fn inputs(input: &Json, app: &Application) -> Inputs {
    let mut inputs = Inputs::default();
    inputs.settings.argocd_cm =
        input["settings"].is_object().then(|| from_json_with_ints(&input["settings"]));
    if let Some(version) = input["kubeVersion"].as_str().filter(|v| !v.is_empty()) {
        inputs.settings.kube_version = version.into();
    }
    let versions = input["apiVersions"].as_array().into_iter().flatten();
    inputs.settings.api_versions = versions.filter_map(|v| Some(v.as_str()?.into())).collect();
    inputs.clusters = super::destination::clusters(input).registered().to_vec();
    inputs.jsonnet = Some(Arc::new(aoa_host::Jrsonnet::default()));
    inputs.plugins = Plugins::None;
    let git = git_urls(app);
    add_trees(&mut inputs.repositories, input, &git);
    inputs.charts = charts(input);
    inputs
}

/// The chart repositories, each with all that it has.
fn charts(input: &Json) -> Vec<ChartRepository> {
    let objects = |json: &Json| json.as_object().cloned().unwrap_or_default();
    let repositories = input["charts"].as_array().into_iter().flatten().map(|given| {
        let charts = objects(&given["charts"]);
        let trees = charts.values().flat_map(|versions| objects(versions).into_iter()).map(|(_, files)| {
            let files = objects(&files);
            Tree::in_memory(
                files.iter().map(|(path, text)| (path.as_str(), text.as_str().unwrap_or_default())),
            )
        });
        let charts = trees.filter_map(|tree| GivenChart::unpacked(tree).ok()).collect();
        let mut repository = ChartRepository::new(given["url"].as_str().unwrap_or_default(), charts);
        repository.listing = Listing::Whole;
        repository
    });
    repositories.collect()
}

/// The URLs of the git sources, a hydrator's dry source last.
fn git_urls(app: &Application) -> Vec<String> {
    let spec = app.spec();
    let mut sources = synced_sources(spec);
    if spec.get("sourceHydrator").is_some() {
        sources.extend(sources_of(spec));
    }
    let text = |source: &Value, key| source.str_at(&[key]).unwrap_or_default().to_owned();
    let is_git =
        |source: &&Value| text(source, "chart").is_empty() && !text(source, "repoURL").starts_with("oci://");
    sources.iter().filter(is_git).map(|source| text(source, "repoURL")).collect()
}

struct GivenTree<'j> {
    url: String,
    branch: &'j str,
    tags: &'j Json,
    files: &'j Json,
    symlinks: &'j Json,
}

fn add_trees(repositories: &mut Vec<Repository>, input: &Json, git: &[String]) {
    let mut given = Vec::new();
    for other in input["otherRepos"].as_array().into_iter().flatten() {
        let branch = match other["revision"].as_str().unwrap_or_default() {
            "" | "HEAD" => "main",
            branch => branch,
        };
        let url = other["url"].as_str().unwrap_or_default().to_owned();
        given.push(GivenTree {
            url,
            branch,
            tags: &other["tags"],
            files: &other["files"],
            symlinks: &other["symlinks"],
        });
    }
    let is_other = |url: &str| given.iter().any(|tree| repo_url::same(&tree.url, url));
    let main = git.iter().find(|url| !is_other(url)).or(git.first()).cloned();
    if let Some(url) = main.filter(|_| input["files"].is_object()) {
        let branches = input["branches"].as_array().into_iter().flatten().filter_map(Json::as_str);
        for branch in std::iter::once("main").chain(branches) {
            given.push(GivenTree {
                url: url.clone(),
                branch,
                tags: &input["tags"],
                files: &input["files"],
                symlinks: &input["symlinks"],
            });
        }
    }
    for tree in given {
        add_tree(repositories, &tree);
    }
}

fn add_tree(repositories: &mut Vec<Repository>, given: &GivenTree<'_>) {
    let mut blobs = BTreeMap::new();
    for (path, text) in given.files.as_object().into_iter().flatten() {
        blobs.insert(path.as_str(), Blob::File(text.as_str().unwrap_or_default()));
    }
    for (path, target) in given.symlinks.as_object().into_iter().flatten() {
        blobs.insert(path.as_str(), Blob::Link(target.as_str().unwrap_or_default()));
    }
    let files = blobs.iter().filter_map(|(path, blob)| match blob {
        Blob::File(text) => Some((*path, *text)),
        Blob::Link(_) => None,
    });
    let links = blobs.iter().filter_map(|(path, blob)| match blob {
        Blob::File(_) => None,
        Blob::Link(target) => Some((*path, *target)),
    });
    let tree = Tree::in_memory(files).with_links(links);
    let commit = commit_id(&blobs);
    let at = repositories.iter().position(|r| repo_url::same(&r.url.to_str_lossy(), &given.url));
    let at = at.unwrap_or_else(|| {
        repositories.push(Repository::new(given.url.as_str(), Vec::new()));
        repositories.len() - 1
    });
    let repository = &mut repositories[at];
    repository.references.push(Reference::new(format!("refs/heads/{}", given.branch), commit.as_str()));
    if given.branch == "main" {
        repository.references.insert(0, Reference::new("HEAD", "ref: refs/heads/main"));
    }
    for tag in given.tags.as_array().into_iter().flatten().filter_map(Json::as_str) {
        repository.references.push(Reference::new(format!("refs/tags/{tag}"), commit.as_str()));
    }
    repository.checkouts.push(Checkout {
        serves: Serves::Only(vec![commit.as_str().into()]),
        commit: commit.as_str().into(),
        tree,
    });
}
