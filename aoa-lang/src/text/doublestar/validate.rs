//! Which patterns are well formed.

/// Whether a pattern is well formed: Go's `doublestar.ValidatePattern`.
#[must_use]
pub fn is_valid(pattern: impl AsRef<[u8]>) -> bool {
    let mut bytes = pattern.as_ref().iter();
    let mut depth = 0usize;
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if bytes.next().is_none() => return false,
            b'[' => {
                let mut next = bytes.next();
                if matches!(next, Some(b'^' | b'!')) {
                    next = bytes.next();
                }
                if matches!(next, None | Some(b']')) {
                    return false;
                }
                loop {
                    match next {
                        None => return false,
                        Some(b']') => break,
                        Some(b'\\') => {
                            bytes.next();
                        }
                        Some(_) => {}
                    }
                    next = bytes.next();
                }
            }
            b'{' => depth = depth.saturating_add(1),
            b'}' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            },
            _ => {}
        }
    }
    depth == 0
}
