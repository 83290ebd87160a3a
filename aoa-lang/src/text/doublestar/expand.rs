//! Lists the files that a pattern matches: `FilepathGlob` of doublestar, whose two walks differ in the order of
//! alternatives only.

use std::collections::{BTreeMap, BTreeSet};

use super::braces::next_comma;
use super::lists::{List, Lists};
use super::matching::{Validation, matches_with};
use super::validate::is_valid;
use crate::{Error, Result};

/// Folders and files that can be looked at. Paths are relative to a root, which is `.`; links are followed.
pub trait Files {
    /// What stands at a path.
    fn kind(&self, path: &str) -> Option<FileKind>;
    /// The names in a folder, in byte order; none if there is no such folder.
    fn names(&self, folder: &str) -> Vec<String>;
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// The files of a list of paths, and the folders that hold them.
#[derive(Clone, Debug, Default)]
pub struct PathList {
    folders: BTreeMap<String, BTreeSet<String>>,
}

impl PathList {
    /// The files at `paths`, which are relative and separated by `/`.
    pub fn new<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        folders.entry(".".to_owned()).or_default();
        for path in paths {
            let mut folder = ".".to_owned();
            for name in path.split('/').filter(|name| !name.is_empty()) {
                let path = join(&folder, name);
                folders.entry(folder).or_default().insert(name.to_owned());
                folder = path;
            }
        }
        PathList { folders }
    }
}

impl Files for PathList {
    fn kind(&self, path: &str) -> Option<FileKind> {
        if self.folders.contains_key(path) {
            return Some(FileKind::Folder);
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        self.folders.get(folder)?.contains(name).then_some(FileKind::File)
    }

    fn names(&self, folder: &str) -> Vec<String> {
        self.folders.get(folder).into_iter().flatten().cloned().collect()
    }
}

/// The paths that `pattern` matches, as `doublestar.FilepathGlob` lists them for the root joined with the pattern.
///
/// A folder's own files come before those of the folders in it; folders are read in the order of their names. `**` matches no files behind which the pattern goes on,
/// and all files and folders at its end, the folder itself included (which for the root is `.`). Hidden files match.
///
/// ```
/// use aoa_lang::text::doublestar::{self, PathList};
///
/// let files = PathList::new(["apps/web/a.yaml", "apps/db/b.yaml", "c.yaml"]);
/// assert_eq!(doublestar::glob(&files, "**/*.yaml")?, ["c.yaml", "apps/db/b.yaml", "apps/web/a.yaml"]);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
///
/// # Errors
/// `Syntax` (`syntax error in pattern`) for a malformed pattern; `Limit` where alternatives multiply too much.
pub fn glob(files: &impl Files, pattern: &str) -> Result<Vec<String>> {
    let pattern = clean(pattern);
    // The folders before the first wildcard are where the search begins.
    let (base, rest) = split(&pattern);
    if !is_valid(&rest) {
        return Err(Error::syntax("syntax error in pattern"));
    }
    if pattern == ".." || pattern.starts_with("../") {
        return Ok(Vec::new());
    }
    let alternatives = if has_inner_doublestar(&rest) { Merging::Everywhere } else { Merging::PerFolder };
    let mut walk = Walk { files, base, alternatives, steps: MAX_STEPS, lists: Lists::new() };
    let found = walk.expand(rest.as_bytes(), List::EMPTY, Segment::Last, 0)?;
    Ok(walk.lists.items(found).iter().map(|path| walk.below_base(path)).collect())
}

/// The most folders, names and alternatives that one pattern may look at.
const MAX_STEPS: usize = 2_000_000;
/// The most bytes that the matches of a pattern and of its parts may take: some 600,000 files.
const MAX_BYTES: usize = 128 << 20;
/// The most parts of a pattern.
const MAX_DEPTH: usize = 300;

/// Where a part of a pattern stands: only the last one matches files.
#[derive(Clone, Copy, PartialEq)]
enum Segment {
    Last,
    Inner,
}

/// Where the matches of alternatives are put in order, each once.
#[derive(Clone, Copy, PartialEq)]
enum Merging {
    Everywhere,
    PerFolder,
}

struct Walk<'f, F> {
    files: &'f F,
    base: String,
    alternatives: Merging,
    steps: usize,
    lists: Lists,
}

