//! How aoa answers the ops of Helm: charts, values and flags.

use std::collections::BTreeMap;

use aoa_helm::{
    Action, Capabilities, Chart, Crds, HelmVersion, Hook, KubeVersion, Release, SchemaCheck, Tests, Values,
    release_name,
};
use aoa_lang::source::Tree;
use aoa_lang::template::TemplateOptions;
use aoa_lang::value::Text;
use aoa_lang::{Error, ErrorKind, Value};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::convert;
use crate::case::{Answer, Refusal};

/// The answer to `op`, or `None` where it is not implemented.
pub fn answer(op: &str, input: &Json) -> Option<Answer> {
    Some(match op {
        "template" | "order" => template(input),
        "expr" => expr(input),
        "coalesce" => coalesce(input),
        "strvals" => values(input).map(|values| values_json(values.as_map())).map_err(Refusal::from),
        "schema" => schema(input),
        _ => return None,
    })
}

fn template(input: &Json) -> Answer {
    let release = release(input)?;
    let release = release
        .with_crds(if flag(input, "includeCRDs") { Crds::Include } else { Crds::Skip })
        .with_tests(if flag(input, "skipTests") { Tests::Skip } else { Tests::Include })
        .with_schema(if flag(input, "skipSchema") { SchemaCheck::Skip } else { SchemaCheck::Check });
    let values = values(input)?;
    let chart = Chart::load(&tree(input, &[]))?;
    let rendered = chart.render(&values, &release).map_err(|error| match error.help() {
        Some(help) => Refusal { kind: error.kind(), message: format!("{error}\n\n{help}") },
        None => error.into(),
    })?;
    let mut out = JsonMap::new();
    out.insert("manifest".to_owned(), text_json(&rendered.text()));
    if !rendered.hooks.is_empty() {
        out.insert("hooks".to_owned(), rendered.hooks.iter().map(hook_json).collect());
    }
    if flag(input, "showNotes") {
        out.insert("notes".to_owned(), text_json(&rendered.notes));
    }
    add_warnings(&mut out, &rendered.warnings);
    Ok(Json::Object(out))
}

/// One template of a small chart, by the engine alone.
fn expr(input: &Json) -> Answer {
    let release = release(input)?.with_schema(SchemaCheck::Skip);
    let values = values(input)?;
    let expr = input["expr"].as_str().unwrap_or_default();
    let chart = "apiVersion: v2\nname: demo\nversion: 0.1.0\nappVersion: \"1.0\"\n";
    let chart = Chart::load(&tree(input, &[("Chart.yaml", chart), ("templates/expr.yaml", expr)]))?;
    let name = chart.metadata().map(|m| m.name.clone()).unwrap_or_default();
    let files = chart.render_files(&values, &release)?;
    let path = format!("{name}/templates/expr.yaml");
    let file = files.into_iter().find(|(name, _)| **name == *path);
    Ok(text_json(&file.map(|(_, text)| text).unwrap_or_default()))
}

fn coalesce(input: &Json) -> Answer {
    release(input)?;
    let values = values(input)?;
    let chart = Chart::load(&tree(input, &[]))?;
    let coalesced = chart.coalesce(&values, SchemaCheck::Skip)?;
    let Json::Object(mut out) = values_json(&coalesced.values) else { return Ok(Json::Null) };
    let mut charts = coalesced.charts;
    charts.sort();
    out.insert("charts".to_owned(), charts.into());
    add_warnings(&mut out, &coalesced.warnings);
    Ok(Json::Object(out))
}

fn schema(input: &Json) -> Answer {
    release(input)?;
    let values = values(input)?;
    let chart = Chart::load(&tree(input, &[]))?;
    chart.coalesce(&values, SchemaCheck::Check)?;
    Ok(json!({"valid": true}))
}

/// The files of the chart, those of `more` that it does not have added; a template counts as given.
fn tree(input: &Json, more: &[(&str, &str)]) -> Tree {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (path, text) in more {
        files.insert((*path).to_owned(), text.as_bytes().to_vec());
    }
    for (path, content) in input["files"].as_object().into_iter().flatten() {
        let bytes = match content.as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => from_base64(content["base64"].as_str().unwrap_or_default()),
        };
        if path != "templates/expr.yaml" || !more.iter().any(|(name, _)| name == path) {
            files.insert(path.clone(), bytes);
        }
    }
    Tree::in_memory(files)
}

fn release(input: &Json) -> Result<Release, Error> {
    let text = |key: &str| input["release"][key].as_str().filter(|text| !text.is_empty());
    let name = match text("name") {
        None => "release-name".to_owned(),
        Some(name) => release_name(name, &TemplateOptions::default())?,
    };
    // The cases were recorded by a program that was built without the flags of a release.
    let helm = HelmVersion {
        version: "v4.2".to_owned(),
        git_commit: String::new(),
        git_tree_state: String::new(),
        go_version: "go1.26.8".to_owned(),
        ..HelmVersion::default()
    };
    let mut capabilities =
        Capabilities::default().with_helm_version(helm).with_api_versions(texts(input, "apiVersions"));
    if let Some(version) = input["kubeVersion"].as_str().filter(|version| !version.is_empty()) {
        capabilities = capabilities.with_kube_version(KubeVersion::parse(version)?);
    }
    let is_upgrade = input["release"]["isUpgrade"].as_bool().unwrap_or(false);
    Ok(Release::new(name, text("namespace").unwrap_or("default"))
        .with_action(if is_upgrade { Action::Upgrade } else { Action::Install })
        .with_capabilities(capabilities))
}

