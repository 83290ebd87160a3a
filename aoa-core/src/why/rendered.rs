//! Which file of a chart or a kustomization brings an object: found by rendering without it.

use aoa_lang::Value;
use aoa_lang::source::{Tree, TreePath, line_column};
use aoa_lang::value::Text;
use aoa_lang::yaml::{self, Step, locate};

use super::chain::{Asked, is_of};
use super::lines;
use super::reasons::{Input, InputKind, Site, Without};
use crate::fleet::{Content, SourceType, State};
use crate::model::{Application, Manifest, ObjectRef, sources_of};
use crate::overlay::{Edit, Overlay};

/// Most renderings for one answer.
const TRIES: usize = 96;
/// Deepest way from an overlay to its bases.
const DEPTH: usize = 8;
/// The lists of a kustomization that bring objects.
const LISTS: [&str; 5] = ["resources", "bases", "components", "generators", "configMapGenerator"];
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a child hangs on in its parent's chart or kustomization.
pub(super) fn inputs(
    asked: &Asked<'_>,
    parent: &Application,
    child: &ObjectRef,
    namespace: &str,
) -> Vec<Input> {
    let name = child.name.to_str_lossy().into_owned();
    let object = Wanted { is_it: &|manifest| is_of(manifest, child, namespace), name: &name };
    makers(asked, parent, &object)
}

/// What is looked for in a rendering.
pub(super) struct Wanted<'w> {
    pub(super) is_it: &'w dyn Fn(&Manifest) -> bool,
    /// Its name: files that hold it are tried first.
    pub(super) name: &'w str,
}

/// The entries, files and templates without which `app` does not hold the object, from the outermost.
pub(super) fn makers(asked: &Asked<'_>, app: &Application, wanted: &Wanted<'_>) -> Vec<Input> {
    let spec = app.normalized_spec();
    let fleet = asked.fleet;
    let record = fleet.app(&app.namespace.to_str_lossy(), &app.name.to_str_lossy());
    let types: Vec<Option<SourceType>> = record
        .and_then(|app| app.content())
        .map(|content| content.sources.iter().map(|source| source.source_type).collect())
        .unwrap_or_default();
    let mut search = Search { asked, app, wanted, left: TRIES, found: Vec::new() };
    for (source, source_type) in sources_of(&spec).iter().zip(types) {
        let text = |key| source.str_at(&[key]).unwrap_or_default();
        let Some(path) = TreePath::new(text("path")).filter(|_| text("chart").is_empty()) else { continue };
        let checked_out = lines::checked_out(fleet, text("repoURL"), text("targetRevision"));
        let Some((repository, tree)) = checked_out else { continue };
        match source_type {
            Some(SourceType::Kustomize) => search.kustomization(&repository, &tree, &path),
            Some(SourceType::Helm) => search.chart(&repository, &tree, &path),
            _ => {}
        }
        if !search.found.is_empty() {
            break;
        }
    }
    search.found
}

struct Search<'s, 'f> {
    asked: &'s Asked<'f>,
    app: &'s Application,
    wanted: &'s Wanted<'s>,
    left: usize,
    found: Vec<Input>,
}

impl Search<'_, '_> {
    /// What becomes of the object with `edit`.
    fn without(&mut self, edit: Edit) -> Without {
        self.left = self.left.saturating_sub(1);
        let again = self.asked.again();
        let content = again.content(self.app, &again.with(Overlay::of([edit])));
        self.judge(&content)
    }

    fn judge(&self, content: &Content) -> Without {
        match &content.state {
            State::Rendered if content.manifests().iter().any(|m| (self.wanted.is_it)(m)) => Without::Stays,
            State::Rendered => Without::Gone,
            _ => Without::Frozen,
        }
    }

    fn chart(&mut self, repository: &Text, tree: &Tree, path: &TreePath) {
        let is_template = |file: &TreePath| {
            let rest = file.relative_to(path).unwrap_or_default();
            let is_there =
                rest.starts_with("templates/") || rest.contains("/templates/") || rest.starts_with("crds/");
            is_there && !file.name().starts_with('_') && file.name() != "NOTES.txt"
        };
        let files: Vec<TreePath> =
            tree.within(path).map(|(file, _)| file).filter(|file| is_template(file)).cloned().collect();
        for file in self.likeliest(tree, files) {
            if self.left == 0 {
                return;
            }
            let (repository, path) = (repository.clone(), file.clone());
            let without =
                self.without(Edit::RemoveFile { repository: repository.clone(), path: path.clone() });
            if without != Without::Stays {
                let site = Some(Site { line: 1, ..Site::of_file(&repository, &path) });
                let kind = InputKind::File { repository, path };
                self.found.push(Input { kind, site, words: "template".to_owned(), without });
                return;
            }
        }
    }

    /// Files that name the object first.
    fn likeliest(&self, tree: &Tree, mut files: Vec<TreePath>) -> Vec<TreePath> {
        let names = |file: &TreePath| {
            let text = tree.read(file).unwrap_or_else(|_| Vec::new().into());
            memchr::memmem::find(&text, self.wanted.name.as_bytes()).is_some()
        };
        files.sort_by_cached_key(|file| !names(file));
        files
    }

