//! Which fields of two values differ.

use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::value::{List, Map};

/// A field that differs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldChange {
    /// Where it is: `spec.template.spec.containers[web].image`. Items of lists are named by their `name` where all of
    /// them have one, else by number.
    pub path: String,
    /// What was there; `None` if nothing was.
    pub before: Option<Value>,
    /// What is there; `None` if nothing is.
    pub after: Option<Value>,
    /// Whether the values are of a Secret: they are not to be shown.
    pub is_secret: bool,
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
    let mut found = Vec::new();
    let mut pending = vec![(String::new(), Some(before), Some(after))];
    // What is put on the pile last is looked at first: fields come out in order.
    while let Some((path, before, after)) = pending.pop() {
        let (before, after) = (given(before), given(after));
        if same(before, after) {
            continue;
        }
        let parts = match (before, after) {
            (Some(Value::Map(before)), Some(Value::Map(after))) => parts_of_maps(&path, before, after),
            (Some(Value::List(before)), Some(Value::List(after))) => parts_of_lists(&path, before, after),
            _ => {
                let (before, after) = (before.cloned(), after.cloned());
                found.push(FieldChange { path, before, after, is_secret: false });
                continue;
            }
        };
        pending.extend(parts.into_iter().rev());
    }
    found
}

type Part<'v> = (String, Option<&'v Value>, Option<&'v Value>);

fn given(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(Value::Map(before)), Some(Value::Map(after))) if before.shares(after) => true,
        (Some(Value::List(before)), Some(Value::List(after))) if before.shares(after) => true,
        _ => before == after,
    }
}

fn parts_of_maps<'v>(path: &str, before: &'v Map, after: &'v Map) -> Vec<Part<'v>> {
    let mut keys: BTreeMap<&[u8], (Option<&Value>, Option<&Value>)> = BTreeMap::new();
    for (key, value) in before.iter() {
        keys.entry(key.as_bytes()).or_default().0 = Some(value);
    }
    for (key, value) in after.iter() {
        keys.entry(key.as_bytes()).or_default().1 = Some(value);
    }
    let parts = keys.into_iter().map(|(key, (before, after))| {
        let key = String::from_utf8_lossy(key);
        (child(path, &key), before, after)
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

fn parts_of_lists<'v>(path: &str, before: &'v List, after: &'v List) -> Vec<Part<'v>> {
    if let (Some(old), Some(new)) = (named(before), named(after)) {
        let mut parts: Vec<Part<'v>> = Vec::new();
        for (name, item) in &new {
            parts.push((format!("{path}[{name}]"), old.get(name).copied(), Some(item)));
        }
        let gone = old.iter().filter(|(name, _)| !new.contains_key(*name));
        parts.extend(gone.map(|(name, item)| (format!("{path}[{name}]"), Some(*item), None)));
        // Where only the order differs there is nothing to show by name, and still something is different.
        if parts.iter().all(|(_, before, after)| before == after) {
            return by_number(path, before, after);
        }
        return parts;
    }
    by_number(path, before, after)
}

fn by_number<'v>(path: &str, before: &'v List, after: &'v List) -> Vec<Part<'v>> {
    let count = before.len().max(after.len());
    (0..count).map(|at| (format!("{path}[{at}]"), before.get(at), after.get(at))).collect()
}

/// The items by name, if each has a name of its own.
fn named(list: &List) -> Option<BTreeMap<&str, &Value>> {
    let mut items = BTreeMap::new();
    for item in list.iter() {
        let name = item.get("name")?.as_str().filter(|name| !name.is_empty())?;
        if items.insert(name, item).is_some() {
            return None;
        }
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aoa_lang::yaml;

    fn paths(before: &str, after: &str) -> Vec<String> {
        let load = |text: &str| yaml::load(text.as_bytes()).unwrap();
        changed_fields(&load(before), &load(after)).into_iter().map(|field| field.path).collect()
    }

    #[test]
    fn null_is_nothing_and_texts_are_no_flags() {
        assert_eq!(paths("{a: null}", "{}"), Vec::<String>::new());
        assert_eq!(paths("{a: 'true'}", "{a: true}"), ["a"]);
        assert_eq!(paths("{a: {}}", "{a: {b: 1}}"), ["a.b"]);
    }

    #[test]
    fn items_with_names_are_paired_by_name_and_others_by_number() {
        assert_eq!(paths("[{name: a, v: 1}, {name: b}]", "[{name: b}, {name: a, v: 2}]"), ["[a].v"]);
        assert_eq!(paths("[{name: a}, {name: b}]", "[{name: b}, {name: a}]"), ["[0].name", "[1].name"]);
        assert_eq!(paths("[1, 2]", "[1, 3, 4]"), ["[1]", "[2]"]);
        assert_eq!(
            paths("{app.kubernetes.io/name: a}", "{app.kubernetes.io/name: b}"),
            ["[app.kubernetes.io/name]"]
        );
    }
}
