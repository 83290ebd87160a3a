//! Go's layouts: example texts like `2006-01-02`, taken apart into fields (`time/format.go`).

/// One field of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    Offset(OffsetStyle),
    /// Fractions of a second with a separator, this many digits.
    Fraction {
        trim: bool,
        digits: usize,
        separator: u8,
    },
}

/// How an offset is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OffsetStyle {
    /// `Z` stands for no offset.
    pub(super) iso: bool,
    pub(super) colon: bool,
    pub(super) precision: Precision,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Hours,
    Minutes,
    Seconds,
}

/// The next field of a layout: the literal text before it, the field with its own text, and the rest.
pub(super) struct Chunk<'a> {
    pub(super) prefix: &'a [u8],
    pub(super) field: Option<(Field, &'a [u8])>,
    pub(super) rest: &'a [u8],
}

/// Finds the first field in `layout`.
pub(super) fn next_chunk(layout: &[u8]) -> Chunk<'_> {
    for (at, _) in layout.iter().enumerate() {
        let (prefix, tail) = layout.split_at(at);
        if let Some((skip, length, field)) = field_at(tail) {
            // `_2006` is an underscore in front of a year.
            let prefix = if skip == 1 { layout.get(..=at).unwrap_or(prefix) } else { prefix };
            let tail = tail.get(skip..).unwrap_or_default();
            let (text, rest) = tail.split_at_checked(length).unwrap_or((tail, b""));
            return Chunk { prefix, field: Some((field, text)), rest };
        }
    }
    Chunk { prefix: layout, field: None, rest: b"" }
}

/// The field that `text` begins with: bytes to leave out before it, its length, and what it is.
fn field_at(text: &[u8]) -> Option<(usize, usize, Field)> {
    let lower_follows = |at: usize| text.get(at).is_some_and(u8::is_ascii_lowercase);
    let found = |length, field| Some((0, length, field));
    match text {
        [b'J', ..] if text.starts_with(b"January") => found(7, Field::LongMonth),
        [b'J', ..] if text.starts_with(b"Jan") && !lower_follows(3) => found(3, Field::Month),
        [b'M', ..] if text.starts_with(b"Monday") => found(6, Field::LongWeekday),
        [b'M', ..] if text.starts_with(b"Mon") && !lower_follows(3) => found(3, Field::Weekday),
        [b'M', b'S', b'T', ..] => found(3, Field::ZoneName),
        [b'0', b'1', ..] => found(2, Field::ZeroMonth),
        [b'0', b'2', ..] => found(2, Field::ZeroDay),
        [b'0', b'3', ..] => found(2, Field::ZeroHour12),
        [b'0', b'4', ..] => found(2, Field::ZeroMinute),
        [b'0', b'5', ..] => found(2, Field::ZeroSecond),
        [b'0', b'6', ..] => found(2, Field::Year),
        [b'0', b'0', b'2', ..] => found(3, Field::ZeroYearDay),
        [b'1', b'5', ..] => found(2, Field::Hour),
        [b'1', ..] => found(1, Field::NumMonth),
        [b'2', b'0', b'0', b'6', ..] => found(4, Field::LongYear),
        [b'2', ..] => found(1, Field::Day),
        [b'_', b'2', b'0', b'0', b'6', ..] => Some((1, 4, Field::LongYear)),
        [b'_', b'2', ..] => found(2, Field::UnderDay),
        [b'_', b'_', b'2', ..] => found(3, Field::UnderYearDay),
        [b'3', ..] => found(1, Field::Hour12),
        [b'4', ..] => found(1, Field::Minute),
        [b'5', ..] => found(1, Field::Second),
        [b'P', b'M', ..] => found(2, Field::UpperPm),
        [b'p', b'm', ..] => found(2, Field::LowerPm),
        [b'-', offset @ ..] => offset_style(offset, false),
        [b'Z', offset @ ..] => offset_style(offset, true),
        [separator @ (b'.' | b','), digits @ ..] => fraction(*separator, digits),
        _ => None,
    }
}

fn offset_style(text: &[u8], iso: bool) -> Option<(usize, usize, Field)> {
    let style = |colon, precision| Field::Offset(OffsetStyle { iso, colon, precision });
    let forms: [(&[u8], Field); 5] = [
        (b"070000", style(false, Precision::Seconds)),
        (b"07:00:00", style(true, Precision::Seconds)),
        (b"0700", style(false, Precision::Minutes)),
        (b"07:00", style(true, Precision::Minutes)),
        (b"07", style(false, Precision::Hours)),
    ];
    let (form, field) = forms.into_iter().find(|(form, _)| text.starts_with(form))?;
    Some((0, form.len() + 1, field))
}

/// A run of the digit 0 or 9 that no other digit follows.
fn fraction(separator: u8, text: &[u8]) -> Option<(usize, usize, Field)> {
    let digit = *text.first().filter(|d| matches!(d, b'0' | b'9'))?;
    let digits = text.iter().take_while(|b| **b == digit).count();
    if text.get(digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    // Go keeps the number of digits in twelve bits.
    let field = Field::Fraction { trim: digit == b'9', digits: digits & 0xfff, separator };
    Some((0, digits + 1, field))
}

/// Quotes a text as this package's errors do: bytes beyond ASCII and control characters as `\x`.
pub(super) fn quote(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            // Go's quote leaves DEL as it is.
            b' '..=0x7f => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}
