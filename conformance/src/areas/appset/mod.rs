//! The area `appset`.

mod crd;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    Some(match op {
        "crd" => crd::answer(input),
        _ => return None,
    })
}
