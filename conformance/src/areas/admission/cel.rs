//! Single expressions: values, types and costs.

use std::sync::Arc;

use aoa_lang::cel::{
    Checked, ComputedMap, Environment, Failure, Outcome, PER_CALL_LIMIT, Program, Special, Type, Val,
    Variables,
};
use aoa_lang::time::{Duration, Time};
use aoa_lang::value::Map;
use aoa_lang::{Value, base64, strconv};
use serde_json::{Map as JsonMap, Value as Json, json};

use crate::areas::convert::{from_json_with_ints, to_json};
use crate::case::{Answer, Refusal};

/// What an expression evaluates to.
pub(super) fn value(input: &Json) -> Answer {
    let outcome = evaluate(input)?;
    let value = outcome.value.map_err(|failure| eval_error(&failure))?;
    Ok(json!({"type": value.type_name(), "value": tag(&value)}))
}

/// The checker's type of an expression.
pub(super) fn output_type(input: &Json) -> Answer {
    let (checked, _) = compile(input)?;
    Ok(json!({"type": checked.output_type().declared()}))
}

/// What evaluating an expression costs.
pub(super) fn cost(input: &Json) -> Answer {
    let outcome = evaluate(input)?;
    outcome.value.map_err(|failure| eval_error(&failure))?;
    Ok(json!({"cost": outcome.cost}))
}

fn eval_error(failure: &Failure) -> Refusal {
    Refusal::invalid(format!("eval: {failure}"))
}

fn compile(input: &Json) -> Result<(Checked, Program), Refusal> {
    let mut environment = Environment::kubernetes();
    let names =
        ["vars", "types"].into_iter().filter_map(|key| input[key].as_object()).flat_map(JsonMap::keys);
    for name in names {
        let type_ = input["types"][name].as_str().map_or(Ok(Type::Dyn), parse_type)?;
        environment = environment.with_variable(name, type_);
    }
    let text = input["expression"].as_str().unwrap_or_default();
    let checked =
        environment.compile(text).map_err(|issues| Refusal::invalid(format!("compile: {issues}")))?;
    let program = checked.program().map_err(|failure| Refusal::invalid(format!("program: {failure}")))?;
    Ok((checked, program))
}

fn evaluate(input: &Json) -> Result<Outcome, Refusal> {
    let (_, program) = compile(input)?;
    let empty = JsonMap::new();
    let bindings = input["vars"].as_object().unwrap_or(&empty);
    let bound: Vec<(&str, Val)> =
        bindings.iter().map(|(name, value)| (name.as_str(), untag(value))).collect();
    Ok(program.evaluate(&bound.as_slice() as &dyn Variables, PER_CALL_LIMIT))
}

fn parse_type(text: &str) -> Result<Type, Refusal> {
    let inner = |prefix: &str| text.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(')'));
    if let Some(element) = inner("list(") {
        return Ok(Type::list(parse_type(element)?));
    }
    if let Some((key, value)) = inner("map(").and_then(|pair| pair.split_once(", ")) {
        return Ok(Type::map(parse_type(key)?, parse_type(value)?));
    }
    Ok(match text {
        "dyn" => Type::Dyn,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "duration" => Type::Duration,
        "timestamp" => Type::Timestamp,
        "null" => Type::Null,
        "list" => Type::list(Type::Dyn),
        "map" => Type::map(Type::Dyn, Type::Dyn),
        _ => return Err(Refusal::invalid(format!("unknown type {text:?}"))),
    })
}

