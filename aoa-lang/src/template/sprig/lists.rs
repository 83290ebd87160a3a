//! Lists: making, cutting, searching.

use super::args::{Answer, Args, NIL_DEREFERENCE};
use super::cast::{float_to_int, to_int64};
use super::defaults::is_empty;
use super::types::{are_equal, kind};
use crate::Value;
use crate::template::{Call, FnError, Function, Shape};
use crate::value::{GoType, List, ListKind};

const ANY: GoType = GoType::Any;
const LIST: GoType = GoType::LIST;
const LISTS: GoType = GoType::List(ListKind::List);

pub(super) const TABLE: &[Function] = &[
    Function::new("list", &[ANY], LIST, list).variadic().shares(),
    Function::new("tuple", &[ANY], LIST, list).variadic().shares(),
    Function::new("append", &[ANY, ANY], LIST, append).shares(),
    Function::new("push", &[ANY, ANY], LIST, append).shares(),
    Function::new("mustAppend", &[ANY, ANY], LIST, append).shares(),
    Function::new("mustPush", &[ANY, ANY], LIST, append).shares(),
    Function::new("prepend", &[ANY, ANY], LIST, prepend).shares(),
    Function::new("mustPrepend", &[ANY, ANY], LIST, prepend).shares(),
    Function::new("first", &[ANY], ANY, first).shares(),
    Function::new("mustFirst", &[ANY], ANY, first).shares(),
    Function::new("last", &[ANY], ANY, last).shares(),
    Function::new("mustLast", &[ANY], ANY, last).shares(),
    Function::new("rest", &[ANY], LIST, rest).shares(),
    Function::new("mustRest", &[ANY], LIST, rest).shares(),
    Function::new("initial", &[ANY], LIST, initial).shares(),
    Function::new("mustInitial", &[ANY], LIST, initial).shares(),
    Function::new("reverse", &[ANY], LIST, reverse).shares(),
    Function::new("mustReverse", &[ANY], LIST, reverse).shares(),
    Function::new("compact", &[ANY], LIST, compact).shares(),
    Function::new("mustCompact", &[ANY], LIST, compact).shares(),
    Function::new("uniq", &[ANY], LIST, uniq).shares(),
    Function::new("mustUniq", &[ANY], LIST, uniq).shares(),
    Function::new("without", &[ANY, ANY], LIST, without).variadic().shares(),
    Function::new("mustWithout", &[ANY, ANY], LIST, without).variadic().shares(),
    Function::new("has", &[ANY, ANY], GoType::Bool, has),
    Function::new("mustHas", &[ANY, ANY], GoType::Bool, has),
    Function::new("slice", &[ANY, ANY], ANY, slice).variadic().shares(),
    Function::new("mustSlice", &[ANY, ANY], ANY, slice).variadic().shares(),
    Function::new("concat", &[ANY], ANY, concat).variadic().shares(),
    Function::new("chunk", &[GoType::INT, ANY], LISTS, chunk).shares(),
    Function::new("mustChunk", &[GoType::INT, ANY], LISTS, chunk).shares(),
];

/// The items of a list; for anything else the message `refusal`, followed by the kind of the value.
fn items(call: &mut Call<'_>, value: &Value, refusal: &str) -> Result<Vec<Value>, FnError> {
    require_list(call, value, refusal)?;
    let items = call.items(value);
    call.steps(items.len())?;
    Ok(items)
}

fn require_list(call: &mut Call<'_>, value: &Value, refusal: &str) -> Result<usize, FnError> {
    match call.shape(value) {
        Shape::List { len, .. } => Ok(len),
        _ if value.is_null() => Err(FnError::message(NIL_DEREFERENCE)),
        _ => Err(FnError::message(format!("{refusal} {}", kind(call, value)))),
    }
}

/// A new `[]interface {}`, its size being bounded.
fn new_list(call: &mut Call<'_>, items: Vec<Value>) -> Answer {
    roomy(call, List::new(items))
}

/// A list that Go makes by appending one item after the other.
fn appended(call: &mut Call<'_>, items: Vec<Value>) -> Answer {
    roomy(call, List::new(items).appended())
}

fn roomy(call: &mut Call<'_>, list: List) -> Answer {
    call.build(list.len().saturating_mul(size_of::<Value>()))?;
    Ok(call.new_roomy(list))
}

fn list(call: &mut Call<'_>, args: &[Value]) -> Answer {
    new_list(call, args.to_vec())
}

fn append(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut list = items(call, args.any(0), "Cannot push on type")?;
    let room = list.len();
    list.push(args.any(1).clone());
    roomy(call, List::new(list).appended_to(room))
}

fn prepend(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut list = items(call, args.any(0), "Cannot prepend on type")?;
    list.insert(0, args.any(1).clone());
    roomy(call, List::new(list).appended_to(1))
}

