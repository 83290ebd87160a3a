//! Runs the cases of `conformance/checks/`: every rule has some that pass and some that fail.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use aoa_core::check::{CheckOptions, check, seconds_of_day};
use aoa_core::finding::Rule;
use aoa_core::inputs::{PolicyFile, Root};
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::lang::value::{Map, Text};
use aoa_core::lang::{Value, yaml};
use aoa_core::model::Cluster;
use aoa_core::{Inputs, Options, resolve};

const URL: &str = "https://git.example.com/fleet";

/// The fewest cases of each kind.
const FEWEST: usize = 3;

#[test]
fn every_rule_has_cases_and_they_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks");
    let mut problems = Vec::new();
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for file in &files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let (id, _) = name.split_once('-').unwrap();
        let rule = Rule::find(id).unwrap_or_else(|| panic!("{name}: there is no such rule"));
        assert_eq!(name, format!("{}-{}", rule.id(), rule.name()), "the file is named by id and name");
        seen.insert(rule);
        let text = fs::read(file).unwrap();
        let cases = yaml::load(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for kind in ["pass", "fail"] {
            let list = cases.get(kind).and_then(Value::as_list).unwrap();
            if list.len() < FEWEST {
                problems.push(format!("{name}: only {} cases under `{kind}`", list.len()));
            }
            for case in list {
                count += 1;
                if let Some(problem) = judge(rule, kind, case) {
                    problems.push(format!("{name}, {kind}, `{}`: {problem}", text_at(case, "name")));
                }
            }
        }
    }
    for rule in Rule::ALL {
        if !seen.contains(rule) {
            problems.push(format!("{} has no cases", rule.id()));
        }
    }
    assert!(problems.is_empty(), "{} of {count} cases:\n{}", problems.len(), problems.join("\n"));
}

/// What is wrong with a case.
fn judge(rule: Rule, kind: &str, case: &Value) -> Option<String> {
    let fleet = match resolve(&inputs(case), &Options::default()) {
        Ok(fleet) => fleet,
        Err(error) => return Some(format!("cannot be resolved: {error}")),
    };
    let mut options = CheckOptions::default();
    options.select = vec![rule];
    options.now = seconds_of_day(text_at(case, "today")).unwrap_or_default();
    let findings = check(&fleet, &options);
    let messages: Vec<String> = findings.open().map(|reported| reported.finding.message()).collect();
    let says = text_at(case, "says");
    let others = || {
        let all = check(&fleet, &CheckOptions::default());
        let all: Vec<String> =
            all.iter().map(|r| format!("{} {}", r.finding.rule().id(), r.finding.message())).collect();
        all.join("; ")
    };
    match kind {
        "pass" if !messages.is_empty() => Some(format!("should pass: {}", messages.join("; "))),
        "fail" if messages.is_empty() => Some(format!("should fail; what is said: {}", others())),
        "fail" if !messages.iter().any(|message| message.contains(says)) => {
            Some(format!("nothing says `{says}`: {}", messages.join("; ")))
        }
        _ => None,
    }
}

fn text_at<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn inputs(case: &Value) -> Inputs {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut folders = BTreeSet::new();
    if let Some(root) = case.get("root").and_then(Value::as_list) {
        files.insert("root.yaml".to_owned(), documents(root.iter(), &mut folders));
    }
    for (name, objects) in entries(case, "content") {
        let objects = objects.as_list().unwrap();
        let text = documents(objects.iter(), &mut folders);
        if objects.is_empty() {
            folders.insert(name);
        } else {
            files.insert(format!("{name}/objects.yaml"), text);
        }
    }
    for (name, size) in entries(case, "large") {
        let metadata = Map::new().with("name", Value::from("large"));
        let metadata = match case.get("annotations") {
            Some(annotations) => metadata.with("annotations", annotations.clone()),
            None => metadata,
        };
        let data = "x".repeat(usize::try_from(size.as_i64().unwrap()).unwrap());
        let object = Value::map([
            ("apiVersion", Value::from("v1")),
            ("data", Value::map([("a", Value::from(data))])),
            ("kind", Value::from("ConfigMap")),
            ("metadata", Value::Map(metadata)),
        ]);
        files.insert(format!("{name}/large.yaml"), yaml::emit(&object).unwrap());
    }
    for (path, text) in entries(case, "files") {
        files.insert(path, text.as_str().unwrap().to_owned());
    }
    for folder in folders {
        if !files.keys().any(|path| path.starts_with(&format!("{folder}/"))) {
            let text = format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {folder}}}}}\n");
            files.insert(format!("{folder}/empty.yaml"), text);
        }
    }
    let policies = case.get("policies").and_then(Value::as_list).map(|policies| {
        let texts: Vec<String> =
            policies.iter().map(|policy| yaml::emit(&policy_of(policy)).unwrap()).collect();
        texts.join("---\n")
    });
    files.extend(policies.iter().map(|text| ("policies.yaml".to_owned(), text.clone())));
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files));
    inputs.policies.extend(policies.map(|text| {
        let mut file = PolicyFile::new(TreePath::new("policies.yaml").unwrap(), text);
        file.repository = URL.into();
        file
    }));
    match case.get("roots").and_then(Value::as_list) {
        Some(roots) => {
            inputs.roots =
                roots.iter().map(|r| Root::new(TreePath::new(r.as_str().unwrap()).unwrap())).collect();
        }
        None => inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap())),
    }
    inputs.clusters = match case.get("clusters").and_then(Value::as_list) {
        Some(clusters) => clusters.iter().map(cluster).collect(),
        None => ["dev", "prod"].into_iter().map(usual_cluster).collect(),
    };
    inputs.settings.argocd_cm = case.get("argocd-cm").cloned();
    inputs
}

