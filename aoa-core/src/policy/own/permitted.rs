//! What is permitted: lists of patterns, as those of projects.

use aoa_lang::text::glob::Glob;
use aoa_lang::value::Text;

use super::reading::{Node, Reading, Way};
use crate::model::repo_url;

/// A pattern: `*` stands for anything but separators, `**` for anything.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Text,
    glob: Glob,
    /// Whether slashes separate.
    is_separated: bool,
    pub(crate) way: Way,
}

/// What is permitted: what one of `allow` matches and none of `deny`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Permitted {
    /// `allow`; `None` if there is no such list, and everything is allowed. An empty list allows nothing.
    pub allow: Option<Vec<Pattern>>,
    /// `deny`
    pub deny: Vec<Pattern>,
}

/// Why something is not permitted.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Refusal<'p> {
    /// This pattern denies it.
    Denied(&'p Pattern),
    /// No pattern allows it.
    NotAllowed,
}

/// What patterns are about: it decides what separates, and which form texts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// URLs, in the form in which Argo CD compares them.
    Url,
    /// Names with parts between slashes.
    Path,
    /// Plain names.
    Name,
}

impl Pattern {
    pub(super) fn read(node: &Node<'_>, subject: Subject, reading: &mut Reading) -> Option<Self> {
        let text = node.text(reading)?;
        let shown = text.to_str_lossy().into_owned();
        let (pattern, separators) = match subject {
            Subject::Url => (url_pattern(&shown), "/"),
            Subject::Path => (shown.clone(), "/"),
            Subject::Name => (shown.clone(), ""),
        };
        // As in projects, a star alone is everything.
        let pattern = if pattern == "*" { "**".to_owned() } else { pattern };
        let compiled = Glob::new(&pattern, separators).and_then(|glob| {
            // Some globs only fail when they are asked.
            glob.matches(&shown).map(|_| glob)
        });
        match compiled {
            Ok(glob) => {
                let (is_separated, way) = (!separators.is_empty(), node.way.clone());
                Some(Pattern { text, glob, is_separated, way })
            }
            Err(error) => {
                reading.say(node, format!("`{}` is no pattern: {error}", node.path()), None);
                None
            }
        }
    }

    pub(super) fn read_all(node: &Node<'_>, subject: Subject, reading: &mut Reading) -> Vec<Self> {
        let items = node.items(reading);
        items.iter().filter_map(|item| Pattern::read(item, subject, reading)).collect()
    }

    /// The pattern as it is written.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// Whether it matches the whole of `text`. What takes too many steps does not match.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.glob.matches(text).unwrap_or(false)
    }
}

/// How patterns are compared; of those with choices (`[`, `{`, `\`) nothing is known.
impl Pattern {
    /// Whether it matches itself and nothing else.
    pub(super) fn is_literal(&self) -> bool {
        !self.glob.as_str().contains(GLOB)
    }

    /// Whether certainly no text matches both.
    pub(super) fn excludes(&self, other: &Pattern) -> bool {
        let both = self.tokens().zip(other.tokens());
        both.is_some_and(|(own, other)| !have_common(&own, &other))
    }

    /// Whether it matches whatever `other` matches: texts made from `other` tell.
    pub(super) fn includes(&self, other: &Pattern) -> bool {
        let examples = other.examples();
        !examples.is_empty() && examples.iter().all(|text| self.matches(text))
    }

    /// Some texts that it matches, in the form that is compared: of a word that no pattern has on purpose.
    pub(super) fn examples(&self) -> Vec<String> {
        self.filled_with("x0q", "")
    }

    /// The same, of words that people can read.
    pub(super) fn readable_examples(&self) -> Vec<String> {
        self.filled_with("other", "-")
    }

    /// The texts that it becomes where its stars are this word, alone and below itself, or nothing; `joint` keeps the word
    /// apart from what stands around it.
    fn filled_with(&self, word: &str, joint: &str) -> Vec<String> {
        let Some(tokens) = self.tokens() else { return Vec::new() };
        let below = format!("{word}/{word}");
        let fillings = [(word, word), (word, below.as_str()), ("", "")];
        let filled = fillings.iter().map(|(star, stars)| {
            let mut text = String::new();
            for (at, token) in tokens.iter().enumerate() {
                let word = match token {
                    Token::Char(c) => {
                        text.push(*c);
                        continue;
                    }
                    Token::One => {
                        text.push('x');
                        continue;
                    }
                    Token::Star { crosses: false } => *star,
                    Token::Star { crosses: true } => *stars,
                };
                let is_before = text.ends_with(char::is_alphanumeric);
                let next = tokens.get(at + 1);
                let is_behind = matches!(next, Some(Token::Char(c)) if c.is_alphanumeric());
                let joint = |is_beside| if is_beside && !word.is_empty() { joint } else { "" };
                text.extend([joint(is_before), word, joint(is_behind)]);
            }
            text
        });
        let mut examples: Vec<String> =
            filled.filter(|text| !text.is_empty() && self.matches(text)).collect();
        examples.dedup();
        examples
    }

