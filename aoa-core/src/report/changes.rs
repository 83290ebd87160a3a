//! Changes for people: first what is deleted, last what to do.

use std::collections::BTreeMap;

use aoa_lang::{Value, json};

use super::impact::{write_causes, write_owners};
use super::style::{Role, Text};
use super::table::columns;
use super::values::cut;
use crate::diff::{
    AppChange, Background, Cascade, ChangeKind, Changes, Fate, FieldChange, Hang, ManifestChange,
    ManifestChangeKind, TermChange, TermChangeKind,
};
use crate::why::Site;
use crate::wire::Redactor;

/// How changes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangesOptions {
    /// Whether every field is shown, not only the first of each Application.
    pub all_fields: bool,
}

impl ChangesOptions {
    /// With every field.
    #[must_use]
    pub fn with_all_fields(mut self, all: bool) -> Self {
        self.all_fields = all;
        self
    }
}

/// Fields and manifests that are shown of one change.
const SHOWN: usize = 12;
/// Names that are shown of Applications with one change.
const NAMES: usize = 4;
/// Characters that are shown of a value.
const VALUE: usize = 60;

/// The text of `changes`; `ends` says what was compared, as in `main → HEAD`. With their `background` it says where they come from
/// and who should look at them.
#[must_use]
pub fn changes_text(
    changes: &Changes,
    background: Option<&Background>,
    ends: &str,
    redactor: &Redactor,
    options: ChangesOptions,
) -> Text {
    let mut out = verdict(changes);
    counts(changes, ends, &mut out);
    if let Some(background) = background {
        write_causes(background, options.all_fields, redactor, &mut out);
    }
    deletions(changes, &mut out);
    let mut writer = Details { redactor, options, out: Text::default() };
    for group in folded(changes, &mut writer) {
        group.write(&mut out);
    }
    unknown(changes, &mut out);
    let (brought, mended) = (changes.findings.introduced.len(), changes.findings.fixed.len());
    if brought + mended > 0 {
        let counts = format!(
            "findings: {brought} introduced, {mended} fixed, {} as before",
            changes.findings.unchanged
        );
        let role = if brought > 0 { Role::Warning } else { Role::Good };
        out.push(role, counts).end_line();
    }
    drifts(changes, options, redactor, &mut out);
    terms(changes, &mut writer, &mut out);
    if let Some(background) = background {
        write_owners(background, &mut out);
    }
    out
}

/// What never is in sync for long, whatever is merged.
fn drifts(changes: &Changes, options: ChangesOptions, redactor: &Redactor, out: &mut Text) {
    let most = if options.all_fields { usize::MAX } else { NAMES };
    for drift in changes.drifts.iter().take(most) {
        let fields = match drift.fields.as_slice() {
            [] => "its name".to_owned(),
            fields if fields.len() <= most => redactor.redact_text(&fields.join(", ")),
            fields => {
                let (shown, more) = fields.split_at(most);
                format!("{} and {} more", redactor.redact_text(&shown.join(", ")), more.len())
            }
        };
        let (kind, name) = (&drift.kind, redactor.redact_text(&drift.name));
        let words =
            format!("drifts  {kind} {name} of {}: {fields}, drawn anew at every rendering", drift.app.name);
        out.push(Role::Warning, words).end_line();
    }
    let more = changes.drifts.len().saturating_sub(most);
    if more > 0 {
        out.push(Role::Faint, format!("drifts  ... {more} more")).end_line();
    }
}

