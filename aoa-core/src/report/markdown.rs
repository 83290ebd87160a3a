//! Changes as Markdown, for comments on pull requests: never longer than GitHub takes, and it says what it left out.

use super::changes::{ChangesOptions, changes_text};
use super::comment::{MOST, cut, escaped};
use crate::diff::{Background, Changes, Touched};
use crate::wire::Redactor;

/// Causes that are listed.
const CAUSES: usize = 20;
/// Values of one dimension that are listed.
const VALUES: usize = 12;

/// `changes` as Markdown: the verdict, what they come from, whom they touch, then all of it in a block that opens. Less than 65,536
/// characters for any change.
#[must_use]
pub fn changes_markdown(
    changes: &Changes,
    background: &Background,
    ends: &str,
    redactor: &Redactor,
    options: ChangesOptions,
) -> String {
    let text = changes_text(changes, None, ends, redactor, options).to_plain();
    let mut lines = text.lines();
    let verdict = cut(lines.next().unwrap_or_default(), 2000);
    let counts = cut(lines.next().unwrap_or_default(), 2000);
    let mut out = format!("### {}\n\n{}\n", escaped(&verdict), escaped(&counts));
    let head = out.len();
    causes(background, redactor, &mut out);
    impact(background, &mut out);
    if !background.owners.is_empty() {
        let owners: Vec<String> = background.owners.iter().take(50).map(|owner| called(owner)).collect();
        let more = background.owners.len().saturating_sub(50);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        out.push_str(&format!("\nAsk {}{more}\n", owners.join(", ")));
    }
    // Names that are mostly marks grow when they are escaped.
    if out.len() > MOST / 2 {
        out.truncate(head);
        out.push_str("\nCauses, impact and owners are left out: they are too long (`aoa diff --impact`).\n");
    }
    details(lines, &mut out);
    out
}

/// The rest of the text, as far as there is room.
fn details<'t>(lines: impl Iterator<Item = &'t str>, out: &mut String) {
    let lines: Vec<&str> = lines.collect();
    if lines.is_empty() {
        return;
    }
    // More backquotes than any line has.
    let longest = lines.iter().map(|line| backquotes(line)).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    if fence.len() > 100 {
        out.push_str(&format!("\n{} lines are left out: they cannot be quoted\n", lines.len()));
        return;
    }
    out.push_str(&format!("\n<details><summary>Details</summary>\n\n{fence}\n"));
    let mut shown = 0usize;
    for line in &lines {
        let line = cut(line, 1000);
        if out.len().saturating_add(line.len()) > MOST {
            break;
        }
        out.push_str(&line);
        out.push('\n');
        shown = shown.saturating_add(1);
    }
    out.push_str(&fence);
    out.push('\n');
    let left = lines.len().saturating_sub(shown);
    if left > 0 {
        out.push_str(&format!("\n**{left} of {} lines are left out**: `aoa diff` shows all.\n", lines.len()));
    }
    out.push_str("\n</details>\n");
}

fn causes(background: &Background, redactor: &Redactor, out: &mut String) {
    if background.causes.is_empty() {
        return;
    }
    out.push_str("\n| cause | | apps |\n|---|---|--:|\n");
    for cause in background.causes.iter().take(CAUSES) {
        let site = cause.site.as_ref().map(ToString::to_string).unwrap_or_default();
        let site = escaped(&cut(&site, 200));
        let words = escaped(&cut(&redactor.redact_text(&cause.words), 300));
        out.push_str(&format!("| {site} | {words} | {} |\n", cause.apps));
    }
    let more = background.causes.len().saturating_sub(CAUSES);
    if more > 0 {
        out.push_str(&format!("| | {more} more causes are left out | |\n"));
    }
}

fn impact(background: &Background, out: &mut String) {
    if background.impact.dimensions.is_empty() {
        return;
    }
    out.push_str(
        "\n| impact | | deleted | changed | added | unknown | of |\n|---|---|--:|--:|--:|--:|--:|\n",
    );
    for (dimension, values) in &background.impact.dimensions {
        let mut rows: Vec<(&String, &Touched)> = values.iter().collect();
        rows.sort_by(|a, b| b.1.deleted.cmp(&a.1.deleted).then(b.1.all().cmp(&a.1.all())));
        for (value, touched) in rows.iter().take(VALUES) {
            let Touched { added, changed, deleted, unknown, of } = touched;
            let of = if *of > 0 { of.to_string() } else { String::new() };
            let value = escaped(&cut(value, 100));
            out.push_str(&format!(
                "| {dimension} | {value} | {deleted} | {changed} | {added} | {unknown} | {of} |\n"
            ));
        }
        let more = rows.len().saturating_sub(VALUES);
        if more > 0 {
            out.push_str(&format!("| {dimension} | {more} more are left out | | | | | |\n"));
        }
    }
}

/// An owner: who is meant by `@` is called.
fn called(owner: &str) -> String {
    escaped(&cut(owner, 200)).replace("&#64;", "@")
}

fn backquotes(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
