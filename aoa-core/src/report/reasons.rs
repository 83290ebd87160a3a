//! Reasons for people: why something is there, and why it is not.

use super::style::{Role, Text};
use super::values::shown;
use crate::model::{Kind, ObjectRef};
use crate::why::{
    Absence, AppReasons, Blocker, ClusterReasons, FieldReason, FileReasons, Input, InputKind, ObjectReasons,
    Reasons, Site, Without,
};
use crate::wire::Redactor;

/// Names that are shown in one line.
const NAMES: usize = 6;
/// Inputs that are shown of one step.
const INPUTS: usize = 12;
/// Characters that are shown of a value.
const VALUE: usize = 60;

/// Why something is there. `✂` marks what it hangs on: without it, it is gone; `❄`: without it, it is frozen.
#[must_use]
pub fn reasons_text(reasons: &Reasons, redactor: &Redactor) -> Text {
    match reasons {
        Reasons::App(reasons) => of_app(reasons, redactor),
        Reasons::Object(reasons) => of_object(reasons, redactor),
        Reasons::File(reasons) => of_file(reasons),
        Reasons::Cluster(reasons) => of_cluster(reasons),
    }
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn at(site: Option<&Site>) -> String {
    match site {
        Some(site) if site.line > 0 => site.to_string(),
        Some(site) => {
            Site { path: format!("{}/", site.path.trim_end_matches('/')), ..site.clone() }.to_string()
        }
        None => String::new(),
    }
}

/// The rows of a tree: what stands left, the mark, where, and words.
struct Row {
    left: String,
    mark: &'static str,
    site: String,
    words: String,
    is_name: bool,
}

fn write(rows: Vec<Row>, out: &mut Text) {
    let width = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or_default();
    let left = width(&|row| row.left.chars().count());
    let sites = width(&|row| row.site.chars().count()).min(60);
    for row in rows {
        let role = if row.is_name { Role::Name } else { Role::Plain };
        let gap = |width: usize, text: &str| " ".repeat(width.saturating_sub(text.chars().count()));
        let words = row.words.replace('\n', " ");
        out.push(role, &row.left).push(Role::Plain, gap(left, &row.left));
        let mark = if row.mark.is_empty() { " " } else { row.mark };
        if row.site.is_empty() && words.is_empty() && row.mark.is_empty() {
            out.end_line();
            continue;
        }
        out.push(Role::Plain, " ")
            .push(Role::Warning, mark)
            .push(Role::Plain, " ")
            .push(Role::Plain, &row.site);
        if !words.is_empty() {
            out.push(Role::Plain, gap(sites, &row.site)).push(Role::Plain, "   ").push(Role::Faint, words);
        }
        out.end_line();
    }
}

fn mark(without: Without) -> &'static str {
    match without {
        Without::Gone => "✂",
        Without::Frozen => "❄",
        Without::Stays => "",
    }
}

fn of_app(reasons: &AppReasons, redactor: &Redactor) -> Text {
    let mut out = Text::default();
    let object = &reasons.object;
    let prefix = match object.kind {
        Kind::Application => "",
        Kind::ApplicationSet => "ApplicationSet ",
        Kind::AppProject => "AppProject ",
    };
    let mut facts = Vec::new();
    if object.kind == Kind::Application {
        facts.push(format!("cluster {}", reasons.cluster));
        facts.push(format!("project {}", reasons.project));
        facts.push(reasons.content.clone());
    }
    facts.push(format!("held by {}", plural(reasons.held_by(), "input")));
    out.push(Role::Name, format!("{prefix}{}/{}", object.namespace, object.name));
    out.push(Role::Plain, format!(" · {}", facts.join(" · "))).end_line();
    write(chain_rows(reasons), &mut out);
    for field in &reasons.fields {
        of_field(field, redactor, &mut out);
    }
    if !reasons.others.is_empty() {
        let names: Vec<String> = reasons
            .others
            .iter()
            .map(|other| other.as_ref().map_or_else(|| "a root".to_owned(), |other| other.to_string()))
            .collect();
        out.push(Role::Warning, format!("also brought by {}: the first wins", names.join(", "))).end_line();
    }
    next(reasons, &mut out);
    out
}

