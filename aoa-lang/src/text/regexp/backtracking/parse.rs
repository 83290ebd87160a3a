//! Reads a pattern: `syntax/parser.go` of regexp2, whose own order of looking at things is kept.

use std::sync::Arc;

use super::cursor::{Cursor, Options, is_blank};
use super::escape::closing;
use super::groups::Groups;
use super::set::{CharSet, is_word};
use super::tree::{Assert, Node, One, What};
use crate::{Error, Result};

/// Levels of groups.
const MAX_DEPTH: usize = 200;

/// Reads `pattern`.
pub(super) fn parse(pattern: &str) -> Result<(Node, usize)> {
    let mut cursor = Cursor::new(pattern);
    cursor.counting = true;
    let counted = Groups::count_in(&mut cursor);
    cursor.counting = false;
    let groups = counted.map_err(|_| cursor.error("capture group number out of range"))?;
    (cursor.at, cursor.options) = (0, Options::default());
    let mut parser = Parser {
        cursor,
        groups,
        next_group: 1,
        ignore_paren: false,
        frames: vec![Frame::new(Kind::Capture { group: groups_root(), uncapture: None }, Options::default())],
        unit: None,
    };
    parser.scan()?;
    let count = parser.groups.count();
    let root = match (parser.frames.pop(), parser.frames.is_empty()) {
        (Some(frame), true) => frame.finish(&parser.cursor)?,
        _ => return Err(parser.cursor.error("missing closing )")),
    };
    Ok((root, count))
}

/// The whole match is group 0.
fn groups_root() -> Option<usize> {
    Some(0)
}

/// What a group does.
enum Kind {
    Plain,
    Capture {
        group: Option<usize>,
        uncapture: Option<usize>,
    },
    Look {
        negative: bool,
    },
    Atomic,
    IfCaptured {
        group: usize,
    },
    /// The condition, once it has been read.
    If {
        condition: Option<Node>,
    },
}

/// An open group.
struct Frame {
    kind: Kind,
    /// The options to go back to.
    outer: Options,
    backward: bool,
    alternatives: Vec<Node>,
    parts: Vec<Node>,
}

impl Frame {
    fn new(kind: Kind, options: Options) -> Self {
        Frame {
            kind,
            outer: options,
            backward: options.backward,
            alternatives: Vec::new(),
            parts: Vec::new(),
        }
    }

    fn end_alternative(&mut self) {
        let mut parts = std::mem::take(&mut self.parts);
        if self.backward {
            parts.reverse();
        }
        self.alternatives.push(if parts.is_empty() { Node::Empty } else { Node::Concat(parts) });
    }

    fn finish(mut self, cursor: &Cursor<'_>) -> Result<Node> {
        self.end_alternative();
        let mut alternatives = self.alternatives;
        let mut branches = |cursor: &Cursor<'_>| {
            if alternatives.len() > 2 {
                return Err(cursor.error("too many | in (?()|)"));
            }
            let mut branches = std::mem::take(&mut alternatives).into_iter();
            let mut next = || Box::new(branches.next().unwrap_or(Node::Empty));
            Ok((next(), next()))
        };
        Ok(match self.kind {
            Kind::IfCaptured { group } => {
                let (yes, no) = branches(cursor)?;
                Node::IfCaptured { group, yes, no }
            }
            Kind::If { condition } => {
                let (yes, no) = branches(cursor)?;
                Node::If { condition: Box::new(condition.unwrap_or(Node::Empty)), yes, no }
            }
            kind => {
                let body = match alternatives.len() {
                    1 => alternatives.pop().unwrap_or(Node::Empty),
                    _ => Node::Alternate(alternatives),
                };
                match kind {
                    Kind::Capture { group, uncapture } => {
                        Node::Capture { group, uncapture, sub: Box::new(body) }
                    }
                    Kind::Look { negative } => Node::Look { negative, sub: Box::new(body) },
                    Kind::Atomic => Node::Atomic(Box::new(body)),
                    Kind::Plain | Kind::IfCaptured { .. } | Kind::If { .. } => body,
                }
            }
        })
    }
}

struct Parser<'p> {
    cursor: Cursor<'p>,
    groups: Groups,
    next_group: u32,
    ignore_paren: bool,
    frames: Vec<Frame>,
    /// What a quantifier would repeat.
    unit: Option<Node>,
}