impl<F: Files> Walk<'_, F> {
    fn charge(&mut self, steps: usize) -> Result<()> {
        self.steps = self
            .steps
            .checked_sub(steps)
            .filter(|_| self.lists.bytes() <= MAX_BYTES)
            .ok_or_else(|| Error::limit("the pattern looks at too many files"))?;
        Ok(())
    }

    fn below_base(&self, path: &str) -> String {
        join(&self.base, path)
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let valid = path == "." || path.split('/').all(|name| !matches!(name, "" | "." | ".."));
        if valid { self.files.kind(&self.below_base(path)) } else { None }
    }

    fn names(&mut self, folder: &str) -> Result<Vec<String>> {
        let names = match self.kind(folder) {
            Some(FileKind::Folder) => self.files.names(&self.below_base(folder)),
            Some(FileKind::File) | None => Vec::new(),
        };
        self.charge(names.len().saturating_add(1))?;
        Ok(names)
    }

    /// Adds to `found` what a pattern matches.
    fn expand(&mut self, pattern: &[u8], found: List, segment: Segment, depth: usize) -> Result<List> {
        self.charge(pattern.len())?;
        if depth > MAX_DEPTH {
            return Err(Error::limit("the pattern has too many parts"));
        }
        let Some(first_meta) = first_meta(pattern) else {
            let path = unescape(pattern);
            let asked = if path.len() > 1 { path.strip_suffix('/').unwrap_or(&path) } else { &path };
            return Ok(if self.kind(asked).is_some() { self.lists.push(found, &path) } else { found });
        };
        let mut cut = last_slash_or_brace(pattern);
        if let Some(end) = cut.filter(|at| pattern.get(*at) == Some(&b'}')) {
            match opening(pattern.get(..end).unwrap_or_default()) {
                Some(start) => return self.alternatives(pattern, (start, end), found, segment, depth),
                None => cut = last_slash(pattern.get(..end).unwrap_or_default()),
            }
        }
        let Some(slash) = cut else { return self.folder(".", pattern, found, segment) };
        let folder = pattern.get(..slash).unwrap_or_default();
        let rest = pattern.get(slash.saturating_add(1)..).unwrap_or_default();
        if slash <= first_meta {
            return self.folder(&unescape(folder), rest, found, segment);
        }
        // What has been found already is gone through as if it were the folders of this pattern, and finding more may
        // write over them: `doGlob` shares one slice for both.
        let seed = match self.alternatives {
            Merging::Everywhere => List::EMPTY,
            Merging::PerFolder => found,
        };
        let folders = self.expand(folder, seed, Segment::Inner, depth.saturating_add(1))?;
        let mut all = found;
        for index in 0..folders.len {
            let folder = self.lists.item(folders, index);
            all = self.folder(&folder, rest, all, segment)?;
        }
        Ok(all)
    }

    /// Expands `{a,b}` from `start` to `end`, behind which there is no slash.
    fn alternatives(
        &mut self,
        pattern: &[u8],
        (start, end): (usize, usize),
        found: List,
        segment: Segment,
        depth: usize,
    ) -> Result<List> {
        let before = pattern.get(..start).unwrap_or_default();
        let cut = last_slash_or_brace(before).filter(|at| before.get(*at) == Some(&b'/'));
        let seed = match self.alternatives {
            Merging::Everywhere => List::EMPTY,
            Merging::PerFolder => found,
        };
        let (folders, prefix) = match cut {
            None => (self.lists.push(List::EMPTY, ""), before),
            Some(slash) => (
                self.expand(
                    before.get(..slash).unwrap_or_default(),
                    seed,
                    Segment::Inner,
                    depth.saturating_add(1),
                )?,
                before.get(slash.saturating_add(1)..).unwrap_or_default(),
            ),
        };
        let behind = pattern.get(end.saturating_add(1)..).unwrap_or_default();
        let (mut all, mut everywhere) = (found, BTreeSet::new());
        for index in 0..folders.len {
            let folder = self.lists.item(folders, index);
            let mut between = pattern.get(start.saturating_add(1)..end).unwrap_or_default();
            let first = all.len;
            // An alternative that is empty at the end is none.
            while !between.is_empty() {
                let comma = next_comma(between).unwrap_or(between.len());
                let alternative = between.get(..comma).unwrap_or_default();
                between = between.get(comma.saturating_add(1)..).unwrap_or_default();
                let mut expanded = Vec::new();
                if !folder.is_empty() && *folder != *"." {
                    expanded.extend_from_slice(escape(&folder).as_bytes());
                    expanded.push(b'/');
                }
                expanded.extend([prefix, alternative, behind].concat());
                let depth = depth.saturating_add(1);
                match self.alternatives {
                    Merging::Everywhere => {
                        let here = self.expand(&expanded, List::EMPTY, segment, depth)?;
                        everywhere.extend(self.lists.items(here).iter().cloned());
                    }
                    Merging::PerFolder => {
                        let middle = all.len;
                        all = self.expand(&expanded, all, segment, depth)?;
                        all = self.lists.merge(all, first, middle);
                    }
                }
            }
        }
        for path in everywhere {
            all = self.lists.share(all, path);
        }
        Ok(all)
    }

    /// What in a folder matches a part without slashes and alternatives.
    fn folder(&mut self, folder: &str, pattern: &[u8], mut found: List, segment: Segment) -> Result<List> {
        let is_folder = self.kind(folder) == Some(FileKind::Folder);
        if pattern.is_empty() {
            return Ok(if is_folder { self.lists.push(found, folder) } else { found });
        }
        if pattern == b"**" {
            return if is_folder { self.everything(folder, found, segment) } else { Ok(found) };
        }
        for name in self.names(folder)? {
            if matches_with(pattern, name.as_bytes(), Validation::Unchecked)? {
                let path = join(folder, &name);
                if segment == Segment::Last || self.kind(&path) == Some(FileKind::Folder) {
                    found = self.lists.push(found, &path);
                }
            }
        }
        Ok(found)
    }

    /// A folder and all that is within it; of inner segments, folders only.
    fn everything(&mut self, folder: &str, found: List, segment: Segment) -> Result<List> {
        let mut found = self.lists.push(found, folder);
        let mut open = vec![(folder.to_owned(), self.names(folder)?.into_iter())];
        while let Some((folder, names)) = open.last_mut() {
            let Some(name) = names.next() else {
                open.pop();
                continue;
            };
            let path = join(folder, &name);
            match self.kind(&path) {
                Some(FileKind::Folder) => {
                    if open.len() > MAX_DEPTH {
                        return Err(Error::limit("the folders are nested too deeply"));
                    }
                    let names = self.names(&path)?.into_iter();
                    found = self.lists.push(found, &path);
                    open.push((path, names));
                }
                Some(FileKind::File) | None if segment == Segment::Last => {
                    found = self.lists.push(found, &path);
                }
                Some(FileKind::File) | None => {}
            }
        }
        Ok(found)
    }
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("" | ".", name) => name.to_owned(),
        (folder, "" | ".") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// `filepath.Clean` of a pattern that is joined to a root.
