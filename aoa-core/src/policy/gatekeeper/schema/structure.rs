//! What a schema may say: the types of its keywords, and that it is structural (`structuralschema` of apiextensions).

use aoa_lang::text::regexp::Regexp;
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::{DEEPEST, JUNCTORS, invalid, is_integer, number};

/// Keywords must have the types of the Go struct.
pub(super) fn check_types(schema: &Value, depth: usize) -> Result<()> {
    let wrong = |key: &str| {
        Error::invalid(format!("json: cannot unmarshal into Go struct field JSONSchemaProps.{key}"))
    };
    if depth > DEEPEST {
        return Err(Error::limit("a schema that nests too deeply"));
    }
    let Value::Map(map) = schema else { return Err(wrong("openAPIV3Schema")) };
    for (key, value) in map.iter() {
        let key = key.to_str_lossy();
        if value.is_null() {
            continue;
        }
        let each = |values: &mut dyn Iterator<Item = &Value>| {
            for value in values {
                check_types(value, depth + 1)?;
            }
            Ok::<(), Error>(())
        };
        match &*key {
            "type"
            | "pattern"
            | "format"
            | "title"
            | "description"
            | "$ref"
            | "id"
            | "$schema"
            | "x-kubernetes-list-type"
            | "x-kubernetes-map-type"
                if !matches!(value, Value::String(_)) =>
            {
                return Err(wrong(&key));
            }
            "nullable"
            | "uniqueItems"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "x-kubernetes-preserve-unknown-fields"
            | "x-kubernetes-int-or-string"
            | "x-kubernetes-embedded-resource"
                if value.as_bool().is_none() =>
            {
                return Err(wrong(&key));
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
                if !is_integer(value) =>
            {
                return Err(wrong(&key));
            }
            "minimum" | "maximum" | "multipleOf" if number(value).is_none() => {
                return Err(wrong(&key));
            }
            "required" | "x-kubernetes-list-map-keys" => {
                let texts = value.as_list().ok_or_else(|| wrong(&key))?;
                if !texts.iter().all(|text| matches!(text, Value::String(_))) {
                    return Err(wrong(&key));
                }
            }
            "enum" => {
                value.as_list().ok_or_else(|| wrong(&key))?;
            }
            "properties" | "patternProperties" | "definitions" => {
                each(&mut value.as_map().ok_or_else(|| wrong(&key))?.values())?;
            }
            "allOf" | "anyOf" | "oneOf" => each(&mut value.as_list().ok_or_else(|| wrong(&key))?.iter())?,
            "not" => check_types(value, depth + 1)?,
            "items" => match value {
                Value::List(list) => each(&mut list.iter())?,
                other => check_types(other, depth + 1)?,
            },
            "additionalProperties" if value.as_bool().is_none() => check_types(value, depth + 1)?,
            _ => {}
        }
    }
    Ok(())
}

/// The schema with unknown fields kept at every level.
pub(super) fn preserving(schema: &Value, depth: usize) -> Result<Value> {
    if depth > DEEPEST {
        return Err(Error::limit("a schema that nests too deeply"));
    }
    let Some(map) = schema.as_map() else { return Ok(schema.clone()) };
    let type_ = schema.str_at(&["type"]).unwrap_or_default();
    let keeps = || Value::map([("x-kubernetes-preserve-unknown-fields", Value::Bool(true))]);
    let mut entries: Vec<(Text, Value)> = Vec::new();
    for (key, value) in map.iter() {
        let value = match (&*key.to_str_lossy(), value) {
            ("properties", Value::Map(map)) => {
                let mut properties = Vec::new();
                for (name, schema) in map.iter() {
                    properties.push((name.clone(), preserving(schema, depth + 1)?));
                }
                Value::map(properties)
            }
            ("items", Value::List(_)) => {
                return Err(Error::invalid(
                    "non-nil JSONSchemas encountered, multiple schemas are not supported",
                ));
            }
            ("items" | "additionalProperties", Value::Map(_)) => preserving(value, depth + 1)?,
            ("x-kubernetes-preserve-unknown-fields", _) if matches!(type_, "" | "object") => continue,
            _ => value.clone(),
        };
        entries.push((key.clone(), value));
    }
    match type_ {
        "" | "object" => {
            entries.push((Text::from("x-kubernetes-preserve-unknown-fields"), Value::Bool(true)))
        }
        "array" if !map.contains_key("items") => entries.push((Text::from("items"), keeps())),
        _ => {}
    }
    Ok(Value::map(entries))
}

/// Where a schema stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Field,
    Item,
    Junctor,
}

