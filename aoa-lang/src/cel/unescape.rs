//! The content of string and bytes literals.

/// The bytes that a literal stands for, its quotes and its `r` included in `literal`.
///
/// # Errors
/// The message of cel-go's parser.
pub(super) fn unescape(literal: &str, is_bytes: bool) -> Result<Vec<u8>, &'static str> {
    // All line ends are `\n`, those in literals too.
    let literal = literal.replace("\r\n", "\n").replace('\r', "\n");
    let (is_raw, quoted) = match literal.strip_prefix(['r', 'R']) {
        Some(rest) => (true, rest),
        None => (false, literal.as_str()),
    };
    let content = content(quoted).ok_or(BROKEN)?;
    if is_raw || !content.contains('\\') {
        return Ok(content.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        let (plain, escaped) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.extend_from_slice(plain.as_bytes());
        rest = escape(escaped.get(1..).unwrap_or_default(), is_bytes, &mut out)?;
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

const BROKEN: &str = "unable to unescape string";

fn content(quoted: &str) -> Option<&str> {
    for quote in ["'''", "\"\"\""] {
        if quoted.len() >= 6
            && let Some(rest) = quoted.strip_prefix(quote)
        {
            return rest.strip_suffix(quote);
        }
    }
    let rest = quoted.strip_prefix(['"', '\''])?;
    rest.strip_suffix(['"', '\''])
}

/// Writes what stands behind a backslash; the rest of the text.
fn escape<'t>(text: &'t str, is_bytes: bool, out: &mut Vec<u8>) -> Result<&'t str, &'static str> {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return Err("unable to unescape string, found '\\' as last character");
    };
    let rest = chars.as_str();
    let (count, radix) = match first {
        'x' | 'X' => (2, 16),
        'u' if !is_bytes => (4, 16),
        'U' if !is_bytes => (8, 16),
        '0'..='3' => (3, 8),
        _ => {
            let byte = match first {
                'a' => 0x07,
                'b' => 0x08,
                'f' => 0x0c,
                'n' => b'\n',
                'r' => b'\r',
                't' => b'\t',
                'v' => 0x0b,
                '\\' => b'\\',
                '\'' => b'\'',
                '"' => b'"',
                '`' => b'`',
                '?' => b'?',
                _ => return Err(BROKEN),
            };
            out.push(byte);
            return Ok(rest);
        }
    };
    let digits = if radix == 8 { text } else { rest };
    let broken = if radix == 8 { "unable to unescape octal sequence in string" } else { BROKEN };
    let (digits, rest) = digits.split_at_checked(count).ok_or(broken)?;
    let number = u32::from_str_radix(digits, radix).map_err(|_| broken)?;
    match (is_bytes, u8::try_from(number)) {
        (true, Ok(byte)) => out.push(byte),
        _ => {
            let c = char::from_u32(number).ok_or("invalid unicode code point")?;
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    Ok(rest)
}
