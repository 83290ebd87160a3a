//! Drift for people: how many are as they should be, what is not, what fails.

use aoa_lang::Value;

use super::style::{Role, Text};
use super::table::columns;
use super::values;
use crate::drift::{Difference, Drift, DriftKind, Rollup, Tally};
use crate::model::{Kind, ObjectRef};
use crate::wire::Redactor;

/// Fields that are shown of one difference.
const FIELDS: usize = 6;
/// Names that are shown in one line.
const NAMES: usize = 4;
/// Owners with failures that are shown.
const OWNERS: usize = 20;
/// Characters that are shown of a value.
const VALUE: usize = 50;

/// The text of `drift`: `288 of 300 apps equal your Argo CD, 12 differ`.
#[must_use]
pub fn drift_text(drift: &Drift, redactor: &Redactor) -> Text {
    let mut out = Text::default();
    let different = drift.different_apps();
    let others = drift.differences.len().saturating_sub(different);
    let role = if drift.is_empty() { Role::Good } else { Role::Warning };
    let mut verdict = format!("{} of {} equal your Argo CD", drift.equal, plural(drift.apps, "app"));
    if different > 0 {
        verdict.push_str(&format!(", {different} {}", if different == 1 { "differs" } else { "differ" }));
    }
    if others > 0 {
        let what = if others == 1 { "set or project differs" } else { "sets and projects differ" };
        verdict.push_str(&format!("; {others} {what}"));
    }
    out.push(role, verdict).end_line();
    counts(drift, &mut out);
    for kind in ["missing", "orphaned", "edited", "revision", "behind"] {
        let found = drift.differences.iter().filter(|difference| difference.kind.name() == kind);
        section(found, redactor, &mut out);
    }
    for partial in &drift.partial {
        let words = format!(
            "{}: as it should be on {}, not on {}",
            partial.set.name,
            some(&partial.equal),
            some(&partial.different)
        );
        out.push(Role::Warning, "partial ").push(Role::Plain, words).end_line();
    }
    if let Some(first) = drift.repeated.first() {
        let words = format!(
            "{} in more than one snapshot, {} for one: the first counts",
            plural(drift.repeated.len(), "object"),
            first.name
        );
        out.push(Role::Warning, words).end_line();
    }
    failing(&drift.rollup, &mut out);
    next(drift, &mut out);
    out
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn some(names: &[String]) -> String {
    let shown = names.get(..names.len().min(NAMES)).unwrap_or_default().join(", ");
    match names.len().saturating_sub(NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn counts(drift: &Drift, out: &mut Text) {
    let of = |name: &str| drift.differences.iter().filter(|d| d.kind.name() == name).count();
    let mut words: Vec<String> = [
        ("missing", "missing"),
        ("orphaned", "orphaned"),
        ("edited", "edited"),
        ("revision", "on another revision"),
        ("behind", "synced at another commit"),
    ]
    .into_iter()
    .map(|(kind, word)| (of(kind), word))
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    let different = drift.different_apps();
    // In tenths of a percent.
    if let Some(rate) = different.saturating_mul(1000).checked_div(drift.apps) {
        words.push(format!("drift {}.{} %", rate / 10, rate % 10));
    }
    if let Some(all) = whole(&drift.health) {
        words.push(all);
    }
    out.push(Role::Plain, words.join(" · ")).end_line();
}

/// Health and sync status of all.
fn whole(tally: &Tally) -> Option<String> {
    if tally.health.is_empty() {
        return None;
    }
    let words: Vec<String> =
        tally.health.iter().map(|(health, count)| format!("{count} {}", health.name())).collect();
    let sync = match tally.out_of_sync {
        0 => String::new(),
        count => format!(", {count} OutOfSync"),
    };
    Some(format!("{}{sync}", words.join(", ")))
}

fn section<'d>(found: impl Iterator<Item = &'d Difference>, redactor: &Redactor, out: &mut Text) {
    let mut rows = Vec::new();
    let mut details = Vec::new();
    for difference in found {
        let cell = |role, text: &str| {
            let mut cell = Text::default();
            cell.push(role, text);
            cell
        };
        let (sign, role, words) = match &difference.kind {
            DriftKind::Missing { why } => ("-", Role::Error, join("missing", why)),
            DriftKind::Orphaned(orphaned) => {
                ("+", Role::Warning, format!("orphaned: {}", orphaned.message()))
            }
            DriftKind::Edited { is_seen, why } => {
                let seen = if *is_seen { "edited" } else { "edited, and Argo CD does not see it" };
                ("~", Role::Warning, join(seen, why))
            }
            DriftKind::Revision => ("~", Role::Warning, "on another revision".to_owned()),
            DriftKind::Behind { synced, wanted } => {
                let short = |commit: &str| commit.get(..7).unwrap_or_default().to_owned();
                ("·", Role::Faint, format!("synced at {}, not {}", short(synced), short(wanted)))
            }
        };
        let mut first = cell(role, sign);
        first.push(Role::Plain, " ").push(Role::Name, shown_name(&difference.object));
        rows.push(vec![first, cell(Role::Plain, &difference.cluster), cell(role, &words)]);
        details.push(fields(difference, redactor));
    }
    // The fields of a row stand below it.
    let table = columns(rows);
    let mut lines = table.pieces().split(|piece| piece.text == "\n");
    for detail in details {
        for piece in lines.next().into_iter().flatten() {
            out.push(piece.role, &piece.text);
        }
        out.end_line();
        out.append(detail);
    }
}

fn shown_name(object: &ObjectRef) -> String {
    match object.kind {
        Kind::Application => object.name.to_string(),
        Kind::ApplicationSet => format!("◇ {}", object.name),
        Kind::AppProject => format!("project {}", object.name),
    }
}

fn join(word: &str, why: &[String]) -> String {
    if why.is_empty() { word.to_owned() } else { format!("{word}: {}", why.join("; ")) }
}

fn fields(difference: &Difference, redactor: &Redactor) -> Text {
    let mut out = Text::default();
    let shown = |value: &Option<Value>| match value {
        None => "nothing".to_owned(),
        Some(value) => values::shown(value, redactor, VALUE),
    };
    for field in difference.fields.iter().take(FIELDS) {
        let words = format!("    {}: {} → {}", field.path, shown(&field.before), shown(&field.after));
        out.push(Role::Plain, words).end_line();
    }
    let more = difference.fields.len().saturating_sub(FIELDS);
    if more > 0 {
        out.push(Role::Faint, format!("    ... and {more} more")).end_line();
    }
    out
}

/// The owners right above what fails, the worst first.
fn failing(rollup: &[Rollup], out: &mut Text) {
    let mut owners: Vec<&Rollup> = rollup.iter().filter(|owner| !owner.failing.is_empty()).collect();
    owners.sort_by(|a, b| b.failing.len().cmp(&a.failing.len()).then_with(|| a.owner.cmp(&b.owner)));
    for owner in owners.iter().take(OWNERS) {
        let names: Vec<String> = owner.failing.iter().map(|app| app.name.to_string()).collect();
        let mark = if owner.owner.kind == Kind::ApplicationSet { "◇ " } else { "" };
        let words = format!(
            "{mark}{}: {} of {} fail: {}",
            owner.owner.name,
            owner.failing.len(),
            plural(owner.below.apps(), "app"),
            some(&names)
        );
        out.push(Role::Error, "failing ").push(Role::Plain, words).end_line();
    }
    let more = owners.len().saturating_sub(OWNERS);
    if more > 0 {
        out.push(Role::Faint, format!("failing ... and {more} more owners (-o json)")).end_line();
    }
}

fn next(drift: &Drift, out: &mut Text) {
    let of = |name: &str| {
        let mut all = drift.differences.iter();
        all.find(|d| d.kind.name() == name && d.object.kind == Kind::Application)
    };
    let words = match (of("missing"), of("orphaned"), of("edited")) {
        (Some(missing), ..) => format!("where it should come from: aoa why {}", missing.object.name),
        (None, Some(orphaned), _) => format!("why nobody brings it: aoa why-not {}", orphaned.object.name),
        (None, None, Some(edited)) => {
            format!("where its fields come from: aoa why {} --fields", edited.object.name)
        }
        (None, None, None) => return,
    };
    out.push(Role::Help, words).end_line();
}
