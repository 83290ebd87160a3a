//! `.helmignore` (Helm 4.2.1, pkg/ignore/rules.go).

use aoa_lang::text::path_glob::filepath_match;
use aoa_lang::{Error, Result};

/// The rules of a chart.
#[derive(Debug, Default)]
pub(super) struct Rules {
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    text: String,
    scope: Scope,
    negated: bool,
    folders_only: bool,
}

/// What of a path a pattern is compared with.
#[derive(Debug, PartialEq, Eq)]
enum Scope {
    Path,
    Name,
}

impl Rules {
    /// Reads a `.helmignore`, and adds Helm's own rule: dot files in templates/ are left out.
    ///
    /// # Errors
    /// A pattern with `**`, or one that is malformed.
    pub(super) fn parse(text: Option<&[u8]>) -> Result<Rules> {
        let mut rules = Rules::default();
        let text = String::from_utf8_lossy(text.unwrap_or_default()).into_owned();
        for line in text.trim_start_matches('\u{feff}').lines() {
            rules.add(line)?;
        }
        rules.add("templates/.?*")?;
        Ok(rules)
    }

    fn add(&mut self, line: &str) -> Result<()> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if line.contains("**") {
            return Err(Error::invalid("double-star (**) syntax is not supported"));
        }
        filepath_match(line, "abc")?;
        let (negated, text) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (folders_only, text) = text.strip_suffix('/').map_or((false, text), |rest| (true, rest));
        let (scope, text) = match text.strip_prefix('/') {
            Some(rest) => (Scope::Path, rest),
            None if text.contains('/') => (Scope::Path, text),
            None => (Scope::Name, text),
        };
        self.patterns.push(Pattern { text: text.to_owned(), scope, negated, folders_only });
        Ok(())
    }

    /// Whether a file or folder is left out. A negated rule leaves out all that it does *not* match.
    pub(super) fn ignores(&self, path: &str, is_folder: bool) -> bool {
        for pattern in &self.patterns {
            let kind_fits = !pattern.folders_only || is_folder;
            if pattern.negated {
                if !kind_fits || !pattern.matches(path) {
                    return true;
                }
            } else if kind_fits && pattern.matches(path) {
                return true;
            }
        }
        false
    }
}

impl Pattern {
    fn matches(&self, path: &str) -> bool {
        let subject = match self.scope {
            Scope::Path => path,
            Scope::Name => path.rsplit_once('/').map_or(path, |(_, name)| name),
        };
        filepath_match(&self.text, subject).unwrap_or(false)
    }
}
