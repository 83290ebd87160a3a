//! The area `appset`.

mod controller;
mod crd;
mod generate;
mod rollout;
mod world;

use serde_json::Value as Json;

use crate::case::Answer;

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    Some(match op {
        "validate" | "policies" | "rolling-sync" | "deletion-order" => controller::reconcile(input),
        "crd" => crd::answer(input),
        "rolling-steps" => rollout::steps(input),
        "invalid-generators" => rollout::invalid_generators(input),
        "appset" => generate::appset(input),
        "list" | "cluster-params" | "git-dirs" | "git-files" | "scm" | "pull-request" | "plugin"
        | "decision" | "matrix" | "merge" | "values" => generate::params(input),
        "selector" => generate::selector(input),
        "interpolate" => generate::interpolation(input),
        "replace" => generate::replace(input),
        "render" | "template-patch" => generate::render(input),
        "flatten" => generate::flat(input),
        "template-merge" => generate::template_merge(input),
        "normalize" => generate::normalized(input),
        "slugify" => generate::slugified(input),
        _ => return None,
    })
}
