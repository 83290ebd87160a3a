//! Where in a text a value stands: worked out when asked, by reading the events again.

use super::compose::Key;
use super::resolve::{Resolved, resolve_plain};
use super::split::Document;
use super::{Dialect, Event, EventKind, Parser, Scalar, ScalarStyle, Source};
use crate::Limits;
use crate::source::Span;

/// A step on the way to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'p> {
    /// The entry of a map.
    Key(&'p str),
    /// The item of a list.
    Index(usize),
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its key, if it is the entry of a map.
    pub key: Option<Span>,
    /// The value.
    pub value: Span,
    /// How many steps of the path lead here; fewer than all if the rest is not written out in this text.
    pub steps: usize,
}

/// Finds the place of the value behind `path` in the first document of `text`; the last place on the way there if the
/// value itself is not written (it came by an alias or a merge, or is missing).
///
/// `None` if the text cannot be read, is empty, or is UTF-16, whose places would be those of another text. Keys are
/// compared as [`load`](super::load) shows them.
///
/// ```
/// use aoa_lang::source::line_column;
/// use aoa_lang::yaml::{Step, locate};
/// let text = b"spec:\n  ports:\n  - 80\n  - 443\n";
/// let place = locate(text, &[Step::Key("spec"), Step::Key("ports"), Step::Index(1)]).unwrap();
/// assert_eq!(&text[place.value.range()], b"443");
/// assert_eq!(line_column(text, place.value.start as usize).line, 4);
/// ```
#[must_use]
pub fn locate(text: &[u8], path: &[Step<'_>]) -> Option<Place> {
    let source = Source::new(text, &Limits { input_bytes: usize::MAX, ..Limits::default() }).ok()?;
    if !source.keeps_offsets() {
        return None;
    }
    let mut parser = Parser::new(&source, Dialect::V2);
    let mut search = Search { path, open: Vec::new(), found: None, last_end: 0 };
    loop {
        let Ok(event) = parser.next_event() else {
            return search.found;
        };
        match event.kind {
            EventKind::DocumentEnd | EventKind::StreamEnd => return search.found,
            EventKind::StreamStart | EventKind::DocumentStart => {}
            _ => search.feed(&event),
        }
    }
}

impl Document {
    /// [`locate`] in a document of `stream`, which it was split from; the place is one in the stream.
    #[must_use]
    pub fn locate(&self, stream: &[u8], path: &[Step<'_>]) -> Option<Place> {
        let place = locate(stream.get(self.span.range())?, path)?;
        let moved =
            |span: Span| Span { start: span.start + self.span.start, end: span.end + self.span.start };
        Some(Place { key: place.key.map(moved), value: moved(place.value), steps: place.steps })
    }
}

struct Search<'p> {
    path: &'p [Step<'p>],
    open: Vec<Level>,
    found: Option<Place>,
    /// Where the last scalar ended: block collections end at the token behind them.
    last_end: u32,
}

/// A collection that is open.
struct Level {
    /// How many steps lead here, if it is on the way.
    steps: Option<usize>,
    next: Next,
    /// This collection, if it was found: its end is to be filled in, unless something better was found since.
    found: Option<Place>,
}

enum Next {
    Item(usize),
    Key,
    /// The value of a key, and where that stands if it is on the way.
    Value(Option<Span>),
}

