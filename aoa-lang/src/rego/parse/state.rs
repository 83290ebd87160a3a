//! Words one after the other, going back, errors.

use std::collections::HashMap;

use super::super::module::Version;
use super::super::scan::{Keywords, Scanner, Token};
use super::super::tree::Term;
use super::Problem;

/// How deep terms and bodies may nest.
const DEEPEST: u32 = 100;

/// A parser; `state` is what it goes back to.
pub(super) struct Parser<'s> {
    pub(super) version: Version,
    pub(super) state: State<'s>,
    /// Whether `not { ... }` is read as a body.
    pub(super) not_bodies: bool,
    depth: u32,
    /// Terms that were read already, by where they begin: what is tried as a comprehension first is read again as a list.
    cache: HashMap<usize, (Term, State<'s>)>,
}

#[derive(Clone)]
pub(super) struct State<'s> {
    scanner: Scanner<'s>,
    pub(super) keywords: Keywords,
    pub(super) token: Token,
    pub(super) text: &'s str,
    pub(super) start: usize,
    pub(super) row: u32,
    pub(super) skipped_newline: bool,
    wildcards: u32,
    pub(super) errors: Vec<Problem>,
}

impl<'s> Parser<'s> {
    pub(super) fn new(source: &'s str, version: Version) -> Self {
        let keywords = if version == Version::V1 { Keywords::ALL } else { Keywords::default() };
        let state = State {
            scanner: Scanner::new(source),
            keywords,
            token: Token::End,
            text: "",
            start: 0,
            row: 1,
            skipped_newline: false,
            wildcards: 0,
            errors: Vec::new(),
        };
        let mut parser = Parser { version, state, not_bodies: false, depth: 0, cache: HashMap::new() };
        parser.scan();
        parser
    }

    pub(super) fn token(&self) -> Token {
        self.state.token
    }

    pub(super) fn row(&self) -> u32 {
        self.state.row
    }

    /// The next word that is no white space.
    pub(super) fn scan(&mut self) {
        self.advance(true, None);
    }

    /// The next word, white space included.
    pub(super) fn scan_space(&mut self) {
        self.advance(false, None);
    }

    /// The next part of a template string.
    pub(super) fn scan_part(&mut self, is_raw: bool) {
        self.advance(false, Some(is_raw));
    }

    fn advance(&mut self, skips_space: bool, mut part: Option<bool>) {
        let state = &mut self.state;
        if state.token != Token::Space {
            state.skipped_newline = false;
        }
        loop {
            let word = match part.take() {
                Some(is_raw) => state.scanner.next_part(is_raw),
                None => state.scanner.next(state.keywords),
            };
            (state.token, state.text, state.start, state.row) = (word.token, word.text, word.start, word.row);
            if let Some((message, row)) = word.problem {
                state.errors.push(Problem { row, message: message.to_owned(), is_limit: false });
            }
            if state.token == Token::Space {
                state.skipped_newline |= state.text == "\n";
                if skips_space {
                    continue;
                }
            }
            if state.token != Token::Comment {
                return;
            }
        }
    }

    pub(super) fn save(&self) -> State<'s> {
        self.state.clone()
    }

    pub(super) fn restore(&mut self, state: State<'s>) {
        self.state = state;
    }

    pub(super) fn error(&mut self, row: u32, message: impl Into<String>) {
        self.state.errors.push(Problem { row, message: message.into(), is_limit: false });
    }

    /// The word that stands here does not belong here.
    pub(super) fn illegal(&mut self, note: &str) {
        let row = self.row();
        let token = self.token();
        if token == Token::Illegal {
            self.error(row, "illegal token");
            return;
        }
        let kind = if token.is_keyword() { "keyword" } else { "token" };
        let colon = if note.is_empty() { "" } else { ": " };
        self.error(row, format!("unexpected {} {kind}{colon}{note}", token.name()));
    }

    /// One level deeper; false if that is too deep.
    pub(super) fn enter(&mut self) -> bool {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.too_deep();
            self.depth -= 1;
            return false;
        }
        true
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn too_deep(&mut self) {
        let row = self.row();
        let message = format!("max parsing recursion depth exceeded: {DEEPEST}");
        self.state.errors.push(Problem { row, message, is_limit: true });
    }

    pub(super) fn deepest(&self) -> u32 {
        DEEPEST
    }

    pub(super) fn recall(&mut self) -> Option<Term> {
        let (term, state) = self.cache.get(&self.state.start)?;
        let (term, state) = (term.clone(), state.clone());
        self.state = state;
        Some(term)
    }

    pub(super) fn remember(&mut self, start: usize, term: &Term) {
        if self.state.errors.is_empty() {
            self.cache.insert(start, (term.clone(), self.state.clone()));
        }
    }

    pub(super) fn forget(&mut self) {
        self.cache.clear();
    }

    /// Treats a keyword as a name where references may hold them.
    pub(super) fn keyword_as_name(&mut self) -> bool {
        if self.token() != Token::Ident && self.token().is_keyword() {
            self.state.token = Token::Ident;
        }
        self.token() == Token::Ident
    }

    /// Whether a keyword begins a reference here; then it is a name.
    pub(super) fn keyword_begins_reference(&mut self) -> bool {
        if !self.token().is_keyword() {
            return false;
        }
        let before = self.save();
        self.scan_space();
        let follows = self.token();
        self.restore(before);
        let begins = matches!(follows, Token::Dot | Token::OpenBracket);
        if begins {
            self.state.token = Token::Ident;
        }
        begins
    }

    /// The variable that stands here; each `_` is another.
    pub(super) fn var(&mut self) -> Term {
        if self.state.text == "_" {
            return self.wildcard();
        }
        Term::var(self.state.text, self.row())
    }

    pub(super) fn wildcard(&mut self) -> Term {
        let name = format!("${}", self.state.wildcards);
        self.state.wildcards += 1;
        Term::var(&name, self.row())
    }
}
