//! Reading one document as Kubernetes' tools do (sigs.k8s.io/yaml 1.6.0).

use super::compose::{Composed, Duplicates, LoadOptions, compose};
use super::{Dialect, Parser, Source};
use crate::{Error, Result, Value};

/// Reads the first document of a text as `sigs.k8s.io/yaml` does: YAML 1.1 as go-yaml v2 sees it, made JSON.
///
/// So `yes` and `on` are booleans, also as keys; keys become strings; of equal keys the last counts; a text without
/// content is null. Documents after the first are not looked at.
///
/// # Errors
///
/// [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) and [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with the text of
/// `Unmarshal`; [`ErrorKind::Limit`](crate::ErrorKind::Limit) beyond the default [`Limits`](crate::Limits).
///
/// ```
/// use aoa_lang::{json, yaml};
/// let value = yaml::load(b"on: [0x1F, 1.50]\nname: &n web\ncopy: *n")?;
/// assert_eq!(json::to_string(&value)?, r#"{"copy":"web","name":"web","true":[31,1.5]}"#);
///
/// let error = yaml::load(b"a: 1\nb: [").unwrap_err();
/// assert_eq!(error.message(), "error converting YAML to JSON: yaml: line 2: did not find expected node content");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn load(text: &[u8]) -> Result<Value> {
    load_with(text, &LoadOptions::new())
}

/// Reads the first document and refuses keys that stand twice: `UnmarshalStrict`.
///
/// # Errors
///
/// As [`load`].
pub fn load_strict(text: &[u8]) -> Result<Value> {
    load_with(text, &LoadOptions::new().with_duplicates(Duplicates::Refused))
}

/// Reads the first document with a choice of numbers, duplicates and limits.
///
/// # Errors
///
/// As [`load`].
pub fn load_with(text: &[u8], options: &LoadOptions) -> Result<Value> {
    load_composed(text, options).map(|composed| composed.map_or(Value::Null, |composed| composed.value))
}

/// Reads the first document; `None` if there is none.
pub(super) fn load_composed(text: &[u8], options: &LoadOptions) -> Result<Option<Composed>> {
    let source = Source::new(text, &options.limits)?;
    let mut parser = Parser::new(&source, Dialect::V2);
    let composed = compose(&mut parser, options).map_err(converting)?;
    if composed.as_ref().is_some_and(|composed| composed.misses_something) {
        return load_composed(text, &LoadOptions { kept: None, ..options.clone() });
    }
    composed.map(Composed::into_json).transpose()
}

fn converting(error: Error) -> Error {
    if error.kind() == crate::ErrorKind::Limit {
        error
    } else {
        error.prefixed("error converting YAML to JSON: ")
    }
}
