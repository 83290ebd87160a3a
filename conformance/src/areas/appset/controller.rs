//! The controller: passes over a set on an API server in memory.

use std::sync::Arc;

use aoa_core::generate::ApplicationSet;
use aoa_core::lang::template::TemplateOptions;
use aoa_core::lang::{Error, Value};
use aoa_core::model::{Cluster, Clusters};
use aoa_core::sets::{
    self, Controller, ControllerOptions, Generated, Known, Outcome, PolicyOverride, ProgressiveSyncs, Server,
    SyncPolicy,
};
use serde_json::{Map, Value as Json, json};

use super::rollout::app_status;
use super::world::CaseWorld;
use crate::areas::convert::{from_json_with_ints, to_json};
use crate::case::{Answer, Refusal};

/// The present of all cases, and what the recording puts instead of times.
const NOW: i64 = 1_900_000_000;
const FIXED_TIME: &str = "2000-01-01T00:00:00Z";
const UID: &str = "00000000-0000-0000-0000-000000000001";

pub(super) fn reconcile(input: &Json) -> Answer {
    let mut set = input["appset"].clone();
    set["metadata"]["uid"] = json!(UID);
    let mut server = Server::new(&from_json_with_ints(&set)).map_err(decoding)?;
    put_existing(&mut server, input)?;
    let clusters = clusters(input);
    let projects = projects(input);
    let world = CaseWorld::new(input);
    let controller = Controller {
        options: &options(&input["settings"]),
        generate: &|set| {
            let set = Arc::new(ApplicationSet::new(set, TemplateOptions::default()));
            Generated::from(&set.generate(&world))
        },
        known: Known { clusters: &clusters, has_project: &|name| projects.iter().any(|p| p == name) },
    };
    let one_pass = [json!({})];
    let passes = input["passes"].as_array().filter(|p| !p.is_empty()).map_or(&one_pass[..], Vec::as_slice);
    let mut results = Vec::new();
    for pass in passes {
        prepare(&mut server, pass)?;
        let outcome = controller.reconcile(&mut server, NOW);
        results.push(state(&server, outcome));
    }
    Ok(json!({"passes": results}))
}

fn put_existing(server: &mut Server, input: &Json) -> Result<(), Refusal> {
    let owner = server.set().map(sets::owner_reference).unwrap_or_default();
    for app in items(&input["existing"]) {
        let mut app = app.clone();
        if !items(&input["unowned"]).contains(&app["metadata"]["name"]) {
            app["metadata"]["ownerReferences"] = json!([to_json(&owner)]);
        }
        server.put_application(&from_json_with_ints(&app)).map_err(decoding)?;
    }
    Ok(())
}

fn decoding(error: Error) -> Refusal {
    error.prefixed("decode: ").into()
}

