//! Walking two trees at once, and merging the second into the first (`merge2.go`, `walk.go`, `map.go`).
//!
//! Upstream moves pointers around: what a patch adds is the patch's own node, and is then walked as source and as
//! destination at once. [`Source::Same`] stands for that.

use super::elements;
use super::fields::{self, Pair, Style};
use super::schema::{MergeSchemas, Schema};
use super::untouched::{Untouched, has_no_comments};
use crate::value::Text;
use crate::yaml::{Node, NodeKind};
use crate::{Error, Result, json};

/// One walk.
#[derive(Clone, Copy)]
pub(super) struct Walk<'s> {
    pub(super) schemas: &'s MergeSchemas,
    pub(super) untouched: Untouched,
}

/// What is merged into the destination.
pub(super) enum Source<'n> {
    Absent,
    Node(&'n mut Node),
    /// The very node that the destination is.
    Same,
}

/// What then stands at the place of the destination.
pub(super) enum Outcome {
    Gone,
    /// The destination, changed in place.
    Destination,
    /// The source.
    Source,
    New(Node),
    /// A null that stays although nulls go.
    Null(Node),
}

/// The directive of a map or list of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

const DIRECTIVE: &str = "$patch";

/// Real resources are some twenty levels deep; each level takes several frames of the stack.
pub(super) const DEPTH: usize = 256;

impl Source<'_> {
    fn node(&self) -> Option<&Node> {
        match self {
            Source::Node(node) => Some(node),
            Source::Absent | Source::Same => None,
        }
    }
}

/// The node, if it is there and no null.
fn present(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| !node.is_null())
}