fn clean(pattern: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in pattern.split('/') {
        match name {
            "" | "." => {}
            ".." if names.last().is_some_and(|last| *last != "..") => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    if names.is_empty() { ".".to_owned() } else { names.join("/") }
}

/// Cuts a pattern at the last slash before its first wildcard; the root stands before one without such a slash.
fn split(pattern: &str) -> (String, String) {
    let end = first_meta(pattern.as_bytes()).unwrap_or(pattern.len());
    let before = pattern.as_bytes().get(..end).unwrap_or_default();
    let mut slash = None;
    let mut escaped = false;
    for (index, byte) in before.iter().enumerate() {
        match byte {
            _ if std::mem::take(&mut escaped) => {}
            b'\\' => escaped = true,
            b'/' => slash = Some(index),
            _ => {}
        }
    }
    match slash.and_then(|slash| Some((pattern.get(..slash)?, pattern.get(slash.saturating_add(1)..)?))) {
        Some((folder, rest)) => (unescape(folder.as_bytes()), rest.to_owned()),
        None => (".".to_owned(), pattern.to_owned()),
    }
}

/// Whether `**` stands anywhere but at the end.
fn has_inner_doublestar(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    let mut at = 0usize;
    while at.saturating_add(3) < bytes.len() {
        match (bytes.get(at), bytes.get(at.saturating_add(1))) {
            (Some(b'\\'), _) => at = at.saturating_add(1),
            (Some(b'*'), Some(b'*')) => return true,
            _ => {}
        }
        at = at.saturating_add(1);
    }
    false
}

fn first_meta(pattern: &[u8]) -> Option<usize> {
    let mut escaped = false;
    pattern.iter().position(|byte| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        escaped = *byte == b'\\';
        matches!(byte, b'*' | b'?' | b'[' | b'{')
    })
}

/// The last of the bytes that are `wanted` and have no backslash before them.
fn last_unescaped(pattern: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    (0..pattern.len()).rev().find(|at| {
        let escaped = at.checked_sub(1).and_then(|before| pattern.get(before)) == Some(&b'\\');
        !escaped && pattern.get(*at).is_some_and(|byte| wanted(*byte))
    })
}

fn last_slash_or_brace(pattern: &[u8]) -> Option<usize> {
    last_unescaped(pattern, |byte| matches!(byte, b'/' | b'}'))
}

fn last_slash(pattern: &[u8]) -> Option<usize> {
    last_unescaped(pattern, |byte| byte == b'/')
}

/// Where the brace opens that is closed behind `pattern`.
fn opening(pattern: &[u8]) -> Option<usize> {
    let mut depth = 1usize;
    let mut rest = pattern;
    while let Some(at) = last_unescaped(rest, |byte| matches!(byte, b'{' | b'}')) {
        depth = if rest.get(at) == Some(&b'}') { depth.saturating_add(1) } else { depth.saturating_sub(1) };
        if depth == 0 {
            return Some(at);
        }
        rest = rest.get(..at).unwrap_or_default();
    }
    None
}

const META: &str = "*?[]{}";

fn unescape(pattern: &[u8]) -> String {
    let text = String::from_utf8_lossy(pattern);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(next)) if META.contains(*next) => {}
            (c, _) => out.push(c),
        }
    }
    out
}

