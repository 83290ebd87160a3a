//! The languages that match one text.

use aoa_lang::text::regexp::Regexp;
use aoa_lang::text::semver::{Constraint, Version};
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

pub(super) fn semver(input: &Json) -> Answer {
    if let Some(parsed) = input["parse"].as_str() {
        let strict = input["strict"].as_bool().unwrap_or_default();
        let version = if strict { Version::parse_strict(parsed)? } else { Version::parse(parsed)? };
        return Ok(json!({
            "major": version.major(), "minor": version.minor(), "patch": version.patch(),
            "prerelease": version.prerelease(), "metadata": version.metadata(),
            "string": version.to_string(), "original": version.original(),
        }));
    }
    if let Some(constraint) = input["constraint"].as_str() {
        let constraint = Constraint::parse(constraint)?;
        let version = Version::parse(text(input, "version"))?;
        let verdict = constraint.explain(&version);
        let reasons: Vec<_> = verdict.as_ref().err().into_iter().flatten().map(ToString::to_string).collect();
        return Ok(json!({
            "check": constraint.check(&version), "valid": verdict.is_ok(), "reasons": reasons,
            "canonical": constraint.to_string(),
        }));
    }
    let mut versions = texts(input, "sort").map(Version::parse).collect::<Result<Vec<_>, _>>()?;
    versions.sort_by(Version::compare);
    Ok(versions.iter().map(Version::original).collect())
}

fn texts<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j str> {
    json[key].as_array().into_iter().flatten().filter_map(Json::as_str)
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}