impl Walk<'_> {
    /// Merges `source` into `destination`.
    pub(super) fn walk(
        self,
        destination: Option<&mut Node>,
        source: Source<'_>,
        schema: Option<Schema>,
        depth: usize,
    ) -> Result<Outcome> {
        if depth > DEPTH {
            return Err(Error::limit(format!("a patched resource is nested more than {DEPTH} levels deep")));
        }
        let both = [present(destination.as_deref()), present(source.node())];
        let schema = self.schema_of(both, schema);
        let kind = both.iter().flatten().next().map(|node| node.kind);
        if let Some(kind) = kind
            && let Some(other) = both.iter().flatten().find(|node| node.kind != kind)
        {
            return Err(wrong_kind(kind, other));
        }
        match kind {
            None | Some(NodeKind::Map) => self.map(destination, source, schema, depth),
            Some(NodeKind::List) => match schema.filter(|schema| schema.merges()) {
                Some(schema) => self.list(destination, source, &schema, depth),
                None => Ok(replace(destination, &source)),
            },
            Some(NodeKind::Scalar) => Ok(replace(destination, &source)),
            Some(NodeKind::Document | NodeKind::Alias) => Ok(Outcome::Gone),
        }
    }

    /// The schema of the place: a comment's, else the given one, else that of the kind that an object says it has.
    fn schema_of(self, nodes: [Option<&Node>; 2], given: Option<Schema>) -> Option<Schema> {
        let nodes = nodes.iter().flatten();
        nodes.clone().find_map(|node| self.comment_schema(node)).or(given).or_else(|| {
            nodes.clone().find_map(|node| {
                let text =
                    |name: &str| node.field(name).filter(|n| !n.is_empty()).and_then(|n| n.text.as_str());
                let (api_version, kind) = (text("apiVersion")?, text("kind")?);
                let is_known = !api_version.is_empty() && !kind.is_empty();
                is_known.then(|| self.schemas.of_kind(api_version, kind)).flatten()
            })
        })
    }

    /// The schema that is written as JSON in a comment (kyaml `fieldmeta`).
    fn comment_schema(self, node: &Node) -> Option<Schema> {
        let comments = node.comments();
        let comment = [&comments.line, &comments.head].into_iter().find(|comment| !comment.is_empty())?;
        let text = comment.trim_start_matches('#').trim_start();
        let schema = text
            .starts_with('{')
            .then(|| json::read(text.as_bytes(), json::Numbers::Float64).ok())
            .flatten()?;
        schema.as_map().filter(|map| !map.is_empty())?;
        self.schemas.of_comment(&schema)
    }

    fn map(
        self,
        mut destination: Option<&mut Node>,
        mut source: Source<'_>,
        schema: Option<Schema>,
        depth: usize,
    ) -> Result<Outcome> {
        take_comments_and_style(destination.as_deref_mut(), source.node());
        let Some(into) = destination.as_deref_mut().filter(|node| !node.is_null()) else {
            return match source {
                Source::Absent => Ok(match destination.filter(|node| !node.text.is_empty()) {
                    Some(null) => Outcome::Null(Node::scalar("!!null", null.text.clone())),
                    None => Outcome::Gone,
                }),
                Source::Same => Ok(Outcome::Destination),
                Source::Node(added) => {
                    if directive(added).is_ok_and(|directive| directive == Directive::Delete) {
                        return Ok(Outcome::Gone);
                    }
                    self.fields(added, Source::Same, schema, depth)?;
                    Ok(Outcome::Source)
                }
            };
        };
        let Some(directive) = directive_of(into, &mut source)? else { return Ok(Outcome::Gone) };
        match (directive, source) {
            (Directive::Delete, _) => Ok(Outcome::Gone),
            (Directive::Replace, Source::Node(node)) => {
                self.fields(node, Source::Same, schema, depth)?;
                Ok(Outcome::Source)
            }
            (Directive::Replace | Directive::Merge, source) => {
                self.fields(into, source, schema, depth)?;
                Ok(Outcome::Destination)
            }
        }
    }

    /// Merges field by field, in the order of their names.
    fn fields(
        self,
        into: &mut Node,
        mut source: Source<'_>,
        schema: Option<Schema>,
        depth: usize,
    ) -> Result<()> {
        let may_skip = self.untouched == Untouched::Skipped && matches!(source, Source::Node(_));
        let mut gone = Vec::new();
        for Pair { name, at, from } in fields::pair(into, source.node()) {
            if name.is_empty() {
                // kyaml takes the empty name for the map itself.
                return Err(Error::invalid("wrong node kind: expected ScalarNode but got MappingNode"));
            }
            let places = [(&*into, at), (source.node().unwrap_or(into), from)];
            let schema = self.field_schema(&name, places, schema.as_ref());
            if may_skip
                && from.is_none()
                && let Some(own) = at
                && own.key(into).is_some_and(has_no_comments)
                && own.value(into).is_some_and(|value| self.is_settled(value, schema.as_ref(), depth + 1))
            {
                continue;
            }
            let key_style = from.zip(source.node()).and_then(|(from, node)| from.key(node)).map(Style::of);
            let child = match &mut source {
                Source::Absent => Source::Absent,
                Source::Same => Source::Same,
                Source::Node(node) => {
                    from.and_then(|from| from.value_mut(node)).map_or(Source::Absent, Source::Node)
                }
            };
            let target = at.and_then(|at| at.value_mut(into));
            let outcome = self.walk(target, child, schema, depth + 1)?;
            let added = from.zip(source.node()).and_then(|(from, node)| from.value(node));
            match settle(into, at, outcome, added) {
                Settled::InPlace => {}
                Settled::Gone => gone.extend(at),
                Settled::Added(value) => {
                    fields::set_at(into, at, &name, key_style.unwrap_or(Style::PLAIN), value);
                }
                Settled::New(value) => fields::set_at(into, at, &name, Style::PLAIN, value),
            }
        }
        fields::remove_all(into, &gone);
        Ok(())
    }

    /// A comment at a value or its key wins over the schema of the field.
    fn field_schema(
        self,
        name: &Text,
        places: [(&Node, Option<fields::Position>); 2],
        schema: Option<&Schema>,
    ) -> Option<Schema> {
        let commented = places.into_iter().find_map(|(node, at)| {
            let at = at?;
            let value = at.value(node).and_then(|value| self.comment_schema(value));
            value.or_else(|| at.key(node).and_then(|key| self.comment_schema(key)))
        });
        commented.or_else(|| self.schemas.field(schema?, name.as_bytes()))
    }

    fn list(
        self,
        mut destination: Option<&mut Node>,
        mut source: Source<'_>,
        schema: &Schema,
        depth: usize,
    ) -> Result<Outcome> {
        take_comments_and_style(destination.as_deref_mut(), source.node());
        let Some(into) = destination.filter(|node| !node.is_null()) else {
            return match source {
                Source::Node(added) => {
                    let merged = elements::merge(self, added, None, schema, depth)?;
                    Ok(merged.map_or(Outcome::Source, Outcome::New))
                }
                Source::Absent | Source::Same => Ok(Outcome::Gone),
            };
        };
        let Some(directive) = directive_of(into, &mut source)? else { return Ok(Outcome::Gone) };
        match (directive, source) {
            (Directive::Delete, _) => Ok(Outcome::Gone),
            (Directive::Replace, Source::Node(node)) => {
                let merged = elements::merge(self, node, None, schema, depth)?;
                Ok(merged.map_or(Outcome::Source, Outcome::New))
            }
            (Directive::Replace | Directive::Merge, source) => {
                let other = match source {
                    Source::Node(node) => elements::Other::List(node),
                    Source::Absent => elements::Other::Absent,
                    Source::Same => elements::Other::Same,
                };
                let merged = elements::merge(self, into, Some(other), schema, depth)?;
                Ok(merged.map_or(Outcome::Destination, Outcome::New))
            }
        }
    }
}

