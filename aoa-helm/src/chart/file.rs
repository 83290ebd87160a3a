//! A file of a chart.

use std::sync::Arc;

/// A file of a chart, by its path inside the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path, with `/` between its parts.
    pub name: Arc<str>,
    /// The content, without a byte order mark.
    pub data: Arc<[u8]>,
}

impl File {
    /// A file of these bytes; a byte order mark is dropped, as Helm's loaders do.
    pub(crate) fn new(name: &str, data: &[u8]) -> File {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        File { name: name.into(), data: data.strip_prefix(MARK).unwrap_or(data).into() }
    }

    /// The last part of the path.
    pub(crate) fn base(&self) -> &str {
        self.name.rsplit_once('/').map_or(&self.name, |(_, base)| base)
    }
}
