//! Optional values.

use super::super::declare::Functions;
use super::super::failure::Failure;
use super::super::value::Val;

pub(super) fn declare(functions: &mut Functions) {
    functions.add(
        "optional.of",
        "optional_of",
        "(V) -> optional(V)",
        Some(|a| match a {
            [value] => Ok(Val::some(value.clone())),
            _ => Err(Failure::no_overload()),
        }),
    );
    functions.add(
        "optional.ofNonZeroValue",
        "optional_ofNonZeroValue",
        "(V) -> optional(V)",
        Some(|a| match a {
            [value] if value.is_zero() => Ok(Val::NONE),
            [value] => Ok(Val::some(value.clone())),
            _ => Err(Failure::no_overload()),
        }),
    );
    functions.add("optional.none", "optional_none", "() -> optional(V)", Some(|_| Ok(Val::NONE)));
    functions.add(
        "value",
        "optional_value",
        "optional(V).() -> V",
        Some(|a| match a {
            [Val::Optional(Some(value))] => Ok((**value).clone()),
            [Val::Optional(None)] => Err(Failure::new("optional.none() dereference")),
            _ => Err(Failure::no_overload()),
        }),
    );
    functions.add(
        "hasValue",
        "optional_hasValue",
        "optional(V).() -> bool",
        Some(|a| match a {
            [Val::Optional(value)] => Ok(Val::Bool(value.is_some())),
            _ => Err(Failure::no_overload()),
        }),
    );
    functions.add("or", "optional_or_optional", "optional(V).(optional(V)) -> optional(V)", None);
    functions.add("orValue", "optional_orValue_value", "optional(V).(V) -> V", None);
    functions.add("_?._", "select_optional_field", "(dyn, string) -> optional(V)", None);
    functions.add("_[?_]", "list_optindex_optional_int", "(list(V), int) -> optional(V)", None);
    functions.add(
        "_[?_]",
        "optional_list_optindex_optional_int",
        "(optional(list(V)), int) -> optional(V)",
        None,
    );
    functions.add("_[?_]", "map_optindex_optional_value", "(map(K, V), K) -> optional(V)", None);
    functions.add(
        "_[?_]",
        "optional_map_optindex_optional_value",
        "(optional(map(K, V)), K) -> optional(V)",
        None,
    );
    functions.add("_[_]", "optional_list_index_int", "(optional(list(V)), int) -> optional(V)", None);
    functions.add("_[_]", "optional_map_index_value", "(optional(map(K, V)), K) -> optional(V)", None);
    functions.add(
        "last",
        "list_last",
        "list(V).() -> optional(V)",
        Some(|a| end(a, |length| length.checked_sub(1))),
    );
    functions.add("first", "list_first", "list(V).() -> optional(V)", Some(|a| end(a, |_| Some(0))));
    functions.add("optional.unwrap", "optional_unwrap", "(list(optional(V))) -> list(V)", Some(unwrap));
    functions.add("unwrapOpt", "optional_unwrapOpt", "list(optional(V)).() -> list(V)", Some(unwrap));
}

fn end(arguments: &[Val], place: fn(usize) -> Option<usize>) -> Result<Val, Failure> {
    let list = arguments.first().ok_or(Failure::no_overload())?;
    let length = list.list_len().ok_or(Failure::no_overload())?;
    Ok(place(length).and_then(|at| list.item(at)).map_or(Val::NONE, Val::some))
}

fn unwrap(arguments: &[Val]) -> Result<Val, Failure> {
    let mut values = Vec::new();
    for item in arguments.first().ok_or(Failure::no_overload())?.items() {
        match item {
            Val::Optional(value) => values.extend(value.map(|value| (*value).clone())),
            other => return Err(Failure::new(format!("value {} is not optional", other.shown()))),
        }
    }
    Ok(Val::list(values))
}
