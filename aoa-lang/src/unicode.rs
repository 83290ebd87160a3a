//! Classes and cases of characters as Go's `unicode` package knows them: Unicode 15.0, simple case mappings.
//!
//! Rust's own methods follow other properties (`is_uppercase` is more than `Lu`), map to several characters
//! (`ß` to `SS`), and know a newer Unicode.
//!
//! ```
//! use aoa_lang::unicode;
//! assert_eq!(unicode::to_upper('ß'), 'ß');
//! assert!(!unicode::is_upper('Ⅷ'));
//! ```

use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};

/// Upper case letters, `Lu`.
#[must_use]
pub fn is_upper(c: char) -> bool {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of("Lu"));
    if c.is_ascii() { c.is_ascii_uppercase() } else { TABLE.contains(c) }
}

/// Lower case letters, `Ll`.
#[must_use]
pub fn is_lower(c: char) -> bool {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of("Ll"));
    if c.is_ascii() { c.is_ascii_lowercase() } else { TABLE.contains(c) }
}

/// Title case letters, `Lt`.
#[must_use]
pub fn is_title(c: char) -> bool {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of("Lt"));
    !c.is_ascii() && TABLE.contains(c)
}

/// Letters, `L`.
#[must_use]
pub fn is_letter(c: char) -> bool {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of("L"));
    if c.is_ascii() { c.is_ascii_alphabetic() } else { TABLE.contains(c) }
}

/// Decimal digits, `Nd`.
#[must_use]
pub fn is_digit(c: char) -> bool {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of("Nd"));
    if c.is_ascii() { c.is_ascii_digit() } else { TABLE.contains(c) }
}

/// Numbers, `N`.
#[must_use]
pub fn is_number(c: char) -> bool {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of("N"));
    if c.is_ascii() { c.is_ascii_digit() } else { TABLE.contains(c) }
}

/// Punctuation, `P`.
#[must_use]
pub fn is_punct(c: char) -> bool {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of("P"));
    TABLE.contains(c)
}

/// What Go prints as it is: letters, marks, numbers, punctuation, symbols and the ASCII space.
#[must_use]
pub fn is_print(c: char) -> bool {
    static TABLE: LazyLock<Table> =
        LazyLock::new(|| Table::read(r"[[\p{L}\p{M}\p{N}\p{P}\p{S}]&&\p{age=15.0}]"));
    if c.is_ascii() { (' '..='~').contains(&c) } else { TABLE.contains(c) }
}

/// White space.
#[must_use]
pub fn is_space(c: char) -> bool {
    // The property White_Space has been the same since Unicode 6.3.
    c.is_whitespace()
}

/// The upper case of `c`.
#[must_use]
pub fn to_upper(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(upper), None) => known(c).and(known(upper)).unwrap_or(c),
        _ => match c {
            // Several characters in full, one in simple mapping: the iota below becomes one beside.
            '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => moved(c, 8),
            '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => moved(c, 9),
            _ => c,
        },
    }
}

/// The lower case of `c`.
#[must_use]
pub fn to_lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut mapped = c.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(lower), None) => known(c).and(known(lower)).unwrap_or(c),
        // Only U+0130, the capital I with a dot.
        (Some(first), Some(_)) => first,
        (None, _) => c,
    }
}

/// The title case of `c`.
#[must_use]
pub fn to_title(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has capitals, and no title case.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => c,
        _ => to_upper(c),
    }
}

/// The characters of a Go string: each byte that is not UTF-8 counts as U+FFFD.
pub fn chars(text: &[u8]) -> impl Iterator<Item = char> + Clone {
    let bad = |bytes: &[u8]| std::iter::repeat_n(char::REPLACEMENT_CHARACTER, bytes.len());
    text.utf8_chunks().flat_map(move |chunk| chunk.valid().chars().chain(bad(chunk.invalid())))
}

/// The first character of a Go string and how many bytes it takes; a byte that is not UTF-8 counts as U+FFFD.
#[must_use]
pub fn first_char(text: &[u8]) -> Option<(char, usize)> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some((char::from(first), 1));
    }
    let head = text.get(..4).unwrap_or(text);
    let valid = head.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    Some(valid.map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, c.len_utf8())))
}

/// The last character of a Go string and how many bytes it takes; a byte that is not UTF-8 counts as U+FFFD.
#[must_use]
pub fn last_char(text: &[u8]) -> Option<(char, usize)> {
    let last = *text.last()?;
    if last.is_ascii() {
        return Some((char::from(last), 1));
    }
    let whole = |width: usize| {
        let tail = text.get(text.len().checked_sub(width)?..)?;
        let mut chars = std::str::from_utf8(tail).ok()?.chars();
        chars.next().filter(|_| chars.next().is_none()).map(|c| (c, width))
    };
    (2..=4).find_map(whole).or(Some((char::REPLACEMENT_CHARACTER, 1)))
}

fn moved(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

/// `c`, if Unicode 15.0 has it.
fn known(c: char) -> Option<char> {
    static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(r"\p{age=15.0}"));
    TABLE.contains(c).then_some(c)
}

/// Ranges of characters, sorted.
struct Table(Vec<(char, char)>);

impl Table {
    fn of(category: &str) -> Table {
        Table::read(&format!(r"[\p{{{category}}}&&\p{{age=15.0}}]"))
    }

    fn read(class: &str) -> Table {
        let parsed = regex_syntax::parse(class).map(regex_syntax::hir::Hir::into_kind);
        match parsed {
            Ok(HirKind::Class(Class::Unicode(class))) => {
                Table(class.iter().map(|range| (range.start(), range.end())).collect())
            }
            _ => Table(Vec::new()),
        }
    }

    fn contains(&self, c: char) -> bool {
        let at = self.0.partition_point(|(_, end)| *end < c);
        self.0.get(at).is_some_and(|(start, _)| *start <= c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FNV-1a over the answers for every character, as a Go program computes it with `unicode` of Go 1.26.
    fn digest(answer: impl Fn(char) -> u32) -> u64 {
        ('\0'..=char::MAX).fold(0xcbf2_9ce4_8422_2325, |hash, c| {
            (hash ^ u64::from(answer(c))).wrapping_mul(0x100_0000_01b3)
        })
    }

    #[test]
    fn every_character_is_as_in_go() {
        assert_eq!(digest(|c| u32::from(to_upper(c))), UPPER);
        assert_eq!(digest(|c| u32::from(to_lower(c))), LOWER);
        assert_eq!(digest(|c| u32::from(to_title(c))), TITLE);
        assert_eq!(digest(classes), CLASSES);
    }

    fn classes(c: char) -> u32 {
        let tests =
            [is_upper, is_lower, is_title, is_letter, is_digit, is_number, is_punct, is_space, is_print];
        tests.iter().fold(0, |bits, test| bits << 1 | u32::from(test(c)))
    }

    const UPPER: u64 = 0x7369_3492_3ace_8e04;
    const LOWER: u64 = 0x6cb4_860d_cb97_926d;
    const TITLE: u64 = 0xc7d9_7178_6996_47e4;
    const CLASSES: u64 = 0xd7de_1cec_4bc0_a6af;
}
