//! Findings as SARIF 2.1.0 (OASIS), the format that code scanning reads.

use aoa_lang::value::Map;
use aoa_lang::{Result, Value, json};

use crate::check::{Findings, Reported, Standing, rule_page};
use crate::finding::{Place, Rule, Severity};
use crate::wire::Redactor;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A log with one run. Waived findings and those of the baseline are there, suppressed; fingerprints do not depend on lines.
///
/// # Errors
///
/// None that findings can cause.
pub fn sarif_report(findings: &Findings, redactor: &Redactor) -> Result<String> {
    let results = findings.iter().map(|reported| result(reported, redactor));
    let driver = Value::map([
        ("name", Value::from("aoa")),
        ("rules", Value::list(Rule::ALL.iter().map(|rule| descriptor(*rule)).collect())),
        ("semanticVersion", Value::from(env!("CARGO_PKG_VERSION"))),
    ]);
    let run = Value::map([
        ("automationDetails", Value::map([("id", Value::from("aoa check/"))])),
        ("columnKind", Value::from("unicodeCodePoints")),
        ("results", Value::list(results.collect())),
        ("tool", Value::map([("driver", driver)])),
    ]);
    let log = Value::map([
        ("$schema", Value::from(SCHEMA)),
        ("runs", Value::list(vec![run])),
        ("version", Value::from("2.1.0")),
    ]);
    Ok(format!("{}\n", json::to_string(&log)?))
}

fn level(severity: Severity) -> Value {
    Value::from(match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    })
}

fn words(text: impl Into<String>) -> Value {
    Value::map([("text", Value::from(text.into()))])
}

fn descriptor(rule: Rule) -> Value {
    let page = rule_page(rule);
    let help = format!("{}\n\nFails:\n\n{}\n\nMend: {}", page.why, page.fails, page.mend);
    Value::map([
        ("defaultConfiguration", Value::map([("level", level(rule.severity()))])),
        ("fullDescription", words(page.what)),
        ("help", words(help)),
        ("id", Value::from(rule.id())),
        ("name", Value::from(rule.name())),
        ("shortDescription", words(rule.summary())),
    ])
}

fn result(reported: &Reported, redactor: &Redactor) -> Value {
    let finding = &reported.finding;
    let rule = finding.rule();
    let index = Rule::ALL.iter().position(|other| *other == rule).unwrap_or_default();
    let (first, related) = match finding.places.split_first() {
        Some((first, rest)) => {
            (vec![location(first, finding.subjects.first().map(ToString::to_string))], rest)
        }
        None => (Vec::new(), &[][..]),
    };
    let mut fields = Map::new()
        .with("level", level(reported.severity))
        .with("locations", Value::list(first))
        .with("message", words(redactor.redact_text(&finding.message())))
        .with("partialFingerprints", Value::map([("aoaFingerprint/v1", Value::from(finding.fingerprint()))]))
        .with("ruleId", Value::from(rule.id()))
        .with("ruleIndex", Value::int64(i64::try_from(index).unwrap_or_default()));
    if !related.is_empty() {
        let related = related.iter().take(20).map(|place| location(place, None));
        fields = fields.with("relatedLocations", Value::list(related.collect()));
    }
    if let Some(suppression) = suppression(&reported.standing) {
        fields = fields.with("suppressions", Value::list(vec![suppression]));
    }
    Value::Map(fields)
}

fn location(place: &Place, subject: Option<String>) -> Value {
    let line = |line: u32| Value::int64(i64::from(line.max(1)));
    let mut region = Map::new().with("startLine", line(place.line));
    if place.column > 0 {
        region = region.with("startColumn", line(place.column));
        if place.width > 0 {
            region = region.with("endColumn", line(place.column.saturating_add(place.width)));
        }
    }
    let artifact = Value::map([("uri", Value::from(uri(place.path.as_str())))]);
    let physical = Value::map([("artifactLocation", artifact), ("region", Value::Map(region))]);
    let mut fields = Map::new().with("physicalLocation", physical);
    if !place.commit.is_empty() {
        fields = fields.with("message", words(format!("as of commit {}", place.commit)));
    }
    if let Some(subject) = subject {
        let logical =
            Value::map([("fullyQualifiedName", Value::from(subject)), ("kind", Value::from("object"))]);
        fields = fields.with("logicalLocations", Value::list(vec![logical]));
    }
    Value::Map(fields)
}

fn suppression(standing: &Standing) -> Option<Value> {
    match standing {
        Standing::Open | Standing::Aged { .. } => None,
        Standing::Waived(waiver) => Some(Value::map([
            ("justification", Value::from(format!("{} (until {})", waiver.reason, waiver.until))),
            ("kind", Value::from("inSource")),
        ])),
        Standing::Known { since } => Some(Value::map([
            ("justification", Value::from(format!("in the baseline since {since}"))),
            ("kind", Value::from("external")),
        ])),
    }
}

/// A path as a relative reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'/'
            | b'@'
            | b'+'
            | b',' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
