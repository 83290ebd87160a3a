//! `crds`: OpenAPI definitions of custom kinds that say which of their fields are labels, annotations, names and references.

use aoa_lang::value::{Map, Text};
use aoa_lang::{Value, json, yaml};

use super::field_spec::{Create, FieldSpec, merge_one};
use super::{NameReference, TransformerConfig};
use crate::error::{Error, Result};
use crate::resource::Gvk;

/// How deep definitions may refer to each other; upstream does not survive a cycle.
const DEPTH: usize = 64;
/// How many properties are looked at.
const STEPS: usize = 1_000_000;

/// Reads a file of `crds`.
///
/// # Errors
/// If it is no map of definitions, or they refer to each other in a circle.
pub(crate) fn read_crds(text: &[u8], path: &str) -> Result<TransformerConfig> {
    let failed = |e: aoa_lang::Error| {
        Error::from(e).prefixed(&format!("unable to parse open API definition from '{path}': "))
    };
    let document = match text.first() {
        None => return Err(Error::invalid(format!("the file '{path}' of crds is empty"))),
        Some(b'{') => json::read(text, json::Numbers::Float64).map_err(failed)?,
        Some(_) => yaml::load(text).map_err(failed)?,
    };
    let definitions = match &document {
        Value::Map(definitions) => definitions.clone(),
        Value::Null => Map::new(),
        _ => return Err(failed(aoa_lang::Error::invalid("the definitions are no map"))),
    };
    if let Some((name, _)) =
        definitions.iter().find(|(_, value)| !matches!(value, Value::Map(_) | Value::Null))
    {
        return Err(failed(aoa_lang::Error::invalid(format!("the definition `{name}` is no map"))));
    }
    let mut reader = Reader { definitions: &definitions, config: TransformerConfig::default(), steps: 0 };
    for (name, definition) in definitions.iter() {
        let Some(properties) = properties_of(definition) else { continue };
        if !["kind", "apiVersion", "metadata"].iter().all(|name| properties.contains_key(name)) {
            continue;
        }
        let name = name.to_str_lossy();
        let kind = name.rsplit('.').next().unwrap_or_default();
        let gvk = Gvk { kind: Text::from(kind), ..Gvk::default() };
        reader.definition(&gvk, &name, &mut Vec::new())?;
    }
    Ok(reader.config)
}

fn properties_of(definition: &Value) -> Option<&Map> {
    // The struct's field is `Schema`; names are matched without case.
    let schema =
        definition.as_map()?.iter().find(|(key, _)| key.to_str_lossy().eq_ignore_ascii_case("schema"))?.1;
    schema.get("properties")?.as_map()
}

struct Reader<'d> {
    definitions: &'d Map,
    config: TransformerConfig,
    steps: usize,
}

impl Reader<'_> {
    /// `loadCrdIntoConfig`; recursion is capped.
    fn definition(&mut self, gvk: &Gvk, name: &str, path: &mut Vec<String>) -> Result<()> {
        if path.len() > DEPTH {
            return Err(Error::limit(format!(
                "definitions of crds refer to each other more than {DEPTH} levels deep"
            )));
        }
        let Some(properties) = self.definitions.get(name).and_then(properties_of) else { return Ok(()) };
        for (property, schema) in properties.clone().iter() {
            self.steps += 1;
            if self.steps > STEPS {
                return Err(Error::limit(format!("crds have more than {STEPS} properties")));
            }
            path.push(property.to_str_lossy().into_owned());
            self.property(gvk, schema, path)?;
            if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
                self.definition(gvk, reference, path)?;
            }
            path.pop();
        }
        Ok(())
    }

    fn property(&mut self, gvk: &Gvk, schema: &Value, path: &[String]) -> Result<()> {
        let text = |name: &str| schema.get(name).and_then(Value::as_str);
        let spec = || FieldSpec::new(gvk.clone(), path.join("/"), Create::No);
        if text("x-kubernetes-annotation").is_some() {
            merge_one(&mut self.config.common_annotations, &spec())?;
        }
        if text("x-kubernetes-label-selector").is_some() {
            merge_one(&mut self.config.common_labels, &spec())?;
        }
        if text("x-kubernetes-identity").is_some() {
            merge_one(&mut self.config.name_prefix, &spec())?;
        }
        if let (Some(version), Some(kind)) =
            (text("x-kubernetes-object-ref-api-version"), text("x-kubernetes-object-ref-kind"))
        {
            let key = text("x-kubernetes-object-ref-name-key").unwrap_or("name");
            let target = Gvk { group: Text::EMPTY, version: Text::from(version), kind: Text::from(kind) };
            let referrer = FieldSpec::new(gvk.clone(), format!("{}/{key}", path.join("/")), Create::No);
            self.config.add_reference(&NameReference { target, referrers: vec![referrer] })?;
        }
        Ok(())
    }
}
