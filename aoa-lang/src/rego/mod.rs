//! Rego as OPA 1.17.1 compiles and runs it, versions 0 and 1.
//!
//! [`Module`]s are parsed, checked and compiled together to a [`Program`], which is asked for documents. Steps and memory are
//! bounded; what needs a network, a clock or keys makes an answer unknown.
//!
//! ```
//! use aoa_lang::rego::{Module, Program, Query, Val, Version};
//!
//! let source = r#"
//!     package demo
//!     deny contains msg if {
//!         some c in input.spec.containers
//!         endswith(c.image, ":latest")
//!         msg := sprintf("%s floats", [c.name])
//!     }
//! "#;
//! let program = Program::compile(vec![Module::parse("demo.rego", source, Version::V1)?])?;
//! let pod = aoa_lang::yaml::load(b"{spec: {containers: [{name: web, image: 'nginx:latest'}]}}")?;
//! let answer = program.run(&Query::new(&["demo", "deny"]).with_input(Val::of_json(&pod)?))?;
//! assert_eq!(answer.value.unwrap().written(), r#"{"web floats"}"#);
//! # Ok::<(), aoa_lang::Error>(())
//! ```

mod builtins;
mod compile;
mod module;
mod number;
mod parse;
mod run;
mod scan;
mod tree;
mod value;

use std::fmt;
use std::sync::Mutex;

use crate::{Limits, Result};
use builtins::Regexes;
use compile::Compiler;
use compile::plan::Plans;
use run::Machine;

pub use module::{Module, Path, Step, Version};
pub use number::Num;
pub use value::{Entries, Seq, Val};

/// Modules, compiled together.
pub struct Program {
    plans: Plans,
    /// Regular expressions of earlier runs; they only save time.
    regexes: Mutex<Regexes>,
}

/// What is asked of a program.
#[derive(Clone, Debug)]
pub struct Query<'q> {
    path: &'q [&'q str],
    input: Option<Val>,
    data: Option<Val>,
    now: Option<i64>,
    limits: Limits,
}

/// What a program says.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The document; absent where it is undefined.
    pub value: Option<Val>,
    /// What could not be known and was taken as undefined, so that the answer may be another.
    pub unknown: Vec<String>,
}

impl<'q> Query<'q> {
    /// Asks for the document at a path below `data`.
    #[must_use]
    pub fn new(path: &'q [&'q str]) -> Self {
        Query { path, input: None, data: None, now: None, limits: Limits::default() }
    }

    /// Gives `input`.
    #[must_use]
    pub fn with_input(mut self, input: Val) -> Self {
        self.input = Some(input);
        self
    }

    /// Gives what lies below `data` beside the rules.
    #[must_use]
    pub fn with_data(mut self, data: Val) -> Self {
        self.data = Some(data);
        self
    }

    /// Gives the time, in nanoseconds since the epoch.
    #[must_use]
    pub fn with_now(mut self, now: i64) -> Self {
        self.now = Some(now);
        self
    }

    /// Gives other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

impl Program {
    /// Compiles modules together.
    ///
    /// # Errors
    /// `Invalid` with OPA's texts for what does not compile; `Limit` for what is too large.
    pub fn compile(modules: Vec<Module>) -> Result<Self> {
        let plans = Compiler::compile(modules)?.plans()?;
        Ok(Program { plans, regexes: Mutex::default() })
    }

    /// Runs the program.
    ///
    /// # Errors
    /// `Invalid` with OPA's text where rules contradict each other; `Limit` where it takes too much.
    pub fn run(&self, query: &Query<'_>) -> Result<Answer> {
        let mut kept = self.regexes.try_lock();
        let mut own = Regexes::default();
        let regexes = match &mut kept {
            Ok(kept) => &mut **kept,
            Err(_) => &mut own,
        };
        let mut machine = Machine::new(
            &self.plans,
            query.input.clone(),
            query.data.clone(),
            query.now,
            &query.limits,
            regexes,
        );
        let value = machine.document(query.path)?;
        Ok(Answer { value, unknown: machine.unknown })
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("files", &self.plans.files).finish_non_exhaustive()
    }
}
