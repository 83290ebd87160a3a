//! Merging maps as `dario.cat/mergo` 1.0.2 does for sprig: into the first map, nested maps of the others becoming its own.

use std::vec::IntoIter;

use super::args::{Answer, Args};
use super::defaults::is_empty;
use crate::template::{Call, FnError, Function, Shape};
use crate::value::{GoType, MapKind, Object, Structure, Text};
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

/// An entry of a source map.
struct Entry {
    key: Text,
    value: Value,
    /// The type of the map it comes from: Go knows the value by the element type of that.
    holder: MapKind,
}

/// A map that is being merged into another, the entries that are left, and the entry whose maps are merged first.
struct Level {
    target: Value,
    holder: MapKind,
    entries: IntoIter<(Text, Value)>,
    entered: Option<(Entry, Value)>,
}

impl Level {
    fn new(call: &mut Call<'_>, target: Value, source: &Value) -> Result<Level, FnError> {
        let entries = call.entries(source);
        call.steps(entries.len() + 1)?;
        let holder = match call.shape(source) {
            Shape::Map { kind, .. } => kind,
            _ => MapKind::Any,
        };
        Ok(Level { target, holder, entries: entries.into_iter(), entered: None })
    }
}

/// `deepMerge` of two maps, with a list of levels instead of recursion.
fn merge(call: &mut Call<'_>, target: &Value, source: &Value, conflict: Conflict) -> Result<(), Failure> {
    let most = call.options().limits.depth;
    let mut levels = vec![Level::new(call, target.clone(), source)?];
    loop {
        let depth = levels.len();
        let Some(level) = levels.last_mut() else { return Ok(()) };
        let target = level.target.clone();
        if let Some((entry, old)) = level.entered.take() {
            settle(call, &target, &entry, Some(old), conflict)?;
            continue;
        }
        let Some((key, value)) = level.entries.next() else {
            levels.pop();
            continue;
        };
        let entry = Entry { key, value, holder: level.holder };
        if entry.value.is_null() {
            if conflict == Conflict::Overwrite {
                put(call, &target, &entry, entry.holder.element())?;
            }
            continue;
        }
        let old = call.entry(&target, entry.key.as_bytes());
        match old {
            Some(inner) if goes_into(call, &inner, &entry.value, conflict)? => {
                if depth >= most {
                    let error = Error::limit(format!("a map nests deeper than {most} levels"));
                    return Err(FnError::Abort(error).into());
                }
                let next = Level::new(call, inner.clone(), &entry.value)?;
                level.entered = Some((entry, inner));
                levels.push(next);
            }
            old => settle(call, &target, &entry, old, conflict)?,
        }
    }
}

/// Whether a source value is merged into the destination's value before anything else: a map into a map.
fn goes_into(call: &Call<'_>, inner: &Value, source: &Value, conflict: Conflict) -> Result<bool, Failure> {
    let (from_map, from_struct) = (is_map(call, source), is_struct(source));
    match call.shape(inner) {
        Shape::Map { nil: true, .. } if from_struct => {
            Err(FnError::message("reflect: call of reflect.Value.IsNil on struct Value").into())
        }
        // A nil map inside of another cannot be replaced in place.
        Shape::Map { nil, .. } => Ok(from_map && !nil),
        Shape::Other if conflict == Conflict::Keep && is_pointer(inner) && (from_map || from_struct) => {
            Err(Failure::Refused("src and dst must be of same type"))
        }
        _ => Ok(false),
    }
}

fn is_map(call: &Call<'_>, value: &Value) -> bool {
    matches!(call.shape(value), Shape::Map { .. })
}

fn is_pointer(value: &Value) -> bool {
    matches!(value, Value::Object(object) if object.type_name().starts_with('*'))
}

fn is_struct(value: &Value) -> bool {
    let is_struct = |object: &dyn Object| matches!(object.structure(), Structure::Struct(_));
    matches!(value, Value::Object(object) if !is_pointer(value) && is_struct(&**object))
}

/// What becomes of an entry once maps on both sides are merged.
fn settle(
    call: &mut Call<'_>,
    target: &Value,
    entry: &Entry,
    old: Option<Value>,
    conflict: Conflict,
) -> Result<(), Failure> {
    let is_list = matches!(call.shape(&entry.value), Shape::List { .. });
    if let (Shape::List { kind, .. }, Shape::Map { kind: into, .. }) =
        (call.shape(&entry.value), call.shape(target))
    {
        if into == MapKind::String && old.is_some() {
            return Err(FnError::message("reflect: call of reflect.Value.IsNil on string Value").into());
        }
        // A list is set by its own type, or an empty one of that type in its place.
        if conflict == Conflict::Overwrite || old.is_none() {
            put(call, target, entry, GoType::List(kind))?;
        }
    }
    let old_is_empty = old.as_ref().is_none_or(|old| is_nothing(call, old));
    if let Some(old) = old.as_ref().filter(|_| !old_is_empty)
        && (is_list || is_map(call, &entry.value) && is_map(call, old))
    {
        return Ok(());
    }
    if conflict == Conflict::Overwrite || old_is_empty {
        put(call, target, entry, entry.holder.element())?;
    }
    Ok(())
}

/// mergo's `isEmptyValue`: structs and pointers are never empty, nor are complex numbers.
fn is_nothing(call: &Call<'_>, value: &Value) -> bool {
    !matches!(value, Value::Object(_)) && is_empty(call, value)
}

/// Sets an entry, if the map's type takes what Go knows to be of type `known`.
fn put(call: &mut Call<'_>, target: &Value, entry: &Entry, known: GoType) -> Result<(), Failure> {
    let wanted = match call.shape(target) {
        Shape::Map { kind, .. } => kind.element(),
        _ => GoType::Any,
    };
    if wanted != GoType::Any && wanted != known {
        return Err(FnError::message(format!(
            "reflect.Value.SetMapIndex: value of type {} is not assignable to type {}",
            known.name(),
            wanted.name()
        ))
        .into());
    }
    Ok(call.set_entry(target, entry.key.clone(), entry.value.clone())?)
}
