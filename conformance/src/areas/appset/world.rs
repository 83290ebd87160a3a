//! The world of a recorded case, as generation asks for it.

use std::sync::Arc;

use aoa_core::generate::{
    Checkout, ClusterIndex, PluginAnswer, PullRequest, PullRequests, Request, ScmRepository, Secret,
    SecretParts, World, WorldSettings, not_given,
};
use aoa_core::model::{Cluster, SECRET_TYPE_LABEL};
use aoa_lang::source::Tree;
use aoa_lang::strconv::quote;
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value};
use serde_json::{Value as Json, json};

use crate::areas::convert::{from_json, from_json_with_ints, to_json};

/// What generators of a case can see.
pub(super) struct CaseWorld<'c> {
    input: &'c Json,
    settings: WorldSettings,
    clusters: ClusterIndex,
    checkouts: Vec<(String, String, Arc<Checkout>)>,
}

impl<'c> CaseWorld<'c> {
    pub(super) fn new(input: &'c Json) -> Self {
        let given = &input["settings"];
        let flag = |name: &str| given[name].as_bool() == Some(true);
        let settings = WorldSettings {
            namespace: given["namespace"].as_str().unwrap_or("argocd").into(),
            new_git_file_globbing: flag("newGitFileGlobbing"),
            include_hidden_directories: flag("includeHiddenDirectories"),
            scm_providers: !flag("disableScmProviders"),
            allowed_scm_providers: texts(&given["allowedScmProviders"]),
            token_ref_strict_mode: flag("tokenRefStrictMode"),
            ..WorldSettings::default()
        };
        let namespace = settings.namespace.to_string();
        let clusters = list(&input["clusters"])
            .iter()
            .filter(|c| c["namespace"].as_str().unwrap_or(&namespace) == namespace)
            .filter(|c| c["labels"][SECRET_TYPE_LABEL] == "cluster")
            .map(cluster)
            .collect();
        let checkouts = list(&input["repos"]).iter().map(|repo| {
            let files = repo["files"].as_object().into_iter().flatten();
            let tree = Tree::in_memory(files.map(|(path, text)| (path, text.as_str().unwrap_or_default())));
            let checkout = Checkout::new(tree, "<repo>".into(), "<commit>".into());
            (string(&repo["url"]), string(&repo["revision"]), Arc::new(checkout))
        });
        CaseWorld { input, settings, clusters: ClusterIndex::new(clusters), checkouts: checkouts.collect() }
    }

    fn objects<'w>(&'w self, kind: &'w str) -> impl Iterator<Item = &'w Json> {
        list(&self.input["objects"]).iter().filter(move |object| object["kind"] == kind)
    }
}

fn cluster(case: &Json) -> Cluster {
    let data = |key: &str| Text::from(case["data"][key].as_str().unwrap_or_default());
    let map = |key: &str| from_json(&case[key]).as_map().cloned().unwrap_or_default();
    Cluster {
        secret: string(&case["secret"]).into(),
        name: data("name"),
        server: data("server"),
        project: data("project"),
        labels: map("labels"),
        annotations: map("annotations"),
        ..Cluster::default()
    }
}