    fn tokens(&self) -> Option<Vec<Token>> {
        let mut tokens = Vec::new();
        let mut chars = self.glob.as_str().chars().peekable();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '*' => Token::Star { crosses: chars.next_if_eq(&'*').is_some() || !self.is_separated },
                '?' => Token::One,
                '[' | '{' | '\\' => return None,
                c => Token::Char(c),
            });
        }
        Some(tokens)
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Token {
    Char(char),
    /// `?`
    One,
    /// `*` or `**`; whether it goes over slashes.
    Star {
        crosses: bool,
    },
}

impl Token {
    /// Whether it may stand for one character that `other` stands for too.
    fn meets(self, other: Token) -> bool {
        match (self, other) {
            (Token::Char(a), Token::Char(b)) => a == b,
            (Token::Char('/'), Token::Star { crosses: false })
            | (Token::Star { crosses: false }, Token::Char('/')) => false,
            _ => true,
        }
    }
}

/// Whether some text matches both: every place in one with every place in the other that may be reached together.
fn have_common(one: &[Token], other: &[Token]) -> bool {
    const LONGEST: usize = 1_000;
    if one.len().max(other.len()) > LONGEST {
        return true;
    }
    let width = other.len() + 1;
    let mut reached = vec![false; (one.len() + 1) * width];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for at in 0..reached.len() {
        if !reached.get(at).copied().unwrap_or_default() {
            continue;
        }
        let (i, j) = (at / width, at % width);
        let (a, b) = (one.get(i).copied(), other.get(j).copied());
        let mut reach = |i: usize, j: usize| {
            if let Some(place) = reached.get_mut(i * width + j) {
                *place = true;
            }
        };
        // A star stands for nothing, or for what the other one stands for.
        if matches!(a, Some(Token::Star { .. })) {
            reach(i + 1, j);
        }
        if matches!(b, Some(Token::Star { .. })) {
            reach(i, j + 1);
        }
        let (Some(a), Some(b)) = (a, b) else { continue };
        if a.meets(b) {
            let stays = |token| matches!(token, Token::Star { .. });
            match (stays(a), stays(b)) {
                (true, _) => reach(i, j + 1),
                (false, true) => reach(i + 1, j),
                (false, false) => reach(i + 1, j + 1),
            }
        }
    }
    reached.last().copied().unwrap_or_default()
}

const GLOB: [char; 5] = ['*', '?', '[', '{', '\\'];

impl Permitted {
    pub(super) const FIELDS: [&'static str; 2] = ["allow", "deny"];

    pub(super) fn read(node: &Node<'_>, subject: Subject, reading: &mut Reading) -> Self {
        let allow = node.field("allow").map(|list| Pattern::read_all(&list, subject, reading));
        let deny = node.field("deny").map(|list| Pattern::read_all(&list, subject, reading));
        Permitted { allow, deny: deny.unwrap_or_default() }
    }

    /// Why a thing is not permitted that has these names: one that is denied decides, one that is allowed is enough.
    #[must_use]
    pub fn refusal(&self, names: &[&str]) -> Option<Refusal<'_>> {
        let hits = |pattern: &&Pattern| names.iter().any(|name| pattern.matches(name));
        if let Some(denied) = self.deny.iter().find(hits) {
            return Some(Refusal::Denied(denied));
        }
        let allowed = self.allow.as_ref().is_none_or(|allow| allow.iter().any(|pattern| hits(&pattern)));
        (!allowed).then_some(Refusal::NotAllowed)
    }

    /// Whether it restricts nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.allow.is_none() && self.deny.is_empty()
    }
}

/// The form in which URLs are compared, kept where wildcards stand.
fn url_pattern(text: &str) -> String {
    if !text.contains(GLOB) {
        return repo_url::normalize_or_keep(text);
    }
    let text = text.trim().to_lowercase();
    let text = text.strip_suffix(".git").unwrap_or(&text);
    let is_short = text.contains('@') && !text.contains("://");
    let text = if is_short { text.replacen(':', "/", 1) } else { text.to_owned() };
    text.strip_prefix("ssh://").unwrap_or(&text).to_owned()
}
