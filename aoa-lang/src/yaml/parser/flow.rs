//! Flow sequences and mappings.

use super::node::Place;
use super::{Event, EventKind, Parser, State, TokenKind, event};
use crate::Result;
use crate::yaml::{Collection, CollectionStyle};

impl<'a> Parser<'a> {
    pub(super) fn flow_sequence_entry(&mut self, first: bool) -> Result<Event<'a>> {
        if !matches!(self.scanner.peek()?.kind, TokenKind::FlowSequenceEnd) {
            if !first {
                if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry) {
                    return Err(self.collection_error("did not find expected ',' or ']'"));
                }
                self.take();
            }
            let token = self.scanner.peek()?;
            match token.kind {
                TokenKind::Key => {
                    let (start, end) = (token.start, token.end);
                    self.state = State::FlowSequenceEntryMappingKey;
                    self.take();
                    let head = Collection { style: CollectionStyle::Flow, properties: None };
                    return Ok(event(EventKind::MappingStart(head), start, end));
                }
                TokenKind::FlowSequenceEnd => {}
                _ => {
                    self.states.push(State::FlowSequenceEntry);
                    return self.node(Place::Flow);
                }
            }
        }
        self.close_collection(EventKind::SequenceEnd)
    }

    pub(super) fn flow_sequence_entry_mapping_key(&mut self) -> Result<Event<'a>> {
        let token = self.scanner.peek()?;
        let mark = token.end;
        if !matches!(token.kind, TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
            self.states.push(State::FlowSequenceEntryMappingValue);
            return self.node(Place::Flow);
        }
        // From parserc.go: the token is taken, so that `[? , a]` loses its comma.
        self.take();
        self.state = State::FlowSequenceEntryMappingValue;
        Ok(self.empty_scalar(mark))
    }

    pub(super) fn flow_sequence_entry_mapping_value(&mut self) -> Result<Event<'a>> {
        let token = self.scanner.peek()?;
        let mark = token.start;
        if matches!(token.kind, TokenKind::Value) {
            self.take();
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                self.states.push(State::FlowSequenceEntryMappingEnd);
                return self.node(Place::Flow);
            }
        }
        self.state = State::FlowSequenceEntryMappingEnd;
        Ok(self.empty_scalar(mark))
    }

    pub(super) fn flow_sequence_entry_mapping_end(&mut self) -> Result<Event<'a>> {
        let start = self.scanner.peek()?.start;
        self.state = State::FlowSequenceEntry;
        Ok(event(EventKind::MappingEnd, start, start))
    }

    pub(super) fn flow_mapping_key(&mut self, first: bool) -> Result<Event<'a>> {
        if !matches!(self.scanner.peek()?.kind, TokenKind::FlowMappingEnd) {
            if !first {
                if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry) {
                    return Err(self.collection_error("did not find expected ',' or '}'"));
                }
                self.take();
            }
            match self.scanner.peek()?.kind {
                TokenKind::Key => {
                    self.take();
                    let token = self.scanner.peek()?;
                    let mark = token.start;
                    if !matches!(
                        token.kind,
                        TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd
                    ) {
                        self.states.push(State::FlowMappingValue);
                        return self.node(Place::Flow);
                    }
                    self.state = State::FlowMappingValue;
                    return Ok(self.empty_scalar(mark));
                }
                TokenKind::FlowMappingEnd => {}
                _ => {
                    self.states.push(State::FlowMappingEmptyValue);
                    return self.node(Place::Flow);
                }
            }
        }
        self.close_collection(EventKind::MappingEnd)
    }

    pub(super) fn flow_mapping_value(&mut self, empty: bool) -> Result<Event<'a>> {
        let token = self.scanner.peek()?;
        let mut mark = token.start;
        if !empty && matches!(token.kind, TokenKind::Value) {
            self.take();
            let token = self.scanner.peek()?;
            mark = token.start;
            if !matches!(token.kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                self.states.push(State::FlowMappingKey);
                return self.node(Place::Flow);
            }
        }
        self.state = State::FlowMappingKey;
        Ok(self.empty_scalar(mark))
    }
}
