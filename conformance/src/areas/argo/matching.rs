//! The languages that match one text.

use std::collections::BTreeMap;

use aoa_lang::text::glob::{Glob, PatternList, PatternMode};
use aoa_lang::text::regexp::{BacktrackingRegexp, Regexp};
use aoa_lang::text::selector::{Expression, LabelSelector, Selector};
use aoa_lang::text::semver::{Constraint, Version};
use aoa_lang::text::{doublestar, path_glob};
use serde_json::{Value as Json, json};

use crate::case::Answer;

pub(super) fn glob(input: &Json) -> Answer {
    let glob = Glob::new(text(input, "pattern"), text(input, "separators"))?;
    Ok(glob.matches(text(input, "text"))?.into())
}

pub(super) fn glob_list(input: &Json) -> Answer {
    let Some(mode) = PatternMode::from_name(text(input, "mode")) else { return Ok(false.into()) };
    Ok(PatternList::new(texts(input, "list"), mode).matches(text(input, "item"))?.into())
}

pub(super) fn path_match(input: &Json) -> Answer {
    let (pattern, path) = (text(input, "pattern"), text(input, "path"));
    let matched = match text(input, "matcher") {
        "path" => path_glob::path_match(pattern, path),
        "filepath" => path_glob::filepath_match(pattern, path),
        _ => doublestar::matches(pattern, path),
    };
    Ok(matched?.into())
}

pub(super) fn regexp(input: &Json) -> Answer {
    let (pattern, searched) = (text(input, "pattern"), text(input, "text"));
    if text(input, "dialect") == "backtracking" {
        // Argo CD logs an expression that does not compile, and goes on without a match.
        let matched =
            BacktrackingRegexp::new(pattern).is_ok_and(|regexp| regexp.is_match(searched).unwrap_or(false));
        return Ok(json!({"match": matched}));
    }
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

pub(super) fn selector(input: &Json) -> Answer {
    let selector = match input["selector"].as_str() {
        Some(text) => Selector::parse(text)?,
        None => Selector::from_object(label_selector(&input["labelSelector"]).as_ref())?,
    };
    let sets = input["labels"].as_array().into_iter().flatten();
    let matches: Vec<bool> = sets.map(|set| selector.matches(&string_map(set))).collect();
    Ok(json!({"canonical": selector.to_string(), "empty": selector.is_empty(), "matches": matches}))
}

/// A `LabelSelector` object, if there is one.
pub(in crate::areas) fn label_selector(json: &Json) -> Option<LabelSelector> {
    let expression = |json: &Json| Expression {
        key: text(json, "key").to_owned(),
        operator: text(json, "operator").to_owned(),
        values: texts(json, "values").map(str::to_owned).collect(),
    };
    json.is_object().then(|| LabelSelector {
        match_labels: string_map(&json["matchLabels"]),
        match_expressions: json["matchExpressions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(expression)
            .collect(),
    })
}

fn string_map(json: &Json) -> BTreeMap<String, String> {
    let entries = json.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

fn texts<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j str> {
    json[key].as_array().into_iter().flatten().filter_map(Json::as_str)
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}
