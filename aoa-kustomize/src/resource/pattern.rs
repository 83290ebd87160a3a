//! Patterns of selectors: regular expressions that must match a whole text. Nearly all are words with `.*` between them, which need
//! no regular expression; of the others it is known which words a text must hold to match.

use aoa_lang::text::regexp::Regexp;
use aoa_lang::value::Text;

use crate::error::Result;

/// What a part of an id must match.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    written: Text,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    Any,
    Plain,
    Words(Box<[Words]>),
    Regexp(Box<Regexp>, Option<Box<[Words]>>),
}

/// One alternative: texts with anything between them. The first is where the text begins, the last where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words(Vec<String>);

impl Pattern {
    /// Compiles a pattern; the empty one matches all.
    ///
    /// # Errors
    /// Go's message if it is no regular expression.
    pub(super) fn new(written: &Text) -> Result<Self> {
        let is_plain =
            |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b':' | b',' | b' ' | b'=');
        let shape = if written.is_empty() {
            Shape::Any
        } else if written.as_bytes().iter().all(is_plain) {
            Shape::Plain
        } else {
            match written.as_str().and_then(Reader::read) {
                Some((words, Exactness::Whole)) => Shape::Words(words),
                parts => Shape::Regexp(Box::new(anchored(written)?), parts.map(|(words, _)| words)),
            }
        };
        Ok(Pattern { written: written.clone(), shape })
    }

    pub(super) fn matches(&self, text: &[u8]) -> bool {
        match &self.shape {
            Shape::Any => true,
            Shape::Plain => self.written.as_bytes() == text,
            // `.` is no end of a line.
            Shape::Words(_) if text.contains(&b'\n') => {
                anchored(&self.written).is_ok_and(|regexp| regexp.is_match(text))
            }
            Shape::Words(words) => words.iter().any(|words| words.matches(text)),
            Shape::Regexp(regexp, _) => regexp.is_match(text),
        }
    }

    pub(super) fn written(&self) -> &Text {
        &self.written
    }

    /// The one text that it matches, if there is only one.
    pub(super) fn plain(&self) -> Option<&Text> {
        matches!(self.shape, Shape::Plain).then_some(&self.written)
    }

    /// Whether it is no restriction worth speaking of: `.*`, or nothing.
    pub(super) fn is_open(&self) -> bool {
        match &self.shape {
            Shape::Any => true,
            Shape::Words(words) => words.iter().any(|words| words.longest().is_empty() && words.0.len() > 1),
            Shape::Plain | Shape::Regexp(..) => false,
        }
    }

    /// Texts one of which is within each text that matches; `None` if there are none that are known.
    pub(super) fn needles(&self) -> Option<Vec<&str>> {
        match &self.shape {
            Shape::Any => None,
            Shape::Plain => Some(vec![self.written.as_str()?]),
            Shape::Words(words) | Shape::Regexp(_, Some(words)) => {
                Some(words.iter().map(Words::longest).collect())
            }
            Shape::Regexp(_, None) => None,
        }
    }
}

fn anchored(written: &Text) -> aoa_lang::Result<Regexp> {
    Regexp::new([b"^(?:", written.as_bytes(), b")$"].concat())
}

impl Words {
    fn matches(&self, text: &[u8]) -> bool {
        let Some((first, rest)) = self.0.split_first() else { return false };
        let Some((last, inner)) = rest.split_last() else { return first.as_bytes() == text };
        let middle = text.strip_prefix(first.as_bytes()).and_then(|text| text.strip_suffix(last.as_bytes()));
        let Some(mut middle) = middle else { return false };
        inner.iter().filter(|word| !word.is_empty()).all(|word| {
            let found = middle.windows(word.len()).position(|part| part == word.as_bytes());
            middle = found.and_then(|at| middle.get(at + word.len()..)).unwrap_or_default();
            found.is_some()
        })
    }

    fn longest(&self) -> &str {
        self.0.iter().max_by_key(|word| word.len()).map_or("", String::as_str)
    }
}

/// How much of a pattern its words say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exactness {
    Whole,
    Part,
}

