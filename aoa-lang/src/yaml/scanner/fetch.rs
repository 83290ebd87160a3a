//! Which token comes next.

use super::chars::{INDICATOR, is_blank};
use super::{Scanner, TokenKind};
use crate::Result;
use crate::yaml::{Dialect, Mark, ScalarStyle};

impl<'a> Scanner<'a> {
    pub(super) fn fetch_next_token(&mut self) -> Result<()> {
        if !self.stream_start_produced {
            self.stream_start_produced = true;
            let mark = self.mark();
            self.push(TokenKind::StreamStart, mark, mark);
            return Ok(());
        }
        let scanned_from = self.mark();
        self.scan_to_next_token();
        let mark = self.mark();
        let column = i32::try_from(mark.column).unwrap_or(i32::MAX);
        self.unroll_indent(column, scanned_from);
        if let Some(error) = self.reader_error(mark).filter(|_| self.pos >= self.bytes.len()) {
            return Err(error);
        }

        let first = self.byte(0);
        if first == 0 {
            return self.fetch_stream_end();
        }
        if column == 0 && first == b'%' {
            return self.fetch_directive();
        }
        if self.at_document_indicator() {
            return self.fetch_document_indicator(first);
        }
        if self.dialect == Dialect::V2 {
            return self.fetch_content(first, mark);
        }
        // What follows `:` and `,` on their line belongs to what stands before them.
        let joins = (self.flow_level == 0 && first == b':') || (self.flow_level > 0 && first == b',');
        let comment_mark = self.tokens.back().filter(|_| joins).map_or(mark, |token| token.start);
        self.fetch_content(first, mark)?;
        // A lone `-` has no comment of its own: it is the head comment of what follows.
        if !matches!(self.tokens.back().map(|t| &t.kind), Some(TokenKind::BlockEntry)) {
            self.scan_line_comment(comment_mark);
        }
        Ok(())
    }

    fn fetch_content(&mut self, first: u8, mark: Mark) -> Result<()> {
        let flow = self.flow_level > 0;
        match first {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.is_blank_or_end(1) => self.fetch_block_entry(mark),
            b'?' if flow || self.is_blank_or_end(1) => self.fetch_key(mark),
            b':' if flow || self.is_blank_or_end(1) => self.fetch_value(mark),
            b'*' | b'&' => self.fetch_anchor(first == b'*'),
            b'!' => self.fetch_tag(),
            b'|' | b'>' if !flow => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                let style = if first == b'|' { ScalarStyle::Literal } else { ScalarStyle::Folded };
                let (value, end) = self.scan_block_scalar(style)?;
                self.push(TokenKind::Scalar(value, style), mark, end);
                Ok(())
            }
            b'\'' | b'"' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let style = if first == b'"' { ScalarStyle::DoubleQuoted } else { ScalarStyle::SingleQuoted };
                let value = self.scan_quoted(style)?;
                let end = self.mark();
                self.push(TokenKind::Scalar(value, style), mark, end);
                Ok(())
            }
            _ if self.begins_plain(first) => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let (value, end) = self.scan_plain()?;
                self.push(TokenKind::Scalar(value, ScalarStyle::Plain), mark, end);
                Ok(())
            }
            _ => Err(self.error(mark, "found character that cannot start any token")),
        }
    }

    fn begins_plain(&self, first: u8) -> bool {
        let indicator = INDICATOR.contain(first) || self.is_break(0);
        !indicator
            || (first == b'-' && !is_blank(self.byte(1)))
            || (self.flow_level == 0 && (first == b'?' || first == b':') && !self.is_blank_or_end(1))
    }

    /// Moves over blanks, comments and line breaks.
    pub(super) fn scan_to_next_token(&mut self) {
        let scanned_from = self.mark();
        loop {
            if self.pos == self.line_base && self.pos < self.stray_mark_until {
                self.skip();
            }
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            while self.byte(0) == b' ' || (tabs && self.byte(0) == b'\t') {
                self.pos += 1;
            }
            if self.dialect == Dialect::V3 {
                self.line_comment_to_head();
                if self.byte(0) == b'#' {
                    self.scan_comments(scanned_from);
                }
            } else if self.byte(0) == b'#' {
                let end = self.line_end();
                self.advance_to(end);
            }
            if self.take_break().is_empty() {
                return;
            }
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn fetch_stream_end(&mut self) -> Result<()> {
        if self.pos != self.line_base {
            self.line_base = self.pos;
            self.line += 1;
        }
        self.reset_block_context()?;
        let mark = self.mark();
        self.push(TokenKind::StreamEnd, mark, mark);
        Ok(())
    }

    /// Closes all block collections: what follows stands between documents.
    fn reset_block_context(&mut self) -> Result<()> {
        let mark = self.mark();
        self.unroll_indent(-1, mark);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<()> {
        self.reset_block_context()?;
        let start = self.mark();
        let (kind, end) = self.scan_directive()?;
        self.push(kind, start, end);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, first: u8) -> Result<()> {
        self.reset_block_context()?;
        let kind = if first == b'-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd };
        self.push_indicator(kind, 3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'a>) -> Result<()> {
        self.save_simple_key()?;
        self.open_flow()?;
        self.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'a>) -> Result<()> {
        self.remove_simple_key()?;
        self.close_flow();
        self.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self, mark: Mark) -> Result<()> {
        // In flow context the parser complains: it knows the place.
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error(mark, "block sequence entries are not allowed in this context"));
            }
            self.roll_indent(None, TokenKind::BlockSequenceStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self, mark: Mark) -> Result<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.error(mark, "mapping keys are not allowed in this context"));
            }
            self.roll_indent(None, TokenKind::BlockMappingStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self, mark: Mark) -> Result<()> {
        let level = self.simple_keys.len().saturating_sub(1);
        if self.check_simple_key(level)? {
            let key = self.simple_keys.get(level).copied().unwrap_or_default();
            self.insert(key.token_number, TokenKind::Key, key.mark);
            self.roll_indent(Some(key.token_number), TokenKind::BlockMappingStart, key.mark)?;
            if let Some(key) = self.simple_keys.get_mut(level) {
                key.possible = false;
                key.indexed = false;
            }
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(self.error(mark, "mapping values are not allowed in this context"));
                }
                self.roll_indent(None, TokenKind::BlockMappingStart, mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    fn fetch_anchor(&mut self, alias: bool) -> Result<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let name = self.scan_anchor()?;
        let end = self.mark();
        self.push(if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) }, start, end);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Result<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let tag = self.scan_tag()?;
        let end = self.mark();
        self.push(TokenKind::Tag(Box::new(tag)), start, end);
        Ok(())
    }

    fn push_indicator(&mut self, kind: TokenKind<'a>, width: usize) {
        let start = self.mark();
        self.advance_to(self.pos + width);
        let end = self.mark();
        self.push(kind, start, end);
    }
}
