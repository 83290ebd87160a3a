//! Sizes, conversions, simple tests of texts, and insertion into maps.

use std::sync::Arc;

use super::super::convert::convert;
use super::super::declare::{Ability, Functions, Guard};
use super::super::failure::Failure;
use super::super::map::ComputedMap;
use super::super::types::Type;
use super::super::value::Val;
use super::text_of;
use crate::text::regexp::Regexp;

pub(super) fn declare(functions: &mut Functions) {
    declare_size(functions);
    declare_conversions(functions);
    declare_texts(functions);
    functions.add(
        "cel.@mapInsert",
        "@mapInsert_map_key_value",
        "(map(K, V), K, V) -> map(K, V)",
        Some(insert),
    );
    functions.add(
        "cel.@mapInsert",
        "@mapInsert_map_map",
        "(map(K, V), map(K, V)) -> map(K, V)",
        Some(insert),
    );
}

fn declare_size(functions: &mut Functions) {
    for type_ in ["bytes", "list(A)", "map(A, B)", "string"] {
        functions.add("size", "size", &format!("({type_}) -> int"), None);
        functions.add("size", "size", &format!("{type_}.() -> int"), None);
    }
    functions.share("size", Ability::Size, |a| match a {
        [value] => value.size().map(int).ok_or(Failure::no_overload()),
        _ => Err(Failure::no_overload()),
    });
}

/// A size as an `int`.
pub(super) fn int(size: usize) -> Val {
    Val::Int(i64::try_from(size).unwrap_or(i64::MAX))
}

fn declare_conversions(functions: &mut Functions) {
    functions.add("type", "type", "(A) -> type(A)", None);
    functions.share("type", Ability::Any, |a| match a {
        [Val::Type(_)] => Ok(Val::Type(Arc::new(Type::Type(None)))),
        [value] => Ok(Val::Type(Arc::new(value.type_of()))),
        _ => Err(Failure::no_overload()),
    });
    for (id, signature) in [("bool_to_bool", "(bool) -> bool"), ("string_to_bool", "(string) -> bool")] {
        functions.add("bool", id, signature, Some(|a| to(a, &Type::Bool)));
    }
    for (id, signature) in [("bytes_to_bytes", "(bytes) -> bytes"), ("string_to_bytes", "(string) -> bytes")]
    {
        functions.add("bytes", id, signature, Some(|a| to(a, &Type::Bytes)));
    }
    for (id, signature) in [
        ("double_to_double", "(double) -> double"),
        ("int64_to_double", "(int) -> double"),
        ("string_to_double", "(string) -> double"),
        ("uint64_to_double", "(uint) -> double"),
    ] {
        functions.add("double", id, signature, Some(|a| to(a, &Type::Double)));
    }
    for (id, signature) in [
        ("duration_to_duration", "(duration) -> duration"),
        ("int64_to_duration", "(int) -> duration"),
        ("string_to_duration", "(string) -> duration"),
    ] {
        functions.add("duration", id, signature, Some(|a| to(a, &Type::Duration)));
    }
    functions.add("dyn", "to_dyn", "(A) -> dyn", None);
    functions.share("dyn", Ability::Any, |a| a.first().cloned().ok_or(Failure::no_overload()));
    for (id, signature) in [
        ("int64_to_int64", "(int) -> int"),
        ("double_to_int64", "(double) -> int"),
        ("duration_to_int64", "(duration) -> int"),
        ("string_to_int64", "(string) -> int"),
        ("timestamp_to_int64", "(timestamp) -> int"),
        ("uint64_to_int64", "(uint) -> int"),
    ] {
        functions.add("int", id, signature, Some(|a| to(a, &Type::Int)));
    }
    for (id, signature) in [
        ("string_to_string", "(string) -> string"),
        ("bool_to_string", "(bool) -> string"),
        ("bytes_to_string", "(bytes) -> string"),
        ("double_to_string", "(double) -> string"),
        ("duration_to_string", "(duration) -> string"),
        ("int64_to_string", "(int) -> string"),
        ("timestamp_to_string", "(timestamp) -> string"),
        ("uint64_to_string", "(uint) -> string"),
    ] {
        functions.add("string", id, signature, Some(|a| to(a, &Type::String)));
    }
    for (id, signature) in [
        ("timestamp_to_timestamp", "(timestamp) -> timestamp"),
        ("int64_to_timestamp", "(int) -> timestamp"),
        ("string_to_timestamp", "(string) -> timestamp"),
    ] {
        functions.add("timestamp", id, signature, Some(|a| to(a, &Type::Timestamp)));
    }
    for (id, signature) in [
        ("uint64_to_uint64", "(uint) -> uint"),
        ("double_to_uint64", "(double) -> uint"),
        ("int64_to_uint64", "(int) -> uint"),
        ("string_to_uint64", "(string) -> uint"),
    ] {
        functions.add("uint", id, signature, Some(|a| to(a, &Type::Uint)));
    }
}

fn to(arguments: &[Val], type_: &Type) -> Result<Val, Failure> {
    convert(arguments.first().ok_or(Failure::no_overload())?, type_)
}

fn declare_texts(functions: &mut Functions) {
    functions.add("contains", "contains_string", "string.(string) -> bool", Some(contains)).guard =
        Guard::None;
    functions
        .add("endsWith", "ends_with_string", "string.(string) -> bool", Some(|a| both(a, <[u8]>::ends_with)))
        .guard = Guard::None;
    functions
        .add(
            "startsWith",
            "starts_with_string",
            "string.(string) -> bool",
            Some(|a| both(a, <[u8]>::starts_with)),
        )
        .guard = Guard::None;
    functions.add("matches", "matches", "(string, string) -> bool", None);
    functions.add("matches", "matches_string", "string.(string) -> bool", None);
    functions.share("matches", Ability::Match, |a| {
        let (text, pattern) = (text_of(a, 0)?, text_of(a, 1)?);
        let pattern =
            Regexp::new(pattern.as_bytes()).map_err(|error| Failure::new(error.message().to_owned()))?;
        Ok(Val::Bool(pattern.is_match(text.as_bytes())))
    });
}

fn contains(arguments: &[Val]) -> Result<Val, Failure> {
    both(arguments, |text, part| memchr::memmem::find(text, part).is_some())
}

fn both(arguments: &[Val], holds: impl Fn(&[u8], &[u8]) -> bool) -> Result<Val, Failure> {
    Ok(Val::Bool(holds(text_of(arguments, 0)?.as_bytes(), text_of(arguments, 1)?.as_bytes())))
}

fn insert(arguments: &[Val]) -> Result<Val, Failure> {
    let Some((Val::Map(map), rest)) = arguments.split_first() else { return Err(Failure::no_overload()) };
    let mut map = ComputedMap::clone(map);
    insert_into(&mut map, rest)?;
    Ok(Val::Map(Arc::new(map)))
}

/// Adds a key and its value, or all entries of another map.
///
/// # Errors
/// A key that the map already has.
pub(in super::super) fn insert_into(map: &mut ComputedMap, arguments: &[Val]) -> Result<(), Failure> {
    let mut add = |key: Val, value: Val| {
        if map.find(&key).is_some() {
            return Err(Failure::new(format!("insert failed: key {} already exists", key.shown())));
        }
        map.insert(key, value);
        Ok(())
    };
    match arguments {
        [key, value] => add(key.clone(), value.clone()),
        [other] if other.is_map() => (0..other.map_len().unwrap_or(0))
            .filter_map(|at| other.entry(at))
            .try_for_each(|(key, value)| add(key, value)),
        _ => Err(Failure::no_overload()),
    }
}
