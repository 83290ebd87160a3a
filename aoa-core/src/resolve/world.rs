//! What generators read, out of the inputs of a run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aoa_lang::template::TemplateOptions;
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value};

use crate::finding::Gap;
use crate::generate::{
    Checkout, ClusterIndex, LookedInto, PluginAnswer, PullRequest, PullRequests, Request, ScmRepository,
    Secret, World, WorldSettings, not_given,
};
use crate::inputs::Inputs;
use crate::load::Repositories;
use crate::options::Options;

/// What does not change during a run.
pub(super) struct Surroundings {
    inputs: Arc<Inputs>,
    settings: WorldSettings,
    /// Worked out when first asked for.
    clusters: OnceLock<ClusterIndex>,
    checkouts: Mutex<HashMap<(String, String), Arc<Checkout>>>,
}

impl Surroundings {
    pub(super) fn new(inputs: Arc<Inputs>, options: &Options) -> Self {
        let params = inputs.settings.params_cm.clone().unwrap_or_default();
        let param = |key: &str| params.str_at(&[key]).unwrap_or_default().to_owned();
        let allowed = param("applicationsetcontroller.allowed.scm.providers");
        let settings = WorldSettings {
            namespace: inputs.settings.namespace.clone(),
            new_git_file_globbing: param("applicationsetcontroller.enable.new.git.file.globbing") == "true",
            include_hidden_directories: param("reposerver.include.hidden.directories") == "true",
            scm_providers: param("applicationsetcontroller.enable.scm.providers") != "false",
            allowed_scm_providers: allowed
                .split(',')
                .map(str::trim)
                .filter(|a| !a.is_empty())
                .map(Text::from)
                .collect(),
            token_ref_strict_mode: param("applicationsetcontroller.enable.tokenref.strict.mode") == "true",
            templates: options.template_options(),
            ..WorldSettings::default()
        };
        Surroundings { inputs, settings, clusters: OnceLock::new(), checkouts: Mutex::default() }
    }

    pub(super) fn template_options(&self) -> TemplateOptions {
        self.settings.templates.clone()
    }
}

/// What one ApplicationSet sees.
pub(super) struct SetWorld<'w> {
    pub(super) surroundings: &'w Surroundings,
    pub(super) repositories: &'w Repositories,
    pub(super) has_project: &'w dyn Fn(&str) -> bool,
    /// What was missing, first thing first.
    pub(super) gaps: Mutex<Vec<Gap>>,
    /// The trees that were looked into.
    pub(super) trees: Mutex<LookedInto>,
}

impl SetWorld<'_> {
    fn missing(&self, gap: Gap) -> Error {
        let error = not_given(gap.to_string());
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
        error
    }

    fn no_answer(&self, generator: &str, reason: String) -> Error {
        self.missing(Gap::Answer { generator: generator.into(), reason: reason.into() })
    }

    /// The recorded answers of `section` for the set that asks.
    fn answer(&self, section: &str, request: &Request<'_>, fits: impl Fn(&Value) -> bool) -> Option<&Value> {
        let documents = &self.surroundings.inputs.answers.recorded;
        let entries = documents.iter().filter_map(|d| d.get(section)).filter_map(Value::as_list).flatten();
        let mut entries = entries.filter(|entry| {
            let set = entry.str_at(&["applicationSet"]).unwrap_or_default();
            (set.is_empty() || *request.set == *set || request.set_name() == set) && fits(entry)
        });
        entries.next()
    }

    fn objects(&self, kind: &'static str) -> impl Iterator<Item = &Value> {
        self.surroundings.inputs.objects.iter().filter(move |o| o.str_at(&["kind"]) == Some(kind))
    }
}

