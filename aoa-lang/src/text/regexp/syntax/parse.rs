//! Reads a pattern as Go's `regexp/syntax` does with the flags of `regexp.Compile`.

use super::class::RuneClass;
use super::escape;
use super::tree::{Node, Op, RepeatKind};
use crate::{Error, Result};

/// Go's bound on levels of the tree.
const MAX_HEIGHT: u32 = 1000;
/// Go's bound on compiled instructions.
const MAX_SIZE: u64 = (128 << 20) / 40;
/// Our bound on the ranges of all classes together; Go's is 16 million.
const MAX_RANGES: usize = 1 << 20;
/// Go's bound on repeat counts, alone and multiplied by those within.
const MAX_REPEAT: u32 = 1000;

/// A pattern that was read.
pub(super) struct Parsed {
    pub(super) root: Node,
    /// Names of the groups, `""` where there is none; the first is the whole match.
    pub(super) names: Vec<String>,
}

/// Reads `pattern`.
pub(super) fn parse(pattern: &[u8]) -> Result<Parsed> {
    let mut parser = Parser {
        pattern,
        flags: Flags::default(),
        stack: Vec::new(),
        names: vec![String::new()],
        nodes: 0,
        ranges: 0,
        repeats: 1,
        measured: false,
    };
    let mut rest = pattern;
    let mut last_repeat: &[u8] = b"";
    while !rest.is_empty() {
        (rest, last_repeat) = parser.step(rest, last_repeat)?;
    }
    parser.finish_alternation()?;
    match (parser.stack.pop(), parser.stack.is_empty()) {
        (Some(Item::Node(root)), true) => Ok(Parsed { root, names: parser.names }),
        _ => Err(refusal("missing closing )", pattern)),
    }
}

/// Go's error of `code` at `expression`.
pub(super) fn refusal(code: &str, expression: &[u8]) -> Error {
    Error::syntax(format!("error parsing regexp: {code}: `{}`", String::from_utf8_lossy(expression)))
}

/// The first rune of `text` and what follows it.
pub(super) fn next_rune(text: &[u8]) -> Result<(u32, &[u8])> {
    match decode(text) {
        Some((rune, size)) => Ok((rune, text.get(size..).unwrap_or_default())),
        None => Err(refusal("invalid UTF-8", text)),
    }
}

/// The first rune and its length; `None` where the bytes are not UTF-8.
fn decode(text: &[u8]) -> Option<(u32, usize)> {
    let chunk = text.get(..text.len().min(4))?;
    let valid = match std::str::from_utf8(chunk) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(chunk.get(..error.valid_up_to())?).ok()?,
    };
    valid.chars().next().map(|c| (u32::from(c), c.len_utf8()))
}

/// `text` without the `tail` that it ends with.
pub(super) fn before<'t>(text: &'t [u8], tail: &[u8]) -> &'t [u8] {
    text.get(..text.len().saturating_sub(tail.len())).unwrap_or_default()
}

/// The flags of `(?imsU)`.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) fold: bool,
    multiline: bool,
    dot_newline: bool,
    ungreedy: bool,
}

enum Item {
    Node(Node),
    /// `(`: the group's number if it captures, and the flags to go back to.
    LeftParen {
        capture: Option<u32>,
        flags: Flags,
    },
    VerticalBar,
}

struct Parser<'p> {
    pattern: &'p [u8],
    flags: Flags,
    stack: Vec<Item>,
    names: Vec<String>,
    nodes: u64,
    ranges: usize,
    repeats: u64,
    /// Whether sizes are being checked: Go starts when they could matter.
    measured: bool,
}

