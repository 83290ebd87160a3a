//! The schemas of policies and of what is said about them hold for what is accepted and printed.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use aoa_core::Resolver;
use aoa_core::helm::{Chart, Release, Values};
use aoa_core::lang::source::Tree;
use aoa_core::lang::{Value, json, yaml};
use aoa_core::wire::{Redactor, effective_policy_schema, policy_schema, write_policy};
use aoa_host::{LoadOptions, load};

/// What the validator of values, which Helm's charts are checked with, says of `document`.
fn problem_of(schema: &str, document: &str) -> Option<String> {
    let chart = "apiVersion: v2\nname: policy\nversion: 1.0.0\n";
    let files = [("Chart.yaml", chart), ("values.schema.json", schema)];
    let chart = Chart::load(&Tree::in_memory(files)).unwrap();
    let values = Values::new().with_file("policy", document.as_bytes()).unwrap();
    chart.render(&values, &Release::new("policy", "default")).err().map(|error| error.to_string())
}

#[test]
fn what_is_accepted_is_what_the_schema_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("checks/A004-broken-policy.yaml");
    let cases = yaml::load(&fs::read(file).unwrap()).unwrap();
    // What no schema can know: names that repeat, patterns and expressions that do not compile, rules that do not exist.
    let unknowable = ["pattern", "two policies", "two parts", "expression", "no selector", "excepted"];
    for kind in ["pass", "fail"] {
        for case in cases.get(kind).and_then(Value::as_list).unwrap() {
            let name = case.str_at(&["name"]).unwrap();
            for policy in case.get("policies").and_then(Value::as_list).into_iter().flatten() {
                let mut policy = policy.as_map().cloned().unwrap();
                for (key, value) in [("apiVersion", "aoa.dev/v1alpha1"), ("kind", "Policy")] {
                    if !policy.contains_key(key) {
                        policy = policy.with(key, Value::from(value));
                    }
                }
                let problem = problem_of(policy_schema(), &json::to_string(&Value::Map(policy)).unwrap());
                match kind {
                    "pass" => assert_eq!(problem, None, "{name}"),
                    _ if unknowable.iter().any(|word| name.contains(word)) => {}
                    _ => assert!(problem.is_some(), "{name}: the schema accepts it"),
                }
            }
        }
    }
}

/// An editor that checks with the schema has nothing to say about the examples.
#[test]
fn the_examples_are_what_the_schema_says() {
    let fleets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/fleets");
    for folder in ["gitops-bridge/policies", "broken/policies/policies"] {
        for entry in fs::read_dir(fleets.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            for document in text.split("\n---\n") {
                let document = yaml::load(document.as_bytes()).unwrap();
                let problem = problem_of(policy_schema(), &json::to_string(&document).unwrap());
                // That one is broken on purpose.
                assert_eq!(problem.is_some(), path.ends_with("A004.yaml"), "{}: {problem:?}", path.display());
            }
        }
    }
}

#[test]
fn what_is_printed_is_what_the_schema_says() {
    let fleets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/fleets");
    for folder in ["gitops-bridge", "broken/policies"] {
        let loaded = load(&fleets.join(folder), &LoadOptions::default()).unwrap();
        let fleet = Resolver::new(loaded.options.clone()).resolve(&loaded.inputs).unwrap();
        for app in fleet.apps() {
            let mut text = Vec::new();
            write_policy(app, &Redactor::new(&fleet, false), &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert_eq!(problem_of(effective_policy_schema(), &text), None, "{}: {text}", app.name());
        }
    }
}
