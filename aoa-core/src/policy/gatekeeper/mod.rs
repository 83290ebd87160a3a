//! Gatekeeper's constraint templates and constraints, as `gator test` of version 3.23.1 applies them.
//!
//! A [`Gatekeeper`] takes templates, constraints and data in this order and reviews objects. What it is given is read as
//! upstream reads it: all numbers are floats. Nothing is asked of a network; what a policy wants from one is told as unknown.
//!
//! | file | what |
//! |---|---|
//! | `template` | templates and their code |
//! | `rego` | the modules of a template: what they may import and refer to, and the rule that asks them |
//! | `schema` | the schemas of parameters: what they may say, what they refuse, defaults |
//! | `constraint` | constraints and what they do |
//! | `matching` | which objects a constraint means |
//! | `expansion` | ExpansionTemplates: the Pods of a Deployment |
//! | `mutation` | mutators, which change what is expanded |
//! | `client` | all together |
//! | `review` | what it says of an object |
//! | `gator` | what `gator test` says of a heap of objects |

mod client;
mod constraint;
mod expansion;
mod gator;
mod matching;
mod mutation;
mod rego;
mod review;
mod schema;
mod template;

pub use client::Gatekeeper;
pub use gator::test;
pub use matching::Source;
pub(in crate::policy) use matching::wildcard as is_wildcard_match;
pub(in crate::policy) use review::Operation;
pub use review::{Review, Violation};
