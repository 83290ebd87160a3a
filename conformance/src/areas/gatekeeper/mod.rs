//! Gatekeeper's templates and constraints.

use aoa_core::policy::gatekeeper;
use aoa_lang::Value;
use serde_json::{Map as JsonMap, Value as Json, json};

use crate::areas::convert::{from_json, to_json};
use crate::case::Answer;

/// The time at which policies are asked: some time after the cases were written.
const NOW: i64 = 1_790_000_000_000_000_000;

/// The answer to `op`.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    match op {
        "gator-test" => Some(test(input)),
        _ => None,
    }
}

/// What `gator test` says.
fn test(input: &Json) -> Answer {
    let given = input["objects"].as_array().into_iter().flatten();
    let objects: Vec<Value> =
        given.map(from_json).filter(|object| object.as_map().is_some_and(|map| !map.is_empty())).collect();
    let mut violations = Vec::new();
    for (at, violation) in gatekeeper::test(&objects, Some(NOW))? {
        let object = objects.get(at).unwrap_or(&Value::Null);
        let text = |path: &[&str]| object.str_at(path).unwrap_or_default();
        let resource = format!(
            "{}/{}/{}/{}",
            text(&["apiVersion"]),
            text(&["kind"]),
            text(&["metadata", "namespace"]),
            text(&["metadata", "name"])
        );
        let mut entry = JsonMap::new();
        entry.insert("constraint".to_owned(), json!(violation.constraint));
        entry.insert("resource".to_owned(), json!(resource));
        entry.insert("message".to_owned(), json!(violation.message));
        entry.insert("enforcementAction".to_owned(), json!(violation.action));
        if !violation.scoped.is_empty() {
            entry.insert("scopedActions".to_owned(), json!(violation.scoped));
        }
        let details = violation.details.as_ref().map_or(Json::Null, to_json);
        let shown = details.to_string();
        if !details.is_null() {
            entry.insert("details".to_owned(), details);
        }
        let key = [violation.constraint, resource, violation.message, violation.action, shown].join("\u{0}");
        violations.push((key, Json::Object(entry)));
    }
    violations.sort_by(|a, b| a.0.cmp(&b.0));
    // `json!` would spell the numbers within anew.
    let violations = violations.into_iter().map(|(_, entry)| entry).collect();
    Ok(Json::Object([("violations".to_owned(), Json::Array(violations))].into_iter().collect()))
}
