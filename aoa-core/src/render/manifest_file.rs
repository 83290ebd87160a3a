//! One file of manifests, read as the repo-server's decoders do.

use aoa_lang::json::{self, Numbers};
use aoa_lang::source::{Lines, Span, line_column};
use aoa_lang::{Error, Limits, Value, strconv, yaml};

/// A file, parsed once.
#[derive(Debug, Default)]
pub(super) struct ParsedFile {
    /// Its objects, each with line and column.
    pub(super) objects: Vec<(Value, u32, u32)>,
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FileError {
    /// The decoder's text.
    Unreadable(String),
    /// A JSON file goes on behind its first object.
    SeveralObjects,
}

impl FileError {
    /// The repo-server's message about the file `name`.
    pub(super) fn to_status(&self, name: &str) -> String {
        let name = strconv::quote(name.as_bytes());
        let text = match self {
            FileError::Unreadable(why) => format!("Failed to unmarshal {name}: {why}"),
            FileError::SeveralObjects => {
                format!("Found multiple objects in {name}. Only single objects are allowed in JSON files.")
            }
        };
        format!("rpc error: code = FailedPrecondition desc = {text}")
    }
}

/// The objects of a YAML file: all of them, or none (`getObjsFromYAMLOrJSON` of Argo CD 3.5.7).
///
/// # Errors
///
/// The text of the decoder, if a document cannot be read and something says that the file was meant as manifests: an
/// object before it, or the words of a manifest anywhere.
pub(super) fn parse_yaml(text: &[u8], limits: &Limits) -> Result<ParsedFile, FileError> {
    let split = yaml::split_within(text, limits);
    let start = |span: Option<Span>| span.map_or(0, |span| span.start);
    // The repo-server stops at the first document that it cannot read, whatever is wrong with it.
    let first_error = split.errors.iter().min_by_key(|error| start(error.span()));
    if let Some(error) = first_error {
        let sound_before = split.documents.iter().any(|d| d.span.start < start(error.span()));
        if sound_before || looks_like_manifest(text) {
            return Err(FileError::Unreadable(message(error)));
        }
        return Ok(ParsedFile::default());
    }
    let mut lines = Lines::new(text);
    let objects = split.documents.into_iter().map(|document| {
        let (line, column) = first_character(text, document.span, &mut lines);
        (Value::Map(document.object), line, column)
    });
    Ok(ParsedFile { objects: objects.collect() })
}

/// The objects of a text that a tool printed (`SplitYAML` of Argo CD 3.5.7).
///
/// # Errors
///
/// The text of the decoder for the first document that cannot be read.
pub(super) fn parse_printed(text: &[u8], limits: &Limits) -> Result<Vec<Value>, String> {
    let split = yaml::split_within(text, limits);
    match split.errors.iter().min_by_key(|error| error.span().map_or(0, |span| span.start)) {
        Some(error) => Err(message(error)),
        None => Ok(split.documents.into_iter().map(|document| Value::Map(document.object)).collect()),
    }
}

/// The one object of a JSON file.
///
/// An object without kind passes where an OCI image manifest might look like it, and fails only when the controller
/// reads it.
///
/// # Errors
///
/// The text of the decoder; something behind the object.
pub(super) fn parse_json(text: &[u8], limits: &Limits) -> Result<ParsedFile, FileError> {
    let unreadable = |error: Error| FileError::Unreadable(error.message().to_owned());
    let (first, rest) = json::read_first(text, Numbers::PreserveInts, limits).map_err(unreadable)?;
    let position = line_column(text, text.len() - text.trim_ascii_start().len());
    if first.str_at(&["kind"]).is_none_or(str::is_empty) && !could_be_image_manifest(&first) {
        let body = text.trim_ascii_start();
        let body = body.get(..body.len().saturating_sub(rest.len())).unwrap_or_default();
        let body = String::from_utf8_lossy(body);
        return Err(FileError::Unreadable(format!("Object 'Kind' is missing in '{body}'")));
    }
    // `More` of Go's decoder does not take a closing bracket for more.
    if !matches!(rest.trim_ascii_start().first(), None | Some(b']' | b'}')) {
        return Err(FileError::SeveralObjects);
    }
    let object = if first.is_null() { Value::map::<&str>([]) } else { first };
    Ok(ParsedFile { objects: vec![(object, position.line, position.column)] })
}

/// Whether Go's JSON decoder reads `value` as an image manifest: any object whose fields of these names, in any case, have
/// the types of a manifest (`Manifest` of the OCI image specification 1.1).
fn could_be_image_manifest(value: &Value) -> bool {
    let map = match value {
        Value::Null => return true,
        Value::Map(map) => map,
        _ => return false,
    };
    map.iter().all(|(key, value)| match key.to_str_lossy().to_ascii_lowercase().as_str() {
        "schemaversion" => matches!(value, Value::Null | Value::Int(..) | Value::Uint(..)),
        "mediatype" | "artifacttype" => matches!(value, Value::Null | Value::String(_)),
        "config" | "subject" => value.is_null() || is_descriptor(value),
        "layers" => match value {
            Value::Null => true,
            Value::List(layers) => layers.iter().all(|layer| layer.is_null() || is_descriptor(layer)),
            _ => false,
        },
        "annotations" => is_text_map(value),
        _ => true,
    })
}

fn is_descriptor(value: &Value) -> bool {
    let Value::Map(map) = value else { return false };
    map.iter().all(|(key, value)| match key.to_str_lossy().to_ascii_lowercase().as_str() {
        "mediatype" | "digest" | "artifacttype" | "data" => matches!(value, Value::Null | Value::String(_)),
        "size" => matches!(value, Value::Null | Value::Int(..)),
        "urls" => match value {
            Value::Null => true,
            Value::List(urls) => urls.iter().all(|url| matches!(url, Value::Null | Value::String(_))),
            _ => false,
        },
        "annotations" => is_text_map(value),
        "platform" => matches!(value, Value::Null | Value::Map(_)),
        _ => true,
    })
}

fn is_text_map(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Map(map) => map.values().all(|v| matches!(v, Value::Null | Value::String(_))),
        _ => false,
    }
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
fn first_character(text: &[u8], span: Span, lines: &mut Lines<'_>) -> (u32, u32) {
    let mut at = span.start as usize;
    for line in text.get(span.range()).unwrap_or_default().split_inclusive(|b| *b == b'\n') {
        let rest = line.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b"#") && !rest.starts_with(b"---") {
            let position = lines.position(at + line.len() - rest.len());
            return (position.line, position.column);
        }
        at += line.len();
    }
    let position = lines.position(span.start as usize);
    (position.line, position.column)
}

fn looks_like_manifest(text: &[u8]) -> bool {
    [&b"apiVersion:"[..], b"kind:", b"metadata:"]
        .iter()
        .all(|word| text.windows(word.len()).any(|w| w == *word))
}
