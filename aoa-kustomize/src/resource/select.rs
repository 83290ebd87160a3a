//! Selectors: patterns of ids, and of labels and annotations.

use std::fmt;

use aoa_lang::text::regexp::Regexp;
use aoa_lang::text::selector::{self, Labels};
use aoa_lang::value::Text;
use aoa_lang::{Value, value};

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

/// A regular expression that must match the whole text; most are plain texts.
#[derive(Clone, Debug)]
enum Pattern {
    Any,
    Plain(Text),
    Regexp(Box<Regexp>),
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

    /// The one name that it selects, if there is only one.
    pub(crate) fn plain_name(&self) -> Option<&Text> {
        match &self.name {
            Pattern::Plain(name) => Some(name),
            Pattern::Any | Pattern::Regexp(_) => None,
        }
    }

    /// One label that all that it selects have, if that is clear: `key=value`, alone or with others behind commas.
    pub(crate) fn plain_label(&self) -> Option<(Text, Text)> {
        let text = self
            .written
            .labels
            .as_str()
            .filter(|text| self.labels.0.is_ok() && !text.contains(['(', '!']))?;
        text.split(',').find_map(|requirement| {
            let (key, value) = requirement.split_once('=')?;
            let value = value.strip_prefix('=').unwrap_or(value).trim();
            Some((Text::from(key.trim()), Text::from(value)))
        })
    }

    /// The one kind that it selects, if there is only one.
    pub(crate) fn plain_kind(&self) -> Option<&Text> {
        match &self.kind {
            Pattern::Plain(kind) => Some(kind),
            Pattern::Any | Pattern::Regexp(_) => None,
        }
    }

    fn matches_kind(&self, gvk: &Gvk) -> bool {
        self.kind.matches(gvk.kind.as_bytes())
            && self.group.matches(gvk.group.as_bytes())
            && self.version.matches(gvk.version.as_bytes())
    }
}

impl Pattern {
    /// Compiles a pattern; the empty one matches all.
    ///
    /// # Errors
    /// Go's message if it is no regular expression.
    fn new(pattern: &value::Text) -> Result<Self> {
        let is_plain =
            |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b':' | b',' | b' ' | b'=');
        let bytes = pattern.as_bytes();
        if bytes.is_empty() {
            Ok(Pattern::Any)
        } else if bytes.iter().all(is_plain) {
            Ok(Pattern::Plain(pattern.clone()))
        } else {
            let anchored = [b"^(?:", bytes, b")$"].concat();
            Ok(Pattern::Regexp(Box::new(Regexp::new(anchored)?)))
        }
    }

    fn matches(&self, text: &[u8]) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::Plain(plain) => plain.as_bytes() == text,
            Pattern::Regexp(regexp) => regexp.is_match(text),
        }
    }
}

impl Terms {
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

    /// Whether any part of the id is asked for.
    pub(crate) fn looks_at_ids(&self) -> bool {
        self.written.id != Id::default()
    }
}
