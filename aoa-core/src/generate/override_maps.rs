//! Laying one set of parameters over another, as mergo's `WithOverride` does in Go mode.

use aoa_lang::value::{Map, MapBuilder, MapKind, Text};
use aoa_lang::{Error, Result, Value};

use super::crash::crash;

const DEPTH: usize = 500;

/// `top` laid over `bottom` (`mergo.Merge(&bottom, top, mergo.WithOverride)` of mergo 1.0.2).
///
/// Entries of `top` win, `null` and empty ones too; where both sides hold a map that is not empty, they are merged.
/// Upstream merges nested maps in place, also where other parameter sets share them; here every set is its own.
///
/// # Errors
///
/// A nested map of texts (labels, `values`) would get something that is no text: upstream crashes.
pub(super) fn override_map(bottom: &Map, top: &Map) -> Result<Map> {
    if top.is_empty() {
        return Ok(bottom.clone());
    }
    if bottom.is_empty() && bottom.kind() == top.kind() {
        return Ok(top.clone());
    }
    override_at(bottom, top, 0)
}

fn override_at(bottom: &Map, top: &Map, depth: usize) -> Result<Map> {
    // The recursion is bounded for the sake of the stack.
    if depth > DEPTH {
        return Err(Error::limit("parameters are nested too deeply"));
    }
    let only_texts = bottom.kind() == MapKind::String;
    let mut merged = bottom.clone().into_builder();
    for (key, value) in top.iter() {
        if only_texts && top.kind() != MapKind::String {
            return Err(crash(
                &format!("the parameter `{key}` cannot be put into a map of texts"),
                "reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string",
            ));
        }
        let value = match (value, merged_get(&merged, key)) {
            // An empty map on the bottom is filled, and so keeps its type; a nil one is replaced.
            (Value::Map(over), Some(Value::Map(under)))
                if !(under.is_nil() || under.is_empty() && over.is_empty()) =>
            {
                Value::Map(override_at(under, over, depth + 1)?)
            }
            _ => value.clone(),
        };
        merged.insert(key.clone(), value);
    }
    Ok(merged.build())
}

fn merged_get<'m>(merged: &'m MapBuilder, key: &Text) -> Option<&'m Value> {
    merged.get(key.as_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_wins_and_maps_merge() {
        let bottom: Map = [
            ("a", Value::from("1")),
            ("m", Value::map([("x", Value::from("1")), ("y", Value::from("2"))])),
            ("n", Value::from("kept")),
        ]
        .into_iter()
        .collect();
        let top: Map =
            [("a", Value::Null), ("m", Value::map([("y", Value::from(""))]))].into_iter().collect();
        let merged = override_map(&bottom, &top).unwrap();
        assert!(merged.get("a").unwrap().is_null());
        assert_eq!(Value::Map(merged.clone()).str_at(&["m", "x"]), Some("1"));
        assert_eq!(Value::Map(merged.clone()).str_at(&["m", "y"]), Some(""));
        assert_eq!(merged.get("n").unwrap().as_str(), Some("kept"));
    }

    #[test]
    fn a_map_of_texts_takes_no_other_values() {
        let labels = Value::Map(Map::strings([("a", "b")]));
        let bottom: Map = [("labels", labels)].into_iter().collect();
        let top: Map = [("labels", Value::map([("x", Value::Null)]))].into_iter().collect();
        assert!(override_map(&bottom, &top).is_err());
    }
}
