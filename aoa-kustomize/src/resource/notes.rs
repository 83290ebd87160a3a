//! What a build notes of a resource on the way: what it was called, and what its name was given.
//!
//! Upstream keeps these notes in annotations, where patches and replacements see them. Here they wait until someone may look, since
//! most builds only take them out again.

use std::sync::{Arc, OnceLock};

use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};

use super::annotations::{PREFIXES, PREVIOUS_KINDS, PREVIOUS_NAMES, PREVIOUS_NAMESPACES, SUFFIXES};
use super::metadata::{map_of, metadata_of};
use super::{Gvk, Id, Resource, Scope};
use crate::error::{Error, Result};

/// A note that is still to be written.
#[derive(Clone)]
pub(super) enum Note {
    /// What the resource was called.
    Previous {
        name: Text,
        namespace: Text,
        kind: Text,
    },
    Prefix(Text),
    Suffix(Text),
}

/// What a resource without prefixes fits to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmptyAffixes {
    FitAll,
    FitEmpty,
}

impl Note {
    /// The id that is noted, for a resource that now is of a kind.
    pub(super) fn id(&self, gvk: &Gvk) -> Option<Id> {
        match self {
            Note::Previous { name, namespace, kind } => Some(Id {
                gvk: Gvk { kind: kind.clone(), ..gvk.clone() },
                name: name.clone(),
                namespace: namespace.clone(),
                scope: Scope::Namespaced,
            }),
            Note::Prefix(_) | Note::Suffix(_) => None,
        }
    }

    /// What it adds to the prefixes or suffixes.
    fn part(&self, key: &str) -> Option<&Text> {
        match self {
            Note::Prefix(text) if key == PREFIXES => Some(text),
            Note::Suffix(text) if key == SUFFIXES => Some(text),
            _ => None,
        }
    }
}

/// The names that the notes of a resource tell; `None` if they do not fit together.
pub(super) fn previous_ids(root: &Node, gvk: &Gvk) -> Option<Vec<Id>> {
    let Some(annotations) = map_of(root, "annotations") else { return Some(Vec::new()) };
    let note = |key: &str| annotations.field(key).map(|node| node.text.to_str_lossy());
    let Some(names) = note(PREVIOUS_NAMES) else { return Some(Vec::new()) };
    let namespaces = note(PREVIOUS_NAMESPACES).unwrap_or_default();
    let kinds = note(PREVIOUS_KINDS).unwrap_or_default();
    let count = |text: &str| text.split(',').count();
    if count(&names) != count(&namespaces) || count(&names) != count(&kinds) {
        return None;
    }
    let all = names.split(',').zip(namespaces.split(',')).zip(kinds.split(','));
    Some(
        all.map(|((name, namespace), kind)| Id {
            gvk: Gvk { kind: Text::from(kind), ..gvk.clone() },
            name: Text::from(name),
            namespace: Text::from(namespace),
            scope: Scope::Namespaced,
        })
        .collect(),
    )
}

impl Resource {
    /// Notes what the resource is called now (`StorePreviousId`).
    pub(crate) fn store_previous_id(&mut self) -> Result<()> {
        let id = self.id();
        let namespace = Text::from_bytes(id.effective_namespace());
        let (name, kind) = (id.name.clone(), id.gvk.kind.clone());
        // What is read back from the annotations is another list where one of these is empty or has commas.
        let is_plain = |text: &Text| !text.is_empty() && !text.as_bytes().contains(&b',');
        let is_known = [&name, &namespace, &kind].into_iter().all(is_plain);
        self.add_note(Note::Previous { name, namespace, kind })?;
        if !is_known {
            self.write_notes()?;
        }
        if self.unwritten.is_empty() { self.check_notes() } else { Ok(()) }
    }

    /// Refuses notes that do not fit together, which upstream does not survive.
    pub(crate) fn check_notes(&self) -> Result<()> {
        previous_ids(&self.root, &Gvk::default()).map(drop).ok_or_else(|| {
            Error::invalid(
                "number of previous names, number of previous namespaces, number of previous kinds not equal",
            )
        })
    }