impl<'p> Parser<'p> {
    /// Reads one item; gives the rest and the repetition operator that was read, if it was one.
    fn step(&mut self, text: &'p [u8], last_repeat: &'p [u8]) -> Result<(&'p [u8], &'p [u8])> {
        let (first, tail) = text.split_first().map_or((0, text), |(first, tail)| (*first, tail));
        let none: &[u8] = b"";
        match first {
            b'(' if tail.first() == Some(&b'?') => return Ok((self.perl_group(text)?, none)),
            b'(' => self.open_group(String::new())?,
            b'|' => self.vertical_bar()?,
            b')' => self.right_paren()?,
            b'^' => self.op(if self.flags.multiline { Op::LineStart } else { Op::TextStart })?,
            b'$' => self.op(if self.flags.multiline { Op::LineEnd } else { Op::TextEnd })?,
            b'.' => self.op(if self.flags.dot_newline { Op::Any } else { Op::AnyButNewline })?,
            b'[' => return Ok((self.class(text)?, none)),
            b'*' => return self.repeat(RepeatKind::Star, text, tail, last_repeat),
            b'+' => return self.repeat(RepeatKind::Plus, text, tail, last_repeat),
            b'?' => return self.repeat(RepeatKind::Quest, text, tail, last_repeat),
            b'{' => match counts(tail) {
                // What is no repetition is a literal brace.
                None => self.literal(u32::from('{'))?,
                Some(Counts { min, max, rest }) => {
                    let kind = checked_counts(min, max)
                        .ok_or_else(|| refusal("invalid repeat count", before(text, rest)))?;
                    return self.repeat(kind, text, rest, last_repeat);
                }
            },
            b'\\' => return Ok((self.backslash(text)?, none)),
            _ => {
                let (rune, rest) = next_rune(text)?;
                self.literal(rune)?;
                return Ok((rest, none));
            }
        }
        Ok((tail, none))
    }

