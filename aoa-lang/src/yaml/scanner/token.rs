//! What the scanner hands to the parser.

use std::borrow::Cow;

use crate::yaml::{Mark, ScalarStyle};

#[derive(Clone, Debug)]
pub(in crate::yaml) struct Token<'a> {
    pub(in crate::yaml) kind: TokenKind<'a>,
    pub(in crate::yaml) start: Mark,
    pub(in crate::yaml) end: Mark,
}

#[derive(Clone, Debug)]
pub(in crate::yaml) enum TokenKind<'a> {
    StreamStart,
    StreamEnd,
    VersionDirective { major: u8, minor: u8 },
    TagDirective(Box<Tag<'a>>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a str),
    Anchor(&'a str),
    Tag(Box<Tag<'a>>),
    Scalar(Cow<'a, str>, ScalarStyle),
}

/// A tag `handle` + `rest`; of a directive, `rest` is what the handle stands for.
#[derive(Clone, Debug)]
pub(in crate::yaml) struct Tag<'a> {
    /// Empty in `!<tag>` and in `!` alone.
    pub(in crate::yaml) handle: &'a str,
    pub(in crate::yaml) rest: Cow<'a, str>,
}
