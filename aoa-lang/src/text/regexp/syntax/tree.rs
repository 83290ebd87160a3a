//! The tree that a pattern parses to, with the measures that Go bounds.

use super::class::RuneClass;

/// A parsed expression.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) op: Op,
    /// Levels of nodes, this one included.
    pub(super) height: u32,
    /// Instructions that Go would compile it to, estimated as Go does.
    pub(super) size: u64,
    /// The largest product of nested repeat counts.
    pub(super) copies: u64,
}

/// What a node matches.
#[derive(Debug)]
pub(super) enum Op {
    Empty,
    Literal { runes: Vec<u32>, fold: bool },
    Class(RuneClass),
    AnyButNewline,
    Any,
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    WordBoundary,
    NoWordBoundary,
    Capture { index: u32, sub: Box<Node> },
    Repeat { kind: RepeatKind, greedy: bool, sub: Box<Node> },
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
}

/// The operator that repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RepeatKind {
    Star,
    Plus,
    Quest,
    /// `{min,max}`; no `max` means without end.
    Counted {
        min: u32,
        max: Option<u32>,
    },
}

impl Node {
    pub(super) fn new(op: Op) -> Node {
        let subs: &[Node] = match &op {
            Op::Capture { sub, .. } | Op::Repeat { sub, .. } => std::slice::from_ref(sub),
            Op::Concat(subs) | Op::Alternate(subs) => subs,
            _ => &[],
        };
        let height = subs.iter().map(|s| s.height).max().unwrap_or(0).saturating_add(1);
        let inner_size = subs.iter().fold(0u64, |total, sub| total.saturating_add(sub.size));
        let inner_copies = subs.iter().map(|s| s.copies).max().unwrap_or(1);
        let size = size(&op, inner_size).max(1);
        let copies = match &op {
            Op::Repeat { kind: RepeatKind::Counted { max: Some(0), .. }, .. } => 1,
            Op::Repeat { kind: RepeatKind::Counted { min, max }, .. } => {
                inner_copies.saturating_mul(u64::from(max.unwrap_or(*min)).max(1))
            }
            _ => inner_copies,
        };
        Node { op, height, size, copies }
    }
}

/// `calcSize` of regexp/syntax.
fn size(op: &Op, inner: u64) -> u64 {
    match op {
        Op::Literal { runes, .. } => runes.len() as u64,
        Op::Capture { .. } | Op::Repeat { kind: RepeatKind::Star, .. } => inner.saturating_add(2),
        Op::Repeat { kind: RepeatKind::Plus | RepeatKind::Quest, .. } => inner.saturating_add(1),
        Op::Repeat { kind: RepeatKind::Counted { min: 0, max: None }, .. } => inner.saturating_add(2),
        Op::Repeat { kind: RepeatKind::Counted { min, max: None }, .. } => {
            inner.saturating_mul(u64::from(*min)).saturating_add(1)
        }
        Op::Repeat { kind: RepeatKind::Counted { min, max: Some(max) }, .. } => {
            inner.saturating_mul(u64::from(*max)).saturating_add(u64::from(max.saturating_sub(*min)))
        }
        Op::Concat(_) => inner,
        Op::Alternate(subs) => inner.saturating_add((subs.len() as u64).saturating_sub(1)),
        _ => 1,
    }
}
