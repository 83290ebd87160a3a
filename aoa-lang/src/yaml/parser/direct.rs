//! Block collections read straight from the text: see the scanner's `direct`.
//!
//! Each function returns `None` where the text is for the token queue; then nothing but blanks was taken.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{Event, EventKind, Parser, Scalar, ScalarStyle, State, event};
use crate::Result;
use crate::yaml::scanner::{Ahead, PlainEnd};
use crate::yaml::{Collection, CollectionStyle, Mark};

impl<'a> Parser<'a> {
    /// The next key of a block mapping, or its end.
    #[inline]
    pub(super) fn direct_key(&mut self) -> Option<Event<'a>> {
        match self.scanner.go_to_token()? {
            Ordering::Greater => None,
            Ordering::Less => Some(self.direct_end(EventKind::MappingEnd)),
            Ordering::Equal => {
                let end = self.scanner.find_key()?;
                let start = self.scanner.here();
                let key = self.scanner.take_to(end);
                self.state = State::BlockMappingValue;
                self.is_at_colon = true;
                Some(self.direct_scalar(key.into(), ScalarStyle::Plain, start))
            }
        }
    }

    /// The next entry of a block sequence, or its end.
    pub(super) fn direct_entry(&mut self) -> Result<Option<Event<'a>>> {
        match self.scanner.go_to_token() {
            Some(Ordering::Less) => Ok(Some(self.direct_end(EventKind::SequenceEnd))),
            Some(Ordering::Equal) if self.scanner.is_simple_key_allowed() => {
                if self.scanner.look_ahead() != Ahead::Entry {
                    return Ok(None);
                }
                self.direct_item(State::BlockSequenceEntry).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The next entry of a sequence that is not indented, or its end.
    pub(super) fn direct_indentless_entry(&mut self) -> Result<Option<Event<'a>>> {
        let side = self.scanner.go_to_token();
        if side == Some(Ordering::Equal)
            && self.scanner.is_simple_key_allowed()
            && self.scanner.look_ahead() == Ahead::Entry
        {
            return self.direct_item(State::IndentlessSequenceEntry).map(Some);
        }
        let ends = match side {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => matches!(self.scanner.look_ahead(), Ahead::Plain | Ahead::Quoted(_)),
            _ => false,
        };
        if !ends {
            return Ok(None);
        }
        let mark = self.scanner.here();
        self.pop_state();
        Ok(Some(event(EventKind::SequenceEnd, mark, mark)))
    }

    /// The value behind the `:` of a key that was read directly.
    #[inline]
    pub(super) fn direct_value(&mut self) -> Result<Event<'a>> {
        let colon = self.scanner.take_colon();
        if let Some(event) = self.direct_value_content(colon)? {
            return Ok(event);
        }
        self.key_or_value(State::BlockMappingKey, colon)
    }

    #[inline]
    fn direct_value_content(&mut self, colon: Mark) -> Result<Option<Event<'a>>> {
        let ahead = self.scanner.look_ahead();
        let start = self.scanner.here();
        match ahead {
            Ahead::Plain => {
                let (value, end) = match self.scanner.find_plain_end() {
                    PlainEnd::At(end) => (self.scanner.take_to(end).into(), self.scanner.here()),
                    PlainEnd::Later => self.scanner.take_plain()?,
                    PlainEnd::Key => return Ok(None),
                };
                self.state = State::BlockMappingKey;
                Ok(Some(scalar(value, ScalarStyle::Plain, start, end)))
            }
            Ahead::Quoted(style) => {
                let value = self.scanner.take_quoted(style)?;
                self.state = State::BlockMappingKey;
                Ok(Some(self.direct_scalar(value, style, start)))
            }
            Ahead::Block(style) => {
                let (value, end) = self.scanner.take_block_scalar(style)?;
                self.state = State::BlockMappingKey;
                Ok(Some(scalar(value, style, start, end)))
            }
            Ahead::EmptyList | Ahead::EmptyMap => Ok(Some(self.direct_empty(ahead, State::BlockMappingKey))),
            Ahead::LineEnd => match self.scanner.go_to_token() {
                Some(Ordering::Greater) => self.direct_node(State::BlockMappingKey),
                Some(Ordering::Less) => Ok(Some(self.direct_nothing(colon))),
                Some(Ordering::Equal) => match self.scanner.look_ahead() {
                    Ahead::Entry => {
                        let start = self.scanner.here();
                        self.states.push(State::BlockMappingKey);
                        self.state = State::IndentlessSequenceEntry;
                        let end = Mark { offset: start.offset + 1, column: start.column + 1, ..start };
                        Ok(Some(event(EventKind::SequenceStart(block()), start, end)))
                    }
                    // What may be a key must be one at this column.
                    Ahead::Plain | Ahead::Quoted(_) => Ok(Some(self.direct_nothing(colon))),
                    _ => Ok(None),
                },
                None => Ok(None),
            },
            Ahead::Entry | Ahead::Other => Ok(None),
        }
    }

    fn direct_nothing(&mut self, at: Mark) -> Event<'a> {
        self.state = State::BlockMappingKey;
        self.empty_scalar(at)
    }

    /// Takes `-` and what it holds.
    fn direct_item(&mut self, then: State) -> Result<Event<'a>> {
        let dash = self.scanner.take_dash();
        let found = match self.scanner.look_ahead() {
            Ahead::LineEnd => match self.scanner.go_to_token() {
                Some(Ordering::Greater) => self.direct_node(then)?,
                _ => None,
            },
            _ => self.direct_node(then)?,
        };
        match found {
            Some(event) => Ok(event),
            None => self.entry_content(then, dash),
        }
    }

    /// A node where a key may begin, deeper than what surrounds it.
    fn direct_node(&mut self, then: State) -> Result<Option<Event<'a>>> {
        let ahead = self.scanner.look_ahead();
        let start = self.scanner.here();
        match ahead {
            Ahead::Plain if self.scanner.find_key().is_some() => {
                self.direct_open(then, State::BlockMappingKey, EventKind::MappingStart(block())).map(Some)
            }
            Ahead::Plain => match self.scanner.find_plain_end() {
                PlainEnd::At(end) => {
                    let value = self.scanner.take_to(end);
                    self.state = then;
                    Ok(Some(self.direct_scalar(value.into(), ScalarStyle::Plain, start)))
                }
                PlainEnd::Later | PlainEnd::Key => Ok(None),
            },
            Ahead::Quoted(style) if self.scanner.find_quoted_end(style).is_some() => {
                let value = self.scanner.take_quoted(style)?;
                self.state = then;
                Ok(Some(self.direct_scalar(value, style, start)))
            }
            Ahead::Block(style) => {
                let (value, end) = self.scanner.take_block_scalar(style)?;
                self.state = then;
                Ok(Some(scalar(value, style, start, end)))
            }
            Ahead::EmptyList | Ahead::EmptyMap => Ok(Some(self.direct_empty(ahead, then))),
            Ahead::Entry => {
                self.direct_open(then, State::BlockSequenceEntry, EventKind::SequenceStart(block())).map(Some)
            }
            Ahead::Quoted(_) | Ahead::LineEnd | Ahead::Other => Ok(None),
        }
    }

    fn direct_open(&mut self, then: State, inside: State, kind: EventKind<'a>) -> Result<Event<'a>> {
        let mark = self.scanner.open_block()?;
        self.marks.push(mark);
        self.states.push(then);
        self.state = inside;
        Ok(event(kind, mark, mark))
    }

    fn direct_end(&mut self, kind: EventKind<'a>) -> Event<'a> {
        let mark = self.scanner.close_block();
        self.marks.pop();
        self.pop_state();
        event(kind, mark, mark)
    }

    /// Takes `[]` or `{}`; the end follows as an event of its own.
    fn direct_empty(&mut self, ahead: Ahead, then: State) -> Event<'a> {
        let start = self.scanner.here();
        let end = self.scanner.take_brackets();
        self.states.push(then);
        let head = Collection { style: CollectionStyle::Flow, properties: None };
        let first = Mark { offset: start.offset + 1, column: start.column + 1, ..start };
        let (state, kind) = match ahead {
            Ahead::EmptyList => (State::EmptyFlowSequence(end), EventKind::SequenceStart(head)),
            _ => (State::EmptyFlowMapping(end), EventKind::MappingStart(head)),
        };
        self.state = state;
        event(kind, start, first)
    }

    pub(super) fn direct_empty_end(&mut self, kind: EventKind<'a>, end: Mark) -> Event<'a> {
        self.pop_state();
        let start = Mark { offset: end.offset - 1, column: end.column - 1, ..end };
        event(kind, start, end)
    }

    #[inline]
    fn direct_scalar(&self, value: Cow<'a, str>, style: ScalarStyle, start: Mark) -> Event<'a> {
        scalar(value, style, start, self.scanner.here())
    }
}

#[inline]
fn scalar(value: Cow<'_, str>, style: ScalarStyle, start: Mark, end: Mark) -> Event<'_> {
    event(EventKind::Scalar(Scalar { value, style, properties: None }), start, end)
}

fn block<'a>() -> Collection<'a> {
    Collection { style: CollectionStyle::Block, properties: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::yaml::{Dialect, EventKind, Parser, Source};
    use crate::{Limits, Result};

    fn events(text: &str, direct: bool) -> Result<Vec<String>> {
        let source = Source::new(text.as_bytes(), &Limits::default())?;
        let mut parser = Parser::new(&source, Dialect::V2);
        if !direct {
            parser.scanner.use_queue();
        }
        let mut events = Vec::new();
        loop {
            let event = parser.next_event()?;
            events.push(format!("{event:?}"));
            if event.kind == EventKind::StreamEnd {
                return Ok(events);
            }
        }
    }

    fn check(text: &str) -> std::result::Result<(), TestCaseError> {
        match (events(text, true), events(text, false)) {
            (Ok(direct), Ok(queued)) => prop_assert_eq!(direct, queued, "{:?}", text),
            (Err(direct), Err(queued)) => prop_assert_eq!(direct.message(), queued.message(), "{:?}", text),
            (direct, queued) => prop_assert!(false, "{:?}: {:?} but {:?}", text, direct, queued),
        }
        Ok(())
    }

    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "a: ",
            "b:",
            "key",
            "- ",
            "-",
            "\n",
            "\n",
            "\n  ",
            "\n    ",
            "\n- ",
            "\na: ",
            "\n  b: ",
            "\n  - ",
            " ",
            "x",
            "two words",
            "'q'",
            "\"d\"",
            "'q",
            "\"a\\n\"",
            "|\n",
            ">-\n",
            "|2\n",
            "[]",
            "{}",
            "[a, b]",
            "{a: 1}",
            "[",
            "}",
            " #c",
            "#c",
            ":",
            ": ",
            "?",
            "? ",
            "&x ",
            "*x",
            "!t ",
            "!!str ",
            "---\n",
            "\n---",
            "...\n",
            "\t",
            "\u{e9}",
            "\r\n",
            "\r",
            "\u{85}",
            "\u{2028}",
            "-1",
            "--x",
            "%",
            "@",
            "<<: ",
            ".",
            ",",
            "~",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn direct_reading_and_the_queue_agree(pieces in prop::collection::vec(piece(), 0..24)) {
            check(&pieces.concat())?;
        }
    }

    #[test]
    fn both_read_a_manifest() {
        check("a:\n- b: 1\n  c: [x]\n-\n  - d\n  -   e: |\n        f\n\n  # g\nh: {}\ni: 'j'' k'\nl:\nm: n\n  o\n").unwrap();
    }
}
