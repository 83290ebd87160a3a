//! The area `template`.

mod applicationset;
mod data;
mod go;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    match op {
        "gotmpl" | "sprig" => go::answer(input),
        "argo" => Some(applicationset::go(input)),
        "fasttemplate" => Some(applicationset::fast(input)),
        _ => None,
    }
}
