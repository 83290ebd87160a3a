//! What Argo CD makes of generated objects before it compares them: namespaces by scope, one object of each name.

use std::collections::HashMap;

use aoa_lang::{Result, Value};

use super::tracking::with_metadata_value;
use crate::model::{Condition, ConditionKind, GroupVersionKind};
use crate::policy::Scopes;

/// Objects with the warnings that came up on the way.
#[derive(Clone, Debug, Default)]
pub struct Normalized {
    /// The objects that count, in the order of generation.
    pub objects: Vec<Value>,
    /// What is to be said, sorted by message.
    pub warnings: Vec<Condition>,
}

/// Fills in and takes away namespaces, and of objects with one name keeps the last (`NormalizeTargetObjects` of Argo CD
/// 3.5.7).
///
/// Objects of namespaced and of unknown kinds without namespace get `namespace`; others lose theirs. What changes is
/// marked again by `mark`, since marks hold the namespace. An object without name but with `generateName` never
/// repeats another. Nulls are dropped. Upstream loses the order of generation; here it stays.
///
/// # Errors
///
/// Those of `mark`, with Argo CD's text before them.
pub fn normalize_targets(
    objects: Vec<Value>,
    namespace: &str,
    scopes: &Scopes,
    mark: &dyn Fn(&Value) -> Result<Value>,
) -> Result<Normalized> {
    let mut placed = Vec::with_capacity(objects.len());
    for object in objects.into_iter().filter(|object| !object.is_null()) {
        placed.push(in_scope(object, namespace, scopes, mark)?);
    }
    let mut last: HashMap<Identity, (usize, usize)> = HashMap::with_capacity(placed.len());
    for (at, object) in placed.iter().enumerate() {
        let entry = last.entry(Identity::of(object, at)).or_default();
        *entry = (at, entry.1 + 1);
    }
    let mut warnings: Vec<Condition> = last
        .iter()
        .filter(|(_, (_, times))| *times > 1)
        .map(|(identity, (_, times))| {
            let Identity { group, kind, namespace, name } = identity;
            let message = format!(
                "Resource {group}/{kind}/{namespace}/{name} appeared {times} times among application resources."
            );
            Condition::new(ConditionKind::RepeatedResourceWarning, message)
        })
        .collect();
    warnings.sort_by(|a, b| a.message.cmp(&b.message));
    let mut survivors: Vec<usize> = last.into_values().map(|(at, _)| at).collect();
    survivors.sort_unstable();
    let objects = survivors.into_iter().filter_map(|at| placed.get(at).cloned()).collect();
    Ok(Normalized { objects, warnings })
}

/// What makes two objects one.
#[derive(PartialEq, Eq, Hash)]
struct Identity {
    group: String,
    kind: String,
    namespace: String,
    name: String,
}

impl Identity {
    fn of(object: &Value, at: usize) -> Self {
        let of = GroupVersionKind::of(object);
        let text = |key| object.str_at(&["metadata", key]).unwrap_or_default();
        let name = match (text("name"), text("generateName")) {
            ("", prefix) if !prefix.is_empty() => format!("{prefix}{at}"),
            (name, _) => name.to_owned(),
        };
        Identity {
            group: of.group.to_owned(),
            kind: of.kind.to_owned(),
            namespace: text("namespace").to_owned(),
            name,
        }
    }
}

fn in_scope(
    object: Value,
    namespace: &str,
    scopes: &Scopes,
    mark: &dyn Fn(&Value) -> Result<Value>,
) -> Result<Value> {
    let of = GroupVersionKind::of(&object);
    let present = object.str_at(&["metadata", "namespace"]).is_some_and(|n| !n.is_empty());
    let placed = match (scopes.is_namespaced(of.group, of.kind), present) {
        (false, true) => with_metadata_value(&object, "namespace", None),
        (true, false) if namespace.is_empty() => with_metadata_value(&object, "namespace", None),
        (true, false) => with_metadata_value(&object, "namespace", Some(Value::from(namespace))),
        (false, false) | (true, true) => return Ok(object),
    };
    mark(&placed).map_err(|error| {
        let text = |keys: &[&str]| placed.str_at(keys).unwrap_or_default();
        error.prefixed(&format!(
            "failed to set app instance label on resource {}/{}: ",
            text(&["kind"]),
            text(&["metadata", "name"])
        ))
    })
}
