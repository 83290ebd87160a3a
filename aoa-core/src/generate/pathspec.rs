//! Git's pathspecs: how `git ls-files -- PATTERN` (git 2.39) chooses files.

use aoa_lang::{Error, Result};

/// A compiled pathspec.
#[derive(Debug)]
pub(super) struct Pathspec {
    /// The path or pattern, normalised; empty for the whole repository.
    pattern: Vec<u8>,
    /// How many bytes at the front have nothing special.
    literal: usize,
    /// What follows them; `None` if a class in it is broken, which never matches.
    rest: Option<Vec<Token>>,
    ignores_case: bool,
    excludes: bool,
}

#[derive(Debug)]
enum Token {
    Byte(u8),
    /// `?`
    Any {
        slash: bool,
    },
    /// `*`
    Star {
        slash: bool,
    },
    /// `**/` between slashes: any folders, or none.
    Folders,
    Class {
        negated: bool,
        items: Vec<Item>,
        slash: bool,
    },
}

#[derive(Debug)]
enum Item {
    Range(u8, u8),
    Named(fn(u8) -> bool),
}

impl Pathspec {
    /// Parses a pathspec, given at the root of a repository.
    ///
    /// # Errors
    ///
    /// Git's message behind `fatal: `; `root` is the folder of the repository in it.
    pub(super) fn parse(text: &str, root: &str) -> Result<Pathspec> {
        let magic = Magic::parse(text)?;
        let pattern = normalised(text, magic.path, root)?.into_bytes();
        let special = |b: &u8| matches!(b, b'*' | b'?' | b'[' | b'\\');
        let literal = if magic.literal {
            pattern.len()
        } else {
            pattern.iter().position(special).unwrap_or(pattern.len())
        };
        let rest = tokens(&pattern, literal, magic.glob);
        Ok(Pathspec { pattern, literal, rest, ignores_case: magic.icase, excludes: magic.exclude })
    }

    /// The folder that everything which it lists lies in; `None`: that may be anywhere.
    pub(super) fn folder(&self) -> Option<&str> {
        let literal = self.pattern.get(..self.literal)?;
        let end = literal.iter().rposition(|byte| *byte == b'/')?;
        let folder = literal.get(..end).filter(|_| !self.ignores_case && !self.excludes)?;
        std::str::from_utf8(folder).ok()
    }

    /// Whether the file at `path` is listed.
    pub(super) fn lists(&self, path: &str) -> bool {
        // A pathspec that only excludes starts from everything.
        self.matches(path.as_bytes()) != self.excludes
    }

    fn matches(&self, path: &[u8]) -> bool {
        let pattern = self.pattern.as_slice();
        if pattern.is_empty() {
            return true;
        }
        if self.same(pattern, path.get(..pattern.len())) {
            let ends_with_slash = pattern.last() == Some(&b'/');
            if path.len() == pattern.len() || ends_with_slash || path.get(pattern.len()) == Some(&b'/') {
                return true;
            }
        }
        if self.literal >= pattern.len()
            || !self.same(pattern.get(..self.literal).unwrap_or_default(), path.get(..self.literal))
        {
            return false;
        }
        let rest = path.get(self.literal..).unwrap_or_default();
        self.rest.as_ref().is_some_and(|tokens| wild(tokens, rest, self.ignores_case))
    }

    fn same(&self, a: &[u8], b: Option<&[u8]>) -> bool {
        b.is_some_and(|b| if self.ignores_case { a.eq_ignore_ascii_case(b) } else { a == b })
    }
}

/// What stands before the path: `:(glob,icase)`, `:/`, `:!`.
#[derive(Default)]
struct Magic<'t> {
    path: &'t str,
    literal: bool,
    glob: bool,
    icase: bool,
    exclude: bool,
}