/// Reads the outermost level of a pattern.
struct Reader<'p> {
    rest: &'p str,
    alternatives: Vec<Words>,
    exactness: Exactness,
    /// Whether what was read last is a character that a `*` behind it makes optional.
    ends_in_character: bool,
}

impl Reader<'_> {
    /// The words of all alternatives; `None` if nothing is known.
    fn read(pattern: &str) -> Option<(Box<[Words]>, Exactness)> {
        // U+FFFD also matches what is not UTF-8.
        if pattern.contains('\u{fffd}') {
            return None;
        }
        let mut reader = Reader {
            rest: without_frame(pattern),
            alternatives: vec![Words(vec![String::new()])],
            exactness: Exactness::Whole,
            ends_in_character: false,
        };
        while !reader.rest.is_empty() {
            reader.step()?;
        }
        Some((reader.alternatives.into(), reader.exactness))
    }

    fn step(&mut self) -> Option<()> {
        let mut chars = self.rest.chars();
        let next = chars.next()?;
        let rest = chars.as_str();
        match next {
            '|' => {
                self.alternatives.push(Words(vec![String::new()]));
                self.ends_in_character = false;
            }
            '.' if rest.starts_with('*') => {
                self.rest = rest.get(1..)?;
                self.rest = self.rest.strip_prefix('?').unwrap_or(self.rest);
                if self.rest.starts_with(['*', '+', '?']) {
                    self.exactness = Exactness::Part;
                }
                self.gap();
                return Some(());
            }
            '.' => self.unknown(),
            '[' => {
                self.unknown();
                self.rest = behind_class(rest)?;
                return Some(());
            }
            '(' => {
                self.unknown();
                self.rest = self.rest.get(group_end(self.rest)?..)?;
                return Some(());
            }
            '*' | '+' | '?' => {
                if std::mem::take(&mut self.ends_in_character) {
                    self.word()?.pop();
                }
                self.unknown();
            }
            '\\' => {
                let escaped = rest.chars().next()?;
                if matches!(escaped, 'd' | 'D' | 'w' | 'W' | 's' | 'S') {
                    self.unknown();
                } else if escaped.is_ascii_punctuation() {
                    self.word()?.push(escaped);
                    self.ends_in_character = true;
                } else {
                    return None;
                }
                self.rest = rest.get(escaped.len_utf8()..)?;
                return Some(());
            }
            '{' | '}' | ')' | '^' | '$' => return None,
            other => {
                self.word()?.push(other);
                self.ends_in_character = true;
            }
        }
        self.rest = rest;
        Some(())
    }

    fn word(&mut self) -> Option<&mut String> {
        self.alternatives.last_mut()?.0.last_mut()
    }

    fn gap(&mut self) {
        self.ends_in_character = false;
        if let Some(words) = self.alternatives.last_mut() {
            words.0.push(String::new());
        }
    }

    fn unknown(&mut self) {
        self.exactness = Exactness::Part;
        self.gap();
    }
}

/// A pattern without anchors and groups around the whole.
fn without_frame(mut pattern: &str) -> &str {
    loop {
        let inner = match pattern.strip_prefix('(') {
            Some(inner) if group_end(pattern) == Some(pattern.len()) => {
                let inner = inner.strip_prefix("?:").unwrap_or(inner);
                inner.strip_suffix(')').unwrap_or(inner)
            }
            // With alternatives an anchor is that of one of them.
            _ if pattern.contains(['|', '\\']) => pattern,
            _ => {
                let inner = pattern.strip_prefix('^').unwrap_or(pattern);
                inner.strip_suffix('$').unwrap_or(inner)
            }
        };
        if inner.len() == pattern.len() {
            return pattern;
        }
        pattern = inner;
    }
}

/// Where the group ends that a text begins with; `None` if it has flags or a name, or that is hard to say.
fn group_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let next = rest.chars().next()?;
        match next {
            '(' => {
                depth += 1;
                let inner = rest.get(1..)?;
                if inner.starts_with('?') && !inner.starts_with("?:") {
                    return None;
                }
            }
            ')' => depth -= 1,
            '[' => {
                at = text.len() - behind_class(rest.get(1..)?)?.len();
                continue;
            }
            '\\' => {
                let escaped = rest.chars().nth(1)?;
                if escaped == 'Q' {
                    return None;
                }
                at += escaped.len_utf8();
            }
            _ => {}
        }
        at += next.len_utf8();
        if depth == 0 {
            return Some(at);
        }
    }
}

