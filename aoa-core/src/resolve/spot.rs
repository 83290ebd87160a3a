//! Where a finding points at: not only the document of an object, but the line of the field that it is about.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use aoa_lang::source::{TreePath, line_column};
use aoa_lang::value::Text;
use aoa_lang::yaml::{Step, locate};

use crate::finding::Place;
use crate::load::{Repositories, documents_by_line};

/// How many bytes of documents are read to find lines; places beyond that are those of their documents.
const MOST_READ: usize = 128 << 20;

/// A part of an object in a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    /// The beginning of the document.
    document: Place,
    part: Part,
    holder: Holder,
}

/// Whether the object is the document itself, or comes from the template of an ApplicationSet that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    Itself,
    Template,
}

/// A part of an Application or ApplicationSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// All of it.
    Object,
    Name,
    Spec,
    Project,
    /// A field of the only source.
    Source(&'static str),
    /// A field of one of several.
    SourceNumber(usize, &'static str),
    Generators,
    Template,
}

impl Part {
    fn steps(self) -> Vec<Step<'static>> {
        let keys: &[&'static str] = match self {
            Part::Object => &[],
            Part::Name => &["metadata", "name"],
            Part::Spec => &["spec"],
            Part::Project => &["spec", "project"],
            Part::Source(_) => &["spec", "source"],
            Part::SourceNumber(..) => &["spec", "sources"],
            Part::Generators => &["spec", "generators"],
            Part::Template => &["spec", "template"],
        };
        let mut steps: Vec<Step<'static>> = keys.iter().map(|key| Step::Key(key)).collect();
        if let Part::SourceNumber(at, _) = self {
            steps.push(Step::Index(at));
        }
        if let Part::Source(field) | Part::SourceNumber(_, field) = self {
            steps.push(Step::Key(field));
        }
        steps
    }
}

impl Spot {
    pub(super) fn new(document: Place, part: Part, holder: Holder) -> Self {
        Spot { document, part, holder }
    }

    /// Something of the object that is the document itself.
    pub(super) fn of(document: Place, part: Part) -> Self {
        Spot::new(document, part, Holder::Itself)
    }
}

/// Finds the lines of spots, reading each file once.
pub(super) struct Locator<'r> {
    repositories: &'r Repositories,
    files: HashMap<(Text, TreePath), Option<File>, foldhash::fast::FixedState>,
    /// How many bytes of documents were read.
    read: usize,
}

/// A file with its documents, by the line of their first thing.
struct File {
    text: Arc<[u8]>,
    documents: HashMap<u32, (u32, Range<usize>)>,
}

impl<'r> Locator<'r> {
    pub(super) fn new(repositories: &'r Repositories) -> Self {
        Locator { repositories, files: HashMap::default(), read: 0 }
    }

    /// The line of `spot`; of the nearest part around it that is written out, where it is not.
    pub(super) fn locate(&mut self, spot: &Spot) -> Place {
        self.field(spot).unwrap_or_else(|| spot.document.clone())
    }

    fn field(&mut self, spot: &Spot) -> Option<Place> {
        let mut steps = match spot.holder {
            Holder::Itself => Vec::new(),
            Holder::Template => vec![Step::Key("spec"), Step::Key("template")],
        };
        steps.extend(spot.part.steps());
        if steps.is_empty() {
            return None;
        }
        let repositories = self.repositories;
        let key = (spot.document.repository.clone(), spot.document.path.clone());
        let file = self.files.entry(key).or_insert_with(|| {
            let text = repositories.read(&spot.document)?;
            Some(File { documents: documents_by_line(&text), text })
        });
        let file = file.as_ref()?;
        let (first_line, range) = file.documents.get(&spot.document.line)?;
        let text = file.text.get(range.clone())?;
        self.read = self.read.saturating_add(text.len());
        if self.read > MOST_READ {
            return None;
        }
        let found = locate(text, &steps).filter(|found| found.steps > 0)?;
        // A value that was asked for and stands on one line; else the key of what holds it.
        let is_short = !text.get(found.value.range()).unwrap_or_default().contains(&b'\n');
        let meant = found.key.filter(|_| found.steps < steps.len() || !is_short).unwrap_or(found.value);
        let position = line_column(text, meant.start as usize);
        let line = first_line.saturating_add(position.line).saturating_sub(1);
        let words = text.get(meant.range()).unwrap_or_default();
        let first = words.split(|b| *b == b'\n').next().unwrap_or_default();
        let width = u32::try_from(String::from_utf8_lossy(first).chars().count()).unwrap_or_default();
        Some(Place { line, column: position.column, width, ..spot.document.clone() })
    }
}
