//! Findings as a comment on a pull request.

use super::super::comment::{MOST, cut, escaped};
use super::{counted, verdict};
use crate::check::{Findings, Group};
use crate::why::Site;
use crate::wire::Redactor;

/// Most groups of a comment: what is longer nobody reads.
const GROUPS: usize = 50;

/// A heading with the verdict, and a table with a row for each group of findings that count. Less than 65,536 characters for any
/// findings.
#[must_use]
pub fn check_markdown(findings: &Findings, redactor: &Redactor) -> String {
    let groups = findings.groups();
    let mut out = format!("### aoa check: {}\n", escaped(&cut(&verdict(findings), 2000)));
    if groups.is_empty() {
        return out;
    }
    out.push_str("\n| severity | rule | where | what |\n|---|---|---|---|\n");
    let mut shown = 0usize;
    for group in groups.iter().take(GROUPS) {
        let place = group.place.map_or(String::new(), |place| cut(&Site::of(place).to_string(), 200));
        let row = format!(
            "| {} | {} {} | {} | {} |\n",
            group.severity.name(),
            group.rule.id(),
            group.rule.name(),
            escaped(&place),
            escaped(&cut(&redactor.redact_text(&message(group)), 1000)),
        );
        if out.len().saturating_add(row.len()) > MOST {
            break;
        }
        out.push_str(&row);
        shown = shown.saturating_add(1);
    }
    let left = groups.len().saturating_sub(shown);
    if left > 0 {
        out.push_str(&format!("\n{} left out: `aoa check` shows all\n", counted(left, "more group")));
    }
    out
}

fn message(group: &Group<'_>) -> String {
    match group.findings.as_slice() {
        [] => String::new(),
        [one] => one.finding.message(),
        [first, rest @ ..] => format!("{} (and {} more from this line)", first.finding.message(), rest.len()),
    }
}
