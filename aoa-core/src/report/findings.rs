//! Findings with the lines that they are about.

use super::style::{Role, Text};
use crate::finding::{Finding, Place, Severity};
use crate::fleet::Fleet;
use crate::wire::Redactor;

/// Most places that one finding shows.
const PLACES: usize = 3;

/// Each finding with its first places, the source line of each, and what to do.
///
/// ```text
/// error[R003] set-failed · ApplicationSet argocd/workloads: ...
///   --> tenants/workloads.yaml:9:3
///  9 |   generators:
///    |   ^^^^^^^^^^
///    = help
/// ```
#[must_use]
pub fn findings_text<'a>(fleet: &Fleet, findings: impl Iterator<Item = &'a Finding>) -> Text {
    let mut out = Text::default();
    let redactor = Redactor::new(fleet, true);
    for finding in findings {
        let role = match finding.severity() {
            Severity::Error => Role::Error,
            Severity::Warning => Role::Warning,
            Severity::Info => Role::Faint,
        };
        let rule = finding.rule();
        out.push(role, format!("{}[{}]", finding.severity().name(), rule.id()));
        out.push(Role::Name, format!(" {}", rule.name())).push(Role::Faint, " · ");
        out.push(Role::Plain, finding.message()).end_line();
        for place in finding.places.iter().take(PLACES) {
            excerpt(fleet, place, &redactor, &mut out);
        }
        if finding.places.len() > PLACES {
            out.push(Role::Faint, format!("  ... and {} more places", finding.places.len() - PLACES))
                .end_line();
        }
        if let Some(help) = finding.help() {
            out.push(Role::Faint, "   = ").push(Role::Help, help).end_line();
        }
    }
    out
}

/// The place, its line, and marks under what is meant.
pub(super) fn excerpt(fleet: &Fleet, place: &Place, redactor: &Redactor, out: &mut Text) {
    out.push(Role::Faint, "  --> ").push(Role::Plain, place.to_string()).end_line();
    let Some(line) = source_line(fleet, place) else { return };
    let line = redactor.redact_text(&line);
    let number = place.line.to_string();
    out.push(Role::Faint, format!("{number:>3} | ")).push(Role::Plain, &line).end_line();
    if place.column > 1 {
        let gap = " ".repeat(place.column as usize - 1);
        let room = (line.chars().count() + 1).saturating_sub(place.column as usize).max(1);
        let marks = "^".repeat((place.width.max(1) as usize).min(room));
        out.push(Role::Faint, "    | ").push(Role::Error, format!("{gap}{marks}")).end_line();
    }
}

/// The line of a place; long ones are cut.
fn source_line(fleet: &Fleet, place: &Place) -> Option<String> {
    let bytes = fleet.data.inputs.trees_of(place).find_map(|tree| tree.read(&place.path).ok())?;
    let line = bytes.split(|b| *b == b'\n').nth(place.line.checked_sub(1)? as usize)?;
    let text = String::from_utf8_lossy(line).trim_end().to_owned();
    Some(if text.chars().count() <= 120 {
        text
    } else {
        text.chars().take(117).chain("...".chars()).collect()
    })
}
