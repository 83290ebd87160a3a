//! `{{name}}` placeholders: the dialect of ApplicationSets without `goTemplate`.
//!
//! This is what Argo CD 3.5.7 makes of fasttemplate 1.2.2 (applicationset/utils/utils.go, `Render.Replace`): only string
//! parameters are put in; everything else that stands in braces stays as it is.
//!
//! ```
//! use aoa_lang::Value;
//! use aoa_lang::template::FastTemplate;
//! use aoa_lang::value::Map;
//!
//! let params: Map = [("name", Value::from("web")), ("n", Value::float(1.0))].into_iter().collect();
//! let template = FastTemplate::parse("{{ name }}-{{n}}-{{other}}".into())?;
//! assert_eq!(template.render(&params).as_str(), Some("web-{{n}}-{{other}}"));
//! # Ok::<(), aoa_lang::Error>(())
//! ```

use crate::value::{Map, Text};
use crate::{Error, Result, Value, strconv, unicode};

/// A text with placeholders; clones copy.
#[derive(Clone, Debug)]
pub struct FastTemplate {
    text: Text,
    /// Each tag with the text before it.
    parts: Vec<Part>,
    /// The text behind the last tag.
    tail: Text,
}

#[derive(Clone, Debug)]
struct Part {
    before: Text,
    /// What stands between the braces.
    tag: Text,
    /// The tag without spaces around it.
    key: Text,
}

/// Where parameters are looked up: one map, or several in layers.
pub trait Params {
    /// The parameter of this name; names need not be UTF-8.
    fn param(&self, name: &[u8]) -> Option<&Value>;
}

impl Params for Map {
    fn param(&self, name: &[u8]) -> Option<&Value> {
        self.get_bytes(name)
    }
}

impl FastTemplate {
    /// Finds the placeholders of `text`.
    ///
    /// There are none unless `{{` and `}}` stand in this order on one line somewhere; then they are found across lines, too.
    ///
    /// # Errors
    /// A `{{` without `}}`, with upstream's text.
    pub fn parse(text: Text) -> Result<FastTemplate> {
        let bytes = text.as_bytes();
        if !bytes
            .split(|b| *b == b'\n')
            .any(|line| cut(line, b"{{").is_some_and(|(_, rest)| cut(rest, b"}}").is_some()))
        {
            return Ok(FastTemplate { text: text.clone(), parts: Vec::new(), tail: text });
        }
        let (mut parts, mut rest) = (Vec::new(), bytes);
        while let Some((before, behind)) = cut(rest, b"{{") {
            let Some((tag, behind)) = cut(behind, b"}}") else { return Err(unclosed(bytes, behind)) };
            parts.push(Part {
                before: Text::from_bytes(before),
                tag: Text::from_bytes(tag),
                key: Text::from_bytes(trim(tag)),
            });
            rest = behind;
        }
        let tail = Text::from_bytes(rest);
        Ok(FastTemplate { text, parts, tail })
    }

    /// The text with its placeholders replaced.
    #[must_use]
    pub fn render(&self, params: &(impl Params + ?Sized)) -> Text {
        if self.parts.is_empty() {
            return self.text.clone();
        }
        let mut out = Vec::with_capacity(self.text.len() + 32);
        self.render_into(params, &mut out);
        Text::from(out)
    }

    /// [`render`](FastTemplate::render), as long as the text is not longer than `most` bytes: many placeholders of a long
    /// parameter make a text of any length.
    ///
    /// # Errors
    ///
    /// `Limit`; no more than `most` bytes were made then.
    pub fn render_within(&self, params: &(impl Params + ?Sized), most: usize) -> Result<Text> {
        if self.parts.is_empty() {
            return Ok(self.text.clone());
        }
        let mut out = Vec::with_capacity(self.text.len().min(most).saturating_add(32));
        if self.write(params, &mut out, most) {
            return Ok(Text::from(out));
        }
        Err(Error::limit(format!("a text with its parameters filled in is longer than {most} bytes")))
    }

    /// The longest text that parameters of these lengths at most can give.
    #[must_use]
    pub fn longest(&self, longest_param: impl Fn(&Text) -> usize) -> usize {
        self.parts.iter().fold(self.tail.len(), |length, part| {
            let tag = part.tag.len().saturating_add("{{}}".len()).max(longest_param(&part.key));
            length.saturating_add(part.before.len()).saturating_add(tag)
        })
    }

    /// [`render`](FastTemplate::render) behind what `out` holds.
    pub fn render_into(&self, params: &(impl Params + ?Sized), out: &mut Vec<u8>) {
        self.write(params, out, usize::MAX);
    }

    /// Tells whether it all fits in `most` bytes, with what `out` holds.
    fn write(&self, params: &(impl Params + ?Sized), out: &mut Vec<u8>, most: usize) -> bool {
        for part in &self.parts {
            out.extend_from_slice(part.before.as_bytes());
            let value = if part.key.is_empty() { None } else { params.param(part.key.as_bytes()) };
            match value {
                Some(Value::String(text)) => {
                    if text.len() > most.saturating_sub(out.len()) {
                        return false;
                    }
                    out.extend_from_slice(text.as_bytes());
                }
                _ => {
                    out.extend_from_slice(b"{{");
                    out.extend_from_slice(part.tag.as_bytes());
                    out.extend_from_slice(b"}}");
                }
            }
        }
        out.extend_from_slice(self.tail.as_bytes());
        out.len() <= most
    }

    /// The names of the parameters that it can look at.
    pub fn keys(&self) -> impl Iterator<Item = &Text> {
        self.parts.iter().map(|p| &p.key).filter(|k| !k.is_empty())
    }

    /// The output, if it is the same for all parameters because there are no placeholders.
    #[must_use]
    pub fn constant(&self) -> Option<&Text> {
        self.parts.is_empty().then_some(&self.text)
    }
}

fn unclosed(text: &[u8], rest: &[u8]) -> Error {
    let (text, rest) = (strconv::quote(text), strconv::quote(rest));
    Error::syntax(format!(
        "invalid template: Cannot find end tag=\"}}}}\" in the template={text} starting from {rest}"
    ))
}

/// The bytes before and behind the first `mark`.
fn cut<'t>(text: &'t [u8], mark: &[u8; 2]) -> Option<(&'t [u8], &'t [u8])> {
    let at = text.windows(2).position(|w| w == mark)?;
    Some((text.get(..at)?, text.get(at + 2..)?))
}

/// `strings.TrimSpace`: bytes that are not UTF-8 are no spaces.
fn trim(text: &[u8]) -> &[u8] {
    let first = text.utf8_chunks().next().map_or("", |c| c.valid());
    let start = first.len() - first.trim_start_matches(unicode::is_space).len();
    let text = text.get(start..).unwrap_or_default();
    let last = text.utf8_chunks().last().filter(|c| c.invalid().is_empty()).map_or("", |c| c.valid());
    let end = text.len() - (last.len() - last.trim_end_matches(unicode::is_space).len());
    text.get(..end).unwrap_or_default()
}
