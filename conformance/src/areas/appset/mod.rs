//! The area `appset`.

mod crd;
mod rollout;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    Some(match op {
        "crd" => crd::answer(input),
        "rolling-steps" => rollout::steps(input),
        "invalid-generators" => rollout::invalid_generators(input),
        _ => return None,
    })
}
