//! Replacing matches, with Go's `$name` templates; quoting.

use std::ops::Range;

use super::subject::Subject;
use super::{Match, Regexp};
use crate::{Error, Result, unicode};

impl Regexp {
    /// Replaces each match by `template`, in which `$name`, `${name}`, `$1` and `$$` stand for groups and a dollar: Go's
    /// `ReplaceAllString`. A name is as long as it can be; one that no group has is empty; a `$` that begins no name is
    /// itself.
    ///
    /// # Errors
    /// `Limit` where the result would be longer than `max_bytes`.
    pub fn replace_all(
        &self,
        text: impl AsRef<[u8]>,
        template: impl AsRef<[u8]>,
        max_bytes: usize,
    ) -> Result<Vec<u8>> {
        let template = template.as_ref();
        if !template.contains(&b'$') {
            return self.replace_all_literal(text, template, max_bytes);
        }
        let template = Template::read(template);
        let text = text.as_ref();
        self.replace(text, max_bytes, self.names().len(), |out, groups| {
            template.expand(self.names(), text, groups, out, max_bytes)
        })
    }

    /// Replaces each match by `replacement` as it is: Go's `ReplaceAllLiteralString`.
    ///
    /// # Errors
    /// `Limit` where the result would be longer than `max_bytes`.
    pub fn replace_all_literal(
        &self,
        text: impl AsRef<[u8]>,
        replacement: impl AsRef<[u8]>,
        max_bytes: usize,
    ) -> Result<Vec<u8>> {
        let replacement = replacement.as_ref();
        self.replace(text.as_ref(), max_bytes, 1, |out, _| {
            out.extend_from_slice(replacement);
            check_length(out, max_bytes)
        })
    }

    /// Appends `template` to `out` with the groups of `found`, a match in `text`: Go's `ExpandString`.
    ///
    /// # Errors
    /// `Limit` where `out` would grow longer than `max_bytes`.
    pub fn expand(
        &self,
        out: &mut Vec<u8>,
        template: impl AsRef<[u8]>,
        text: &[u8],
        found: &Match,
        max_bytes: usize,
    ) -> Result<()> {
        let groups: Vec<_> = (0..=found.groups.len()).map(|index| found.group(index).cloned()).collect();
        Template::read(template.as_ref()).expand(self.names(), text, &groups, out, max_bytes)
    }

    /// `replaceAll` of Go's regexp.
    fn replace(
        &self,
        text: &[u8],
        max_bytes: usize,
        groups: usize,
        mut insert: impl FnMut(&mut Vec<u8>, &[Option<Range<usize>>]) -> Result<()>,
    ) -> Result<Vec<u8>> {
        let subject = Subject::new(text);
        let mut captures = self.engine.create_captures();
        let mut found = vec![None; groups];
        let (mut out, mut last_end, mut at) = (Vec::new(), 0, 0);
        while at <= subject.text.len() {
            let input = self.input(&subject, at);
            if groups > 1 {
                self.engine.search_captures(&input, &mut captures);
                for (index, slot) in found.iter_mut().enumerate() {
                    *slot = captures.get_group(index).map(|span| span.range());
                }
            } else if let Some(whole) = found.first_mut() {
                *whole = self.engine.search(&input).map(|found| found.range());
            }
            let Some(whole) = found.first().cloned().flatten() else { break };
            let between = subject.original_span(&(last_end..whole.start));
            out.extend_from_slice(text.get(between).unwrap_or_default());
            // Not for an empty match right behind another one.
            if whole.end > last_end || whole.start == 0 {
                let spans: Vec<_> =
                    found.iter().map(|s| s.as_ref().map(|s| subject.original_span(s))).collect();
                insert(&mut out, &spans)?;
            }
            last_end = whole.end;
            at = whole.end.max(at.saturating_add(subject.rune_len(at).max(1)));
        }
        let rest = subject.original_span(&(last_end..subject.text.len()));
        out.extend_from_slice(text.get(rest).unwrap_or_default());
        check_length(&out, max_bytes)?;
        Ok(out)
    }
}

fn check_length(out: &[u8], max_bytes: usize) -> Result<()> {
    if out.len() <= max_bytes {
        return Ok(());
    }
    Err(Error::limit(format!("the replaced text would be longer than {max_bytes} bytes")))
}

/// A template, read once for all matches.
struct Template<'t> {
    parts: Vec<Part<'t>>,
}

enum Part<'t> {
    Text(&'t [u8]),
    Group(usize),
    Name(&'t str),
}

impl<'t> Template<'t> {
    fn read(mut template: &'t [u8]) -> Self {
        let mut parts = Vec::new();
        while let Some(dollar) = template.iter().position(|b| *b == b'$') {
            let (text, rest) = template.split_at_checked(dollar).unwrap_or((template, &[]));
            parts.push(Part::Text(text));
            let behind = rest.get(1..).unwrap_or_default();
            match reference(behind) {
                Some((part, rest)) => {
                    parts.push(part);
                    template = rest;
                }
                None => {
                    parts.push(Part::Text(b"$"));
                    template = behind.strip_prefix(b"$").unwrap_or(behind);
                }
            }
        }
        parts.push(Part::Text(template));
        Template { parts }
    }

    fn expand(
        &self,
        names: &[String],
        text: &[u8],
        groups: &[Option<Range<usize>>],
        out: &mut Vec<u8>,
        max_bytes: usize,
    ) -> Result<()> {
        for part in &self.parts {
            check_length(out, max_bytes)?;
            let group = match part {
                Part::Text(text) => {
                    out.extend_from_slice(text);
                    continue;
                }
                Part::Group(index) => groups.get(*index).cloned().flatten(),
                // The first group of the name that took part.
                Part::Name(wanted) => names
                    .iter()
                    .zip(groups)
                    .find(|(name, group)| name == wanted && group.is_some())
                    .and_then(|(_, group)| group.clone()),
            };
            out.extend_from_slice(group.and_then(|span| text.get(span)).unwrap_or_default());
        }
        check_length(out, max_bytes)
    }
}

/// Reads `name` or `{name}`; `None` where neither is there.
fn reference(text: &[u8]) -> Option<(Part<'_>, &[u8])> {
    let (braced, body) = text.strip_prefix(b"{").map_or((false, text), |body| (true, body));
    let valid = match std::str::from_utf8(body) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(body.get(..error.valid_up_to())?).ok()?,
    };
    let end = valid.find(|c: char| !is_name(c)).unwrap_or(valid.len());
    let name = valid.get(..end).filter(|name| !name.is_empty())?;
    let mut rest = body.get(end..)?;
    if braced {
        rest = rest.strip_prefix(b"}")?;
    }
    let leading_zero = name.len() > 1 && name.starts_with('0');
    let number = (name.len() <= 9 && !leading_zero && name.bytes().all(|b| b.is_ascii_digit()))
        .then(|| name.parse().ok())
        .flatten();
    Some((number.map_or(Part::Name(name), Part::Group), rest))
}

/// Go's letters, decimal digits, and `_`.
fn is_name(c: char) -> bool {
    c == '_' || unicode::is_letter(c) || unicode::is_digit(c)
}

/// The pattern that matches `text` itself: Go's `QuoteMeta`.
///
/// ```
/// assert_eq!(aoa_lang::text::regexp::quote_meta("a.b*"), r"a\.b\*");
/// ```
#[must_use]
pub fn quote_meta(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