/// What `--values` and the `--set` flags amount to, in Helm's order.
fn values(input: &Json) -> Result<Values, Error> {
    let mut values = Values::new();
    for (at, text) in texts(input, "values").iter().enumerate() {
        values = values.with_file(&format!("values-{at}.yaml"), text.as_bytes())?;
    }
    for argument in texts(input, "setJson") {
        values = values.with_set_json(&argument)?;
    }
    for argument in texts(input, "set") {
        values = values.with_set(&argument)?;
    }
    for argument in texts(input, "setString") {
        values = values.with_set_string(&argument)?;
    }
    let (arguments, files) = set_files(input);
    let read = |path: &str| match files.get(path) {
        Some(text) => Ok(Text::from(text.as_str())),
        None => Err(Error::new(ErrorKind::NotFound, format!("open {path}: no such file or directory"))),
    };
    for argument in arguments {
        values = values.with_set_file(&argument, &read)?;
    }
    for argument in texts(input, "setLiteral") {
        values = values.with_set_literal(&argument)?;
    }
    Ok(values)
}

/// The arguments of `--set-file`, and the files that their paths name.
fn set_files(input: &Json) -> (Vec<String>, BTreeMap<String, String>) {
    let sorted = |key: &str| -> BTreeMap<String, String> {
        let entries = input[key].as_object().into_iter().flatten();
        entries.map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_owned())).collect()
    };
    let (mut arguments, mut files) = (texts(input, "setFileArgs"), sorted("localFiles"));
    for (at, (key, text)) in sorted("setFile").into_iter().enumerate() {
        let path = format!("set-file-{at}.txt");
        arguments.push(format!("{key}={path}"));
        files.insert(path, text);
    }
    (arguments, files)
}

fn texts(input: &Json, key: &str) -> Vec<String> {
    let items = input[key].as_array().into_iter().flatten();
    items.map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
}

fn flag(input: &Json, key: &str) -> bool {
    input[key].as_bool().unwrap_or(false)
}

fn hook_json(hook: &Hook) -> Json {
    let mut out = JsonMap::new();
    out.insert("name".to_owned(), hook.name.as_str().into());
    out.insert("kind".to_owned(), hook.kind.as_str().into());
    out.insert("path".to_owned(), (*hook.path).into());
    out.insert("events".to_owned(), hook.events.iter().copied().collect());
    out.insert("weight".to_owned(), hook.weight.into());
    for (key, list) in
        [("deletePolicies", &hook.delete_policies), ("outputLogPolicies", &hook.output_log_policies)]
    {
        if !list.is_empty() {
            out.insert(key.to_owned(), list.iter().map(String::as_str).collect());
        }
    }
    Json::Object(out)
}

fn add_warnings(out: &mut JsonMap<String, Json>, warnings: &[String]) {
    if !warnings.is_empty() {
        out.insert("warnings".to_owned(), warnings.iter().map(String::as_str).collect());
    }
}

/// Values with the Go types of their numbers.
fn values_json(values: &aoa_lang::value::Map) -> Json {
    let values = Value::Map(values.clone());
    let mut numbers = JsonMap::new();
    collect_numbers("", &values, &mut numbers);
    let mut out = JsonMap::new();
    out.insert("values".to_owned(), convert::to_json(&values));
    if !numbers.is_empty() {
        out.insert("numbers".to_owned(), Json::Object(numbers));
    }
    Json::Object(out)
}

fn collect_numbers(path: &str, value: &Value, found: &mut JsonMap<String, Json>) {
    match value {
        Value::Map(map) => {
            for (key, item) in map.iter() {
                let path = format!("{path}.{}", key.to_str_lossy());
                collect_numbers(path.strip_prefix('.').unwrap_or(&path), item, found);
            }
        }
        Value::List(list) => {
            for (at, item) in list.iter().enumerate() {
                collect_numbers(&format!("{path}[{at}]"), item, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
        number => {
            found.insert(path.to_owned(), number.type_name().into());
        }
    }
}

/// Text, or what is no UTF-8 as Base64.
fn text_json(text: &Text) -> Json {
    match text.as_str() {
        Some(text) => Json::from(text),
        None => json!({ "base64": to_base64(text.as_bytes()) }),
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn to_base64(bytes: &[u8]) -> String {
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

fn from_base64(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut out) = (0u32, 0, Vec::new());
    for digit in text.bytes().filter_map(|b| DIGITS.iter().position(|d| *d == b)) {
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}
