//! The plugin generator: parameter sets that a service answered.

use aoa_lang::strconv::quote;
use aoa_lang::value::{List, Map, MapKind, Object, Structure, Text};
use aoa_lang::{Error, Result, Value, json};

use super::context::Context;
use super::documents::{as_maps, with_floats};
use super::flatten::flatten;
use super::params::{Element, Origin, ParamSets};
use super::values::Values;
use super::world::{PluginAnswer, Secret};

/// The parameter sets in the plugin's answer, each with what the plugin was asked below `generator.input`.
pub(super) fn generate(context: &Context<'_>, plugin: &Value) -> Result<ParamSets> {
    let go = context.dialect.is_go();
    let config_map = plugin.str_at(&["configMapRef", "name"]).unwrap_or_default();
    check_config_map(context, config_map).map_err(|e| e.prefixed("error getting plugin from generator: "))?;
    let answer = context
        .world
        .plugin(&context.request(plugin), config_map)
        .and_then(|answer| {
            parameters(answer).map_err(|e| e.prefixed(&format!("error get api '{}': ", context.set)))
        })
        .map_err(|e| e.prefixed("error listing params: "))?;

    let input = plugin.at(&["input", "parameters"]).and_then(Value::as_map);
    let input = generator_input(input)?;
    let values = Values::of(plugin, context.dialect);
    let elements = answer.into_iter().enumerate().map(|(index, found)| {
        let params = if go { found } else { flatten(&found)? };
        let params = params.with("generator", input.clone());
        let params = values.append(params).map_err(|e| e.prefixed("error generating params: "))?;
        Ok(Element { params, origin: Origin::Plugin { config_map: config_map.into(), index } })
    });
    ParamSets::of_elements(elements.collect::<Result<_>>()?, go)
}

/// The ConfigMap with the plugin's address and token.
fn check_config_map(context: &Context<'_>, name: &str) -> Result<()> {
    let fetching = |e: Error| e.prefixed("error fetching ConfigMap: ");
    let data = context.world.config_map(name).map_err(fetching)?;
    let data = data.ok_or_else(|| fetching(Error::invalid(format!("configmaps \"{name}\" not found"))))?;
    let entry = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default();
    for key in ["baseUrl", "token"] {
        if entry(key).is_empty() {
            return Err(fetching(Error::invalid(format!("{key} not found in ConfigMap"))));
        }
    }
    check_token(context, entry("token")).map_err(|e| e.prefixed("error fetching Secret token: "))?;
    match data.get("requestTimeout").and_then(Value::as_str) {
        Some(timeout) if timeout.parse::<i64>().is_err() => Err(Error::invalid(format!(
            "error set requestTimeout : strconv.Atoi: parsing {}: invalid syntax",
            quote(timeout.as_bytes())
        ))),
        _ => Ok(()),
    }
}

fn check_token(context: &Context<'_>, token: &str) -> Result<()> {
    let Some(reference) = token.strip_prefix('$') else {
        return Err(Error::invalid(format!(
            "token is empty, or does not reference a secret key starting with '$': {token}"
        )));
    };
    let name = reference.split_once(':').map_or("argocd-secret", |(name, _)| name);
    let namespace = &context.world.settings().namespace;
    match context.world.secret(&namespace.to_str_lossy(), name) {
        Secret::Missing => Err(Error::invalid(format!(
            "error fetching secret {namespace}/{name}: secrets \"{name}\" not found"
        ))),
        Secret::Unknown | Secret::Known(_) => Ok(()),
    }
}

/// The list behind `output.parameters`.
fn parameters(answer: PluginAnswer) -> Result<Vec<Map>> {
    match answer {
        PluginAnswer::Parameters(parameters) => as_maps(&with_floats(&parameters)?),
        PluginAnswer::Http { status: 200..=299, body } => {
            if body.as_bytes().iter().all(u8::is_ascii_whitespace) {
                return Ok(Vec::new());
            }
            let body = json::read(body.as_bytes(), json::Numbers::Float64)
                .map_err(|e| Error::invalid(format!("{e}: {body}")))?;
            as_maps(body.at(&["output", "parameters"]).unwrap_or(&Value::Null))
                .map_err(|e| Error::invalid(format!("{e}: {}", json::to_string(&body).unwrap_or_default())))
        }
        PluginAnswer::Http { status, body } => {
            let reason = match json::read(body.as_bytes(), json::Numbers::Float64) {
                Ok(Value::Map(answer)) => {
                    let message = ["message", "error"].iter().find_map(|key| answer.get(key)?.as_str());
                    message.unwrap_or_default().to_owned()
                }
                _ => body.to_string(),
            };
            Err(Error::invalid(format!("API error with status code {status}: {reason}")))
        }
    }
}

/// `{"input": {"parameters": ...}}`, whose inner maps have Go types of their own: they are not flattened.
fn generator_input(parameters: Option<&Map>) -> Result<Value> {
    let parameters = match parameters {
        None => Map::nil(MapKind::PluginParameters),
        Some(parameters) => {
            let entries = parameters.iter().map(|(key, value)| {
                let raw = RawJson { text: json::to_string(value)?, data: value.clone() };
                Ok((key.clone(), Value::from(raw)))
            });
            Map::of(MapKind::PluginParameters, entries.collect::<Result<_>>()?)
        }
    };
    let input = Map::of(MapKind::PluginInput, vec![("parameters".into(), Value::Map(parameters))]);
    Ok(Value::map([("input", Value::Map(input))]))
}

/// `apiextensions.JSON`: a struct around the bytes of a JSON text.
struct RawJson {
    text: String,
    data: Value,
}

impl Object for RawJson {
    fn type_name(&self) -> &'static str {
        "v1.JSON"
    }

    fn field(&self, name: &str) -> Option<Value> {
        (name == "Raw").then(|| Value::List(List::bytes(self.text.as_bytes())))
    }

    fn text(&self) -> Text {
        let bytes: Vec<String> = self.text.bytes().map(|b| b.to_string()).collect();
        Text::from(format!("{{[{}]}}", bytes.join(" ")))
    }

    fn is_stringer(&self) -> bool {
        false
    }

    fn structure(&self) -> Structure {
        Structure::Struct(vec![("Raw", Value::List(List::bytes(self.text.as_bytes())))])
    }

    fn to_data(&self) -> Value {
        self.data.clone()
    }
}
