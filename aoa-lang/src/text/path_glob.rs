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

use super::Mismatch;
use super::runes::decode;
use crate::Error;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether all of `name` matches `pattern`: Go 1.26's `path.Match`.
///
/// # Errors
/// `Syntax` (`syntax error in pattern`) for a malformed pattern.
pub fn path_match(pattern: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<bool> {
    Ok(path_mismatch(pattern, name)?.is_none())
}

/// Why `name` does not match `pattern`, if it does not: [`path_match`] with its reason.
///
/// ```
/// use aoa_lang::text::path_glob::path_mismatch;
/// let why = path_mismatch("apps/*/base", "apps/web/overlay")?.unwrap();
/// assert_eq!(why.to_string(), "`base` is wanted at byte 9");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
///
/// # Errors
/// As [`path_match`].
pub fn path_mismatch(pattern: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<Option<Mismatch>> {
    compare(pattern.as_ref(), name.as_ref(), Rest::Checked)
}

/// Whether all of `name` matches `pattern`: Go 1.26's `filepath.Match` on Unix.
///
/// # Errors
/// `Syntax` (`syntax error in pattern`) where the search comes upon a malformed part of the pattern.
pub fn filepath_match(pattern: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<bool> {
    Ok(compare(pattern.as_ref(), name.as_ref(), Rest::Unread)?.is_none())
}

/// What becomes of the pattern behind the part that did not match.
#[derive(Clone, Copy, PartialEq)]
enum Rest {
    Checked,
    Unread,
}

fn compare(mut pattern: &[u8], mut name: &[u8], rest: Rest) -> Result<Option<Mismatch>> {
    let whole = name.len();
    while !pattern.is_empty() {
        let (star, chunk, behind) = next_chunk(pattern);
        pattern = behind;
        if star && chunk.is_empty() {
            let slash = name.iter().position(|b| *b == b'/');
            return Ok(slash.map(|slash| Mismatch::new(whole - name.len() + slash, b"")));
        }
        let items = read_chunk(chunk)?;
        let last = pattern.is_empty();
        // A star skips bytes up to the next slash; the last part must also use up the name.
        let skippable = if star { name.iter().take_while(|b| **b != b'/').count() } else { 0 };
        let mut why = Mismatch::new(whole - name.len(), chunk);
        let found = (0..=skippable).find_map(|skipped| {
            let tried = name.get(skipped..)?;
            let (tail, wanted) = match match_chunk(&items, tried) {
                Ok(tail) if !last || tail.is_empty() => return Some(tail),
                Ok(tail) => (tail, &[][..]),
                Err((tail, item)) => (tail, chunk.get(item..).unwrap_or_default()),
            };
            let at = whole - tail.len();
            if at > why.at {
                why = Mismatch::new(at, wanted);
            }
            None
        });
        match found {
            Some(tail) => name = tail,
            None => {
                if rest == Rest::Unread {
                    return Ok(Some(why));
                }
                while !pattern.is_empty() {
                    let (_, chunk, behind) = next_chunk(pattern);
                    read_chunk(chunk)?;
                    pattern = behind;
                }
                return Ok(Some(why));
            }
        }
    }
    Ok((!name.is_empty()).then(|| Mismatch::new(whole - name.len(), b"")))
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

/// The items of a chunk, each with where it begins in it.
fn read_chunk(mut chunk: &[u8]) -> Result<Vec<(usize, Item)>> {
    let whole = chunk.len();
    let mut items = Vec::new();
    while let Some((first, rest)) = chunk.split_first() {
        let start = whole - chunk.len();
        chunk = rest;
        let item = match first {
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
        };
        items.push((start, item));
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

/// What is left of `name` behind the items; if they do not match its start, what was left before the item that does
/// not, and where that one begins.
fn match_chunk<'n>(items: &[(usize, Item)], mut name: &'n [u8]) -> Result<&'n [u8], (&'n [u8], usize)> {
    for (start, item) in items {
        let Some(first) = name.first().copied() else { return Err((name, *start)) };
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
        name = name.get(size..).filter(|_| holds).ok_or((name, *start))?;
    }
    Ok(name)
}
