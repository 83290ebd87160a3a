//! Rollouts on their own, and the warning about unknown generators.

use aoa_core::lang::Value;
use aoa_core::sets::{self, AppStatus, SetStatus, Stage};
use serde_json::{Value as Json, json};

use super::generate::decode;
use crate::areas::convert::from_json_with_ints;
use crate::case::Answer;

const NOW: i64 = 1_900_000_000;

/// The manager of rollouts on its own.
pub(super) fn steps(input: &Json) -> Answer {
    let set = Value::map([
        ("metadata", Value::map([("name", Value::from("set")), ("namespace", Value::from("argocd"))])),
        ("spec", Value::map([("strategy", from_json_with_ints(&input["strategy"]))])),
    ]);
    let (mut current, mut generated, mut status) = (Vec::new(), Vec::new(), SetStatus::default());
    for app in input["applications"].as_array().into_iter().flatten() {
        let mut object =
            json!({"metadata": {"name": app["name"], "namespace": "argocd", "labels": app["labels"]}});
        generated.push(from_json_with_ints(&object));
        object["status"] = json!({"health": {"status": app["health"]}, "sync": {"status": app["sync"]}});
        if app["notYet"] != true {
            current.push(from_json_with_ints(&object));
        }
        if let Some(stage) = app["status"].as_str().filter(|s| !s.is_empty()) {
            status.applications.push(AppStatus {
                application: app["name"].as_str().unwrap_or_default().to_owned(),
                stage: Stage::from_name(stage),
                step: String::new(),
                message: String::new(),
                target_revisions: Vec::new(),
                changed_at: Some(NOW - 3600),
            });
        }
    }
    let (allowed, statuses) = sets::look_at_rollout(&set, &status, &current, &generated, NOW)?;
    let mut allowed: Vec<String> = allowed.into_iter().collect();
    allowed.sort();
    Ok(json!({"maySync": allowed, "applicationStatus": statuses.iter().map(app_status).collect::<Vec<_>>()}))
}

/// The warning about generators that nobody knows.
pub(super) fn invalid_generators(input: &Json) -> Answer {
    sets::check_generators(&decode("ApplicationSet", &input["appset"])?)?;
    Ok(json!("ok"))
}

pub(super) fn app_status(status: &AppStatus) -> Json {
    json!({"application": status.application, "status": status.stage.name(), "step": status.step,
           "message": status.message})
}
