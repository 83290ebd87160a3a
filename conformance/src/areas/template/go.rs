//! `gotmpl` and `sprig`: text/template itself.

use aoa_lang::Error;
use aoa_lang::template::{Functions, MissingKey, Template, TemplateOptions, TemplateSet, sprig};
use aoa_lang::value::Text;
use serde_json::{Value as Json, json};

use super::data;
use crate::case::{Answer, Refusal};

pub(super) fn answer(input: &Json) -> Option<Answer> {
    let functions = match input["funcs"].as_str() {
        None | Some("none") => Functions::new(),
        Some("sprig") => sprig::functions(),
        Some(_) => return None,
    };
    Some(render(input, &functions).map(|text| text_json(&text)))
}

fn render(input: &Json, functions: &Functions) -> Result<Text, Refusal> {
    let missing = match input["missingkey"].as_str() {
        None | Some("default" | "invalid") => MissingKey::Invalid,
        Some("zero") => MissingKey::Zero,
        Some("error") => MissingKey::Error,
        Some(other) => return Err(Refusal::invalid(format!("unrecognized option: missingkey={other}"))),
    };
    let data = match (&input["typed"], &input["data"]) {
        (Json::Null, data) => data::plain(data),
        (typed, _) => data::typed(typed),
    };
    let template = compile(input, functions, missing)?;
    // The cases know that they were not recorded in 1970.
    let options = TemplateOptions::default().with_now(1_780_000_000, 123_456_789);
    Ok(template.render_text(&data, &options)?)
}

fn compile(input: &Json, functions: &Functions, missing: MissingKey) -> Result<Template, Error> {
    let mut set = TemplateSet::new(functions, missing);
    if let Some(templates) = input["templates"].as_object() {
        let mut names: Vec<&String> = templates.keys().collect();
        names.sort();
        for name in names {
            set.add(name, templates[name].as_str().unwrap_or_default())?;
        }
    }
    set.add("t", input["template"].as_str().unwrap_or_default())?;
    set.compile("t")
}

/// An answer as the oracle writes it: what is not UTF-8 is Base64.
pub(super) fn text_json(text: &Text) -> Json {
    match text.as_str() {
        Some(text) => Json::from(text),
        None => json!({ "b64": base64(text.as_bytes()) }),
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}
