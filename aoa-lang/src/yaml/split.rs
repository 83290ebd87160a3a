//! Cutting a stream into Kubernetes objects, as gitops-engine's `kube.SplitYAML` does with all manifests of Argo CD.
//!
//! Upstream a document goes from YAML to JSON and is then read as YAML again, and a stream that begins with `{` is
//! first tried as a series of JSON values; both can be observed, and are imitated.

use super::compose::{Composed, LoadOptions};
use super::documents::{Documents, RawDocument};
use super::load::load_composed;
use super::object::{object_options, to_object};
use crate::json::{self, Html, Layout, Stop};
use crate::source::{Lines, Span, line_column};
use crate::value::Map;
use crate::{Error, Limits, Result, Value};

/// How far upstream looks for the `{` of a JSON stream.
const GUESS: usize = 4096;

/// A Kubernetes object of a stream.
#[derive(Clone, Debug)]
pub struct Document {
    /// The object.
    pub object: Map,
    /// Its text in the stream.
    pub span: Span,
    /// The line of the stream on which its text begins, from 1.
    pub line: u32,
}

/// What a stream holds: its objects, and what is wrong with the other documents.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// The objects, in order.
    pub documents: Vec<Document>,
    /// One error for each broken document, in order; their spans are places in the stream.
    pub errors: Vec<Error>,
    /// The error that upstream answers with.
    refusal: Option<Error>,
}

impl Split {
    /// The objects, if all documents are sound: the answer of `kube.SplitYAML`.
    ///
    /// # Errors
    ///
    /// With upstream's text: its first error of reading YAML or, if there is none, its first one of an object.
    pub fn all(self) -> Result<Vec<Document>> {
        self.refusal.map_or(Ok(self.documents), Err)
    }
}

/// Reads all objects of a stream of YAML or JSON documents; a broken document does not hide the others.
///
/// Empty documents and null are skipped, lists stay lists. Text behind `---` is an error, text behind `...` is
/// ignored. Numbers are int64 where they are whole and fit, else float64.
///
/// ```
/// use aoa_lang::yaml;
/// let split = yaml::split(b"kind: A\n---\na: [\n---\nkind: B\n");
/// assert_eq!(split.documents.len(), 2);
/// assert_eq!(split.errors.len(), 1);
/// let message = split.all().unwrap_err().message().to_owned();
/// assert!(message.starts_with("failed to unmarshal manifest: error converting YAML to JSON: yaml: line 1:"));
/// ```
#[must_use]
pub fn split(text: &[u8]) -> Split {
    split_within(text, &Limits::default())
}

/// [`split`] with other limits; beyond them a document is an error.
#[must_use]
pub fn split_within(text: &[u8], limits: &Limits) -> Split {
    let mut splitter =
        Splitter { text, options: object_options(limits), split: Split::default(), late: None };
    splitter.run();
    let Splitter { mut split, late, .. } = splitter;
    // Upstream first makes JSON of all documents and only then looks for kinds.
    split.refusal = split.refusal.or(late);
    split
}

struct Splitter<'t> {
    text: &'t [u8],
    options: LoadOptions,
    split: Split,
    /// The first error that upstream would find after it has read all documents.
    late: Option<Error>,
}

/// When upstream finds an error.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    Reading,
    Later,
}

