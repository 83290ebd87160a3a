//! Stages side by side, names that begin alike together.

use std::collections::BTreeMap;

use super::OrderOptions;
use crate::fleet::App;
use crate::order::{Member, NeedKind, Order, Strength};
use crate::report::style::{Role, Text};
use crate::sync::{sync_phases, sync_wave};

/// Columns within which stages stand on one line.
const WIDTH: usize = 110;
/// Names of a stage up to which all are shown.
const ALL: usize = 4;
/// Names and groups of a stage that are shown.
const MOST: usize = 8;

/// The stages of an order.
pub(super) fn write(order: &Order<'_>, options: OrderOptions, out: &mut Text) {
    let stages: Vec<String> =
        order.stages().into_iter().map(|members| stage(order, &members, options)).collect();
    lay_out(stages, out);
}

/// Stages of nothing but names.
pub(super) fn write_names(stages: &[Vec<App<'_>>], options: OrderOptions, out: &mut Text) {
    let stages = stages.iter().map(|stage| {
        let names: Vec<&str> = stage.iter().map(App::name).collect();
        folded(&names, options)
    });
    lay_out(stages.collect(), out);
}

fn lay_out(stages: Vec<String>, out: &mut Text) {
    let one_line: Vec<String> = stages.iter().zip(1..).map(|(stage, at)| format!("{at} {stage}")).collect();
    let one_line = one_line.join(" → ");
    if one_line.chars().count() <= WIDTH {
        out.push(Role::Plain, one_line).end_line();
        return;
    }
    let digits = stages.len().to_string().len();
    for (stage, at) in stages.into_iter().zip(1..) {
        out.push(Role::Faint, format!("{at:>digits$}  ")).push(Role::Plain, stage).end_line();
    }
}

/// The Applications of one stage; what a single one of them waits for stands in brackets.
fn stage(order: &Order<'_>, members: &[&Member<'_>], options: OrderOptions) -> String {
    let locked = members.iter().any(|member| member.is_deadlocked);
    let names: Vec<&str> =
        members.iter().filter(|member| !member.is_deadlocked).map(|member| member.app.name()).collect();
    let mut parts = Vec::new();
    if !names.is_empty() {
        let reason = match members {
            [only] => reason(order, only),
            _ => None,
        };
        parts
            .push(folded(&names, options) + &reason.map(|reason| format!(" ({reason})")).unwrap_or_default());
    }
    if locked {
        parts.push("DEADLOCK".to_owned());
    }
    parts.join(" ‖ ")
}

/// What an Application waits for first of all.
fn reason(order: &Order<'_>, member: &Member<'_>) -> Option<String> {
    let mut needs = order.edges.iter().filter(|edge| edge.from.id() == member.app.id());
    let hard = needs.clone().find(|edge| edge.strength == Strength::Hard);
    let edge = hard.or_else(|| needs.next())?;
    Some(match edge.kind {
        NeedKind::Namespace => format!("namespace {}", edge.what.name),
        NeedKind::Project => format!("project {}", edge.what.name),
        NeedKind::Webhook | NeedKind::SelfWebhook => "webhook".to_owned(),
        NeedKind::Declared => "declared".to_owned(),
        NeedKind::ClusterCredential | NeedKind::RepositoryCredential => "credentials".to_owned(),
        _ => edge.what.kind.to_owned(),
    })
}

/// Names side by side; of many those that begin alike together.
fn folded(names: &[&str], options: OrderOptions) -> String {
    if names.len() <= ALL || options.all {
        return names.join(" ‖ ");
    }
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in names {
        groups.entry(name.split('-').next().unwrap_or(name)).or_default().push(name);
    }
    let mut shown: Vec<String> = groups
        .iter()
        .map(|(prefix, names)| match names.as_slice() {
            [one] => (*one).to_owned(),
            _ => format!("{prefix}-*"),
        })
        .collect();
    let left = shown.len().saturating_sub(MOST);
    shown.truncate(MOST);
    let left = if left > 0 { format!(" and {left} more groups") } else { String::new() };
    format!("{}{left} ({})", shown.join(", "), names.len())
}

/// Phases and waves inside an Application, where there is more than one.
pub(super) fn phases(app: App<'_>, out: &mut Text) {
    let Some(content) = app.content() else { return };
    let mut turns: BTreeMap<_, usize> = BTreeMap::new();
    for manifest in content.manifests().iter() {
        for phase in sync_phases(&manifest.object) {
            *turns.entry((phase, sync_wave(&manifest.object))).or_default() += 1;
        }
    }
    if turns.len() > 1 {
        let turns = turns.iter().map(|((phase, wave), count)| format!("{} {wave} ({count})", phase.name()));
        let turns: Vec<String> = turns.collect();
        out.push(Role::Plain, format!("inside: phase and wave (objects) {}", turns.join(" → "))).end_line();
    }
}
