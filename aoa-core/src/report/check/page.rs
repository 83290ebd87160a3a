//! The manual pages of rules.

use crate::check::rule_page;
use crate::finding::{Rule, Severity};
use crate::report::style::{Role, Text};

/// The manual page of a rule: what it looks at, why, an example that fails, and how it is mended.
#[must_use]
pub fn rule_text(rule: Rule) -> Text {
    let page = rule_page(rule);
    let mut out = Text::default();
    out.push(Role::Name, rule.id()).push(Role::Plain, format!(" {} ", rule.name()));
    out.push(Role::Faint, format!("({})", rule.severity().name())).end_line();
    out.push(Role::Plain, rule.summary()).end_line().end_line();
    section("WHAT", page.what, &mut out);
    section("WHY", page.why, &mut out);
    heading("FAILS", &mut out);
    for line in page.fails.lines() {
        out.push(Role::Plain, format!("    {line}")).end_line();
    }
    out.end_line();
    heading("MEND", &mut out);
    let mut lines = page.mend.lines();
    for line in wrapped(lines.next().unwrap_or_default()) {
        out.push(Role::Plain, format!("  {line}")).end_line();
    }
    for line in lines {
        out.push(Role::Plain, format!("    {line}")).end_line();
    }
    out.end_line();
    out.push(Role::Faint, format!(
        "severity: `check: {{severities: {{{}: {}}}}}` in aoa.yaml · one object: annotation `aoa.dev/waive.{}: \"<reason>; until <day>\"`",
        rule.id(), if rule.severity() == Severity::Error { "warning" } else { "error" }, rule.id(),
    )).end_line();
    out
}

/// All rules, one a line.
#[must_use]
pub fn rule_list() -> Text {
    let mut out = Text::default();
    for rule in Rule::ALL {
        out.push(Role::Name, rule.id()).push(Role::Plain, format!("  {:<20}", rule.name()));
        out.push(Role::Faint, format!("{:<8}", rule.severity().name()))
            .push(Role::Plain, rule.summary())
            .end_line();
    }
    out
}

fn heading(name: &str, out: &mut Text) {
    out.push(Role::Heading, name).end_line();
}

fn section(name: &str, text: &str, out: &mut Text) {
    heading(name, out);
    for line in wrapped(text) {
        out.push(Role::Plain, format!("  {line}")).end_line();
    }
    out.end_line();
}

/// Lines of at most 96 characters.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= 96 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
