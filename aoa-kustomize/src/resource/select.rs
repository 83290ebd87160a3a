//! Selectors: patterns of ids, and of labels and annotations.

use std::fmt;

use aoa_lang::Value;
use aoa_lang::text::selector::{self, Labels, Requirement};
use aoa_lang::value::Text;

use super::pattern::Pattern;
use super::{Gvk, Id, Resource};
use crate::error::{Error, Result};
use crate::file::text_of;

/// The target of a patch or a replacement, its patterns compiled.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    group: Pattern,
    version: Pattern,
    kind: Pattern,
    name: Pattern,
    namespace: Pattern,
    annotations: Terms,
    labels: Terms,
    /// What was written, for messages.
    pub(crate) written: Written,
}

/// A selector as it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) id: Id,
    pub(crate) annotations: Text,
    pub(crate) labels: Text,
}

/// A selector of labels; one that cannot be read is an error only when it is looked at.
#[derive(Clone, Debug)]
struct Terms(std::result::Result<selector::Selector, aoa_lang::Error>);

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Written {
    pub(crate) fn of(value: &Value) -> Self {
        Written {
            id: id_of(value),
            annotations: text_of(value, "annotationSelector"),
            labels: text_of(value, "labelSelector"),
        }
    }
}

/// The id that a map names.
pub(crate) fn id_of(value: &Value) -> Id {
    Id {
        gvk: crate::config::gvk_of(value),
        name: text_of(value, "name"),
        namespace: text_of(value, "namespace"),
        scope: super::Scope::Namespaced,
    }
}

impl Selector {
    /// Compiles a selector.
    ///
    /// # Errors
    /// If a pattern is no regular expression.
    pub(crate) fn new(written: Written) -> Result<Self> {
        let Gvk { group, version, kind } = &written.id.gvk;
        Ok(Selector {
            group: Pattern::new(group)?,
            version: Pattern::new(version)?,
            kind: Pattern::new(kind)?,
            name: Pattern::new(&written.id.name)?,
            namespace: Pattern::new(&written.id.namespace)?,
            annotations: Terms::new(&written.annotations),
            labels: Terms::new(&written.labels),
            written,
        })
    }

    /// Whether a resource is selected by its first or its present name (`resWrangler.Select`).
    ///
    /// # Errors
    /// If the labels or annotations count, and their selector cannot be read.
    pub(crate) fn selects(&self, resource: &Resource) -> Result<bool> {
        let names = resource.names();
        let (original, current) = (names.original(), &names.current);
        let is_named = (self.namespace.matches(original.effective_namespace())
            || self.namespace.matches(current.effective_namespace()))
            && (self.name.matches(original.name.as_bytes()) || self.name.matches(current.name.as_bytes()))
            && self.matches_kind(&current.gvk);
        Ok(is_named
            && self.labels.matches(&resource.labels())?
            && self.annotations.matches(&resource.annotations())?)
    }

    /// Whether an id is selected, its namespace as it is written.
    pub(crate) fn matches_id(&self, id: &Id) -> bool {
        self.matches_kind(&id.gvk)
            && self.name.matches(id.name.as_bytes())
            && self.namespace.matches(id.namespace.as_bytes())
    }

    /// Whether labels and annotations are selected.
    ///
    /// # Errors
    /// If a selector cannot be read.
    pub(crate) fn matches_meta(&self, resource: &Resource) -> Result<bool> {
        let annotations = self.annotations.matches(&resource.annotations())?;
        let labels = self.labels.matches(&resource.labels())?;
        Ok(annotations && labels)
    }

    /// What its name must match.
    pub(super) fn name(&self) -> &Pattern {
        &self.name
    }

    /// What its kind must match.
    pub(super) fn kind(&self) -> &Pattern {
        &self.kind
    }

    /// What one of its namespaces must match.
    pub(super) fn namespace(&self) -> &Pattern {
        &self.namespace
    }

    /// What its labels must be; nothing where that cannot be read.
    pub(super) fn labels(&self) -> &[Requirement] {
        self.labels.requirements()
    }

    /// What its annotations must be; nothing where that cannot be read.
    pub(super) fn annotations(&self) -> &[Requirement] {
        self.annotations.requirements()
    }

    fn matches_kind(&self, gvk: &Gvk) -> bool {
        self.kind.matches(gvk.kind.as_bytes())
            && self.group.matches(gvk.group.as_bytes())
            && self.version.matches(gvk.version.as_bytes())
    }
}

impl Terms {
    fn requirements(&self) -> &[Requirement] {
        self.0.as_ref().ok().and_then(selector::Selector::requirements).unwrap_or_default()
    }

    fn new(text: &Text) -> Self {
        Terms(match text.as_str() {
            Some("") => Ok(selector::Selector::EVERYTHING),
            Some(text) => selector::Selector::parse(text),
            None => Err(aoa_lang::Error::invalid("a selector is not UTF-8")),
        })
    }

    fn matches(&self, labels: &impl Labels) -> Result<bool> {
        match &self.0 {
            Ok(selector) => Ok(selector.matches(labels)),
            Err(error) => Err(Error::from(error.clone())),
        }
    }
}

impl Selector {
    /// Whether labels or annotations are asked for.
    pub(crate) fn looks_at_meta(&self) -> bool {
        !self.written.labels.is_empty() || !self.written.annotations.is_empty()
    }

    pub(crate) fn looks_at_annotations(&self) -> bool {
        !self.written.annotations.is_empty()
    }

    /// Whether its labels and annotations can be read.
    pub(crate) fn has_readable_meta(&self) -> bool {
        self.labels.0.is_ok() && self.annotations.0.is_ok()
    }

    /// Whether any part of the id is asked for.
    pub(crate) fn looks_at_ids(&self) -> bool {
        self.written.id != Id::default()
    }
}
