//! Go's `base64.StdEncoding`: line breaks are skipped, spare bits ignored, padding required.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

/// The bytes of `text`, or where it is corrupt.
///
/// # Errors
///
/// The offset of the first byte that is out of place, as Go counts it.
pub fn decode(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut quantum = Vec::with_capacity(4);
    let mut bytes = text.iter().copied().enumerate().filter(|(_, b)| !matches!(b, b'\n' | b'\r'));
    while let Some((at, byte)) = bytes.next() {
        if byte == b'=' {
            if quantum.len() < 2 {
                return Err(at);
            }
            if quantum.len() == 2 {
                match bytes.next() {
                    None => return Err(text.len()),
                    Some((_, b'=')) => {}
                    Some((next, _)) => return Err(next - 1),
                }
            }
            flush(&mut out, &mut quantum);
            return bytes.next().map_or(Ok(out), |(garbage, _)| Err(garbage));
        }
        quantum.push(value_of(byte).ok_or(at)?);
        if quantum.len() == 4 {
            flush(&mut out, &mut quantum);
        }
    }
    if quantum.is_empty() { Ok(out) } else { Err(text.len() - quantum.len()) }
}

/// The bytes of `text` without padding: Go's `base64.RawStdEncoding`.
///
/// # Errors
///
/// The offset of the first byte that is out of place, as Go counts it.
pub fn decode_raw(text: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut quantum = Vec::with_capacity(4);
    for (at, byte) in text.iter().copied().enumerate().filter(|(_, b)| !matches!(b, b'\n' | b'\r')) {
        quantum.push(value_of(byte).ok_or(at)?);
        if quantum.len() == 4 {
            flush(&mut out, &mut quantum);
        }
    }
    if quantum.len() == 1 {
        return Err(text.len() - 1);
    }
    flush(&mut out, &mut quantum);
    Ok(out)
}

fn flush(out: &mut Vec<u8>, quantum: &mut Vec<u8>) {
    let bits = (0..4).fold(0u32, |bits, at| bits << 6 | u32::from(quantum.get(at).copied().unwrap_or(0)));
    let [_, bytes @ ..] = bits.to_be_bytes();
    out.extend(bytes.iter().take(quantum.len().saturating_sub(1)));
    quantum.clear();
}

fn value_of(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// The text of `bytes`, padded.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_as_go() {
        for text in ["", "YQ==", "YWI=", "YWJj", "YWJjZA=="] {
            assert_eq!(encode(&decode(text.as_bytes()).unwrap()), text);
        }
        assert_eq!(decode(b"YW\nJj\r\n").unwrap(), b"abc");
        assert_eq!(encode(&decode(b"YR==").unwrap()), "YQ==");
        for (text, at) in [("***", 0), ("YQ", 0), ("YWJjYQ=", 7), ("YQ=a", 2), ("YQ==a", 4), ("Y===", 1)] {
            assert_eq!(decode(text.as_bytes()), Err(at), "{text}");
        }
    }
}
