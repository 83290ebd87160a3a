//! A generator's `values`: texts that are filled in with its own parameters and join them.

use aoa_lang::value::{Map, MapKind, Text};
use aoa_lang::{Result, Value};

use super::dialect::{CompiledText, Dialect};

/// The compiled `values` of a generator.
pub(super) struct Values {
    entries: Vec<(Text, CompiledText)>,
    go: bool,
}

impl Values {
    /// Compiles the `values` of `generator`.
    pub(super) fn of(generator: &Value, dialect: &Dialect) -> Values {
        let values = generator.get("values").and_then(Value::as_map);
        let entries = values.into_iter().flat_map(Map::iter).filter_map(|(key, value)| match value {
            Value::String(text) => Some((key.clone(), dialect.compile(text))),
            _ => None,
        });
        Values { entries: entries.collect(), go: dialect.is_go() }
    }

    /// `params` with the values: `values` in Go templates, else `values.<key>` each. They do not see each other.
    ///
    /// # Errors
    ///
    /// The texts of `appendTemplatedValues` of Argo CD 3.5.7.
    pub(super) fn append(&self, params: Map) -> Result<Map> {
        if self.entries.is_empty() {
            return Ok(params);
        }
        let mut filled = Vec::with_capacity(self.entries.len());
        for (key, text) in &self.entries {
            let text = text.fill(&params).map_err(|e| {
                e.prefixed("failed to replace templated string: failed to replace templated string with rendered values: ")
            })?;
            filled.push((key.clone(), Value::String(text)));
        }
        Ok(with_values(params, filled, self.go))
    }
}

/// `params` with these values, as [`Values::append`] puts them there.
pub(super) fn with_values(params: Map, values: Vec<(Text, Value)>, go: bool) -> Map {
    if values.is_empty() {
        return params;
    }
    if go {
        return params.with("values", Value::Map(Map::of(MapKind::String, values)));
    }
    let named = values
        .into_iter()
        .map(|(key, value)| (Text::from([b"values.".as_slice(), key.as_bytes()].concat()), value));
    let entries = params.iter().map(|(k, v)| (k.clone(), v.clone())).chain(named).collect();
    Map::of(MapKind::Any, entries)
}
