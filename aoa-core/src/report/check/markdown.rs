//! Findings as a comment on a pull request.

use super::{counted, verdict};
use crate::check::{Findings, Group};
use crate::wire::Redactor;

/// Most groups of a comment: what is longer nobody reads.
const GROUPS: usize = 50;

/// A heading with the verdict, and a table with a row for each group of findings that count.
#[must_use]
pub fn check_markdown(findings: &Findings, redactor: &Redactor) -> String {
    let groups = findings.groups();
    let mut out = format!("### aoa check: {}\n", escaped(&verdict(findings)));
    if groups.is_empty() {
        return out;
    }
    out.push_str("\n| severity | rule | where | what |\n|---|---|---|---|\n");
    for group in groups.iter().take(GROUPS) {
        let place = group.place.map_or(String::new(), |p| format!("`{}:{}`", p.path, p.line));
        out.push_str(&format!(
            "| {} | {} {} | {} | {} |\n",
            group.severity.name(),
            group.rule.id(),
            group.rule.name(),
            place.replace('|', "\\|"),
            escaped(&redactor.redact_text(&message(group))),
        ));
    }
    if groups.len() > GROUPS {
        out.push_str(&format!("\nand {}\n", counted(groups.len() - GROUPS, "more group")));
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

/// Text that no Markdown or HTML in it changes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '|' | '*' | '_' | '[' | ']' | '#' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