fn escape(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if META.contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second alternative begins with what the first one found, and then writes over its own folders.
    #[test]
    fn alternatives_share_storage_as_in_go() {
        let files = PathList::new([
            "apps/a.yaml",
            "apps/web/a.yaml",
            "apps/web/b.yaml",
            "apps/db/x/a.yaml",
            "apps/db/x/y/b",
            "c/a",
            "c/b/a",
        ]);
        let found = glob(&files, "*{apps/*,c/*}").unwrap();
        let want = [
            "apps/a.yaml",
            "apps/db",
            "apps/db/x",
            "apps/web",
            "apps/web/a.yaml",
            "apps/web/b.yaml",
            "apps/db/x/a.yaml",
            "apps/db/x/y",
        ];
        assert_eq!(found, want);
    }

    #[test]
    fn matches_that_multiply_end_in_a_limit() {
        // Each `**` finds every file once more for each folder above it.
        let deep = PathList::new(
            (0..60)
                .map(|at| format!("{}f{at}", "a-folder-with-a-name/".repeat(at)))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str),
        );
        let error = glob(&deep, &"**/".repeat(12)).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Limit);
    }

    #[test]
    fn alternatives_that_multiply_end_in_a_limit() {
        let files = PathList::new(["a"]);
        let error = glob(&files, &format!("*{}", "{a,b}".repeat(200))).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Limit);
    }
}
