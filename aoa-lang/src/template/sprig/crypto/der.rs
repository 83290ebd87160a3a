//! The distinguished encoding rules of ASN.1: writing, and reading what has been written by the rules.

use num_bigint::BigUint;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of a constructed element `[number]`.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// An element with this tag and content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(length @ 0..0x80) => out.push(length),
        _ => {
            let length = content.len().to_be_bytes();
            let used =
                length.iter().position(|b| *b != 0).and_then(|at| length.get(at..)).unwrap_or_default();
            out.push(0x80 | u8::try_from(used.len()).unwrap_or(0));
            out.extend_from_slice(used);
        }
    }
    out.extend_from_slice(content);
    out
}

/// An element that holds other elements.
pub(super) fn nest(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    element(tag, &parts.concat())
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    nest(SEQUENCE, parts)
}

pub(super) fn integer(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|b| *b >= 0x80) {
        bytes.insert(0, 0);
    }
    element(INTEGER, &bytes)
}

pub(super) fn small(number: u8) -> Vec<u8> {
    integer(&BigUint::from(number))
}

/// A bit string of whole bytes.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

/// An object identifier, by its encoded content.
pub(super) fn oid(content: &[u8]) -> Vec<u8> {
    element(OID, content)
}

/// Elements one behind the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    pub(super) fn tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The content of the next element and all of it, if it has this tag.
    pub(super) fn whole(&mut self, tag: u8) -> Option<(&'a [u8], &'a [u8])> {
        let [found, first, rest @ ..] = self.rest else { return None };
        if *found != tag {
            return None;
        }
        let (length, header) = match first {
            0..=0x7f => (usize::from(*first), 2),
            0x81..=0x84 => {
                let count = usize::from(first - 0x80);
                let bytes = rest.get(..count)?;
                let length = bytes.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
                // The rules ask for the shortest form.
                if bytes.first() == Some(&0) || length < 0x80 {
                    return None;
                }
                (length, 2 + count)
            }
            _ => return None,
        };
        let (all, after) = self.rest.split_at_checked(header.checked_add(length)?)?;
        self.rest = after;
        Some((all.get(header..)?, all))
    }

    /// The content of the next element, if it has this tag.
    pub(super) fn content(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.whole(tag).map(|(content, _)| content)
    }

    /// The elements inside of the next element, if it has this tag.
    pub(super) fn enter(&mut self, tag: u8) -> Option<Reader<'a>> {
        self.content(tag).map(Reader::new)
    }

    /// Passes over the next element, if it has this tag; false if it is malformed.
    pub(super) fn skip_optional(&mut self, tag: u8) -> bool {
        self.tag() != Some(tag) || self.content(tag).is_some()
    }

    /// An integer; the flag says that it is negative, and then the number is not to be used.
    pub(super) fn integer(&mut self) -> Option<(BigUint, bool)> {
        let bytes = self.content(INTEGER)?;
        match bytes {
            [] | [0, 0..0x80, ..] | [0xff, 0x80..=0xff, ..] => None,
            [first, ..] => Some((BigUint::from_bytes_be(bytes), *first >= 0x80)),
        }
    }

    /// An integer that is not negative.
    pub(super) fn unsigned(&mut self) -> Option<BigUint> {
        self.integer().filter(|(_, negative)| !negative).map(|(number, _)| number)
    }
}

/// An object identifier as people write it: `1.2.840.113549`.
pub(super) fn dotted(content: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number = 0_u64;
    for byte in content {
        number = number << 7 | u64::from(byte & 0x7f);
        if *byte < 0x80 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.extend([first, number - first * 40]);
            } else {
                numbers.push(number);
            }
            number = 0;
        }
    }
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}
