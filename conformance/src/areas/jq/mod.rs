//! The area `jq`.

use aoa_core::compare::{IgnoreNormalizer, IgnoreOptions, IgnoreRule};
use aoa_lang::time::Duration;
use aoa_lang::{Error, ErrorKind, Result, Value, jq, json};
use serde_json::{Value as Json, json};

use crate::areas::convert::{from_json, from_json_with_ints, to_json};
use crate::case::{Answer, Refusal};

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    match op {
        "jq" => Some(evaluate(input).map_err(Refusal::from)),
        "jq-del" => Some(delete(input).map_err(Refusal::from)),
        _ => None,
    }
}

/// The oracle stops after this many outputs.
const MAX_OUTPUTS: usize = 1000;
/// Longest JSON of an output.
const MAX_OUTPUT: usize = 64 << 20;
/// 2026-01-01: the recorded answers do not depend on the time.
const NOW: f64 = 1_767_225_600.0;

fn evaluate(input: &Json) -> Result<Json> {
    let program = jq::Program::compile(input["expression"].as_str().unwrap_or_default())?;
    let mut settings = jq::Settings::default();
    settings.now = Some(NOW);
    let mut outputs = Vec::new();
    for output in program.run(from_json(&input["input"]), &settings) {
        // The operation gives an expression one second: what gojq does in it, we count in steps.
        let output = output.map_err(|error| match error.kind() {
            ErrorKind::Limit => Error::invalid("context deadline exceeded"),
            _ => error,
        })?;
        if outputs.len() == MAX_OUTPUTS {
            return Err(Error::invalid(format!("oracle: more than {MAX_OUTPUTS} outputs")));
        }
        let text = jq::to_json(&output, MAX_OUTPUT)?;
        outputs.push(json::read(text.as_bytes(), json::Numbers::Text)?);
    }
    Ok(to_json(&Value::list(outputs)))
}

fn delete(input: &Json) -> Result<Json> {
    let mut rule = IgnoreRule::new("*", "*");
    let expressions = input.get("expression").map(std::slice::from_ref);
    let expressions = expressions.or(input["expressions"].as_array().map(Vec::as_slice)).unwrap_or_default();
    rule.jq = expressions.iter().filter_map(Json::as_str).map(str::to_owned).collect();
    let mut options = IgnoreOptions::default();
    if let Some(timeout) = input["timeoutMs"].as_i64() {
        options.jq_timeout = Duration(timeout * 1_000_000);
    }
    options.now = Some(NOW);
    let compared =
        IgnoreNormalizer::new(&[rule], &options)?.normalize(&from_json_with_ints(&input["object"]))?;
    let mut answer = json!({ "object": to_json(&compared.object) });
    if !compared.skipped.is_empty() {
        answer["skipped"] = json!(compared.skipped);
    }
    Ok(answer)
}
