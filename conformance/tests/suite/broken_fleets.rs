//! The fleets of `examples/fleets/broken` have each finding once, and the clean example has none.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use aoa_core::check::{CheckOptions, Findings, Standing, check, seconds_of_day};
use aoa_core::finding::Rule;
use aoa_core::helm::{Chart, Release, Values};
use aoa_core::lang::source::Tree;
use aoa_core::report::{CheckFormat, check_report};
use aoa_core::wire::WireOptions;
use aoa_core::{Fleet, Resolver};
use aoa_host::{CheckRequest, LoadOptions, load};
use serde_json::Value as Json;

fn fleets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/fleets")
}

fn checked(folder: &Path) -> (Fleet, Findings) {
    let loaded = load(folder, &LoadOptions::default()).unwrap();
    let fleet = Resolver::new(loaded.options.clone()).resolve(&loaded.inputs).unwrap();
    let mut options: CheckOptions = loaded.check_options(&CheckRequest::default()).unwrap();
    options.now = seconds_of_day("2026-11-21").unwrap();
    let findings = check(&fleet, &options);
    (fleet, findings)
}

#[test]
fn every_rule_speaks_once_and_nothing_else() {
    let mut said: BTreeMap<Rule, Vec<String>> = BTreeMap::new();
    for entry in fs::read_dir(fleets().join("broken")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let (_, findings) = checked(&folder);
        for reported in findings.open() {
            said.entry(reported.finding.rule()).or_default().push(reported.finding.message());
        }
    }
    let missing: Vec<&str> = Rule::ALL.iter().filter(|r| !said.contains_key(r)).map(|r| r.id()).collect();
    let twice: Vec<&Vec<String>> = said.values().filter(|messages| messages.len() > 1).collect();
    assert!(missing.is_empty() && twice.is_empty(), "missing: {missing:?}; more than once: {twice:#?}");
}

#[test]
fn the_clean_example_is_clean() {
    let (_, findings) = checked(&fleets().join("gitops-bridge"));
    let open: Vec<String> = findings.open().map(|reported| reported.finding.message()).collect();
    assert!(open.is_empty(), "{open:#?}");
    assert!(findings.iter().all(|reported| matches!(reported.standing, Standing::Waived(_))));
}

/// What the validator of values, which Helm's charts are checked with, says of `log`.
fn problem_of(log: &str) -> Option<String> {
    let schema =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("checks/sarif-2.1.0-used.schema.json")).unwrap();
    let chart = "apiVersion: v2\nname: log\nversion: 1.0.0\n";
    let files: [(&str, &[u8]); 2] = [("Chart.yaml", chart.as_bytes()), ("values.schema.json", &schema)];
    let chart = Chart::load(&Tree::in_memory(files)).unwrap();
    let values = Values::new().with_file("log", log.as_bytes()).unwrap();
    chart.render(&values, &Release::new("log", "default")).err().map(|error| error.to_string())
}

#[test]
fn sarif_is_sarif() {
    for folder in ["broken/main", "broken/undeclared", "gitops-bridge"] {
        let (fleet, findings) = checked(&fleets().join(folder));
        let text = check_report(&fleet, &findings, CheckFormat::Sarif, WireOptions::default()).unwrap();
        assert_eq!(problem_of(&text), None, "{folder}");
        let log: Json = serde_json::from_str(&text).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), findings.iter().len());
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }
    let log = |results: &str| {
        format!(
            "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"aoa\"}}}},\"results\":[{results}]}}]}}"
        )
    };
    assert_eq!(problem_of(&log("")), None);
    let wrong = problem_of(&log("{\"level\":\"fatal\",\"message\":{\"text\":\"x\"}}"));
    assert!(wrong.is_some_and(|problem| problem.contains("level")), "a level that does not exist is refused");
}

#[test]
fn no_report_shows_a_secret() {
    let (fleet, findings) = checked(&fleets().join("broken/main"));
    for name in CheckFormat::NAMES {
        let format = CheckFormat::from_name(name).unwrap();
        let text = check_report(&fleet, &findings, format, WireOptions::default()).unwrap();
        assert!(!text.contains("hunter2hunter2") && !text.contains("correct-horse"), "{name}");
    }
    let redactor = aoa_core::wire::Redactor::new(&fleet, false);
    let options = aoa_core::report::CheckTextOptions::default().with_all(true);
    let text = aoa_core::report::check_text(&fleet, &findings, &redactor, options).to_plain();
    assert!(!text.contains("hunter2hunter2") && !text.contains("correct-horse"), "{text}");
}
