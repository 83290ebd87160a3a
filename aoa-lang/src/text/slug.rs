//! Slugs as gosimple/slug 1.15.0 makes them of text: ASCII letters and digits, `-` and `_`.

use std::sync::OnceLock;

/// How the characters beyond ASCII are written, by block of 256; printed by `conformance/oracles/unidecode`.
static TABLE: &str = include_str!("unidecode.txt");
static BLOCKS: OnceLock<Vec<Option<Vec<&'static str>>>> = OnceLock::new();

/// How a slug that is too long is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Before the last `-` that leaves the slug short enough, else in the middle of its only word; 0 cuts nothing.
    Smart(usize),
    /// After so many bytes, before anything else is replaced.
    Hard(usize),
}

/// Makes a slug of `text`: `slug.Make` for English, its result in lower case.
///
/// With `underscores_to_dashes` every `_` is a `-` from the start (`CustomSub` of Argo CD's pull request generator).
///
/// ```
/// use aoa_lang::text::slug::{Cut, slug};
/// assert_eq!(slug("Größe & Maß: 100%", false, Cut::Smart(50)), "grosse-and-mass-100");
/// assert_eq!(slug("feature/long-branch-name", false, Cut::Smart(14)), "feature-long");
/// ```
#[must_use]
pub fn slug(text: &str, underscores_to_dashes: bool, cut: Cut) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '_' if underscores_to_dashes => plain.push('-'),
            '&' => plain.push_str("and"),
            '@' => plain.push_str("at"),
            '"' | '\'' | '\u{2019}' => {}
            '\u{2012}'..='\u{2015}' => plain.push('-'),
            c => push_ascii(c, &mut plain),
        }
    }
    plain.make_ascii_lowercase();
    if let Cut::Hard(length) = cut
        && plain.len() >= length
    {
        plain.truncate(length);
    }
    let mut slug = String::with_capacity(plain.len());
    for c in plain.chars() {
        let c = if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        if c != '-' || !slug.ends_with('-') {
            slug.push(c);
        }
    }
    let slug = slug.trim_matches(['-', '_']);
    let Cut::Smart(length @ 1..) = cut else { return slug.to_owned() };
    if slug.len() <= length {
        return slug.to_owned();
    }
    // The character behind the cut may be the dash.
    let front = slug.get(..=length).unwrap_or(slug);
    let end = front.rfind('-').unwrap_or(length);
    slug.get(..end).unwrap_or(slug).to_owned()
}

fn push_ascii(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c);
        return;
    }
    let code = u32::from(c) as usize;
    let blocks = BLOCKS.get_or_init(read_table);
    let text = blocks.get(code >> 8).and_then(|block| block.as_ref()?.get(code & 0xff));
    out.push_str(text.copied().unwrap_or_default());
}

fn read_table() -> Vec<Option<Vec<&'static str>>> {
    let mut blocks = vec![None; 256];
    for line in TABLE.lines() {
        let mut texts = line.split('\t');
        let number = texts.next().and_then(|number| usize::from_str_radix(number, 16).ok());
        if let Some(block) = number.and_then(|number| blocks.get_mut(number)) {
            *block = Some(texts.collect());
        }
    }
    blocks
}
