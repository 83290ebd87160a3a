//! What happens to manifests before they are compared: marks, namespaces, excluded kinds.

use aoa_core::model::GroupVersionKind;
use aoa_core::render::{
    INSTANCE_LABEL, ResourceFilter, Tracking, TrackingId, TrackingMethod, normalize_targets,
};
use aoa_lang::Value;
use serde_json::{Value as Json, json};

use super::super::convert::{from_json_with_ints, to_json};
use super::render::{conditions, scopes};
use crate::case::{Answer, Refusal};

pub(super) fn tracking(input: &Json) -> Answer {
    let object = object(&input["manifest"])?;
    let tracking = given(input);
    let marked = tracking.mark(&object, text(input, "app"), text(input, "namespace"))?;
    Ok(json!({
        "manifest": to_json(&marked), "appName": tracking.owner(&marked).to_string(),
        "isCRD": GroupVersionKind::of(&object).is_crd(),
    }))
}

pub(super) fn parse(input: &Json) -> Answer {
    let id = TrackingId::parse(text(input, "value"))?;
    Ok(json!({
        "built": id.to_string(), "app": id.app, "group": id.group, "kind": id.kind, "namespace": id.namespace,
        "name": id.name,
    }))
}

pub(super) fn live(input: &Json) -> Answer {
    Ok(given(input).owner(&object(&input["live"])?).to_string().into())
}

pub(super) fn normalise(input: &Json) -> Answer {
    let manifests = input["manifests"].as_array().into_iter().flatten();
    let objects = manifests.map(object).collect::<Result<Vec<_>, _>>()?;
    let tracking = given(input);
    let (app, namespace) = (text(input, "app"), text(input, "namespace"));
    let mark = |object: &Value| {
        if app.is_empty() { Ok(object.clone()) } else { tracking.mark(object, app, namespace) }
    };
    let normalized = normalize_targets(objects, namespace, &scopes(input), &mark)?;
    Ok(json!({
        "manifests": normalized.objects.iter().map(to_json).collect::<Vec<_>>(),
        "conditions": conditions(&normalized.warnings),
    }))
}

pub(super) fn resource_filter(input: &Json) -> Answer {
    let setting = |key: &str| input["settings"][key].as_str();
    let filter = ResourceFilter::read(setting("resource.exclusions"), setting("resource.inclusions"))?;
    let asked = input["asked"].as_array().into_iter().flatten();
    let excluded = asked.map(|of| filter.excludes(text(of, "group"), text(of, "kind"), text(of, "cluster")));
    Ok(json!({"excluded": excluded.collect::<Vec<_>>()}))
}

fn given(input: &Json) -> Tracking {
    let label = input["labelKey"].as_str().filter(|label| !label.is_empty()).unwrap_or(INSTANCE_LABEL);
    Tracking::new(TrackingMethod::from_name(text(input, "method")), label, text(input, "installationID"))
}

/// A manifest as Kubernetes' decoder reads it: null is nothing, and one without kind is none.
fn object(json: &Json) -> Result<Value, Refusal> {
    if json.is_null() {
        return Ok(Value::Null);
    }
    match json["kind"].as_str() {
        None | Some("") => Err(Refusal::invalid(format!("Object 'Kind' is missing in '{json}'"))),
        Some(_) => Ok(from_json_with_ints(json)),
    }
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}
