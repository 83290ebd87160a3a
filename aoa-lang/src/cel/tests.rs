//! What input must not be able to do: overflow the stack, run on, or take all memory.

use std::time::{Duration, Instant};

use super::{Environment, NoVariables, Outcome, PER_CALL_LIMIT, Type, Val};
use crate::Value;

/// Compiles and runs; what cannot be compiled is fine.
fn run(text: &str) -> Option<Outcome> {
    let environment = Environment::kubernetes().with_variable("a", Type::Dyn);
    let program = environment.compile(text).ok()?.program().ok()?;
    Some(program.evaluate(&NoVariables, PER_CALL_LIMIT))
}

#[test]
fn deep_and_long_expressions_end() {
    let started = Instant::now();
    for count in [10, 249, 1_000, 100_000] {
        let around = |open: &str, middle: &str, close: &str| {
            run(&format!("{}{middle}{}", open.repeat(count), close.repeat(count)));
        };
        around("(", "1", ")");
        around("[", "", "]");
        around("{1:", "1", "}");
        around("!", "true", "");
        around("-", "1", "");
        around("!(", "true", ")");
        around("dyn(", "1", ")");
        around("a[", "1", "]");
        around("true ? ", "1", " : 2");
        around("", "a", ".b");
        around("", "1", "+1");
        around("", "true", "&&a.b");
        around("", "[1]", "[0]");
        around("", "a", "?a:a");
        around("[1].map(x,", "x", ")");
        around("'", "x", "");
        around("`", "x", "");
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn costs_bound_the_work() {
    let list = format!("[{}]", (0..200).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    let all = |depth: usize| {
        let inner = (0..depth).fold("true".to_owned(), |inner, n| format!("{list}.all(x{n}, {inner})"));
        let started = Instant::now();
        let outcome = run(&inner);
        (outcome, started.elapsed())
    };
    let (outcome, elapsed) = all(4);
    assert!(outcome.is_some_and(|outcome| outcome.value.is_err() && outcome.cost >= PER_CALL_LIMIT));
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

#[test]
fn texts_that_grow_stay_within_the_budget() {
    let doubling =
        (0..40).fold("'0123456789'".to_owned(), |inner, n| format!("[{inner}].map(x{n}, x{n} + x{n})[0]"));
    for text in [
        doubling.as_str(),
        "'%.1000000000f'.format([1.0])",
        "'a'.replace('', 'aaaaaaaaaaaaaaaaaaaaaaaaaaa')",
        "[1,2,3,4,5,6,7,8,9,10].map(x, [1,2,3,4,5,6,7,8,9,10].map(y, 'aaaaaaaaaaaaaaaaaaaaaa')).flatten(100).join('').matches('(a*)*b')",
        "lists.range(1000000000)",
        "quantity('1e999999999').add(quantity('1'))",
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.matches('((a{1,900}){1,900}){1,900}')",
    ] {
        let started = Instant::now();
        run(text);
        assert!(started.elapsed() < Duration::from_secs(10), "{text}: {:?}", started.elapsed());
    }
}

#[test]
fn deep_data_is_compared_within_bounds() {
    let deep = (0..5_000).fold(Value::Null, |inner, _| Value::list(vec![inner]));
    let other = (0..5_000).fold(Value::Bool(true), |inner, _| Value::list(vec![inner]));
    let environment = Environment::kubernetes().with_variable("a", Type::Dyn).with_variable("b", Type::Dyn);
    for text in
        ["a == b", "a in [b]", "{'x': a} == {'x': b}", "string(a)", "'%s'.format([a])", "[a].distinct()"]
    {
        let Ok(checked) = environment.compile(text) else { continue };
        let Ok(program) = checked.program() else { continue };
        let _ = program.evaluate(&[("a", Val::of(&deep)), ("b", Val::of(&other))].as_slice(), PER_CALL_LIMIT);
    }
    // Dropping what nests this deeply is the value's own concern.
    std::mem::forget((deep, other));
}