impl Splitter<'_> {
    fn run(&mut self) {
        let head = String::from_utf8_lossy(self.text.get(..GUESS).unwrap_or(self.text)).into_owned();
        if !head.trim_start().starts_with('{') {
            return self.yaml(0, None);
        }
        let (mut pos, mut count) = (0, 0u8);
        let mut lines = Lines::new(self.text);
        loop {
            match json::next_in_stream(self.text, pos) {
                Ok(range) => {
                    count = count.saturating_add(1);
                    pos = range.end;
                    let line = lines.position(range.start).line;
                    self.json_value(range.start, range.end, line);
                }
                Err(Stop::End) => return,
                Err(stop) => {
                    let error = stream_error(&stop, self.text, count > 1);
                    // One object may also be YAML; two are surely JSON.
                    match skip_line(self.text, pos).filter(|_| count <= 1) {
                        Some(next) => return self.yaml(next, Some(error)),
                        None => return self.error(error, Found::Reading),
                    }
                }
            }
        }
    }

    /// Reads what a JSON stream holds: its text is read as YAML.
    fn json_value(&mut self, start: usize, end: usize, line: u32) {
        let text = self.text.get(start..end).unwrap_or_default();
        if text == b"null" {
            return;
        }
        let span = Span::new(start, end);
        let read = load_composed(text, &self.options);
        match read.and_then(|composed| to_object(composed.map_or(Value::Null, |c| c.value))) {
            Ok(object) => self.document(object, span, line),
            Err(error) => {
                let inner = error
                    .span()
                    .map_or(span, |s| Span::new(start + s.start as usize, start + s.end as usize));
                self.error(error.at(inner), Found::Later);
            }
        }
    }

    /// Reads YAML documents from `start` on; `first_error` is what upstream says if the first one is broken.
    fn yaml(&mut self, start: usize, mut first_error: Option<Error>) {
        let text = self.text;
        for document in Documents::new(text, start, line_column(text, start).line.saturating_sub(1)) {
            let first_error = first_error.take();
            match &document.bad_end {
                None => self.yaml_document(&document, first_error),
                Some(error) => {
                    self.yaml_document(&document, None);
                    self.error(first_error.unwrap_or(error.clone()), Found::Reading);
                }
            }
        }
    }

    fn yaml_document(&mut self, document: &RawDocument<'_>, first_error: Option<Error>) {
        let composed = match load_composed(&document.text, &self.options) {
            Ok(Some(composed)) if !composed.value.is_null() => composed,
            Ok(_) => return,
            Err(error) => {
                let span = error.span().map_or(document.span, |span| document.locate(self.text, span));
                // A separator that is none is found before what stands in front of it is read.
                let found = if document.bad_end.is_some() { Found::Later } else { Found::Reading };
                return self.error(first_error.unwrap_or(error).at(span), found);
            }
        };
        match self.second_reading(composed).and_then(to_object) {
            Ok(object) => self.document(object, document.span, document.line + 1),
            Err(error) => self.error(error.at(document.span), Found::Later),
        }
    }

    /// What is left of a value when it is written as JSON and read as YAML once more.
    fn second_reading(&self, composed: Composed) -> Result<Value> {
        if !composed.may_not_survive {
            return Ok(composed.value);
        }
        let mut text = String::new();
        json::write(&mut text, &composed.value, Html::Escaped, Layout::Compact)?;
        let again = load_composed(text.as_bytes(), &self.options)?;
        Ok(again.map_or(Value::Null, |composed| composed.value))
    }

    fn document(&mut self, object: Map, span: Span, line: u32) {
        self.split.documents.push(Document { object, span, line });
    }

    fn error(&mut self, error: Error, found: Found) {
        let error = error.prefixed(PREFIX);
        match found {
            Found::Reading => self.split.refusal.get_or_insert_with(|| error.clone()),
            Found::Later => self.late.get_or_insert_with(|| error.clone()),
        };
        self.split.errors.push(error);
    }
}

const PREFIX: &str = "failed to unmarshal manifest: ";

/// The words of `YAMLOrJSONDecoder` for an error of the JSON stream.
fn stream_error(stop: &Stop, text: &[u8], surely_json: bool) -> Error {
    match stop {
        Stop::End | Stop::Truncated => Error::syntax("unexpected EOF").at(Span::new(text.len(), text.len())),
        Stop::Syntax(message, at) => {
            let place = if surely_json { String::new() } else { format!("json: offset {}: ", at + 1) };
            Error::syntax(format!("{place}{message}")).at(Span::new(*at, at + 1))
        }
    }
}

/// Where YAML begins behind a JSON value: behind whitespace up to the end of the line (`consumeWhitespace`).
fn skip_line(text: &[u8], mut pos: usize) -> Option<usize> {
    loop {
        // Upstream reads four bytes at a time and gives up where fewer are left.
        let next = text.get(pos..pos + 4)?;
        let c = next.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next())?;
        if c == char::REPLACEMENT_CHARACTER {
            return None;
        }
        if !c.is_whitespace() {
            return Some(pos);
        }
        pos += c.len_utf8();
        if c == '\n' {
            return Some(pos);
        }
    }
}
