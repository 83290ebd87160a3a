//! Maps: making, reading, changing.

use super::args::{Answer, Args};
use super::text::strval;
use crate::Value;
use crate::template::{Call, FnError, Function, Shape};
use crate::value::{GoType, List, ListKind, MapKind, Text};

const ANY: GoType = GoType::Any;
const MAP: GoType = GoType::MAP;
const STRING: GoType = GoType::String;

pub(super) const TABLE: &[Function] = &[
    Function::new("dict", &[ANY], MAP, dict).variadic().shares(),
    Function::new("get", &[MAP, STRING], ANY, get).shares(),
    Function::new("set", &[MAP, STRING, ANY], MAP, set).mutates(),
    Function::new("unset", &[MAP, STRING], MAP, unset).mutates(),
    Function::new("hasKey", &[MAP, STRING], GoType::Bool, has_key),
    Function::new("pluck", &[STRING, MAP], GoType::LIST, pluck).variadic().shares(),
    Function::new("keys", &[MAP], GoType::STRINGS, keys).variadic(),
    Function::new("values", &[MAP], GoType::LIST, values).shares(),
    Function::new("pick", &[MAP, STRING], MAP, pick).variadic().shares(),
    Function::new("omit", &[MAP, STRING], MAP, omit).variadic().shares(),
    Function::new("dig", &[ANY], ANY, dig).variadic().shares(),
    Function::new("deepCopy", &[ANY], ANY, deep_copy),
    Function::new("mustDeepCopy", &[ANY], ANY, deep_copy),
];

fn dict(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut entries = Vec::with_capacity(args.len().div_ceil(2));
    for pair in args.chunks(2) {
        let key = strval(call, pair.any(0))?;
        entries.push((key, pair.get(1).cloned().unwrap_or_else(|| Value::from(""))));
    }
    Ok(call.new_map(MapKind::Any, entries))
}

fn get(call: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(call.entry(args.any(0), args.text(1)).unwrap_or_else(|| Value::from("")))
}

fn key(args: &[Value], at: usize) -> Text {
    match args.any(at) {
        Value::String(text) => text.clone(),
        _ => Text::EMPTY,
    }
}

fn set(call: &mut Call<'_>, args: &[Value]) -> Answer {
    call.set_entry(args.any(0), key(args, 1), args.any(2).clone())?;
    Ok(args.any(0).clone())
}

fn unset(call: &mut Call<'_>, args: &[Value]) -> Answer {
    call.remove_entry(args.any(0), args.text(1))?;
    Ok(args.any(0).clone())
}

fn has_key(call: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(call.entry(args.any(0), args.text(1)).is_some()))
}

fn pluck(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let found = args.rest(1).iter().filter_map(|map| call.entry(map, args.text(0))).collect();
    Ok(call.new_roomy(List::new(found).appended()))
}

/// The keys of all maps, of each sorted; Go's order is random.
fn keys(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let keys: Vec<Text> = args.iter().flat_map(|map| call.keys(map)).collect();
    call.steps(keys.len())?;
    Ok(Value::List(List::of(ListKind::String, keys.into_iter().map(Value::String).collect()).appended()))
}

/// The values in the order of their keys; Go's order is random.
fn values(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let values: Vec<Value> = call.entries(args.any(0)).into_iter().map(|(_, value)| value).collect();
    call.steps(values.len())?;
    Ok(call.new_roomy(List::new(values).appended()))
}

fn pick(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut entries = Vec::new();
    for at in 1..args.len() {
        entries.extend(call.entry(args.any(0), args.text(at)).map(|value| (key(args, at), value)));
    }
    Ok(call.new_map(MapKind::Any, entries))
}

fn omit(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let entries = call.entries(args.any(0));
    call.steps(entries.len().saturating_mul(args.len()))?;
    let omitted = |key: &Text| (1..args.len()).any(|at| args.text(at) == key.as_bytes());
    let kept = entries.into_iter().filter(|(key, _)| !omitted(key)).collect();
    Ok(call.new_map(MapKind::Any, kept))
}

/// The value behind keys, one map inside another: the last argument is the map, the one before the default.
fn dig(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let [keys @ .., default, map] = args else {
        return Err(FnError::message("dig needs at least three arguments"));
    };
    if keys.is_empty() {
        return Err(FnError::message("dig needs at least three arguments"));
    }
    require_map(call, map)?;
    if let Some(wrong) = keys.iter().find(|key| !matches!(key, Value::String(_))) {
        return Err(wrong_type(call, wrong, "string"));
    }
    let mut value = map.clone();
    for at in 0..keys.len() {
        require_map(call, &value)?;
        match call.entry(&value, keys.text(at)) {
            Some(next) => value = next,
            None => return Ok(default.clone()),
        }
    }
    Ok(value)
}

fn require_map(call: &Call<'_>, value: &Value) -> Result<(), FnError> {
    match call.shape(value) {
        Shape::Map { kind: MapKind::Any, .. } => Ok(()),
        _ => Err(wrong_type(call, value, GoType::MAP.name())),
    }
}

/// Go's panic for a type assertion that fails.
fn wrong_type(call: &Call<'_>, value: &Value, wanted: &str) -> FnError {
    let found = if value.is_null() { "nil" } else { call.type_name(value) };
    FnError::message(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
}

/// A frozen value shares nothing that can change.
fn deep_copy(call: &mut Call<'_>, args: &[Value]) -> Answer {
    if args.any(0).is_null() {
        return Err(FnError::message("reflect: call of reflect.Value.Type on zero Value"));
    }
    call.freeze(args.any(0))
}