    fn backslash(&mut self, text: &'p [u8]) -> Result<&'p [u8]> {
        let rest = text.get(2..).unwrap_or_default();
        match text.get(1) {
            Some(b'A') => self.op(Op::TextStart)?,
            Some(b'b') => self.op(Op::WordBoundary)?,
            Some(b'B') => self.op(Op::NoWordBoundary)?,
            Some(b'C') => return Err(refusal("invalid escape sequence", b"\\C")),
            Some(b'z') => self.op(Op::TextEnd)?,
            Some(b'Q') => {
                let end = rest.windows(2).position(|pair| pair == b"\\E");
                let (mut quoted, rest) = match end {
                    Some(end) => (rest.get(..end), rest.get(end.saturating_add(2)..)),
                    None => (Some(rest), None),
                };
                while let Some(text) = quoted.filter(|text| !text.is_empty()) {
                    let (rune, tail) = next_rune(text)?;
                    self.literal(rune)?;
                    quoted = Some(tail);
                }
                return Ok(rest.unwrap_or_default());
            }
            _ => {
                let mut class = RuneClass::default();
                if let Some(rest) = escape::class_escape(text, self.flags.fold, &mut class)? {
                    class.clean();
                    self.push_class(class)?;
                    return Ok(rest);
                }
                let (rune, rest) = escape::rune_escape(text)?;
                self.literal(rune)?;
                return Ok(rest);
            }
        }
        Ok(rest)
    }

    fn class(&mut self, text: &'p [u8]) -> Result<&'p [u8]> {
        let (class, rest) = escape::bracket_class(text, self.flags.fold)?;
        self.push_class(class)?;
        Ok(rest)
    }

    fn push_class(&mut self, class: RuneClass) -> Result<()> {
        self.ranges = self.ranges.saturating_add(class.len());
        if self.ranges > MAX_RANGES {
            return Err(Error::limit("the character classes of a regular expression hold too many ranges"));
        }
        self.op(Op::Class(class))
    }

    fn literal(&mut self, rune: u32) -> Result<()> {
        self.op(Op::Literal { runes: vec![rune], fold: self.flags.fold })
    }

    fn op(&mut self, op: Op) -> Result<()> {
        self.nodes = self.nodes.saturating_add(1);
        self.push(Node::new(op))
    }

    fn push(&mut self, node: Node) -> Result<()> {
        self.check_limits(&node)?;
        self.stack.push(Item::Node(node));
        Ok(())
    }

    /// `checkLimits` of regexp/syntax.
    fn check_limits(&mut self, node: &Node) -> Result<()> {
        if !self.measured {
            if let Op::Repeat { kind: RepeatKind::Counted { min, max }, .. } = &node.op {
                let count = u64::from(max.unwrap_or(*min)).max(1);
                self.repeats = self.repeats.saturating_mul(count).min(MAX_SIZE);
            }
            self.measured = self.nodes >= MAX_SIZE.checked_div(self.repeats).unwrap_or(0);
        }
        if self.measured && node.size > MAX_SIZE {
            return Err(refusal("expression too large", self.pattern));
        }
        if node.height > MAX_HEIGHT {
            return Err(refusal("expression nests too deeply", self.pattern));
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        kind: RepeatKind,
        start: &'p [u8],
        after: &'p [u8],
        last_repeat: &'p [u8],
    ) -> Result<(&'p [u8], &'p [u8])> {
        let (lazy, after) = match after.split_first() {
            Some((b'?', tail)) => (true, tail),
            _ => (false, after),
        };
        if !last_repeat.is_empty() {
            return Err(refusal("invalid nested repetition operator", before(last_repeat, after)));
        }
        let Some(Item::Node(sub)) = self.stack.pop_if(|item| matches!(item, Item::Node(_))) else {
            return Err(refusal("missing argument to repetition operator", before(start, after)));
        };
        let greedy = lazy == self.flags.ungreedy;
        let node = Node::new(Op::Repeat { kind, greedy, sub: Box::new(sub) });
        self.nodes = self.nodes.saturating_add(1);
        self.check_limits(&node)?;
        let counted = matches!(kind, RepeatKind::Counted { min, max } if min >= 2 || max >= Some(2));
        if counted && node.copies > u64::from(MAX_REPEAT) {
            return Err(refusal("invalid repeat count", before(start, after)));
        }
        self.stack.push(Item::Node(node));
        Ok((after, start))
    }

    /// Reads `(?…`.
    fn perl_group(&mut self, text: &'p [u8]) -> Result<&'p [u8]> {
        let name_start = match (text.get(2), text.get(3)) {
            (Some(b'P'), Some(b'<')) if text.len() > 4 => Some(4),
            (Some(b'<'), Some(_)) => Some(3),
            _ => None,
        };
        match name_start {
            Some(start) => self.named_group(text, start),
            None => self.flag_group(text),
        }
    }

    fn named_group(&mut self, text: &'p [u8], start: usize) -> Result<&'p [u8]> {
        let Some(end) = text.iter().position(|b| *b == b'>') else {
            check_utf8(text)?;
            return Err(refusal("invalid named capture", text));
        };
        let name = text.get(start..end).unwrap_or_default();
        check_utf8(name)?;
        let rest = text.get(end.saturating_add(1)..).unwrap_or_default();
        if name.is_empty() || !name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') {
            return Err(refusal("invalid named capture", before(text, rest)));
        }
        self.open_group(String::from_utf8_lossy(name).into_owned())?;
        Ok(rest)
    }

    fn flag_group(&mut self, text: &'p [u8]) -> Result<&'p [u8]> {
        let mut rest = text.get(2..).unwrap_or_default();
        let mut flags = self.flags;
        let (mut on, mut saw_flag) = (true, false);
        while !rest.is_empty() {
            let (rune, tail) = next_rune(rest)?;
            rest = tail;
            match char::from_u32(rune).unwrap_or('\0') {
                'i' => flags.fold = on,
                'm' => flags.multiline = on,
                's' => flags.dot_newline = on,
                'U' => flags.ungreedy = on,
                '-' if on => {
                    (on, saw_flag) = (false, false);
                    continue;
                }
                end @ (':' | ')') if on || saw_flag => {
                    if end == ':' {
                        self.push_paren(None)?;
                    }
                    self.flags = flags;
                    return Ok(rest);
                }
                _ => break,
            }
            saw_flag = true;
        }
        Err(refusal("invalid or unsupported Perl syntax", before(text, rest)))
    }

    fn open_group(&mut self, name: String) -> Result<()> {
        let index = u32::try_from(self.names.len()).ok();
        self.names.push(name);
        self.push_paren(index)
    }

    fn push_paren(&mut self, capture: Option<u32>) -> Result<()> {
        self.nodes = self.nodes.saturating_add(1);
        self.stack.push(Item::LeftParen { capture, flags: self.flags });
        Ok(())
    }

    fn vertical_bar(&mut self) -> Result<()> {
        self.finish_concatenation()?;
        // What has been alternated so far stays below one bar.
        if !self.swap_bar() {
            self.nodes = self.nodes.saturating_add(1);
            self.stack.push(Item::VerticalBar);
        }
        Ok(())
    }

    fn right_paren(&mut self) -> Result<()> {
        self.finish_alternation()?;
        match (self.stack.pop(), self.stack.pop()) {
            (Some(Item::Node(sub)), Some(Item::LeftParen { capture, flags })) => {
                self.flags = flags;
                match capture {
                    Some(index) => self.push(Node::new(Op::Capture { index, sub: Box::new(sub) })),
                    None => self.push(sub),
                }
            }
            _ => Err(refusal("unexpected )", self.pattern)),
        }
    }

    /// Puts the bar below the top of the stack on top; `false` if there is none.
    fn swap_bar(&mut self) -> bool {
        let Some(below) = self.stack.len().checked_sub(2) else { return false };
        let has_bar = matches!(self.stack.get(below), Some(Item::VerticalBar));
        if has_bar {
            self.stack.swap(below, below.saturating_add(1));
        }
        has_bar
    }

    fn finish_alternation(&mut self) -> Result<()> {
        self.finish_concatenation()?;
        if self.swap_bar() {
            self.stack.pop();
        }
        let subs = self.pop_nodes();
        let node = collapse(subs, |op| match op {
            Op::Alternate(subs) => Ok(subs),
            other => Err(other),
        });
        self.push(node.unwrap_or_else(|subs| Node::new(Op::Alternate(subs))))
    }

    fn finish_concatenation(&mut self) -> Result<()> {
        let subs = merge_literals(self.pop_nodes());
        let node = collapse(subs, |op| match op {
            Op::Concat(subs) => Ok(subs),
            other => Err(other),
        });
        self.push(
            node.unwrap_or_else(|subs| Node::new(if subs.is_empty() { Op::Empty } else { Op::Concat(subs) })),
        )
    }

    /// Takes the nodes above the topmost `(` or `|`.
    fn pop_nodes(&mut self) -> Vec<Node> {
        let start = self.stack.iter().rposition(|item| !matches!(item, Item::Node(_))).map_or(0, |at| at + 1);
        let nodes = self.stack.split_off(start);
        nodes
            .into_iter()
            .filter_map(|item| match item {
                Item::Node(node) => Some(node),
                Item::LeftParen { .. } | Item::VerticalBar => None,
            })
            .collect()
    }
}

/// The only one of `subs`, or all of them with those of the same operator opened.
fn collapse(
    subs: Vec<Node>,
    open: impl Fn(Op) -> std::result::Result<Vec<Node>, Op>,
) -> std::result::Result<Node, Vec<Node>> {
    let mut all = Vec::with_capacity(subs.len());
    let single = subs.len() == 1;
    for node in subs {
        if single {
            return Ok(node);
        }
        let Node { op, height, size, copies } = node;
        match open(op) {
            Ok(subs) => all.extend(subs),
            Err(op) => all.push(Node { op, height, size, copies }),
        }
    }
    Err(all)
}

/// Joins neighbouring literals of the same case rule.
fn merge_literals(nodes: Vec<Node>) -> Vec<Node> {
    let mut merged: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes {
        if let (
            Some(Node { op: Op::Literal { runes, fold }, size, .. }),
            Op::Literal { runes: more, fold: same },
        ) = (merged.last_mut(), &node.op)
            && fold == same
        {
            runes.extend_from_slice(more);
            *size = size.saturating_add(node.size);
            continue;
        }
        merged.push(node);
    }
    merged
}

/// `{min,max}` as it is written; a number that is too big is `None`.
struct Counts<'p> {
    min: Option<u32>,
    /// `Some(None)` for a number that is too big, `None` for no end.
    max: Option<Option<u32>>,
    rest: &'p [u8],
}

fn checked_counts(min: Option<u32>, max: Option<Option<u32>>) -> Option<RepeatKind> {
    let min = min.filter(|min| *min <= MAX_REPEAT)?;
    match max {
        None => Some(RepeatKind::Counted { min, max: None }),
        Some(max) => {
            let max = max.filter(|max| *max <= MAX_REPEAT && min <= *max)?;
            Some(RepeatKind::Counted { min, max: Some(max) })
        }
    }
}

/// Reads the counts behind `{`; `None` if that is no repetition.
fn counts(text: &[u8]) -> Option<Counts<'_>> {
    let (min, rest) = integer(text)?;
    let (max, rest) = match rest.split_first()? {
        (b',', rest) if rest.first() == Some(&b'}') => (None, rest),
        (b',', rest) => {
            let (max, rest) = integer(rest)?;
            (Some(max), rest)
        }
        _ => (Some(min), rest),
    };
    match rest.split_first() {
        Some((b'}', rest)) => Some(Counts { min, max, rest }),
        _ => None,
    }
}

/// Reads a decimal number without leading zeros.
fn integer(text: &[u8]) -> Option<(Option<u32>, &[u8])> {
    let length = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(length)?;
    if digits.is_empty() || (digits.len() > 1 && digits.first() == Some(&b'0')) {
        return None;
    }
    let number = digits
        .iter()
        .try_fold(0u32, |n, digit| n.checked_mul(10)?.checked_add(u32::from(digit.saturating_sub(b'0'))));
    Some((number, rest))
}

pub(super) fn check_utf8(text: &[u8]) -> Result<()> {
    match std::str::from_utf8(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(refusal("invalid UTF-8", text.get(error.valid_up_to()..).unwrap_or_default())),
    }
}
