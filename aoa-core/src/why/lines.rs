//! Lines of files, found when they are asked for.

use std::sync::Arc;

use aoa_lang::source::{Tree, TreePath, line_column};
use aoa_lang::value::Text;
use aoa_lang::yaml::{Step, locate};

use super::reasons::Site;
use crate::finding::Place;
use crate::fleet::Fleet;
use crate::load::{Repositories, documents_by_line};
use crate::model::Cluster;

/// The file at `path` of a repository, at a commit where that is not what is checked out; also of one that is only the same under
/// another address.
pub(super) fn read(fleet: &Fleet, repository: &Text, commit: &Text, path: &TreePath) -> Option<Arc<[u8]>> {
    let repositories = &fleet.inputs().repositories;
    let named = repositories.iter().filter(|r| r.url == *repository);
    let others = repositories.iter().filter(|r| r.url != *repository);
    named.chain(others).flat_map(|r| r.trees_at(commit)).find_map(|tree| tree.read(path).ok())
}

/// The place of what stands in a file as it is, or in a template; what a kustomization builds has only its folder.
pub(super) fn in_a_file<'p>(fleet: &Fleet, place: Option<&'p Place>) -> Option<&'p Place> {
    let place = place?;
    let is_file = fleet.inputs().trees_of(place).any(|tree| tree.get(&place.path).is_some());
    is_file.then_some(place)
}

/// Whether a repository has this file.
pub(crate) fn has_file(fleet: &Fleet, repository: &Text, path: &TreePath) -> bool {
    let key = crate::model::repo_url::checkout_key(&repository.to_str_lossy());
    let mut repositories = fleet.inputs().repositories.iter();
    let found = repositories.find(|r| crate::model::repo_url::checkout_key(&r.url.to_str_lossy()) == key);
    found.is_some_and(|r| r.checkouts.iter().any(|checkout| checkout.tree.get(path).is_some()))
}

/// The line of a field of the document that begins at `place`; of the nearest thing around it that is written out.
pub(crate) fn field(fleet: &Fleet, place: &Place, steps: &[Step<'_>]) -> Site {
    exact_field(fleet, place, steps).map_or_else(|| Site::of(place), |(site, _)| site)
}

/// The same, and how many of the steps were found.
pub(super) fn exact_field(fleet: &Fleet, place: &Place, steps: &[Step<'_>]) -> Option<(Site, usize)> {
    let text = read(fleet, &place.repository, &place.commit, &place.path)?;
    let documents = documents_by_line(&text);
    let (first, range) = documents.get(&place.line)?.clone();
    let text = text.get(range)?;
    let found = locate(text, steps)?;
    let span = found.key.unwrap_or(found.value);
    let line = first.saturating_add(line_column(text, span.start as usize).line).saturating_sub(1);
    Some((Site { line, ..Site::of(place) }, found.steps))
}

/// The line of a field of the first document of `file`, or of an item of a list in it.
pub(super) fn in_file(fleet: &Fleet, file: &Site, steps: &[Step<'_>]) -> Option<Site> {
    let text = read(fleet, &file.repository, &file.commit, &TreePath::new(&file.path)?)?;
    let line = match locate(&text, steps) {
        Some(found) => line_column(&text, found.key.unwrap_or(found.value).start as usize).line,
        None => 1,
    };
    Some(Site { line, ..file.clone() })
}

/// The tree that is checked out of the repository `url`, if that is what `revision` stands for.
pub(super) fn checked_out(fleet: &Fleet, url: &str, revision: &str) -> Option<(Text, Tree)> {
    let repositories = Repositories::new(Arc::clone(&fleet.data.inputs), fleet.data.options.urls);
    let found = repositories.resolve(url, revision, "").ok()?;
    (!found.is_elsewhere).then_some((found.url, found.tree))
}

/// What a generator found at `path` of a repository that it reads at `revision`.
pub(super) fn of_generator(fleet: &Fleet, url: &Text, revision: &Text, path: &TreePath) -> Site {
    let repositories = Repositories::new(Arc::clone(&fleet.data.inputs), fleet.data.options.urls);
    let commit = repositories.commit_elsewhere(&url.to_str_lossy(), &revision.to_str_lossy());
    Site { commit, ..Site::of_file(url, path) }
}

/// Where a cluster is registered: its document, or the line of one of its `labels` or `annotations`.
pub(crate) fn of_cluster(fleet: &Fleet, cluster: &Cluster, entry: Option<(&str, &str)>) -> Option<Site> {
    let origin = cluster.origin.as_ref()?;
    let named = origin.path.to_str_lossy();
    let Some((repository, path)) = in_repository(fleet, &named) else {
        let path = named.into_owned();
        return Some(Site { repository: Text::EMPTY, commit: Text::EMPTY, path, line: origin.line });
    };
    let place = Place { repository, commit: Text::EMPTY, path, line: origin.line, column: 0, width: 0 };
    let Some((section, key)) = entry else { return Some(Site::of(&place)) };
    // Of a Secret they stand below its metadata.
    let plain = [Step::Key(section), Step::Key(key)];
    let secret = [Step::Key("metadata"), Step::Key(section), Step::Key(key)];
    let found = exact_field(fleet, &place, &secret).filter(|(_, steps)| *steps == 3);
    let found = found.or_else(|| exact_field(fleet, &place, &plain).filter(|(_, steps)| *steps == 2));
    Some(found.map_or_else(|| Site::of(&place), |(site, _)| site))
}

/// The file of the first repository that somebody named by a longer path.
pub(super) fn in_repository(fleet: &Fleet, named: &str) -> Option<(Text, TreePath)> {
    let repository = fleet.inputs().repositories.first()?;
    let tree = &repository.checkouts.first()?.tree;
    let starts = std::iter::once(0).chain(named.match_indices('/').map(|(at, _)| at.saturating_add(1)));
    let mut paths = starts.filter_map(|at| TreePath::new(named.get(at..)?));
    let found = paths.find(|path| tree.get(path).is_some())?;
    Some((repository.url.clone(), found))
}

/// The line itself, without what is around it.
pub(super) fn words(fleet: &Fleet, site: &Site) -> String {
    const MOST: usize = 60;
    let line = || {
        let text = read(fleet, &site.repository, &site.commit, &TreePath::new(&site.path)?)?;
        let line = text.split(|b| *b == b'\n').nth(usize::try_from(site.line.checked_sub(1)?).ok()?)?;
        Some(String::from_utf8_lossy(line).trim().to_owned())
    };
    let line = line().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}
