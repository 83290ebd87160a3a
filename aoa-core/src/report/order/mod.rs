//! Order for people: first whether it comes up, then what is in the way, the stages, and what to do.

mod pictures;
mod stages;

pub use pictures::{order_dot, order_mermaid};

use super::style::{Role, Text};
use crate::fleet::App;
use crate::order::{Deadlock, Edge, Order, Outcome, Scope, Strength, UnseenReason};
use crate::why::Site;

/// How an order is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderOptions {
    /// Whether everything is shown, not only the first of each.
    pub all: bool,
}

impl OrderOptions {
    /// With everything.
    #[must_use]
    pub fn with_all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }
}

/// Edges of one outcome that are shown.
const SHOWN: usize = 8;
/// Characters that are shown of a reason.
const REASON: usize = 120;
/// Names that are shown of many.
const NAMES: usize = 4;

/// The text of an order.
#[must_use]
pub fn order_text(order: &Order<'_>, options: OrderOptions) -> Text {
    let most = if options.all { usize::MAX } else { SHOWN };
    let mut out = verdict(order);
    for deadlock in &order.deadlocks {
        write_deadlock(order, deadlock, most, &mut out);
    }
    // What waits behind a deadlock stands in the stages.
    let is_shown =
        |outcome| outcome != Outcome::Deadlock && (options.all || outcome != Outcome::BehindDeadlock);
    let is_stuck = |edge: &&Edge<'_>| edge.outcome.name() == "stuck" && is_shown(edge.outcome);
    failures(order, most, &mut out);
    held(order, most, &mut out);
    edges(order.edges.iter().filter(is_stuck), Role::Error, most, &mut out);
    stages::write(order, options, &mut out);
    let heals: Vec<&Edge<'_>> = order.edges.iter().filter(|edge| edge.outcome == Outcome::Heals).collect();
    let (failing, runtime): (Vec<&Edge<'_>>, Vec<&Edge<'_>>) =
        heals.into_iter().partition(|edge| edge.fails_sync);
    edges(failing.into_iter(), Role::Warning, most, &mut out);
    if options.all {
        edges(runtime.into_iter(), Role::Plain, most, &mut out);
        let rest = |edge: &&Edge<'_>| {
            matches!(edge.outcome, Outcome::InOrder | Outcome::NotEnforced | Outcome::ByHand)
        };
        edges(order.edges.iter().filter(rest), Role::Plain, most, &mut out);
    } else {
        rest(order, runtime.len(), &mut out);
    }
    unseen(order, most, &mut out);
    idle(order, &mut out);
    next_step(order, options, &mut out);
    out
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// What is asked about, as the subject of a sentence.
fn subject(order: &Order<'_>) -> String {
    match &order.scope {
        Scope::Fleet => "the fleet".to_owned(),
        Scope::Cluster(name) => name.clone(),
    }
}