impl<'t> Magic<'t> {
    fn parse(text: &'t str) -> Result<Magic<'t>> {
        let mut magic = Magic { path: text, ..Magic::default() };
        let Some(rest) = text.strip_prefix(':') else { return Ok(magic) };
        if let Some(long) = rest.strip_prefix('(') {
            let Some((words, path)) = long.split_once(')') else {
                return Err(fatal(format!("Missing ')' at the end of pathspec magic in '{text}'")));
            };
            for word in words.split(',').filter(|word| !word.is_empty()) {
                match word {
                    "top" => {}
                    "literal" => magic.literal = true,
                    "glob" => magic.glob = true,
                    "icase" => magic.icase = true,
                    "exclude" => magic.exclude = true,
                    word if word.starts_with("attr:") => {
                        return Err(Error::new(
                            aoa_lang::ErrorKind::Unsupported,
                            format!("the pathspec `{text}` asks for Git attributes"),
                        ));
                    }
                    word => return Err(fatal(format!("Invalid pathspec magic '{word}' in '{text}'"))),
                }
            }
            if magic.literal && magic.glob {
                return Err(fatal(format!("{text}: 'literal' and 'glob' are incompatible")));
            }
            magic.path = path;
            return Ok(magic);
        }
        let mut path = rest;
        while let Some(c) = path.chars().next().filter(|c| *c != ':' && "!\"#%&',-/;<=>@_`~^".contains(*c)) {
            match c {
                '/' => {}
                '!' | '^' => magic.exclude = true,
                c => return Err(fatal(format!("Unimplemented pathspec magic '{c}' in '{text}'"))),
            }
            path = path.get(c.len_utf8()..).unwrap_or_default();
        }
        magic.path = path.strip_prefix(':').unwrap_or(path);
        Ok(magic)
    }
}

/// The path without `.` and `..`; a slash at its end stays.
fn normalised(text: &str, path: &str, root: &str) -> Result<String> {
    if let Some(absolute) = path.strip_prefix('/') {
        // No path from outside leads into the checkout. Git looks at the disk: here the first part is taken as absent.
        return Err(fatal(match absolute.split_once('/') {
            Some((first, _)) => format!("Invalid path '/{first}': No such file or directory"),
            None => format!("{text}: '{path}' is outside repository at '{root}'"),
        }));
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(fatal(format!("{text}: '{path}' is outside repository at '{root}'")));
                }
            }
            part => parts.push(part),
        }
    }
    let mut clean = parts.join("/");
    if path.ends_with('/') && !clean.is_empty() {
        clean.push('/');
    }
    Ok(clean)
}

fn fatal(message: String) -> Error {
    Error::invalid(message)
}

/// The pattern behind its literal front; with `glob` wildcards stop at slashes.
fn tokens(pattern: &[u8], literal: usize, glob: bool) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut at = literal;
    while let Some(byte) = pattern.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                // A backslash at the end stands for the end of the text, which no path reaches.
                tokens.push(Token::Byte(*pattern.get(at).unwrap_or(&0)));
                at += 1;
            }
            b'?' => tokens.push(Token::Any { slash: !glob }),
            b'*' => {
                let start = at - 1;
                while pattern.get(at) == Some(&b'*') {
                    at += 1;
                }
                let double = at - start > 1;
                let opens = start == 0 || pattern.get(start - 1) == Some(&b'/');
                match pattern.get(at) {
                    Some(b'/') if glob && double && opens => {
                        tokens.push(Token::Folders);
                        at += 1;
                    }
                    None if glob && double && opens => tokens.push(Token::Star { slash: true }),
                    _ => tokens.push(Token::Star { slash: !glob }),
                }
            }
            b'[' => {
                let (class, end) = class(pattern, at, !glob)?;
                tokens.push(class);
                at = end;
            }
            byte => tokens.push(Token::Byte(*byte)),
        }
    }
    Some(tokens)
}

/// Reads a class whose `[` stands before `at`; `None` if it is not closed.
fn class(pattern: &[u8], mut at: usize, slash: bool) -> Option<(Token, usize)> {
    let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
    at += usize::from(negated);
    let mut items = Vec::new();
    let mut previous = None;
    let first = at;
    loop {
        let byte = *pattern.get(at)?;
        if byte == b']' && at > first {
            return Some((Token::Class { negated, items, slash }, at + 1));
        }
        at += 1;
        match byte {
            b'\\' => {
                let byte = *pattern.get(at)?;
                at += 1;
                items.push(Item::Range(byte, byte));
                previous = Some(byte);
            }
            b'-' if previous.is_some() && pattern.get(at).is_some_and(|b| *b != b']') => {
                let mut end = *pattern.get(at)?;
                at += 1;
                if end == b'\\' {
                    end = *pattern.get(at)?;
                    at += 1;
                }
                items.push(Item::Range(previous.unwrap_or_default(), end));
                previous = None;
            }
            b'[' if pattern.get(at) == Some(&b':') => {
                let rest = pattern.get(at + 1..)?;
                let length = rest.iter().position(|b| *b == b']')?;
                match rest.get(..length).and_then(|name| name.strip_suffix(b":")) {
                    Some(name) => {
                        items.push(Item::Named(named_class(name)?));
                        at += length + 2;
                        previous = None;
                    }
                    None => {
                        items.push(Item::Range(b'[', b'['));
                        previous = Some(b'[');
                    }
                }
            }
            byte => {
                items.push(Item::Range(byte, byte));
                previous = Some(byte);
            }
        }
    }
}

fn named_class(name: &[u8]) -> Option<fn(u8) -> bool> {
    Some(match name {
        b"alnum" => |b| b.is_ascii_alphanumeric(),
        b"alpha" => |b| b.is_ascii_alphabetic(),
        b"blank" => |b| matches!(b, b' ' | b'\t'),
        b"cntrl" => |b| b.is_ascii_control(),
        b"digit" => |b| b.is_ascii_digit(),
        b"graph" => |b| b.is_ascii_graphic(),
        b"lower" => |b| b.is_ascii_lowercase(),
        b"print" => |b| b == b' ' || b.is_ascii_graphic(),
        b"punct" => |b| b.is_ascii_punctuation(),
        b"space" => |b| b.is_ascii_whitespace() || b == 0x0b,
        b"upper" => |b| b.is_ascii_uppercase(),
        b"xdigit" => |b| b.is_ascii_hexdigit(),
        _ => return None,
    })
}

