//! Which fields of two values differ.

use std::collections::BTreeMap;

use aoa_lang::value::{List, Map};
use aoa_lang::{Value, json};

use super::ignoring::Ignored;
use super::items::{Keyed, keyed, order_matters};
use crate::compare::as_stored;

/// A field that differs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldChange {
    /// Where it is: `spec.template.spec.containers[web].image`. Items of lists are named by what tells them apart (their
    /// `name`, the path of a mount, the number of a port) where all of them have one of their own, else by number.
    pub path: String,
    /// What was there; `None` if nothing was.
    pub before: Option<Value>,
    /// What is there; `None` if nothing is.
    pub after: Option<Value>,
    /// Whether the values are of a Secret: they are not to be shown.
    pub is_secret: bool,
    /// Whether Argo CD leaves it out of comparisons.
    pub ignored: Option<Ignored>,
}

/// The fields in which `before` and `after` differ, from the top. A field that is null counts as one that is not there.
///
/// ```
/// use aoa_core::diff::changed_fields;
/// use aoa_core::lang::yaml;
///
/// let before = yaml::load(b"{image: a:1, args: [x], env: [{name: A, value: '1'}, {name: B}]}")?;
/// let after = yaml::load(b"{image: a:2, args: [x, y], env: [{name: B}, {name: A, value: '2'}]}")?;
/// let paths: Vec<String> = changed_fields(&before, &after).into_iter().map(|field| field.path).collect();
/// assert_eq!(paths, ["args[1]", "env[A].value", "image"]);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[must_use]
pub fn changed_fields(before: &Value, after: &Value) -> Vec<FieldChange> {
    walk(Part { path: String::new(), sides: [Some(before), Some(after)], stored: None })
}

/// The fields in which two objects differ as an API server keeps them: of kinds of Kubernetes' own it does not count how
/// quantities are written, what has its default, and what is empty. Objects that it would refuse are compared as they are
/// written.
pub(super) fn changed_fields_of_objects(before: &Value, after: &Value) -> Vec<FieldChange> {
    let is_one_type = ["apiVersion", "kind"].iter().all(|key| before.get(key) == after.get(key));
    let stored = is_one_type.then(|| Some([as_stored(before)?, as_stored(after)?])).flatten();
    let stored = stored.as_ref().map(|[before, after]| [Some(before), Some(after)]);
    walk(Part { path: String::new(), sides: [Some(before), Some(after)], stored })
}

/// Something on two sides.
struct Part<'v> {
    path: String,
    sides: [Option<&'v Value>; 2],
    /// What is kept of it; `None`: not known.
    stored: Option<[Option<&'v Value>; 2]>,
}

fn walk(whole: Part<'_>) -> Vec<FieldChange> {
    let mut found = Vec::new();
    let mut pending = vec![whole];
    // What is put on the pile last is looked at first: fields come out in order.
    while let Some(part) = pending.pop() {
        let [before, after] = part.sides.map(|side| side.filter(|value| !value.is_null()));
        if same(before, after) || part.stored.is_some_and(|[before, after]| same(before, after)) {
            continue;
        }
        let parts = match (before, after) {
            (Some(Value::Map(before)), Some(Value::Map(after))) => parts_of_maps(&part, before, after),
            (Some(Value::List(before)), Some(Value::List(after))) => {
                parts_of_lists(&part, before, after, &mut found)
            }
            (Some(before), Some(after)) if are_one_number(before, after) => continue,
            _ => {
                let (before, after) = (before.cloned(), after.cloned());
                found.push(FieldChange { path: part.path, before, after, is_secret: false, ignored: None });
                continue;
            }
        };
        pending.extend(parts.into_iter().rev());
    }
    found
}

fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(Value::Map(before)), Some(Value::Map(after))) if before.shares(after) => true,
        (Some(Value::List(before)), Some(Value::List(after))) if before.shares(after) => true,
        _ => before == after,
    }
}

