//! Reading values files as Helm 4.2.1 does.

use super::compose::{LoadOptions, Numbers};
use super::documents::Documents;
use super::load::load_with;
use super::object::{GO_MAP, to_map};
use crate::value::{Map, MapBuilder, Text};
use crate::{Limits, Result, Value};

/// Reads a values file as `loader.LoadValues` does: `values.yaml` and files given with `-f`.
///
/// All numbers are float64. Several documents are merged: maps deeply, of everything else the later one counts.
///
/// # Errors
///
/// As [`load`](super::load), if a document is no map, and for text behind `---`; with Helm's texts.
///
/// ```
/// use aoa_lang::{Value, json, yaml};
/// let values = yaml::load_helm_values(b"a: {b: 1, c: 2}\n---\na: {c: 3}\n")?;
/// assert_eq!(json::to_string(&Value::Map(values))?, r#"{"a":{"b":1,"c":3}}"#);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn load_helm_values(text: &[u8]) -> Result<Map> {
    load_helm_values_within(text, &Limits::default())
}

/// [`load_helm_values`] with other limits.
///
/// # Errors
///
/// As [`load_helm_values`].
pub fn load_helm_values_within(text: &[u8], limits: &Limits) -> Result<Map> {
    let options = values_options(limits);
    let mut values = Map::new();
    for document in Documents::new(text, 0, 0) {
        if let Some(error) = &document.bad_end {
            return Err(error.clone().prefixed("error reading yaml document: "));
        }
        let map =
            load_with(&document.text, &options).and_then(|value| to_map(value, GO_MAP)).map_err(|error| {
                let span = error.span();
                let error = error.prefixed("cannot unmarshal yaml document: ");
                span.map_or(error.clone(), |span| error.at(document.locate(text, span)))
            })?;
        values = if values.is_empty() { map } else { merge_values(values, map) };
    }
    Ok(values)
}

/// Reads the first document as `common.ReadValues` does.
///
/// # Errors
///
/// As [`load`](super::load), and if the document is no map.
pub fn read_helm_values(text: &[u8]) -> Result<Map> {
    load_with(text, &values_options(&Limits::default())).and_then(|value| to_map(value, "common.Values"))
}

fn values_options(limits: &Limits) -> LoadOptions {
    LoadOptions::new().with_numbers(Numbers::Float64).with_limits(limits.clone())
}

/// Merges `over` into `base` as `loader.MergeMaps` does: maps deeply, everything else is replaced.
#[must_use]
pub fn merge_values(base: Map, over: Map) -> Map {
    let mut open = vec![Merge::new(base, over, Text::EMPTY)];
    loop {
        let Some(merge) = open.last_mut() else {
            return Map::new();
        };
        let Some((key, value)) = merge.rest.next() else {
            let Some(Merge { out, key, .. }) = open.pop() else {
                return Map::new();
            };
            match open.last_mut() {
                None => return out.build(),
                Some(outer) => outer.out.insert(key, Value::Map(out.build())),
            };
            continue;
        };
        match (merge.out.get_mut(name(&key)), value) {
            (Some(Value::Map(base)), Value::Map(over)) => {
                let base = std::mem::take(base);
                open.push(Merge::new(base, over, key));
            }
            (_, value) => {
                merge.out.insert(key, value);
            }
        }
    }
}

/// One level of a merge.
struct Merge {
    out: MapBuilder,
    rest: std::vec::IntoIter<(Text, Value)>,
    /// Where the result goes in the level above.
    key: Text,
}

impl Merge {
    fn new(base: Map, over: Map, key: Text) -> Merge {
        Merge { out: base.into_builder(), rest: over.as_slice().to_vec().into_iter(), key }
    }
}

/// Keys come through JSON, so that they are always UTF-8.
fn name(key: &Text) -> &str {
    key.as_str().unwrap_or_default()
}