/// The way from a root down: each object with the file that holds it, below a set the elements of the cell.
fn chain_rows(reasons: &AppReasons) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut indent = String::new();
    let last = reasons.chain.len().saturating_sub(1);
    for (depth, link) in reasons.chain.iter().enumerate() {
        let above = depth.checked_sub(1).and_then(|at| reasons.chain.get(at));
        let is_generated = above.is_some_and(|above| above.object.kind == Kind::ApplicationSet);
        let is_set = link.object.kind == Kind::ApplicationSet;
        let name = format!("{}{}", if is_set { "◇ " } else { "" }, link.object.name);
        let branch = if depth == 0 { String::new() } else { format!("{indent}└─ ") };
        if let Some(row) = rows.iter_mut().rev().find(|row| row.is_name).filter(|_| depth > 0) {
            row.words.clone_from(&link.how);
        }
        // The file that an object is written in stands beside its name.
        let is_own = |input: &&Input| !is_generated && matches!(input.kind, InputKind::File { .. });
        let own = link.inputs.iter().find(is_own);
        let mut below: Vec<&Input> =
            link.inputs.iter().filter(|i| own.is_none_or(|own| !std::ptr::eq(own, *i))).collect();
        // The label's own line says the same as that of its cluster.
        let all = below.clone();
        below.retain(|input| !is_first_label(input, &all));
        if depth > 0 {
            indent.push_str("   ");
        }
        let mut name_row = Row {
            left: format!("{branch}{name}"),
            mark: "",
            site: at(link.site.as_ref()),
            words: String::new(),
            is_name: true,
        };
        if let Some(own) = own {
            name_row.mark = mark(own.without);
            name_row.site = at(own.site.as_ref());
            name_row.words.clone_from(&own.words);
        }
        // The elements of a cell stand below their set, what else an object hangs on below itself.
        let (indent_below, goes_on) = match is_generated {
            true => (branch.trim_end_matches("└─ ").to_owned(), depth < last),
            false => (indent.clone(), depth < last),
        };
        if !is_generated {
            rows.push(name_row);
            name_row = plain_row(String::new());
        }
        let shown = below.len().min(INPUTS);
        for (number, input) in below.iter().take(INPUTS).enumerate() {
            let is_end = !goes_on && number.saturating_add(1) == shown && below.len() <= INPUTS;
            rows.push(input_row(&format!("{indent_below}{}", if is_end { "└─ " } else { "├─ " }), input));
        }
        if below.len() > INPUTS {
            rows.push(plain_row(format!(
                "{indent_below}{} ... and {} more",
                if goes_on { "├─" } else { "└─" },
                below.len().saturating_sub(INPUTS)
            )));
        }
        if is_generated && depth < last {
            rows.push(name_row);
        }
    }
    rows
}

fn is_first_label(input: &Input, all: &[&Input]) -> bool {
    let InputKind::Label { cluster, .. } = &input.kind else { return false };
    all.iter().any(|other| {
        matches!(&other.kind, InputKind::Cluster { name } if name == cluster) && other.words == input.words
    })
}

fn input_row(branch: &str, input: &Input) -> Row {
    let name = match &input.kind {
        InputKind::File { .. } => "file".to_owned(),
        InputKind::Folder { .. } => "folder".to_owned(),
        InputKind::Entry { .. } => "entry".to_owned(),
        InputKind::Cluster { name } => format!("cluster {name}"),
        InputKind::Label { key, .. } => format!("label {key}"),
        InputKind::Element { index, .. } => format!("list element {}", index.saturating_add(1)),
        InputKind::Project { name, .. } => format!("project {name}"),
        InputKind::Inventory => "inventory".to_owned(),
        InputKind::Answer => "answer".to_owned(),
    };
    Row {
        left: format!("{branch}{name}"),
        mark: mark(input.without),
        site: at(input.site.as_ref()),
        words: input.words.clone(),
        is_name: false,
    }
}

