//! The area `yaml`.

mod emit;
mod load;
mod patch;
mod typed;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    match op {
        "emit" => Some(emit::emit(input)),
        "emit-kyaml" => Some(emit::emit_kyaml(input)),
        "emit-kustomize" => Some(emit::emit_kustomize(input)),
        "load-kyaml" => Some(emit::load_kyaml(input)),
        "load" => load::load(input),
        "load-helm-values" => load::load_helm_values(input),
        "load-unstructured" => load::load_object(input),
        "read-helm-values" => load::read_helm_values(input),
        "split" => load::split(input),
        "load-strict" => load::load_strict(input),
        "load-typed" => typed::load_typed(input),
        "merge-patch" => patch::merge(input),
        "create-merge-patch" => patch::create_merge(input),
        "strategic-merge" => patch::strategic_merge(input),
        "strategic-merge-kustomize" => patch::strategic_merge_kustomize(input),
        _ => None,
    }
}

/// The answer to an `op` for which the spelling of the case counts, from the line of the case.
pub fn answer_line(op: &str, line: &str) -> Option<Answer> {
    match op {
        "json-patch" => patch::json_patch(line),
        _ => None,
    }
}
