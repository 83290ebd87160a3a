//! Block sequences and mappings.

use super::node::Place;
use super::{Dialect, Event, EventKind, Mark, Parser, State, TokenKind, event};
use crate::Result;

impl<'a> Parser<'a> {
    pub(super) fn block_sequence_entry(&mut self) -> Result<Event<'a>> {
        if self.scanner.is_direct()
            && let Some(event) = self.direct_entry()?
        {
            return Ok(event);
        }
        let token = self.scanner.peek()?;
        let mark = token.end;
        match token.kind {
            TokenKind::BlockEntry => {
                self.take_entry()?;
                self.entry_content(State::BlockSequenceEntry, mark)
            }
            TokenKind::BlockEnd => self.close_collection(EventKind::SequenceEnd),
            _ => Err(self.collection_error("did not find expected '-' indicator")),
        }
    }

    /// What stands behind `-`, which ends at `mark`, in a sequence whose next state is `then`.
    pub(super) fn entry_content(&mut self, then: State, mark: Mark) -> Result<Event<'a>> {
        let is_empty = match &self.scanner.peek()?.kind {
            TokenKind::BlockEntry | TokenKind::BlockEnd => true,
            TokenKind::Key | TokenKind::Value => then == State::IndentlessSequenceEntry,
            _ => false,
        };
        if is_empty {
            self.state = then;
            return Ok(self.empty_scalar(mark));
        }
        self.states.push(then);
        self.node(Place::Block)
    }

    pub(super) fn indentless_sequence_entry(&mut self) -> Result<Event<'a>> {
        if self.scanner.is_direct()
            && let Some(event) = self.direct_indentless_entry()?
        {
            return Ok(event);
        }
        let token = self.scanner.peek()?;
        let (start, mark) = (token.start, token.end);
        if !matches!(token.kind, TokenKind::BlockEntry) {
            self.pop_state();
            return Ok(event(EventKind::SequenceEnd, start, start));
        }
        self.take_entry()?;
        self.entry_content(State::IndentlessSequenceEntry, mark)
    }

    /// Takes `-`. In v3 the comment above it belongs to the collection that follows, if one does.
    fn take_entry(&mut self) -> Result<()> {
        let head = self.scanner.comments.pending.head.len();
        self.take();
        if self.scanner.dialect == Dialect::V2 || head == 0 {
            return Ok(());
        }
        let next = &self.scanner.peek()?.kind;
        if matches!(next, TokenKind::BlockSequenceStart | TokenKind::BlockMappingStart) {
            let comments = &mut self.scanner.comments;
            let rest = comments.pending.head.get(head + 1..).unwrap_or_default().to_owned();
            let mut stem = std::mem::replace(&mut comments.pending.head, rest);
            stem.truncate(head);
            comments.stem = Some(stem);
        }
        Ok(())
    }

    pub(super) fn block_mapping_key(&mut self) -> Result<Event<'a>> {
        if self.scanner.is_direct()
            && let Some(event) = self.direct_key()
        {
            return Ok(event);
        }
        let token = self.scanner.peek()?;
        let mark = token.end;
        match token.kind {
            TokenKind::Key => {
                self.take();
                self.key_or_value(State::BlockMappingValue, mark)
            }
            TokenKind::BlockEnd => self.close_collection(EventKind::MappingEnd),
            _ => Err(self.collection_error("did not find expected key")),
        }
    }

    pub(super) fn block_mapping_value(&mut self) -> Result<Event<'a>> {
        if std::mem::take(&mut self.is_at_colon) {
            return self.direct_value();
        }
        let token = self.scanner.peek()?;
        let (start, mark) = (token.start, token.end);
        if !matches!(token.kind, TokenKind::Value) {
            self.state = State::BlockMappingKey;
            return Ok(self.empty_scalar(start));
        }
        self.take();
        self.key_or_value(State::BlockMappingKey, mark)
    }

    /// What stands behind `?` or `:`, which end at `mark`.
    pub(super) fn key_or_value(&mut self, then: State, mark: Mark) -> Result<Event<'a>> {
        if matches!(self.scanner.peek()?.kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd) {
            self.state = then;
            return Ok(self.empty_scalar(mark));
        }
        self.states.push(then);
        self.node(Place::BlockOrIndentless)
    }
}
