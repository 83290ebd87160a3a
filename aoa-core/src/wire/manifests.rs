//! Manifests as data and as YAML.

use std::io::{self, Write};

use aoa_lang::json::{self, Html, Layout};
use aoa_lang::{Value, yaml};

use super::redact::Redactor;
use crate::fleet::Content;

/// The manifests of a content, in its order, before redaction.
#[must_use]
pub fn manifests_of(content: &Content) -> Vec<Value> {
    content.manifests.passing().iter().map(|m| m.object.clone()).collect()
}

/// Writes manifests as a stream of YAML documents, as Kubernetes' tools write them.
///
/// # Errors
///
/// Those of `out`; `InvalidData` for a manifest that YAML cannot hold.
pub fn write_manifests_yaml(content: &Content, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    write_objects_yaml(content.manifests.passing().iter().map(|manifest| &manifest.object), redactor, out)
}

/// Writes objects as [`write_manifests_yaml`] does.
///
/// # Errors
///
/// The same.
pub fn write_objects_yaml<'o>(
    objects: impl Iterator<Item = &'o Value>,
    redactor: &Redactor,
    out: &mut impl Write,
) -> io::Result<()> {
    for (at, object) in objects.enumerate() {
        if at > 0 {
            out.write_all(b"---\n")?;
        }
        let text = yaml::emit(&redactor.redact(object))
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Writes manifests as one JSON list, one a line.
///
/// # Errors
///
/// Those of `out`.
pub fn write_manifests_json(content: &Content, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    write_objects_json(content.manifests.passing().iter().map(|manifest| &manifest.object), redactor, out)
}

/// Writes objects as [`write_manifests_json`] does.
///
/// # Errors
///
/// The same.
pub fn write_objects_json<'o>(
    objects: impl Iterator<Item = &'o Value>,
    redactor: &Redactor,
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(b"[")?;
    for (at, object) in objects.enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        let text = json::to_string_with(&redactor.redact(object), Html::Plain, Layout::Compact);
        out.write_all(text.map_err(io::Error::other)?.as_bytes())?;
    }
    out.write_all(b"]\n")
}