/// What changes of what judges: it did not count for this change.
fn terms(changes: &Changes, writer: &mut Details<'_>, out: &mut Text) {
    if changes.terms.is_empty() {
        return;
    }
    let role = if changes.terms.iter().any(TermChange::is_loosening) { Role::Warning } else { Role::Plain };
    writer.out = Text::default();
    let words = format!("what judges changes: {}, not counted yet", plural(changes.terms.len(), "change"));
    out.push(role, words).end_line();
    for term in &changes.terms {
        let sign = match term.change {
            TermChangeKind::Added => "+",
            TermChangeKind::Removed => "-",
            TermChangeKind::Changed => "~",
        };
        let role = if term.is_loosening() { Role::Warning } else { Role::Plain };
        let by = term.delivered_by.as_ref().map(|app| format!(" (of {})", app.name)).unwrap_or_default();
        let place = term.place.as_ref().map(|place| format!("  {}", Site::of(place))).unwrap_or_default();
        writer.line(0, role, &format!("{sign} {} {}{by}{place}", term.term.name(), term.name));
        let most = if writer.options.all_fields { usize::MAX } else { SHOWN };
        for field in term.fields.iter().take(most) {
            writer.field(4, field);
        }
        let more = term.fields.len().saturating_sub(most);
        if more > 0 {
            writer.line(4, Role::Faint, &format!("... {more} more"));
        }
    }
    out.append(std::mem::take(&mut writer.out));
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// What matters first: what is deleted.
fn verdict(changes: &Changes) -> Text {
    let mut out = Text::default();
    let radius = changes.radius();
    let apps = radius.apps();
    let sum = |of: fn(&crate::diff::ClusterRadius) -> usize| radius.clusters.values().map(of).sum::<usize>();
    let objects = sum(|c| c.objects);
    if apps == 0 && objects == 0 {
        let words = if changes.apps.is_empty() { "nothing changes" } else { "deletes nothing" };
        out.push(Role::Good, words).end_line();
        return out;
    }
    let clusters: Vec<&str> = radius.clusters.keys().map(String::as_str).collect();
    let listed = if clusters.len() <= 3 { format!(" ({})", clusters.join(", ")) } else { String::new() };
    let what = if apps == 0 { plural(objects, "object") } else { plural(apps, "app") };
    out.push(Role::Error, format!("DELETES {what} on {}{listed}", plural(clusters.len(), "cluster")));
    match radius.cascading() {
        0 if apps > 0 => out.push(Role::Warning, "; their objects stay"),
        0 => out.push(Role::Error, " out of apps that live on"),
        cascading => out.push(Role::Error, format!("; objects of {cascading} go too")),
    };
    let mut grave = Vec::new();
    for (count, word) in [
        (sum(|c| c.volumes.len()), "volume claim"),
        (sum(|c| c.namespaces.len()), "namespace"),
        (sum(|c| c.definitions.len()), "kind"),
        (sum(|c| c.unknown), "unknown content"),
    ] {
        if count > 0 {
            grave.push(plural(count, word));
        }
    }
    if !grave.is_empty() {
        out.push(Role::Error, format!(": {}", grave.join(", ")));
    }
    out.end_line();
    let lost = sum(|c| c.of_lost_kinds);
    if lost > 0 {
        let words = format!("with the kinds go {} of them that the fleet brings", plural(lost, "object"));
        out.push(Role::Error, words).end_line();
    }
    out
}

fn counts(changes: &Changes, ends: &str, out: &mut Text) {
    let count = |is: fn(&AppChange) -> bool| changes.apps.iter().filter(|change| is(change)).count();
    let mut parts = vec![
        (count(AppChange::is_deleted), "deleted"),
        (count(|c| matches!(c.kind, ChangeKind::Changed)), "changed"),
        (count(|c| matches!(c.kind, ChangeKind::Added)), "added"),
    ];
    let rare = [
        (count(|c| matches!(c.kind, ChangeKind::Moved)), "moved"),
        (count(|c| matches!(c.kind, ChangeKind::Renamed { .. })), "renamed"),
        (count(|c| matches!(c.kind, ChangeKind::Removed) && !c.is_deleted()), "left behind"),
        (changes.unknown().count(), "unknown"),
    ];
    parts.extend(rare.into_iter().filter(|(count, _)| *count > 0));
    let mut words: Vec<String> = parts.into_iter().map(|(count, word)| format!("{count} {word}")).collect();
    let unknown = match changes.same_unknown {
        0 => String::new(),
        count => format!(" ({count} unknown)"),
    };
    words.push(format!("{} same{unknown}", changes.same));
    words.extend((!ends.is_empty()).then(|| ends.to_owned()));
    out.push(Role::Plain, words.join(" · ")).end_line();
}

/// Deletions are never folded.
fn deletions(changes: &Changes, out: &mut Text) {
    let cell = |role, text: &str| {
        let mut cell = Text::default();
        cell.push(role, text);
        cell
    };
    let mut rows = Vec::new();
    for change in &changes.apps {
        let Some(fate) = &change.fate else { continue };
        let cluster = change.before.as_ref().map(|before| before.cluster.as_str()).unwrap_or_default();
        let name = match &change.kind {
            ChangeKind::Renamed { from } => format!("{} → {}", from.name, change.app.name),
            _ => change.app.name.to_string(),
        };
        let (sign, role, words) = match fate {
            Fate::Deleted { by, cascade } => {
                let role = if *cascade == Cascade::Objects { Role::Error } else { Role::Warning };
                let anew = match (&change.kind, change.after.as_ref().and_then(|after| after.parent.as_ref()))
                {
                    (ChangeKind::Moved, Some(parent)) => format!(", then made anew by {}", parent.name),
                    (ChangeKind::Moved, None) => ", then made anew".to_owned(),
                    _ => String::new(),
                };
                let what = match &change.hang {
                    None => cascade.message().to_owned(),
                    Some(hang @ Hang::PreDeleteHook { .. }) => hang.message(),
                    Some(hang) => format!("{}; {}", cascade.message(), hang.message()),
                };
                ("-", role, format!("deleted with {}{anew}: {what}", by.name))
            }
            Fate::Stays(why) => ("·", Role::Faint, format!("stays: {}", why.message())),
        };
        let mut first = cell(role, sign);
        first.push(Role::Plain, " ").push(Role::Name, name);
        rows.push(vec![first, cell(Role::Plain, cluster), cell(role, &words)]);
    }
    out.append(columns(rows));
}

fn unknown(changes: &Changes, out: &mut Text) {
    for change in changes.unknown() {
        let why = match (&change.kind, &change.missing) {
            (ChangeKind::Frozen { why }, _) => {
                format!("stays as it is, while {}", first_line(&why.to_str_lossy()))
            }
            (ChangeKind::Appeared { why }, _) => {
                format!("is there; not known before: {}", first_line(&why.to_str_lossy()))
            }
            (_, Some(missing)) => {
                let side = |side: &Option<String>, when| {
                    side.as_ref().map(|why| format!("{when}: {}", first_line(why)))
                };
                let sides = [side(&missing.before, "before"), side(&missing.after, "after")];
                format!("content unknown {}", sides.into_iter().flatten().collect::<Vec<_>>().join("; "))
            }
            (_, None) => continue,
        };
        out.push(Role::Warning, "? ").push(Role::Name, change.app.name.to_string());
        out.push(Role::Plain, format!("  {why}")).end_line();
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Applications that change alike.
struct Group<'c> {
    sign: &'static str,
    changes: Vec<&'c AppChange>,
    details: Text,
}

/// The changes that are no deletions, those that are alike together; the first of each stands for the others.
fn folded<'c>(changes: &'c Changes, details: &mut Details<'_>) -> Vec<Group<'c>> {
    let mut groups: Vec<Group<'c>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for change in &changes.apps {
        let sign = match change.kind {
            ChangeKind::Added => "+",
            ChangeKind::Changed | ChangeKind::Renamed { .. } => "~",
            ChangeKind::Moved => ">",
            ChangeKind::Appeared { .. } | ChangeKind::Removed | ChangeKind::Frozen { .. } => continue,
        };
        let text = details.of(change);
        let key = format!("{sign}{}", text.to_plain());
        let alone = sign == ">";
        match known.get(&key).and_then(|at| groups.get_mut(*at)).filter(|_| !alone) {
            Some(group) => group.changes.push(change),
            None => {
                known.insert(key, groups.len());
                groups.push(Group { sign, changes: vec![change], details: text });
            }
        }
    }
    groups
}

impl Group<'_> {
    fn write(self, out: &mut Text) {
        let role = match self.sign {
            "+" => Role::Good,
            _ => Role::Warning,
        };
        let names: Vec<String> = self.changes.iter().take(NAMES).map(|c| c.app.name.to_string()).collect();
        let more = self.changes.len().saturating_sub(NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let mut clusters: Vec<&str> = self
            .changes
            .iter()
            .filter_map(|c| c.after.as_ref())
            .map(|after| after.cluster.as_str())
            .collect();
        clusters.sort_unstable();
        clusters.dedup();
        let clusters = match clusters.as_slice() {
            [] => String::new(),
            few if few.len() <= NAMES => few.join(" "),
            many => plural(many.len(), "cluster"),
        };
        out.push(role, format!("{} ", self.sign)).push(Role::Name, names.join(", "));
        out.push(Role::Plain, format!("{more}  {clusters}")).end_line();
        out.append(self.details);
    }
}

/// Writes what differs in one Application.
struct Details<'r> {
    redactor: &'r Redactor,
    options: ChangesOptions,
    out: Text,
}

