//! What stood in a file before.

use std::fmt;
use std::sync::Arc;

use aoa_lang::source::TreePath;
use aoa_lang::value::Text;

/// Tells what files held in earlier commits: for answers that name the commit since which something is as it is.
///
/// ```
/// use aoa_core::inputs::{FileVersion, History};
/// use aoa_core::lang::source::TreePath;
/// use aoa_core::lang::value::Text;
///
/// #[derive(Debug)]
/// struct Fixed;
/// impl History for Fixed {
///     fn versions(&self, _: &Text, _: &TreePath) -> Vec<FileVersion> {
///         vec![FileVersion::new("4f1c2e9", "new".as_bytes()), FileVersion::new("8d02f11", "old".as_bytes())]
///     }
/// }
/// let versions = Fixed.versions(&"https://git.example.com/fleet".into(), &TreePath::root());
/// assert_eq!((&*versions[0].text, versions[0].commit.as_str()), (b"new".as_slice(), Some("4f1c2e9")));
/// ```
pub trait History: fmt::Debug + Send + Sync {
    /// The texts that the file `path` of the repository `url` has had, the newest first; empty if nothing is known. How far one
    /// looks back is the edge's to say.
    fn versions(&self, url: &Text, path: &TreePath) -> Vec<FileVersion>;
}

/// A text that a file had.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileVersion {
    /// The commit that gave it to the file, as people write it.
    pub commit: Text,
    /// The text; empty if there was no file.
    pub text: Arc<[u8]>,
}

impl FileVersion {
    /// A text that came with a commit.
    pub fn new(commit: impl Into<Text>, text: impl Into<Arc<[u8]>>) -> Self {
        FileVersion { commit: commit.into(), text: text.into() }
    }
}