    /// Follows the object from the overlay in `folder` to the file that holds it.
    fn kustomization(&mut self, repository: &Text, tree: &Tree, folder: &TreePath) {
        let mut folder = folder.clone();
        for _ in 0..DEPTH {
            let files = NAMES.iter().filter_map(|name| folder.join(name));
            let Some(file) = files.into_iter().find(|file| tree.get(file).is_some()) else { return };
            let Some(next) = self.entry(repository, tree, &folder, &file) else { return };
            folder = next;
        }
    }

    /// Finds the entry of a kustomization that brings the object; gives the folder that it leads to.
    fn entry(
        &mut self,
        repository: &Text,
        tree: &Tree,
        folder: &TreePath,
        file: &TreePath,
    ) -> Option<TreePath> {
        let text = tree.read(file).ok()?;
        let value = yaml::load(&text).ok()?;
        let mut entries = Vec::new();
        for list in LISTS {
            let items = value.get(list).and_then(Value::as_list).into_iter().flatten().enumerate();
            for (index, item) in items {
                let target = item.as_str().and_then(|item| folder.join(item));
                let is_named = target
                    .as_ref()
                    .and_then(|target| tree.read(target).ok())
                    .is_some_and(|text| memchr::memmem::find(&text, self.wanted.name.as_bytes()).is_some());
                entries.push((list, index, target, is_named));
            }
        }
        entries.sort_by_key(|(_, _, target, is_named)| {
            let is_folder = target.as_ref().is_some_and(|target| tree.get(target).is_none());
            (!is_named, !is_folder)
        });
        for (list, index, target, _) in entries {
            if self.left == 0 {
                return None;
            }
            let steps = [Step::Key(list), Step::Index(index)];
            let Some((rest, line)) = without_item(&text, &steps) else { continue };
            let (repository, path) = (repository.clone(), file.clone());
            let rest = Text::from(rest.as_slice());
            let edit =
                Edit::PutFile { repository: repository.clone(), path: path.clone(), text: rest.clone() };
            let without = self.without(edit);
            if without == Without::Stays {
                continue;
            }
            let site = Site { line, ..Site::of_file(&repository, &path) };
            let words = lines::words(self.asked.fleet, &site);
            let kind = InputKind::Entry { repository: repository.clone(), path, rest };
            self.found.push(Input { kind, site: Some(site), words, without });
            let target = target?;
            if tree.get(&target).is_some() {
                // A kustomization that names a file which is not there fails.
                let site = Some(Site { line: 1, ..Site::of_file(&repository, &target) });
                let kind = InputKind::File { repository, path: target };
                let (words, without) = ("taken in by the kustomization".to_owned(), Without::Frozen);
                self.found.push(Input { kind, site, words, without });
                return None;
            }
            return Some(target);
        }
        None
    }
}

/// The text without an item of a list, and the line on which the item stood.
fn without_item(text: &[u8], steps: &[Step<'_>]) -> Option<(Vec<u8>, u32)> {
    let found = locate(text, steps).filter(|found| found.steps == steps.len())?;
    let range = found.value.range();
    let line = line_column(text, range.start).line;
    let start =
        text.get(..range.start)?.iter().rposition(|b| *b == b'\n').map_or(0, |at| at.saturating_add(1));
    let before = text.get(start..range.start)?;
    if before.trim_ascii() == b"-" {
        let behind = text.get(range.end..)?;
        let end = behind
            .iter()
            .position(|b| *b == b'\n')
            .map_or(text.len(), |at| range.end.saturating_add(at).saturating_add(1));
        let mut rest = text.get(..start)?.to_vec();
        rest.extend_from_slice(text.get(end..)?);
        return Some((rest, line));
    }
    // In brackets: with the comma behind it, else that before it.
    let behind = text.get(range.end..)?;
    let comma =
        behind.iter().position(|b| !b.is_ascii_whitespace()).filter(|at| behind.get(*at) == Some(&b','));
    let (from, to) = match comma {
        Some(at) => (range.start, range.end.saturating_add(at).saturating_add(1)),
        None => {
            let front = text.get(..range.start)?;
            let last = front.iter().rposition(|b| !b.is_ascii_whitespace())?;
            let from = if front.get(last) == Some(&b',') { last } else { range.start };
            (from, range.end)
        }
    };
    let mut rest = text.get(..from)?.to_vec();
    rest.extend_from_slice(text.get(to..)?);
    Some((rest, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_cut_out() {
        let cut = |text: &str, index| {
            let steps = [Step::Key("resources"), Step::Index(index)];
            without_item(text.as_bytes(), &steps).map(|(rest, line)| (String::from_utf8(rest).unwrap(), line))
        };
        assert_eq!(cut("resources:\n- a.yaml\n- b.yaml\n", 0), Some(("resources:\n- b.yaml\n".into(), 2)));
        assert_eq!(cut("resources: [a, b]\n", 0), Some(("resources: [ b]\n".into(), 1)));
        assert_eq!(cut("resources: [a, b]\n", 1), Some(("resources: [a]\n".into(), 1)));
        assert_eq!(cut("resources: [a]\n", 3), None);
    }
}
