//! Reads `[…]`.

use super::cursor::Cursor;
use super::set::{Category, CharSet};
use crate::{Error, Result};

/// Levels of sets that are taken away from sets.
const MAX_DEPTH: usize = 50;

impl Cursor<'_> {
    /// Reads a set behind its `[`.
    pub(super) fn charset(&mut self) -> Result<CharSet> {
        let set = self.charset_at(0, true)?;
        set.ok_or_else(|| self.error("unterminated [] set"))
    }

    /// Passes a set as the first pass over the pattern does, mistakes and all.
    pub(super) fn skip_charset(&mut self) {
        // The pass goes on where the set could not be read on.
        let _ = self.charset_at(0, false);
    }

    fn charset_at(&mut self, depth: usize, checked: bool) -> Result<Option<CharSet>> {
        if depth > MAX_DEPTH {
            return Err(Error::limit("the sets of a regular expression are nested too deeply"));
        }
        let mut set = CharSet::default();
        set.negated = self.peek(0) == Some('^');
        self.skip(usize::from(set.negated));
        let (mut range_from, mut first, mut closed) = (None, true, false);
        while let Some(next) = self.take() {
            let was_first = std::mem::replace(&mut first, false);
            let (mut c, mut escaped) = (next, false);
            match next {
                ']' if !was_first => {
                    closed = true;
                    break;
                }
                '\\' if self.left() > 0 => match self.set_escape(&mut set, range_from.is_some(), checked)? {
                    Some(literal) => (c, escaped) = (literal, true),
                    None => continue,
                },
                '[' if self.peek(0) == Some(':') && range_from.is_none() => self.skip_posix_name(),
                _ => {}
            }
            let subtracts = !escaped && !was_first;
            if let Some(from) = range_from.take() {
                if !checked {
                    continue;
                }
                if c == '[' && subtracts {
                    set.add_range(from, from);
                    self.subtraction(&mut set, depth, checked)?;
                } else if from > c {
                    return Err(self.error(&format!("[{from}-{c}] range in reverse order")));
                } else {
                    set.add_range(from, c);
                }
            } else if self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']') {
                range_from = Some(c);
                self.skip(1);
            } else if c == '-' && subtracts && self.peek(0) == Some('[') {
                self.skip(1);
                self.subtraction(&mut set, depth, checked)?;
            } else {
                set.add_range(c, c);
            }
        }
        if !closed {
            return if checked { Ok(None) } else { Err(self.error("unterminated [] set")) };
        }
        if self.options.ignore_case && checked {
            set.lower();
        }
        set.finish();
        Ok(Some(set))
    }

    fn subtraction(&mut self, set: &mut CharSet, depth: usize, checked: bool) -> Result<()> {
        let taken = self.charset_at(depth.saturating_add(1), checked);
        if !checked {
            return Ok(());
        }
        let taken = taken?.ok_or_else(|| self.error("unterminated [] set"))?;
        set.subtracted = Some(Box::new(taken));
        if self.peek(0).is_some_and(|c| c != ']') {
            return Err(self.error("a subtraction must be the last element in a character class"));
        }
        Ok(())
    }

    /// Adds what an escape stands for, or gives the character that it stands for.
    fn set_escape(&mut self, set: &mut CharSet, in_range: bool, checked: bool) -> Result<Option<char>> {
        let Some(letter) = self.peek(0) else { return Ok(None) };
        let negated = letter.is_ascii_uppercase();
        let category = match letter.to_ascii_lowercase() {
            'd' => self.category("Nd"),
            's' => Some(Category::Space),
            'w' => Some(Category::Word),
            'p' => None,
            '-' => {
                self.skip(1);
                set.add_range('-', '-');
                return Ok(None);
            }
            _ => return self.char_escape().map(Some),
        };
        self.skip(1);
        if in_range && checked {
            return Err(
                self.error(&format!("cannot include class \\{} in character range", u32::from(letter)))
            );
        }
        match category {
            Some(category) => set.add_category(category, negated),
            None => match self.property() {
                Ok(categories) => {
                    for category in categories {
                        set.add_category(category, negated);
                    }
                }
                Err(error) if checked => return Err(error),
                Err(_) => {}
            },
        }
        Ok(None)
    }

    /// Passes the name of a POSIX class, which means nothing in this dialect; goes back unless it is complete.
    fn skip_posix_name(&mut self) {
        let start = self.at;
        self.skip(1);
        if self.peek(0) == Some('^') && self.left() > 1 {
            self.skip(1);
        }
        self.name();
        if self.left() < 2 || self.take() != Some(':') || self.take() != Some(']') {
            self.at = start;
        }
    }
}
