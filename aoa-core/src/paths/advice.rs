//! An annotation that lists all that is read: the source's own folder, then what lies outside of it.

use std::collections::BTreeSet;

use super::coverage::{SourcePaths, clean};

/// Names of kustomizations: whoever reads one may read anything beside it once it says so.
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Files of one folder from which on the folder is listed.
const MANY: usize = 3;

pub(super) fn advice(sources: &[SourcePaths]) -> Option<String> {
    let mut entries: Vec<String> = Vec::new();
    let is_read = |source: &&SourcePaths| !source.reads.is_empty() || !source.lists.is_empty();
    let own: Vec<String> =
        sources.iter().filter(is_read).map(|source| clean(&source.path.to_str_lossy())).collect();
    if own.is_empty() {
        return None;
    }
    entries.push(".".to_owned());
    // A source without path makes `.` the whole repository.
    let is_own = |file: &str| own.iter().any(|folder| is_within(file, folder));
    let outside: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.reads.iter().chain(&source.absent))
        .map(String::as_str)
        .filter(|file| !is_own(file))
        .collect();
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    for file in &outside {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let beside =
            outside.iter().filter(|other| other.rsplit_once('/').map_or("", |(f, _)| f) == folder).count();
        if !folder.is_empty() && (KUSTOMIZATIONS.contains(&name) || name == "Chart.yaml" || beside >= MANY) {
            folders.insert(folder);
        }
    }
    let topmost = |folder: &&str| !folders.iter().any(|other| other != folder && is_within(folder, other));
    entries
        .extend(folders.iter().copied().filter(|folder| topmost(folder)).map(|folder| format!("/{folder}")));
    let alone = outside.iter().filter(|file| !folders.iter().any(|folder| is_within(file, folder)));
    entries.extend(alone.map(|file| format!("/{file}")));
    Some(entries.join(";"))
}

fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
