//! Findings for people, grouped by the line that causes them.

use std::collections::BTreeSet;

use super::{counted, verdict};
use crate::check::{Findings, Group, Reported, Standing};
use crate::finding::{Rule, Severity};
use crate::fleet::Fleet;
use crate::model::{Kind, ObjectRef};
use crate::report::findings::excerpt;
use crate::report::style::{Role, Text};
use crate::wire::Redactor;

/// Most groups of the first screen.
const GROUPS: usize = 20;

/// Most places that one finding shows, and most findings that one group does.
const SHOWN: usize = 3;

/// How findings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckTextOptions {
    /// Whether all groups are shown, not only the first 20.
    pub all: bool,
}

impl CheckTextOptions {
    /// With all groups.
    #[must_use]
    pub fn with_all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }
}

/// Findings that count, grouped by rule and line, errors first; the last line counts them and says how the command exits.
///
/// ```text
/// warning[H002] latest-image · 2 findings in 4 apps from one line
///   --> apps/web.yaml:9:3
///  9 |   path: web
///    |         ^^^
///    - Application argocd/web: Deployment web: container `web` runs `web`
///    = aoa rule H002
/// ```
#[must_use]
pub fn check_text(
    fleet: &Fleet,
    findings: &Findings,
    redactor: &Redactor,
    options: CheckTextOptions,
) -> Text {
    let mut out = Text::default();
    let groups = findings.groups();
    let shown = if options.all { groups.len() } else { GROUPS };
    for group in groups.iter().take(shown) {
        push_group(fleet, group, redactor, &mut out);
    }
    if let Some(rest) = groups.get(shown..).filter(|rest| !rest.is_empty()) {
        push_rest(rest, &mut out);
    }
    out.push(Role::Plain, verdict(findings));
    let exit = if findings.fails() {
        format!("  [exit 1: --fail-on {}]", findings.fail_on.name())
    } else {
        "  [exit 0]".to_owned()
    };
    out.push(Role::Faint, exit).end_line();
    out
}

fn push_group(fleet: &Fleet, group: &Group<'_>, redactor: &Redactor, out: &mut Text) {
    let role = match group.severity {
        Severity::Error => Role::Error,
        Severity::Warning => Role::Warning,
        Severity::Info => Role::Faint,
    };
    out.push(role, format!("{}[{}]", group.severity.name(), group.rule.id()));
    out.push(Role::Name, format!(" {}", group.rule.name())).push(Role::Faint, " · ");
    match group.findings.as_slice() {
        [one] => push_one(fleet, one, redactor, out),
        many => push_many(fleet, group, many, redactor, out),
    }
}

fn push_one(fleet: &Fleet, reported: &Reported, redactor: &Redactor, out: &mut Text) {
    let finding = &reported.finding;
    out.push(Role::Plain, redactor.redact_text(&finding.message())).end_line();
    for place in finding.places.iter().take(SHOWN) {
        excerpt(fleet, place, redactor, out);
    }
    if finding.places.len() > SHOWN {
        out.push(Role::Faint, format!("  ... and {} more places", finding.places.len() - SHOWN)).end_line();
    }
    push_help(finding.rule(), Some(redactor.redact_text(&reported.help())), &reported.standing, out);
}

fn push_many(fleet: &Fleet, group: &Group<'_>, many: &[&Reported], redactor: &Redactor, out: &mut Text) {
    let apps: BTreeSet<&ObjectRef> = many.iter().flat_map(|r| &r.finding.subjects).collect();
    let apps = apps.iter().filter(|subject| subject.kind == Kind::Application).count();
    let of = if apps > 0 { format!(" in {}", counted(apps, "app")) } else { String::new() };
    out.push(Role::Plain, format!("{}{of} from one line", counted(many.len(), "finding"))).end_line();
    if let Some(place) = group.place {
        excerpt(fleet, place, redactor, out);
    }
    for reported in many.iter().take(SHOWN) {
        out.push(Role::Faint, "   - ")
            .push(Role::Plain, redactor.redact_text(&reported.finding.message()))
            .end_line();
    }
    if many.len() > SHOWN {
        out.push(Role::Faint, format!("   - and {} more", many.len() - SHOWN)).end_line();
    }
    push_help(group.rule, None, &Standing::Open, out);
}

fn push_help(rule: Rule, help: Option<String>, standing: &Standing, out: &mut Text) {
    if let Standing::Aged { since } = standing {
        out.push(Role::Faint, format!("   = in the baseline since {since}: too long")).end_line();
    }
    out.push(Role::Faint, "   = ");
    if let Some(help) = help {
        out.push(Role::Help, help).push(Role::Faint, " · ");
    }
    out.push(Role::Faint, "fix: ").push(Role::Help, format!("aoa rule {}", rule.id())).end_line();
}

/// One line for what is not shown.
fn push_rest(rest: &[Group<'_>], out: &mut Text) {
    let mut rules: Vec<(Rule, usize)> = Vec::new();
    for group in rest {
        match rules.iter_mut().find(|(rule, _)| *rule == group.rule) {
            Some((_, count)) => *count += group.findings.len(),
            None => rules.push((group.rule, group.findings.len())),
        }
    }
    let each: Vec<String> = rules.iter().map(|(rule, count)| format!("{count} {}", rule.name())).collect();
    out.push(Role::Faint, format!("... and {}: {}", counted(rest.len(), "more group"), each.join(", ")));
    out.push(Role::Faint, " · ").push(Role::Help, "aoa check --all").end_line();
}
