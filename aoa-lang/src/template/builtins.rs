//! Go's builtin functions.

use super::compare::{equal_to_any, less};
use super::fields::is_true;
use super::function::{FnError, Meter};
use super::heap::Heap;
use super::pointee::pointee;
use super::program::{Builtin, Slot};
use super::{escape, indexing};
use crate::{Value, fmt};

/// The name in templates and errors.
pub(super) fn name(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Call => "call",
        Builtin::Eq => "eq",
        Builtin::Ge => "ge",
        Builtin::Gt => "gt",
        Builtin::Html => "html",
        Builtin::Index => "index",
        Builtin::Js => "js",
        Builtin::Le => "le",
        Builtin::Len => "len",
        Builtin::Lt => "lt",
        Builtin::Ne => "ne",
        Builtin::Not => "not",
        Builtin::Print => "print",
        Builtin::Printf => "printf",
        Builtin::Println => "println",
        Builtin::Slice => "slice",
        Builtin::UrlQuery => "urlquery",
    }
}

/// Whether the arguments are wanted as Go's `reflect.Value`s.
pub(super) fn wants_slots(builtin: Builtin) -> bool {
    !only_reads(builtin)
}

/// Whether the arguments are wanted frozen.
pub(super) fn only_reads(builtin: Builtin) -> bool {
    matches!(
        builtin,
        Builtin::Html | Builtin::Js | Builtin::Print | Builtin::Printf | Builtin::Println | Builtin::UrlQuery
    )
}

/// Calls a builtin that makes text of values.
///
/// # Errors
/// Only limits.
pub(super) fn of_values(builtin: Builtin, args: &[Value], meter: &mut Meter) -> Result<Value, FnError> {
    let limit = meter.output_limit();
    let text = match builtin {
        Builtin::Print => fmt::sprint(args, limit),
        Builtin::Println => fmt::sprintln(args, limit),
        Builtin::Printf => {
            let (format, rest) = args.split_first().unwrap_or((&Value::Null, &[]));
            let format = match format {
                Value::String(text) => text.as_bytes(),
                _ => &[],
            };
            fmt::sprintf(format, rest, limit)
        }
        Builtin::Html => printable(args, limit).map(|t| escape::html(&t)),
        Builtin::Js => printable(args, limit).map(|t| escape::js(&t)),
        _ => printable(args, limit).map(|t| escape::url_query(&t)),
    };
    let text = text.map_err(FnError::Abort)?;
    meter.build(text.len()).map_err(FnError::Abort)?;
    Ok(Value::String(text.into()))
}

/// The arguments printed as in the output, where nil is `<no value>`.
fn printable(args: &[Value], limit: usize) -> crate::Result<Vec<u8>> {
    let shown = |arg: &Value| match arg {
        Value::Null => Value::from("<no value>"),
        other => pointee(other).unwrap_or_else(|| other.clone()),
    };
    fmt::sprint(&args.iter().map(shown).collect::<Vec<_>>(), limit)
}

/// Calls a builtin that looks at its arguments as Go's reflection does.
///
/// # Errors
/// Go's messages.
pub(super) fn of_slots(
    builtin: Builtin,
    args: &[Slot],
    callee: &Value,
    heap: &mut Heap,
    depth: usize,
) -> Result<Slot, FnError> {
    let (first, rest) = args.split_first().ok_or("missing argument")?;
    let second = rest.first();
    let two = |second: Option<&Slot>| second.map(|s| s.value.clone()).unwrap_or_default();
    Ok(match builtin {
        Builtin::Index => indexing::index(heap, first, rest)?,
        Builtin::Slice => indexing::slice(heap, first, rest)?,
        Builtin::Len => {
            let len = indexing::len(heap, first)?;
            Slot::of(Value::int(i64::try_from(len).unwrap_or(i64::MAX)))
        }
        Builtin::Not => truth(!is_true(&first.value, heap)),
        Builtin::Call => return Err(call(first, callee, heap).into()),
        Builtin::Eq => {
            let others: Vec<Value> = rest.iter().map(|s| s.value.clone()).collect();
            truth(equal_to_any(heap, &first.value, &others, depth)?)
        }
        Builtin::Ne => truth(!equal_to_any(heap, &first.value, &[two(second)], depth)?),
        Builtin::Lt => truth(less(&first.value, &two(second), heap)?),
        Builtin::Ge => truth(!less(&first.value, &two(second), heap)?),
        Builtin::Le => truth(less_or_equal(heap, &first.value, two(second), depth)?),
        Builtin::Gt => truth(!less_or_equal(heap, &first.value, two(second), depth)?),
        _ => Slot::default(),
    })
}

fn truth(b: bool) -> Slot {
    Slot::of(Value::Bool(b))
}

fn less_or_equal(heap: &mut Heap, a: &Value, b: Value, depth: usize) -> Result<bool, String> {
    Ok(less(a, &b, heap)? || equal_to_any(heap, a, &[b], depth)?)
}

/// No value is a function here, so that `call` always fails.
fn call(function: &Slot, written: &Value, heap: &Heap) -> String {
    if function.value.is_null() {
        return "call of nil".to_owned();
    }
    let of = super::arguments::type_name(&function.value, heap);
    let name = match (written, &function.value) {
        (Value::String(text), _) | (Value::Null, Value::String(text)) => text.to_str_lossy().into_owned(),
        _ => format!("<{of} Value>"),
    };
    format!("non-function {name} of type {of}")
}