/// The value that the tagged forms of the cases stand for.
fn untag(json: &Json) -> Val {
    match json {
        Json::Array(items) if items.iter().any(is_tagged) => Val::list(items.iter().map(untag).collect()),
        Json::Object(entries) => {
            if let Some((tag, Json::String(text))) = entries.iter().next().filter(|_| entries.len() == 1) {
                match tag.as_str() {
                    "$uint" => return Val::Uint(text.parse().unwrap_or(0)),
                    "$double" => return Val::Double(strconv::parse_float(text, 64).unwrap_or(f64::NAN)),
                    "$bytes" => {
                        return Val::Bytes(Arc::from(base64::decode(text.as_bytes()).unwrap_or_default()));
                    }
                    "$duration" => {
                        return Val::Duration(Duration::parse(text.as_bytes()).unwrap_or_default().0);
                    }
                    "$timestamp" => {
                        let layout = b"2006-01-02T15:04:05Z07:00";
                        let time = Time::parse(layout, text.as_bytes()).unwrap_or_default();
                        return Val::Timestamp(Arc::new(time));
                    }
                    _ => {}
                }
            }
            Val::of(&from_json_with_ints(json))
        }
        _ => Val::of(&from_json_with_ints(json)),
    }
}

fn is_tagged(json: &Json) -> bool {
    json.as_object()
        .is_some_and(|entries| entries.len() == 1 && entries.keys().all(|key| key.starts_with('$')))
}

/// The form in which the cases write a value.
fn tag(value: &Val) -> Json {
    match value {
        Val::Null => Json::Null,
        Val::Bool(b) => json!(b),
        Val::Int(n) => json!(n),
        Val::String(text) => json!(text.to_str_lossy()),
        Val::Uint(n) => json!({"$uint": n.to_string()}),
        Val::Double(n) => {
            json!({"$double": strconv::format_float(*n, strconv::FloatFormat::General, None, 64)})
        }
        Val::Bytes(bytes) => json!({"$bytes": base64::encode(bytes)}),
        Val::Duration(n) => json!({"$duration": Duration(*n).to_string()}),
        Val::Timestamp(time) => {
            let layout = b"2006-01-02T15:04:05.999999999Z07:00";
            let time = time.to_zone(aoa_lang::time::Zone::Utc).format(layout);
            json!({"$timestamp": String::from_utf8_lossy(&time)})
        }
        Val::List(items) => items.iter().map(tag).collect(),
        Val::Data(items) => items.iter().map(|item| tag(&Val::of(item))).collect(),
        Val::Map(map) => tag_map(map),
        Val::DataMap(map) => tag_data(map),
        Val::Optional(None) => json!({"$optional": []}),
        Val::Optional(Some(inner)) => json!({"$optional": [tag(inner)]}),
        Val::Type(type_) => json!({"$type": type_.name()}),
        Val::Object(object) => tag_special(object),
        other => json!({"$other": other.type_name()}),
    }
}

fn tag_special(object: &Special) -> Json {
    match object {
        Special::Quantity(quantity) => json!({"$quantity": quantity.to_string()}),
        Special::Url(url) => json!({"$url": String::from_utf8_lossy(&url.to_text())}),
        Special::Ip(address) => json!({"$ip": address.to_string()}),
        Special::Cidr(prefix) => json!({"$cidr": prefix.to_string()}),
        Special::Semver(version) => json!({"$semver": version.to_string()}),
        Special::Format(format) => json!({"$format": format.name()}),
        other => json!({"$other": other.type_name()}),
    }
}

fn tag_data(map: &Map) -> Json {
    // Numbers are tagged like all others, so that only strings and the like can go straight.
    if map.iter().all(|(_, value)| matches!(value, Value::String(_) | Value::Bool(_) | Value::Null)) {
        return to_json(&Value::Map(map.clone()));
    }
    Json::Object(map.iter().map(|(k, v)| (k.to_str_lossy().into_owned(), tag(&Val::of(v)))).collect())
}

fn tag_map(map: &ComputedMap) -> Json {
    let text = |key: &Val| match key {
        Val::String(text) => Some(text.to_str_lossy().into_owned()),
        _ => None,
    };
    if let Some(object) =
        map.iter().map(|(key, value)| Some((text(key)?, tag(value)))).collect::<Option<JsonMap<_, _>>>()
    {
        return Json::Object(object);
    }
    let mut pairs: Vec<_> = map.iter().map(|(key, value)| json!([tag(key), tag(value)])).collect();
    pairs.sort_by_key(|pair| pair[0].to_string());
    json!({"$map": pairs})
}