/// Whether two values are one number to whoever gets them as JSON: 1 and 1.0 are.
fn are_one_number(before: &Value, after: &Value) -> bool {
    let written = |value: &Value| match value {
        Value::Int(..) | Value::Uint(..) | Value::Float(..) | Value::Number(_) => json::to_string(value).ok(),
        _ => None,
    };
    written(before).is_some_and(|before| written(after) == Some(before))
}

fn parts_of_maps<'v>(part: &Part<'v>, before: &'v Map, after: &'v Map) -> Vec<Part<'v>> {
    let mut keys: BTreeMap<&[u8], [Option<&Value>; 2]> = BTreeMap::new();
    for (side, map) in [before, after].into_iter().enumerate() {
        for (key, value) in map.iter() {
            if let Some(slot) = keys.entry(key.as_bytes()).or_default().get_mut(side) {
                *slot = Some(value);
            }
        }
    }
    let parts = keys.into_iter().map(|(key, sides)| {
        let stored = part.stored.map(|stored| {
            stored.map(|value| value.and_then(Value::as_map).and_then(|map| map.get_bytes(key)))
        });
        Part { path: child(&part.path, &String::from_utf8_lossy(key)), sides, stored }
    });
    parts.collect()
}

/// Keys with dots in them stand in brackets, so that paths read without doubt.
fn child(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && !key.contains(['.', '[', ']', '/']);
    match (path.is_empty(), plain) {
        (true, true) => key.to_owned(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{key}]"),
    }
}

/// The items, paired; where only their order differs, that is what is found.
fn parts_of_lists<'v>(
    part: &Part<'v>,
    before: &'v List,
    after: &'v List,
    found: &mut Vec<FieldChange>,
) -> Vec<Part<'v>> {
    let Some((old, new)) = keyed(&part.path, before, after) else { return by_number(part, before, after) };
    let item = |at: usize, side: usize, list: &List| -> Option<&'v Value> {
        let stored = part.stored?.get(side).copied().flatten()?.as_list()?;
        stored.get(at).filter(|_| stored.len() == list.len())
    };
    let pair = |name: &str, [old, new]: [Option<usize>; 2]| {
        let sides = [old.and_then(|at| before.get(at)), new.and_then(|at| after.get(at))];
        let stored = [old.map(|at| item(at, 0, before)), new.map(|at| item(at, 1, after))];
        // What is there and of which nothing is kept is compared as it is written.
        let is_known = part.stored.is_some() && stored.iter().flatten().all(Option::is_some);
        let stored = is_known.then(|| stored.map(Option::flatten));
        Part { path: format!("{}[{name}]", part.path), sides, stored }
    };
    let mut parts: Vec<Part<'v>> =
        new.iter().map(|(name, at)| pair(name, [old.at(name), Some(*at)])).collect();
    let gone = old.iter().filter(|(name, _)| new.at(name).is_none());
    parts.extend(gone.map(|(name, at)| pair(name, [Some(*at), None])));
    let is_order = parts.iter().all(|part| same(part.sides[0], part.sides[1]));
    if is_order && (part.stored.is_none() || order_matters(&part.path)) {
        let names =
            |keyed: &Keyed| Some(Value::list(keyed.in_order().into_iter().map(Value::from).collect()));
        let (before, after) = (names(&old), names(&new));
        found.push(FieldChange { path: part.path.clone(), before, after, is_secret: false, ignored: None });
    }
    parts
}

