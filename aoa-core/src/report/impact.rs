//! What stands around a change, for people.

use super::style::{Role, Text};
use crate::diff::{Background, Cause, Touched};
use crate::why::Site;
use crate::wire::Redactor;

/// Causes that are shown where not all are asked for.
const CAUSES: usize = 3;
/// Owners that are named.
const OWNERS: usize = 20;
/// Values that are shown of one dimension.
const VALUES: usize = 8;

/// What a change comes from, line by line, the widest first.
pub(super) fn write_causes(background: &Background, all: bool, redactor: &Redactor, out: &mut Text) {
    let most = if all { usize::MAX } else { CAUSES };
    let site = |cause: &Cause| cause.site.as_ref().map(Site::to_string).unwrap_or_default();
    let told: Vec<&Cause> =
        background.causes.iter().filter(|cause| !is_said_by_a_line(cause, background)).collect();
    let shown = told.iter().take(most);
    let width = shown.clone().map(|cause| site(cause).chars().count()).max().unwrap_or_default();
    for cause in shown {
        let site = site(cause);
        let gap = " ".repeat(width.saturating_sub(site.chars().count()));
        let apps = if cause.apps == 1 { "1 app".to_owned() } else { format!("{} apps", cause.apps) };
        let sets = match cause.sets {
            0 => String::new(),
            1 => " of 1 appset".to_owned(),
            sets => format!(" of {sets} appsets"),
        };
        out.push(Role::Warning, "cause  ").push(Role::Plain, format!("{site}{gap}  "));
        out.push(Role::Plain, redactor.redact_text(&cause.words))
            .push(Role::Faint, format!("; {apps}{sets}"))
            .end_line();
    }
    let more = told.len().saturating_sub(most);
    if more > 0 {
        out.push(Role::Faint, format!("cause  ... and {more} more (--all)")).end_line();
    }
}

/// Whether a line of the file that changes is a cause of its own: then the file is none beside it.
fn is_said_by_a_line(cause: &Cause, background: &Background) -> bool {
    let Some(file) = cause.site.as_ref().filter(|site| site.line == 0) else { return false };
    let mut lines = background.causes.iter().filter_map(|other| other.site.as_ref());
    lines.any(|site| site.line > 0 && site.path == file.path)
}

/// Who should look at it: `ask @payments @platform`.
pub(super) fn write_owners(background: &Background, out: &mut Text) {
    if background.owners.is_empty() {
        return;
    }
    let owners: Vec<&str> = background.owners.iter().take(OWNERS).map(String::as_str).collect();
    let more = background.owners.len().saturating_sub(OWNERS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    out.push(Role::Help, format!("ask {}{more}", owners.join(" "))).end_line();
}

/// Whom a change touches: by cluster, environment, team, owner, tier and project.
#[must_use]
pub fn impact_text(background: &Background) -> Text {
    let mut out = Text::default();
    for (dimension, values) in &background.impact.dimensions {
        let mut rows: Vec<(&String, &Touched)> = values.iter().collect();
        rows.sort_by(|a, b| b.1.deleted.cmp(&a.1.deleted).then(b.1.all().cmp(&a.1.all())));
        let words: Vec<String> =
            rows.iter().take(VALUES).map(|(value, touched)| one(value, touched)).collect();
        let more = rows.len().saturating_sub(VALUES);
        let more = if more > 0 { format!(" · {more} more") } else { String::new() };
        out.push(Role::Heading, format!("{dimension:<12}"))
            .push(Role::Plain, format!("{}{more}", words.join(" · ")))
            .end_line();
    }
    out
}

/// `prod-us -5 ~2 +1 of 12`
fn one(value: &str, touched: &Touched) -> String {
    let mut words = value.to_owned();
    for (sign, count) in
        [("-", touched.deleted), ("~", touched.changed), ("+", touched.added), ("?", touched.unknown)]
    {
        if count > 0 {
            words.push_str(&format!(" {sign}{count}"));
        }
    }
    if touched.of > 0 {
        words.push_str(&format!(" of {}", touched.of));
    }
    words
}
