//! The Common Expression Language as Kubernetes 1.36 runs it (cel-go 0.26.0 and the libraries of k8s.io/apiserver).
//!
//! An [`Environment`] knows variables and types; it compiles an expression to a [`Checked`] one, whose types fit, and that
//! to a [`Program`]. A program runs over [`Variables`] with a budget in cel-go's units of cost and yields an [`Outcome`].
//! Texts of errors are cel-go's own, because users search for them. Data is never converted before an expression asks
//! for an element of it.
//!
//! ```
//! use aoa_lang::cel::{Environment, Type, Val};
//!
//! let environment = Environment::kubernetes().with_variable("object", Type::Dyn);
//! let rule = "object.spec.template.spec.containers.all(c, !c.image.endsWith(':latest'))";
//! let program = environment.compile(rule)?.program()?;
//! let object = aoa_lang::yaml::load(b"{spec: {template: {spec: {containers: [{image: 'web:latest'}]}}}}")?;
//! let outcome = program.evaluate(&[("object", Val::of(&object))].as_slice(), 1_000_000);
//! assert!(matches!(outcome.value, Ok(Val::Bool(false))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod types;
mod value;

mod ast;
mod issues;
mod lex;
mod macros;
mod parse;
mod unescape;

mod check;
mod declare;
mod environment;
mod messages;
mod schema;
mod solve;
mod validate;

mod authorization;
mod compare;
mod convert;
mod failure;
mod formats;
mod library;
mod map;
mod network;
mod quantity;
mod semver;
mod string_format;

mod cost;
mod plan;
mod program;
mod run;

pub use authorization::{Authorizer, Decision, GroupCheck, PathCheck, ResourceCheck};
pub use check::Checked;
pub use environment::{Environment, Fields};
pub use failure::Failure;
pub use formats::NamedFormat;
pub use issues::Issues;
pub use map::ComputedMap;
pub use network::{Address, Prefix};
pub use parse::RESERVED;
pub use program::{NoVariables, Outcome, Program, Variables};
pub use quantity::Quantity;
pub use semver::Semver;
pub use types::{Param, Type};
pub use value::{Special, Val};

/// The most that one call of an expression may cost in Kubernetes.
pub const PER_CALL_LIMIT: u64 = 1_000_000;

#[cfg(test)]
mod tests;
