//! Findings as test results: each rule is a test, and each finding a failed one.

use crate::check::{Findings, Reported};
use crate::finding::Rule;
use crate::why::Site;
use crate::wire::Redactor;

/// A JUnit report. Findings that fail the check are failures; others that count are skipped tests that say why.
#[must_use]
pub fn junit_report(findings: &Findings, redactor: &Redactor) -> String {
    let open: Vec<&Reported> = findings.open().collect();
    let silent: Vec<&Rule> =
        Rule::ALL.iter().filter(|rule| !open.iter().any(|r| r.finding.rule() == **rule)).collect();
    let failures = open.iter().filter(|r| findings.fail_on.fails(r.severity)).count();
    let (tests, skipped) = (open.len() + silent.len(), open.len() - failures);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"");
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"aoa check\" {counts}>\n"));
    out.push_str(&format!("  <testsuite name=\"aoa check\" {counts}>\n"));
    for reported in open {
        let rule = reported.finding.rule();
        let message = escaped(&redactor.redact_text(&reported.finding.message()));
        let place =
            reported.finding.places.first().map_or(String::new(), |place| format!(" at {}", Site::of(place)));
        out.push_str(&format!(
            "    <testcase classname=\"{} {}\" name=\"{}{}\">\n",
            rule.id(),
            rule.name(),
            message,
            escaped(&place)
        ));
        if findings.fail_on.fails(reported.severity) {
            let kind = reported.severity.name();
            out.push_str(&format!(
                "      <failure type=\"{kind}\" message=\"{message}\">{message}</failure>\n"
            ));
        } else {
            out.push_str(&format!("      <skipped message=\"{}: {message}\"/>\n", reported.severity.name()));
        }
        out.push_str("    </testcase>\n");
    }
    for rule in silent {
        out.push_str(&format!(
            "    <testcase classname=\"{} {}\" name=\"{}\"/>\n",
            rule.id(),
            rule.name(),
            escaped(rule.summary())
        ));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// Text for XML 1.0: characters that it cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
