//! How aoa answers the ops of each area.

pub mod admission;
pub mod appset;
pub mod argo;
pub mod convert;
pub mod fleet;
pub mod gatekeeper;
pub mod helm;
pub mod jq;
pub mod kustomize;
pub mod template;
pub mod yaml;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op` of `area`, or `None` where the op is not implemented.
pub fn answer(area: &str, op: &str, input: &Json) -> Option<Answer> {
    match area {
        "yaml" => yaml::answer(op, input),
        "template" => template::answer(op, input),
        "appset" => appset::answer(op, input),
        "argo" => argo::answer(op, input),
        "helm" => helm::answer(op, input),
        "kustomize" => kustomize::answer(op, input),
        "admission" => admission::answer(op, input),
        "jq" => jq::answer(op, input),
        "gatekeeper" => gatekeeper::answer(op, input),
        _ => None,
    }
}

/// The answer to an `op` for which the spelling of the case counts, from the line of the case.
pub fn answer_line(area: &str, op: &str, line: &str) -> Option<Answer> {
    match area {
        "yaml" => yaml::answer_line(op, line),
        _ => None,
    }
}
