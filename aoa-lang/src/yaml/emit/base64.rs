//! Standard base64, as Go writes bytes.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// go-yaml's line length.
const LINE: usize = 70;

/// `base64.StdEncoding.EncodeToString`
pub(super) fn encode(bytes: &[u8]) -> String {
    let digit = |n: u32| ALPHABET.get((n & 63) as usize).map_or('A', |b| char::from(*b));
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |i: usize| chunk.get(i).map_or(0, |b| u32::from(*b));
        let n = at(0) << 16 | at(1) << 8 | at(2);
        out.push(digit(n >> 18));
        out.push(digit(n >> 12));
        out.push(if chunk.len() > 1 { digit(n >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { digit(n) } else { '=' });
    }
    out
}

/// `encodeBase64` of go-yaml's resolve.go: lines of 70 characters, each ended if there is more than one.
pub(super) fn encode_in_lines(bytes: &[u8]) -> String {
    let text = encode(bytes);
    // go-yaml counts one line too many when the text ends with a line.
    if text.len() / LINE + 1 == 1 {
        return text;
    }
    text.as_bytes().chunks(LINE).flat_map(|line| line.iter().map(|b| char::from(*b)).chain(['\n'])).collect()
}
