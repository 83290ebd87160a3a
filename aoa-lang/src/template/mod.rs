//! Go's `text/template` (Go 1.26) to the letter.
//!
//! A template is compiled once and run often. Functions come as tables of [`Function`]s: Go's builtins are always there,
//! [`sprig`] and [`argo`] are tables over them. The texts of a template become a tree, and the tree a flat list of steps
//! for a machine with its own stacks, so that no input overflows the thread's. [`FastTemplate`] is the simpler dialect
//! of ApplicationSets, `{{name}}`. [`Templates`] is a set of which each can be run, with functions that run others.
//!
//! ```
//! use aoa_lang::Value;
//! use aoa_lang::template::{Functions, MissingKey, Template, TemplateOptions};
//!
//! let template = Template::parse("t", "{{ .name }}-{{ len .regions }}", &Functions::new(), MissingKey::Error)?;
//! let data = Value::map([("name", Value::from("web")), ("regions", Value::list(vec![Value::Null]))]);
//! assert_eq!(template.render(&data, &TemplateOptions::default())?, "web-1");
//! # Ok::<(), aoa_lang::Error>(())
//! ```

mod arguments;
mod ast;
mod builtins;
mod compare;
mod compile;
mod escape;
mod fasttemplate;
mod fields;
mod function;
mod heap;
mod indexing;
mod iterate;
mod lex;
mod looks;
mod methods;
mod number;
mod options;
mod parse;
mod patterns;
mod pointee;
mod program;
mod run;
mod session;
#[expect(clippy::module_inception, reason = "the file of the type `Template`")]
mod template;

pub mod argo;
pub mod sprig;

pub use arguments::Complex;
pub use fasttemplate::{FastTemplate, Params};
pub use function::{Access, Body, Call, Entry, FnError, Function, Functions};
pub use heap::{Heap, NotMutable, Shape};
pub use looks::Touches;
pub use options::{MissingKey, SharedBudget, TemplateOptions};
pub use session::{Session, Templates};
pub use template::{Template, TemplateSet};
