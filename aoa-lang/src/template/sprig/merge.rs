//! Merging maps as `dario.cat/mergo` 1.0.2 does for sprig: into the first map, nested maps of the others becoming its own.

use std::vec::IntoIter;

use super::args::{Answer, Args};
use super::defaults::is_empty;
use crate::template::{Call, FnError, Function, Shape};
use crate::value::{GoType, MapKind, Text};
use crate::{Error, Value};

const MAP: GoType = GoType::MAP;
const ANY: GoType = GoType::Any;

pub(super) const TABLE: &[Function] = &[
    Function::new("merge", &[MAP, MAP], ANY, |call, args| lenient(call, args, Conflict::Keep))
        .variadic()
        .mutates(),
    Function::new("mustMerge", &[MAP, MAP], ANY, |call, args| strict(call, args, Conflict::Keep))
        .variadic()
        .mutates(),
    Function::new("mergeOverwrite", &[MAP, MAP], ANY, |call, args| lenient(call, args, Conflict::Overwrite))
        .variadic()
        .mutates(),
    Function::new("mustMergeOverwrite", &[MAP, MAP], ANY, |call, args| {
        strict(call, args, Conflict::Overwrite)
    })
    .variadic()
    .mutates(),
];

/// What happens to a value that the destination has and that is not empty.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Conflict {
    Keep,
    Overwrite,
}

/// Why a merge fails.
enum Failure {
    /// mergo returns an error: `merge` answers with the empty text.
    Refused(&'static str),
    /// Go panics, or the run ends.
    Panic(FnError),
}

impl From<FnError> for Failure {
    fn from(error: FnError) -> Self {
        Failure::Panic(error)
    }
}

fn lenient(call: &mut Call<'_>, args: &[Value], conflict: Conflict) -> Answer {
    match merge_all(call, args, conflict) {
        Ok(merged) => Ok(merged),
        Err(Failure::Refused(_)) => Ok(Value::from("")),
        Err(Failure::Panic(error)) => Err(error),
    }
}

fn strict(call: &mut Call<'_>, args: &[Value], conflict: Conflict) -> Answer {
    merge_all(call, args, conflict).map_err(|failure| match failure {
        Failure::Refused(text) => FnError::message(text),
        Failure::Panic(error) => error,
    })
}

fn merge_all(call: &mut Call<'_>, args: &[Value], conflict: Conflict) -> Result<Value, Failure> {
    let mut target = args.any(0).clone();
    for source in args.rest(1) {
        let nil = |call: &Call<'_>, map| matches!(call.shape(map), Shape::Map { nil: true, .. });
        if nil(call, &target) && !nil(call, source) {
            target = call.new_map(MapKind::Any, Vec::new());
        }
        merge(call, &target, source, conflict)?;
    }
    Ok(target)
}

/// A map that is being merged into another, the entries that are left, and the entry whose maps are merged first.
struct Level {
    target: Value,
    entries: IntoIter<(Text, Value)>,
    entered: Option<(Text, Value, Value)>,
}

impl Level {
    fn new(call: &mut Call<'_>, target: Value, source: &Value) -> Result<Level, FnError> {
        let entries = call.entries(source);
        call.steps(entries.len() + 1)?;
        Ok(Level { target, entries: entries.into_iter(), entered: None })
    }
}

/// `deepMerge` of two maps, with a list of levels instead of recursion.
fn merge(call: &mut Call<'_>, target: &Value, source: &Value, conflict: Conflict) -> Result<(), Failure> {
    let most = call.options().limits.depth;
    let mut levels = vec![Level::new(call, target.clone(), source)?];
    while let Some(level) = levels.last_mut() {
        let target = level.target.clone();
        if let Some((key, source, old)) = level.entered.take() {
            settle(call, &target, key, source, Some(old), conflict)?;
            continue;
        }
        let Some((key, value)) = level.entries.next() else {
            levels.pop();
            continue;
        };
        let old = call.entry(&target, key.as_bytes());
        if value.is_null() {
            if conflict == Conflict::Overwrite {
                put(call, &target, key, &value)?;
            }
            continue;
        }
        let into = match &old {
            Some(inner) => merge_target(call, inner, &value, conflict)?,
            None => None,
        };
        let (Some(into), Some(inner)) = (into, &old) else {
            settle(call, &target, key, value, old, conflict)?;
            continue;
        };
        level.entered = Some((key, value.clone(), inner.clone()));
        if levels.len() >= most {
            return Err(FnError::Abort(Error::limit(format!("a map nests deeper than {most} levels"))).into());
        }
        levels.push(Level::new(call, into, &value)?);
    }
    Ok(())
}

/// The map to go into for a source map, if the destination's value is one that takes entries; none for other sources.
fn merge_target(
    call: &Call<'_>,
    inner: &Value,
    source: &Value,
    conflict: Conflict,
) -> Result<Option<Value>, Failure> {
    if !matches!(call.shape(source), Shape::Map { .. }) {
        return Ok(None);
    }
    match call.shape(inner) {
        // A nil map inside of another cannot be replaced in place.
        Shape::Map { nil: true, .. } if !matches!(call.shape(source), Shape::Map { nil: true, .. }) => {
            Ok(None)
        }
        Shape::Map { .. } => Ok(Some(inner.clone())),
        Shape::Other if conflict == Conflict::Keep && is_pointer(inner) => {
            Err(Failure::Refused("src and dst must be of same type"))
        }
        _ => Ok(None),
    }
}

fn is_pointer(value: &Value) -> bool {
    matches!(value, Value::Object(object) if object.type_name().starts_with('*'))
}

/// What becomes of an entry once maps on both sides are merged.
fn settle(
    call: &mut Call<'_>,
    target: &Value,
    key: Text,
    value: Value,
    old: Option<Value>,
    conflict: Conflict,
) -> Result<(), Failure> {
    let is_list = matches!(call.shape(&value), Shape::List { .. });
    let is_map = matches!(call.shape(&value), Shape::Map { .. });
    let old_is_empty = old.as_ref().is_none_or(|old| is_nothing(call, old));
    if is_list && conflict == Conflict::Overwrite {
        put(call, target, key.clone(), &value)?;
    }
    if let Some(old) = old.as_ref().filter(|_| !old_is_empty)
        && (is_list || is_map && matches!(call.shape(old), Shape::Map { .. }))
    {
        return Ok(());
    }
    if conflict == Conflict::Overwrite || old_is_empty {
        put(call, target, key, &value)?;
    }
    Ok(())
}

/// mergo's `isEmptyValue`: structs and pointers are never empty, nor are complex numbers.
fn is_nothing(call: &Call<'_>, value: &Value) -> bool {
    !matches!(value, Value::Object(_)) && is_empty(call, value)
}

/// Sets an entry, if the map's type takes the value.
fn put(call: &mut Call<'_>, target: &Value, key: Text, value: &Value) -> Result<(), Failure> {
    if let Shape::Map { kind, .. } = call.shape(target)
        && kind != MapKind::Any
        && call.type_name(value) != kind.element().name()
    {
        // Lists are taken out of their interface before they are set.
        let found = if matches!(call.shape(value), Shape::List { .. }) {
            call.type_name(value)
        } else {
            "interface {}"
        };
        let wanted = kind.element().name();
        return Err(FnError::message(format!(
            "reflect.Value.SetMapIndex: value of type {found} is not assignable to type {wanted}"
        ))
        .into());
    }
    Ok(call.set_entry(target, key, value.clone())?)
}
