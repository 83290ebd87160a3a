//! Words: wrapping, abbreviating, changing the case. From `Masterminds/goutils` 1.1.1 and `huandu/xstrings` 1.5.0.

use super::args::{Answer, Args};
use super::text::{find, string};
use crate::Value;
use crate::template::{Call, Function};
use crate::unicode::{self, chars, is_number, is_punct, is_space, is_upper, to_lower, to_upper};
use crate::value::GoType;

const INT: GoType = GoType::INT;
const STRING: GoType = GoType::String;

pub(super) const TABLE: &[Function] = &[
    Function::new("abbrev", &[INT, STRING], STRING, abbrev),
    Function::new("abbrevboth", &[INT, INT, STRING], STRING, abbrevboth),
    Function::new("wrap", &[INT, STRING], STRING, |call, args| {
        wrap(call, args.text(1), args.int(0), b"\n", LongWords::Kept)
    }),
    Function::new("wrapWith", &[INT, STRING, STRING], STRING, wrap_with),
    Function::new("title", &[STRING], STRING, title),
    Function::new("untitle", &[STRING], STRING, untitle),
    Function::new("swapcase", &[STRING], STRING, swapcase),
    Function::new("initials", &[STRING], STRING, initials),
    Function::new("nospace", &[STRING], STRING, nospace),
    Function::new("camelcase", &[STRING], STRING, |_, args| Ok(string(pascal_case(args.text(0))))),
    Function::new("snakecase", &[STRING], STRING, |_, args| Ok(string(joined_case(args.text(0), '_')))),
    Function::new("kebabcase", &[STRING], STRING, |_, args| Ok(string(joined_case(args.text(0), '-')))),
];

fn abbrev(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let (width, text) = (args.int(0), args.text(1));
    Ok(string(if width < 4 { text.to_vec() } else { abbreviated(text, 0, width) }))
}

fn abbrevboth(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let (left, right, text) = (args.int(0), args.int(1), args.text(2));
    let too_narrow = right < 4 || left > 0 && right < 7;
    Ok(string(if too_narrow { text.to_vec() } else { abbreviated(text, left, right) }))
}

