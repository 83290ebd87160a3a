//! PEM: bytes in base64 between dashed lines, as `encoding/pem` reads and writes them.

use crate::template::sprig::encoding::from_base64;
use crate::template::sprig::text::find;

/// A block: the words of its dashed lines, and its bytes.
pub(super) struct Block {
    pub(super) kind: Vec<u8>,
    pub(super) bytes: Vec<u8>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";
const LINE: usize = 64;

/// Writes a block.
pub(super) fn encode(kind: &str, bytes: &[u8]) -> Vec<u8> {
    let kind = kind.as_bytes();
    let mut out = [BEGIN, kind, DASHES, b"\n"].concat();
    for line in crate::base64::encode(bytes).as_bytes().chunks(LINE) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.extend_from_slice(&[END.get(1..).unwrap_or_default(), kind, DASHES, b"\n"].concat());
    out
}

/// The first block in `text`; what is no block is passed over.
pub(super) fn decode(text: &[u8]) -> Option<Block> {
    let mut rest = text;
    loop {
        let end = find(rest, END)?;
        let (before, trailer) = rest.split_at_checked(end)?;
        let trailer = trailer.get(END.len()..)?;
        if let Some(block) = block(before, trailer).or_else(|| empty_block(before, trailer)) {
            return Some(block);
        }
        rest = trailer;
    }
}

/// The block whose last `BEGIN` stands in `before`, and whose `END` line goes on with `trailer`.
fn block(before: &[u8], trailer: &[u8]) -> Option<Block> {
    let begin = memchr::memmem::rfind(before, BEGIN)?;
    if begin > 0 && before.get(begin - 1) != Some(&b'\n') {
        return None;
    }
    let (kind, mut body) = line(before.get(begin + BEGIN.len()..)?);
    let kind = kind.strip_suffix(DASHES)?;
    // Headers: lines with a colon.
    loop {
        let (header, next) = line(body);
        if body.is_empty() || !header.contains(&b':') {
            break;
        }
        body = next;
    }
    closes(kind, trailer)?;
    let digits: Vec<u8> = body.iter().copied().filter(|b| !matches!(b, b' ' | b'\t')).collect();
    Some(Block { kind: kind.to_vec(), bytes: from_base64(&digits).ok()? })
}

/// `BEGIN` and `END` lines with nothing between.
fn empty_block(before: &[u8], trailer: &[u8]) -> Option<Block> {
    let begin = memchr::memmem::rfind(before, BEGIN)?;
    let kind = before.get(begin + BEGIN.len()..)?.strip_suffix(DASHES)?;
    closes(kind, trailer)?;
    Some(Block { kind: kind.to_vec(), bytes: Vec::new() })
}

/// Whether the `END` line names `kind`, and holds nothing more than blanks.
fn closes(kind: &[u8], trailer: &[u8]) -> Option<()> {
    let after = trailer.strip_prefix(kind)?.strip_prefix(DASHES)?;
    line(after).0.is_empty().then_some(())
}

/// The first line without blanks at its end, and the rest.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match text.iter().position(|b| *b == b'\n') {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, b"".as_slice()),
    };
    let end = line.iter().rposition(|b| !matches!(b, b' ' | b'\t' | b'\r')).map_or(0, |at| at + 1);
    (line.get(..end).unwrap_or_default(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_as_they_were_written() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = [b"noise\n".as_slice(), &encode("A KEY", &bytes), b"more"].concat();
        let block = decode(&text).unwrap();
        assert_eq!((block.kind.as_slice(), block.bytes), (b"A KEY".as_slice(), bytes));
        assert!(decode(b"-----BEGIN A-----\nAAAA\n-----END B-----\n").is_none());
        assert!(decode(b"YQ==").is_none());
        assert_eq!(decode(b"-----BEGIN A-----\n-----END A-----").unwrap().bytes, b"");
    }
}
