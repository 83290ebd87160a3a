//! The files of a chart in a folder, in the order of a directory walk (Helm 4.2.1, pkg/chart/v2/loader/directory.go).

use aoa_lang::source::{FileMode, Tree, TreePath};
use aoa_lang::{Error, Result};

use super::file::File;
use super::ignore::Rules;
use super::load::LoadLimits;

/// How many links within links are followed.
const MOST_LINKS: usize = 40;

/// A file of the walk: its path inside the chart, and where it really is.
struct Found {
    name: String,
    at: TreePath,
    size: u64,
}

pub(super) fn files(
    tree: &Tree,
    folder: &TreePath,
    limits: &LoadLimits,
    warnings: &mut Vec<String>,
) -> Result<Vec<File>> {
    let rules = match folder.join(".helmignore").filter(|path| tree.get(path).is_some()) {
        Some(path) => Rules::parse(Some(&tree.read(&path)?))?,
        None => Rules::parse(None)?,
    };
    let mut found = Vec::new();
    walk(tree, folder, limits, warnings, &mut found)?;
    // A folder comes where its name comes, not where its path does: `a/b` before `a.txt`.
    found.sort_by(|a, b| a.name.split('/').cmp(b.name.split('/')));
    let mut files = Vec::with_capacity(found.len());
    let mut bytes = 0u64;
    for file in found {
        if is_ignored(&rules, &file.name) {
            continue;
        }
        if file.size > limits.file_bytes {
            let name = aoa_lang::strconv::quote(file.at.name().as_bytes());
            let most = limits.file_bytes;
            let message = format!("chart file {name} is larger than the maximum file size {most}");
            return Err(Error::invalid(message));
        }
        bytes = bytes.saturating_add(file.size);
        if bytes > limits.chart_bytes {
            return Err(Error::limit("the files of the chart are too large"));
        }
        files.push(File::new(&file.name, &tree.read(&file.at)?));
    }
    Ok(files)
}

/// Whether a file, or a folder that it is in, is left out.
fn is_ignored(rules: &Rules, name: &str) -> bool {
    let folders = name.match_indices('/').filter_map(|(at, _)| name.get(..at));
    folders.into_iter().any(|folder| rules.ignores(folder, true)) || rules.ignores(name, false)
}

/// Lists a folder; what links name stands where the link does.
fn walk(
    tree: &Tree,
    folder: &TreePath,
    limits: &LoadLimits,
    warnings: &mut Vec<String>,
    found: &mut Vec<Found>,
) -> Result<()> {
    let mut work = vec![(String::new(), folder.clone(), 0usize)];
    while let Some((prefix, folder, links)) = work.pop() {
        for (path, entry) in tree.within(&folder) {
            let name = path.relative_to(&folder).unwrap_or_default();
            let name = match (prefix.as_str(), name) {
                ("", name) => name.to_owned(),
                (prefix, "") => prefix.to_owned(),
                (prefix, name) => format!("{prefix}/{name}"),
            };
            if found.len() >= limits.entries {
                return Err(Error::limit(format!("a chart has more than {} files", limits.entries)));
            }
            match &entry.mode {
                FileMode::Symlink(target) => {
                    let target = path.parent().and_then(|parent| parent.join(target));
                    let Some(target) = target.filter(|t| tree.get(t).is_some() || tree.is_folder(t)) else {
                        return Err(Error::invalid(format!(
                            "error evaluating symlink {path}: lstat: no such file or directory"
                        )));
                    };
                    if links >= MOST_LINKS {
                        return Err(Error::invalid(format!(
                            "error evaluating symlink {path}: too many links"
                        )));
                    }
                    warnings.push(format!(
                        "INFO found symbolic link in path. Contents of linked file included and used path={path} resolved={target}"
                    ));
                    work.push((name, target, links + 1));
                }
                _ => found.push(Found { name, at: path.clone(), size: entry.size }),
            }
        }
    }
    Ok(())
}
