//! Charts: what their files say, before any values are known.
//!
//! A chart comes as a [`Tree`](aoa_lang::source::Tree) (`tree`, with `.helmignore` from `ignore`) or as a packed archive
//! (`archive`); both become a list of files, which `load` takes apart: `Chart.yaml` (`metadata`), `values.yaml`, templates,
//! and subcharts, which are charts again. They stand in one list, so that dependencies can be picked and renamed
//! without copying what is in them.

mod archive;
mod file;
mod ignore;
mod load;
mod metadata;
mod tree;

pub use file::File;
pub use load::LoadLimits;
pub use metadata::{Dependency, Metadata};

pub(crate) use load::{Content, Loaded, extension};

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::{Error, Result};

/// Reads the chart in folder `path` of a tree.
pub(crate) fn from_tree(tree: &Tree, path: &TreePath, limits: &LoadLimits) -> Result<Loaded> {
    let mut warnings = Vec::new();
    let files = tree::files(tree, path, limits, &mut warnings)?;
    let detected = files.iter().find(|file| &*file.name == "Chart.yaml");
    let text = match (detected, tree.get(&path.join("Chart.yaml").unwrap_or_else(TreePath::root))) {
        (Some(file), _) => Some(file.data.clone()),
        // Helm looks for it before it minds what is ignored.
        (None, Some(_)) => tree.read(&path.join("Chart.yaml").unwrap_or_else(TreePath::root)).ok(),
        (None, None) => None,
    };
    load::detect(text.as_deref())?;
    load::load(files, limits, warnings)
}

/// The files of a packed chart, a `.tgz`, as a tree with `Chart.yaml` at its root.
///
/// ```
/// use aoa_helm::{LoadLimits, unpack};
/// let error = unpack(b"no archive", &LoadLimits::default()).unwrap_err();
/// assert_eq!(error.message(), "gzip: invalid header");
/// ```
///
/// # Errors
/// Helm's, for archives that are none, too large, or have entries outside of the chart; limits.
pub fn unpack(archive: &[u8], limits: &LoadLimits) -> Result<Tree> {
    let files = archive::files(archive, limits)?;
    Ok(Tree::in_memory(files.iter().map(|file| (&*file.name, &*file.data))))
}

/// Reads a packed chart.
pub(crate) fn from_archive(bytes: &[u8], limits: &LoadLimits) -> Result<Loaded> {
    let files = archive::files(bytes, limits).map_err(|error| match error.message() {
        "gzip: invalid header" => {
            Error::invalid("file does not appear to be a valid chart file (details: gzip: invalid header)")
        }
        _ => error,
    })?;
    let text = files.iter().find(|file| &*file.name == "Chart.yaml").map(|file| file.data.clone());
    if text.is_none() {
        return Err(Error::invalid("unable to detect chart version, no Chart.yaml found"));
    }
    load::detect(text.as_deref())?;
    load::load(files, limits, Vec::new())
}
