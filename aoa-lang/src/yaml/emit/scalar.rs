//! The five ways to write a scalar.

use super::analysis::{is_break, is_printable};
use super::writer::{Indicator, Writer};

/// Where lines are folded.
#[derive(Clone, Copy)]
pub(super) struct Folding {
    /// The column behind which a space becomes a line break; `None` if lines are never folded.
    pub(super) width: Option<usize>,
    /// Where the next line begins.
    pub(super) indent: usize,
}

impl Folding {
    fn applies(&self, column: usize) -> bool {
        self.width.is_some_and(|width| column > width)
    }

    /// Whether no line of `text` gets long enough.
    fn spares(&self, column: usize, text: &str) -> bool {
        self.width.is_none_or(|width| column + text.len() <= width)
    }
}

/// Writes a plain scalar; the empty one is a null that is written as nothing at all.
pub(super) fn write_plain(out: &mut Writer, text: &str, folding: Folding) {
    if text.is_empty() {
        out.end_indention();
        return;
    }
    if !out.whitespace() {
        out.put(' ');
    }
    // A plain scalar has no line breaks, or another style would have been selected.
    if folding.spares(out.column(), text) {
        out.put_str(text);
    } else {
        write_words(out, text, folding, None);
    }
    out.end_token();
}

/// Writes a scalar in single quotes.
pub(super) fn write_single_quoted(out: &mut Writer, text: &str, folding: Folding) {
    out.put_indicator("'", Indicator::Spaced);
    if folding.spares(out.column(), text) && !text.chars().any(|c| c == '\'' || is_break(c)) {
        out.put_str(text);
    } else {
        write_words(out, text, folding, Some('\''));
    }
    out.put_indicator("'", Indicator::Glued);
    out.end_token();
}

/// Writes words, folded at spaces; `doubled` is a character that is written twice.
fn write_words(out: &mut Writer, text: &str, folding: Folding, doubled: Option<char>) {
    let (mut spaces, mut breaks) = (false, false);
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|(_, c)| *c);
        if c == ' ' {
            let inside = at > 0 && next.is_some_and(|next| next != ' ');
            if inside && !spaces && folding.applies(out.column()) {
                out.put_indent(folding.indent);
            } else {
                out.put(c);
            }
            spaces = true;
        } else if is_break(c) {
            if !breaks && c == '\n' {
                out.put_newline();
            }
            out.put_break(c);
            breaks = true;
        } else {
            if breaks {
                out.put_indent(folding.indent);
            }
            if doubled == Some(c) {
                out.put(c);
            }
            out.put(c);
            out.end_indention();
            (spaces, breaks) = (false, false);
        }
    }
}

/// Writes a scalar in double quotes, with escapes.
pub(super) fn write_double_quoted(out: &mut Writer, text: &str, folding: Folding) {
    out.put_indicator("\"", Indicator::Spaced);
    // is_bom of yamlprivateh.go looks at the first character of the text, whatever the position it is asked for:
    // behind a leading byte order mark everything is escaped.
    let escapes_all = text.starts_with('\u{feff}');
    let mut spaces = false;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if escapes_all || !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
            write_escape(out, c);
            spaces = false;
        } else if c == ' ' {
            let next = characters.peek().map(|(_, c)| *c);
            if !spaces && at > 0 && next.is_some() && folding.applies(out.column()) {
                out.put_indent(folding.indent);
                if next == Some(' ') {
                    out.put('\\');
                }
            } else {
                out.put(c);
            }
            spaces = true;
        } else {
            out.put(c);
            spaces = false;
        }
    }
    out.put_indicator("\"", Indicator::Glued);
    out.end_token();
}

fn write_escape(out: &mut Writer, c: char) {
    out.put('\\');
    match c {
        '\0' => out.put('0'),
        '\x07' => out.put('a'),
        '\x08' => out.put('b'),
        '\t' => out.put('t'),
        '\n' => out.put('n'),
        '\x0b' => out.put('v'),
        '\x0c' => out.put('f'),
        '\r' => out.put('r'),
        '\x1b' => out.put('e'),
        '"' | '\\' => out.put(c),
        '\u{85}' => out.put('N'),
        '\u{a0}' => out.put('_'),
        '\u{2028}' => out.put('L'),
        '\u{2029}' => out.put('P'),
        c if u32::from(c) <= 0xff => out.put_str(&format!("x{:02X}", u32::from(c))),
        c if u32::from(c) <= 0xffff => out.put_str(&format!("u{:04X}", u32::from(c))),
        c => out.put_str(&format!("U{:08X}", u32::from(c))),
    }
}

/// Writes what stands behind `|` and `>`: where the content is indented by itself, and how it ends.
pub(super) fn write_block_hints(out: &mut Writer, text: &str, best_indent: usize) {
    if text.starts_with(|c| c == ' ' || is_break(c)) {
        out.put_indicator(&best_indent.to_string(), Indicator::Glued);
    }
    let mut ends = text.chars().rev();
    let (last, before) = (ends.next(), ends.next());
    if !last.is_some_and(is_break) {
        out.put_indicator("-", Indicator::Glued);
    } else if before.is_none_or(is_break) {
        out.put_indicator("+", Indicator::Glued);
    }
}

/// Writes the lines of a literal block scalar.
pub(super) fn write_literal(out: &mut Writer, text: &str, indent: usize) {
    out.set_whitespace();
    let mut rest = text;
    let mut breaks = true;
    while !rest.is_empty() {
        let end = rest.find(is_break).unwrap_or(rest.len());
        let (line, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if !line.is_empty() {
            if breaks {
                out.put_indent(indent);
            }
            out.put_str(line);
            out.end_indention();
        }
        breaks = false;
        let mut characters = tail.chars();
        if let Some(c) = characters.next() {
            out.put_break(c);
            breaks = true;
        }
        rest = characters.as_str();
    }
}

/// Writes the lines of a folded block scalar.
pub(super) fn write_folded(out: &mut Writer, text: &str, folding: Folding) {
    out.set_whitespace();
    let (mut breaks, mut leading_spaces) = (true, true);
    // emitterc.go looks behind the line breaks at the begin of the text, not behind those at hand.
    let opening = text.trim_start_matches(is_break).chars().next();
    let opens_blank = opening.is_none_or(|c| matches!(c, ' ' | '\t' | '\0'));
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if is_break(c) {
            if !breaks && !leading_spaces && c == '\n' && !opens_blank {
                out.put_newline();
            }
            out.put_break(c);
            breaks = true;
            continue;
        }
        if breaks {
            out.put_indent(folding.indent);
            leading_spaces = matches!(c, ' ' | '\t');
        }
        let folds = !breaks && c == ' ' && characters.peek() != Some(&' ') && folding.applies(out.column());
        if folds {
            out.put_indent(folding.indent);
        } else {
            out.put(c);
        }
        out.end_indention();
        breaks = false;
    }
}
