//! The effective policy of an Application, and the policies of a fleet, for people.

use super::style::{Role, Text};
use super::table::{Align, table};
use crate::finding::Place;
use crate::fleet::{App, Fleet};
use crate::model::ObjectRef;
use crate::policy::own::{
    Bound, Demand, EffectivePolicy, EffectiveValue, Exception, Pattern, Quota, Reaching, Restriction,
    ValueOrigin,
};
use crate::why::Site;

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
    let rows = bounds.iter().map(|bound| (bound.constraint.name.to_string(), rows_of(&policy, bound)));
    let mut rows: Vec<(String, Vec<Vec<Text>>)> = rows.collect();
    // What is about one thing stands together, the furthest above first.
    rows.sort_by_key(|(about, _)| first_of(&bounds, about));
    let mut last = String::new();
    let mut table_rows = Vec::new();
    for (about, rows) in rows {
        for (at, mut row) in rows.into_iter().enumerate() {
            let shown = if about == last || at > 0 { "" } else { about.as_str() };
            row.insert(0, cell(Role::Name, shown));
            table_rows.push(row);
        }
        last = about;
    }
    let left = |heading| (heading, Align::Left);
    if !table_rows.is_empty() {
        let headings = ["ABOUT", "ASKED", "POLICY", "FROM", "THROUGH"].map(left);
        out.append(table(&headings, table_rows));
    }
    let values = policy.values(app);
    if !values.is_empty() {
        let rows = values.iter().map(value_row).collect();
        let headings = ["VALUE", "IS", "BY", "FROM", "THROUGH"].map(left);
        out.append(table(&headings, rows));
    }
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

/// What a constraint asks, and the exceptions from it.
fn rows_of<'e>(policy: &'e EffectivePolicy, bound: &Bound<'e>) -> Vec<Vec<Text>> {
    let asked = cell(Role::Plain, asked(&bound.constraint.demand));
    let place = bound.reaching.policy.place_of_constraint(bound.constraint);
    let mut rows = vec![origin_row(asked, bound.reaching, place.as_ref())];
    let complete = |exception: &&Exception| {
        let texts = [&exception.reason, &exception.owner, &exception.expires];
        texts.iter().all(|text| !text.is_empty())
    };
    for exception in policy.exceptions_from(bound).filter(complete) {
        let Exception { reason, owner, expires, .. } = exception;
        let text = format!("  except until {expires}: {reason} ({owner})");
        rows.push(vec![cell(Role::Warning, text)]);
    }
    rows
}

fn origin_row(first: Text, reaching: &Reaching, place: Option<&Place>) -> Vec<Text> {
    let Reaching { policy, through, .. } = reaching;
    let through = match through {
        Some(node) => node.to_string(),
        None => shown_target(None, &policy.target.to_string()),
    };
    vec![
        first,
        cell(Role::Plain, &*policy.name.to_str_lossy()),
        cell(Role::Faint, shown_place(place)),
        cell(Role::Plain, through),
    ]
}

fn value_row(value: &EffectiveValue<'_>) -> Vec<Text> {
    let shown = match value.value.as_str() {
        Some(text) => text.to_owned(),
        None => aoa_lang::json::to_string(&value.value).unwrap_or_default(),
    };
    let (name, shown) = (cell(Role::Name, &value.name), cell(Role::Plain, shown));
    let mut row = vec![name];
    match &value.origin {
        ValueOrigin::Policy { reaching, default } => {
            let place = reaching.policy.place_of_default(default);
            row.extend(origin_row(shown, reaching, place.as_ref()));
        }
        ValueOrigin::Own => row.extend([shown, cell(Role::Plain, "the Application itself")]),
        ValueOrigin::Cluster => row.extend([shown, cell(Role::Plain, "its cluster")]),
        ValueOrigin::Parent(node) => row.extend([shown, cell(Role::Plain, node.to_string())]),
    }
    row
}

/// What is asked, in words.
fn asked(demand: &Demand) -> String {
    match demand {
        Demand::Restriction(restriction) => restricted(restriction),
        Demand::Quota(Quota { per, limits, .. }) => {
            let limit =
                |limit: &crate::policy::own::QuotaLimit| format!("{} {}", limit.resource.name(), limit.text);
            let limits: Vec<String> = limits.iter().map(limit).collect();
            format!("at most {} for each {}", limits.join(", "), per.name())
        }
        Demand::Requirement(_) => "required".to_owned(),
        Demand::Rule(rule) => rule.said().to_string(),
    }
}

fn restricted(restriction: &Restriction) -> String {
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
    parts.join(" · ")
}

fn shown_place(place: Option<&Place>) -> String {
    place.map(|place| Site::of(place).to_string()).unwrap_or_default()
}

fn cell(role: Role, text: impl AsRef<str>) -> Text {
    let mut cell = Text::default();
    cell.push(role, text);
    cell
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
