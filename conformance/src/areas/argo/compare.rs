//! What is left out before states are compared.

use aoa_core::compare::{CompareSettings, IgnoreOptions, IgnoreRule, StateComparison};
use aoa_core::render::{INSTANCE_LABEL, Tracking, TrackingMethod};
use aoa_lang::{Result, Value};
use serde_json::{Value as Json, json};

use crate::areas::convert::{from_json_with_ints, to_json};
use crate::case::{Answer, Refusal};

pub(super) fn ignore_differences(input: &Json) -> Answer {
    difference(input).map_err(Refusal::from)
}

fn difference(input: &Json) -> Result<Json> {
    let settings = input["settings"].as_object();
    let entries =
        settings.into_iter().flatten().filter_map(|(key, text)| Some((key.as_str(), text.as_str()?)));
    let set = |key: &str| input["settings"][key].as_str().filter(|text| !text.is_empty());
    let tracking = Tracking::new(
        TrackingMethod::from_name(set("application.resourceTrackingMethod").unwrap_or_default()),
        set("application.instanceLabelKey").unwrap_or(INSTANCE_LABEL),
        "",
    );
    let rules = input["ignoreDifferences"].as_array().into_iter().flatten();
    let rules: Vec<IgnoreRule> = rules.map(|rule| IgnoreRule::of(&from_json_with_ints(rule))).collect();
    let compared =
        StateComparison::new(&rules, CompareSettings::read(entries)?, tracking, &IgnoreOptions::default())?;
    let object = |key: &str| input.get(key).map_or(Value::Null, from_json_with_ints);
    let found = compared.compare(&object("live"), &object("desired"))?;
    Ok(
        json!({ "modified": found.modified, "live": to_json(&found.live), "predicted": to_json(&found.predicted) }),
    )
}