/// `goutils.AbbreviateFull`; an error of it is the empty text.
fn abbreviated(text: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if text.is_empty() || width < 4 {
        return Vec::new();
    }
    if length <= width {
        return text.to_vec();
    }
    let part = |from: i64, to: i64| {
        let bound = |at: i64| usize::try_from(at).unwrap_or(0);
        text.get(bound(from)..bound(to)).unwrap_or_default()
    };
    let mut offset = offset.min(length);
    if length - offset < width - 3 {
        offset = length - (width - 3);
    }
    if offset <= 4 {
        return [part(0, width - 3), b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + width - 3 < length {
        let rest = part(offset, length);
        let inner = if width - 3 < length - offset { width - 6 } else { length - offset };
        let dots: &[u8] = if width - 3 < length - offset { b"..." } else { b"" };
        let cut = rest.get(..usize::try_from(inner).unwrap_or(0)).unwrap_or_default();
        return [b"...", cut, dots].concat();
    }
    [b"...", part(length - (width - 3), length)].concat()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LongWords {
    Kept,
    Broken,
}

fn wrap_with(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let separator = if args.text(1).is_empty() { b"\n" } else { args.text(1) };
    wrap(call, args.text(2), args.int(0), separator, LongWords::Broken)
}

/// `goutils.WrapCustom`: lines of at most `width` bytes, cut at blanks.
fn wrap(call: &mut Call<'_>, text: &[u8], width: i64, separator: &[u8], long: LongWords) -> Answer {
    let width = usize::try_from(width.max(1)).unwrap_or(usize::MAX);
    let mut out = Vec::new();
    let mut rest = text;
    let take = |out: &mut Vec<u8>, text: &'_ [u8], length: usize| {
        out.extend_from_slice(text.get(..length).unwrap_or_default());
        out.extend_from_slice(separator);
    };
    while rest.len() > width {
        if let [b' ', after @ ..] = rest {
            rest = after;
            continue;
        }
        if out.len() > call.options().limits.template_output {
            call.build(out.len())?;
        }
        let window = rest.get(..=width).unwrap_or(rest);
        let (length, skip) = match window.iter().rposition(|b| *b == b' ') {
            Some(at) => (at, at + 1),
            None if long == LongWords::Broken => (width, width),
            None => match rest.get(width..).and_then(|tail| find(tail, b" ")) {
                Some(at) => (width + at, width + at + 1),
                None => {
                    out.extend_from_slice(rest);
                    rest = b"";
                    break;
                }
            },
        };
        take(&mut out, rest, length);
        rest = rest.get(skip..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    call.build(out.len())?;
    Ok(string(out))
}

/// `strings.Title`: the first letter of each word in title case.
fn title(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut before = ' ';
    let text = chars(args.text(0)).map(|c| {
        let starts = is_separator(before);
        before = c;
        if starts { unicode::to_title(c) } else { c }
    });
    Ok(string(text.collect::<String>()))
}

fn is_separator(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_alphanumeric() && c != '_';
    }
    !unicode::is_letter(c) && !unicode::is_digit(c) && is_space(c)
}

/// The first letter of each word in lower case.
fn untitle(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut starts = true;
    Ok(string(
        chars(args.text(0))
            .map(|c| {
                let first = starts && !is_space(c);
                starts = is_space(c);
                if first { to_lower(c) } else { c }
            })
            .collect::<String>(),
    ))
}

fn swapcase(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut after_space = true;
    let swapped = chars(args.text(0)).map(|c| {
        if is_upper(c) || unicode::is_title(c) {
            after_space = false;
            to_lower(c)
        } else if unicode::is_lower(c) {
            if std::mem::replace(&mut after_space, false) { unicode::to_title(c) } else { to_upper(c) }
        } else {
            after_space = is_space(c);
            c
        }
    });
    Ok(string(swapped.collect::<String>()))
}

/// The first *byte* of each word, taken for a character of Latin-1.
fn initials(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut after_space = true;
    let letters = args.text(0).iter().map(|b| char::from(*b)).filter(|c| {
        let space = is_space(*c);
        let first = after_space && !space;
        after_space = space;
        first
    });
    Ok(string(letters.collect::<String>()))
}

/// The text without white space; once there is some, its bytes are taken for characters of Latin-1.
fn nospace(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = args.text(0);
    if !text.iter().any(|b| is_space(char::from(*b))) {
        return Ok(args.any(0).clone());
    }
    Ok(string(text.iter().map(|b| char::from(*b)).filter(|c| !is_space(*c)).collect::<String>()))
}

fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || is_space(c)
}

/// `xstrings.ToPascalCase`.
fn pascal_case(text: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = chars(text);
    let mut upper_start = false;
    let mut current = None;
    for c in rest.by_ref() {
        if !is_connector(c) {
            upper_start = is_upper(c);
            current = Some(to_upper(c));
            break;
        }
        out.push(c);
    }
    let Some(mut current) = current else {
        // Of connectors alone the last is written twice.
        out.extend(chars(text).last());
        return out;
    };
    for next in rest {
        let before = std::mem::replace(&mut current, next);
        if is_connector(next) && is_connector(before) {
            out.push(before);
            continue;
        }
        if is_connector(before) {
            upper_start = is_upper(next);
            current = to_upper(next);
            continue;
        }
        if upper_start {
            if is_upper(next) {
                current = to_lower(next);
            } else {
                upper_start = false;
            }
        }
        out.push(before);
    }
    out.push(current);
    out
}

/// The kinds of words of `xstrings`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Invalid,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punct,
    Other,
}

/// `xstrings.ToSnakeCase` and `ToKebabCase`.
fn joined_case(text: &[u8], connector: char) -> Vec<u8> {
    let mut out = Vec::new();
    let mut words = Words { rest: text };
    let (mut kind, mut word) = words.next_word();
    while !words.rest.is_empty() {
        if kind != Word::Connector {
            push_lower(&mut out, kind, word, connector);
        }
        let (before, last) = (kind, word);
        (kind, word) = words.next_word();
        match before {
            Word::Number => {
                while matches!(kind, Word::Alphabet | Word::Number) {
                    push_lower(&mut out, kind, word, connector);
                    (kind, word) = words.next_word();
                }
                if !matches!(kind, Word::Invalid | Word::Punct | Word::Connector) {
                    push(&mut out, connector);
                }
            }
            Word::Connector => push_lower(&mut out, before, last, connector),
            Word::Punct => {}
            Word::Invalid | Word::Upper | Word::Alphabet | Word::Other => {
                if kind != Word::Number {
                    if !matches!(kind, Word::Connector | Word::Punct) {
                        push(&mut out, connector);
                    }
                    continue;
                }
                if words.rest.is_empty() {
                    continue;
                }
                let last = word;
                (kind, word) = words.next_word();
                if kind != Word::Alphabet {
                    push_lower(&mut out, Word::Number, last, connector);
                    if !matches!(kind, Word::Connector | Word::Punct) {
                        push(&mut out, connector);
                    }
                    continue;
                }
                push(&mut out, connector);
                push_lower(&mut out, Word::Number, last, connector);
                while matches!(kind, Word::Alphabet | Word::Number) {
                    push_lower(&mut out, kind, word, connector);
                    (kind, word) = words.next_word();
                }
                if !matches!(kind, Word::Invalid | Word::Connector | Word::Punct) {
                    push(&mut out, connector);
                }
            }
        }
    }
    push_lower(&mut out, kind, word, connector);
    out
}

fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn push_lower(out: &mut Vec<u8>, kind: Word, word: &[u8], connector: char) {
    if !matches!(kind, Word::Upper | Word::Connector) {
        out.extend_from_slice(word);
        return;
    }
    for c in chars(word) {
        push(
            out,
            if is_connector(c) {
                connector
            } else if is_upper(c) {
                to_lower(c)
            } else {
                c
            },
        );
    }
}

/// Letters but those of Chinese characters.
fn is_alphabet(c: char) -> bool {
    unicode::is_letter(c)
        && !matches!(c, '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}')
}

struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    /// The next word, taken off the rest.
    fn next_word(&mut self) -> (Word, &'a [u8]) {
        let text = self.rest;
        if text.is_empty() {
            return (Word::Invalid, b"");
        }
        let (first, size) = valid_char(text, char::REPLACEMENT_CHARACTER);
        if first == char::REPLACEMENT_CHARACTER {
            return (Word::Invalid, self.take(size));
        }
        let (kind, length) = if is_connector(first) {
            (Word::Connector, run(text, size, first, is_connector))
        } else if is_punct(first) {
            (Word::Punct, run(text, size, first, is_punct))
        } else if is_upper(first) {
            (Word::Upper, upper_word(text, size, first))
        } else if is_alphabet(first) {
            (Word::Alphabet, run(text, size, first, |c| is_alphabet(c) && !is_upper(c)))
        } else if is_number(first) {
            (Word::Number, run(text, size, first, is_number))
        } else {
            let ends = |c| is_connector(c) || is_alphabet(c) || is_number(c) || is_punct(c);
            (Word::Other, run(text, size, first, |c| !ends(c)))
        };
        (kind, self.take(length))
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (word, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, b""));
        self.rest = rest;
        word
    }
}

