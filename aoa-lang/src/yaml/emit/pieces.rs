//! The pieces that the text of `sigs.k8s.io/yaml` is made of, put one behind the other without recursion: what the
//! [`emitter`](super::emitter) would be led to by the steps of a document that has neither comments nor anchors nor brackets,
//! which is all that data needs.

use super::emitter::{Context, Emitter, Layout};
use super::plain::reads_as_string;
use super::through_json;
use super::writer::Indicator;
use crate::value::Text;
use crate::yaml::event::{Dialect, ScalarStyle};
use crate::{Error, Limits, Result};

/// Longest key that stands without `?`.
const SIMPLE_KEY: usize = 128;

pub(super) const LAYOUT: Layout = Layout::KUBERNETES;

/// A text on its way.
pub(super) struct Pieces<'l> {
    emitter: Emitter<'static>,
    limits: &'l Limits,
}

impl<'l> Pieces<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Pieces { emitter: Emitter::new(LAYOUT, limits.output_bytes), limits }
    }

    /// The text, which ends in a line feed.
    pub(super) fn into_text(mut self) -> String {
        self.emitter.writer().put_indent(0);
        self.emitter.into_text()
    }

    /// Refuses a text that is too long.
    ///
    /// # Errors
    /// If it is.
    pub(super) fn check_length(&mut self) -> Result<()> {
        if self.emitter.writer().is_over_limit() {
            return Err(Error::limit("the YAML text to write is too long"));
        }
        Ok(())
    }

    /// Begins an item of a list.
    pub(super) fn item(&mut self, indent: usize) {
        let out = self.emitter.writer();
        out.put_indent(indent);
        out.put_indicator("-", Indicator::Indenting);
    }

    /// A key, and what stands between it and its value.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn key(&mut self, key: &Text, indent: usize) -> Result<()> {
        let out = self.emitter.writer();
        out.put_indent(indent);
        if let Some(key) = key.as_str().filter(|key| key.len() <= SIMPLE_KEY && is_plain(key)) {
            out.put_token(key);
            out.put_indicator(":", Indicator::Glued);
            return Ok(());
        }
        let key = through_json::key(key)?;
        let style = style_of(&key);
        if self.emitter.data(&key, style, Some(indent), Context::SimpleKey) {
            self.emitter.writer().put_indicator(":", Indicator::Glued);
        } else {
            let out = self.emitter.writer();
            out.put_indicator("?", Indicator::Indenting);
            self.emitter.data(&key, style, Some(indent), Context::Key);
            let out = self.emitter.writer();
            out.put_indent(indent);
            out.put_indicator(":", Indicator::Indenting);
        }
        Ok(())
    }

    /// A text of ASCII that is plain wherever it stands.
    pub(super) fn token(&mut self, text: &str) {
        self.emitter.writer().put_token(text);
    }

    pub(super) fn bool(&mut self, value: bool) {
        self.token(if value { "true" } else { "false" });
    }

    pub(super) fn int(&mut self, number: impl itoa::Integer) {
        self.token(itoa::Buffer::new().format(number));
    }

    /// A string within a level that is indented by `indent`.
    ///
    /// # Errors
    /// If it has characters that YAML texts may not have.
    pub(super) fn string(&mut self, text: &Text, indent: Option<usize>, context: Context) -> Result<()> {
        if let Some(text) = text.as_str()
            && is_plain(text)
            && self.emitter.writer().put_short_token(text, LAYOUT.width)
        {
            return Ok(());
        }
        let text = through_json::string(text)?;
        self.quotable(&text, indent, context);
        Ok(())
    }

    /// A text that is quoted where it has to be.
    pub(super) fn quotable(&mut self, text: &str, indent: Option<usize>, context: Context) {
        self.emitter.data(text, style_of(text), indent, context);
    }

    /// Begins a list at a depth; the indent of its items, unless there are none.
    ///
    /// # Errors
    /// If it is nested too deeply.
    pub(super) fn list(
        &mut self,
        is_empty: bool,
        depth: usize,
        indent: Option<usize>,
        context: Context,
    ) -> Result<Option<usize>> {
        self.check_depth(depth)?;
        if is_empty {
            self.token("[]");
            return Ok(None);
        }
        // Below its key a list is not indented, behind `? ` it is.
        let compact = context == Context::Value && !self.emitter.writer().indention();
        Ok(Some(indent.map_or(0, |indent| if compact { indent } else { indent + LAYOUT.indent })))
    }

    /// Begins a map at a depth; the indent of its keys, unless there are none.
    ///
    /// # Errors
    /// If it is nested too deeply.
    pub(super) fn map(
        &mut self,
        is_empty: bool,
        depth: usize,
        indent: Option<usize>,
    ) -> Result<Option<usize>> {
        self.check_depth(depth)?;
        if is_empty {
            self.token("{}");
            return Ok(None);
        }
        Ok(Some(indent.map_or(0, |indent| indent + LAYOUT.indent)))
    }

    /// go-yaml v2 reads JSON up to this depth.
    fn check_depth(&self, depth: usize) -> Result<()> {
        if depth < self.limits.depth {
            return Ok(());
        }
        Err(Error::invalid(format!("yaml: exceeded max depth of {}", self.limits.depth)))
    }
}

pub(super) fn style_of(text: &str) -> ScalarStyle {
    if text.contains('\n') {
        ScalarStyle::Literal
    } else if reads_as_string(text, Dialect::V2) {
        ScalarStyle::Plain
    } else {
        ScalarStyle::DoubleQuoted
    }
}

/// Whether a text is plain at first sight: ASCII, nothing that could be an indicator where it stands, and a string when it
/// is read. Of others the full analysis decides.
pub(super) fn is_plain(text: &str) -> bool {
    let [first, rest @ ..] = text.as_bytes() else { return false };
    // Numbers and times begin otherwise; a short word may be a boolean or null.
    let begins = matches!(first, b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'_' | b'$' | b'(');
    if !begins || rest.last() == Some(&b' ') {
        return false;
    }
    let mut before = *first;
    for byte in rest {
        let fits = match byte {
            b'#' => before != b' ',
            b' ' => before != b':',
            b'!'..=b'~' => true,
            _ => false,
        };
        if !fits {
            return false;
        }
        before = *byte;
    }
    before != b':' && (text.len() > 5 || reads_as_string(text, Dialect::V2))
}
