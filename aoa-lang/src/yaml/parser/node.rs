//! One node: its properties and its begin.

use super::{Event, EventKind, Parser, Scalar, ScalarStyle, Stage, State, Tag, TokenKind, event};
use crate::Result;
use crate::yaml::{Collection, CollectionStyle, Dialect, Mark, Properties};

/// Where a node stands, which decides what it can be.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Block,
    /// The key or value of a block mapping: a sequence need not be indented there.
    BlockOrIndentless,
    Flow,
}

impl<'a> Parser<'a> {
    pub(super) fn block_node(&mut self) -> Result<Event<'a>> {
        self.node(Place::Block)
    }

    pub(super) fn node(&mut self, place: Place) -> Result<Event<'a>> {
        let token = self.scanner.peek()?;
        let (mut start, mut end) = (token.start, token.start);
        match token.kind {
            TokenKind::Alias(name) => {
                end = token.end;
                self.pop_state();
                let comments = self.take_comments();
                self.take();
                return Ok(Event { comments, ..event(EventKind::Alias(name), start, end) });
            }
            // Most nodes have no properties.
            TokenKind::Scalar(..) => return self.scalar(start, None),
            _ => {}
        }
        let properties = self.properties(&mut start, &mut end)?;
        let token = self.scanner.peek()?;
        let token_end = token.end;
        let (kind, state) = match token.kind {
            TokenKind::Scalar(..) => return self.scalar(start, properties),
            TokenKind::BlockEntry if place == Place::BlockOrIndentless => {
                let head = Collection { style: CollectionStyle::Block, properties };
                self.state = State::IndentlessSequenceEntry;
                return Ok(event(EventKind::SequenceStart(head), start, token_end));
            }
            TokenKind::FlowSequenceStart => {
                (EventKind::SequenceStart as fn(_) -> _, State::FlowSequenceFirstEntry)
            }
            TokenKind::FlowMappingStart => {
                (EventKind::MappingStart as fn(_) -> _, State::FlowMappingFirstKey)
            }
            TokenKind::BlockSequenceStart if place != Place::Flow => {
                (EventKind::SequenceStart as fn(_) -> _, State::BlockSequenceFirstEntry)
            }
            TokenKind::BlockMappingStart if place != Place::Flow => {
                (EventKind::MappingStart as fn(_) -> _, State::BlockMappingFirstKey)
            }
            _ if properties.is_some() => {
                self.pop_state();
                let scalar = Scalar { value: "".into(), style: ScalarStyle::Plain, properties };
                return Ok(event(EventKind::Scalar(scalar), start, end));
            }
            _ => {
                let at = token.start;
                let problem = "did not find expected node content";
                return Err(self.scanner.failure(Stage::Parser, Some(start), at, problem));
            }
        };
        let flow = matches!(state, State::FlowSequenceFirstEntry | State::FlowMappingFirstKey);
        let style = if flow { CollectionStyle::Flow } else { CollectionStyle::Block };
        self.state = state;
        let mut event = event(kind(Collection { style, properties }), start, token_end);
        if self.scanner.dialect == Dialect::V3 {
            if flow {
                event.comments = self.take_comments();
            } else if let Some(head) = self.scanner.comments.stem.take() {
                event.comments = Some(Box::new(crate::yaml::Comments { head, ..Default::default() }));
            }
        }
        Ok(event)
    }

    fn scalar(&mut self, start: Mark, properties: Option<Box<Properties<'a>>>) -> Result<Event<'a>> {
        self.pop_state();
        let comments = self.take_comments();
        let Some(token) = self.take() else {
            return Ok(self.empty_scalar(start));
        };
        let (value, style) = match token.kind {
            TokenKind::Scalar(value, style) => (value, style),
            _ => ("".into(), ScalarStyle::Plain),
        };
        let scalar = Scalar { value, style, properties };
        Ok(Event { comments, ..event(EventKind::Scalar(scalar), start, token.end) })
    }

    /// An anchor and a tag, in any order.
    fn properties(&mut self, start: &mut Mark, end: &mut Mark) -> Result<Option<Box<Properties<'a>>>> {
        let mut anchor = None;
        let mut tag: Option<(Tag<'a>, Mark)> = None;
        loop {
            let token = self.scanner.peek()?;
            let first = anchor.is_none() && tag.is_none();
            match &token.kind {
                TokenKind::Anchor(name) if anchor.is_none() => anchor = Some(*name),
                TokenKind::Tag(found) if tag.is_none() => tag = Some((Tag::clone(found), token.start)),
                _ => break,
            }
            if first {
                *start = token.start;
            }
            *end = token.end;
            self.take();
        }
        if anchor.is_none() && tag.is_none() {
            return Ok(None);
        }
        let tag = tag.map(|(tag, mark)| self.resolve_tag(tag, *start, mark)).transpose()?;
        Ok(Some(Box::new(Properties { anchor, tag })))
    }
}
