//! What the API server makes of an ApplicationSet.

use aoa_core::sets::crd;
use serde_json::{Value as Json, json};

use crate::areas::convert::{from_json_with_ints, to_json};
use crate::case::Answer;

/// The recording leaves out that the API server drops nulls before it validates.
pub(super) fn answer(input: &Json) -> Answer {
    let pruned = crd::prune(&from_json_with_ints(&input["appset"]))?;
    let errors = crd::validate(&pruned.object);
    let mut answer = json!({"unknownFields": pruned.unknown_fields, "errors": errors});
    if errors.is_empty() {
        answer["appset"] = to_json(&pruned.object);
    }
    Ok(answer)
}
