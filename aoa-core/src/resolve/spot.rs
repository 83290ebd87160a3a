//! Where a finding points at: not only the document of an object, but the line of the field that it is about.

use std::collections::HashMap;

use aoa_lang::source::line_column;
use aoa_lang::yaml::{Step, locate};

use crate::finding::Place;
use crate::load::{Repositories, document_at};

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
    /// The only source.
    Source,
    /// One of several.
    SourceNumber(usize),
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
            Part::Source => &["spec", "source"],
            Part::SourceNumber(_) => &["spec", "sources"],
            Part::Generators => &["spec", "generators"],
            Part::Template => &["spec", "template"],
        };
        let mut steps: Vec<Step<'static>> = keys.iter().map(|key| Step::Key(key)).collect();
        if let Part::SourceNumber(at) = self {
            steps.push(Step::Index(at));
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
    files: HashMap<Place, Option<(u32, Vec<u8>)>, foldhash::fast::FixedState>,
}

impl<'r> Locator<'r> {
    pub(super) fn new(repositories: &'r Repositories) -> Self {
        Locator { repositories, files: HashMap::default() }
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
        let document = self.files.entry(spot.document.clone()).or_insert_with(|| {
            let bytes = repositories.read(&spot.document)?;
            document_at(&bytes, spot.document.line).map(|(first_line, text)| (first_line, text.to_vec()))
        });
        let (first_line, text) = document.as_ref()?;
        let found = locate(text, &steps).filter(|found| found.steps > 0)?;
        // The key of a map or list, the value of a scalar: what one would put a finger on.
        let at = found.key.map_or(found.value.start, |key| key.start);
        let position = line_column(text, at as usize);
        let line = first_line.saturating_add(position.line).saturating_sub(1);
        Some(Place { line, column: position.column, ..spot.document.clone() })
    }
}
