//! What the files of a clone held in earlier commits.

use std::path::{Path, PathBuf};

use aoa_core::inputs::{FileVersion, History};
use aoa_core::lang::source::TreePath;
use aoa_core::lang::value::Text;

/// The first parents of a commit, as far as it is worth looking.
///
/// ```
/// use aoa_host::GitHistory;
/// use aoa_host::core::inputs::History;
/// use aoa_host::core::lang::source::TreePath;
///
/// let nowhere = tempfile::tempdir().unwrap();
/// let history = GitHistory::new("https://git.example.com/fleet", nowhere.path(), None);
/// let file = TreePath::new("clusters/prod.yaml").unwrap();
/// assert!(history.versions(&"https://git.example.com/fleet".into(), &file).is_empty());
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GitHistory {
    /// The repository that is told of; of others nothing is known.
    pub url: Text,
    /// The folder that paths are relative to.
    pub folder: PathBuf,
    /// The commit from which one looks back; `None`: the one that is checked out.
    pub from: Option<String>,
    /// How many commits are looked at, at most.
    pub commits: usize,
}

impl GitHistory {
    /// The history of the repository `url` whose files are in `folder`, two hundred commits of it.
    pub fn new(url: impl Into<Text>, folder: impl AsRef<Path>, from: Option<String>) -> Self {
        GitHistory { url: url.into(), folder: folder.as_ref().to_path_buf(), from, commits: 200 }
    }

    fn read(&self, path: &TreePath) -> Option<Vec<FileVersion>> {
        let repository = gix::discover(&self.folder).ok()?;
        let top = std::fs::canonicalize(repository.workdir()?).ok()?;
        let folder = std::fs::canonicalize(&self.folder).ok()?;
        let path = folder.strip_prefix(top).ok()?.join(path.as_str());
        let mut next = repository.rev_parse_single(self.from.as_deref().unwrap_or("HEAD")).ok()?.detach();
        let mut versions: Vec<(gix::ObjectId, Option<gix::ObjectId>)> = Vec::new();
        for _ in 0..self.commits {
            let Some(commit) = repository.find_object(next).ok().and_then(|o| o.try_into_commit().ok())
            else {
                break;
            };
            let Ok(tree) = commit.tree() else { break };
            let Ok(entry) = tree.lookup_entry_by_path(&path) else { break };
            let blob = entry.map(|entry| entry.object_id());
            match versions.last_mut() {
                Some((since, known)) if *known == blob => *since = next,
                _ => versions.push((next, blob)),
            }
            let Some(parent) = commit.parent_ids().next() else { break };
            next = parent.detach();
        }
        let texts = versions.into_iter().map(|(since, blob)| {
            let text = match blob {
                Some(blob) => repository.find_object(blob).ok()?.detach().data,
                None => Vec::new(),
            };
            Some(FileVersion::new(Text::from(&*since.to_hex_with_len(7).to_string()), text))
        });
        // What a clone does not hold any more ends the story.
        Some(texts.map_while(|version| version).collect())
    }
}

impl History for GitHistory {
    fn versions(&self, url: &Text, path: &TreePath) -> Vec<FileVersion> {
        if *url != self.url {
            return Vec::new();
        }
        self.read(path).unwrap_or_default()
    }
}
