//! Kinds that are written in several ways which mean the same (`Normalize` of gitops-engine's `pkg/diff`).

use aoa_lang::value::Map;
use aoa_lang::{Value, base64};

use crate::model::GroupVersionKind;

/// What an instance says of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KindOptions {
    /// Whether the rules of aggregated roles are left out.
    pub(super) ignores_aggregated_roles: bool,
}

/// The object in one way of writing.
pub(super) fn normalize_kind(object: &Value, options: KindOptions) -> Value {
    let Some(map) = object.as_map() else { return object.clone() };
    let mut map = map.clone();
    if let Some(Value::Map(metadata)) = map.get("metadata")
        && metadata.contains_key("creationTimestamp")
    {
        let metadata = metadata.clone().without("creationTimestamp");
        map = map.with("metadata", Value::Map(metadata));
    }
    let of = GroupVersionKind::of(object);
    Value::Map(match (of.group, of.kind) {
        ("", "Secret") => secret(map),
        ("rbac.authorization.k8s.io", "ClusterRole" | "Role") => role(map, options),
        _ => map,
    })
}

/// Texts become data, and empty values empty texts.
fn secret(mut secret: Map) -> Map {
    if let Some(Value::Map(texts)) = secret.get("stringData") {
        let mut data = match secret.get("data") {
            None => Map::new(),
            Some(Value::Map(data)) => data.clone(),
            Some(_) => return secret,
        };
        for (key, text) in texts.clone().iter() {
            let value = match text {
                Value::String(text) => Value::string(base64::encode(text.as_bytes())),
                other => other.clone(),
            };
            data = data.with(key.clone(), value);
        }
        secret = secret.with("data", Value::Map(data)).without("stringData");
    }
    let Some(Value::Map(data)) = secret.get("data") else { return secret };
    let decoded = data.iter().map(|(key, value)| match value {
        Value::Null => Some((key.clone(), Value::from(""))),
        Value::String(text) => {
            let bytes = base64::decode(text.as_bytes()).ok()?;
            Some((key.clone(), Value::string(base64::encode(&bytes))))
        }
        _ => None,
    });
    // One value that is no data leaves all as they are.
    match decoded.collect::<Option<Vec<_>>>() {
        Some(entries) => secret.with("data", Value::map(entries)),
        None => secret,
    }
}

/// No rules are written as null.
fn role(role: Map, options: KindOptions) -> Map {
    if options.ignores_aggregated_roles && matches!(role.get("aggregationRule"), Some(Value::Map(_))) {
        return role.with("rules", Value::Null);
    }
    match role.get("rules") {
        Some(Value::List(rules)) if rules.is_empty() => role.with("rules", Value::Null),
        _ => role,
    }
}
