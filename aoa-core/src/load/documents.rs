//! The documents of a file, each with its place: a broken one does not hide the others.

use std::collections::HashMap;
use std::ops::Range;

use aoa_lang::{Error, Limits, Value, yaml};

/// One document of a file.
pub struct Document {
    /// What it holds, or why it cannot be read.
    pub value: Result<Value, Error>,
    /// Its first line that is not empty, from 1.
    pub line: u32,
    /// The column of its first character, from 1.
    pub column: u32,
}

/// All documents of `text` that are not empty. Documents are parted by lines that begin with `---`, as Kubernetes' tools
/// part them before they read any YAML.
///
/// ```
/// use aoa_core::lang::Limits;
/// use aoa_core::load::documents;
///
/// let all = documents(b"a: 1\n---\nb: [\n---\n\nc: 3\n", &Limits::default());
/// let broken: Vec<bool> = all.iter().map(|d| d.value.is_err()).collect();
/// assert_eq!(broken, [false, true, false]);
/// assert_eq!(all[2].line, 6);
/// ```
pub fn documents(text: &[u8], limits: &Limits) -> Vec<Document> {
    let mut documents = Vec::new();
    for (line, range) in chunks(text) {
        let chunk = text.get(range).unwrap_or_default();
        let (line, column) = first_character(chunk, line);
        match load(chunk, limits) {
            Ok(Value::Null) => {}
            value => documents.push(Document { value, line, column }),
        }
    }
    documents
}

fn load(chunk: &[u8], limits: &Limits) -> Result<Value, Error> {
    yaml::load_with(chunk, &yaml::LoadOptions::new().with_limits(limits.clone()))
}

/// The documents of `text`, each by the line of its first thing: where it stands, and the number of its own first line.
pub(crate) fn documents_by_line(text: &[u8]) -> HashMap<u32, (u32, Range<usize>)> {
    let mut documents = HashMap::new();
    for (first, range) in chunks(text) {
        let chunk = text.get(range.clone()).unwrap_or_default();
        documents.entry(first_character(chunk, first).0).or_insert((first, range));
    }
    documents
}

/// The stretches between separators, each with the number of its first line.
fn chunks(text: &[u8]) -> Vec<(u32, Range<usize>)> {
    let mut chunks = Vec::new();
    let (mut start, mut start_line) = (0usize, 1u32);
    let (mut at, mut line) = (0usize, 1u32);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |i| i + 1);
        let this = rest.get(..length).unwrap_or_default();
        if is_separator(this) {
            chunks.push((start_line, start..at));
            start = at + length;
            start_line = line.saturating_add(1);
        }
        at += length;
        line = line.saturating_add(1);
    }
    chunks.push((start_line, start.min(text.len())..text.len()));
    chunks
}

fn is_separator(line: &[u8]) -> bool {
    line.strip_prefix(b"---")
        .is_some_and(|rest| rest.trim_ascii().is_empty() || rest.trim_ascii().starts_with(b"#"))
}

/// The line and column of the first thing in `chunk` that is neither space nor comment.
fn first_character(chunk: &[u8], first_line: u32) -> (u32, u32) {
    let mut number = first_line;
    for line in chunk.split(|b| *b == b'\n') {
        let rest = line.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b"#") {
            let column = line.len().saturating_sub(rest.len());
            return (number, u32::try_from(column).unwrap_or(u32::MAX - 1) + 1);
        }
        number = number.saturating_add(1);
    }
    (first_line, 1)
}