fn plain_row(left: String) -> Row {
    Row { left, mark: "", site: String::new(), words: String::new(), is_name: false }
}

fn of_field(field: &FieldReason, redactor: &Redactor, out: &mut Text) {
    out.push(Role::Name, &field.path)
        .push(Role::Plain, format!(" = {}", shown(&field.value, redactor, VALUE)));
    let site = at(field.site.as_ref());
    if !site.is_empty() {
        out.push(Role::Plain, format!("  {site}"));
    }
    if !field.written.is_empty() {
        out.push(Role::Faint, format!("  {}", redactor.redact_text(&field.written)));
    }
    for parameter in &field.parameters {
        let site = at(parameter.site.as_ref());
        let value = shown(&parameter.value, redactor, VALUE);
        out.push(Role::Plain, " ← ")
            .push(Role::Plain, if site.is_empty() { String::new() } else { format!("{site} ") });
        out.push(Role::Plain, format!("{} = {value}", parameter.name));
    }
    out.end_line();
}

/// What to do next: try what would happen without the nearest input.
fn next(reasons: &AppReasons, out: &mut Text) {
    let inputs = reasons.chain.iter().rev().flat_map(|link| link.inputs.iter());
    let edits = inputs.filter(|input| input.without == Without::Gone).filter_map(Input::removal);
    let flag = edits.map(|edit| edit.to_string()).find(|words| words.starts_with("--"));
    let fields = match reasons.object.kind {
        Kind::Application => format!("all fields: aoa why {} --fields", reasons.object.name),
        _ => String::new(),
    };
    let try_it = flag.map(|flag| format!("without it: aoa what-if {flag}"));
    let words: Vec<String> = try_it.into_iter().chain(Some(fields).filter(|f| !f.is_empty())).collect();
    if !words.is_empty() {
        out.push(Role::Help, words.join(" · ")).end_line();
    }
}

fn of_object(reasons: &ObjectReasons, redactor: &Redactor) -> Text {
    let mut out = Text::default();
    let names: Vec<String> = reasons.holders.iter().map(|holder| holder.app.name.to_string()).collect();
    let contested = if names.len() > 1 { ": the last sync wins" } else { "" };
    let role = if names.len() > 1 { Role::Warning } else { Role::Plain };
    out.push(Role::Name, &reasons.object)
        .push(role, format!(" · brought by {}{contested}", names.join(", ")))
        .end_line();
    for holder in &reasons.holders {
        let mut rows = vec![Row {
            left: holder.app.name.to_string(),
            mark: "",
            site: String::new(),
            words: holder.how.clone(),
            is_name: true,
        }];
        let count = holder.inputs.len();
        for (number, input) in holder.inputs.iter().enumerate() {
            let tee = if number.saturating_add(1) == count { "└─ " } else { "├─ " };
            rows.push(input_row(tee, input));
        }
        write(rows, &mut out);
        if let Some(field) = &holder.field {
            of_field(field, redactor, &mut out);
        }
    }
    if let Some(holder) = reasons.holders.first() {
        out.push(Role::Help, format!("where the app comes from: aoa why {}", holder.app.name)).end_line();
    }
    out
}

