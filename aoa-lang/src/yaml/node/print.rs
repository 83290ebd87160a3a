//! From nodes to text, as go-yaml v3's encoder walks them.

use std::borrow::Cow;

use super::super::emit::emitter::{Emitter, Layout, Properties, Step, StepComments};
use super::super::event::{Dialect, ScalarStyle};
use super::super::resolve::look_of;
use super::{Node, NodeKind};
use crate::{Error, Limits, Result};

impl Node {
    /// The text of the node, as kyaml 0.21.1 `String` prints it: indented by 2, lists not indented below their keys.
    ///
    /// # Errors
    /// If a text is not UTF-8, an anchor's name is not made of ASCII letters, digits, `_` and `-`, or the text
    /// gets longer than [`Limits::output_bytes`].
    pub fn to_text(&self) -> Result<String> {
        self.to_text_within(&Limits::default())
    }

    /// [`Node::to_text`] within `limits`.
    ///
    /// # Errors
    /// As [`Node::to_text`].
    pub fn to_text_within(&self, limits: &Limits) -> Result<String> {
        let mut emitter = Emitter::new(Layout::KYAML, limits.output_bytes);
        if self.kind == NodeKind::Document {
            print(&mut emitter, self)?;
        } else {
            emitter.emit(Step::DocumentStart)?;
            print(&mut emitter, self)?;
            emitter.emit(Step::DocumentEnd)?;
        }
        Ok(emitter.into_text())
    }
}

/// A node whose children are being written.
struct Level<'n> {
    node: &'n Node,
    next: usize,
    /// The foot comment of the last key of a map: it can be written only behind the value, so it goes with what follows.
    tail: &'n str,
}

fn print<'n>(emitter: &mut Emitter<'n>, root: &'n Node) -> Result<()> {
    let mut stack = Vec::new();
    stack.extend(start(emitter, root, Place::Value)?);
    while let Some(level) = stack.last_mut() {
        let children = level.node.content.as_slice();
        let is_map = level.node.kind == NodeKind::Map;
        let is_key = is_map && level.next % 2 == 0;
        // A key without a value is left out.
        let is_there = !is_key || level.next + 1 < children.len();
        match children.get(level.next).filter(|_| is_there) {
            Some(child) => {
                level.next += 1;
                let place = if is_key {
                    let tail = std::mem::replace(&mut level.tail, &child.comments().foot);
                    Place::Key { tail }
                } else {
                    Place::Value
                };
                stack.extend(start(emitter, child, place)?);
            }
            None => {
                end(emitter, level)?;
                stack.pop();
            }
        }
    }
    Ok(())
}

enum Place<'n> {
    /// The foot comment of a key is written later; `tail` is the one of the key before.
    Key {
        tail: &'n str,
    },
    Value,
}

fn start<'n>(emitter: &mut Emitter<'n>, node: &'n Node, place: Place<'n>) -> Result<Option<Level<'n>>> {
    let Presentation { tag, must_quote } = present_tag(node)?;
    let anchor = node.anchor().as_str().unwrap_or_default();
    let properties = Properties { anchor, tag: &tag };
    let comments = node.comments();
    let (tail, foot) = match place {
        Place::Key { tail } => (tail, ""),
        Place::Value => ("", comments.foot.as_str()),
    };
    let head = StepComments { head: &comments.head, ..StepComments::default() };
    let whole = StepComments { head: &comments.head, line: &comments.line, foot, tail };
    let children = node.content.as_slice().len();
    match node.kind {
        NodeKind::Document => {
            emitter.emit_with(Step::DocumentStart, Properties::default(), head)?;
        }
        NodeKind::List => {
            let step = Step::ListStart { style: node.collection_style, is_empty: children == 0 };
            emitter.emit_with(step, properties, head)?;
        }
        NodeKind::Map => {
            let step = Step::MapStart { style: node.collection_style, is_empty: children < 2 };
            emitter.emit_with(step, properties, StepComments { tail, ..head })?;
        }
        NodeKind::Alias => {
            let step = Step::Alias(text_of(node)?);
            emitter.emit_with(step, Properties::default(), StepComments { tail: "", ..whole })?;
            return Ok(None);
        }
        NodeKind::Scalar => {
            let text = text_of(node)?;
            let style = match node.scalar_style {
                ScalarStyle::Plain if text.contains('\n') => ScalarStyle::Literal,
                ScalarStyle::Plain if must_quote => ScalarStyle::DoubleQuoted,
                style => style,
            };
            emitter.emit_with(Step::Scalar { text, style }, properties, whole)?;
            return Ok(None);
        }
    }
    Ok(Some(Level { node, next: 0, tail: "" }))
}

fn end<'n>(emitter: &mut Emitter<'n>, level: &Level<'n>) -> Result<()> {
    let comments = level.node.comments();
    let foot = StepComments { foot: &comments.foot, ..StepComments::default() };
    let after = StepComments { line: &comments.line, ..foot };
    match level.node.kind {
        NodeKind::Document => emitter.emit_with(Step::DocumentEnd, Properties::default(), foot),
        NodeKind::List => emitter.emit_with(Step::ListEnd, Properties::default(), after),
        NodeKind::Map => {
            let after = StepComments { tail: level.tail, ..after };
            emitter.emit_with(Step::MapEnd, Properties::default(), after)
        }
        NodeKind::Scalar | NodeKind::Alias => Ok(()),
    }
}

fn text_of(node: &Node) -> Result<&str> {
    node.text.as_str().ok_or_else(|| {
        let tag = node.tag.to_str_lossy();
        Error::invalid(format!("yaml: cannot marshal invalid UTF-8 data as {tag}"))
    })
}

struct Presentation<'n> {
    /// In its long form; empty if it is not printed.
    tag: Cow<'n, str>,
    must_quote: bool,
}

/// Whether the tag must be printed: not if the text gives it away, and a string is quoted instead (`node` of encode.go).
fn present_tag(node: &Node) -> Result<Presentation<'_>> {
    let hidden = Presentation { tag: Cow::Borrowed(""), must_quote: false };
    let tag = node.tag.as_str().ok_or_else(|| Error::invalid("yaml: a tag is not UTF-8"))?;
    let core = tag.strip_prefix("!!").or_else(|| tag.strip_prefix(LONG_PREFIX));
    if tag.is_empty() {
        return Ok(hidden);
    }
    if !node.is_tagged {
        match (node.kind, core) {
            (NodeKind::Scalar, Some("str")) if node.scalar_style != ScalarStyle::Plain => return Ok(hidden),
            (NodeKind::Scalar, Some(core)) => {
                let looks_like = look_of(text_of(node)?, Dialect::V3);
                if looks_like.name().strip_prefix("!!") == Some(core) {
                    return Ok(hidden);
                }
                if core == "str" {
                    return Ok(Presentation { tag: Cow::Borrowed(""), must_quote: true });
                }
            }
            (NodeKind::Map, Some("map")) | (NodeKind::List, Some("seq")) => return Ok(hidden),
            _ => {}
        }
    }
    let tag = core.map_or(Cow::Borrowed(tag), |core| Cow::Owned(format!("{LONG_PREFIX}{core}")));
    Ok(Presentation { tag, must_quote: false })
}

pub(super) const LONG_PREFIX: &str = "tag:yaml.org,2002:";
