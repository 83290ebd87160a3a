//! Reading and changing parts of Kubernetes objects.

use aoa_lang::Value;
use aoa_lang::time::{Time, Zone};
use aoa_lang::value::{Map, Text};

/// `metadata.name`; empty if there is none.
pub(super) fn name(object: &Value) -> &str {
    object.str_at(&["metadata", "name"]).unwrap_or_default()
}

/// `metadata.namespace`; empty if there is none.
pub(super) fn namespace(object: &Value) -> &str {
    object.str_at(&["metadata", "namespace"]).unwrap_or_default()
}

/// `namespace/name`, or the name alone without a namespace.
pub(super) fn qualified_name(object: &Value) -> String {
    match namespace(object) {
        "" => name(object).to_owned(),
        namespace => format!("{namespace}/{}", name(object)),
    }
}

/// The entries of a map of texts.
pub(super) fn texts_of<'v>(
    object: &'v Value,
    path: &[&str],
) -> impl Iterator<Item = (&'v Text, &'v str)> + use<'v> {
    let map = object.at(path).and_then(Value::as_map);
    map.into_iter().flat_map(Map::iter).filter_map(|(key, value)| Some((key, value.as_str()?)))
}

/// The items of a list.
pub(super) fn items_of<'v>(object: &'v Value, path: &[&str]) -> &'v [Value] {
    object.at(path).and_then(Value::as_list).map(|list| list.as_slice()).unwrap_or_default()
}

/// The texts of a list of texts.
pub(super) fn list_of<'v>(object: &'v Value, path: &[&str]) -> impl Iterator<Item = &'v str> + use<'v> {
    items_of(object, path).iter().filter_map(Value::as_str)
}

/// The text at `path`; empty if there is none.
pub(super) fn text_at<'v>(object: &'v Value, path: &[&str]) -> &'v str {
    object.str_at(path).unwrap_or_default()
}

/// `object` with the value at `path` set, or removed for `None`; maps on the way are made.
pub(super) fn with(object: &Value, path: &[&str], value: Option<Value>) -> Value {
    let Some((key, rest)) = path.split_first() else { return value.unwrap_or_default() };
    let map = object.as_map().cloned().unwrap_or_default();
    let inner = map.get(key);
    let inner = match rest {
        [] => value,
        _ if inner.is_none() && value.is_none() => None,
        _ => Some(with(inner.unwrap_or(&Value::Null), rest, value)),
    };
    Value::Map(match inner {
        Some(inner) => map.with(*key, inner),
        None => map.without(key),
    })
}

/// `None` for an empty list or map, which Go leaves out.
pub(super) fn unless_empty(value: Option<Value>) -> Option<Value> {
    value.filter(|value| match value {
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::Null => false,
        _ => true,
    })
}

/// The time at `path`, in seconds since 1970.
pub(super) fn seconds_of(object: &Value, path: &[&str]) -> Option<i64> {
    let time = Time::parse(RFC3339, object.str_at(path)?.as_bytes()).ok()?;
    Some(time.unix_seconds())
}

/// A time in seconds since 1970, as Kubernetes writes it.
pub(super) fn time_text(seconds: i64) -> Value {
    Value::string(Time::unix(seconds, 0).to_zone(Zone::Utc).format(RFC3339))
}

const RFC3339: &[u8] = b"2006-01-02T15:04:05Z07:00";
