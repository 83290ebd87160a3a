//! Paths of fields, indices and `[name=value]` elements: kyaml's `PathGetter`.

use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};

use super::{at, at_mut, expect_kind};
use crate::error::{Error, Result};

/// One part of a path.
enum Part<'p> {
    Field(&'p str),
    Index(usize),
    Last,
    Element { name: &'p str, value: &'p str },
}

impl<'p> Part<'p> {
    fn read(part: &'p str) -> Result<Self> {
        let looks_numeric = part.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
        if looks_numeric && let Ok(index) = part.parse::<i64>() {
            let negative = || Error::invalid(format!("array index {index} cannot be negative"));
            return usize::try_from(index).map(Part::Index).map_err(|_| negative());
        }
        match part {
            "-" => Ok(Part::Last),
            "*" => Err(Error::invalid("wildcard is not supported in PathGetter")),
            _ if is_element(part) => {
                let (name, value) = split_element(part)?;
                Ok(Part::Element { name, value })
            }
            _ => Ok(Part::Field(part)),
        }
    }
}

/// Whether a part is the name of a field, and nothing else.
pub(crate) fn is_field(part: &str) -> bool {
    let part = part.trim();
    !part.is_empty() && matches!(Part::read(part), Ok(Part::Field(_)))
}

pub(super) fn is_element(part: &str) -> bool {
    part.starts_with('[') && part.ends_with(']')
}

pub(super) fn is_index(part: &str) -> bool {
    part.parse::<i64>().is_ok_and(|index| index >= 0)
}

/// Name and value of `[name=value]`.
pub(super) fn split_element(part: &str) -> Result<(&str, &str)> {
    let inner = part.strip_suffix(']').unwrap_or(part);
    let inner = inner.strip_prefix('[').unwrap_or(inner);
    inner.split_once('=').ok_or_else(|| {
        Error::invalid("list path element must contain fieldName=fieldValue for element to match")
    })
}

/// The place behind a path, if it is there.
///
/// # Errors
/// If something on the way is of the wrong kind, or a part is malformed.
pub(crate) fn find<S: AsRef<str>>(root: &Node, parts: &[S]) -> Result<Option<Vec<usize>>> {
    let mut place = Vec::with_capacity(parts.len());
    let mut node = root;
    for part in parts.iter().map(|part| part.as_ref().trim()).filter(|part| !part.is_empty()) {
        let Some(index) = step(node, &Part::read(part)?)? else { return Ok(None) };
        let Some(child) = node.content.as_slice().get(index) else { return Ok(None) };
        place.push(index);
        node = child;
    }
    Ok(Some(place))
}

/// The child that one part of a path names, if it is there: [`find`] without a list. `None` inside of `Some` if the part is empty, and
/// names the node itself.
///
/// # Errors
/// As [`find`].
pub(super) fn find_child(node: &Node, part: &str) -> Result<Option<Option<usize>>> {
    let part = part.trim();
    if part.is_empty() {
        return Ok(Some(None));
    }
    let found = step(node, &Part::read(part)?)?;
    Ok(found.filter(|index| *index < node.content.as_slice().len()).map(Some))
}

/// The node behind a path, if it is there.
///
/// # Errors
/// As [`find`].
pub(crate) fn lookup<'n, S: AsRef<str>>(root: &'n Node, parts: &[S]) -> Result<Option<&'n Node>> {
    Ok(find(root, parts)?.and_then(|place| at(root, &place)))
}

/// The index of the child that a part names.
fn step(node: &Node, part: &Part<'_>) -> Result<Option<usize>> {
    match part {
        Part::Field(name) => {
            if node.is_null() {
                return Ok(None);
            }
            expect_kind(node, NodeKind::Map)?;
            Ok(node.entries().position(|(key, _)| key.text == **name).map(|at| at * 2 + 1))
        }
        Part::Index(index) => {
            expect_kind(node, NodeKind::List)?;
            Ok(Some(*index).filter(|index| *index < node.items().len()))
        }
        Part::Last => {
            expect_kind(node, NodeKind::List)?;
            let last = node.items().len().checked_sub(1);
            last.map(Some).ok_or_else(|| Error::invalid("the last element of an empty list is asked for"))
        }
        Part::Element { name, value } => {
            expect_kind(node, NodeKind::List)?;
            Ok(node.items().iter().position(|item| is_match(item, name, value)))
        }
    }
}

fn is_match(item: &Node, name: &str, value: &str) -> bool {
    if name.is_empty() {
        return item.text == *value;
    }
    item.kind == NodeKind::Map && item.field(name).is_some_and(|field| field.text == *value)
}

/// The node behind a path; what is not there is made, `kind` at the end. `None` if a null is in the way.
///
/// # Errors
/// As [`find`].
pub(crate) fn lookup_or_make<'n, S: AsRef<str>>(
    root: &'n mut Node,
    kind: NodeKind,
    parts: &[S],
) -> Result<Option<&'n mut Node>> {
    let parts: Vec<&str> =
        parts.iter().map(|part| part.as_ref().trim()).filter(|part| !part.is_empty()).collect();
    let mut place = Vec::with_capacity(parts.len());
    for (at_part, text) in parts.iter().enumerate() {
        let part = Part::read(text)?;
        let Some(node) = at(root, &place) else { return Ok(None) };
        if let Some(index) = step(node, &part)? {
            place.push(index);
            continue;
        }
        let next = parts.get(at_part + 1).copied();
        let new = match part {
            Part::Field(_) if node.is_null() => return Ok(None),
            Part::Field(name) => {
                vec![Node::scalar(Text::EMPTY, name), Node::new(kind_for(next, kind), Text::EMPTY)]
            }
            Part::Element { name: "", value } => vec![Node::scalar(Text::EMPTY, value)],
            Part::Element { name, value } => {
                let entry = (Node::scalar(Text::EMPTY, name), Node::scalar(Text::EMPTY, value));
                let mut map = Node::map([entry]);
                map.tag = Text::EMPTY;
                vec![map]
            }
            Part::Index(_) | Part::Last => return Ok(None),
        };
        let Some(node) = at_mut(root, &place) else { return Ok(None) };
        let content = node.content.to_mut();
        content.extend(new);
        place.push(content.len().saturating_sub(1));
    }
    Ok(at_mut(root, &place))
}

/// What has to be made for the part that follows (`getPathPartKind`).
pub(super) fn kind_for(next: Option<&str>, last: NodeKind) -> NodeKind {
    match next {
        None | Some("") => last,
        Some(next) if is_element(next) || is_index(next) => NodeKind::List,
        Some(_) => NodeKind::Map,
    }
}
