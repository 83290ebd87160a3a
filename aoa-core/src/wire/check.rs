//! The shape of what a check found.

use std::io::{self, Write};

use super::WireOptions;
use super::finding::write_reported;
use super::object::{write_list, write_object};
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use crate::check::Findings;
use crate::finding::Severity;
use crate::fleet::Fleet;

/// Writes `{"schemaVersion": 1, "summary": {...}, "findings": [...]}`: all findings, a line each, with how they stand.
///
/// # Errors
///
/// Those of `out`.
pub fn write_check(
    fleet: &Fleet,
    findings: &Findings,
    options: WireOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let redactor = Redactor::new(fleet, options.show_secrets);
    let mut text = format!("{{\"schemaVersion\":{SCHEMA_VERSION},\n\"summary\":");
    let summary = write_object(&mut text, &redactor, |fields| {
        fields.count("apps", findings.apps);
        fields.count("errors", findings.count(Severity::Error));
        fields.text("failOn", findings.fail_on.name());
        fields.flag("fails", findings.fails());
        fields.count("infos", findings.count(Severity::Info));
        fields.count("known", findings.known());
        fields.count("unknown", findings.unknown);
        fields.count("waived", findings.waived());
        fields.count("warnings", findings.count(Severity::Warning));
        Ok(())
    });
    summary.map_err(io::Error::other)?;
    text.push_str(",\n\"findings\":");
    let list = write_list(&mut text, findings.iter(), |text, reported| {
        text.push('\n');
        write_reported(text, &redactor, reported)
    });
    list.map_err(io::Error::other)?;
    text.push_str("}\n");
    out.write_all(text.as_bytes())
}
