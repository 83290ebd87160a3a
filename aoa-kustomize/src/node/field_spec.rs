//! Setting the fields that a field spec names: kyaml's `fieldspec` filter of Kustomize's API.

use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};

use super::path::find_child;
use super::{at, at_mut, expect_kind};
use crate::config::{Create, FieldSpec};
use crate::error::{Error, Result};
use crate::resource::{Gvk, Id};

/// What is made where a field is not there.
#[derive(Clone, Copy)]
pub(crate) struct Made {
    pub(crate) kind: NodeKind,
    pub(crate) tag: &'static str,
}

/// How deep lists may stand in lists on the way.
const DEPTH: usize = 200;

/// A place to change.
struct Target<'p> {
    at: Vec<usize>,
    /// A null becomes this.
    revived: Option<Made>,
    /// Fields to make below.
    missing: &'p [String],
    end: End,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Set,
    /// Nothing is there to be set.
    Leave,
}

/// Calls `set` with each node that `spec` names in a resource of its kind. Says whether anything was changed.
///
/// # Errors
/// Those of `set`; and if something on the way is of the wrong kind.
pub(crate) fn set_fields(
    root: &mut Node,
    spec: &FieldSpec,
    made: Option<Made>,
    set: &mut dyn FnMut(&mut Node) -> Result<()>,
) -> Result<bool> {
    if !is_of_kind(root, &spec.gvk) {
        return Ok(false);
    }
    let made = made.filter(|_| spec.create == Create::IfMissing);
    let mut plan = Plan { made, targets: Vec::new() };
    let mut run = || -> Result<bool> {
        plan.visit(root, &spec.parts, &mut Vec::new(), 0)?;
        let has_targets = !plan.targets.is_empty();
        for target in std::mem::take(&mut plan.targets) {
            target.apply(root, made, set)?;
        }
        Ok(has_targets)
    };
    let outcome = run();
    outcome.map_err(|e| considering(root, spec, e))
}

/// Replaces each node that `spec` names in a resource of its kind by what `edit` makes of it; `None` leaves it, and nothing is
/// copied. Says whether anything was changed.
///
/// # Errors
/// Those of `edit`; and if something on the way is of the wrong kind.
pub(crate) fn edit_fields(
    root: &mut Node,
    spec: &FieldSpec,
    edit: &mut dyn FnMut(&Node) -> Result<Option<Node>>,
) -> Result<bool> {
    let first = spec.parts.first().map(|part| part.strip_suffix("[]").unwrap_or(part));
    let is_absent = first.is_some_and(|first| {
        !first.is_empty()
            && first.parse::<i64>().is_err()
            && root.field(first).is_none()
            && root.kind == NodeKind::Map
    });
    if is_absent || !is_of_kind(root, &spec.gvk) {
        return Ok(false);
    }
    let mut plan = Plan { made: None, targets: Vec::new() };
    let mut has_changed = false;
    let mut run = || -> Result<()> {
        plan.visit(root, &spec.parts, &mut Vec::new(), 0)?;
        for target in std::mem::take(&mut plan.targets) {
            if target.revived.is_some() {
                has_changed = true;
                target.apply(root, None, &mut |_| Ok(()))?;
                continue;
            }
            let Some(new) = at(root, &target.at).map(&mut *edit).transpose()?.flatten() else { continue };
            has_changed = true;
            if let Some(place) = at_mut(root, &target.at) {
                *place = new;
            }
        }
        Ok(())
    };
    let outcome = run();
    outcome.map(|()| has_changed).map_err(|e| considering(root, spec, e))
}

/// The error with what was looked at.
pub(crate) fn considering(root: &Node, spec: &FieldSpec, error: Error) -> Error {
    let id = Id::of(root, &crate::config::Scopes::default());
    error.prefixed(&format!("considering field '{}' of object {id}: ", spec.path))
}

/// `isMatchGVK`
fn is_of_kind(root: &Node, wanted: &Gvk) -> bool {
    let text = |name: &str| root.field(name).map_or(&Text::EMPTY, |node| &node.text);
    if !wanted.kind.is_empty() && *text("kind") != wanted.kind {
        return false;
    }
    (wanted.group.is_empty() && wanted.version.is_empty()) || {
        let own = Gvk::of_text(text("apiVersion"), &wanted.kind);
        own.is_selected(wanted)
    }
}

