//! Finds the line of a field in the file that its object comes from.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use aoa_lang::Limits;
use aoa_lang::source::{TreePath, line_column};
use aoa_lang::value::Text;
use aoa_lang::yaml::{Step, locate};

use super::Repositories;
use super::documents::{documents, documents_by_line};
use crate::finding::Place;

/// How many bytes of documents are read to find lines; places beyond that are those of their documents.
const MOST_READ: usize = 128 << 20;

/// Finds lines, reading each file once.
pub(crate) struct Locator<'r> {
    repositories: &'r Repositories,
    files: HashMap<FileOf, Option<File>, foldhash::fast::FixedState>,
    /// Of folders that are built: where the objects in their files begin, by kind and name.
    folders: HashMap<FileOf, Objects, foldhash::fast::FixedState>,
    /// How many bytes of documents were read.
    read: usize,
}

/// Which part of an entry is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Key,
    /// The value where it stands on one line, else the key.
    Value,
}

/// A repository, a commit where that is not what is checked out, and a path.
type FileOf = (Text, Text, TreePath);

type Objects = HashMap<(String, String), Place>;

/// A file with its documents, by the line of their first thing.
struct File {
    text: Arc<[u8]>,
    documents: HashMap<u32, (u32, Range<usize>)>,
}

impl<'r> Locator<'r> {
    pub(crate) fn new(repositories: &'r Repositories) -> Self {
        Locator { repositories, files: HashMap::default(), folders: HashMap::default(), read: 0 }
    }

    /// The line of the field that `steps` lead to in the document that begins at `document`; of the nearest part around it
    /// that is written out, where it is not.
    pub(crate) fn locate(&mut self, document: &Place, steps: &[Step<'_>]) -> Place {
        self.field(document, steps).unwrap_or_else(|| document.clone())
    }

    /// Where the object of this kind and name is written down below a folder that builds it; `None` where it is not, as it may
    /// have another name there, or come from somewhere else.
    pub(crate) fn object_in(&mut self, folder: &Place, kind: &str, name: &str) -> Option<Place> {
        let key = file_of(folder);
        if !self.folders.contains_key(&key) {
            let objects = self.objects_below(folder);
            self.folders.insert(key.clone(), objects);
        }
        self.folders.get(&key)?.get(&(kind.to_owned(), name.to_owned())).cloned()
    }

    fn objects_below(&mut self, folder: &Place) -> Objects {
        let mut objects = Objects::new();
        let Some(tree) = self.repositories.tree_with_folder(folder) else { return objects };
        let is_yaml = |path: &TreePath| path.name().ends_with(".yaml") || path.name().ends_with(".yml");
        for (path, _) in tree.within(&folder.path).filter(|(path, _)| is_yaml(path)) {
            let Ok(text) = tree.read(path) else { continue };
            self.read = self.read.saturating_add(text.len());
            if self.read > MOST_READ {
                break;
            }
            for document in documents(&text, &Limits::default()) {
                let Ok(object) = &document.value else { continue };
                let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
                let kind = object.str_at(&["kind"]).unwrap_or_default();
                let place = Place {
                    path: path.clone(),
                    line: document.line,
                    column: document.column,
                    width: 0,
                    ..folder.clone()
                };
                objects.entry((kind.to_owned(), name.to_owned())).or_insert(place);
            }
        }
        objects
    }

    fn field(&mut self, document: &Place, steps: &[Step<'_>]) -> Option<Place> {
        if steps.is_empty() {
            return None;
        }
        let repositories = self.repositories;
        let key = file_of(document);
        let file = self.files.entry(key).or_insert_with(|| {
            let text = repositories.read(document)?;
            Some(File { documents: documents_by_line(&text), text })
        });
        let file = file.as_ref()?;
        let (first_line, range) = file.documents.get(&document.line)?;
        let text = file.text.get(range.clone())?;
        self.read = self.read.saturating_add(text.len());
        if self.read > MOST_READ {
            return None;
        }
        place_of_field(text, *first_line, document, steps, Part::Value)
    }
}

fn file_of(place: &Place) -> FileOf {
    (place.repository.clone(), place.commit.clone(), place.path.clone())
}

/// The line of the field that `steps` lead to in `text`, a document whose own first line has the number `first_line`.
pub(crate) fn place_of_field(
    text: &[u8],
    first_line: u32,
    document: &Place,
    steps: &[Step<'_>],
    part: Part,
) -> Option<Place> {
    let found = locate(text, steps).filter(|found| found.steps > 0)?;
    // A value that was asked for and stands on one line; else the key of what holds it.
    let is_short = !text.get(found.value.range()).unwrap_or_default().contains(&b'\n');
    let by_key = part == Part::Key || found.steps < steps.len() || !is_short;
    let meant = found.key.filter(|_| by_key).unwrap_or(found.value);
    let position = line_column(text, meant.start as usize);
    let line = first_line.saturating_add(position.line).saturating_sub(1);
    let words = text.get(meant.range()).unwrap_or_default();
    let first = words.split(|b| *b == b'\n').next().unwrap_or_default();
    let width = u32::try_from(String::from_utf8_lossy(first).chars().count()).unwrap_or_default();
    Some(Place { line, column: position.column, width, ..document.clone() })
}

/// The line `row`, from 1, of the text that `steps` lead to; `None` where it is not written as a block whose lines are its own.
pub(crate) fn place_of_row(
    text: &[u8],
    first_line: u32,
    document: &Place,
    steps: &[Step<'_>],
    row: u32,
) -> Option<Place> {
    let found = locate(text, steps).filter(|found| found.steps == steps.len())?;
    if text.get(found.value.range())?.first() != Some(&b'|') {
        return None;
    }
    let header = line_column(text, found.value.start as usize).line;
    let number = header.saturating_sub(1).saturating_add(row);
    let written = text.split(|b| *b == b'\n').nth(usize::try_from(number).ok()?)?;
    let indent = written.iter().take_while(|b| **b == b' ').count();
    let count =
        |bytes: &[u8]| u32::try_from(String::from_utf8_lossy(bytes).chars().count()).unwrap_or_default();
    Some(Place {
        line: first_line.saturating_add(number),
        column: u32::try_from(indent).unwrap_or_default().saturating_add(1),
        width: count(written.trim_ascii()),
        ..document.clone()
    })
}
