//! Which files `valueFiles` and `fileParameters` name.

use aoa_lang::source::{FileMode, Tree, TreePath};
use aoa_lang::text::doublestar::{self, PathList};
use aoa_lang::url::Url;
use aoa_lang::{Value, strconv};

use super::super::application::RenderContext;
use super::super::environment::Environment;
use super::super::files::{self, Target};
use super::super::reach::ReachParts;
use super::super::references::Referenced;
use super::super::source::{Located, Stop};

/// Where trees lie, as the repo-server's messages say it.
const ROOT: &str = "<path to cached source>";

/// How many links the last part of a path may take.
const MAX_LINKS: usize = 10;

/// A file that Helm is told to read.
#[derive(Clone, Debug)]
pub(super) struct GivenFile<'f> {
    /// As it stands on the command line.
    pub(super) shown: String,
    pub(super) at: Location<'f>,
}

/// Where a file is.
#[derive(Clone, Debug)]
pub(super) enum Location<'f> {
    /// In a tree; whether there is such a file is another question.
    Tree(&'f Tree, TreePath),
    /// Behind a URL of an allowed scheme.
    Remote,
}

/// Whether files that do not exist are passed over: `ignoreMissingValueFiles`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Fail,
    Ignore,
}

/// What names of files are read against.
pub(super) struct FileNames<'f> {
    pub(super) tree: &'f Tree,
    /// The folder of the chart.
    pub(super) folder: &'f TreePath,
    pub(super) referenced: &'f Referenced,
    pub(super) environment: &'f Environment,
    /// `helm.valuesFileSchemes`
    pub(super) schemes: &'f [String],
}

impl<'f> FileNames<'f> {
    /// The names in a source.
    pub(super) fn new(ctx: &RenderContext<'f>, located: &'f Located<'f>) -> Self {
        FileNames {
            tree: &located.found.tree,
            folder: &located.folder.path,
            referenced: located.referenced,
            environment: located.environment,
            schemes: ctx.installation.helm_value_file_schemes(),
        }
    }

    /// Notes what the names in a source may lead to.
    pub(super) fn touched(&self, located: &Located<'_>, reach: &mut ReachParts) {
        let list = |key| located.source.at(&["helm", key]).and_then(Value::as_list).into_iter().flatten();
        let values = list("valueFiles").filter_map(Value::as_str);
        for name in values.chain(list("fileParameters").filter_map(|p| p.str_at(&["path"]))) {
            let referred = name.strip_prefix('$').map(|rest| rest.split('/').next().unwrap_or_default());
            let found = referred.and_then(|name| self.referenced.tree(name)).unwrap_or(located.found);
            match self.resolve(name).map(|file| file.at) {
                Ok(Location::Tree(_, path)) if path.as_str().contains(',') => {
                    reach.tree(found);
                    reach.tree(located.found);
                }
                Ok(Location::Tree(_, path)) if is_pattern(path.as_str()) => {
                    reach.below(found, &beginning(&path))
                }
                Ok(Location::Tree(_, path)) => reach.below(found, &path),
                Ok(Location::Remote) => {}
                Err(_) => reach.tree(found),
            }
        }
    }

    /// The files of `valueFiles` in their order, each once. A file that stands there by name keeps that place, whatever
    /// patterns match it (`getResolvedValueFiles` of Argo CD 3.5.7).
    pub(super) fn value_files<'n>(
        &self,
        names: impl Iterator<Item = &'n str> + Clone,
        missing: Missing,
    ) -> Result<Vec<GivenFile<'f>>, Stop> {
        let by_name = names.clone().filter_map(|name| self.resolve(name).ok());
        let by_name: Vec<Key> =
            by_name.filter(|file| !is_pattern(&file.shown)).map(|file| key(&file)).collect();
        let mut files: Vec<GivenFile<'f>> = Vec::new();
        let mut seen: Vec<Key> = Vec::new();
        let mut add = |file: GivenFile<'f>| {
            let key = key(&file);
            if !seen.contains(&key) {
                seen.push(key);
                files.push(file);
            }
        };
        for name in names {
            let file = self.resolve(name).map_err(|error| {
                Stop::failed(format!(
                    "error resolving helm value files: error resolving value file path: {error}"
                ))
            })?;
            let Location::Tree(tree, path) = &file.at else {
                add(file);
                continue;
            };
            if is_pattern(path.as_str()) {
                let matches = expand(tree, path, name)?;
                if matches.is_empty() && missing == Missing::Fail {
                    return Err(no_match(name));
                }
                matches.into_iter().filter(|file| !by_name.contains(&key(file))).for_each(&mut add);
            } else if missing == Missing::Fail || files::follow(tree, path.as_str()) != Target::Missing {
                add(file);
            }
        }
        Ok(files)
    }

    /// The file of one of `fileParameters`.
    pub(super) fn parameter_file(&self, name: &str) -> Result<GivenFile<'f>, Stop> {
        let what = if self.reference(name).is_some() { "set-file path" } else { "helm value file path" };
        self.resolve(name).map_err(|error| Stop::failed(format!("error resolving {what}: {error}")))
    }

    /// The file that a name stands for: variables are filled in behind a reference, not within.
    fn resolve(&self, name: &str) -> Result<GivenFile<'f>, String> {
        match self.reference(name) {
            Some(tree) => {
                let path = name.find('/').and_then(|at| name.get(at..)).unwrap_or_default();
                self.locate(tree, &TreePath::root(), &self.environment.substitute(path))
                    .map_err(|error| format!("error resolving value file path: {error}"))
            }
            None => self.locate(self.tree, self.folder, &self.environment.substitute(name)),
        }
    }

    /// The tree behind the `$name` that a path begins with.
    fn reference(&self, name: &str) -> Option<&'f Tree> {
        let name = name.strip_prefix('$')?.split('/').next().unwrap_or_default();
        self.referenced.tree(name).map(|found| &found.tree)
    }

    /// `text` read in `folder`; an absolute one at the root (`ResolveValueFilePathOrUrl` of Argo CD 3.5.7).
    fn locate(&self, tree: &'f Tree, folder: &TreePath, text: &str) -> Result<GivenFile<'f>, String> {
        if let Ok(url) = Url::parse(text.as_bytes())
            && !url.scheme.is_empty()
        {
            let scheme = String::from_utf8_lossy(&url.scheme);
            if !self.schemes.iter().any(|allowed| allowed.eq_ignore_ascii_case(&scheme)) {
                return Err(format!("the URL scheme '{scheme}' is not allowed"));
            }
            return Ok(GivenFile { shown: text.to_owned(), at: Location::Remote });
        }
        let outside = || format!("file '{text}' resolved to outside repository root");
        let failed = || "internal error: failed to resolve path. Check logs for more details".to_owned();
        let mut path = folder.join(text).ok_or_else(outside)?;
        let mut links = 0;
        while let Some(target) = link_at(tree, &path) {
            links += 1;
            if links > MAX_LINKS {
                return Err(failed());
            }
            if target.starts_with('/') {
                return Err(outside());
            }
            path = path.parent().and_then(|folder| folder.join(target)).ok_or_else(outside)?;
        }
        if path.as_str().is_empty() {
            return Err(failed());
        }
        Ok(given(tree, path))
    }
}

