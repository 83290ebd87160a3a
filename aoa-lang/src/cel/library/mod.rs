//! The functions of Kubernetes 1.36: cel-go's standard library and extensions, and Kubernetes' own.

mod authorization;
mod lists;
mod network;
pub(super) mod operators;
mod optional;
mod quantity;
pub(super) mod standard;
mod strings;
pub(super) mod text;
mod time;

use std::borrow::Cow;

use super::declare::Functions;
use super::failure::Failure;
use super::value::{Special, Val};
use crate::value::Text;

/// All of them.
pub(super) fn functions() -> Functions {
    let mut functions = Functions::default();
    operators::declare(&mut functions);
    standard::declare(&mut functions);
    time::declare(&mut functions);
    lists::declare(&mut functions);
    strings::declare(&mut functions);
    optional::declare(&mut functions);
    text::declare(&mut functions);
    quantity::declare(&mut functions);
    network::declare(&mut functions);
    authorization::declare(&mut functions);
    functions
}

/// Argument `at` as a text.
fn text_of(arguments: &[Val], at: usize) -> Result<&Text, Failure> {
    match arguments.get(at) {
        Some(Val::String(text)) => Ok(text),
        _ => Err(Failure::no_overload()),
    }
}

/// Argument `at` as a text, bytes that are not UTF-8 replaced.
fn str_of(arguments: &[Val], at: usize) -> Result<Cow<'_, str>, Failure> {
    text_of(arguments, at).map(Text::to_str_lossy)
}

/// Argument `at` as a number.
fn int_of(arguments: &[Val], at: usize) -> Result<i64, Failure> {
    match arguments.get(at) {
        Some(Val::Int(n)) => Ok(*n),
        _ => Err(Failure::no_overload()),
    }
}

/// Argument `at` as a value of the Kubernetes libraries.
fn special_of(arguments: &[Val], at: usize) -> Result<&Special, Failure> {
    match arguments.get(at) {
        Some(Val::Object(object)) => Ok(object),
        _ => Err(Failure::no_overload()),
    }
}
