//! Lists of patterns as Argo CD matches them: `MatchStringInList` of its `util/glob`.

use super::Glob;
use crate::Result;
use crate::text::regexp::BacktrackingRegexp;

/// How the entries of a list are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PatternMode {
    /// An entry is a text.
    Exact,
    /// An entry is a glob without separators.
    Glob,
    /// An entry between slashes is a regular expression of the backtracking dialect; every entry is a glob as well.
    Regexp,
}

impl PatternMode {
    /// The mode of Argo CD's name for it (`exact`, `glob`, `regexp`). A list read in any other mode matches nothing.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "exact" => Some(PatternMode::Exact),
            "glob" => Some(PatternMode::Glob),
            "regexp" => Some(PatternMode::Regexp),
            _ => None,
        }
    }
}

/// A compiled list of patterns. Entries that do not compile match nothing, as in Argo CD.
#[derive(Clone, Debug)]
pub struct PatternList {
    entries: Vec<Entry>,
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    text: String,
    exact: bool,
    regexp: Option<Result<BacktrackingRegexp>>,
    glob: Option<Result<Glob>>,
}

impl PatternList {
    /// Compiles the entries.
    pub fn new<'p>(entries: impl IntoIterator<Item = &'p str>, mode: PatternMode) -> Self {
        PatternList { entries: entries.into_iter().map(|text| Entry::new(text, mode)).collect() }
    }

    /// The index of the first entry that matches `item`.
    ///
    /// # Errors
    /// Those of [`Glob::matches`]; an expression that takes too many steps matches nothing.
    pub fn find(&self, item: &str) -> Result<Option<usize>> {
        for (index, entry) in self.entries.iter().enumerate() {
            if entry.matches(item)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// Whether an entry matches `item`.
    ///
    /// # Errors
    /// As [`PatternList::find`].
    pub fn matches(&self, item: &str) -> Result<bool> {
        Ok(self.find(item)?.is_some())
    }

    /// The entries, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Entry {
    fn new(text: &str, mode: PatternMode) -> Self {
        let between =
            text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|p| !p.is_empty());
        let regexp = between.filter(|_| mode == PatternMode::Regexp).map(BacktrackingRegexp::new);
        let glob = (mode != PatternMode::Exact).then(|| Glob::new(text, ""));
        Entry { text: text.to_owned(), exact: mode == PatternMode::Exact, regexp, glob }
    }

    /// The entry as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Why the entry matches less than it could: its expression or its glob does not compile.
    #[must_use]
    pub fn problem(&self) -> Option<&crate::Error> {
        let regexp = self.regexp.as_ref().and_then(|regexp| regexp.as_ref().err());
        regexp.or_else(|| self.glob.as_ref().and_then(|glob| glob.as_ref().err()))
    }

    fn matches(&self, item: &str) -> Result<bool> {
        if self.exact {
            return Ok(self.text == item);
        }
        if let Some(Ok(regexp)) = &self.regexp
            && regexp.is_match(item).unwrap_or(false)
        {
            return Ok(true);
        }
        match &self.glob {
            Some(Ok(glob)) => glob.matches(item),
            Some(Err(_)) | None => Ok(false),
        }
    }
}