fn names(refs: &[ObjectRef]) -> String {
    let shown: Vec<String> = refs.iter().take(NAMES).map(|object| object.name.to_string()).collect();
    match refs.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn of_file(reasons: &FileReasons) -> Text {
    let mut out = Text::default();
    let mut reached: Vec<&ObjectRef> = reasons.below.iter().chain(&reasons.renders).collect();
    reached.sort();
    reached.dedup();
    let verdict = match reached.len() {
        0 if reasons.defines.is_empty() && reasons.clusters.is_empty() => {
            "nothing of the fleet reads it".to_owned()
        }
        count => format!("reaches {}", plural(count, "app")),
    };
    out.push(Role::Name, &reasons.path).push(Role::Plain, format!(" · {verdict}")).end_line();
    for (object, line) in &reasons.defines {
        out.push(Role::Plain, format!("line {line:<5} ")).push(Role::Plain, object.to_string()).end_line();
    }
    let mut line = |what: &str, who: String| {
        out.push(Role::Plain, format!("{what:<10} ")).push(Role::Plain, who).end_line();
    };
    for name in &reasons.clusters {
        line("registers", format!("cluster {name}"));
    }
    for (set, apps) in &reasons.generates {
        line("generates", format!("◇ {}: {}", set.name, names(apps)));
    }
    if !reasons.renders.is_empty() {
        line("content of", names(&reasons.renders));
    }
    let made: Vec<&ObjectRef> = reasons.generates.iter().flat_map(|(_, apps)| apps).collect();
    let other: Vec<ObjectRef> = reasons
        .below
        .iter()
        .filter(|app| !made.contains(app) && !reasons.defines.iter().any(|(object, _)| object == *app))
        .cloned()
        .collect();
    if !other.is_empty() {
        line("below", names(&other));
    }
    out.push(Role::Help, format!("without it: aoa what-if --remove-file {}", reasons.path)).end_line();
    out
}

fn of_cluster(reasons: &ClusterReasons) -> Text {
    let mut out = Text::default();
    let count: usize = reasons.groups.iter().map(|group| group.apps.len()).sum();
    let owners = plural(reasons.groups.len(), "owner");
    out.push(Role::Name, format!("cluster {}", reasons.name));
    let site = at(reasons.site.as_ref());
    let site = if site.is_empty() { String::new() } else { format!(" · {site}") };
    out.push(Role::Plain, format!(" · {} of {owners} land here{site}", plural(count, "app"))).end_line();
    let mut rows = Vec::new();
    for group in &reasons.groups {
        let owner = match &group.owner {
            Some(owner) if owner.kind == Kind::ApplicationSet => format!("◇ {}", owner.name),
            Some(owner) => owner.name.to_string(),
            None => "roots".to_owned(),
        };
        let why: Vec<&str> = group
            .inputs
            .iter()
            .filter(|input| matches!(input.kind, InputKind::Label { .. }))
            .map(|input| input.words.as_str())
            .collect();
        let why = match (why.is_empty(), group.inputs.first()) {
            (true, Some(input)) => input.words.clone(),
            _ => why.join(" · "),
        };
        let site = group.inputs.first().and_then(|input| input.site.as_ref());
        let apps = format!("{:>3}  {}", group.apps.len(), names(&group.apps));
        rows.push((owner, apps, at(site), why));
    }

    let owners = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or_default();
    let apps = rows.iter().map(|row| row.1.chars().count()).max().unwrap_or_default().min(70);
    for (owner, names, site, why) in &rows {
        let gap = |width: usize, text: &str| " ".repeat(width.saturating_sub(text.chars().count()));
        out.push(Role::Name, owner)
            .push(Role::Plain, gap(owners, owner))
            .push(Role::Plain, format!("  {names}"));
        if !why.is_empty() {
            out.push(Role::Plain, gap(apps, names)).push(Role::Faint, format!("  {site} {why}"));
        }
        out.end_line();
    }
    if let Some(first) = reasons.absent.first() {
        let shown = names(&reasons.absent);
        out.push(Role::Plain, format!("not here: {shown}")).end_line();
        let help = format!("aoa why-not appset:{} cluster:{}", first.name, reasons.name);
        out.push(Role::Help, help).end_line();
    } else {
        out.push(Role::Help, format!("without it: aoa what-if --remove-cluster {}", reasons.name)).end_line();
    }
    out
}

/// Why something is not there.
#[must_use]
pub fn absence_text(absence: &Absence, redactor: &Redactor) -> Text {
    let mut out = Text::default();
    if !absence.present.is_empty() {
        let refs: Vec<ObjectRef> = absence.present.iter().map(|present| present.app.clone()).collect();
        let but = absence.present.iter().find_map(|present| Some((present, present.but.first()?)));
        match but {
            None => out.push(Role::Good, format!("it is there: {}", names(&refs))).end_line(),
            Some((present, why)) => {
                let line = why.lines().next().unwrap_or_default();
                let words = format!("it is there, but nothing of {} is synced: {line}", present.app.name);
                out.push(Role::Warning, redactor.redact_text(&words)).end_line()
            }
        };
        if let Some(first) = refs.first() {
            out.push(Role::Help, format!("aoa why {}", first.name)).end_line();
        }
        return out;
    }
    let first = absence.blockers.first().map(|blocker| blocker.words.clone()).unwrap_or_default();
    let line = first.lines().next().unwrap_or_default();
    out.push(Role::Error, format!("no {}", absence.wanted));
    out.push(Role::Plain, format!(": {}", redactor.redact_text(line))).end_line();
    for blocker in &absence.blockers {
        of_blocker(blocker, redactor, &mut out);
    }
    for pass in &absence.passes {
        out.push(Role::Good, "✓ ").push(Role::Plain, pass).end_line();
    }
    match &absence.change {
        Some(change) => {
            let lost =
                if change.lost > 0 { format!(", -{}", plural(change.lost, "app")) } else { String::new() };
            let sets =
                if change.sets > 0 { format!(", {}", plural(change.sets, "appset")) } else { String::new() };
            let size = match (change.apps, change.lost) {
                (0, 0) => "smallest change (apps move, none comes or goes): ".to_owned(),
                (apps, _) => format!("smallest change (+{}{lost}{sets}): ", plural(apps, "app")),
            };
            let words = match change.words.is_empty() {
                true => format!("aoa what-if {}", change.overlay),
                false => {
                    let edits = change.overlay.edits().iter().map(|edit| edit.to_string());
                    let flags: Vec<String> = edits.filter(|words| words.starts_with("--label")).collect();
                    let and =
                        if flags.is_empty() { String::new() } else { format!(", with {}", flags.join(" ")) };
                    format!("{}{and}", change.words)
                }
            };
            out.push(Role::Plain, size).push(Role::Help, words).end_line();
        }
        None => {
            out.push(Role::Help, "no single change that aoa could try brings it").end_line();
        }
    }
    out
}

fn of_blocker(blocker: &Blocker, redactor: &Redactor, out: &mut Text) {
    let part = if blocker.part.is_empty() { blocker.kind } else { &blocker.part };
    let (site, written) = match &blocker.site {
        Some((site, written)) => (at(Some(site)), written.clone()),
        None => (String::new(), String::new()),
    };
    let width = site
        .chars()
        .count()
        .max(blocker.found.as_ref().map_or(0, |(site, _)| at(site.as_ref()).chars().count()));
    out.push(Role::Error, "✗ ").push(Role::Plain, part);
    if !site.is_empty() {
        let gap = " ".repeat(width.saturating_sub(site.chars().count()));
        out.push(Role::Plain, format!("   {site}{gap}   {}", redactor.redact_text(&written)));
    }
    out.end_line();
    let indent = part.chars().count().saturating_add(5);
    if let Some((site, found)) = &blocker.found {
        let site = at(site.as_ref());
        let gap = " ".repeat(width.saturating_sub(site.chars().count()));
        out.push(Role::Plain, format!("{}{site}{gap}   {found}", " ".repeat(indent)));
        if let Some(earlier) = &blocker.earlier {
            let until = match earlier.until.is_empty() {
                true => "in the last commit".to_owned(),
                false => format!("until {}", earlier.until),
            };
            out.push(Role::Faint, format!("   ({} {until})", redactor.redact_text(&earlier.value)));
        }
        out.end_line();
    } else {
        out.push(Role::Plain, "  ")
            .push(Role::Faint, redactor.redact_text(&blocker.words.replace('\n', " ")))
            .end_line();
    }
}
