//! Classes of bytes, as libyaml's macros tell them apart (go-yaml `yamlprivateh.go`).

/// Letters, digits, `_` and `-`.
pub(super) fn is_alpha(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

pub(super) fn is_blank(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

/// The bytes that a tag may be made of, besides letters and digits.
pub(super) fn is_uri(b: u8) -> bool {
    is_alpha(b) || b";/?:@&=+$,.!~*'()[]%".contains(&b)
}

/// Bytes at which a plain scalar may end in block context.
pub(super) static PLAIN_STOP: Bytes = Bytes::of(b"\0 \t\r\n:\xC2\xE2");

/// Bytes at which a plain scalar may end in flow context.
pub(super) static FLOW_PLAIN_STOP: Bytes = Bytes::of(b"\0 \t\r\n:,?[]{}\xC2\xE2");

/// Bytes at which a run of characters in single quotes ends.
pub(super) static SINGLE_STOP: Bytes = Bytes::of(b"\0 \t\r\n'\xC2\xE2");

/// Bytes at which a run of characters in double quotes ends.
pub(super) static DOUBLE_STOP: Bytes = Bytes::of(b"\0 \t\r\n\"\\\xC2\xE2");

/// Bytes at which a line may end.
pub(super) static LINE_STOP: Bytes = Bytes::of(b"\0\r\n\xC2\xE2");

/// Bytes with which a plain scalar cannot begin, whatever follows.
pub(super) static INDICATOR: Bytes = Bytes::of(b"\0 \t\r\n-?:,[]{}#&*!|>'\"%@`");

/// A set of bytes.
pub(super) struct Bytes([bool; 256]);

impl Bytes {
    #[expect(clippy::indexing_slicing, reason = "the compiler runs it: a panic does not compile")]
    const fn of(bytes: &[u8]) -> Bytes {
        let mut table = [false; 256];
        let mut at = 0;
        while at < bytes.len() {
            table[bytes[at] as usize] = true;
            at += 1;
        }
        Bytes(table)
    }

    #[inline]
    pub(super) fn contain(&self, b: u8) -> bool {
        self.0.get(usize::from(b)).copied().unwrap_or(false)
    }
}