fn verdict(order: &Order<'_>) -> Text {
    let mut out = Text::default();
    let (all, who) = (order.apps.len(), subject(order));
    let count = |is: fn(&crate::order::Member<'_>) -> bool| order.apps.iter().filter(|m| is(m)).count();
    let (locked, behind) = (count(|m| m.is_deadlocked), count(|m| m.is_blocked));
    let unknown = match count(|m| m.is_unknown) {
        0 => String::new(),
        1 => "; the content of 1 app could not be seen".to_owned(),
        unknown => format!("; the content of {unknown} apps could not be seen"),
    };
    if all == 0 {
        out.push(Role::Good, format!("nothing comes up on {who}: no app goes there")).end_line();
        return out;
    }
    if locked > 0 {
        let circle = match order.deadlocks.as_slice() {
            [Deadlock { apps, .. }] if apps.len() == 1 => "waits for itself",
            _ => "wait for each other",
        };
        let behind = if behind > 0 { format!(", {behind} more wait behind them") } else { String::new() };
        let words =
            format!("{who} cannot come up: {locked} of {} {circle}{behind}{unknown}", plural(all, "app"));
        out.push(Role::Error, words).end_line();
        return out;
    }
    let mut stuck: Vec<u32> =
        order.edges.iter().filter(|e| e.outcome.name() == "stuck").map(|e| e.from.id().0).collect();
    stuck.extend(order.apps.iter().filter(|member| member.fails).map(|member| member.app.id().0));
    stuck.sort_unstable();
    stuck.dedup();
    let stages = order.stages().len();
    let comes = format!("{who} comes up in {}: {}", plural(stages, "stage"), plural(all, "app"));
    let hard =
        order.edges.iter().filter(|e| e.outcome == Outcome::Heals && e.strength == Strength::Hard).count();
    let (role, words) = if !stuck.is_empty() {
        (Role::Error, format!("{who} comes up but for {} of {}{unknown}", stuck.len(), plural(all, "app")))
    } else if hard > 0 {
        let verb = if hard == 1 { "fails" } else { "fail" };
        (
            Role::Warning,
            format!(
                "{comes}, {} {verb} at first and {}{unknown}",
                plural(hard, "need"),
                if hard == 1 { "heals" } else { "heal" }
            ),
        )
    } else {
        (Role::Good, format!("{comes}{unknown}"))
    };
    out.push(role, words).end_line();
    out
}

fn write_deadlock(order: &Order<'_>, deadlock: &Deadlock<'_>, most: usize, out: &mut Text) {
    let names: Vec<&str> = deadlock.apps.iter().map(App::name).collect();
    let shown = if names.len() > NAMES {
        format!("{} and {} more", names.get(..NAMES).unwrap_or_default().join(" ⇄ "), names.len() - NAMES)
    } else if names.len() == 1 {
        format!("{} waits for itself", names.concat())
    } else {
        names.join(" ⇄ ")
    };
    out.push(Role::Error, "DEADLOCK").push(Role::Name, format!("  {shown}")).end_line();
    let edge = |at: &usize| order.edges.get(*at);
    let width =
        deadlock.edges.iter().filter_map(edge).map(|e| e.from.name().chars().count()).max().unwrap_or(0);
    let shown = || deadlock.edges.iter().take(most).filter_map(edge);
    let messages = shown().map(|edge| edge.message().chars().count()).max().unwrap_or(0);
    for edge in shown() {
        let (name, message) = (edge.from.name(), edge.message());
        let gap = " ".repeat(width.saturating_sub(name.chars().count()));
        let behind = " ".repeat(messages.saturating_sub(message.chars().count()));
        out.push(Role::Plain, format!("  {name}{gap} {message}{behind}")).append(place(edge)).end_line();
    }
    more(deadlock.edges.len(), most, "  ", out);
    // What brings an app stands in its way without being an edge.
    let inside = |app: &App<'_>| deadlock.apps.iter().any(|other| other.id() == app.id());
    let creations = deadlock.apps.iter().filter_map(|app| {
        let creator = order.member(app.namespace(), app.name())?.creator?;
        (inside(&creator) && creator.id() != app.id()).then(|| (app.name(), creator))
    });
    for (name, creator) in creations.take(most) {
        let gap = " ".repeat(width.saturating_sub(name.chars().count()));
        out.push(Role::Plain, format!("  {name}{gap} is brought by {}", creator.name())).end_line();
    }
    let cut: Vec<&Edge<'_>> = deadlock.cut.edges.iter().filter_map(edge).collect();
    let doubt = if deadlock.cut.is_smallest { "" } else { ", perhaps fewer do" };
    out.push(Role::Help, format!("  cut ({}{doubt}) ", plural(cut.len(), "edge")));
    let mut remedies: Vec<String> = Vec::new();
    for edge in cut {
        let remedy = edge.remedy();
        if !remedies.contains(&remedy) {
            remedies.push(remedy);
        }
    }
    let shown: Vec<String> = remedies.iter().take(NAMES).cloned().collect();
    out.push(Role::Help, shown.join("; "));
    if remedies.len() > NAMES {
        out.push(Role::Help, format!(" and {} more", remedies.len() - NAMES));
    }
    out.end_line();
}

/// Applications that never come up, whoever else does.
fn failures(order: &Order<'_>, most: usize, out: &mut Text) {
    let failing: Vec<App<'_>> =
        order.apps.iter().filter(|member| member.fails).map(|member| member.app).collect();
    for app in failing.iter().take(most) {
        let reason = app.content().and_then(|content| content.state.reason()).unwrap_or_default();
        let first: String = reason.lines().next().unwrap_or_default().chars().take(REASON).collect();
        out.push(Role::Error, "STUCK").push(Role::Plain, "  ").push(Role::Name, app.name());
        out.push(Role::Plain, format!(" Argo CD fails on its content: {first}")).end_line();
    }
    more(failing.len(), most, "", out);
}

/// Who waits for somebody to sync what stands before.
fn held(order: &Order<'_>, most: usize, out: &mut Text) {
    for held in order.held.iter().take(most) {
        let mut names: Vec<&str> = held.apps.iter().take(NAMES).map(App::name).collect();
        let rest = held.apps.len().saturating_sub(names.len());
        let more = format!("{rest} more");
        names.extend((rest > 0).then_some(more.as_str()));
        let waits = if held.apps.len() == 1 { "waits" } else { "wait" };
        out.push(Role::Warning, "by hand").push(Role::Plain, "  ").push(Role::Name, names.join(", "));
        let words =
            format!(" {waits} for {} of wave {}, which nobody syncs by itself", held.by.name(), held.wave);
        out.push(Role::Plain, words).end_line();
    }
    more(order.held.len(), most, "", out);
}

/// Where an edge can be seen.
fn place(edge: &Edge<'_>) -> Text {
    let mut out = Text::default();
    if let Some(place) = &edge.place {
        // What a kustomization builds comes from its folder, not from a line.
        let name = place.path.as_str().rsplit('/').next().unwrap_or_default();
        let line = if name.contains('.') { place.line } else { 0 };
        out.push(Role::Faint, format!("   {}", Site { line, ..Site::of(place) }));
    }
    out
}

fn more(all: usize, most: usize, indent: &str, out: &mut Text) {
    if all > most {
        out.push(Role::Faint, format!("{indent}... and {} more (--all)", all - most)).end_line();
    }
}

fn edges<'e, 'f: 'e>(edges: impl Iterator<Item = &'e Edge<'f>>, role: Role, most: usize, out: &mut Text) {
    // Apps that need the same of the same are one line.
    let mut groups: Vec<(String, Vec<&Edge<'f>>)> = Vec::new();
    let mut known: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for edge in edges {
        let key = format!("{}{}{:?}", edge.to.id().0, edge.message(), edge.outcome);
        match known.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some((_, group)) => group.push(edge),
            None => {
                known.insert(key.clone(), groups.len());
                groups.push((key, vec![edge]));
            }
        }
    }
    for (_, group) in groups.iter().take(most) {
        let Some(first) = group.first() else { continue };
        let mut names: Vec<&str> = group.iter().map(|edge| edge.from.name()).collect();
        names.dedup();
        let label = match first.outcome {
            Outcome::Heals => "heals",
            Outcome::InOrder => "in order",
            Outcome::ByHand => "by hand",
            Outcome::NotEnforced => "declared",
            _ => "STUCK",
        };
        out.push(role, label).push(Role::Plain, "  ").push(Role::Name, few(&names));
        let message = first.message();
        out.push(Role::Plain, format!(" {}", if names.len() > 1 { several(&message) } else { message }));
        if label == "STUCK" {
            let why = first.outcome.message();
            out.push(role, format!(": {}", why.strip_prefix("stuck: ").unwrap_or(&why)));
        }
        out.append(place(first)).end_line();
    }
    more(groups.len(), most, "", out);
}

