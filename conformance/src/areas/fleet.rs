//! The area `fleet`: whole-fleet cases, one folder each.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use aoa_core::finding::Cause;
use aoa_core::fleet::{App, AppSet, Project, SetOutcome, SourceResult, State};
use aoa_core::inputs::{ChartRepository, Checkout, GivenChart, Inputs, Repository, Root, Serves};
use aoa_core::lang::Value;
use aoa_core::lang::source::TreePath;
use aoa_core::model::{Destination, ObjectRef};
use aoa_core::options::UrlMatching;
use aoa_core::{Fleet, Options, resolve};
use aoa_host::{FolderLimits, Inventory, read_folder, read_inventory};
use serde_json::{Map, Value as Json, json};

use super::convert::to_json;
use crate::case::Expected;
use crate::compare::{Verdict, judge};

/// Resolves the fleet in `folder` and compares it with its `expected.json`.
pub fn run_case(folder: &Path) -> Verdict {
    match answer(folder) {
        Ok((want, got)) => judge("fleet", "case", &Expected::Want(want), Some(Ok(got))),
        Err(error) => Verdict { difference: error, ..Verdict::default() },
    }
}

fn answer(folder: &Path) -> Result<(Json, Json), String> {
    let read = |name: &str| -> Result<Json, String> {
        let text = fs::read_to_string(folder.join(name)).map_err(|e| format!("{name}: {e}"))?;
        serde_json::from_str(&text).map_err(|e| format!("{name}: {e}"))
    };
    let case = read("case.json")?;
    let mut options = Options::default();
    options.urls = UrlMatching::Exact;
    let fleet = resolve(&inputs(folder, &case)?, &options).map_err(|e| e.to_string())?;
    let mut want = read("expected.json")?;
    // A finding has no parent: it says where the object stands.
    for entry in want.get_mut("invalid").and_then(Json::as_array_mut).into_iter().flatten() {
        entry.as_object_mut().map(|entry| entry.remove("parent"));
    }
    Ok((want, fleet_to_json(&fleet)))
}

/// The inputs that a case names, its paths relative to `folder`.
pub(crate) fn inputs(folder: &Path, case: &Json) -> Result<Inputs, String> {
    let mut inputs = Inputs::default();
    inputs.jsonnet = Some(Arc::new(aoa_host::Jrsonnet::default()));
    for repo in case["repos"].as_array().into_iter().flatten() {
        let text = |key: &str| repo[key].as_str().unwrap_or_default();
        let tree =
            read_folder(&folder.join(text("dir")), FolderLimits::default()).map_err(|e| e.to_string())?;
        let serves = match text("revision") {
            "" => Serves::Any,
            revision => Serves::Only(vec![revision.into()]),
        };
        let checkout = Checkout { serves, commit: text("commit").into(), tree };
        match inputs.repositories.iter_mut().find(|r| r.url == text("url")) {
            Some(repository) => repository.checkouts.push(checkout),
            None => inputs.repositories.push(Repository::new(text("url"), vec![checkout])),
        }
    }
    for chart in case["charts"].as_array().into_iter().flatten() {
        let text = |key: &str| chart[key].as_str().unwrap_or_default();
        let tree =
            read_folder(&folder.join(text("dir")), FolderLimits::default()).map_err(|e| e.to_string())?;
        let mut given = GivenChart::unpacked(tree).map_err(|e| e.to_string())?;
        given.name = text("chart").into();
        given.version = text("version").into();
        inputs.charts.push(ChartRepository::new(text("repoUrl"), vec![given]));
    }
    for root in case["roots"].as_array().into_iter().flatten() {
        let path = root.as_str().or_else(|| root["path"].as_str()).unwrap_or_default();
        let mut made = Root::new(TreePath::new(path).ok_or_else(|| format!("root {path} escapes"))?);
        made.repository = root["repo"].as_str().or(case["rootRepo"].as_str()).unwrap_or_default().into();
        made.name = root["name"].as_str().unwrap_or_default().into();
        if root["source"].is_object() {
            made.source = super::convert::from_json_with_ints(&root["source"]);
        }
        inputs.roots.push(made);
    }
    let mut inventory = Inventory::default();
    if let Some(file) = case["inventory"].as_str() {
        read_inventory(&folder.join(file), &mut inventory).map_err(|e| e.to_string())?;
    }
    for object in inventory.objects {
        if object.str_at(&["kind"]) == Some("FleetSettings") {
            settings(&object, &mut inputs);
        } else {
            inputs.objects.push(object);
        }
    }
    inputs.clusters = inventory.clusters;
    inputs.answers.recorded = inventory.answers;
    inputs.settings.argocd_cm = inventory.argocd_cm;
    inputs.settings.params_cm = inventory.params_cm;
    Ok(inputs)
}

/// `kind: FleetSettings` of the oracle's inventories.
fn settings(object: &Value, inputs: &mut Inputs) {
    if let Some(namespace) = object.str_at(&["argocdNamespace"]) {
        inputs.settings.namespace = namespace.into();
    }
    if let Some(version) = object.str_at(&["kubeVersion"]) {
        inputs.settings.kube_version = version.into();
    }
    let versions = object.get("apiVersions").and_then(Value::as_list).into_iter().flatten();
    inputs.settings.api_versions = versions.filter_map(|v| v.as_str().map(Into::into)).collect();
}

