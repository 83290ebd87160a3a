//! Runes of bytes as Go decodes them, and where bytes occur: matchers step through texts that may be cut within a rune.

/// What Go reads where bytes are not UTF-8.
pub(super) const REPLACEMENT: char = '\u{FFFD}';

/// The first rune and how many bytes it takes: a replacement of one byte where they are not UTF-8, and of none at the end.
pub(super) fn decode(bytes: &[u8]) -> (char, usize) {
    let Some(first) = bytes.first() else { return (REPLACEMENT, 0) };
    if first.is_ascii() {
        return (char::from(*first), 1);
    }
    let chunk = bytes.get(..bytes.len().min(4)).unwrap_or(bytes);
    let valid = match std::str::from_utf8(chunk) {
        Ok(valid) => valid,
        Err(error) => {
            chunk.get(..error.valid_up_to()).and_then(|v| std::str::from_utf8(v).ok()).unwrap_or_default()
        }
    };
    valid.chars().next().map_or((REPLACEMENT, 1), |c| (c, c.len_utf8()))
}

/// The runes and where they begin.
pub(super) fn runes(bytes: &[u8]) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0usize;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let (rune, size) = decode(rest);
        let start = at;
        at = at.saturating_add(size);
        Some((start, rune))
    })
}

/// Where `needle` first occurs.
pub(super) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => bytes.iter().position(|b| b == byte),
        _ => bytes.windows(needle.len()).position(|window| window == needle),
    }
}

/// Where `needle` last occurs.
pub(super) fn rfind(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(bytes.len()),
        _ => bytes.windows(needle.len()).rposition(|window| window == needle),
    }
}

/// Where `rune` first occurs.
pub(super) fn find_rune(bytes: &[u8], rune: char) -> Option<usize> {
    find(bytes, rune.encode_utf8(&mut [0; 4]).as_bytes())
}

/// Where the first of `wanted` that occurs at all occurs first.
pub(super) fn find_any(bytes: &[u8], wanted: &[char]) -> Option<usize> {
    wanted.iter().find_map(|rune| find_rune(bytes, *rune))
}
