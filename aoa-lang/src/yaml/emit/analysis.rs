//! What the characters of a scalar allow: in which styles it can be written without changing.

use crate::yaml::event::Dialect;

/// The result of looking at a scalar once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Analysis {
    pub(super) multiline: bool,
    pub(super) flow_plain_allowed: bool,
    pub(super) block_plain_allowed: bool,
    pub(super) single_quoted_allowed: bool,
    pub(super) block_allowed: bool,
}

/// What a byte means to [`analyze`].
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// Printable ASCII without meaning anywhere.
    Ordinary,
    Space,
    /// Indicators, line breaks, control characters and all beyond ASCII.
    Other,
}

static CLASSES: [Class; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "the compiler runs it: a panic does not compile")]
const fn classes() -> [Class; 256] {
    let mut table = [Class::Other; 256];
    let mut b = 0x21;
    while b < 0x7f {
        table[b] = Class::Ordinary;
        b += 1;
    }
    let indicators = b"#,[]{}&*!|>'\"%@`?:-";
    let mut i = 0;
    while i < indicators.len() {
        table[indicators[i] as usize] = Class::Other;
        i += 1;
    }
    table[b' ' as usize] = Class::Space;
    table
}

/// `yaml_emitter_analyze_scalar` of emitterc.go.
pub(super) fn analyze(text: &str, dialect: Dialect) -> Analysis {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Analysis { block_plain_allowed: true, single_quoted_allowed: true, ..Analysis::default() };
    }
    let mut scan = Scan { preceded_by_whitespace: true, ..Scan::default() };
    if bytes.starts_with(b"---") || bytes.starts_with(b"...") {
        (scan.flow_indicators, scan.block_indicators) = (true, true);
    }
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match CLASSES.get(usize::from(byte)) {
            Some(Class::Ordinary) => {
                scan.ordinary();
                at += 1;
            }
            Some(Class::Space) => {
                scan.space(at, bytes.len());
                at += 1;
            }
            _ => {
                // `at` is always a character boundary.
                let c = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\0');
                scan.other(c, at, bytes, dialect);
                at += c.len_utf8();
            }
        }
    }
    scan.finish()
}

#[derive(Default)]
struct Scan {
    block_indicators: bool,
    flow_indicators: bool,
    line_breaks: bool,
    special_characters: bool,
    tab_characters: bool,
    leading_space: bool,
    leading_break: bool,
    trailing_space: bool,
    trailing_break: bool,
    break_space: bool,
    space_break: bool,
    preceded_by_whitespace: bool,
    previous_space: bool,
    previous_break: bool,
}

impl Scan {
    fn ordinary(&mut self) {
        self.previous_space = false;
        self.previous_break = false;
        self.preceded_by_whitespace = false;
    }

    fn space(&mut self, at: usize, len: usize) {
        self.leading_space |= at == 0;
        self.trailing_space |= at + 1 == len;
        self.break_space |= self.previous_break;
        self.previous_space = true;
        self.previous_break = false;
        self.preceded_by_whitespace = true;
    }

    fn other(&mut self, c: char, at: usize, bytes: &[u8], dialect: Dialect) {
        let end = at + c.len_utf8();
        self.indicator(c, at == 0, matches!(bytes.get(end), None | Some(b' ' | b'\t')));
        if c == '\t' && dialect == Dialect::V3 {
            self.tab_characters = true;
        } else if !is_printable(c) {
            self.special_characters = true;
        }
        if is_break(c) {
            self.line_breaks = true;
            self.leading_break |= at == 0;
            self.trailing_break |= end == bytes.len();
            self.space_break |= self.previous_space;
            self.previous_break = true;
        } else {
            self.previous_break = false;
        }
        self.previous_space = false;
        self.preceded_by_whitespace = matches!(c, '\t' | '\0') || is_break(c);
    }

    fn indicator(&mut self, c: char, first: bool, followed_by_whitespace: bool) {
        let (flow, block) = match c {
            '#' if first => (true, true),
            ',' | '[' | ']' | '{' | '}' if first => (true, true),
            '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' if first => (true, true),
            '?' if first => (true, followed_by_whitespace),
            '-' if first => (followed_by_whitespace, followed_by_whitespace),
            ':' => (true, followed_by_whitespace),
            ',' | '?' | '[' | ']' | '{' | '}' => (true, false),
            '#' => (self.preceded_by_whitespace, self.preceded_by_whitespace),
            _ => (false, false),
        };
        self.flow_indicators |= flow;
        self.block_indicators |= block;
    }

    fn finish(&self) -> Analysis {
        let ends = self.leading_space || self.leading_break || self.trailing_space || self.trailing_break;
        let unsafe_breaks = self.space_break || self.special_characters;
        let no_plain = ends || self.break_space || unsafe_breaks || self.tab_characters || self.line_breaks;
        Analysis {
            multiline: self.line_breaks,
            flow_plain_allowed: !no_plain && !self.flow_indicators,
            block_plain_allowed: !no_plain && !self.block_indicators,
            single_quoted_allowed: !(self.break_space || unsafe_breaks || self.tab_characters),
            block_allowed: !(self.trailing_space || unsafe_breaks),
        }
    }
}

/// Whether libyaml writes `c` as it is; nothing beyond the basic plane is, and no tab.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

/// Whether `c` is a line break of YAML 1.1.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
