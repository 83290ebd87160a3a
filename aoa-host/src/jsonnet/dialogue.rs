//! What the command and its child say to each other: messages of some texts, each with its length before it.
//!
//! The command says `evaluate`, the program's path, its arguments and its external variables. The child asks `find FROM PATH`
//! and `read PATH` as often as it wants, and each time is answered `ok TEXT` or `error TEXT`. It ends with `done JSON` or
//! `failed MESSAGE`, or with `stopped REASON` where it cannot tell.

use std::io::{self, Read, Write};

/// No part of a message is longer.
const MOST_BYTES: u32 = 256 << 20;

/// No message has more parts.
const MOST_PARTS: u32 = 1 << 20;

pub(super) fn send<P: AsRef<[u8]>>(to: &mut impl Write, parts: &[P]) -> io::Result<()> {
    let length = |n: usize| u32::try_from(n).map_err(|_| invalid("a message that is too long"));
    to.write_all(&length(parts.len())?.to_le_bytes())?;
    for part in parts {
        let part = part.as_ref();
        to.write_all(&length(part.len())?.to_le_bytes())?;
        to.write_all(part)?;
    }
    to.flush()
}

pub(super) fn receive(from: &mut impl Read) -> io::Result<Vec<Vec<u8>>> {
    let count = number(from, MOST_PARTS)?;
    let mut parts = Vec::new();
    for _ in 0..count {
        let length = number(from, MOST_BYTES)?;
        let mut part = Vec::new();
        // Read as it comes: a wrong length must not make room for bytes that nobody sends.
        from.by_ref().take(u64::from(length)).read_to_end(&mut part)?;
        if part.len() as u64 != u64::from(length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        parts.push(part);
    }
    Ok(parts)
}

fn number(from: &mut impl Read, most: u32) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    let number = u32::from_le_bytes(bytes);
    if number > most { Err(invalid("a message that is too long")) } else { Ok(number) }
}

pub(super) fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_as_they_were_sent() {
        let mut wire = Vec::new();
        send(&mut wire, &["find", "", "a\nb"]).unwrap();
        assert_eq!(receive(&mut wire.as_slice()).unwrap(), [b"find".to_vec(), Vec::new(), b"a\nb".to_vec()]);
        wire.pop();
        assert!(receive(&mut wire.as_slice()).is_err());
        assert!(receive(&mut [0xff; 8].as_slice()).is_err());
    }
}
