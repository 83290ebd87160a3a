//! Reading Go's quoted strings and characters: `strconv.Unquote`, `strconv.UnquoteChar`.

/// The content of a quoted string (`"..."`, `` `...` ``) or character (`'...'`), which may be any bytes; `None` where
/// Go says `invalid syntax`.
///
/// ```
/// use aoa_lang::strconv::unquote;
/// assert_eq!(unquote(r#""a\x00\u00e9""#).as_deref(), Some("a\0é".as_bytes()));
/// ```
#[must_use]
pub fn unquote(text: &str) -> Option<Vec<u8>> {
    let mark = text.chars().next()?;
    let inner = text.get(1..)?.strip_suffix(mark)?;
    match mark {
        // Carriage returns are dropped, as in Go's source.
        '`' if !inner.contains('`') => Some(inner.bytes().filter(|b| *b != b'\r').collect()),
        '"' | '\'' => {
            let (mut rest, mut out) = (inner, Vec::with_capacity(inner.len()));
            while !rest.is_empty() {
                if rest.starts_with('\n') || (mark == '\'' && !out.is_empty()) {
                    return None;
                }
                let (unit, behind) = unquote_char(rest, mark)?;
                unit.push_to(&mut out);
                rest = behind;
            }
            (mark == '"' || !out.is_empty()).then_some(out)
        }
        _ => None,
    }
}

/// What one character or escape of a quoted string stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A character.
    Char(char),
    /// A byte, from `\x` or an octal escape.
    Byte(u8),
}

impl Unit {
    /// The number of the character or byte.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Unit::Char(c) => u32::from(c),
            Unit::Byte(b) => u32::from(b),
        }
    }

    fn push_to(self, out: &mut Vec<u8>) {
        match self {
            Unit::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Unit::Byte(b) => out.push(b),
        }
    }
}

/// The first character or escape of `text` inside of quotation marks `mark`, and what follows; `None` where Go says
/// `invalid syntax`.
#[must_use]
pub fn unquote_char(text: &str, mark: char) -> Option<(Unit, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if first == mark && matches!(mark, '\'' | '"') {
        return None;
    }
    if first != '\\' {
        return Some((Unit::Char(first), chars.as_str()));
    }
    let escape = chars.next()?;
    let rest = chars.as_str();
    let unit = match escape {
        'a' => Unit::Char('\x07'),
        'b' => Unit::Char('\x08'),
        'f' => Unit::Char('\x0c'),
        'n' => Unit::Char('\n'),
        'r' => Unit::Char('\r'),
        't' => Unit::Char('\t'),
        'v' => Unit::Char('\x0b'),
        '\\' => Unit::Char('\\'),
        '\'' | '"' if escape == mark => Unit::Char(escape),
        'x' => return Some((Unit::Byte(u8::try_from(hex(rest, 2)?).ok()?), rest.get(2..)?)),
        'u' => return Some((Unit::Char(char::from_u32(hex(rest, 4)?)?), rest.get(4..)?)),
        'U' => return Some((Unit::Char(char::from_u32(hex(rest, 8)?)?), rest.get(8..)?)),
        '0'..='7' => {
            let digits = rest.get(..2).filter(|d| d.bytes().all(|b| (b'0'..=b'7').contains(&b)))?;
            let number = u32::from_str_radix(&format!("{escape}{digits}"), 8).ok()?;
            return Some((Unit::Byte(u8::try_from(number).ok()?), rest.get(2..)?));
        }
        _ => return None,
    };
    Some((unit, rest))
}

fn hex(text: &str, count: usize) -> Option<u32> {
    let digits = text.get(..count).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_read_as_go_reads_them() {
        let text = |t: &str| unquote(t).map(|b| String::from_utf8_lossy(&b).into_owned());
        assert_eq!(text("`a\\n`").as_deref(), Some("a\\n"));
        assert_eq!(text(r#""a\n\"\\""#).as_deref(), Some("a\n\"\\"));
        assert_eq!(text(r#""\101\u00e9\U0001F600""#).as_deref(), Some("Aé😀"));
        assert_eq!(unquote(r#""\xff""#), Some(vec![0xff]));
        for bad in [r#""\ud800""#, r#""\'""#, r#""\400""#, r#""\q""#, "\"a", "''", "'ab'", "x", "", r#""\x""#]
        {
            assert_eq!(unquote(bad), None, "{bad}");
        }
        assert_eq!(text("'é'").as_deref(), Some("é"));
    }
}
