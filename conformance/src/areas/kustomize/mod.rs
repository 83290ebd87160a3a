//! The area `kustomize`.

mod build;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    match op {
        "build" => Some(build::build(input)),
        _ => None,
    }
}