struct Plan<'p> {
    made: Option<Made>,
    targets: Vec<Target<'p>>,
}

impl<'p> Plan<'p> {
    /// Finds what is to be set below a node. Recursion is capped.
    fn visit(&mut self, node: &Node, parts: &'p [String], at: &mut Vec<usize>, depth: usize) -> Result<()> {
        if depth > DEPTH {
            return Err(Error::limit(format!("a field is nested more than {DEPTH} levels deep")));
        }
        let Some((part, rest)) = parts.split_first() else {
            self.targets.push(Target { at: at.clone(), revived: None, missing: &[], end: End::Set });
            return Ok(());
        };
        if node.is_null() {
            return Ok(());
        }
        match node.kind {
            NodeKind::List => {
                for (index, item) in node.items().iter().enumerate() {
                    at.push(index);
                    let visited = self.visit(item, parts, at, depth + 1);
                    at.pop();
                    visited.map_err(|e| {
                        let parts = parts.join(" ");
                        e.prefixed(&format!("visit traversal on path: [{parts}]: "))
                    })?;
                }
                Ok(())
            }
            NodeKind::Map => self.field(node, part, rest, (parts, at), depth),
            NodeKind::Document | NodeKind::Scalar | NodeKind::Alias => {
                Err(Error::invalid("expected sequence or mapping node"))
            }
        }
    }

    fn field(
        &mut self,
        node: &Node,
        part: &str,
        rest: &'p [String],
        (parts, at): (&'p [String], &mut Vec<usize>),
        depth: usize,
    ) -> Result<()> {
        let (name, is_list) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        if name.is_empty() {
            return Err(Error::invalid("cannot set or create an empty field name"));
        }
        let made = self.made.filter(|_| !is_list).map(|made| match rest {
            [] => made,
            _ => Made { kind: NodeKind::Map, tag: "!!map" },
        });
        let found = find_child(node, name).map_err(|e| e.prefixed(&format!("fieldName: {name}: ")))?;
        let Some(Some(index)) = found else {
            if made.is_some() {
                self.targets.push(Target { at: at.clone(), revived: None, missing: parts, end: End::Set });
            }
            return Ok(());
        };
        let Some(child) = node.content.as_slice().get(index) else { return Ok(()) };
        at.push(index);
        let revived = if is_list { Some(Made { kind: NodeKind::List, tag: "" }) } else { made };
        let outcome = match revived.filter(|_| child.is_null()) {
            Some(revived) => {
                let end = if is_list { End::Leave } else { End::Set };
                let missing = if is_list { &[] } else { rest };
                self.targets.push(Target { at: at.clone(), revived: Some(revived), missing, end });
                Ok(())
            }
            None => self.visit(child, rest, at, depth + 1),
        };
        at.pop();
        outcome
    }
}

impl Target<'_> {
    fn apply(
        self,
        root: &mut Node,
        made: Option<Made>,
        set: &mut dyn FnMut(&mut Node) -> Result<()>,
    ) -> Result<()> {
        let Some(mut node) = at_mut(root, &self.at) else { return Ok(()) };
        if let Some(Made { kind, tag }) = self.revived {
            node.kind = kind;
            node.tag = Text::from_static(tag);
        }
        let mut rest = self.missing;
        while let Some((part, behind)) = rest.split_first() {
            // A list that is not there is never made.
            if part.ends_with("[]") {
                return Ok(());
            }
            let place = find_child(node, part)?;
            let kind = match (made, behind) {
                (Some(made), []) => made.kind,
                _ => NodeKind::Map,
            };
            let index = match place {
                Some(Some(index)) => index,
                _ => {
                    expect_kind(node, NodeKind::Map)?;
                    let content = node.content.to_mut();
                    content.extend([Node::scalar(Text::EMPTY, part.trim()), Node::new(kind, Text::EMPTY)]);
                    content.len().saturating_sub(1)
                }
            };
            let Some(child) = node.content.to_mut().get_mut(index) else { return Ok(()) };
            node = child;
            rest = behind;
        }
        if self.end == End::Set { set(node) } else { Ok(()) }
    }
}
