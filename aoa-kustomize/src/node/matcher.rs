//! Paths with patterns in them, which can name many places: kyaml's `PathMatcher`.

use aoa_lang::Limits;
use aoa_lang::text::regexp::Regexp;
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};

use super::path::{is_element, is_index, kind_for, split_element};
use super::{at, at_mut, expect_kind};
use crate::config::split_path;
use crate::error::{Error, Result};

/// A path like `spec.template.spec.containers.[name=web.*].image`, its patterns compiled.
pub(crate) struct Matcher {
    parts: Vec<Part>,
}

struct Part {
    text: String,
    kind: PartKind,
}

enum PartKind {
    Field,
    Index(usize),
    Every,
    /// The field that is looked at, empty for the element itself, and what it must match; the error if it cannot be read.
    Element(Result<(String, Result<Regexp>)>),
}

/// What a path has named.
pub(crate) enum Place {
    /// A place in the node.
    In(Vec<usize>),
    /// A node of the YAML inside of a string, whose changes are lost.
    Inside(Node),
}

/// How deep a path may lead into texts inside of texts.
const DEPTH: usize = 200;

impl Matcher {
    /// Reads the parts of a path.
    pub(crate) fn new(parts: impl IntoIterator<Item = String>) -> Self {
        let parts = parts.into_iter().map(|text| {
            let kind = if is_index(&text) {
                PartKind::Index(text.parse().unwrap_or(usize::MAX))
            } else if is_element(&text) {
                PartKind::Element(
                    split_element(&text)
                        .map(|(name, pattern)| (name.to_owned(), Regexp::new(pattern).map_err(Error::from))),
                )
            } else if text == "*" {
                PartKind::Every
            } else {
                PartKind::Field
            };
            Part { text, kind }
        });
        Matcher { parts: parts.collect() }
    }

    /// All places in `root` that the path names; what is not there is made if `make` says so, of that kind at the end.
    ///
    /// # Errors
    /// If something on the way is of the wrong kind, an index is out of range, or a pattern is malformed.
    pub(crate) fn find(
        &self,
        root: &mut Node,
        make: Option<NodeKind>,
        steps: &mut u64,
    ) -> Result<Vec<Place>> {
        let mut search = Search { make, steps, depth: 0 };
        let mut at = Vec::new();
        let mut found = Vec::new();
        search.visit(root, &mut at, &self.parts, &mut found)?;
        Ok(found)
    }
}

struct Search<'s> {
    make: Option<NodeKind>,
    steps: &'s mut u64,
    depth: usize,
}

