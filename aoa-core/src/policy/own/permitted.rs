//! What is permitted: lists of patterns, as those of projects.

use aoa_lang::text::glob::Glob;
use aoa_lang::value::Text;

use super::reading::{Node, Reading, Way};
use crate::model::repo_url;

/// A pattern: `*` stands for anything but separators, `**` for anything.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Text,
    glob: Glob,
    pub(crate) way: Way,
}

/// What is permitted: what one of `allow` matches and none of `deny`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Permitted {
    /// `allow`; `None` if there is no such list, and everything is allowed. An empty list allows nothing.
    pub allow: Option<Vec<Pattern>>,
    /// `deny`
    pub deny: Vec<Pattern>,
}

/// Why something is not permitted.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Refusal<'p> {
    /// This pattern denies it.
    Denied(&'p Pattern),
    /// No pattern allows it.
    NotAllowed,
}

/// What patterns are about: it decides what separates, and which form texts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// URLs, in the form in which Argo CD compares them.
    Url,
    /// Names with parts between slashes.
    Path,
    /// Plain names.
    Name,
}

impl Pattern {
    pub(super) fn read(node: &Node<'_>, subject: Subject, reading: &mut Reading) -> Option<Self> {
        let text = node.text(reading)?;
        let shown = text.to_str_lossy().into_owned();
        let (pattern, separators) = match subject {
            Subject::Url => (url_pattern(&shown), "/"),
            Subject::Path => (shown.clone(), "/"),
            Subject::Name => (shown.clone(), ""),
        };
        // As in projects, a star alone is everything.
        let pattern = if pattern == "*" { "**".to_owned() } else { pattern };
        let compiled = Glob::new(&pattern, separators).and_then(|glob| {
            // Some globs only fail when they are asked.
            glob.matches(&shown).map(|_| glob)
        });
        match compiled {
            Ok(glob) => Some(Pattern { text, glob, way: node.way.clone() }),
            Err(error) => {
                reading.say(node, format!("`{}` is no pattern: {error}", node.path()), None);
                None
            }
        }
    }

    pub(super) fn read_all(node: &Node<'_>, subject: Subject, reading: &mut Reading) -> Vec<Self> {
        let items = node.items(reading);
        items.iter().filter_map(|item| Pattern::read(item, subject, reading)).collect()
    }

    /// The pattern as it is written.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// Whether it matches the whole of `text`. What takes too many steps does not match.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.glob.matches(text).unwrap_or(false)
    }
}

/// Lists are compared by what they certainly do not have in common.
impl Pattern {
    /// Whether it stands for everything.
    pub(super) fn is_everything(&self) -> bool {
        self.glob.as_str() == "**" || self.text == *"*"
    }

    /// The only text that it matches, in the form that is compared.
    pub(super) fn literal(&self) -> Option<&str> {
        Some(self.glob.as_str()).filter(|text| !text.contains(GLOB))
    }

    /// Whether no text matches both.
    pub(super) fn excludes(&self, other: &Pattern) -> bool {
        match (self.literal(), other.literal()) {
            (Some(own), _) => !other.matches(own),
            (_, Some(other)) => !self.matches(other),
            (None, None) => {
                let beginning = |pattern: &Pattern| -> String {
                    pattern.glob.as_str().split(GLOB).next().unwrap_or_default().to_owned()
                };
                let (own, other) = (beginning(self), beginning(other));
                !own.starts_with(&other) && !other.starts_with(&own)
            }
        }
    }
}

const GLOB: [char; 5] = ['*', '?', '[', '{', '\\'];

impl Permitted {
    pub(super) const FIELDS: [&'static str; 2] = ["allow", "deny"];

    pub(super) fn read(node: &Node<'_>, subject: Subject, reading: &mut Reading) -> Self {
        let allow = node.field("allow").map(|list| Pattern::read_all(&list, subject, reading));
        let deny = node.field("deny").map(|list| Pattern::read_all(&list, subject, reading));
        Permitted { allow, deny: deny.unwrap_or_default() }
    }

    /// Why a thing is not permitted that has these names: one that is denied decides, one that is allowed is enough.
    #[must_use]
    pub fn refusal(&self, names: &[&str]) -> Option<Refusal<'_>> {
        let hits = |pattern: &&Pattern| names.iter().any(|name| pattern.matches(name));
        if let Some(denied) = self.deny.iter().find(hits) {
            return Some(Refusal::Denied(denied));
        }
        let allowed = self.allow.as_ref().is_none_or(|allow| allow.iter().any(|pattern| hits(&pattern)));
        (!allowed).then_some(Refusal::NotAllowed)
    }

    /// Whether it restricts nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.allow.is_none() && self.deny.is_empty()
    }
}

/// The form in which URLs are compared, kept where wildcards stand.
fn url_pattern(text: &str) -> String {
    if !text.contains(GLOB) {
        return repo_url::normalize_or_keep(text);
    }
    let text = text.trim().to_lowercase();
    let text = text.strip_suffix(".git").unwrap_or(&text);
    let is_short = text.contains('@') && !text.contains("://");
    let text = if is_short { text.replacen(':', "/", 1) } else { text.to_owned() };
    text.strip_prefix("ssh://").unwrap_or(&text).to_owned()
}