impl World for CaseWorld<'_> {
    fn settings(&self) -> &WorldSettings {
        &self.settings
    }

    fn clusters(&self) -> &ClusterIndex {
        &self.clusters
    }

    fn has_project(&self, name: &str) -> bool {
        match self.input["projects"].as_array() {
            None => name == "default" || self.objects("AppProject").any(|p| p["metadata"]["name"] == name),
            Some(names) => {
                names.iter().any(|n| n == name)
                    || self.objects("AppProject").any(|p| p["metadata"]["name"] == name)
            }
        }
    }

    fn checkout(&self, url: &str, revision: &str) -> Result<Arc<Checkout>> {
        let found = self.checkouts.iter().find(|(u, r, _)| u == url && r == revision);
        found.map(|(_, _, checkout)| checkout.clone()).ok_or_else(|| {
            not_given(format!(
                "oracle: repository {} at revision {} is not recorded",
                quote(url.as_bytes()),
                quote(revision.as_bytes())
            ))
        })
    }

    fn config_map(&self, name: &str) -> Result<Option<Map>> {
        if let Some(plugin) = self.input["plugins"].get(name) {
            let mut data = json!({"baseUrl": "<plugin>", "token": "$plugin-token:token"});
            for (key, value) in plugin["configMap"].as_object().into_iter().flatten() {
                match value {
                    Json::Null => drop(data.as_object_mut().and_then(|d| d.remove(key))),
                    value => data[key] = value.clone(),
                }
            }
            return Ok(from_json(&data).as_map().cloned());
        }
        let decision = list(&self.input["decisions"]).iter().find(|d| d["configMap"] == name);
        let object = self.objects("ConfigMap").find(|o| o["metadata"]["name"] == name);
        Ok(decision.or(object).map(|found| from_json(&found["data"]).as_map().cloned().unwrap_or_default()))
    }

    fn secret(&self, namespace: &str, name: &str) -> Secret {
        if name == "plugin-token" && self.input["plugins"].is_object() {
            return Secret::Known(SecretParts { keys: vec!["token".into()], ..SecretParts::default() });
        }
        let here = |o: &&Json| {
            let ns = o["metadata"]["namespace"].as_str().unwrap_or_default();
            o["metadata"]["name"] == name && (ns == namespace || ns.is_empty())
        };
        match self.objects("Secret").find(here) {
            None => Secret::Missing,
            Some(secret) => {
                let keys =
                    |of: &str| secret[of].as_object().into_iter().flatten().map(|(k, _)| Text::from(k));
                Secret::Known(SecretParts {
                    secret_type: string(&secret["metadata"]["labels"][SECRET_TYPE_LABEL]).into(),
                    keys: keys("data").chain(keys("stringData")).collect(),
                })
            }
        }
    }

    fn repositories(&self, request: &Request<'_>) -> Result<Vec<ScmRepository>> {
        let asked = to_json(request.generator);
        let answer = list(&self.input["scm"]).iter().find(|a| within(&a["match"], &asked));
        let answer = answer.ok_or_else(|| not_given("oracle: no SCM provider answer is recorded"))?;
        if let Some(error) = answer["error"].as_str().filter(|e| !e.is_empty()) {
            return Err(Error::invalid(error));
        }
        let github = asked["github"].is_object();
        Ok(list(&answer["repos"]).iter().map(|repo| scm_repository(repo, github)).collect())
    }

    fn pull_requests(&self, request: &Request<'_>) -> Result<PullRequests> {
        let asked = to_json(request.generator);
        let answer = list(&self.input["pullRequests"]).iter().find(|a| within(&a["match"], &asked));
        let answer = answer.ok_or_else(|| not_given("oracle: no pull request answer is recorded"))?;
        let error = string(&answer["error"]);
        if answer["notFound"].as_bool() == Some(true) {
            return Ok(PullRequests::NotFound(error.into()));
        }
        if !error.is_empty() {
            return Err(Error::invalid(error));
        }
        Ok(PullRequests::Open(list(&answer["pulls"]).iter().map(pull_request).collect()))
    }

    fn plugin(&self, request: &Request<'_>, config_map: &str) -> Result<PluginAnswer> {
        let plugin = &self.input["plugins"][config_map];
        let asked = request.generator.at(&["input", "parameters"]).map_or(Json::Null, to_json);
        let mut answers = list(&plugin["answers"]).to_vec();
        if !plugin["output"].is_null() {
            answers.push(json!({"output": plugin["output"]}));
        }
        let answer = answers.iter().find(|a| within(&a["input"], &asked));
        let Some(answer) = answer else {
            return Ok(PluginAnswer::Http {
                status: 404,
                body: "oracle: no plugin answer is recorded\n".into(),
            });
        };
        let status = answer["status"].as_u64().and_then(|s| u16::try_from(s).ok()).unwrap_or(200);
        let body = match answer["body"].as_str() {
            Some(body) => body.to_owned(),
            None => json!({"output": answer["output"]}).to_string(),
        };
        Ok(PluginAnswer::Http { status, body: body.into() })
    }

    fn decisions(&self, group: &str, version: &str, resource: &str) -> Result<Vec<Value>> {
        let namespace = self.settings.namespace.to_string();
        let api_version = format!("{group}/{version}");
        let mut found: Vec<&Json> = list(&self.input["decisions"])
            .iter()
            .filter(|d| d["data"]["apiVersion"] == api_version && d["data"]["kind"] == resource)
            .flat_map(|d| list(&d["resources"]))
            .filter(|r| r["namespace"].as_str().unwrap_or(&namespace) == namespace)
            .collect();
        found.sort_by_key(|r| string(&r["name"]));
        let object = |r: &Json| {
            let mut object = json!({"metadata": {"name": r["name"], "labels": r["labels"]}});
            if !r["status"].is_null() {
                object["status"] = r["status"].clone();
            }
            from_json_with_ints(&object)
        };
        Ok(found.into_iter().map(object).collect())
    }
}

fn scm_repository(repo: &Json, github: bool) -> ScmRepository {
    let text = |key: &str| Text::from(string(&repo[key]));
    ScmRepository {
        organization: text("organization"),
        repository: text("repository"),
        url: text("url"),
        branch: text("branch"),
        sha: text("sha"),
        labels: texts(&repo["labels"]),
        id: match (&repo["repositoryId"], repo["repositoryId"].as_i64()) {
            (_, Some(id)) if github => Value::int64(id),
            (_, Some(id)) => Value::int(id),
            (other, None) => from_json(other),
        },
        branches: list(&repo["branches"])
            .iter()
            .map(|b| (string(&b["name"]).into(), string(&b["sha"]).into()))
            .collect(),
        paths: texts(&repo["paths"]),
    }
}

fn pull_request(pull: &Json) -> PullRequest {
    let text = |key: &str| Text::from(string(&pull[key]));
    PullRequest {
        number: pull["number"].as_i64().unwrap_or_default(),
        title: text("title"),
        branch: text("branch"),
        target_branch: text("targetBranch"),
        head_sha: text("headSHA"),
        labels: texts(&pull["labels"]),
        author: text("author"),
    }
}

/// Whether every leaf of `pattern` is in `value`.
fn within(pattern: &Json, value: &Json) -> bool {
    match (pattern, value) {
        (Json::Null, _) => true,
        (Json::Object(entries), Json::Object(found)) => {
            entries.iter().all(|(key, pattern)| found.get(key).is_some_and(|value| within(pattern, value)))
        }
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (pattern, value) => pattern == value,
    }
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn string(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

fn texts(json: &Json) -> Vec<Text> {
    list(json).iter().filter_map(Json::as_str).map(Text::from).collect()
}