/// What becomes of a field.
enum Settled {
    InPlace,
    Gone,
    /// The patch's value; its key keeps its style.
    Added(Node),
    New(Node),
}

/// Nulls go, unless they are to stay.
fn settle(into: &mut Node, at: Option<fields::Position>, outcome: Outcome, source: Option<&Node>) -> Settled {
    match outcome {
        Outcome::Gone => Settled::Gone,
        Outcome::Destination => match at.and_then(|at| at.value_mut(into)) {
            Some(value) if !value.is_null() => {
                fields::quote_if_ambiguous(value);
                Settled::InPlace
            }
            _ => Settled::Gone,
        },
        Outcome::Source => {
            source.filter(|node| !node.is_null()).map_or(Settled::Gone, |node| Settled::Added(node.clone()))
        }
        Outcome::New(node) if node.is_null() => Settled::Gone,
        Outcome::New(node) | Outcome::Null(node) => Settled::New(node),
    }
}

/// Scalars, and lists that are not merged: the source if it is there.
fn replace(destination: Option<&mut Node>, source: &Source<'_>) -> Outcome {
    take_comments_and_style(destination, source.node());
    match source {
        Source::Node(_) => Outcome::Source,
        Source::Absent | Source::Same => Outcome::Destination,
    }
}

/// The comments of the source win; an empty list or map takes its style too.
fn take_comments_and_style(destination: Option<&mut Node>, source: Option<&Node>) {
    let (Some(destination), Some(source)) = (destination, source) else { return };
    let new = source.comments();
    if !(new.head.is_empty() && new.line.is_empty() && new.foot.is_empty()) {
        let old = destination.comments_mut();
        for (old, new) in [(&mut old.head, &new.head), (&mut old.line, &new.line), (&mut old.foot, &new.foot)]
        {
            if !new.is_empty() {
                old.clone_from(new);
            }
        }
    }
    if destination.kind != NodeKind::Scalar && destination.content.as_slice().is_empty() {
        Style::of(source).apply(destination);
    }
}

/// What is to be done with `into`; `None` if the patch has a null, which removes it.
fn directive_of(into: &mut Node, source: &mut Source<'_>) -> Result<Option<Directive>> {
    match source {
        Source::Absent => Ok(Some(Directive::Merge)),
        Source::Same => directive(into).map(Some),
        Source::Node(node) if node.is_null() => Ok(None),
        Source::Node(node) => directive(node).map(Some),
    }
}

/// The directive of a map or list, which is taken out of it (`smpdirective.go`).
fn directive(node: &mut Node) -> Result<Directive> {
    let text = match node.kind {
        NodeKind::Map => node.field(DIRECTIVE).map(|value| value.text.clone()),
        // In a list it stands alone in a map.
        NodeKind::List => node
            .items()
            .iter()
            .find(|item| item.kind == NodeKind::Map && item.field(DIRECTIVE).is_some())
            .filter(|item| item.content.as_slice().len() <= 2)
            .and_then(|item| item.field(DIRECTIVE))
            .map(|value| value.text.clone()),
        NodeKind::Document | NodeKind::Scalar | NodeKind::Alias => {
            let tag = node.tag.to_str_lossy();
            return Err(Error::invalid(format!(
                "no implemented strategic merge patch strategy for '{tag}' ('{}')",
                node.to_text().unwrap_or_default()
            )));
        }
    };
    let Some(text) = text else { return Ok(Directive::Merge) };
    let directive = match text.as_str() {
        Some("delete") => Directive::Delete,
        Some("replace") => Directive::Replace,
        Some("merge") => Directive::Merge,
        _ => return Err(Error::invalid(format!("unknown patch strategy '{text}'"))),
    };
    if node.kind == NodeKind::Map {
        node.remove_field(DIRECTIVE);
    } else {
        elements::remove_directive(node, &text);
    }
    Ok(directive)
}

pub(super) fn wrong_kind(expected: NodeKind, node: &Node) -> Error {
    let name = |kind: NodeKind| match kind {
        NodeKind::Document => "DocumentNode",
        NodeKind::List => "SequenceNode",
        NodeKind::Map => "MappingNode",
        NodeKind::Scalar => "ScalarNode",
        NodeKind::Alias => "AliasNode",
    };
    let contents = node.to_text().map(|text| format!(": node contents:\n{text}")).unwrap_or_default();
    let (expected, got) = (name(expected), name(node.kind));
    Error::invalid(format!("wrong node kind: expected {expected} but got {got}{contents}"))
}
