//! jq expressions, exactly as gojq 0.12.19 evaluates them: what Argo CD's `ignoreDifferences` are written in.
//!
//! An expression is compiled once and run on any number of values. A run gives its outputs one by one; it keeps all that it
//! needs on stacks of its own, so that no recursion of an expression overflows the thread's, and it stops after a number of
//! steps where gojq is stopped by a clock.
//!
//! ```
//! use aoa_lang::{Value, jq, yaml};
//!
//! let images = jq::Program::compile(".spec.containers[].image | sub(\":.*\"; \"\")")?;
//! let pod = yaml::load(b"{spec: {containers: [{image: 'web:1.2'}, {image: 'proxy:3'}]}}")?;
//! let outputs: Vec<Value> = images.run(pod, &jq::Settings::default()).collect::<aoa_lang::Result<_>>()?;
//! assert!(outputs == [Value::string("web"), Value::string("proxy")]);
//!
//! let error = jq::Program::compile(".spec.").unwrap_err();
//! assert_eq!(error.message(), "unexpected EOF");
//! # Ok::<(), aoa_lang::Error>(())
//! ```
//!
//! Compiled as Argo CD does it, there are no modules, no environment and no further inputs. The local time zone is UTC.
//! Known differences: functions of floats other than powers, roots and logarithms may differ from Go's in the last digit;
//! `now` needs a time that is given.

mod ast;
mod budget;
mod compile;
mod encode;
mod failure;
mod functions;
mod lex;
mod machine;
mod number;
mod op;
mod order;
mod parse;
mod path;
mod prelude;

use std::collections::HashMap;
use std::sync::Arc;

use crate::{Result, Value};

use self::budget::Budget;
use self::functions::Context;
use self::machine::Machine;

/// A compiled expression; clones share.
#[derive(Clone, Debug)]
pub struct Program {
    code: Arc<op::Code>,
}

/// What a run may cost, and what it is told.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Most steps; gojq does some 20 million a second.
    pub steps: u64,
    /// Seconds since 1970 for `now`, which is an error of kind `Unsupported` without.
    pub now: Option<f64>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { steps: 20_000_000, now: None }
    }
}

impl Program {
    /// Reads and compiles an expression.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) and [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with gojq's text;
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) for an expression that nests too deeply.
    pub fn compile(expression: &str) -> Result<Self> {
        let parsed = parse::parse(expression)?;
        Ok(Program { code: Arc::new(compile::compile(&parsed)?) })
    }

    /// Starts a run on `input`, whose numbers are taken as they are.
    #[must_use]
    pub fn run(&self, input: Value, settings: &Settings) -> Outputs {
        let context =
            Context { budget: Budget::new(settings.steps), now: settings.now, regexps: HashMap::new() };
        Outputs { machine: Machine::new(self.code.clone(), context, input) }
    }
}

/// The outputs of a run, one after another; it ends with the first error.
///
/// Errors of the expression are of kind `Invalid` with gojq's text; `Limit` says that the run took too long or too much.
#[derive(Debug)]
pub struct Outputs {
    machine: Machine,
}

impl Iterator for Outputs {
    type Item = Result<Value>;

    fn next(&mut self) -> Option<Self::Item> {
        self.machine.next().map(|output| output.map_err(failure::Failure::into_error))
    }
}

/// A value as gojq writes it: compact JSON, keys sorted, `NaN` as `null`, infinities as the largest number.
///
/// # Errors
///
/// [`ErrorKind::Limit`](crate::ErrorKind::Limit) for more than `limit` bytes: values may be shared many times over.
///
/// ```
/// use aoa_lang::{Value, jq};
/// let value = Value::list(vec![Value::float(f64::NAN), Value::float(1e3), Value::string("<\u{7f}>")]);
/// assert_eq!(jq::to_json(&value, 100)?, r#"[null,1000,"<\u007f>"]"#);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn to_json(value: &Value, limit: usize) -> Result<String> {
    encode::within(value, limit).map_err(failure::Failure::into_error)
}

#[cfg(test)]
mod tests;
