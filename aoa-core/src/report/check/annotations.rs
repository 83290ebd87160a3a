//! Findings as GitHub and GitLab show them beside the lines of a change.

use aoa_lang::{Result, Value, json};

use crate::check::{Findings, Reported};
use crate::finding::Severity;
use crate::wire::Redactor;

/// Workflow commands of GitHub, a line for each finding that counts: `::error file=...,line=...,title=...::message`.
#[must_use]
pub fn github_annotations(findings: &Findings, redactor: &Redactor) -> String {
    let mut out = String::new();
    for reported in findings.open() {
        let finding = &reported.finding;
        let command = match reported.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut properties = Vec::new();
        // Of another commit there is no line in what is reviewed.
        let place = finding.places.first();
        if let Some(place) = place.filter(|place| place.commit.is_empty()) {
            properties.push(format!("file={}", property(place.path.as_str())));
            properties.push(format!("line={}", place.line));
            if place.column > 0 {
                properties.push(format!("col={}", place.column));
                properties.push(format!("endColumn={}", place.column.saturating_add(place.width)));
            }
        }
        properties.push(format!(
            "title={}",
            property(&format!("{} {}", finding.rule().id(), finding.rule().name()))
        ));
        let mut words = message(reported, redactor);
        if let Some(place) = place.filter(|place| !place.commit.is_empty()) {
            words.push_str(&format!(" ({place})"));
        }
        out.push_str(&format!("::{command} {}::{}\n", properties.join(","), data(&words)));
    }
    out
}

/// GitLab's report of code quality: a JSON list.
///
/// # Errors
///
/// None that findings can cause.
pub fn gitlab_report(findings: &Findings, redactor: &Redactor) -> Result<String> {
    let entries = findings.open().map(|reported| {
        let finding = &reported.finding;
        let severity = match reported.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        };
        let (path, line) = finding.places.first().map_or(("aoa.yaml", 1), |p| (p.path.as_str(), p.line));
        let lines = Value::map([("begin", Value::int64(i64::from(line)))]);
        Value::map([
            ("check_name", Value::from(finding.rule().id())),
            ("description", Value::from(message(reported, redactor))),
            ("fingerprint", Value::from(finding.fingerprint())),
            ("location", Value::map([("lines", lines), ("path", Value::from(path))])),
            ("severity", Value::from(severity)),
        ])
    });
    Ok(format!("{}\n", json::to_string(&Value::list(entries.collect()))?))
}

fn message(reported: &Reported, redactor: &Redactor) -> String {
    redactor.redact_text(&reported.finding.message())
}

/// As `@actions/core` escapes data.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As it escapes properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
