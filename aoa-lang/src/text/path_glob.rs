//! Path patterns as Go's `path.Match` and `path/filepath.Match` (on Unix) have them.
//!
//! `*` stands for text without `/`, `?` for one rune but `/`, `[a-z]` and `[^a-z]` for one rune of a set. The two
//! functions differ in one point: `path.Match` reads a pattern to its end before it says no, `filepath.Match` tells of a
//! mistake only where it comes upon it.
//!
//! ```
//! use aoa_lang::text::path_glob;
//!
//! assert!(path_glob::path_match("apps/*/base", "apps/web/base")?);
//! assert_eq!(path_glob::path_match("a[", "b").unwrap_err().to_string(), "syntax error in pattern");
//! # Ok::<(), aoa_lang::Error>(())
//! ```

use super::runes::decode;
use crate::{Error, Result};

/// Whether all of `name` matches `pattern`: Go 1.26's `path.Match`.
///
/// # Errors
/// `Syntax` (`syntax error in pattern`) for a malformed pattern.
pub fn path_match(pattern: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<bool> {
    matches(pattern.as_ref(), name.as_ref(), Rest::Checked)
}

/// Whether all of `name` matches `pattern`: Go 1.26's `filepath.Match` on Unix.
///
/// # Errors
/// `Syntax` (`syntax error in pattern`) where the search comes upon a malformed part of the pattern.
pub fn filepath_match(pattern: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<bool> {
    matches(pattern.as_ref(), name.as_ref(), Rest::Unread)
}

/// What becomes of the pattern behind the part that did not match.
#[derive(Clone, Copy, PartialEq)]
enum Rest {
    Checked,
    Unread,
}

fn matches(mut pattern: &[u8], mut name: &[u8], rest: Rest) -> Result<bool> {
    while !pattern.is_empty() {
        let (star, chunk, behind) = next_chunk(pattern);
        pattern = behind;
        if star && chunk.is_empty() {
            return Ok(!name.contains(&b'/'));
        }
        let items = read_chunk(chunk)?;
        let last = pattern.is_empty();
        // A star skips bytes up to the next slash; the last part must also use up the name.
        let skippable = if star { name.iter().take_while(|b| **b != b'/').count() } else { 0 };
        let found = (0..=skippable).find_map(|skipped| {
            let tail = match_chunk(&items, name.get(skipped..)?)?;
            (!last || tail.is_empty()).then_some(tail)
        });
        match found {
            Some(tail) => name = tail,
            None if rest == Rest::Unread => return Ok(false),
            None => {
                while !pattern.is_empty() {
                    let (_, chunk, behind) = next_chunk(pattern);
                    read_chunk(chunk)?;
                    pattern = behind;
                }
                return Ok(false);
            }
        }
    }
    Ok(name.is_empty())
}

/// Splits off stars and what follows them up to the next star.
fn next_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|b| **b == b'*').count();
    let body = pattern.get(stars..).unwrap_or_default();
    let (mut in_class, mut escaped) = (false, false);
    let end = body.iter().position(|b| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match b {
            b'\\' => escaped = true,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' => return !in_class,
            _ => {}
        }
        false
    });
    let (chunk, behind) = body.split_at_checked(end.unwrap_or(body.len())).unwrap_or((body, &[]));
    (stars > 0, chunk, behind)
}

/// A part of a pattern that stands for one byte or one rune.
enum Item {
    Byte(u8),
    Rune,
    Class { ranges: Vec<(char, char)>, negated: bool },
}

fn read_chunk(mut chunk: &[u8]) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    while let Some((first, rest)) = chunk.split_first() {
        chunk = rest;
        items.push(match first {
            b'[' => {
                let negated = chunk.first() == Some(&b'^');
                chunk = chunk.get(usize::from(negated)..).unwrap_or_default();
                let mut ranges = Vec::new();
                while ranges.is_empty() || chunk.first() != Some(&b']') {
                    let lo = class_rune(&mut chunk)?;
                    let mut hi = lo;
                    if let Some(rest) = chunk.strip_prefix(b"-") {
                        chunk = rest;
                        hi = class_rune(&mut chunk)?;
                    }
                    ranges.push((lo, hi));
                }
                chunk = chunk.get(1..).unwrap_or_default();
                Item::Class { ranges, negated }
            }
            b'?' => Item::Rune,
            b'\\' => {
                let (escaped, rest) = chunk.split_first().ok_or_else(bad_pattern)?;
                chunk = rest;
                Item::Byte(*escaped)
            }
            byte => Item::Byte(*byte),
        });
    }
    Ok(items)
}

/// Reads a rune of a class, escaped or not; something must follow it.
fn class_rune(chunk: &mut &[u8]) -> Result<char> {
    if matches!(chunk.first(), None | Some(b'-' | b']')) {
        return Err(bad_pattern());
    }
    let unescaped = chunk.strip_prefix(b"\\").unwrap_or(chunk);
    let (rune, size) = decode(unescaped);
    let rest = unescaped.get(size..).filter(|rest| !rest.is_empty()).ok_or_else(bad_pattern)?;
    if rune == char::REPLACEMENT_CHARACTER && size <= 1 {
        return Err(bad_pattern());
    }
    *chunk = rest;
    Ok(rune)
}

fn bad_pattern() -> Error {
    Error::syntax("syntax error in pattern")
}

/// What is left of `name` behind the items; `None` if they do not match its start.
fn match_chunk<'n>(items: &[Item], mut name: &'n [u8]) -> Option<&'n [u8]> {
    for item in items {
        let first = *name.first()?;
        let (rune, size) = match item {
            Item::Byte(_) => (char::from(first), 1),
            Item::Rune | Item::Class { .. } => decode(name),
        };
        let holds = match item {
            Item::Byte(byte) => first == *byte,
            Item::Rune => first != b'/',
            Item::Class { ranges, negated } => {
                ranges.iter().any(|(lo, hi)| (*lo..=*hi).contains(&rune)) != *negated
            }
        };
        name = name.get(size..).filter(|_| holds)?;
    }
    Some(name)
}
