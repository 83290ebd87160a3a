//! Reads a glob into a tree: `syntax/lexer` and `syntax/ast` of gobwas/glob.

use super::MAX_TOKENS;
use crate::{Error, Result};

/// Levels of braces; each token opens one at most.
const MAX_DEPTH: usize = 100;

/// A piece of a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Nothing,
    Pattern(Vec<Node>),
    AnyOf(Vec<Node>),
    Text(String),
    Any,
    Super,
    Single,
    List { chars: String, not: bool },
    Range { lo: char, hi: char, not: bool },
}

/// Reads `pattern`. Braces that are not closed are closed by the end.
pub(super) fn parse(pattern: &str) -> Result<Node> {
    let mut lexer = Lexer { rest: pattern, depth: 0, problem: None };
    // The open patterns: those of the alternatives that have been read, and the one that is being read.
    let mut open: Vec<(Vec<Node>, Vec<Node>)> = vec![(Vec::new(), Vec::new())];
    let mut count = 0usize;
    while let Some(token) = lexer.next()? {
        count = count.saturating_add(1);
        if count > MAX_TOKENS || open.len() > MAX_DEPTH {
            return Err(Error::limit("the glob has too many parts"));
        }
        match token {
            Token::Open => open.push((Vec::new(), Vec::new())),
            Token::Comma => {
                if let Some((alternatives, current)) = open.last_mut() {
                    alternatives.push(Node::Pattern(std::mem::take(current)));
                }
            }
            Token::Close => close(&mut open),
            Token::Node(node) => {
                if let Some((_, current)) = open.last_mut() {
                    current.push(node);
                }
            }
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    Ok(Node::Pattern(open.pop().map(|(_, root)| root).unwrap_or_default()))
}

fn close(open: &mut Vec<(Vec<Node>, Vec<Node>)>) {
    if let Some((mut alternatives, current)) = open.pop() {
        alternatives.push(Node::Pattern(current));
        if let Some((_, outer)) = open.last_mut() {
            outer.push(Node::AnyOf(alternatives));
        }
    }
}

enum Token {
    Open,
    Comma,
    Close,
    Node(Node),
}

struct Lexer<'p> {
    rest: &'p str,
    depth: usize,
    /// Comes out when the next token is asked for.
    problem: Option<&'static str>,
}

impl Lexer<'_> {
    /// The next token; `None` at the end, which is also a zero character where a token would begin.
    fn next(&mut self) -> Result<Option<Token>> {
        loop {
            let first = self.read();
            let token = match first {
                None => None,
                Some('{') => {
                    self.depth = self.depth.saturating_add(1);
                    Some(Token::Open)
                }
                Some(',') if self.depth > 0 => Some(Token::Comma),
                Some('}') if self.depth > 0 => {
                    self.depth = self.depth.saturating_sub(1);
                    Some(Token::Close)
                }
                Some('[') => Some(Token::Node(self.class()?)),
                Some('?') => Some(Token::Node(Node::Single)),
                Some('*') if self.rest.starts_with('*') => {
                    self.read();
                    Some(Token::Node(Node::Super))
                }
                Some('*') => {
                    self.check_rune();
                    Some(Token::Node(Node::Any))
                }
                Some(first) => {
                    let stops: &[char] =
                        if self.depth > 0 { &['?', '*', '[', '{', '}', ','] } else { &['?', '*', '[', '{'] };
                    let text = self.text(Some(first), stops);
                    if text.is_empty() && self.problem.is_none() {
                        continue;
                    }
                    Some(Token::Node(Node::Text(text)))
                }
            };
            return match self.problem {
                Some(problem) => Err(Error::syntax(problem)),
                None => Ok(token),
            };
        }
    }

    /// Reads one character; a zero character is taken away like any other, and is told as the end.
    fn read(&mut self) -> Option<char> {
        self.check_rune();
        if self.problem.is_some() {
            return None;
        }
        let mut chars = self.rest.chars();
        let first = chars.next();
        self.rest = chars.as_str();
        first.filter(|c| *c != '\0')
    }

    /// The library takes U+FFFD for a text that is not UTF-8.
    fn check_rune(&mut self) {
        if self.rest.starts_with('\u{FFFD}') {
            self.problem = Some("could not read rune");
        }
    }

    /// Reads text up to one of `stops`; `first` has been read already.
    fn text(&mut self, first: Option<char>, stops: &[char]) -> String {
        let mut text = String::new();
        let mut escaped = false;
        let mut pending = first;
        loop {
            let next = match pending.take() {
                Some(c) => Some(c),
                None if !escaped && self.rest.starts_with(stops) => return text,
                None => self.read(),
            };
            match next {
                None => return text,
                Some('\\') if !escaped => escaped = true,
                Some(c) => {
                    escaped = false;
                    text.push(c);
                }
            }
        }
    }

    /// Reads what follows `[`. A class is one range, or characters in which a dash that is neither first nor escaped is
    /// a character.
    fn class(&mut self) -> Result<Node> {
        let mut not = false;
        loop {
            let first = self.read_in_class()?;
            if first == '!' && !not {
                not = true;
                continue;
            }
            self.check_rune();
            if self.rest.starts_with('-') {
                self.read();
                let hi = self.read_in_class()?;
                self.close_class()?;
                if hi < first {
                    return Err(Error::syntax(format!(
                        "hi character '{hi}' should be greater than lo '{first}'"
                    )));
                }
                return Ok(Node::Range { lo: first, hi, not });
            }
            let chars = if first == ']' { String::new() } else { self.text(Some(first), &[']']) };
            if first != ']' {
                self.close_class()?;
            }
            if chars.is_empty() {
                return Err(self.problem_or("could not parse range"));
            }
            return Ok(Node::List { chars, not });
        }
    }

    fn read_in_class(&mut self) -> Result<char> {
        self.read().ok_or_else(|| Error::syntax("unexpected end of input"))
    }

    fn close_class(&mut self) -> Result<()> {
        match self.read() {
            Some(']') => Ok(()),
            Some(_) => Err(Error::syntax("expected close range character")),
            None => Err(Error::syntax("unexpected end of input")),
        }
    }

    fn problem_or(&self, other: &'static str) -> Error {
        Error::syntax(self.problem.unwrap_or(other))
    }
}
