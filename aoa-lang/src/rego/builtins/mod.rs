//! Built-in functions (`v1/topdown`).
//!
//! `declared.txt` lists all of OPA's with their types: name, flags (`d` deprecated, `r` a relation), result, arguments. Those
//! that need a network, a clock that was not given, randomness or keys make the answer unknown.

mod data;
mod encode;
mod globs;
mod graphs;
mod ids;
mod net;
mod numbers;
mod objects;
mod paths;
mod text;
mod times;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::value::Val;
use crate::text::regexp::Regexp;
use crate::{Error, Limits};

/// A function as it is declared.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) name: &'static str,
    pub(super) is_deprecated: bool,
    pub(super) result: Option<&'static str>,
    pub(super) args: Vec<&'static str>,
    run: Option<Builtin>,
}

/// Why there is no value.
#[derive(Debug)]
pub(super) enum Fault {
    /// The arguments do not fit: the call is undefined.
    Wrong,
    /// The evaluation ends.
    Fatal(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Fatal(error)
    }
}

pub(super) type Answer = Result<Val, Fault>;
type Builtin = fn(&mut Context<'_>, &[Val]) -> Answer;

/// Regular expressions that were compiled already; `None` for what is none.
#[derive(Default)]
pub(super) struct Regexes(HashMap<Vec<u8>, Option<Regexp>>);

/// What a function may use.
pub(super) struct Context<'m> {
    pub(super) steps: &'m mut u64,
    pub(super) bytes: &'m mut u64,
    /// Nanoseconds since the epoch, where a clock was given.
    pub(super) now: Option<i64>,
    pub(super) unknown: &'m mut Vec<String>,
    pub(super) regexes: &'m mut Regexes,
}

impl Context<'_> {
    /// Counts work and memory.
    fn charge(&mut self, amount: usize) -> Result<(), Fault> {
        let amount = u64::try_from(amount).unwrap_or(u64::MAX);
        let steps = self.steps.checked_sub(amount / 16 + 1);
        let bytes = self.bytes.checked_sub(amount);
        match (steps, bytes) {
            (Some(steps), Some(bytes)) => {
                (*self.steps, *self.bytes) = (steps, bytes);
                Ok(())
            }
            _ => Err(Fault::Fatal(Error::limit("the policy takes too many steps or too much memory"))),
        }
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.output_bytes = usize::try_from(*self.bytes).unwrap_or(usize::MAX);
        limits.input_bytes = limits.output_bytes;
        limits
    }

    /// The answer depends on what is not known here.
    fn unknown(&mut self, what: &str) -> Answer {
        let what = what.to_owned();
        if !self.unknown.contains(&what) {
            self.unknown.push(what);
        }
        Err(Fault::Wrong)
    }

    fn regex(&mut self, pattern: &[u8]) -> Result<Regexp, Fault> {
        if let Some(known) = self.regexes.0.get(pattern) {
            return known.clone().ok_or(Fault::Wrong);
        }
        self.charge(pattern.len().saturating_mul(64))?;
        let compiled = Regexp::new(pattern).ok();
        if self.regexes.0.len() < 1_000 {
            self.regexes.0.insert(pattern.to_vec(), compiled.clone());
        }
        compiled.ok_or(Fault::Wrong)
    }
}

static TABLE: LazyLock<Vec<Declared>> = LazyLock::new(|| {
    let read = |line: &'static str| {
        let mut words = line.split(' ');
        let (name, flags, result) = (words.next()?, words.next()?, words.next()?);
        Some(Declared {
            name,
            is_deprecated: flags.contains('d'),
            result: (result != "-").then_some(result),
            args: words.filter(|word| !word.is_empty() && !word.starts_with('*')).collect(),
            run: implementation(name),
        })
    };
    let mut table: Vec<Declared> = include_str!("declared.txt").lines().filter_map(read).collect();
    table.sort_by_key(|declared| declared.name);
    table
});

/// The number of a function.
pub(super) fn position(name: &str) -> Option<usize> {
    TABLE.binary_search_by_key(&name, |declared| declared.name).ok()
}

pub(super) fn declared(name: &str) -> Option<&'static Declared> {
    TABLE.get(position(name)?)
}

pub(super) fn is_walk(number: usize) -> bool {
    TABLE.get(number).is_some_and(|declared| declared.name == "walk")
}

pub(super) fn run(number: usize, context: &mut Context<'_>, args: &[Val]) -> Answer {
    let declared = TABLE.get(number).ok_or(Fault::Wrong)?;
    context.charge(16)?;
    match declared.run {
        Some(run) => run(context, args),
        None => context.unknown(&format!("the function {} cannot be evaluated offline", declared.name)),
    }
}

fn arg(args: &[Val], at: usize) -> Result<&Val, Fault> {
    args.get(at).ok_or(Fault::Wrong)
}

fn text(args: &[Val], at: usize) -> Result<&[u8], Fault> {
    Ok(arg(args, at)?.as_text().ok_or(Fault::Wrong)?.as_bytes())
}

fn string(args: &[Val], at: usize) -> Result<&str, Fault> {
    arg(args, at)?.as_text().and_then(crate::value::Text::as_str).ok_or(Fault::Wrong)
}

fn int(args: &[Val], at: usize) -> Result<i64, Fault> {
    match arg(args, at)? {
        Val::Number(number) => number.int().ok_or(Fault::Wrong),
        _ => Err(Fault::Wrong),
    }
}

/// The elements of an array or a set.
fn elements(value: &Val) -> Result<&[Val], Fault> {
    match value {
        Val::Array(seq) | Val::Set(seq) => Ok(seq.items()),
        _ => Err(Fault::Wrong),
    }
}

fn of_bytes(bytes: Vec<u8>) -> Val {
    Val::String(bytes.into())
}

fn truth(value: bool) -> Answer {
    Ok(Val::Bool(value))
}

fn implementation(name: &str) -> Option<Builtin> {
    numbers::function(name)
        .or_else(|| text::function(name))
        .or_else(|| data::function(name))
        .or_else(|| objects::function(name))
        .or_else(|| graphs::function(name))
        .or_else(|| paths::function(name))
        .or_else(|| encode::function(name))
        .or_else(|| net::function(name))
        .or_else(|| times::function(name))
        .or_else(|| ids::function(name))
}
