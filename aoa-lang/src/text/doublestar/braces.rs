//! Finding one's way in `{a,b}`.

/// Where the `}` stands that closes the brace before `text`.
pub(super) fn closing(text: &[u8]) -> Option<usize> {
    let mut depth = 1usize;
    unescaped(text).find_map(|(index, byte)| {
        match byte {
            b'{' => depth = depth.saturating_add(1),
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(index)
    })
}

/// Where the next comma stands that is in no inner braces.
pub(super) fn next_comma(text: &[u8]) -> Option<usize> {
    let mut depth = 1isize;
    unescaped(text).find_map(|(index, byte)| {
        match byte {
            b'{' => depth = depth.saturating_add(1),
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => return Some(index),
            _ => {}
        }
        None
    })
}

/// Where `wanted` first stands without a backslash before it.
pub(super) fn find_unescaped(text: &[u8], wanted: u8) -> Option<usize> {
    unescaped(text).find(|(_, byte)| *byte == wanted).map(|(index, _)| index)
}

/// The alternatives between the braces, of which there is always one.
pub(super) fn alternatives(mut between: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some(comma) = next_comma(between) {
        found.push(between.get(..comma).unwrap_or_default());
        between = between.get(comma.saturating_add(1)..).unwrap_or_default();
    }
    found.push(between);
    found
}

/// The bytes that neither are a backslash nor follow one.
fn unescaped(text: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut escaped = false;
    text.iter().copied().enumerate().filter(move |(_, byte)| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        escaped = *byte == b'\\';
        !escaped
    })
}
