//! Paths as texts: Go's `path`, which is `path/filepath` on Linux.

/// The shortest path that means the same (`path.Clean` of Go 1.26); `.` for the empty one.
///
/// ```
/// use aoa_lang::text::path::clean;
///
/// assert_eq!(clean(b"a/./b/../../c//"), b"c");
/// assert_eq!(clean(b"/../x"), b"/x");
/// assert_eq!(clean(b""), b".");
/// ```
#[must_use]
pub fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", joined.as_slice()].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

/// All but the last part of a path, cleaned (`path.Dir`).
#[must_use]
pub fn dir(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    clean(path.get(..end).unwrap_or_default())
}