/// A fleet as the oracle writes it.
pub(crate) fn fleet_to_json(fleet: &Fleet) -> Json {
    let mut out = Map::new();
    out.insert("applications".into(), fleet.apps().map(app).collect());
    out.insert("applicationSets".into(), fleet.sets().map(set).collect());
    out.insert("projects".into(), fleet.projects().map(project).collect());
    let conflicts: Vec<Json> = fleet
        .conflicts()
        .iter()
        .map(|c| {
            let mut entry = reference(Some(&c.object));
            entry["parent"] = reference(c.parent.as_ref());
            entry["same"] = c.same.into();
            entry
        })
        .collect();
    if !conflicts.is_empty() {
        out.insert("conflicts".into(), conflicts.into());
    }
    let invalid: Vec<Json> = fleet
        .findings()
        .iter()
        .filter_map(|finding| match &finding.cause {
            Cause::InvalidObject { error } => Some((finding, error)),
            _ => None,
        })
        .flat_map(|(finding, error)| {
            finding.subjects.iter().map(move |subject| {
                let mut entry = reference(Some(subject));
                entry["error"] = error.to_string().into();
                entry
            })
        })
        .collect();
    if !invalid.is_empty() {
        out.insert("invalid".into(), invalid.into());
    }
    out.insert("rounds".into(), fleet.rounds().into());
    Json::Object(out)
}

fn app(app: App<'_>) -> Json {
    let mut out = Map::new();
    let application = app.application().expect("an app has an object");
    out.insert("namespace".into(), app.namespace().into());
    out.insert("name".into(), app.name().into());
    out.insert("parent".into(), reference(app.parent().as_ref()));
    out.insert("origin".into(), reference(app.origin().as_ref()));
    out.insert("project".into(), app.project().into());
    out.insert("destination".into(), destination(&app.destination()));
    let mut metadata = Map::new();
    for key in ["labels", "annotations", "finalizers"] {
        if let Some(value) = application.object.at(&["metadata", key]) {
            metadata.insert(key.into(), to_json(value));
        }
    }
    out.insert("metadata".into(), metadata.into());
    out.insert("spec".into(), to_json(&app.spec()));
    let content = app.content().expect("rendered");
    out.insert("sources".into(), content.sources.iter().map(source).collect());
    out.insert("status".into(), content.state.name().into());
    if let Some(reason) = content.state.reason() {
        out.insert("reason".into(), reason.into());
    }
    for (key, texts) in [("conditions", &content.conditions), ("denied", &content.denied)] {
        if !texts.is_empty() {
            out.insert(key.into(), texts.iter().map(|t| Json::from(t.to_string())).collect());
        }
    }
    out.insert("manifests".into(), content.manifests().iter().map(|m| to_json(&m.object)).collect());
    Json::Object(out)
}

fn source(source: &SourceResult) -> Json {
    let mut out = Map::new();
    out.insert("repoURL".into(), source.repo_url.to_string().into());
    let fields = [
        ("path", &source.path),
        ("chart", &source.chart),
        ("targetRevision", &source.target_revision),
        ("ref", &source.reference),
    ];
    for (key, text) in fields {
        if !text.is_empty() {
            out.insert(key.into(), text.to_string().into());
        }
    }
    if let (Some(kind), State::Rendered) = (source.source_type, &source.state) {
        out.insert("type".into(), kind.name().into());
    }
    out.insert("status".into(), source.state.name().into());
    if let Some(reason) = source.state.reason() {
        out.insert("reason".into(), reason.into());
    }
    out.insert("manifests".into(), source.manifests.into());
    Json::Object(out)
}

fn set(set: AppSet<'_>) -> Json {
    let mut out = json!({"namespace": set.namespace(), "name": set.name(), "parent": reference(set.parent().as_ref()),
                         "status": set.outcome().name(), "generated": []});
    match set.outcome() {
        SetOutcome::Generated { names, rejected } => {
            out["generated"] = names.iter().map(|n| Json::from(n.to_string())).collect();
            if !rejected.is_empty() {
                let entries = rejected.iter().map(|(k, v)| (k.to_string(), Json::from(v.to_string())));
                out["rejected"] = Json::Object(entries.collect());
            }
        }
        SetOutcome::Failed(error) | SetOutcome::Limited(error) => out["error"] = error.to_string().into(),
        SetOutcome::Unknown { error, .. } => out["error"] = error.to_string().into(),
        _ => {}
    }
    out
}

fn project(project: Project<'_>) -> Json {
    json!({"namespace": project.namespace(), "name": project.name(), "parent": reference(project.parent().as_ref()),
           "spec": to_json(project.spec())})
}

fn destination(destination: &Destination) -> Json {
    let fields =
        [("server", &destination.server), ("namespace", &destination.namespace), ("name", &destination.name)];
    let present = fields.into_iter().filter(|(_, text)| !text.is_empty());
    Json::Object(present.map(|(key, text)| (key.to_owned(), Json::from(text.as_str()))).collect())
}

fn reference(object: Option<&ObjectRef>) -> Json {
    object.map_or(
        Json::Null,
        |o| json!({"kind": o.kind.name(), "namespace": o.namespace.to_string(), "name": o.name.to_string()}),
    )
}
