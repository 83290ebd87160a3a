//! `{{name}}` placeholders: the dialect of ApplicationSets without `goTemplate` (fasttemplate 1.2.2).

use aoa_lang::strconv::quote;
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::dialect::Lookup;

/// A text with placeholders.
#[derive(Debug)]
pub(super) struct Placeholders {
    head: Text,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// What stands between the braces, with its spaces.
    tag: Text,
    /// The tag without spaces at its ends; empty ones and those that are not UTF-8 name nothing.
    key: Option<Text>,
    /// The text up to the next tag.
    after: Text,
}

impl Placeholders {
    /// Parses a text; `None` if nothing in it is ever replaced.
    ///
    /// Placeholders are looked for only if `{{` and `}}` stand on one line somewhere; then also across lines.
    ///
    /// # Errors
    ///
    /// A `{{` is not closed: the text of fasttemplate.
    pub(super) fn parse(text: &Text) -> Result<Option<Placeholders>> {
        if !text.as_bytes().split(|b| *b == b'\n').any(has_tag) {
            return Ok(None);
        }
        let Some((head, mut rest)) = split_at(text.as_bytes(), b"{{") else { return Ok(None) };
        let mut parts = Vec::new();
        loop {
            let Some((tag, behind)) = split_at(rest, b"}}") else {
                return Err(Error::invalid(format!(
                    "invalid template: Cannot find end tag=\"}}}}\" in the template={} starting from {}",
                    quote(text.as_bytes()),
                    quote(rest)
                )));
            };
            let next = split_at(behind, b"{{");
            let key = std::str::from_utf8(tag).ok().map(str::trim).filter(|key| !key.is_empty()).map(Text::from);
            let after = Text::from_bytes(next.map_or(behind, |(after, _)| after));
            parts.push(Part { tag: Text::from_bytes(tag), key, after });
            match next {
                None => return Ok(Some(Placeholders { head: Text::from_bytes(head), parts })),
                Some((_, behind)) => rest = behind,
            }
        }
    }

    /// The names that are looked up.
    pub(super) fn keys(&self) -> Vec<Text> {
        self.parts.iter().filter_map(|part| part.key.clone()).collect()
    }

    /// The text with every placeholder that names a text replaced; the others stay as they are.
    pub(super) fn fill(&self, params: &impl Lookup) -> Text {
        let mut out = Vec::with_capacity(64);
        out.extend_from_slice(self.head.as_bytes());
        for part in &self.parts {
            match part.key.as_ref().and_then(Text::as_str).and_then(|key| params.get(key)) {
                Some(Value::String(text)) => out.extend_from_slice(text.as_bytes()),
                _ => {
                    out.extend_from_slice(b"{{");
                    out.extend_from_slice(part.tag.as_bytes());
                    out.extend_from_slice(b"}}");
                }
            }
            out.extend_from_slice(part.after.as_bytes());
        }
        Text::from(out)
    }
}

/// Whether `line` matches upstream's `.*{{.*}}.*`.
fn has_tag(line: &[u8]) -> bool {
    split_at(line, b"{{").is_some_and(|(_, rest)| split_at(rest, b"}}").is_some())
}

fn split_at<'t>(text: &'t [u8], mark: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let at = text.windows(mark.len()).position(|w| w == mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aoa_lang::value::Map;

    fn filled(text: &str) -> String {
        let params: Map = [("a", Value::from("1")), ("n", Value::float(2.0))].into_iter().collect();
        let text = Text::from(text);
        Placeholders::parse(&text).unwrap().map_or(text, |p| p.fill(&params)).to_string()
    }

    #[test]
    fn known_texts_are_replaced_and_the_rest_stays() {
        assert_eq!(filled("x{{a}}y{{ a }}{{n}}{{ b }}"), "x1y1{{n}}{{ b }}");
        assert_eq!(filled("{{{a}}}"), "{{{a}}}");
        assert_eq!(filled("{{\na}}"), "{{\na}}");
        assert_eq!(filled("{{a}}\n{{\na}}"), "1\n1");
        assert_eq!(filled("{{}}{{ }}"), "{{}}{{ }}");
        assert!(Placeholders::parse(&"{{a}}{{".into()).is_err());
    }
}
