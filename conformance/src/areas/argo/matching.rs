//! The languages that match one text.

use aoa_lang::text::regexp::Regexp;
use serde_json::{Value as Json, json};

use crate::case::Answer;

pub(super) fn regexp(input: &Json) -> Answer {
    let (pattern, searched) = (text(input, "pattern"), text(input, "text"));
    let compiled = Regexp::new(pattern)?;
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let found = compiled.captures(searched);
    let groups = found
        .as_ref()
        .map(|found| found.texts(searched.as_bytes()).into_iter().map(lossy).collect::<Vec<_>>());
    let mut want = json!({"match": compiled.is_match(searched), "groups": groups, "names": compiled.names()});
    if let Some(template) = input["replace"].as_str() {
        want["replaced"] = lossy(&compiled.replace_all(searched, template, 1 << 20)?).into();
    }
    Ok(want)
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}