impl Search<'_> {
    /// Looks for the parts below the place `here`. Recursion follows the path, and is capped.
    fn visit(
        &mut self,
        root: &mut Node,
        here: &mut Vec<usize>,
        parts: &[Part],
        found: &mut Vec<Place>,
    ) -> Result<()> {
        *self.steps = self.steps.saturating_sub(1);
        if *self.steps == 0 || self.depth > DEPTH {
            return Err(Error::limit("a field path leads to too many places"));
        }
        let Some((part, rest)) = parts.split_first() else {
            found.push(Place::In(here.clone()));
            return Ok(());
        };
        let Some(node) = at(root, here) else { return Ok(()) };
        match &part.kind {
            PartKind::Field => self.field(root, here, (part, rest), found),
            PartKind::Index(index) => {
                expect_kind(node, NodeKind::List)?;
                let count = node.items().len();
                if *index == count
                    && let Some(kind) = self.make
                {
                    let kind = kind_for(rest.first().map(|part| part.text.as_str()), kind);
                    self.append(root, here, Node::new(kind, Text::EMPTY));
                } else if *index >= count {
                    let message = format!("index {index} specified but only {count} elements found");
                    return Err(Error::invalid(message));
                }
                self.descend(root, here, *index, rest, found)
            }
            PartKind::Every => {
                expect_kind(node, NodeKind::List)?;
                (0..node.items().len()).try_for_each(|index| self.descend(root, here, index, rest, found))
            }
            PartKind::Element(element) => self.elements(root, here, (element, rest), found),
        }
    }

    fn descend(
        &mut self,
        root: &mut Node,
        here: &mut Vec<usize>,
        index: usize,
        rest: &[Part],
        found: &mut Vec<Place>,
    ) -> Result<()> {
        here.push(index);
        self.depth += 1;
        let visited = self.visit(root, here, rest, found);
        self.depth -= 1;
        here.pop();
        visited
    }

    fn append(&self, root: &mut Node, here: &[usize], new: Node) {
        if let Some(node) = at_mut(root, here) {
            node.content.to_mut().push(new);
        }
    }

    fn field(
        &mut self,
        root: &mut Node,
        here: &mut Vec<usize>,
        (part, rest): (&Part, &[Part]),
        found: &mut Vec<Place>,
    ) -> Result<()> {
        let Some(node) = at(root, here) else { return Ok(()) };
        if part.text.is_empty() {
            // Without a name the node itself is looked at, and only an empty scalar is found.
            if node.is_null() {
                return self.made_field(root, here, (part, rest), found);
            }
            expect_kind(node, NodeKind::Scalar)?;
            return if node.text.is_empty() { self.visit(root, here, rest, found) } else { Ok(()) };
        }
        let index = if node.is_null() {
            None
        } else {
            expect_kind(node, NodeKind::Map)?;
            node.entries().position(|(key, _)| key.text == *part.text).map(|at| at * 2 + 1)
        };
        let Some(index) = index else { return self.made_field(root, here, (part, rest), found) };
        let Some(child) = node.content.as_slice().get(index) else { return Ok(()) };
        if child.kind == NodeKind::Scalar && !rest.is_empty() {
            return self.inside(child.text.clone(), rest, found);
        }
        self.descend(root, here, index, rest, found)
    }

    fn made_field(
        &mut self,
        root: &mut Node,
        here: &mut Vec<usize>,
        (part, rest): (&Part, &[Part]),
        found: &mut Vec<Place>,
    ) -> Result<()> {
        let Some(kind) = self.make else { return Ok(()) };
        let kind = kind_for(rest.first().map(|part| part.text.as_str()), kind);
        let Some(node) = at_mut(root, here) else { return Ok(()) };
        let content = node.content.to_mut();
        content.extend([Node::scalar(Text::EMPTY, part.text.as_str()), Node::new(kind, Text::EMPTY)]);
        let index = content.len().saturating_sub(1);
        if kind == NodeKind::Scalar && !rest.is_empty() {
            return self.inside(Text::EMPTY, rest, found);
        }
        self.descend(root, here, index, rest, found)
    }

    /// Looks into the YAML that a string holds. Changes there are lost (`handleStructuredDataInScalar`).
    fn inside(&mut self, text: Text, rest: &[Part], found: &mut Vec<Place>) -> Result<()> {
        let document = Node::parse_within(text.as_bytes(), &Limits::default())?;
        let mut node = match document {
            Some(document) => document.root().clone(),
            // The zero node is of no kind at all.
            None => {
                return Err(Error::invalid("wrong node kind: expected MappingNode but got an empty text"));
            }
        };
        self.depth += 1;
        let mut inner = Vec::new();
        let visited = self.visit(&mut node, &mut Vec::new(), rest, &mut inner);
        self.depth -= 1;
        visited?;
        found.extend(inner.into_iter().filter_map(|place| match place {
            Place::In(place) => at(&node, &place).cloned().map(Place::Inside),
            inside @ Place::Inside(_) => Some(inside),
        }));
        Ok(())
    }

    fn elements(
        &mut self,
        root: &mut Node,
        here: &mut Vec<usize>,
        (element, rest): (&Result<(String, Result<Regexp>)>, &[Part]),
        found: &mut Vec<Place>,
    ) -> Result<()> {
        let (name, pattern) = match element {
            Ok((name, pattern)) => (name, pattern),
            Err(error) => return Err(error.clone()),
        };
        let before = found.len();
        self.matching_elements(root, here, (name, pattern, rest), found)?;
        if found.len() > before {
            return Ok(());
        }
        if self.make.is_none() {
            return Ok(());
        }
        let value = Node::scalar(Text::EMPTY, pattern.as_ref().map_or("", |pattern| pattern.as_str()));
        let new = if name.is_empty() {
            value
        } else {
            let mut map = Node::map([(Node::scalar(Text::EMPTY, name.as_str()), value)]);
            map.tag = Text::EMPTY;
            map
        };
        self.append(root, here, new);
        self.matching_elements(root, here, (name, pattern, rest), found)?;
        if found.len() > before {
            return Ok(());
        }
        // Upstream would append for ever.
        Err(Error::invalid("the element that a field path makes does not match its own pattern"))
    }

    fn matching_elements(
        &mut self,
        root: &mut Node,
        here: &mut Vec<usize>,
        (name, pattern, rest): (&str, &Result<Regexp>, &[Part]),
        found: &mut Vec<Place>,
    ) -> Result<()> {
        let Some(node) = at(root, here) else { return Ok(()) };
        expect_kind(node, NodeKind::List)?;
        for index in 0..node.items().len() {
            let pattern = pattern.as_ref().map_err(Clone::clone)?;
            let Some(item) = at(root, here).and_then(|node| node.items().get(index)) else { break };
            let looked_at = if name.is_empty() { Some(item) } else { item.field(name) };
            let Some(looked_at) = looked_at else { continue };
            if !pattern.is_match(looked_at.to_text()?.trim()) {
                continue;
            }
            // What follows the name of an element itself is not looked at.
            let rest = if name.is_empty() { &[] } else { rest };
            self.descend(root, here, index, rest, found)?;
        }
        Ok(())
    }
}

/// Splits a field path at its dots; those in brackets or behind a backslash stay (`SmarterPathSplitter`).
pub(crate) fn split_field_path(path: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut parts = split_path(path, ".").into_iter();
    while let Some(part) = parts.next() {
        if !part.starts_with('[') || part.ends_with(']') {
            out.push(part);
            continue;
        }
        let mut bracketed = part;
        for more in parts.by_ref() {
            bracketed.push('.');
            bracketed.push_str(&more);
            if more.ends_with(']') {
                break;
            }
        }
        if bracketed.contains('=') {
            out.push(bracketed);
        } else {
            out.push(bracketed.trim_matches(['[', ']']).to_owned());
        }
    }
    out
}
