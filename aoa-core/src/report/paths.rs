//! What is read and not listed, for people.

use super::style::{Role, Text};
use crate::paths::{AppPaths, Listing};

/// Applications and files that are shown.
const SHOWN: usize = 12;

/// How paths are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathsOptions {
    /// Whether everything is shown, not only the first of each.
    pub all: bool,
    /// Whether the files are shown that are read.
    pub files: bool,
}

impl PathsOptions {
    /// With everything.
    #[must_use]
    pub fn with_all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }

    /// With the files that are read.
    #[must_use]
    pub fn with_files(mut self, files: bool) -> Self {
        self.files = files;
        self
    }
}

/// The text of what Applications read and list.
#[must_use]
pub fn paths_text(paths: &[AppPaths<'_>], options: PathsOptions) -> Text {
    let most = if options.all { usize::MAX } else { SHOWN };
    let count = |listing| paths.iter().filter(|app| app.listing == listing).count();
    let (misses, lists) = (count(Listing::Misses), count(Listing::Lists));
    let (unknown, without) = (count(Listing::Unknown), count(Listing::NoAnnotation));
    let mut out = Text::default();
    let all = plural(paths.len(), "app");
    let (role, words) = if misses > 0 {
        let verb = if misses == 1 { "misses" } else { "miss" };
        (Role::Error, format!("{misses} of {all} {verb} changes: files that are read and not listed"))
    } else if unknown > 0 {
        (
            Role::Warning,
            format!("no app is known to miss changes; {unknown} of {all} could not be seen in full"),
        )
    } else if lists == 0 {
        (Role::Good, format!("no app misses changes: none of {all} has the annotation, every change arrives"))
    } else {
        (Role::Good, format!("no app misses changes: what {lists} of {all} read is listed"))
    };
    out.push(role, words).end_line();
    let parts = [
        (lists, "list all that they read"),
        (without, "have no annotation"),
        (unknown, "could not be seen in full"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if misses > 0 && !parts.is_empty() {
        out.push(Role::Plain, parts.join(" · ")).end_line();
    }
    let missing: Vec<&AppPaths<'_>> = paths.iter().filter(|app| app.listing == Listing::Misses).collect();
    for app in missing.iter().take(most) {
        out.push(Role::Error, "MISSES").push(Role::Plain, "  ").push(Role::Name, app.app.name());
        let all: Vec<String> = app
            .unlisted
            .iter()
            .map(|file| format!("/{file}"))
            .chain(app.unlisted_absent.iter().map(|file| format!("/{file} (once it is there)")))
            .collect();
        let shown = all.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = if all.len() > 3 { format!(" and {} more", all.len() - 3) } else { String::new() };
        out.push(Role::Plain, format!("  reads {shown}{more}")).end_line();
        if let (Some(now), Some(advice)) = (&app.annotation, &app.advice) {
            out.push(Role::Help, format!("        {now} → {advice}")).end_line();
        }
    }
    more(missing.len(), most, &mut out);
    if options.files {
        for app in paths.iter().take(most) {
            files(app, most, &mut out);
        }
        more(paths.len(), most, &mut out);
    }
    let next = if misses > 0 {
        "next: set the annotations argocd.argoproj.io/manifest-generate-paths as above · aoa paths APP shows all that is read"
    } else if options.files {
        "next: aoa why file:PATH shows what else a file reaches"
    } else {
        "next: aoa paths APP shows what it reads, and an annotation that lists it"
    };
    out.push(Role::Help, next).end_line();
    out
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn more(all: usize, most: usize, out: &mut Text) {
    if all > most {
        out.push(Role::Faint, format!("... and {} more (--all)", all - most)).end_line();
    }
}

fn files(app: &AppPaths<'_>, most: usize, out: &mut Text) {
    out.push(Role::Name, app.app.name());
    let annotation = match &app.annotation {
        Some(annotation) => format!("  lists {annotation}"),
        None => "  has no annotation".to_owned(),
    };
    out.push(Role::Plain, annotation).end_line();
    let mut seen: Vec<&str> = Vec::new();
    for source in &app.sources {
        // Sources of one repository share what is read of it.
        let url = source.repo_url.as_str().unwrap_or_default();
        for folder in &source.lists {
            out.push(Role::Plain, format!("  /{folder}/* of {url}")).end_line();
        }
        if seen.contains(&url) {
            continue;
        }
        seen.push(url);
        for file in source.reads.iter().take(most) {
            let is_listed = !app.unlisted.contains(file);
            let (role, mark) = match &app.annotation {
                Some(_) if !is_listed => (Role::Error, "  not listed"),
                _ => (Role::Plain, ""),
            };
            out.push(role, format!("  /{file}{mark}")).end_line();
        }
        more(source.reads.len(), most, out);
        for file in &source.absent {
            out.push(Role::Faint, format!("  /{file}  is not there, and would be read")).end_line();
        }
    }
    if let Some(advice) = &app.advice {
        out.push(Role::Help, format!("  argocd.argoproj.io/manifest-generate-paths: {advice}")).end_line();
    }
}