fn by_number<'v>(part: &Part<'v>, before: &'v List, after: &'v List) -> Vec<Part<'v>> {
    let count = before.len().max(after.len());
    let parts = (0..count).map(|at| {
        let stored = part.stored.and_then(|[old, new]| {
            let (old, new) = (old?.as_list()?, new?.as_list()?);
            let is_whole = old.len() == before.len() && new.len() == after.len();
            is_whole.then(|| [old.get(at), new.get(at)])
        });
        Part { path: format!("{}[{at}]", part.path), sides: [before.get(at), after.get(at)], stored }
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aoa_lang::yaml;

    fn load(text: &str) -> Value {
        yaml::load(text.as_bytes()).unwrap()
    }

    fn paths(before: &str, after: &str) -> Vec<String> {
        changed_fields(&load(before), &load(after)).into_iter().map(|field| field.path).collect()
    }

    #[test]
    fn null_is_nothing_and_texts_are_no_flags() {
        assert_eq!(paths("{a: null}", "{}"), Vec::<String>::new());
        assert_eq!(paths("{a: 'true'}", "{a: true}"), ["a"]);
        assert_eq!(paths("{a: 1.0, b: [2e3]}", "{a: 1, b: [2000]}"), Vec::<String>::new());
        assert_eq!(paths("{a: 1.5, b: 1}", "{a: 1, b: '1'}"), ["a", "b"]);
        assert_eq!(paths("{a: {}}", "{a: {b: 1}}"), ["a.b"]);
    }

    #[test]
    fn items_with_names_are_paired_by_name_and_others_by_number() {
        assert_eq!(paths("[{name: a, v: 1}, {name: b}]", "[{name: b}, {name: a, v: 2}]"), ["[a].v"]);
        assert_eq!(paths("x: [{name: a}, {name: b}]", "x: [{name: b}, {name: a}]"), ["x"]);
        assert_eq!(paths("[1, 2]", "[1, 3, 4]"), ["[1]", "[2]"]);
        assert_eq!(
            paths("{app.kubernetes.io/name: a}", "{app.kubernetes.io/name: b}"),
            ["[app.kubernetes.io/name]"]
        );
    }

    fn in_deployment(before: &str, after: &str) -> Vec<String> {
        let object = |container: &str| {
            load(&format!(
                "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{selector: {{}}, template: {{spec: \
                 {{containers: [{{name: web, image: 'web:1', {container}}}]}}}}}}}}"
            ))
        };
        let fields = changed_fields_of_objects(&object(before), &object(after));
        fields.into_iter().map(|field| field.path).collect()
    }

    #[test]
    fn what_a_cluster_keeps_alike_is_no_change() {
        let none: [&str; 0] = [];
        let limits =
            |cpu: &str, memory: &str| format!("resources: {{limits: {{cpu: {cpu}, memory: {memory}}}}}");
        assert_eq!(in_deployment(&limits("1000m", "1024Mi"), &limits("'1'", "1Gi")), none);
        assert_eq!(in_deployment("resources: {}", "securityContext: null"), none);
        assert_eq!(in_deployment("imagePullPolicy: IfNotPresent", "terminationMessagePath: ''"), none);
        assert_eq!(
            in_deployment("ports: [{containerPort: 80, protocol: TCP}]", "ports: [{containerPort: 80}]"),
            none
        );
        let web = "spec.template.spec.containers[web]";
        assert_eq!(
            in_deployment(&limits("1000m", "1Gi"), &limits("1", "2Gi")),
            [format!("{web}.resources.limits.memory")]
        );
        // It would be refused.
        assert_eq!(
            in_deployment("tty: 'true', stdin: true", "tty: true, stdin: true"),
            [format!("{web}.tty")]
        );
    }

    #[test]
    fn items_are_paired_by_what_tells_them_apart() {
        let web = "spec.template.spec.containers[web]";
        assert_eq!(
            in_deployment(
                "volumeMounts: [{name: a, mountPath: /a}, {name: a, mountPath: /b}]",
                "volumeMounts: [{name: a, mountPath: /b, readOnly: true}, {name: a, mountPath: /a}]"
            ),
            [format!("{web}.volumeMounts[/b].readOnly")]
        );
        assert_eq!(
            in_deployment(
                "ports: [{containerPort: 80}, {containerPort: 443}]",
                "ports: [{containerPort: 443, hostPort: 1}, {containerPort: 80}]"
            ),
            [format!("{web}.ports[443].hostPort")]
        );
        assert_eq!(
            in_deployment("env: [{name: A}, {name: B}]", "env: [{name: B}, {name: A}]"),
            [format!("{web}.env")]
        );
    }
}