impl Parser<'_> {
    fn scan(&mut self) -> Result<()> {
        let mut quantifier = false;
        while self.cursor.left() > 0 {
            let was_quantifier = std::mem::take(&mut quantifier);
            self.cursor.skip_blank()?;
            let start = self.cursor.at;
            while self.cursor.peek(0).is_some_and(|c| self.is_ordinary(c)) {
                self.cursor.skip(1);
            }
            let end = self.cursor.at;
            // A comment that does not end is told of when it is come upon.
            let _ = self.cursor.skip_blank();
            let special = self.cursor.peek(0).filter(|c| is_special(*c));
            if let Some(special) = special {
                quantifier = matches!(special, '*' | '+' | '?' | '{');
                self.cursor.skip(1);
            }
            self.ordinary(start, end, quantifier);
            let was_quantifier = was_quantifier && start == end;
            let Some(special) = special else { continue };
            if self.special(special, was_quantifier)? == Next::Quantifier {
                quantifier = self.quantifiers()?;
            }
        }
        Ok(())
    }

    /// Adds the characters from `start` to `end`; the last one is the unit of a quantifier that follows.
    fn ordinary(&mut self, start: usize, end: usize, quantifier: bool) {
        for at in start..end {
            let Some(c) = self.cursor.pattern.get(at).copied() else { return };
            let node = self.one(What::Char(self.cursor.lower(c)));
            if quantifier && at.saturating_add(1) == end {
                self.unit = Some(node);
            } else {
                self.add(node);
            }
        }
    }

    fn special(&mut self, special: char, was_quantifier: bool) -> Result<Next> {
        let options = self.cursor.options;
        let unit = match special {
            '[' => {
                let set = self.cursor.charset()?;
                self.one(What::Set(Arc::new(set)))
            }
            '(' => {
                self.open_group()?;
                return Ok(Next::Item);
            }
            '|' => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.end_alternative();
                }
                return Ok(Next::Item);
            }
            ')' => {
                return Ok(if self.close_group()? { Next::Quantifier } else { Next::Item });
            }
            '\\' => self.cursor.backslash(Some(&self.groups))?,
            '^' if options.multiline => Node::Assert(Assert::LineStart),
            '^' => Node::Assert(Assert::TextStart),
            '$' if options.multiline => Node::Assert(Assert::LineEnd),
            '$' => Node::Assert(Assert::LastLineEnd),
            '.' if options.singleline => {
                let mut set = CharSet::default();
                set.add_range('\0', char::MAX);
                self.one(What::Set(Arc::new(set)))
            }
            '.' => self.one(What::NotChar('\n')),
            _ if self.unit.is_none() => {
                return Err(self.cursor.error(match was_quantifier {
                    true => "invalid nested repetition operator",
                    false => "missing argument to repetition operator",
                }));
            }
            _ => {
                self.cursor.at = self.cursor.at.saturating_sub(1);
                return Ok(Next::Quantifier);
            }
        };
        self.unit = Some(unit);
        Ok(Next::Quantifier)
    }

    /// Reads the quantifier behind the unit, if there is one; tells whether a quantifier stood there.
    fn quantifiers(&mut self) -> Result<bool> {
        self.cursor.skip_blank()?;
        let is_quantifier = self.cursor.is_quantifier();
        let Some(unit) = self.unit.take() else { return Ok(is_quantifier) };
        if !is_quantifier {
            self.add(unit);
            return Ok(false);
        }
        let (min, max) = match self.cursor.take() {
            Some('*') => (0, None),
            Some('?') => (0, Some(1)),
            Some('+') => (1, None),
            _ => {
                let min = self.cursor.decimal()?;
                let mut max = Some(min);
                if self.cursor.peek(0) == Some(',') {
                    self.cursor.skip(1);
                    max = if self.cursor.peek(0) == Some('}') { None } else { Some(self.cursor.decimal()?) };
                }
                self.cursor.skip(1);
                (min, max.filter(|max| *max < i32::MAX.unsigned_abs()))
            }
        };
        self.cursor.skip_blank()?;
        let lazy = self.cursor.peek(0) == Some('?');
        self.cursor.skip(usize::from(lazy));
        if max.is_some_and(|max| min > max) {
            return Err(self.cursor.error("invalid repeat count"));
        }
        self.add(match (min, max) {
            (_, Some(0)) => Node::Empty,
            (1, Some(1)) => unit,
            // So often that no text is long enough.
            (min, _) if min >= i32::MAX.unsigned_abs() => Node::Nothing,
            (min, max) => Node::Loop { min, max, lazy, sub: Box::new(unit) },
        });
        Ok(true)
    }

    fn add(&mut self, node: Node) {
        if let Some(frame) = self.frames.last_mut() {
            frame.parts.push(node);
        }
    }

    fn one(&self, what: What) -> Node {
        Node::One(One { what, way: self.cursor.way() })
    }

    fn is_ordinary(&self, c: char) -> bool {
        let stops = is_special(c) || (self.cursor.options.ignore_space && (is_blank(c) || c == '#'));
        !stops || (c == '{' && !self.cursor.is_quantifier())
    }

    fn open_group(&mut self) -> Result<()> {
        let outer = self.cursor.options;
        let Some(kind) = self.group_kind()? else { return Ok(()) };
        if self.frames.len() >= MAX_DEPTH {
            return Err(Error::limit("the groups of a regular expression are nested too deeply"));
        }
        let mut frame = Frame::new(kind, self.cursor.options);
        frame.outer = outer;
        self.frames.push(frame);
        Ok(())
    }

    /// Closes the group; tells whether it is a unit, which a condition is not.
    fn close_group(&mut self) -> Result<bool> {
        if self.frames.len() <= 1 {
            return Err(self.cursor.error("unexpected )"));
        }
        let Some(frame) = self.frames.pop() else { return Ok(false) };
        self.cursor.options = frame.outer;
        let node = frame.finish(&self.cursor)?;
        if let Some(Frame { kind: Kind::If { condition: condition @ None }, .. }) = self.frames.last_mut() {
            *condition = Some(node);
            return Ok(false);
        }
        self.unit = Some(node);
        Ok(true)
    }

    /// Reads what follows `(`; `None` for options that hold from here on, as in `(?i)`.
    fn group_kind(&mut self) -> Result<Option<Kind>> {
        let start = self.cursor.at;
        if self.cursor.peek(0) != Some('?') || self.cursor.peek(1) == Some(')') {
            if self.cursor.options.explicit_capture || std::mem::take(&mut self.ignore_paren) {
                self.ignore_paren = false;
                return Ok(Some(Kind::Plain));
            }
            let group = self.groups.numbered(self.next_group);
            self.next_group = self.next_group.saturating_add(1);
            return Ok(Some(Kind::Capture { group, uncapture: None }));
        }
        self.cursor.skip(1);
        let kind = match self.cursor.take() {
            Some(':') => Some(Kind::Plain),
            Some('>') => Some(Kind::Atomic),
            Some(mark @ ('=' | '!')) => {
                self.cursor.options.backward = false;
                Some(Kind::Look { negative: mark == '!' })
            }
            Some(open @ ('<' | '\'')) => self.angled_group(open)?,
            Some('(') => Some(self.condition()?),
            Some(_) => {
                self.cursor.at = self.cursor.at.saturating_sub(1);
                let in_condition =
                    self.frames.last().is_some_and(|frame| matches!(frame.kind, Kind::If { .. }));
                if !in_condition {
                    self.cursor.read_options();
                }
                match self.cursor.take() {
                    Some(')') => return Ok(None),
                    Some(':') => Some(Kind::Plain),
                    _ => None,
                }
            }
            None => None,
        };
        match kind {
            Some(kind) => Ok(Some(kind)),
            None => {
                let text: String =
                    self.cursor.pattern.get(start..self.cursor.at).unwrap_or_default().iter().collect();
                Err(self.cursor.error(&format!("unrecognized grouping construct: ({text}")))
            }
        }
    }

    /// Reads what follows `(?<` or `(?'`: a lookbehind, or a name, or the names of a balancing group.
    fn angled_group(&mut self, open: char) -> Result<Option<Kind>> {
        let close = closing(open);
        if let Some(mark @ ('=' | '!')) = self.cursor.peek(0) {
            self.cursor.skip(1);
            if open == '\'' {
                return Ok(None);
            }
            self.cursor.options.backward = true;
            return Ok(Some(Kind::Look { negative: mark == '!' }));
        }
        let Some(first) = self.cursor.peek(0) else { return Ok(None) };
        let bad_name = |cursor: &Cursor<'_>| {
            cursor.error(
                "invalid group name: group names must begin with a word character and have a matching terminator",
            )
        };
        let mut group = None;
        if first.is_ascii_digit() {
            let number = self.cursor.decimal()?;
            group = self.groups.numbered(number);
            if self.cursor.peek(0).is_some_and(|c| Some(c) != close && c != '-') {
                return Err(bad_name(&self.cursor));
            }
            if group.is_some() && number == 0 {
                return Err(self.cursor.error("capture number cannot be zero"));
            }
        } else if is_word(first) {
            let name = self.cursor.name();
            group = self.groups.named(&name);
            if self.cursor.peek(0).is_some_and(|c| Some(c) != close && c != '-') {
                return Err(bad_name(&self.cursor));
            }
        } else if first != '-' {
            return Err(bad_name(&self.cursor));
        }
        let mut uncapture = None;
        if (group.is_some() || first == '-') && self.cursor.peek(0) == Some('-') {
            self.cursor.skip(1);
            uncapture = Some(self.balanced_group()?);
            if self.cursor.peek(0).is_some_and(|c| Some(c) != close) {
                return Err(bad_name(&self.cursor));
            }
        }
        if (group.is_some() || uncapture.is_some()) && self.cursor.peek(0).is_some() {
            let end = self.cursor.take();
            if end == close {
                return Ok(Some(Kind::Capture { group, uncapture }));
            }
        }
        Ok(None)
    }

    /// Reads the group behind the dash of `(?<a-b>`.
    fn balanced_group(&mut self) -> Result<usize> {
        match self.cursor.peek(0) {
            Some(c) if c.is_ascii_digit() => {
                let number = self.cursor.decimal()?;
                self.groups
                    .numbered(number)
                    .ok_or_else(|| self.cursor.error(&format!("reference to undefined group number {number}")))
            }
            Some(c) if is_word(c) => {
                let name = self.cursor.name();
                self.groups
                    .named(&name)
                    .ok_or_else(|| self.cursor.error(&format!("reference to undefined group name {name}")))
            }
            _ => Err(self.cursor.error(
                "invalid group name: group names must begin with a word character and have a matching terminator",
            )),
        }
    }

    /// Reads what follows `(?(`: the number or the name of a group, or an expression.
    fn condition(&mut self) -> Result<Kind> {
        let start = self.cursor.at;
        match self.cursor.peek(0) {
            Some(c) if c.is_ascii_digit() => {
                let number = self.cursor.decimal()?;
                if self.cursor.take() != Some(')') {
                    return Err(self.cursor.error(&format!("(?({number}) ) malformed")));
                }
                return match self.groups.numbered(number) {
                    Some(group) => Ok(Kind::IfCaptured { group }),
                    None => Err(self.cursor.error(&format!("(?({number}) ) reference to undefined group"))),
                };
            }
            Some(c) if is_word(c) => {
                let name = self.cursor.name();
                if let Some(group) = self.groups.named(&name)
                    && self.cursor.take() == Some(')')
                {
                    return Ok(Kind::IfCaptured { group });
                }
            }
            _ => {}
        }
        self.cursor.at = start.saturating_sub(1);
        self.ignore_paren = true;
        if self.cursor.left() >= 3 && self.cursor.peek(1) == Some('?') {
            let captures = match (self.cursor.peek(2), self.cursor.peek(3)) {
                (Some('#'), _) => {
                    return Err(self.cursor.error("alternation conditions cannot be comments"));
                }
                (Some('\''), _) => true,
                (Some('<'), Some(c)) => c != '!' && c != '=',
                _ => false,
            };
            if captures {
                return Err(self.cursor.error("alternation conditions do not capture and cannot be named"));
            }
        }
        Ok(Kind::If { condition: None })
    }
}

/// What comes next.
#[derive(PartialEq)]
enum Next {
    Item,
    Quantifier,
}

fn is_special(c: char) -> bool {
    matches!(c, '$' | '('..='+' | '.' | '?' | '[' | '\\' | '^' | '{' | '|')
}