/// What comes behind the `]` of a class of characters.
fn behind_class(inner: &str) -> Option<&str> {
    let inner = inner.strip_prefix('^').unwrap_or(inner);
    // The first may be a `]`; what has classes with names or escapes in it is hard to say.
    let first = inner.chars().next()?.len_utf8();
    let end = inner.get(first..)?.find(']')? + first;
    let class = inner.get(..end)?;
    if class.contains(['[', '\\']) { None } else { inner.get(end + 1..) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(&Text::from(text)).unwrap()
    }

    #[test]
    fn words_match_as_the_regular_expression_does() {
        let patterns = [
            "web.*",
            ".*web",
            ".*web.*",
            "a.*b.*c",
            "a|b",
            "(a|b)",
            "(?:a|b)",
            "^web.*$",
            "a.*?b",
            "web\\.x",
            "a|",
            "|",
            ".*",
            "^a|b$",
            "(a)|(b)",
            "a.*a",
            "ab.*ba",
            "x.*y|z",
            "we?b.*",
            "w.b",
            "w[ae]b",
            "web+",
            "(web)*",
            "(web)+x",
            "((a))",
            "a{2}",
            "\\d+-web",
            "(?i)WEB.*",
            "\\Qa.b\\E",
            "[]a]b",
            "^(web|b)-.*$",
            "web-[0-9]+",
            "$a",
            "a^b",
            "[[:alpha:]]b",
            "a\\|b",
            "a\\$",
            "\\^a",
            "(a|b)c",
            "()",
            "(^a$)",
            "^^a$$",
            "a\\.*b",
            "a*b*",
            ".?a",
            ".+b",
            "é.*",
        ];
        let texts = [
            "",
            "a",
            "b",
            "web",
            "webweb",
            "xweb",
            "web-1",
            "web.x",
            "webxx",
            "abc",
            "aXbYc",
            "aba",
            "abba",
            "ab",
            "aa",
            "wb",
            "web-12-web",
            "12-web",
            "WEBx",
            "a.b",
            "]b",
            "b-1",
            "web\nx",
            "a\nb",
            "a|b",
            "a$",
            "^a",
            "ac",
            "bc",
            "xy",
            "z",
            "é1",
        ];
        for text in patterns {
            let (pattern, regexp) = (pattern(text), anchored(&Text::from(text)).unwrap());
            for subject in texts {
                let is_match = regexp.is_match(subject.as_bytes());
                assert_eq!(pattern.matches(subject.as_bytes()), is_match, "{text} on {subject}");
                let holds = |needles: Vec<&str>| needles.iter().any(|needle| subject.contains(needle));
                assert!(!is_match || pattern.needles().is_none_or(holds), "{text} on {subject}");
            }
        }
    }

    #[test]
    fn what_is_no_regular_expression_is_refused() {
        for text in ["(", "a**", ".**", ".*+", "*a", "a)", "[a", "a\\", "(a|b", "(?P<n>a", "a|*", "(a))"] {
            let known = Regexp::new([b"^(?:", text.as_bytes(), b")$"].concat()).map(drop);
            assert_eq!(Pattern::new(&Text::from(text)).is_ok(), known.is_ok(), "{text}");
        }
    }

    #[test]
    fn needles_are_the_longest_words() {
        assert_eq!(pattern("web-[0-9]+-db").needles(), Some(vec!["web-"]));
        assert_eq!(pattern("a.*bcd|ef").needles(), Some(vec!["bcd", "ef"]));
        assert_eq!(pattern("webs?-x").needles(), Some(vec!["web"]));
        assert_eq!(pattern("(?i)web").needles(), None);
        assert!(pattern(".*").is_open() && pattern("a|.*").is_open() && !pattern("a|").is_open());
    }
}
