//! The place in a pattern, the options that hold there, and the small things that are read.

use std::collections::HashMap;

use super::set::{Category, is_word};
use crate::{Error, Result, unicode};

/// `(?imnsx)`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options {
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
    pub(super) explicit_capture: bool,
    pub(super) singleline: bool,
    pub(super) ignore_space: bool,
    /// Within a lookbehind.
    pub(super) backward: bool,
}

pub(super) struct Cursor<'p> {
    pub(super) source: &'p str,
    pub(super) pattern: Vec<char>,
    pub(super) at: usize,
    pub(super) options: Options,
    /// In the first pass, in which mistakes are passed over.
    pub(super) counting: bool,
    /// The named sets that have been asked for.
    categories: HashMap<String, Option<Category>>,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(source: &'p str) -> Self {
        Cursor {
            source,
            pattern: source.chars().collect(),
            at: 0,
            options: Options::default(),
            counting: false,
            categories: HashMap::new(),
        }
    }

    pub(super) fn error(&self, code: &str) -> Error {
        if self.counting {
            // Nobody will see it, and the pattern may be long.
            return Error::syntax(String::new());
        }
        Error::syntax(format!("error parsing regexp: {code} in `{}`", self.source))
    }

    /// A category, script or property of Unicode.
    pub(super) fn category(&mut self, name: &str) -> Option<Category> {
        if let Some(known) = self.categories.get(name) {
            return known.clone();
        }
        let category = Category::named(name);
        self.categories.insert(name.to_owned(), category.clone());
        category
    }

    /// The character `ahead` of the next one.
    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.pattern.get(self.at.saturating_add(ahead)).copied()
    }

    pub(super) fn take(&mut self) -> Option<char> {
        let next = self.peek(0);
        self.skip(usize::from(next.is_some()));
        next
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }

    pub(super) fn left(&self) -> usize {
        self.pattern.len().saturating_sub(self.at)
    }

    pub(super) fn lower(&self, c: char) -> char {
        if self.options.ignore_case { unicode::to_lower(c) } else { c }
    }

    /// Passes comments, and with `x` white space.
    pub(super) fn skip_blank(&mut self) -> Result<()> {
        loop {
            if self.options.ignore_space {
                while self.peek(0).is_some_and(is_blank) {
                    self.skip(1);
                }
                if self.peek(0) == Some('#') {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.skip(1);
                    }
                    continue;
                }
            }
            if (self.peek(0), self.peek(1), self.peek(2)) != (Some('('), Some('?'), Some('#')) {
                return Ok(());
            }
            while self.peek(0).is_some_and(|c| c != ')') {
                self.skip(1);
            }
            if self.take().is_none() {
                return Err(self.error("unterminated comment"));
            }
        }
    }

    /// Reads a number, none being zero.
    pub(super) fn decimal(&mut self) -> Result<u32> {
        let mut number = 0u32;
        while let Some(digit) = self.peek(0).and_then(|c| c.to_digit(10)) {
            self.skip(1);
            number = number
                .checked_mul(10)
                .and_then(|number| number.checked_add(digit))
                .filter(|number| *number <= i32::MAX.unsigned_abs())
                .ok_or_else(|| self.error("capture group number out of range"))?;
        }
        Ok(number)
    }

    /// Reads word characters.
    pub(super) fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek(0).filter(|c| is_word(*c)) {
            name.push(c);
            self.skip(1);
        }
        name
    }

    /// Reads the letters of `(?imnsx-imnsx`.
    pub(super) fn read_options(&mut self) {
        let mut on = true;
        while let Some(c) = self.peek(0) {
            match c {
                '-' => on = false,
                '+' => on = true,
                'i' | 'I' => self.options.ignore_case = on,
                'm' | 'M' => self.options.multiline = on,
                'n' | 'N' => self.options.explicit_capture = on,
                's' | 'S' => self.options.singleline = on,
                'x' | 'X' => self.options.ignore_space = on,
                // Of no effect here: debugging, and Unicode escapes of another dialect.
                'd' | 'D' | 'u' | 'U' => {}
                _ => return,
            }
            self.skip(1);
        }
    }

    /// Whether a quantifier stands here; a brace is one only with its counts.
    pub(super) fn is_quantifier(&self) -> bool {
        match self.peek(0) {
            Some('*' | '+' | '?') => true,
            Some('{') => {
                let digits = |mut ahead: usize| {
                    while self.peek(ahead).is_some_and(|c| c.is_ascii_digit()) {
                        ahead = ahead.saturating_add(1);
                    }
                    ahead
                };
                let end = digits(1);
                match self.peek(end) {
                    Some('}') => end > 1,
                    Some(',') => end > 1 && self.peek(digits(end.saturating_add(1))) == Some('}'),
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ')
}