fn items(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts(json: &Json) -> Vec<String> {
    items(json).iter().filter_map(|t| Some(t.as_str()?.to_owned())).collect()
}

fn options(settings: &Json) -> ControllerOptions {
    let policy = settings["policy"].as_str().unwrap_or_default();
    let own = settings["enablePolicyOverride"].as_bool().unwrap_or(policy.is_empty());
    let progressive = settings["enableProgressiveSyncs"].as_bool() == Some(true);
    let mut options = ControllerOptions::default();
    options.policy = SyncPolicy::from_name(policy);
    options.policy_override = if own { PolicyOverride::Enabled } else { PolicyOverride::Disabled };
    options.progressive_syncs =
        if progressive { ProgressiveSyncs::Enabled } else { ProgressiveSyncs::Disabled };
    options.preserved_annotations = texts(&settings["preservedAnnotations"]);
    options.preserved_labels = texts(&settings["preservedLabels"]);
    options
}

/// Cluster Secrets in the controller's namespace that have the label.
fn clusters(input: &Json) -> Clusters {
    let namespace = input["settings"]["namespace"].as_str().unwrap_or("argocd");
    let is_cluster = |c: &&Json| {
        c["labels"]["argocd.argoproj.io/secret-type"] == "cluster"
            && c["namespace"].as_str().filter(|n| !n.is_empty()).unwrap_or(namespace) == namespace
    };
    let is_readable = |c: &&Json| {
        let config = c["data"]["config"].as_str().unwrap_or_default();
        config.is_empty()
            || serde_json::from_str::<Map<String, Json>>(config).is_ok()
            || config.trim() == "null"
    };
    let (readable, unreadable): (Vec<_>, Vec<_>) =
        items(&input["clusters"]).iter().filter(is_cluster).partition(is_readable);
    let registered = readable.into_iter().map(|c| {
        let text = |key: &str| c["data"][key].as_str().unwrap_or_default().into();
        Cluster { name: text("name"), server: text("server"), project: text("project"), ..Cluster::default() }
    });
    let clusters = Clusters::new(registered.collect(), true);
    if unreadable.is_empty() { clusters } else { clusters.with_unreadable_secret() }
}

fn projects(input: &Json) -> Vec<String> {
    let mut projects = match &input["projects"] {
        Json::Array(_) => texts(&input["projects"]),
        _ => vec!["default".to_owned()],
    };
    let namespace = input["settings"]["namespace"].as_str().filter(|n| !n.is_empty()).unwrap_or("argocd");
    let is_project = |o: &&Json| o["kind"] == "AppProject" && o["metadata"]["namespace"] == namespace;
    let objects = items(&input["objects"]).iter().filter(is_project);
    projects.extend(objects.filter_map(|o| Some(o["metadata"]["name"].as_str()?.to_owned())));
    projects
}

/// What happens before a pass.
fn prepare(server: &mut Server, pass: &Json) -> Result<(), Refusal> {
    let namespace =
        server.set().and_then(|s| s.str_at(&["metadata", "namespace"])).unwrap_or_default().to_owned();
    let find = |server: &Server, name: &Json| {
        let app = server.application(&namespace, name.as_str().unwrap_or_default()).map(to_json);
        app.ok_or_else(|| Refusal::invalid(format!("no application {name}")))
    };
    for change in items(&pass["set"]) {
        let mut app = find(server, &change["name"])?;
        let status = &mut app["status"];
        if let Some(health) = change["health"].as_str() {
            status["health"]["status"] = json!(health);
        }
        if let Some(sync) = change["sync"].as_str() {
            status["sync"]["status"] = json!(sync);
        }
        if let Some(revision) = change["revision"].as_str() {
            status["sync"]["revision"] = json!(revision);
        }
        if let Some(phase) = change["phase"].as_str() {
            status["operationState"] = json!({"phase": phase, "startedAt": "2100-01-01T00:00:00Z"});
            app.as_object_mut().map(|app| app.remove("operation"));
        }
        server.put_application(&from_json_with_ints(&app))?;
    }
    for name in items(&pass["remove"]) {
        let mut app = find(server, name)?;
        app["metadata"]["finalizers"] = Json::Null;
        server.put_application(&from_json_with_ints(&app))?;
    }
    if pass["appset"].is_object() {
        server.change_set(&from_json_with_ints(&pass["appset"])).map_err(decoding)?;
    }
    if pass["deleteAppSet"] == true {
        server.delete_set(NOW);
    }
    Ok(())
}

/// What is there after a pass.
fn state(server: &Server, outcome: Outcome) -> Json {
    let mut state = Map::new();
    if let Some(error) = outcome.error {
        state.insert("error".into(), json!(error));
    }
    if outcome.requeue_after != 0 {
        state.insert("requeueAfterSeconds".into(), json!(outcome.requeue_after));
    }
    let events = outcome.events.iter().map(|e| format!("Normal {} {}", e.reason, e.message));
    state.insert("events".into(), events.collect());
    state.insert("applications".into(), server.applications().map(without_times).collect());
    let (Some(set), Some(status)) = (server.set(), server.set_status()) else {
        state.insert("appsetGone".into(), json!(true));
        return Json::Object(state);
    };
    if let Some(finalizers) = set.at(&["metadata", "finalizers"]) {
        state.insert("appsetFinalizers".into(), to_json(finalizers));
    }
    let conditions = status.conditions.iter().map(|c| {
        json!({"type": c.kind.name(), "status": c.status.to_string(), "reason": c.reason.to_string(),
               "message": c.message})
    });
    state.insert("conditions".into(), conditions.collect());
    if !status.applications.is_empty() {
        let statuses = status.applications.iter().map(|s| {
            let mut json = app_status(s);
            json["targetRevisions"] = json!(s.target_revisions);
            json
        });
        state.insert("applicationStatus".into(), statuses.collect());
    }
    Json::Object(state)
}

fn without_times(app: &Value) -> Json {
    let mut app = to_json(app);
    for pointer in ["/metadata/deletionTimestamp", "/status/operationState/startedAt"] {
        if let Some(time) = app.pointer_mut(pointer) {
            *time = json!(FIXED_TIME);
        }
    }
    app
}
