//! The effective policy of an Application, and the policies of a fleet, for people.

use super::style::{Role, Text};
use super::table::{Align, table};
use crate::finding::Place;
use crate::fleet::{App, Fleet};
use crate::model::ObjectRef;
use crate::policy::own::{Bound, Pattern, Reaching, Restriction};

/// What reaches an Application, by what it is about, each with where it comes from.
///
/// ```text
/// argocd/web: 2 policies ask 3 things of it
/// ABOUT    ASKED                            POLICY  FROM                  THROUGH
/// sources  only https://github.com/acme/**  base    policies/base.yaml:8  the fleet
/// ```
#[must_use]
pub fn policy_text(app: App<'_>) -> Text {
    let mut out = Text::default();
    let policy = app.policy();
    let bounds: Vec<Bound<'_>> = policy.constraints().collect();
    let name = format!("{}/{}", app.namespace(), app.name());
    out.push(Role::Name, name);
    if policy.reaching.is_empty() {
        out.push(Role::Plain, ": no policy of the fleet reaches it").end_line();
        out.push(Role::Help, none_help(app.fleet())).end_line();
        return out;
    }
    let policies = counted(policy.reaching.len(), "policy", "policies");
    let verb = if policy.reaching.len() == 1 { "asks" } else { "ask" };
    let things = counted(bounds.len(), "thing", "things");
    out.push(Role::Plain, format!(": {policies} {verb} {things} of it")).end_line();
    let mut rows: Vec<(String, Vec<Text>)> =
        bounds.iter().map(|bound| (bound.constraint.name.to_string(), row(bound))).collect();
    // What is about one thing stands together, the furthest above first.
    rows.sort_by_key(|(about, _)| first_of(&bounds, about));
    let mut last = String::new();
    let rows = rows.into_iter().map(|(about, mut row)| {
        let shown = if about == last { "" } else { about.as_str() };
        row.insert(0, cell(Role::Name, shown));
        last = about;
        row
    });
    let left = |heading| (heading, Align::Left);
    let headings = ["ABOUT", "ASKED", "POLICY", "FROM", "THROUGH"].map(left);
    out.append(table(&headings, rows.collect()));
    out.push(Role::Help, "next: aoa check --select A says what breaks them").end_line();
    out
}

/// The policies of a fleet, with whom they are for and how many Applications they reach.
#[must_use]
pub fn policies_text(fleet: &Fleet) -> Text {
    let mut out = Text::default();
    let policies = fleet.policies();
    let problems = policies.problems().len();
    let count = counted(policies.iter().len(), "policy", "policies");
    let apps = counted(fleet.apps().len(), "app", "apps");
    out.push(Role::Plain, format!("{count} for {apps}"));
    if problems > 0 {
        out.push(Role::Plain, " · ")
            .push(Role::Error, counted(problems, "mistake in them", "mistakes in them"));
    }
    out.end_line();
    if policies.is_empty() {
        out.push(Role::Help, none_help(fleet)).end_line();
        return out;
    }
    let rows = policies.iter().map(|(policy, reached)| {
        let role = if reached == 0 { Role::Warning } else { Role::Plain };
        vec![
            cell(Role::Name, &*policy.name.to_str_lossy()),
            cell(role, reached.to_string()),
            cell(Role::Plain, policy.constraints.len().to_string()),
            cell(Role::Plain, shown_target(policy.delivered_by.as_ref(), &policy.target.to_string())),
            cell(Role::Faint, shown_place(policy.place().as_ref())),
        ]
    });
    let headings = [
        ("POLICY", Align::Left),
        ("APPS", Align::Right),
        ("ASKS", Align::Right),
        ("FOR", Align::Left),
        ("FROM", Align::Left),
    ];
    out.append(table(&headings, rows.collect()));
    let next = if problems > 0 {
        "next: aoa check --select A004 says what is wrong with them"
    } else {
        "next: aoa policy APP shows what reaches one"
    };
    out.push(Role::Help, next).end_line();
    out
}

fn shown_target(delivered_by: Option<&ObjectRef>, target: &str) -> String {
    match (delivered_by, target) {
        (None, "all") => "the fleet".to_owned(),
        (None, target) => target.to_owned(),
        (Some(by), "all") => format!("all below {by}"),
        (Some(by), target) => format!("{target}, of all below {by}"),
    }
}

fn none_help(fleet: &Fleet) -> &'static str {
    if fleet.policies().is_empty() {
        "next: name files of policies under `policies:` of aoa.yaml; aoa schema policy describes them"
    } else {
        "next: aoa policy lists the policies with whom they are for"
    }
}

/// Where a subject is first asked about.
fn first_of(bounds: &[Bound<'_>], about: &str) -> usize {
    bounds.iter().position(|bound| bound.constraint.name == *about).unwrap_or_default()
}

fn row(bound: &Bound<'_>) -> Vec<Text> {
    let Reaching { policy, through, .. } = bound.reaching;
    let through = match through {
        Some(node) => node.to_string(),
        None => shown_target(None, &policy.target.to_string()),
    };
    let place = policy.place_of_constraint(bound.constraint);
    vec![
        asked(&bound.constraint.restriction),
        cell(Role::Plain, &*policy.name.to_str_lossy()),
        cell(Role::Faint, shown_place(place.as_ref())),
        cell(Role::Plain, through),
    ]
}

/// What is asked, in words.
fn asked(restriction: &Restriction) -> Text {
    let mut parts: Vec<String> = Vec::new();
    let list = |patterns: &[Pattern]| {
        let texts: Vec<String> = patterns.iter().map(|pattern| pattern.text().to_string()).collect();
        texts.join(", ")
    };
    if let Some(permitted) = restriction.permitted() {
        match permitted.allow.as_deref() {
            Some([]) => parts.push("nothing".to_owned()),
            Some(allow) => parts.push(format!("only {}", list(allow))),
            None => {}
        }
        if !permitted.deny.is_empty() {
            parts.push(format!("not {}", list(&permitted.deny)));
        }
    }
    if let Restriction::Rbac { verbs } = restriction {
        let verbs: Vec<String> = verbs.iter().map(ToString::to_string).collect();
        parts.push(format!("no role with {}", verbs.join(", ")));
    }
    parts.extend(restriction.requires().map(|word| match word {
        "digest" => "with a digest".to_owned(),
        other => other.to_owned(),
    }));
    cell(Role::Plain, parts.join(" · "))
}

fn shown_place(place: Option<&Place>) -> String {
    place.map(|place| format!("{}:{}", place.path, place.line)).unwrap_or_default()
}

fn cell(role: Role, text: impl AsRef<str>) -> Text {
    let mut cell = Text::default();
    cell.push(role, text);
    cell
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
