//! The tree of an expression.

use std::sync::Arc;

use super::set::CharSet;

/// An expression.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Empty,
    /// Matches nothing at all.
    Nothing,
    One(One),
    Assert(Assert),
    Reference {
        group: usize,
        way: Way,
    },
    /// `uncapture` names the group whose last capture is taken back: a balancing group.
    Capture {
        group: Option<usize>,
        uncapture: Option<usize>,
        sub: Box<Node>,
    },
    Look {
        negative: bool,
        sub: Box<Node>,
    },
    Atomic(Box<Node>),
    Loop {
        min: u32,
        max: Option<u32>,
        lazy: bool,
        sub: Box<Node>,
    },
    /// In the order in which the parts are matched.
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    IfCaptured {
        group: usize,
        yes: Box<Node>,
        no: Box<Node>,
    },
    If {
        condition: Box<Node>,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

/// How characters are taken from the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Way {
    /// From right to left.
    pub(super) backward: bool,
    /// As small letters.
    pub(super) fold: bool,
}

/// One character of the text.
#[derive(Clone, Debug)]
pub(super) struct One {
    pub(super) what: What,
    pub(super) way: Way,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Char(char),
    NotChar(char),
    Set(Arc<CharSet>),
}

impl What {
    pub(super) fn accepts(&self, c: char) -> bool {
        match self {
            What::Char(wanted) => c == *wanted,
            What::NotChar(unwanted) => c != *unwanted,
            What::Set(set) => set.contains(c),
        }
    }
}

/// A condition on a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assert {
    LineStart,
    LineEnd,
    TextStart,
    /// Where the search began: `\G`.
    SearchStart,
    /// The end, or before a newline that ends the text.
    LastLineEnd,
    TextEnd,
    WordBoundary,
    NoWordBoundary,
}
