//! The stream, its documents and their directives.

use super::{Event, EventKind, Parser, Stage, State, Tag, TokenKind, event};
use crate::Result;
use crate::yaml::{Comments, Dialect, Mark};

/// The handles that need no `%TAG`.
const DEFAULT_TAGS: [(&str, &str); 2] = [("!", "!"), ("!!", "tag:yaml.org,2002:")];

impl<'a> Parser<'a> {
    pub(super) fn stream_start(&mut self) -> Result<Event<'a>> {
        let (start, end) = self.peek_marks()?;
        self.state = State::ImplicitDocumentStart;
        self.take();
        Ok(event(EventKind::StreamStart, start, end))
    }

    pub(super) fn document_start(&mut self, implicit: bool) -> Result<Event<'a>> {
        if !implicit {
            while matches!(self.scanner.peek()?.kind, TokenKind::DocumentEnd) {
                self.take();
            }
        }
        let token = self.scanner.peek()?;
        let (start, mut end) = (token.start, token.end);
        let explicit = matches!(
            token.kind,
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective(_) | TokenKind::DocumentStart
        );
        if matches!(token.kind, TokenKind::StreamEnd) {
            self.state = State::End;
            self.take();
            return Ok(event(EventKind::StreamEnd, start, end));
        }
        let mut comments = None;
        if implicit && !explicit {
            self.process_directives()?;
            comments = self.split_document_comment();
            self.state = State::BlockNode;
        } else {
            self.process_directives()?;
            let token = self.scanner.peek()?;
            let at = token.start;
            end = token.end;
            if !matches!(token.kind, TokenKind::DocumentStart) {
                return Err(self.error(at, "did not find expected <document start>"));
            }
            self.state = State::DocumentContent;
            self.take();
        }
        self.states.push(State::DocumentEnd);
        Ok(Event { comments, ..event(EventKind::DocumentStart, start, end) })
    }

    /// The part of the first comment up to its last empty line, which belongs to the document (v3's `parserc.go`).
    fn split_document_comment(&mut self) -> Option<Box<Comments>> {
        if self.scanner.dialect == Dialect::V2 {
            return None;
        }
        let comment = &mut self.scanner.comments.pending.head;
        let bytes = comment.as_bytes();
        let last = bytes.len().checked_sub(1)?;
        let at = (1..=last).rev().find(|at| {
            bytes.get(*at) == Some(&b'\n') && (*at == last || bytes.get(*at - 1) == Some(&b'\n'))
        })?;
        let rest = comment.get(at + 1..).unwrap_or_default().to_owned();
        let mut head = std::mem::replace(comment, rest);
        head.truncate(if at == last { at } else { at - 1 });
        Some(Box::new(Comments { head, ..Comments::default() }))
    }

    pub(super) fn document_content(&mut self) -> Result<Event<'a>> {
        let token = self.scanner.peek()?;
        let start = token.start;
        let is_empty = matches!(
            token.kind,
            TokenKind::VersionDirective { .. }
                | TokenKind::TagDirective(_)
                | TokenKind::DocumentStart
                | TokenKind::DocumentEnd
                | TokenKind::StreamEnd
        );
        if is_empty {
            self.pop_state();
            return Ok(self.empty_scalar(start));
        }
        self.block_node()
    }

    pub(super) fn document_end(&mut self) -> Result<Event<'a>> {
        let token = self.scanner.peek()?;
        let start = token.start;
        let mut end = start;
        if matches!(token.kind, TokenKind::DocumentEnd) {
            end = token.end;
            self.take();
        }
        self.tag_directives.clear();
        self.state = State::DocumentStart;
        let mut comments = self.take_comments();
        if let Some(comments) = &mut comments
            && comments.foot.is_empty()
        {
            comments.foot = std::mem::take(&mut comments.head);
        }
        Ok(Event { comments, ..event(EventKind::DocumentEnd, start, end) })
    }

    fn process_directives(&mut self) -> Result<()> {
        let mut version_seen = false;
        loop {
            let token = self.scanner.peek()?;
            let at = token.start;
            match &token.kind {
                TokenKind::VersionDirective { major, minor } => {
                    let known = (*major, *minor) == (1, 1);
                    if std::mem::replace(&mut version_seen, true) {
                        return Err(self.error(at, "found duplicate %YAML directive"));
                    }
                    if !known {
                        return Err(self.error(at, "found incompatible YAML document"));
                    }
                }
                TokenKind::TagDirective(tag) => {
                    let tag = Tag::clone(tag);
                    if self.tag_directives.iter().any(|known| known.handle == tag.handle) {
                        return Err(self.error(at, "found duplicate %TAG directive"));
                    }
                    self.tag_directives.push(tag);
                }
                _ => break,
            }
            self.take();
        }
        for (handle, rest) in DEFAULT_TAGS {
            if self.tag_directives.iter().all(|known| known.handle != handle) {
                self.tag_directives.push(Tag { handle, rest: rest.into() });
            }
        }
        Ok(())
    }

    /// The whole of a tag whose handle stands at `mark`, on a node that begins at `start`.
    pub(super) fn resolve_tag(
        &self,
        tag: Tag<'a>,
        start: Mark,
        mark: Mark,
    ) -> Result<std::borrow::Cow<'a, str>> {
        if tag.handle.is_empty() {
            return Ok(tag.rest);
        }
        let known = self.tag_directives.iter().find(|known| known.handle == tag.handle);
        // An empty result counts as unknown, too.
        match known.map(|known| format!("{}{}", known.rest, tag.rest)).filter(|whole| !whole.is_empty()) {
            Some(whole) => Ok(whole.into()),
            None => Err(self.scanner.failure(Stage::Parser, Some(start), mark, "found undefined tag handle")),
        }
    }
}