/// A word that starts with a capital: `Word`, or `ABC` of which the last capital may belong to the next word.
fn upper_word(text: &[u8], size: usize, first: char) -> usize {
    let rest = text.get(size..).unwrap_or_default();
    if rest.is_empty() {
        return size;
    }
    let (second, width) = valid_char(rest, first);
    if is_upper(second) {
        let mut length = size + width;
        let (mut last_width, mut c) = (width, second);
        while let Some(tail) = text.get(length..).filter(|tail| !tail.is_empty()) {
            let (next, width) = valid_char(tail, c);
            c = next;
            if !is_upper(next) {
                return if is_alphabet(next) { length - last_width } else { length };
            }
            last_width = width;
            length += width;
        }
        return length;
    }
    if is_alphabet(second) {
        return run(text, size + width, second, |c| is_alphabet(c) && !is_upper(c));
    }
    size
}

/// How far the characters from `length` on belong to a word.
fn run(text: &[u8], length: usize, first: char, belongs: impl Fn(char) -> bool) -> usize {
    let (mut length, mut c) = (length, first);
    while let Some(tail) = text.get(length..).filter(|tail| !tail.is_empty()) {
        let (next, width) = valid_char(tail, c);
        if !belongs(next) {
            break;
        }
        c = next;
        length += width;
    }
    length
}

/// The first character that is UTF-8 and the bytes up to its end; without one `before`, and all bytes.
fn valid_char(text: &[u8], before: char) -> (char, usize) {
    let mut size = 0;
    while let Some((c, width)) = unicode::first_char(text.get(size..).unwrap_or_default()) {
        size += width;
        if c != char::REPLACEMENT_CHARACTER {
            return (c, size);
        }
    }
    (before, size)
}
