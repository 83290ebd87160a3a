//! Kubernetes' CEL and ValidatingAdmissionPolicies.

mod cel;
mod vap;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    match op {
        "cel" => Some(cel::value(input)),
        "cel-type" => Some(cel::output_type(input)),
        "cel-cost" => Some(cel::cost(input)),
        "vap" => Some(vap::review(input)),
        "vap-validate" => Some(vap::validate(input)),
        "vap-typecheck" => Some(vap::typecheck(input)),
        _ => None,
    }
}
