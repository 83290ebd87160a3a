//! Where a transformer works: kinds of resources, and a path in them.

use std::fmt;
use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::value::Text;

use crate::error::{Error, Result};
use crate::file::text_of;
use crate::resource::Gvk;

/// A place in the resources of some kinds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldSpec {
    pub(crate) gvk: Gvk,
    /// As it is written.
    pub(crate) path: Text,
    /// Its parts; those that end in `[]` are lists.
    pub(crate) parts: Arc<[String]>,
    pub(crate) create: Create,
}

/// Whether what is not there is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Create {
    #[default]
    No,
    IfMissing,
}

impl FieldSpec {
    pub(crate) fn new(gvk: Gvk, path: impl Into<Text>, create: Create) -> Self {
        let path = path.into();
        let parts = split_path(&path.to_str_lossy(), "/").into();
        FieldSpec { gvk, path, parts, create }
    }

    /// A place in all resources.
    pub(crate) fn everywhere(path: &'static str, create: Create) -> Self {
        FieldSpec::new(Gvk::default(), Text::from_static(path), create)
    }

    /// Reads a place as a configuration has it.
    pub(crate) fn of(value: &Value) -> Self {
        let create = match value.get("create").and_then(Value::as_bool) {
            Some(true) => Create::IfMissing,
            _ => Create::No,
        };
        FieldSpec::new(gvk_of(value), text_of(value, "path"), create)
    }

    pub(crate) fn list_of(value: Option<&Value>) -> Vec<Self> {
        value.and_then(Value::as_list).into_iter().flatten().map(FieldSpec::of).collect()
    }

    /// Whether the notes of a build may stand there, so that they have to be written first.
    pub(crate) fn reaches_notes(&self) -> bool {
        let part = |at: usize| self.parts.get(at).map(|part| part.trim().trim_end_matches("[]"));
        part(0) == Some("metadata")
            && match (part(1), part(2)) {
                (None, _) | (Some("annotations"), None) => true,
                (Some("annotations"), Some(key)) => key.starts_with("internal.config.kubernetes.io/"),
                (Some(_), _) => false,
            }
    }

    /// Whether the other is covered by this one (`effectivelyEquals`).
    fn covers(&self, other: &FieldSpec) -> bool {
        self.path == other.path && self.gvk.is_selected(&other.gvk)
    }
}

impl fmt::Debug for Gvk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Group, version and kind of a map.
pub(crate) fn gvk_of(value: &Value) -> Gvk {
    Gvk { group: text_of(value, "group"), version: text_of(value, "version"), kind: text_of(value, "kind") }
}

/// Adds those that are not there yet (`FsSlice.MergeAll`).
///
/// # Errors
/// If two that are the same place disagree on making what is not there.
pub(crate) fn merge_all(into: &mut Vec<FieldSpec>, others: &[FieldSpec]) -> Result<()> {
    others.iter().try_for_each(|other| merge_one(into, other))
}

/// Adds one that is not there yet.
///
/// # Errors
/// As [`merge_all`].
pub(crate) fn merge_one(into: &mut Vec<FieldSpec>, other: &FieldSpec) -> Result<()> {
    match into.iter().find(|own| own.covers(other)) {
        Some(own) if own.create != other.create => Err(Error::invalid("conflicting fieldspecs")),
        Some(_) => Ok(()),
        None => {
            into.push(other.clone());
            Ok(())
        }
    }
}

/// Splits a path; a backslash in front of the delimiter keeps it (`PathSplitter` of kyaml).
pub(crate) fn split_path(path: &str, delimiter: &str) -> Vec<String> {
    let mut parts = path.split(delimiter).peekable();
    let mut first = parts.next().unwrap_or_default();
    if first.is_empty()
        && let Some(next) = parts.next()
    {
        first = next;
    }
    let mut out = vec![first.to_owned()];
    for part in parts {
        match out.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push_str(delimiter);
                last.push_str(part);
            }
            _ => out.push(part.to_owned()),
        }
    }
    out
}
