//! The parts that several shapes have in common.

use aoa_lang::{Result, Value};

use super::object::{ObjectWriter, write_object};
use super::redact::Redactor;
use crate::finding::Place;
use crate::fleet::State;
use crate::model::{Destination, ObjectRef};

/// `key` with a reference to an object; `null` without one.
pub(super) fn object_ref(
    fields: &mut ObjectWriter<'_>,
    key: &'static str,
    object: Option<&ObjectRef>,
) -> Result<()> {
    let (out, redactor) = fields.key(key);
    match object {
        Some(object) => write_object_ref(out, redactor, object),
        None => {
            out.push_str("null");
            Ok(())
        }
    }
}

/// `key` of the metadata of `object`, if it has it.
pub(super) fn metadata(fields: &mut ObjectWriter<'_>, object: &Value, key: &'static str) -> Result<()> {
    let found = object.at(&["metadata", key]).filter(|value| !value.is_null());
    found.map_or(Ok(()), |value| fields.value(key, value))
}

pub(super) fn write_object_ref(out: &mut String, redactor: &Redactor, object: &ObjectRef) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text("kind", object.kind.name());
        fields.text("name", &object.name.to_str_lossy());
        fields.text("namespace", &object.namespace.to_str_lossy());
        Ok(())
    })
}

pub(super) fn destination(fields: &mut ObjectWriter<'_>, destination: &Destination) -> Result<()> {
    let (out, redactor) = fields.key("destination");
    write_object(out, redactor, |fields| {
        fields.text("name", &destination.name);
        fields.text("namespace", &destination.namespace);
        fields.text("server", &destination.server);
        Ok(())
    })
}

/// `content`: `known` with the number of manifests, or `unknown`, `failed`, `skipped` with the reason.
pub(super) fn content(fields: &mut ObjectWriter<'_>, state: &State, manifests: usize) -> Result<()> {
    let (out, redactor) = fields.key("content");
    write_object(out, redactor, |fields| {
        match state {
            State::Rendered => fields.count("manifests", manifests),
            State::Unknown(gap) => {
                fields.text("reason", &gap.to_string());
                fields.text("remedy", &gap.remedy());
            }
            State::Failed(error) => fields.text("reason", &error.to_str_lossy()),
            State::Skipped => {}
        }
        let name = match state {
            State::Rendered => "known",
            State::Unknown(_) => "unknown",
            State::Failed(_) => "failed",
            State::Skipped => "skipped",
        };
        fields.text("state", name);
        Ok(())
    })
}

pub(super) fn write_place(out: &mut String, redactor: &Redactor, place: &Place) -> Result<()> {
    write_object(out, redactor, |fields| {
        if place.column > 0 {
            fields.count("column", place.column as usize);
        }
        if !place.commit.is_empty() {
            fields.text("commit", &place.commit.to_str_lossy());
        }
        fields.count("line", place.line as usize);
        fields.text("path", place.path.as_str());
        fields.text("repository", &place.repository.to_str_lossy());
        if place.width > 0 {
            fields.count("width", place.width as usize);
        }
        Ok(())
    })
}