impl World for SetWorld<'_> {
    fn settings(&self) -> &WorldSettings {
        &self.surroundings.settings
    }

    fn clusters(&self) -> &ClusterIndex {
        let surroundings = self.surroundings;
        surroundings.clusters.get_or_init(|| ClusterIndex::new(surroundings.inputs.clusters.clone()))
    }

    fn has_project(&self, name: &str) -> bool {
        (self.has_project)(name)
    }

    fn checkout(&self, url: &str, revision: &str) -> Result<Arc<Checkout>> {
        let found = self.repositories.find(url, revision).map_err(|gap| self.missing(gap))?;
        self.trees.lock().unwrap_or_else(PoisonError::into_inner).add(&found);
        let key = (url.to_owned(), revision.to_owned());
        let mut checkouts = self.surroundings.checkouts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(checkout) = checkouts.get(&key) {
            return Ok(checkout.clone());
        }
        let checkout = Arc::new(Checkout::new(found.tree, url.into(), revision.into()));
        checkouts.insert(key, checkout.clone());
        Ok(checkout)
    }

    fn config_map(&self, name: &str) -> Result<Option<Map>> {
        let found = self.objects("ConfigMap").find(|o| o.str_at(&["metadata", "name"]) == Some(name));
        // It may be on the cluster: that nobody gave it says nothing.
        let Some(found) = found else {
            let reason = format!("the ConfigMap {name} is not supplied");
            return Err(self.no_answer("clusterDecisionResource or plugin", reason));
        };
        Ok(Some(found.get("data").and_then(Value::as_map).cloned().unwrap_or_default()))
    }

    fn secret(&self, _: &str, _: &str) -> Secret {
        Secret::Unknown
    }

    fn repositories(&self, request: &Request<'_>) -> Result<Vec<ScmRepository>> {
        let answer = self.answer("repositories", request, |_| true).ok_or_else(|| {
            self.no_answer(
                "scmProvider",
                format!("no recorded scmProvider answer for ApplicationSet {}", request.set),
            )
        })?;
        Ok(list(answer, "repositories").iter().map(scm_repository).collect())
    }

    fn pull_requests(&self, request: &Request<'_>) -> Result<PullRequests> {
        let answer = self.answer("pullRequests", request, |_| true).ok_or_else(|| {
            self.no_answer(
                "pullRequest",
                format!("no recorded pullRequest answer for ApplicationSet {}", request.set),
            )
        })?;
        Ok(PullRequests::Open(list(answer, "pulls").iter().map(pull_request).collect()))
    }

    fn plugin(&self, request: &Request<'_>, config_map: &str) -> Result<PluginAnswer> {
        let fits = |entry: &Value| entry.str_at(&["configMap"]) == Some(config_map);
        let answer = self
            .answer("plugins", request, fits)
            .ok_or_else(|| self.no_answer("plugin", format!("no recorded answer of plugin {config_map}")))?;
        Ok(PluginAnswer::Parameters(answer.get("parameters").cloned().unwrap_or_default()))
    }

    fn decisions(&self, group: &str, version: &str, resource: &str) -> Result<Vec<Value>> {
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        let is_kind = |kind: &str| {
            kind.eq_ignore_ascii_case(resource) || format!("{kind}s").eq_ignore_ascii_case(resource)
        };
        let mut found: Vec<Value> = self
            .surroundings
            .inputs
            .objects
            .iter()
            .filter(|o| o.str_at(&["apiVersion"]) == Some(&api_version))
            .filter(|o| o.str_at(&["kind"]).is_some_and(is_kind))
            .cloned()
            .collect();
        if found.is_empty()
            && !self.surroundings.inputs.answers.recorded.iter().any(|d| d.get("complete").is_some())
        {
            // A decision that was never exported looks like one without result: both give no Application.
            return Ok(found);
        }
        found.sort_by(|a, b| a.str_at(&["metadata", "name"]).cmp(&b.str_at(&["metadata", "name"])));
        Ok(found)
    }
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_list).map(|l| l.as_slice()).unwrap_or_default()
}

fn text(value: &Value, key: &str) -> Text {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        _ => Text::EMPTY,
    }
}

fn texts(value: &Value, key: &str) -> Vec<Text> {
    list(value, key).iter().filter_map(Value::as_str).map(Text::from).collect()
}

fn scm_repository(entry: &Value) -> ScmRepository {
    ScmRepository {
        organization: text(entry, "organization"),
        repository: text(entry, "repository"),
        url: text(entry, "url"),
        branch: text(entry, "branch"),
        sha: text(entry, "sha"),
        labels: texts(entry, "labels"),
        paths: texts(entry, "paths"),
        ..ScmRepository::default()
    }
}

fn pull_request(entry: &Value) -> PullRequest {
    PullRequest {
        number: entry.get("number").and_then(Value::as_i64).unwrap_or_default(),
        title: text(entry, "title"),
        branch: text(entry, "branch"),
        target_branch: text(entry, "targetBranch"),
        head_sha: text(entry, "headSHA"),
        labels: texts(entry, "labels"),
        author: text(entry, "author"),
    }
}
