//! From tokens to events, as libyaml's parser does it (go-yaml `parserc.go`): a machine with a stack of states.

mod block;
mod direct;
mod document;
mod flow;
mod node;

use super::scanner::{Scanner, Stage, Tag, Token, TokenKind};
use super::{Comments, Dialect, Event, EventKind, Mark, Scalar, ScalarStyle, Source};
use crate::{Error, Result};

/// Reads the events of a stream one by one.
///
/// ```
/// use aoa_lang::Limits;
/// use aoa_lang::yaml::{Dialect, EventKind, Parser, Source};
///
/// let source = Source::new(b"a: 1", &Limits::default())?;
/// let mut parser = Parser::new(&source, Dialect::V2);
/// let mut scalars = Vec::new();
/// loop {
///     match parser.next_event()?.kind {
///         EventKind::Scalar(scalar) => scalars.push(scalar.value),
///         EventKind::StreamEnd => break,
///         _ => {}
///     }
/// }
/// assert_eq!(scalars, ["a", "1"]);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    states: Vec<State>,
    /// Where the open collections begin.
    marks: Vec<Mark>,
    tag_directives: Vec<Tag<'a>>,
    failed: Option<Error>,
    /// Whether the `:` of a key that was read directly comes next.
    is_at_colon: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    StreamStart,
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirstEntry,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingFirstKey,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowSequenceEntryMappingKey,
    FlowSequenceEntryMappingValue,
    FlowSequenceEntryMappingEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    /// At the end of a `[]` or `{}` that was read directly, which is here.
    EmptyFlowSequence(Mark),
    EmptyFlowMapping(Mark),
    End,
}

impl<'a> Parser<'a> {
    /// A parser at the begin of `source`.
    #[must_use]
    pub fn new(source: &'a Source<'_>, dialect: Dialect) -> Parser<'a> {
        Parser {
            scanner: Scanner::new(source, dialect),
            state: State::StreamStart,
            states: Vec::new(),
            marks: Vec::new(),
            tag_directives: Vec::new(),
            failed: None,
            is_at_colon: false,
        }
    }

    /// The next event; after the last one [`EventKind::StreamEnd`] again and again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Syntax`](crate::ErrorKind::Syntax) with go-yaml's text and line; it comes again at every further call.
    pub fn next_event(&mut self) -> Result<Event<'a>> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let event = self.step();
        if let Err(error) = &event {
            self.failed = Some(error.clone());
        }
        event
    }

    fn step(&mut self) -> Result<Event<'a>> {
        match self.state {
            State::StreamStart => self.stream_start(),
            State::ImplicitDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.block_node(),
            State::BlockSequenceFirstEntry => {
                self.open_collection()?;
                self.block_sequence_entry()
            }
            State::BlockSequenceEntry => self.block_sequence_entry(),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingFirstKey => {
                self.open_collection()?;
                self.block_mapping_key()
            }
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirstEntry => {
                self.open_collection()?;
                self.flow_sequence_entry(true)
            }
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowSequenceEntryMappingKey => self.flow_sequence_entry_mapping_key(),
            State::FlowSequenceEntryMappingValue => self.flow_sequence_entry_mapping_value(),
            State::FlowSequenceEntryMappingEnd => self.flow_sequence_entry_mapping_end(),
            State::FlowMappingFirstKey => {
                self.open_collection()?;
                self.flow_mapping_key(true)
            }
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(false),
            State::FlowMappingEmptyValue => self.flow_mapping_value(true),
            State::EmptyFlowSequence(end) => Ok(self.direct_empty_end(EventKind::SequenceEnd, end)),
            State::EmptyFlowMapping(end) => Ok(self.direct_empty_end(EventKind::MappingEnd, end)),
            State::End => Ok(event(EventKind::StreamEnd, Mark::default(), Mark::default())),
        }
    }

    /// Goes back to what surrounds the node that has just ended.
    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    /// Takes the token that begins a collection.
    fn open_collection(&mut self) -> Result<()> {
        let start = self.scanner.peek()?.start;
        self.marks.push(start);
        self.take();
        Ok(())
    }

    fn take(&mut self) -> Option<Token<'a>> {
        self.scanner.take()
    }

    /// Takes the token that ends a collection.
    fn close_collection(&mut self, kind: EventKind<'a>) -> Result<Event<'a>> {
        let (start, end) = self.peek_marks()?;
        self.pop_state();
        self.marks.pop();
        let mut event = event(kind, start, end);
        // From v3's parserc.go: all but block sequences take the comments.
        if self.scanner.dialect == Dialect::V3 && self.state_takes_comments(&event.kind) {
            event.comments = self.scanner.comments.take();
        }
        self.take();
        Ok(event)
    }

    fn state_takes_comments(&mut self, kind: &EventKind<'a>) -> bool {
        let block_end = self.scanner.peek().is_ok_and(|token| matches!(token.kind, TokenKind::BlockEnd));
        !(block_end && matches!(kind, EventKind::SequenceEnd))
    }

    fn peek_marks(&mut self) -> Result<(Mark, Mark)> {
        let token = self.scanner.peek()?;
        Ok((token.start, token.end))
    }

    /// An error with the begin of the collection it is in.
    fn collection_error(&mut self, problem: &str) -> Error {
        let context = self.marks.pop();
        match self.peek_marks() {
            Ok((at, _)) => self.scanner.failure(Stage::Parser, context, at, problem),
            Err(error) => error,
        }
    }

    fn error(&self, at: Mark, problem: &str) -> Error {
        self.scanner.failure(Stage::Parser, None, at, problem)
    }

    /// The scalar that stands where nothing is written.
    fn empty_scalar(&self, at: Mark) -> Event<'a> {
        let scalar = Scalar { value: "".into(), style: ScalarStyle::Plain, properties: None };
        event(EventKind::Scalar(scalar), at, at)
    }

    fn take_comments(&mut self) -> Option<Box<Comments>> {
        match self.scanner.dialect {
            Dialect::V2 => None,
            Dialect::V3 => self.scanner.comments.take(),
        }
    }
}

fn event(kind: EventKind<'_>, start: Mark, end: Mark) -> Event<'_> {
    Event { kind, start, end, comments: None }
}