    pub(crate) fn add_prefix(&mut self, prefix: &Text) -> Result<()> {
        if prefix.is_empty() { Ok(()) } else { self.add_note(Note::Prefix(prefix.clone())) }
    }

    pub(crate) fn add_suffix(&mut self, suffix: &Text) -> Result<()> {
        if suffix.is_empty() { Ok(()) } else { self.add_note(Note::Suffix(suffix.clone())) }
    }

    fn add_note(&mut self, note: Note) -> Result<()> {
        if let Some(mut names) = self.names.take() {
            let noted = note.id(&names.current.gvk);
            if noted.is_some() {
                Arc::make_mut(&mut names).previous.extend(noted);
            }
            self.names = OnceLock::from(names);
        }
        self.unwritten.push(note);
        if self.has_room_for_notes() { Ok(()) } else { self.write_notes() }
    }

    /// Whether notes can be written at any time: nothing is in their way, and nothing vanishes when they are.
    fn has_room_for_notes(&self) -> bool {
        let is_filled = |node: &Node| node.kind == NodeKind::Map && !node.content.as_slice().is_empty();
        metadata_of(&self.root).is_some_and(is_filled)
            && map_of(&self.root, "annotations").is_none_or(is_filled)
            && (self.unwritten.len() > 1 || self.has_consistent_notes())
    }

    /// Whether the notes that stand in the annotations fit together, so that they can be continued.
    fn has_consistent_notes(&self) -> bool {
        let Some(annotations) = map_of(&self.root, "annotations") else { return true };
        let keys = [PREVIOUS_NAMES, PREVIOUS_NAMESPACES, PREVIOUS_KINDS];
        let written = keys.iter().filter(|key| annotations.field(key).is_some()).count();
        written == 0 || written == keys.len() && previous_ids(&self.root, &Gvk::default()).is_some()
    }

    /// The prefixes or suffixes, oldest first; `None` if there are none.
    fn affixes(&self, key: &'static str) -> Option<impl DoubleEndedIterator<Item = &[u8]>> {
        let unwritten = self.unwritten.iter().filter_map(move |note| note.part(key));
        let mut all = self.annotation(key).into_iter().chain(unwritten).peekable();
        all.peek()?;
        Some(all.flat_map(|text| text.as_bytes().split(|b| *b == b',')))
    }

    /// Writes the notes into the annotations, for those who look at them. What else changes a resource leaves annotations alone.
    ///
    /// # Errors
    /// If the metadata are no map.
    pub(crate) fn write_notes(&mut self) -> Result<()> {
        for note in std::mem::take(&mut self.unwritten) {
            match note {
                Note::Previous { name, namespace, kind } => {
                    self.append_note(PREVIOUS_NAMES, &name)?;
                    self.append_note(PREVIOUS_NAMESPACES, &namespace)?;
                    self.append_note(PREVIOUS_KINDS, &kind)?;
                }
                Note::Prefix(prefix) => self.append_note(PREFIXES, &prefix)?,
                Note::Suffix(suffix) => self.append_note(SUFFIXES, &suffix)?,
            }
        }
        Ok(())
    }

    /// Appends to a note with commas between (`appendCsvAnnotation`).
    fn append_note(&mut self, key: &'static str, value: &Text) -> Result<()> {
        if value.is_empty() {
            return Ok(());
        }
        let value = match self.annotation(key) {
            None => value.clone(),
            Some(old) => Text::from_bytes(&[old.as_bytes(), b",", value.as_bytes()].concat()),
        };
        self.put_annotation(key, value)
    }

    /// Whether prefixes and suffixes end alike (`PrefixesSuffixesEquals`).
    pub(crate) fn has_affixes_of(&self, other: &Resource, empty: EmptyAffixes) -> bool {
        [PREFIXES, SUFFIXES].iter().all(|key| {
            let [own, theirs] = [self.affixes(key), other.affixes(key)];
            match (own, theirs) {
                (Some(own), Some(theirs)) => own.rev().zip(theirs.rev()).all(|(own, theirs)| own == theirs),
                (None, None) => true,
                _ => empty == EmptyAffixes::FitAll,
            }
        })
    }
}