/// Whether `tokens` match all of `text`: one pass over the text with the set of places that are reached.
fn wild(tokens: &[Token], text: &[u8], ignores_case: bool) -> bool {
    let mut reached = vec![false; tokens.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    skip_stars(tokens, &mut reached);
    for byte in text {
        let mut next = vec![false; tokens.len() + 1];
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| reached.get(*at) == Some(&true)) {
            let (stays, advances) = token.step(*byte, ignores_case);
            if stays && let Some(place) = next.get_mut(at) {
                *place = true;
            }
            if advances && let Some(place) = next.get_mut(at + 1) {
                *place = true;
            }
        }
        // `**/` swallows whole folders only: between two slashes it cannot be left.
        skip_stars_after(tokens, &mut next, *byte);
        reached = next;
    }
    reached.last() == Some(&true)
}

impl Token {
    /// Whether the place stays reached behind `byte`, and whether the next one is.
    fn step(&self, byte: u8, ignores_case: bool) -> (bool, bool) {
        match self {
            Token::Byte(b) => (false, *b == byte || (ignores_case && b.eq_ignore_ascii_case(&byte))),
            Token::Any { slash } => (false, *slash || byte != b'/'),
            Token::Star { slash } => (*slash || byte != b'/', false),
            Token::Folders => (true, byte == b'/'),
            Token::Class { negated, items, slash } => {
                let hit = |byte: u8| {
                    items.iter().any(|item| match item {
                        Item::Range(low, high) => (*low..=*high).contains(&byte),
                        Item::Named(test) => test(byte),
                    })
                };
                let hit = hit(byte)
                    || (ignores_case && (hit(byte.to_ascii_lowercase()) || hit(byte.to_ascii_uppercase())));
                (false, hit != *negated && (*slash || byte != b'/'))
            }
        }
    }
}

/// Stars may match nothing.
fn skip_stars(tokens: &[Token], reached: &mut [bool]) {
    for (at, token) in tokens.iter().enumerate() {
        let skips = matches!(token, Token::Star { .. } | Token::Folders);
        if skips
            && reached.get(at) == Some(&true)
            && let Some(next) = reached.get_mut(at + 1)
        {
            *next = true;
        }
    }
}

/// As [`skip_stars`], but a [`Token::Folders`] that has begun is left behind a slash only, which `step` does.
fn skip_stars_after(tokens: &[Token], reached: &mut [bool], byte: u8) {
    for (at, token) in tokens.iter().enumerate() {
        let skips = match token {
            Token::Star { .. } => true,
            Token::Folders => byte == b'/',
            Token::Byte(_) | Token::Any { .. } | Token::Class { .. } => false,
        };
        if skips
            && reached.get(at) == Some(&true)
            && let Some(next) = reached.get_mut(at + 1)
        {
            *next = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(spec: &str, path: &str) -> bool {
        Pathspec::parse(spec, "/repo").unwrap().lists(path)
    }

    #[test]
    fn stars_cross_slashes_unless_glob() {
        assert!(lists("apps/*/x.json", "apps/a/b/x.json"));
        assert!(!lists(":(glob)apps/*/x.json", "apps/a/b/x.json"));
        assert!(lists(":(glob)apps/**/x.json", "apps/a/b/x.json"));
        assert!(lists(":(glob)apps/**/x.json", "apps/x.json"));
        assert!(!lists(":(glob)apps/**/x.json", "apps/ax.json"));
        assert!(lists(":(glob)**/x.json", "x.json"));
        assert!(!lists("apps/**/x.json", "apps/x.json"));
    }

    #[test]
    fn folders_match_all_below() {
        assert!(lists("apps", "apps/a"));
        assert!(lists("apps/", "apps/a"));
        assert!(!lists("apps", "apps2/a"));
        assert!(lists(".", "x"));
        assert!(lists("a[1]", "a[1]/y"));
        assert!(!lists("a[1]/*", "a[1]/y"));
        assert!(lists(":!a", "b") && !lists(":!a", "a/b"));
        assert!(lists(":(icase)A/1", "a/1"));
    }

    #[test]
    fn classes_are_those_of_git() {
        assert!(lists("x[!a-c]", "xd") && !lists("x[!a-c]", "xb"));
        assert!(lists("x[[:digit:]]", "x7"));
        // The text of a pattern matches itself.
        assert!(lists("x[", "x[") && !lists("x[", "xa"));
        assert!(lists("x[]a]", "x]"));
    }
}
