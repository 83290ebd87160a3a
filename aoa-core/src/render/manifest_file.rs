//! One file of manifests, read as the repo-server's decoders do.

use aoa_lang::source::{Span, line_column};
use aoa_lang::{Error, Limits, Value, yaml};

/// A file, parsed once.
#[derive(Debug, Default)]
pub(super) struct ParsedFile {
    /// Its objects, each with line and column.
    pub(super) objects: Vec<(Value, u32, u32)>,
}

/// The objects of a YAML file: all of them, or none (`getObjsFromYAMLOrJSON` of Argo CD 3.5.7).
///
/// # Errors
///
/// The text of the decoder, if a document cannot be read and something says that the file was meant as manifests: an
/// object before it, or the words of a manifest anywhere.
pub(super) fn parse_yaml(text: &[u8], limits: &Limits) -> Result<ParsedFile, String> {
    let split = yaml::split_within(text, limits);
    let start = |span: Option<Span>| span.map_or(0, |span| span.start);
    // The repo-server stops at the first document that it cannot read, whatever is wrong with it.
    let first_error = split.errors.iter().min_by_key(|error| start(error.span()));
    if let Some(error) = first_error {
        let sound_before = split.documents.iter().any(|d| d.span.start < start(error.span()));
        if sound_before || looks_like_manifest(text) {
            return Err(message(error));
        }
        return Ok(ParsedFile::default());
    }
    let objects = split.documents.into_iter().map(|document| {
        let (line, column) = first_character(text, document.span);
        (Value::Map(document.object), line, column)
    });
    Ok(ParsedFile { objects: objects.collect() })
}

/// The one object of a JSON file.
///
/// # Errors
///
/// The text of the decoder.
pub(super) fn parse_json(text: &[u8], limits: &Limits) -> Result<ParsedFile, String> {
    parse_yaml(text, limits)
}

fn message(error: &Error) -> String {
    let text = error.message();
    if text.starts_with("failed to unmarshal manifest: ") {
        text.to_owned()
    } else {
        format!("failed to unmarshal manifest: {text}")
    }
}

/// Line and column of the first thing in `span` that is neither space nor comment nor a separator.
fn first_character(text: &[u8], span: Span) -> (u32, u32) {
    let mut at = span.start as usize;
    for line in text.get(span.range()).unwrap_or_default().split_inclusive(|b| *b == b'\n') {
        let rest = line.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b"#") && !rest.starts_with(b"---") {
            let position = line_column(text, at + line.len() - rest.len());
            return (position.line, position.column);
        }
        at += line.len();
    }
    let position = line_column(text, span.start as usize);
    (position.line, position.column)
}

fn looks_like_manifest(text: &[u8]) -> bool {
    [&b"apiVersion:"[..], b"kind:", b"metadata:"]
        .iter()
        .all(|word| text.windows(word.len()).any(|w| w == *word))
}