/// What a structural schema may say (`apiserver/schema/validation.go`, `validation/validation.go`).
pub(super) fn check_structure(schema: &Value, path: &str, level: Level, depth: usize) -> Result<()> {
    if depth > DEEPEST {
        return Err(Error::limit("a schema that nests too deeply"));
    }
    let get = |key: &str| schema.get(key).filter(|value| !value.is_null());
    let truth = |key: &str| get(key).and_then(Value::as_bool).unwrap_or(false);
    let type_ = schema.str_at(&["type"]).unwrap_or_default();
    let refuse = |key: &str, problem: &str| Err(invalid(&format!("{path}.{key}"), problem));
    for key in [
        "$ref",
        "id",
        "$schema",
        "definitions",
        "dependencies",
        "patternProperties",
        "additionalItems",
        "deprecated",
    ] {
        if get(key).is_some_and(|value| !matches!(value, Value::Bool(false))) {
            return refuse(key, "Forbidden: is not supported");
        }
    }
    if truth("uniqueItems") {
        return refuse(
            "uniqueItems",
            "Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
        );
    }
    if get("additionalProperties").is_some()
        && get("properties").is_some_and(|p| p.as_map().is_some_and(|map| !map.is_empty()))
    {
        return refuse(
            "additionalProperties",
            "Forbidden: additionalProperties and properties are mutual exclusive",
        );
    }
    if get("additionalProperties") == Some(&Value::Bool(false)) {
        return refuse("additionalProperties", "Forbidden: additionalProperties cannot be set to false");
    }
    if get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(false)) {
        return refuse(
            "x-kubernetes-preserve-unknown-fields",
            "Invalid value: false: must be true or undefined",
        );
    }
    if matches!(get("items"), Some(Value::List(_))) {
        return refuse("items", "Forbidden: items must be a schema object and not an array");
    }
    if !matches!(type_, "" | "string" | "number" | "integer" | "boolean" | "object" | "array") {
        return refuse("type", &format!("Unsupported value: \"{type_}\""));
    }
    if let Some(pattern) = schema.str_at(&["pattern"])
        && Regexp::new(pattern).is_err()
    {
        return refuse("pattern", "Invalid value: must be a valid regular expression");
    }
    let preserves = truth("x-kubernetes-preserve-unknown-fields");
    let int_or_string = truth("x-kubernetes-int-or-string");
    if level == Level::Junctor {
        for key in [
            "description",
            "title",
            "default",
            "nullable",
            "additionalProperties",
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-int-or-string",
            "x-kubernetes-embedded-resource",
            "x-kubernetes-list-type",
            "x-kubernetes-map-type",
        ] {
            if get(key).is_some_and(|value| !matches!(value, Value::Bool(false))) {
                return refuse(key, "Forbidden: must be undefined to be structural");
            }
        }
        if !type_.is_empty() && !truth_parent_int_or_string(path) {
            return refuse("type", "Forbidden: must be empty to be structural");
        }
    } else {
        if type_.is_empty() && !preserves && !int_or_string {
            let what = if level == Level::Item { "array items" } else { "object fields" };
            return refuse("type", &format!("Required value: must not be empty for specified {what}"));
        }
        if int_or_string && !type_.is_empty() {
            return refuse("type", "Forbidden: must be empty if x-kubernetes-int-or-string is specified");
        }
        if type_ == "array" && get("items").is_none() {
            return refuse("items", "Required value: must be specified");
        }
        if preserves && !matches!(type_, "" | "object") {
            return refuse(
                "type",
                "Invalid value: must be object if x-kubernetes-preserve-unknown-fields is true",
            );
        }
    }
    match schema.str_at(&["x-kubernetes-list-type"]) {
        None | Some("atomic") => {}
        Some(list @ ("set" | "map")) => {
            if type_ != "array" {
                return refuse("type", "Invalid value: must be array if x-kubernetes-list-type is specified");
            }
            let keys = get("x-kubernetes-list-map-keys").and_then(Value::as_list);
            if list == "map" && keys.is_none_or(|keys| keys.is_empty()) {
                return refuse(
                    "x-kubernetes-list-map-keys",
                    "Required value: must not be empty if x-kubernetes-list-type is map",
                );
            }
        }
        Some(other) => return refuse("x-kubernetes-list-type", &format!("Unsupported value: \"{other}\"")),
    }
    let next = if level == Level::Junctor { Level::Junctor } else { Level::Field };
    if let Some(properties) = get("properties").and_then(Value::as_map) {
        for (name, schema) in properties.iter() {
            let path = format!("{path}.properties[{}]", name.to_str_lossy());
            check_structure(schema, &path, next, depth + 1)?;
        }
    }
    let item = if level == Level::Junctor { Level::Junctor } else { Level::Item };
    if let Some(items) = get("items").filter(|items| items.as_map().is_some()) {
        check_structure(items, &format!("{path}.items"), item, depth + 1)?;
    }
    if let Some(additional) = get("additionalProperties").filter(|value| value.as_map().is_some()) {
        check_structure(additional, &format!("{path}.additionalProperties"), next, depth + 1)?;
    }
    for junctor in JUNCTORS {
        let schemas: Vec<&Value> = match get(junctor) {
            Some(Value::List(schemas)) => schemas.iter().collect(),
            Some(schema) => vec![schema],
            None => continue,
        };
        for (at, inner) in schemas.into_iter().enumerate() {
            let mark = if int_or_string { "#" } else { "" };
            check_structure(inner, &format!("{path}.{junctor}[{at}]{mark}"), Level::Junctor, depth + 1)?;
        }
    }
    Ok(())
}

/// Alternatives directly below `x-kubernetes-int-or-string` may name the two types.
fn truth_parent_int_or_string(path: &str) -> bool {
    path.contains('#')
}
