//! Reads what a backslash begins, outside of sets.

use std::sync::Arc;

use super::cursor::Cursor;
use super::groups::Groups;
use super::set::{Category, CharSet, is_word};
use super::tree::{Assert, Node, One, Way, What};
use crate::Result;

impl Cursor<'_> {
    pub(super) fn way(&self) -> Way {
        Way { backward: self.options.backward, fold: self.options.ignore_case }
    }

    /// Reads the escape behind a backslash. The first pass has no `groups` yet, and does not look at the outcome.
    pub(super) fn backslash(&mut self, groups: Option<&Groups>) -> Result<Node> {
        let Some(letter) = self.peek(0) else {
            return Err(self.error("illegal \\ at end of pattern"));
        };
        let assertion = match letter {
            'b' => Some(Assert::WordBoundary),
            'B' => Some(Assert::NoWordBoundary),
            'A' => Some(Assert::TextStart),
            'G' => Some(Assert::SearchStart),
            'Z' => Some(Assert::LastLineEnd),
            'z' => Some(Assert::TextEnd),
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.skip(1);
            return Ok(Node::Assert(assertion));
        }
        let set = match letter {
            'w' | 's' | 'W' | 'S' => {
                let category =
                    if letter.eq_ignore_ascii_case(&'w') { Category::Word } else { Category::Space };
                self.skip(1);
                CharSet::of_category(category, letter.is_ascii_uppercase())
            }
            'd' | 'D' => {
                self.skip(1);
                let mut set = CharSet::default();
                if let Some(digits) = self.category("Nd") {
                    set.add_category(digits, letter == 'D');
                }
                set
            }
            'p' | 'P' => {
                self.skip(1);
                let mut set = CharSet::default();
                for category in self.property()? {
                    set.add_category(category, letter == 'P');
                }
                set
            }
            _ => return self.reference_or_char(letter, groups),
        };
        Ok(Node::One(One { what: What::Set(Arc::new(set)), way: self.way() }))
    }

    /// Reads `{Name}` or one letter behind `\p`; with `i` the cases of letters are one.
    pub(super) fn property(&mut self) -> Result<Vec<Category>> {
        let mut name = String::new();
        match self.peek(0) {
            Some(letter) if letter != '{' => {
                self.skip(1);
                name.push(letter);
            }
            _ => {
                if self.left() < 3 {
                    return Err(self.error("incomplete \\p{X} character escape"));
                }
                self.skip(1);
                while let Some(c) = self.peek(0).filter(|c| is_word(*c) || *c == '-') {
                    name.push(c);
                    self.skip(1);
                }
                if self.take() != Some('}') {
                    return Err(self.error("incomplete \\p{X} character escape"));
                }
            }
        }
        let unknown = |cursor: &Self, name: &str| {
            cursor.error(&format!("unknown unicode category, script, or property '{name}'"))
        };
        let names: &[&str] = match name.as_str() {
            "Ll" | "Lu" | "Lt" if self.options.ignore_case => &["Ll", "Lu", "Lt"],
            name => &[name],
        };
        names.iter().map(|name| self.category(name).ok_or_else(|| unknown(self, name))).collect()
    }

    /// Reads `\1`, `\k<name>`, `\<name>`, or a character.
    fn reference_or_char(&mut self, letter: char, groups: Option<&Groups>) -> Result<Node> {
        let start = self.at;
        let mut close = None;
        let by_k = letter == 'k';
        if by_k {
            if self.left() >= 2 {
                self.skip(1);
                close = self.take().and_then(closing);
            }
            if close.is_none() || self.left() == 0 {
                return Err(self.error("malformed \\k<...> named back reference"));
            }
        } else if self.left() > 1
            && let Some(mark) = closing(letter)
        {
            close = Some(mark);
            self.skip(1);
        }
        let first = self.peek(0).unwrap_or_default();
        let way = self.way();
        match close {
            Some(close) if first.is_ascii_digit() => {
                let number = self.decimal()?;
                if self.take() == Some(close) {
                    return match groups.and_then(|groups| groups.numbered(number)) {
                        Some(group) => Ok(Node::Reference { group, way }),
                        None => Err(self.error(&format!("reference to undefined group number {number}"))),
                    };
                }
            }
            Some(close) => {
                let name = self.name();
                if !name.is_empty() && self.take() == Some(close) {
                    let Some(groups) = groups else { return Ok(Node::Empty) };
                    return match groups.named(&name) {
                        Some(group) => Ok(Node::Reference { group, way }),
                        None => Err(self.error(&format!("reference to undefined group name {name}"))),
                    };
                } else if by_k {
                    return Err(self.error("malformed \\k<...> named back reference"));
                }
            }
            None if ('1'..='9').contains(&first) => {
                let number = self.decimal()?;
                let Some(groups) = groups else { return Ok(Node::Empty) };
                match groups.numbered(number) {
                    Some(group) => return Ok(Node::Reference { group, way }),
                    None if number <= 9 => {
                        return Err(self.error(&format!("reference to undefined group number {number}")));
                    }
                    // Of more digits than one, it is an octal number.
                    None => {}
                }
            }
            None => {}
        }
        self.at = start;
        let c = self.char_escape()?;
        Ok(Node::One(One { what: What::Char(self.lower(c)), way }))
    }

    /// Reads an escape that stands for one character.
    pub(super) fn char_escape(&mut self) -> Result<char> {
        let letter = self.take().unwrap_or_default();
        Ok(match letter {
            '0'..='7' => {
                self.at = self.at.saturating_sub(1);
                return Ok(self.octal());
            }
            'x' if self.peek(0) == Some('{') => {
                self.skip(1);
                return self.hex_in_braces();
            }
            'x' => return self.hex(2),
            'u' => return self.hex(4),
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' => '\u{1B}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{B}',
            'c' => {
                let Some(control) = self.take() else {
                    return Err(self.error("missing control character"));
                };
                let code = u32::from(control.to_ascii_uppercase()).wrapping_sub(0x40);
                let control = char::from_u32(code).filter(|c| *c < ' ');
                return control.ok_or_else(|| self.error("unrecognized control character"));
            }
            letter if is_word(letter) => {
                return Err(self.error(&format!("unrecognized escape sequence \\{letter}")));
            }
            letter => letter,
        })
    }

    fn octal(&mut self) -> char {
        let mut value = 0u32;
        for _ in 0..3 {
            let Some(digit) = self.peek(0).and_then(|c| c.to_digit(8)) else { break };
            value = value.saturating_mul(8).saturating_add(digit);
            self.skip(1);
        }
        char::from_u32(value & 0xFF).unwrap_or_default()
    }

    fn hex(&mut self, digits: usize) -> Result<char> {
        let mut value = 0u32;
        let mut missing = digits;
        if self.left() >= digits {
            while missing > 0 {
                let Some(digit) = self.take().and_then(|c| c.to_digit(16)) else { break };
                value = value.saturating_mul(16).saturating_add(digit);
                missing = missing.saturating_sub(1);
            }
        }
        if missing > 0 {
            return Err(self.error("insufficient hexadecimal digits"));
        }
        Ok(to_char(value))
    }

    fn hex_in_braces(&mut self) -> Result<char> {
        let mut value = None;
        while let Some(c) = self.take() {
            if c == '}' {
                return value.map(to_char).ok_or_else(|| self.error("insufficient hexadecimal digits"));
            }
            let Some(digit) = c.to_digit(16) else { break };
            let next = value.unwrap_or(0u32).saturating_mul(16).saturating_add(digit);
            if next > u32::from(char::MAX) {
                return Err(self.error("hex values may not be larger than 0x10FFFF"));
            }
            value = Some(next);
        }
        Err(self.error("missing closing }"))
    }
}

/// A surrogate is in no text; the last character that is none stands for it.
fn to_char(value: u32) -> char {
    char::from_u32(value).unwrap_or('\u{10FFFF}')
}

/// The mark that ends a name that begins with `open`.
pub(super) fn closing(open: char) -> Option<char> {
    match open {
        '<' => Some('>'),
        '\'' => Some('\''),
        _ => None,
    }
}