impl Search<'_> {
    fn feed(&mut self, event: &Event<'_>) {
        let is_open = matches!(event.kind, EventKind::SequenceStart(_) | EventKind::MappingStart(_));
        if matches!(event.kind, EventKind::SequenceEnd | EventKind::MappingEnd) {
            let closed = self.open.pop().and_then(|level| level.found);
            if let Some(place) = self.found.as_mut().filter(|place| closed == Some(**place)) {
                place.value.end = self.last_end.max(place.value.start);
            }
            return;
        }
        self.last_end = event.end.offset;
        let steps = self.enter(event);
        let is_better = steps.is_some_and(|(steps, _)| self.found.is_none_or(|found| steps >= found.steps));
        if let Some((steps, key)) = steps.filter(|_| is_better) {
            self.found = Some(Place { key, value: event.span(), steps });
        }
        if is_open {
            let next =
                if matches!(event.kind, EventKind::MappingStart(_)) { Next::Key } else { Next::Item(0) };
            let on_way = steps.map(|(steps, _)| steps).filter(|steps| *steps < self.path.len());
            self.open.push(Level { steps: on_way, next, found: self.found.filter(|_| is_better) });
        }
    }

    /// How many steps lead to the node that begins here, and its key, if it is on the way.
    fn enter(&mut self, event: &Event<'_>) -> Option<(usize, Option<Span>)> {
        let Some(level) = self.open.last_mut() else {
            return Some((0, None));
        };
        let step = level.steps.and_then(|steps| self.path.get(steps));
        let (leads, key) = match level.next {
            Next::Item(at) => {
                level.next = Next::Item(at + 1);
                (step == Some(&Step::Index(at)), None)
            }
            Next::Key => {
                let is_key = matches!((step, &event.kind), (Some(Step::Key(name)), EventKind::Scalar(key)) if is_named(key, name));
                level.next = Next::Value(is_key.then(|| event.span()));
                return None;
            }
            Next::Value(key) => {
                level.next = Next::Key;
                (key.is_some(), key)
            }
        };
        level.steps.filter(|_| leads).map(|steps| (steps + 1, key))
    }
}

/// Whether a key is `name` in JSON.
fn is_named(scalar: &Scalar<'_>, name: &str) -> bool {
    if scalar.style != ScalarStyle::Plain || scalar.tag().is_some() {
        return scalar.value == name;
    }
    let key = match resolve_plain(&scalar.value, Dialect::V2) {
        Resolved::Bool(b) => Key::Bool(b),
        Resolved::Int(n) => Key::Int(n),
        Resolved::Float(n) => Key::Float(n),
        _ => return scalar.value == name,
    };
    key.text() == *name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::split;

    fn at<'t>(text: &'t str, path: &[Step<'_>]) -> (&'t str, usize) {
        let place = locate(text.as_bytes(), path).unwrap();
        (text.get(place.value.range()).unwrap(), place.steps)
    }

    #[test]
    fn values_are_found_as_they_are_written() {
        use Step::{Index, Key};
        let text = "a: &x {b: [1, 'two']}\non:\n- c: |\n    text\n  d: e\nf: *x\na2: 5\n";
        assert_eq!(at(text, &[Key("a"), Key("b"), Index(1)]), ("'two'", 3));
        assert_eq!(at(text, &[Key("true"), Index(0), Key("d")]), ("e", 3));
        assert_eq!(at(text, &[Key("true"), Index(0)]), ("c: |\n    text\n  d: e", 2));
        assert_eq!(at(text, &[Key("f"), Key("b")]), ("*x", 1));
        assert_eq!(at(text, &[Key("missing")]).1, 0);
        assert_eq!(at("a: 1\na: 2\n", &[Key("a")]), ("2", 1));
        assert_eq!(locate(b"", &[]), None);
    }

    #[test]
    fn texts_in_utf16_have_no_places() {
        let text: Vec<u8> =
            [0xFE, 0xFF].into_iter().chain("a: b\n".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(locate(&text, &[Step::Key("a")]), None);
    }

    #[test]
    fn places_of_a_document_are_places_of_its_stream() {
        let text = b"kind: A\r\n---\r\nkind: B\r\nspec: {x: 1}\r\n";
        let split = split(text);
        let place = split.documents[1].locate(text, &[Step::Key("spec"), Step::Key("x")]).unwrap();
        assert_eq!(&text[place.value.range()], b"1");
        assert_eq!(&text[place.key.unwrap().range()], b"x");
    }
}
