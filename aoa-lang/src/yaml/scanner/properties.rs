//! Anchors, tags and directives.

use std::borrow::Cow;

use super::chars::{is_alpha, is_uri};
use super::{Scanner, Tag, TokenKind};
use crate::Result;
use crate::yaml::Mark;

/// Digits of a version number in `%YAML`.
const VERSION_DIGITS: usize = 2;

/// Where a handle stands; a directive's must end in `!`.
#[derive(Clone, Copy, PartialEq)]
enum TagOf {
    Node,
    Directive,
}

impl<'a> Scanner<'a> {
    /// Scans `&name` or `*name`; returns the name.
    pub(super) fn scan_anchor(&mut self) -> Result<&'a str> {
        let start = self.mark();
        self.advance_to(self.pos + 1);
        let name = self.scan_alpha();
        let ends = self.is_blank_or_end(0) || b"?:,]}%@`".contains(&self.byte(0));
        if name.is_empty() || !ends {
            return Err(self.error(start, "did not find expected alphabetic or numeric character"));
        }
        Ok(name)
    }

    /// Scans `!<tag>`, `!handle!tag`, `!tag` or `!`.
    pub(super) fn scan_tag(&mut self) -> Result<Tag<'a>> {
        let start = self.mark();
        let tag = if self.byte(1) == b'<' {
            self.advance_to(self.pos + 2);
            let rest = self.scan_tag_uri("", start)?;
            if self.byte(0) != b'>' {
                return Err(self.error(start, "did not find the expected '>'"));
            }
            self.advance_to(self.pos + 1);
            Tag { handle: "", rest }
        } else {
            let handle = self.scan_tag_handle(TagOf::Node, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                Tag { handle, rest: self.scan_tag_uri("", start)? }
            } else {
                let rest = self.scan_tag_uri(handle, start)?;
                // The tag `!` alone: the handle is empty and the rest is `!`.
                if rest.is_empty() {
                    Tag { handle: "", rest: Cow::Borrowed("!") }
                } else {
                    Tag { handle: "!", rest }
                }
            }
        };
        if !self.is_blank_or_end(0) {
            return Err(self.error(start, "did not find expected whitespace or line break"));
        }
        Ok(tag)
    }

    /// Scans a line that begins with `%`; returns the token and where it ends.
    pub(super) fn scan_directive(&mut self) -> Result<(TokenKind<'a>, Mark)> {
        let start = self.mark();
        self.advance_to(self.pos + 1);
        let name = self.scan_alpha();
        if name.is_empty() {
            return Err(self.error(start, "could not find expected directive name"));
        }
        if !self.is_blank_or_end(0) {
            return Err(self.error(start, "found unexpected non-alphabetical character"));
        }
        let kind = match name {
            "YAML" => self.scan_version(start)?,
            "TAG" => self.scan_tag_directive(start)?,
            _ => return Err(self.error(start, "found unknown directive name")),
        };
        let end = self.mark();
        self.skip_blanks();
        if self.byte(0) == b'#' {
            let line_end = self.line_end();
            self.advance_to(line_end);
        }
        if !self.is_break_or_end(0) {
            return Err(self.error(start, "did not find expected comment or line break"));
        }
        self.take_break();
        Ok((kind, end))
    }

    fn scan_version(&mut self, start: Mark) -> Result<TokenKind<'a>> {
        self.skip_blanks();
        let major = self.scan_version_number(start)?;
        if self.byte(0) != b'.' {
            return Err(self.error(start, "did not find expected digit or '.' character"));
        }
        self.advance_to(self.pos + 1);
        let minor = self.scan_version_number(start)?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn scan_version_number(&mut self, start: Mark) -> Result<u8> {
        let (mut value, mut length) = (0_u8, 0);
        while self.byte(0).is_ascii_digit() {
            length += 1;
            if length > VERSION_DIGITS {
                return Err(self.error(start, "found extremely long version number"));
            }
            value = value * 10 + (self.byte(0) - b'0');
            self.advance_to(self.pos + 1);
        }
        if length == 0 {
            return Err(self.error(start, "did not find expected version number"));
        }
        Ok(value)
    }

    fn scan_tag_directive(&mut self, start: Mark) -> Result<TokenKind<'a>> {
        self.skip_blanks();
        let handle = self.scan_tag_handle(TagOf::Directive, start)?;
        if !super::is_blank(self.byte(0)) {
            return Err(self.error(start, "did not find expected whitespace"));
        }
        self.skip_blanks();
        let rest = self.scan_tag_uri("", start)?;
        if !self.is_blank_or_end(0) {
            return Err(self.error(start, "did not find expected whitespace or line break"));
        }
        Ok(TokenKind::TagDirective(Box::new(Tag { handle, rest })))
    }

    fn scan_alpha(&mut self) -> &'a str {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let length = rest.iter().position(|b| !is_alpha(*b)).unwrap_or(rest.len());
        let name = self.slice(self.pos, self.pos + length);
        self.advance_to(self.pos + length);
        name
    }

    /// Scans `!`, `!name` or `!name!`.
    fn scan_tag_handle(&mut self, of: TagOf, start: Mark) -> Result<&'a str> {
        if self.byte(0) != b'!' {
            return Err(self.error(start, "did not find expected '!'"));
        }
        let from = self.pos;
        self.advance_to(self.pos + 1);
        self.scan_alpha();
        if self.byte(0) == b'!' {
            self.advance_to(self.pos + 1);
        } else if of == TagOf::Directive && self.pos > from + 1 {
            return Err(self.error(start, "did not find expected '!'"));
        }
        Ok(self.slice(from, self.pos))
    }

    /// Scans the rest of a tag; `head` was scanned as a handle and is none: all but its `!` belongs to the rest.
    fn scan_tag_uri(&mut self, head: &'a str, start: Mark) -> Result<Cow<'a, str>> {
        let head = head.get(1..);
        let from = self.pos - head.map_or(0, str::len);
        let first = self.pos;
        let mut escaped: Option<Vec<u8>> = None;
        while is_uri(self.byte(0)) {
            if self.byte(0) == b'%' {
                let bytes = escaped.get_or_insert_with(|| self.slice(from, self.pos).as_bytes().to_vec());
                let mut bytes = std::mem::take(bytes);
                self.scan_uri_escape(start, &mut bytes)?;
                escaped = Some(bytes);
            } else {
                if let Some(bytes) = &mut escaped {
                    bytes.push(self.bytes.get(self.pos).copied().unwrap_or_default());
                }
                self.advance_to(self.pos + 1);
            }
        }
        if head.is_none() && self.pos == first {
            return Err(self.error(start, "did not find expected tag URI"));
        }
        Ok(match escaped {
            None => Cow::Borrowed(self.slice(from, self.pos)),
            // A tag that is not UTF-8 means nothing to anybody.
            Some(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        })
    }

    /// Scans the `%xx` of one character.
    fn scan_uri_escape(&mut self, start: Mark, out: &mut Vec<u8>) -> Result<()> {
        let mut left = None;
        while left != Some(0) {
            let digit = |at: usize| char::from(self.byte(at)).to_digit(16).and_then(|d| u8::try_from(d).ok());
            let (b'%', Some(high), Some(low)) = (self.byte(0), digit(1), digit(2)) else {
                return Err(self.error(start, "did not find URI escaped octet"));
            };
            let octet = high << 4 | low;
            left = Some(match left {
                None => match octet {
                    0x00..=0x7F => 0,
                    0xC0..=0xDF => 1,
                    0xE0..=0xEF => 2,
                    0xF0..=0xF7 => 3,
                    _ => return Err(self.error(start, "found an incorrect leading UTF-8 octet")),
                },
                Some(_) if octet & 0xC0 != 0x80 => {
                    return Err(self.error(start, "found an incorrect trailing UTF-8 octet"));
                }
                Some(left) => left - 1,
            });
            out.push(octet);
            self.advance_to(self.pos + 3);
        }
        Ok(())
    }
}