/// The files that one entry of the command line names: Helm separates them by commas.
pub(super) fn split_at_commas<'f>(file: &GivenFile<'f>, folder: &TreePath) -> Vec<GivenFile<'f>> {
    let Location::Tree(tree, path) = &file.at else { return vec![file.clone()] };
    let mut parts = path.as_str().split(',');
    let first = parts.next().unwrap_or_default();
    let first = TreePath::new(first).map(|path| given(tree, path));
    // What follows a comma is read in the folder that Helm runs in.
    let rest = parts.filter_map(|part| {
        Some(GivenFile { shown: part.to_owned(), at: Location::Tree(tree, folder.join(part)?) })
    });
    first.into_iter().chain(rest).collect()
}

fn given(tree: &Tree, path: TreePath) -> GivenFile<'_> {
    GivenFile { shown: format!("{ROOT}/{path}"), at: Location::Tree(tree, path) }
}

/// The target of the link at `path`, links before its last part followed.
fn link_at<'t>(tree: &'t Tree, path: &TreePath) -> Option<&'t str> {
    let Target::Folder(folder) = files::follow(tree, path.parent()?.as_str()) else { return None };
    match &tree.get(&folder.join(path.name())?)?.mode {
        FileMode::Symlink(target) => Some(target),
        _ => None,
    }
}

type Key = (aoa_lang::source::ContentId, String);

/// What tells files apart: repo-servers check every repository out once.
fn key(file: &GivenFile<'_>) -> Key {
    match &file.at {
        Location::Tree(tree, path) => (tree.identity(), path.as_str().to_owned()),
        Location::Remote => (aoa_lang::source::ContentId(0), file.shown.clone()),
    }
}

fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// The folder in which all that a pattern matches lies.
fn beginning(pattern: &TreePath) -> TreePath {
    let fixed = pattern.as_str().split(['*', '?', '[', '{', '\\']).next().unwrap_or_default();
    let base = fixed.rsplit_once('/').map_or("", |(folder, _)| folder);
    TreePath::new(base).unwrap_or_else(TreePath::root)
}

/// The files and folders that a pattern matches, in doublestar's order.
fn expand<'f>(tree: &'f Tree, pattern: &TreePath, name: &str) -> Result<Vec<GivenFile<'f>>, Stop> {
    let failed = |what: &str| Stop::failed(format!("error resolving helm value files: {what}"));
    let quoted = strconv::quote(name.as_bytes());
    let base = beginning(pattern);
    let list = PathList::new(tree.within(&base).map(|(path, _)| path.as_str()));
    let matches = doublestar::glob(&list, pattern.as_str())
        .map_err(|error| failed(&format!("error expanding glob pattern {quoted}: {error}")))?;
    let mut files = Vec::with_capacity(matches.len());
    for path in matches {
        let shown = strconv::quote(format!("{ROOT}/{path}").as_bytes());
        match files::follow(tree, &path) {
            Target::Outside => {
                let why = format!("glob match {shown} resolved to outside repository root");
                return Err(failed(&format!("glob pattern {quoted}: {why}")));
            }
            Target::Missing => {
                let why =
                    format!("error resolving symlink for glob match {shown}: no such file or directory");
                return Err(failed(&format!("glob pattern {quoted}: {why}")));
            }
            Target::File(_) | Target::Folder(_) => {}
        }
        files.extend(TreePath::new(&path).map(|path| given(tree, path)));
    }
    Ok(files)
}

fn no_match(pattern: &str) -> Stop {
    Stop::failed(format!(
        "rpc error: code = NotFound desc = error resolving helm value files: values file glob {} matched no files",
        strconv::quote(pattern.as_bytes())
    ))
}
