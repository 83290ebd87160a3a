//! Whether what an Application reads is listed.

use std::collections::BTreeSet;

use aoa_lang::source::TreePath;
use aoa_lang::{Value, value::Text};

use super::advice::advice;
use super::reads::Reads;
use crate::fleet::{App, SourceType, State};
use crate::model::{Application, MANIFEST_GENERATE_PATHS, files_have_changed, refresh_paths, sources_of};

/// What an Application reads and lists.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppPaths<'f> {
    /// The Application.
    pub app: App<'f>,
    /// Its sources, in the order of the spec.
    pub sources: Vec<SourcePaths>,
    /// The annotation, as written.
    pub annotation: Option<String>,
    /// Whether it lists what is read.
    pub listing: Listing,
    /// Files that are read and not listed, sorted.
    pub unlisted: Vec<String>,
    /// Files that are not there, but would be read, and are not listed, sorted.
    pub unlisted_absent: Vec<String>,
    /// An annotation that lists all; `None` if nothing is read from a repository.
    pub advice: Option<String>,
}

/// What a source reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourcePaths {
    /// Its repository.
    pub repo_url: Text,
    /// Its path there.
    pub path: Text,
    /// The files of this repository that the Application reads, sorted.
    pub reads: Vec<String>,
    /// The folders whose files it takes, whatever they are.
    pub lists: Vec<String>,
    /// Files that it would read, and that are not there.
    pub absent: Vec<String>,
}

/// Whether an annotation lists what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Listing {
    /// Something that is read is not listed: its changes do not arrive.
    Misses,
    /// Not all of the content is known: what else is read could not be seen.
    Unknown,
    /// All that is read is listed.
    Lists,
    /// There is no annotation: every change of the repository arrives.
    NoAnnotation,
}

impl Listing {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Listing::Misses => "misses",
            Listing::Unknown => "unknown",
            Listing::Lists => "lists",
            Listing::NoAnnotation => "no-annotation",
        }
    }
}

pub(super) fn of<'f>(reads: &mut Reads, app: App<'f>) -> AppPaths<'f> {
    let read = reads.of(app);
    let Some(application) = app.application() else { return nothing(app) };
    let spec = application.normalized_spec();
    let written = sources_of(&spec);
    let types: Vec<Option<SourceType>> = app
        .content()
        .map(|content| content.sources.iter().map(|s| s.source_type).collect())
        .unwrap_or_default();
    let mut sources = Vec::new();
    for (at, source) in written.iter().enumerate() {
        let text = |key| source.str_at(&[key]).unwrap_or_default();
        let repositories = reads.repositories(text("repoURL"));
        // Where several URLs stand for one repository, each is asked, and only one is told.
        let files: BTreeSet<String> = read
            .iter()
            .filter(|(repository, _)| repositories.contains(repository))
            .map(|(_, path)| path.as_str().to_owned())
            .collect();
        let is_folder = matches!(types.get(at), Some(Some(SourceType::Directory | SourceType::Helm)));
        let lists =
            if is_folder && text("chart").is_empty() { vec![clean(text("path"))] } else { Vec::new() };
        sources.push(SourcePaths {
            repo_url: text("repoURL").into(),
            path: text("path").into(),
            reads: files.into_iter().collect(),
            lists,
            absent: absent(reads, &repositories, source),
        });
    }
    let annotation = application.object.str_at(&["metadata", "annotations", MANIFEST_GENERATE_PATHS]);
    let annotation = annotation.map(str::to_owned);
    let check = Check { app: &application, written: &written, sources: &sources };
    let (unlisted, unlisted_absent) = check.unlisted();
    let is_known = app.content().is_some_and(|content| content.state == State::Rendered);
    let listing = match &annotation {
        None => Listing::NoAnnotation,
        Some(_) if !unlisted.is_empty() || !unlisted_absent.is_empty() => Listing::Misses,
        Some(_) if !is_known => Listing::Unknown,
        Some(_) => Listing::Lists,
    };
    let advice = advice(&sources);
    AppPaths { app, sources, annotation, listing, unlisted, unlisted_absent, advice }
}

fn nothing(app: App<'_>) -> AppPaths<'_> {
    AppPaths {
        app,
        sources: Vec::new(),
        annotation: None,
        listing: Listing::NoAnnotation,
        unlisted: Vec::new(),
        unlisted_absent: Vec::new(),
        advice: None,
    }
}

/// Value files that may be missing, and are.
fn absent(reads: &Reads, repositories: &BTreeSet<usize>, source: &Value) -> Vec<String> {
    let may_miss = source.at(&["helm", "ignoreMissingValueFiles"]).and_then(Value::as_bool) == Some(true);
    let files = source.at(&["helm", "valueFiles"]).and_then(Value::as_list).filter(|_| may_miss);
    let folder = source.str_at(&["path"]).unwrap_or_default();
    let mut absent = BTreeSet::new();
    for file in files.into_iter().flatten().filter_map(Value::as_str) {
        if file.starts_with('$') || file.contains("://") || file.contains(['*', '?', '[']) {
            continue;
        }
        let whole = match file.strip_prefix('/') {
            Some(from_top) => clean(from_top),
            None => clean(&format!("{folder}/{file}")),
        };
        let Some(path) = TreePath::new(&whole) else { continue };
        if !repositories.iter().any(|repository| reads.has(*repository, &path)) {
            absent.insert(whole);
        }
    }
    absent.into_iter().collect()
}

/// A path without dots and doubled slashes.
pub(super) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

struct Check<'c> {
    app: &'c Application,
    written: &'c [Value],
    sources: &'c [SourcePaths],
}

impl Check<'_> {
    /// What is read or would be, and is not listed.
    fn unlisted(&self) -> (Vec<String>, Vec<String>) {
        let (mut read, mut missing) = (BTreeSet::new(), BTreeSet::new());
        for source in self.sources {
            read.extend(source.reads.iter().filter(|file| !self.lists(source, file)).cloned());
            missing.extend(source.absent.iter().filter(|file| !self.lists(source, file)).cloned());
            for folder in &source.lists {
                // Any new file there is a change.
                let new = if folder.is_empty() { "*".to_owned() } else { format!("{folder}/*") };
                if !self.lists(source, &new) {
                    missing.insert(new);
                }
            }
        }
        (read.into_iter().collect(), missing.into_iter().collect())
    }

    /// Whether the annotation lists a file of a source's repository: any source of the same repository will do.
    fn lists(&self, of: &SourcePaths, file: &str) -> bool {
        self.written
            .iter()
            .zip(self.sources)
            .filter(|(_, source)| source.repo_url == of.repo_url)
            .any(|(source, _)| files_have_changed(&refresh_paths(self.app, source), &[file]))
    }
}
