//! CODEOWNERS: who is to be asked about a file.

use aoa_lang::text::doublestar;

/// The rules of a CODEOWNERS file, as GitHub reads them: the last rule that matches counts.
///
/// ```
/// use aoa_core::diff::Codeowners;
///
/// let owners = Codeowners::parse("*  @acme/platform\n/teams/payments/  @acme/payments\n*.md\n");
/// assert_eq!(owners.of("teams/payments/api/app.yaml"), ["@acme/payments"]);
/// assert_eq!(owners.of("addons/kro.yaml"), ["@acme/platform"]);
/// assert!(owners.of("teams/README.md").is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codeowners {
    rules: Vec<(Vec<String>, Vec<String>)>,
}

impl Codeowners {
    /// Where the file may lie, the first that is there counts.
    pub const PATHS: [&'static str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

    /// Reads the text of a file; lines that are no rules are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        let rules = lines.filter_map(|line| {
            let mut words = line.split_whitespace();
            let pattern = words.next().filter(|pattern| !pattern.starts_with('['))?;
            Some((globs(pattern), words.map(str::to_owned).collect()))
        });
        Codeowners { rules: rules.collect() }
    }

    /// The owners of the file at `path`.
    #[must_use]
    pub fn of(&self, path: &str) -> &[String] {
        let hits =
            |globs: &Vec<String>| globs.iter().any(|glob| doublestar::matches(glob, path).unwrap_or(false));
        self.rules
            .iter()
            .rev()
            .find(|(globs, _)| hits(globs))
            .map(|(_, owners)| owners.as_slice())
            .unwrap_or_default()
    }

    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// What a pattern matches: without a slash inside, at any depth; a folder with all that is in it.
fn globs(pattern: &str) -> Vec<String> {
    let trimmed = pattern.trim_end_matches('/');
    let is_anchored = trimmed.trim_start_matches('/').contains('/') || pattern.starts_with('/');
    let base = trimmed.trim_start_matches('/');
    let front = if is_anchored { base.to_owned() } else { format!("**/{base}") };
    match (pattern.ends_with('/'), base) {
        (_, "" | "*" | "**") => vec!["**".to_owned()],
        (true, _) => vec![format!("{front}/**")],
        // A star at the end of a path stands for files of that folder only.
        (false, base) if base.ends_with("/*") => vec![front],
        (false, _) => vec![format!("{front}/**"), front],
    }
}
