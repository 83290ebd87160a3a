//! Where a policy stands, down to the line of each of its parts.

use std::ops::Range;
use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::yaml::Step;

use super::reading::{At, Hop};
use crate::finding::Place;
use crate::load::{Part, documents_by_line, place_of_field, place_of_row};

/// The document that a policy was read from.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// Where it begins.
    place: Place,
    /// Its text, where that is at hand.
    text: Option<(Arc<[u8]>, Range<usize>, u32)>,
}

impl Written {
    /// The document that begins at `place` in `file`.
    pub(super) fn new(place: Place, file: Option<Arc<[u8]>>) -> Self {
        let text = file.and_then(|file| {
            let (first_line, range) = documents_by_line(&file).remove(&place.line)?;
            Some((file, range, first_line))
        });
        Written { place, text }
    }

    /// The first of several documents in an order that does not depend on that of files.
    pub(super) fn key(&self) -> (&Text, &Text, &str, u32) {
        (&self.place.repository, &self.place.commit, self.place.path.as_str(), self.place.line)
    }

    /// Where a part of it stands; the nearest part around it that is written out, where it is not.
    pub(crate) fn place_of(&self, way: &[Hop], part: Part) -> Place {
        let steps: Vec<Step<'_>> = way.iter().map(step).collect();
        let found = self.text.as_ref().and_then(|(file, range, first_line)| {
            place_of_field(file.get(range.clone())?, *first_line, &self.place, &steps, part)
        });
        found.unwrap_or_else(|| self.place.clone())
    }

    /// Where something of a part stands.
    pub(super) fn place_at(&self, way: &[Hop], at: At) -> Place {
        let row = match at {
            At::Part(part) => return self.place_of(way, part),
            At::Row(row) => row,
        };
        let steps: Vec<Step<'_>> = way.iter().map(step).collect();
        let found = self.text.as_ref().and_then(|(file, range, first_line)| {
            place_of_row(file.get(range.clone())?, *first_line, &self.place, &steps, row)
        });
        found.unwrap_or_else(|| self.place_of(way, Part::Value))
    }
}

fn step(hop: &Hop) -> Step<'_> {
    match hop {
        Hop::Key(key) => Step::Key(key.as_str().unwrap_or_default()),
        Hop::Index(at) => Step::Index(*at),
    }
}