impl Details<'_> {
    fn of(&mut self, change: &AppChange) -> Text {
        self.out = Text::default();
        if let (ChangeKind::Moved, Some(was), Some(is)) = (&change.kind, &change.before, &change.after) {
            let parent = |parent: &Option<crate::model::ObjectRef>| {
                parent.as_ref().map_or("nobody".to_owned(), |parent| parent.name.to_string())
            };
            for (what, was, is) in [
                ("parent", parent(&was.parent), parent(&is.parent)),
                ("project", was.project.clone(), is.project.clone()),
                ("cluster", was.cluster.clone(), is.cluster.clone()),
                ("namespace", was.namespace.clone(), is.namespace.clone()),
            ] {
                if was != is {
                    self.line(4, Role::Warning, &format!("{what}: {was} → {is}"));
                }
            }
        }
        let most = if self.options.all_fields { usize::MAX } else { SHOWN };
        let quiet = change.manifests.iter().filter(|manifest| manifest.is_noise).count();
        let mut left = most;
        for field in &change.fields {
            if left == 0 {
                break;
            }
            left -= 1;
            self.field(4, field);
        }
        for manifest in change.manifests.iter().filter(|manifest| !manifest.is_noise) {
            if left == 0 {
                break;
            }
            left = left.saturating_sub(1 + manifest.fields.len());
            self.manifest(manifest, most);
        }
        let all = change.fields.len() + change.manifests.len();
        if left == 0 && all > 1 {
            let rest = format!(
                "... {} and {} in all (--all)",
                plural(change.fields.len(), "field"),
                plural(change.manifests.len(), "manifest")
            );
            self.line(4, Role::Faint, &rest);
        }
        if quiet > 0 {
            self.line(
                4,
                Role::Faint,
                &format!("{} with nothing but labels of the chart's version", plural(quiet, "manifest")),
            );
        }
        if let Some(race) = &change.race {
            self.line(4, Role::Warning, &race.message());
            self.line(4, Role::Help, &race.remedy(&change.app));
        }
        for obstacle in &change.obstacles {
            let text = format!("not by itself: {} ({})", obstacle.kind.message(), obstacle.at.name);
            self.line(4, Role::Help, &text);
        }
        std::mem::take(&mut self.out)
    }

    fn manifest(&mut self, manifest: &ManifestChange, most: usize) {
        let (sign, role, end) = match manifest.change {
            ManifestChangeKind::Added => ("+ ", Role::Good, String::new()),
            ManifestChangeKind::Changed => ("", Role::Plain, new_name(manifest)),
            ManifestChangeKind::Removed(pruned) => {
                ("- ", Role::Error, format!("  the app {}", pruned.message()))
            }
        };
        let place =
            if manifest.namespace.is_empty() { String::new() } else { format!("{}/", manifest.namespace) };
        self.line(4, role, &format!("{sign}{} {place}{}{end}", manifest.kind, manifest.name));
        for field in manifest.fields.iter().take(most) {
            self.field(6, field);
        }
        for risk in &manifest.risks {
            self.line(6, Role::Error, &risk.message());
        }
    }

    fn field(&mut self, indent: usize, field: &FieldChange) {
        let value = |value: &Option<Value>, way: fn(&Value) -> String| match value {
            None => "nothing".to_owned(),
            Some(value) => way(&self.redactor.redact(value)),
        };
        let both = |way| [value(&field.before, way), value(&field.after, way)];
        let [before, after] = match both(shown) {
            // A text that reads as a flag or number.
            [before, after] if before == after && !are_alike(field) => {
                both(|value| json::to_string(value).unwrap_or_default())
            }
            both => both,
        };
        let text = match field.is_secret {
            true => format!("{}: changes", field.path),
            false => format!("{}: {} → {}", field.path, cut(&before, VALUE), cut(&after, VALUE)),
        };
        match field.ignored {
            None => self.line(indent, Role::Plain, &text),
            Some(ignored) => self.line(indent, Role::Faint, &format!("{text}  {}", ignored.message())),
        }
    }

    fn line(&mut self, indent: usize, role: Role, text: &str) {
        self.out.push(Role::Plain, " ".repeat(indent)).push(role, text.replace('\n', " ")).end_line();
    }
}

/// Whether both values are of one type.
fn are_alike(field: &FieldChange) -> bool {
    let of = |value: &Option<Value>| value.as_ref().map(std::mem::discriminant);
    of(&field.before) == of(&field.after)
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) if text.as_bytes().contains(&b'\n') => {
            return plural(text.to_str_lossy().lines().count(), "line");
        }
        Value::String(text) => text.to_string(),
        other => json::to_string(other).unwrap_or_default(),
    };
    cut(&text, VALUE)
}

/// What an object was called, if its name is generated, and whom the new name rolls.
fn new_name(manifest: &ManifestChange) -> String {
    match &manifest.was {
        None => String::new(),
        Some(was) if manifest.rolls.is_empty() => format!("  was {was}"),
        Some(was) => format!("  was {was}, rolls {}", manifest.rolls.join(", ")),
    }
}