fn policy_of(policy: &Value) -> Value {
    let policy = policy.as_map().cloned().unwrap();
    let policy = or(policy, "apiVersion", || Value::from("aoa.dev/v1alpha1"));
    Value::Map(or(policy, "kind", || Value::from("Policy")))
}

fn entries(case: &Value, key: &str) -> Vec<(String, Value)> {
    let map = case.get(key).and_then(Value::as_map);
    map.into_iter().flat_map(|map| map.iter()).map(|(k, v)| (k.to_string(), v.clone())).collect()
}

fn cluster(value: &Value) -> Cluster {
    let versions = value.get("apiVersions").and_then(Value::as_list);
    Cluster {
        name: text_at(value, "name").into(),
        server: text_at(value, "server").into(),
        labels: value.get("labels").and_then(Value::as_map).cloned().unwrap_or_default(),
        api_versions: versions.map(|list| list.iter().filter_map(Value::as_str).map(Text::from).collect()),
        ..Cluster::default()
    }
}

fn usual_cluster(name: &str) -> Cluster {
    Cluster {
        name: name.into(),
        server: format!("https://{name}.example.com").into(),
        labels: Map::new().with("environment", Value::from(name)),
        ..Cluster::default()
    }
}

/// Objects as the text of a file, with what nobody cares for filled in.
fn documents<'v>(objects: impl Iterator<Item = &'v Value>, folders: &mut BTreeSet<String>) -> String {
    let texts: Vec<String> = objects.map(|object| yaml::emit(&completed(object, folders)).unwrap()).collect();
    texts.join("---\n")
}

fn completed(object: &Value, folders: &mut BTreeSet<String>) -> Value {
    let kind = text_at(object, "kind");
    if !["Application", "ApplicationSet", "AppProject"].contains(&kind) {
        return object.clone();
    }
    let metadata = object.get("metadata").and_then(Value::as_map).cloned().unwrap_or_default();
    let name = metadata.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let metadata = or(metadata, "namespace", || Value::from("argocd"));
    let spec = object.get("spec").and_then(Value::as_map).cloned().unwrap_or_default();
    let spec = match kind {
        "Application" => Value::Map(application_spec(spec, &name, folders)),
        "ApplicationSet" => {
            let template = spec.get("template").and_then(Value::as_map).cloned().unwrap_or_default();
            let inner = template.get("spec").and_then(Value::as_map).cloned().unwrap_or_default();
            let template = template.with("spec", Value::Map(application_spec(inner, "web", folders)));
            Value::Map(spec.with("template", Value::Map(template)))
        }
        _ => {
            let spec = or(spec, "sourceRepos", || Value::list(vec![Value::from("*")]));
            let any = || Value::map([("namespace", Value::from("*")), ("server", Value::from("*"))]);
            Value::Map(or(spec, "destinations", || Value::list(vec![any()])))
        }
    };
    let object = object.as_map().cloned().unwrap().with("metadata", Value::Map(metadata)).with("spec", spec);
    Value::Map(or(object, "apiVersion", || Value::from("argoproj.io/v1alpha1")))
}

fn application_spec(spec: Map, name: &str, folders: &mut BTreeSet<String>) -> Map {
    let mut spec = or(spec, "project", || Value::from("default"));
    if !spec.contains_key("source") && !spec.contains_key("sources") {
        folders.insert(name.to_owned());
        let source = Value::map([("path", Value::from(name)), ("repoURL", Value::from(URL))]);
        spec = spec.with("source", source);
    }
    let destination = || Value::map([("name", Value::from("dev")), ("namespace", Value::from(name))]);
    let options = || {
        let list = Value::list(vec![Value::from("CreateNamespace=true")]);
        Value::map([("syncOptions", list)])
    };
    or(or(spec, "destination", destination), "syncPolicy", options)
}

fn or(map: Map, key: &'static str, value: impl FnOnce() -> Value) -> Map {
    if map.contains_key(key) { map } else { map.with(key, value()) }
}
