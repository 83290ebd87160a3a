//! The list generator: parameter sets written in the ApplicationSet.

use aoa_lang::value::{Map, MapKind, Text};
use aoa_lang::{Error, Result, Value};

use super::context::Context;
use super::documents::{DECODING, as_map, as_maps, with_floats, yaml};
use super::params::{Element, Origin, ParamSets};

/// The elements of `list.elements`, then those of `list.elementsYaml`.
pub(super) fn generate(context: &Context<'_>, list: &Value) -> Result<ParamSets> {
    let go = context.dialect.is_go();
    let mut sets = Vec::new();
    if let Some(Value::List(elements)) = list.get("elements") {
        for element in elements {
            // The Go type keeps no text for null, so that there is nothing to decode.
            if element.is_null() {
                return Err(Error::invalid("error unmarshling list element unexpected end of JSON input"));
            }
            let element =
                as_map(&with_floats(element)?).map_err(|e| e.prefixed("error unmarshling list element "))?;
            sets.push(if go { element } else { flat_element(&element)? });
        }
    }
    if let Some(text) = list.get("elementsYaml").and_then(Value::as_str).filter(|text| !text.is_empty()) {
        let read = yaml(text.as_bytes()).and_then(|value| as_maps(&value).map_err(|e| e.prefixed(DECODING)));
        sets.extend(read.map_err(|e| e.prefixed("error unmarshling decoded ElementsYaml "))?);
    }
    let elements = sets.into_iter().enumerate();
    let elements = elements.map(|(index, params)| Element { params, origin: Origin::List { index } });
    ParamSets::of_elements(elements.collect(), go)
}

/// In the placeholder dialect elements hold texts, and texts below `values`.
fn flat_element(element: &Map) -> Result<Map> {
    // Upstream wraps an error that is not there.
    let not_text = || Error::invalid("error parsing value as string %!w(<nil>)");
    if element.is_empty() {
        // Upstream only puts the map into its list with the first entry.
        return Ok(Map::nil(MapKind::Any));
    }
    let mut params = Vec::with_capacity(element.len());
    for (key, value) in element.iter() {
        match value {
            Value::String(_) if *key != "values" => params.push((key.clone(), value.clone())),
            Value::Map(values) if *key == "values" => {
                for (key, value) in values.iter() {
                    if !matches!(value, Value::String(_)) {
                        return Err(not_text());
                    }
                    let name = [b"values.".as_slice(), key.as_bytes()].concat();
                    params.push((Text::from(name), value.clone()));
                }
            }
            _ if *key == "values" => return Err(Error::invalid("error parsing values map")),
            _ => return Err(not_text()),
        }
    }
    Ok(Map::of(MapKind::Any, params))
}
