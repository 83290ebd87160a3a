//! The text while it is written: column, indentation and white space are tracked as libyaml does.

/// A growing YAML text.
pub(super) struct Writer {
    text: String,
    /// Most bytes that may be written.
    limit: usize,
    /// In characters.
    column: usize,
    /// Whether the last character was white space (or nothing).
    whitespace: bool,
    /// Whether only indentation and indicators like `- ` stand on this line.
    indention: bool,
    /// The indent of the foot comment that was just written: the next line at that indent is set off by an empty one.
    pub(super) foot_indent: Option<usize>,
}

/// What an indicator is for the white space around it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Indicator {
    /// Set off from what stands before it, by a space where needed.
    Spaced,
    /// Set off, and an opening bracket: nothing needs a space behind it.
    Opening,
    /// Set off, and part of the indentation: `-`, `?`, `:`.
    Indenting,
    /// Put directly behind what stands before it.
    Glued,
}

impl Writer {
    pub(super) fn new(limit: usize) -> Self {
        Writer {
            text: String::with_capacity(128),
            limit,
            column: 0,
            whitespace: true,
            indention: true,
            foot_indent: None,
        }
    }

    pub(super) fn column(&self) -> usize {
        self.column
    }

    pub(super) fn whitespace(&self) -> bool {
        self.whitespace
    }

    pub(super) fn indention(&self) -> bool {
        self.indention
    }

    pub(super) fn is_over_limit(&self) -> bool {
        self.text.len() > self.limit
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn put(&mut self, c: char) {
        self.text.push(c);
        self.column += 1;
    }

    /// Puts text without line breaks.
    pub(super) fn put_str(&mut self, text: &str) {
        self.text.push_str(text);
        // Counting is cheap and vectorised; most texts are ASCII.
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
    }

    /// Puts a plain scalar of ASCII, set off from what stands before it.
    pub(super) fn put_token(&mut self, text: &str) {
        if !self.whitespace {
            self.text.push(' ');
            self.column += 1;
        }
        self.text.push_str(text);
        self.column += text.len();
        self.end_token();
    }

    /// [`put_token`](Self::put_token), unless it would go beyond column `width`.
    pub(super) fn put_short_token(&mut self, text: &str, width: Option<usize>) -> bool {
        let column = self.column + usize::from(!self.whitespace) + text.len();
        let fits = width.is_none_or(|width| column <= width);
        if fits {
            self.put_token(text);
        }
        fits
    }

    pub(super) fn put_newline(&mut self) {
        self.text.push('\n');
        self.column = 0;
        self.indention = true;
    }

    /// Puts a line break of the content as it is.
    pub(super) fn put_break(&mut self, c: char) {
        self.text.push(c);
        self.column = 0;
        self.indention = true;
    }

    /// Says that something other than indentation was written.
    pub(super) fn end_indention(&mut self) {
        self.indention = false;
    }

    /// Says that the text ends in something that the next token must be set off from.
    pub(super) fn end_token(&mut self) {
        self.whitespace = false;
        self.indention = false;
    }

    pub(super) fn set_whitespace(&mut self) {
        self.whitespace = true;
    }

    /// Goes to a fresh line at `indent`, unless the text stands there already.
    pub(super) fn put_indent(&mut self, indent: usize) {
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_newline();
        }
        if self.foot_indent == Some(indent) {
            self.put_newline();
        }
        // Past the limit the text is thrown away: deep indentation must not cost time and memory any more.
        if self.column < indent && !self.is_over_limit() {
            self.text.extend(std::iter::repeat_n(' ', indent - self.column));
            self.column = indent;
        }
        self.whitespace = true;
        self.foot_indent = None;
    }

    pub(super) fn put_indicator(&mut self, text: &str, indicator: Indicator) {
        if indicator != Indicator::Glued && !self.whitespace {
            self.put(' ');
        }
        self.put_str(text);
        self.whitespace = indicator == Indicator::Opening;
        self.indention = self.indention && indicator == Indicator::Indenting;
    }
}
