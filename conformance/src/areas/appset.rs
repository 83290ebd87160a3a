//! The area `appset`.

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    let _ = (op, input);
    None
}