/// A message about one as it is said of several.
fn several(message: &str) -> String {
    for (one, many) in [("needs ", "need "), ("is ", "are "), ("has ", "have "), ("refers ", "refer ")] {
        if let Some(rest) = message.strip_prefix(one) {
            return format!("{many}{rest}");
        }
    }
    message.to_owned()
}

/// A few names, and how many there are.
fn few(names: &[&str]) -> String {
    if names.len() <= NAMES {
        return names.join(", ");
    }
    format!("{} and {} more", names.get(..NAMES).unwrap_or_default().join(", "), names.len() - NAMES)
}

/// How many edges are not shown, by what becomes of them.
fn rest(order: &Order<'_>, runtime: usize, out: &mut Text) {
    let count = |outcome: Outcome| order.edges.iter().filter(|edge| edge.outcome == outcome).count();
    let parts = [
        (count(Outcome::InOrder), "in order"),
        (runtime, "of controllers that try again"),
        (count(Outcome::ByHand), "synced by hand"),
        (count(Outcome::NotEnforced), "declared, which nothing enforces"),
    ];
    let parts: Vec<String> =
        parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if !parts.is_empty() {
        out.push(Role::Faint, format!("more needs (--all): {}", parts.join(", "))).end_line();
    }
}

fn unseen(order: &Order<'_>, most: usize, out: &mut Text) {
    // Installers are many where there are any.
    let some = |names: &[String]| few(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for unseen in order.unseen.iter().take(most) {
        let names: Vec<&str> = unseen.apps.iter().map(App::name).collect();
        let what = unseen.kind.phrase(&unseen.what);
        let what = what.strip_prefix("needs ").unwrap_or(&what).to_owned();
        out.push(Role::Warning, "? ").push(Role::Name, what);
        let why = match &unseen.reason {
            UnseenReason::NotInFleet if unseen.unknown_apps > 0 => {
                format!("could not be seen: of {} there not all is known", plural(unseen.unknown_apps, "app"))
            }
            UnseenReason::NotInFleet => "could not be seen: nobody in the fleet brings it".to_owned(),
            UnseenReason::OtherVersions(served) => format!("is only served as {}", served.join(", ")),
            UnseenReason::MayCome(from) => format!("could not be seen: may come with {}", some(from)),
        };
        let cluster = match order.scope {
            Scope::Fleet if !unseen.cluster.is_empty() => format!(" on {}", unseen.cluster),
            Scope::Fleet => String::new(),
            Scope::Cluster(_) => String::new(),
        };
        out.push(Role::Plain, format!("{cluster} {why}; wanted by {}", few(&names))).end_line();
    }
    more(order.unseen.len(), most, "", out);
}

fn idle(order: &Order<'_>, out: &mut Text) {
    for waves in &order.idle_waves {
        match waves.reason.rule() {
            Some(rule) => out.push(Role::Warning, format!("{}[{}]", rule.severity().name(), rule.id())),
            None => out.push(Role::Faint, "note"),
        };
        let who = plural(waves.apps.len(), "Application");
        out.push(Role::Plain, format!(" sync-wave on {who} {}", waves.reason.message())).end_line();
    }
}

fn next_step(order: &Order<'_>, options: OrderOptions, out: &mut Text) {
    let next = match order.deadlocks.first().and_then(|deadlock| deadlock.apps.first()) {
        Some(app) => {
            format!("next: make the cut, then aoa order again · who waits: aoa order {}", app.name())
        }
        None => match order.longest.as_slice() {
            [] | [_] => "next: aoa order --delete shows the way down".to_owned(),
            chain => {
                let names: Vec<&str> = chain.iter().map(App::name).collect();
                let shown = if names.len() > 6 && !options.all {
                    let (first, last) = (names.get(..3).unwrap_or_default(), names.get(names.len() - 2..));
                    format!("{} → … → {}", first.join(" → "), last.unwrap_or_default().join(" → "))
                } else {
                    names.join(" → ")
                };
                out.push(Role::Plain, format!("longest chain: {shown}")).end_line();
                format!(
                    "next: aoa order {} · as a picture: aoa order -o mermaid",
                    names.last().unwrap_or(&"")
                )
            }
        },
    };
    out.push(Role::Help, next).end_line();
}

/// What one Application waits for, and what waits for it.
#[must_use]
pub fn app_order_text<'f>(order: &Order<'f>, app: App<'f>, options: OrderOptions) -> Text {
    let most = if options.all { usize::MAX } else { SHOWN };
    let mut out = Text::default();
    let (before, after) = (order.waits_for(app), order.waited_for_by(app));
    let count = |edges: &[(usize, &Edge<'_>)], end: fn(&Edge<'_>) -> u32| {
        let mut ids: Vec<u32> =
            edges.iter().map(|(_, edge)| end(edge)).filter(|id| *id != app.id().0).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    let (needs, users) = (count(&before, |e| e.to.id().0), count(&after, |e| e.from.id().0));
    let Some(member) = order.member(app.namespace(), app.name()) else { return out };
    let state = match (member.is_deadlocked, member.is_blocked) {
        (true, _) => ", in a deadlock",
        (_, true) => ", behind a deadlock",
        _ => "",
    };
    out.push(if state.is_empty() { Role::Good } else { Role::Error }, app.name());
    let words = format!(
        " comes up in stage {}{state}: waits for {}, {} for it",
        member.stage,
        plural(needs, "app"),
        if users == 1 { "1 app waits".to_owned() } else { format!("{users} apps wait") },
    );
    out.push(Role::Plain, words).end_line();
    if let Some(creator) = member.creator {
        let wave =
            member.wave.map(|wave| format!(", in wave {wave}, after the ones before")).unwrap_or_default();
        out.push(Role::Plain, format!("exists once {} syncs{wave}", creator.name())).end_line();
    }
    if let Some(step) = member.step {
        out.push(Role::Plain, format!("is synced in step {step} of its rollout")).end_line();
    }
    if member.is_unknown {
        out.push(Role::Warning, "its content could not be seen in full: there may be more").end_line();
    }
    for (heading, edges) in [("waits for", &before), ("is waited for by", &after)] {
        if edges.is_empty() {
            continue;
        }
        out.push(Role::Heading, heading).end_line();
        for (distance, edge) in edges.iter().take(most) {
            let indent = "  ".repeat((*distance).min(8));
            out.push(Role::Plain, indent).push(Role::Name, edge.from.name());
            out.push(Role::Plain, format!(" {}", edge.message()));
            let role = if edge.outcome.name() == "stuck" { Role::Error } else { Role::Faint };
            out.push(role, format!(" ({}; {})", edge.strength.name(), edge.outcome.message()));
            out.append(place(edge)).end_line();
        }
        more(edges.len(), most, "  ", &mut out);
    }
    stages::phases(app, &mut out);
    out.push(Role::Help, format!("next: aoa render {} --order shows its objects one by one", app.name()))
        .end_line();
    out
}

/// The way down.
#[must_use]
pub fn deletion_text(order: &Order<'_>, options: OrderOptions) -> Text {
    let most = if options.all { usize::MAX } else { SHOWN };
    let mut out = Text::default();
    let hangs: Vec<_> = order.deletion.hangs.iter().filter(|hang| !hang.is_in_order).collect();
    let who = subject(order);
    let stages = order.deletion.stages.len();
    if hangs.is_empty() {
        let words = format!("{who} goes down in {}, nothing hangs", plural(stages, "stage"));
        out.push(Role::Good, words).end_line();
    } else {
        let words = format!(
            "{who} goes down in {}; {} if all goes at once",
            plural(stages, "stage"),
            if hangs.len() == 1 {
                "1 deletion hangs".to_owned()
            } else {
                format!("{} deletions hang", hangs.len())
            }
        );
        out.push(Role::Error, words).end_line();
    }
    for hang in hangs.iter().take(most) {
        let what = hang.kind.phrase(&hang.what);
        let what = what.strip_prefix("needs ").unwrap_or(&what).to_owned();
        out.push(Role::Error, "HANGS").push(Role::Plain, "  ").push(Role::Name, hang.app.name());
        out.push(Role::Plain, format!(" once {what} of {} is gone: delete it first", hang.without.name()))
            .end_line();
    }
    more(hangs.len(), most, "", &mut out);
    stages::write_names(&order.deletion.stages, options, &mut out);
    out.push(Role::Help, "next: aoa diff shows what a change deletes").end_line();
    out
}
