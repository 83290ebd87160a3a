//! One sync: hooks, waves and the order of tasks.

use aoa_core::lang::Value;
use aoa_core::policy::{Scope, Scopes};
use aoa_core::sync::{self, Action, SYNC_OPTIONS_ANNOTATION, Sync, SyncTask};
use serde_json::{Value as Json, json};

use super::super::convert::from_json_with_ints;

pub(super) fn hooks_waves(input: &Json) -> Json {
    let mut metadata = json!({"name": "migrate"});
    for key in ["annotations", "finalizers"] {
        if !input[key].is_null() {
            metadata[key] = input[key].clone();
        }
    }
    let kind = input["kind"].as_str().unwrap_or("Job");
    let object = from_json_with_ints(&json!({"apiVersion": "batch/v1", "kind": kind, "metadata": metadata}));
    let names = |names: Vec<&'static str>| json!(names);
    let mut phases: Vec<&str> = sync::sync_phases(&object).into_iter().map(sync::SyncPhase::name).collect();
    phases.sort_unstable();
    json!({
        "isHook": sync::is_hook(&object),
        "skip": sync::is_skipped(&object),
        "types": names(sync::hook_types(&object).into_iter().map(sync::HookType::name).collect()),
        "phases": phases,
        "deletePolicies": names(sync::delete_policies(&object).into_iter().map(sync::DeletePolicy::name).collect()),
        "wave": sync::sync_wave(&object),
        "ignored": sync::is_ignored(&object),
        "isHelmHook": sync::is_helm_hook(&object),
        "helmWeight": sync::helm_weight(&object),
        "hasHookFinalizer": sync::has_hook_finalizer(&object),
        "syncOptions": sync::annotation_values(&object, SYNC_OPTIONS_ANNOTATION),
        "prune": sync::annotation_option(&object, SYNC_OPTIONS_ANNOTATION, "Prune"),
        "delete": sync::annotation_option(&object, SYNC_OPTIONS_ANNOTATION, "Delete"),
    })
}

pub(super) fn sort(input: &Json) -> Json {
    let objects = |key: &str| -> Vec<Value> {
        input[key].as_array().into_iter().flatten().map(from_json_with_ints).collect()
    };
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let is_set = |key: &str| input[key].as_bool().unwrap_or_default();
    let kinds: Vec<(String, String, Scope)> = input["apiResources"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|kind| {
            let namespaced = kind["namespaced"].as_bool().unwrap_or_default();
            let scope = if namespaced { Scope::Namespaced } else { Scope::Cluster };
            (text(&kind["group"]), text(&kind["kind"]), scope)
        })
        .collect();
    let scopes = Scopes::of_cluster(kinds.iter().map(|(g, k, scope)| (g.as_str(), k.as_str(), *scope)));
    let (targets, lives) = (objects("targets"), objects("lives"));
    let (namespace, revision) = (text(&input["namespace"]), text(&input["revision"]));
    let mut sync = Sync::new(&targets, &namespace, &scopes);
    sync.lives = &lives;
    sync.revision = &revision;
    sync.prunes_last = is_set("pruneLast");
    sync.skips_hooks = is_set("skipHooks");
    sync.creates_namespace = is_set("createNamespace");
    sync::sync_tasks(&sync).iter().map(task).collect()
}

fn task(task: &SyncTask) -> Json {
    let of = task.kind();
    let metadata = |key| task.object.str_at(&["metadata", key]).unwrap_or_default();
    let mut out =
        json!({"phase": task.phase.name(), "wave": task.wave, "kind": of.kind, "name": metadata("name")});
    for (key, text) in [("group", of.group), ("namespace", metadata("namespace"))] {
        if !text.is_empty() {
            out[key] = text.into();
        }
    }
    for (key, set) in [("hook", task.action == Action::RunHook), ("prune", task.action == Action::Prune)] {
        if set {
            out[key] = true.into();
        }
    }
    out
}