fn first(call: &mut Call<'_>, args: &[Value]) -> Answer {
    require_list(call, args.any(0), "Cannot find first on type")?;
    Ok(call.item(args.any(0), 0).unwrap_or_default())
}

fn last(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let length = require_list(call, args.any(0), "Cannot find last on type")?;
    Ok(call.item(args.any(0), length.wrapping_sub(1)).unwrap_or_default())
}

fn rest(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut list = items(call, args.any(0), "Cannot find rest on type")?;
    if list.is_empty() {
        return Ok(Value::List(List::nil(ListKind::Any)));
    }
    list.remove(0);
    new_list(call, list)
}

fn initial(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut list = items(call, args.any(0), "Cannot find initial on type")?;
    match list.pop() {
        Some(_) => new_list(call, list),
        None => Ok(Value::List(List::nil(ListKind::Any))),
    }
}

fn reverse(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut list = items(call, args.any(0), "Cannot find reverse on type")?;
    list.reverse();
    new_list(call, list)
}

fn compact(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut list = items(call, args.any(0), "Cannot compact on type")?;
    list.retain(|item| !is_empty(call, item));
    appended(call, list)
}

fn uniq(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let list = items(call, args.any(0), "Cannot find uniq on type")?;
    let mut kept: Vec<Value> = Vec::new();
    let mut seen: Vec<Value> = Vec::new();
    for item in list {
        let frozen = call.freeze(&item)?;
        call.steps(seen.len())?;
        if !seen.iter().any(|other| are_equal(&frozen, other)) {
            seen.push(frozen);
            kept.push(item);
        }
    }
    appended(call, kept)
}

fn without(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let list = items(call, args.any(0), "Cannot find without on type")?;
    let omitted = args.rest(1).iter().map(|value| call.freeze(value)).collect::<Result<Vec<_>, _>>()?;
    let mut kept = Vec::new();
    for item in list {
        let frozen = call.freeze(&item)?;
        call.steps(omitted.len())?;
        if !omitted.iter().any(|other| are_equal(&frozen, other)) {
            kept.push(item);
        }
    }
    appended(call, kept)
}

fn has(call: &mut Call<'_>, args: &[Value]) -> Answer {
    if args.any(1).is_null() {
        return Ok(Value::Bool(false));
    }
    let list = items(call, args.any(1), "Cannot find has on type")?;
    let needle = call.freeze(args.any(0))?;
    for item in list {
        if are_equal(&needle, &call.freeze(&item)?) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn slice(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let length = require_list(call, args.any(0), "list should be type of slice or array but")?;
    if length == 0 {
        return Ok(Value::Null);
    }
    let index = |at: usize| args.get(at).map(|value| usize::try_from(to_int64(value)).ok());
    let from = index(1).unwrap_or(Some(0));
    let to = index(2).unwrap_or(Some(length));
    // As in Go a slice can reach beyond the length, up to the capacity.
    from.zip(to)
        .and_then(|(from, to)| call.sub_list(args.any(0), from, to))
        .ok_or_else(|| FnError::message("reflect.Value.Slice: slice index out of bounds"))
}

fn concat(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut all = Vec::new();
    for list in args {
        if !list.is_null() && !matches!(call.shape(list), Shape::List { .. }) {
            return Err(FnError::message(format!("Cannot concat type {} as list", kind(call, list))));
        }
        all.extend(items(call, list, "")?);
    }
    if all.is_empty() {
        return Ok(Value::List(List::nil(ListKind::Any)));
    }
    appended(call, all)
}

/// Go counts the chunks with floats, so that odd sizes give odd answers.
fn chunk(call: &mut Call<'_>, args: &[Value]) -> Answer {
    const BAD_LENGTH: &str = "runtime error: makeslice: len out of range";
    let size = args.int(0);
    let list = items(call, args.any(1), "Cannot chunk type")?;
    let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
    #[expect(clippy::cast_precision_loss, reason = "as Go converts")]
    let (length_f, size_f) = (length as f64, size as f64);
    let count = float_to_int(((length_f - 1.0) / size_f).floor() + 1.0);
    let count = usize::try_from(count).map_err(|_| FnError::message(BAD_LENGTH))?;
    call.build(count.saturating_mul(size_of::<Value>()))?;
    let mut chunks = Vec::new();
    let mut rest = list.into_iter();
    for at in 0..count {
        let mut wanted = size;
        if at + 1 == count {
            wanted = float_to_int((length_f % size_f).floor());
            if wanted == 0 {
                wanted = size;
            }
        }
        let wanted = usize::try_from(wanted).map_err(|_| FnError::message(BAD_LENGTH))?;
        let part: Vec<Value> = rest.by_ref().take(wanted).collect();
        if part.len() < wanted {
            return Err(FnError::message("reflect: slice index out of range"));
        }
        chunks.push(call.new_list(ListKind::Any, part));
    }
    Ok(call.new_list(ListKind::List, chunks))
}
