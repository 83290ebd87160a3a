//! Changing the kustomization file of a folder before it is built: `kustomize edit` 5.8.1, as far as Argo CD uses it.
//!
//! The commands read the file into the fields of a kustomization, change them and write the whole file anew. What that
//! does besides (deprecated fields move, empty ones vanish, comments wander) can change the build, so that the text
//! is made as the tool makes it.
//!
//! | file | what |
//! |---|---|
//! | `command` | the commands, and how they are spelt |
//! | `fields` | what each does to the fields |
//! | `images` | the notation of images |
//! | `components` | which components a pattern names |
//! | `rewrite` | a file with other fields and the comments it had |

mod command;
mod components;
mod fields;
mod images;
mod rewrite;

use std::sync::Arc;

use aoa_lang::source::TreePath;

use crate::build::{Builder, Built};
use crate::error::{Error, Result};
use crate::file::{FILE_NAMES, RawKustomization};
use crate::load::{Found, View, shown};

pub use command::{Edit, Existing, Reach};

/// A folder whose kustomization file is changed before it is built.
///
/// ```
/// use aoa_kustomize::{Builder, Edit, Editor, Options};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([
///     ("kustomization.yaml", "resources: [settings.yaml]\n"),
///     ("settings.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}"),
/// ]);
/// let builder = Builder::new(tree, Options::default());
/// let mut editor = Editor::new(&builder, &TreePath::root());
/// editor.run(&Edit::SetNamePrefix("dev-".into()))?;
/// assert!(editor.build()?.to_yaml()?.contains("name: dev-settings"));
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
pub struct Editor<'b> {
    builder: &'b Builder,
    folder: TreePath,
    written: Option<(TreePath, Arc<[u8]>)>,
}

impl<'b> Editor<'b> {
    /// An editor that has changed nothing yet.
    #[must_use]
    pub fn new(builder: &'b Builder, folder: &TreePath) -> Self {
        Editor { builder, folder: folder.clone(), written: None }
    }

    /// Runs a command.
    ///
    /// # Errors
    /// Those of the command, in its words: malformed arguments, no kustomization file or several, one that cannot be read.
    pub fn run(&mut self, edit: &Edit) -> Result<()> {
        edit.check()?;
        let components = match edit {
            Edit::AddComponents(patterns) => self.components(patterns)?,
            _ => Vec::new(),
        };
        if matches!(edit, Edit::AddComponents(_)) && components.is_empty() {
            return Ok(());
        }
        let (path, name) = self.locate()?;
        let text = self.text(&path)?;
        let raw = RawKustomization::read(&text, &self.builder.options().limits.text)?;
        let mut fields = raw.into_fixed().into_builder();
        match edit {
            Edit::AddComponents(_) => {
                fields::add_components(&mut fields, components.into_iter().filter(|path| path != name));
            }
            edit => fields::apply(&mut fields, edit)?,
        }
        let text = rewrite::rewrite(&text, &fields.build())?;
        self.written = Some((path, text.into_bytes().into()));
        Ok(())
    }

    /// The first kustomization file of the folder with its text, earlier changes included; `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn file(&self) -> Result<Option<(TreePath, Arc<[u8]>)>> {
        match self.files().into_iter().next() {
            Some((Found::File(path), _)) => Ok(Some((path.clone(), self.text(&path)?))),
            Some((_, name)) => Err(Error::invalid(format!("read {name}: is a directory"))),
            None => Ok(None),
        }
    }

    /// Gives a kustomization file, one that [`Editor::file`] has named, another text.
    pub fn replace(&mut self, path: TreePath, text: impl Into<Arc<[u8]>>) {
        self.written = Some((path, text.into()));
    }

    /// Whether a file or folder stands at a path relative to the folder; nothing does outside the tree.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let path = self.folder.join(path.trim_start_matches('/'));
        path.is_some_and(|path| matches!(self.view().find(&path), Found::File(_) | Found::Folder(_)))
    }

    /// Builds the folder with its changed file; see [`build`](crate::build()).
    ///
    /// # Errors
    /// As [`build`](crate::build()).
    pub fn build(&self) -> Result<Built> {
        match &self.written {
            None => self.builder.build(&self.folder),
            Some((path, text)) => self.builder.build_edited(&self.folder, path.clone(), text.clone()),
        }
    }

    fn view(&self) -> &Arc<View> {
        self.builder.view()
    }

    /// What stands under the names of kustomization files.
    fn files(&self) -> Vec<(Found, &'static str)> {
        let at = |name| Some((self.view().find(&self.folder.join(name)?), name));
        let exists = |found: &(Found, _)| matches!(found.0, Found::File(_) | Found::Folder(_));
        FILE_NAMES.into_iter().filter_map(at).filter(exists).collect()
    }

    /// The one kustomization file, with its name (`kustomizationFile.validate`).
    fn locate(&self) -> Result<(TreePath, &'static str)> {
        let mut found = self.files();
        match (found.pop(), found.is_empty()) {
            (None, _) => Err(Error::invalid(format!("Missing kustomization file '{}'.", FILE_NAMES[0]))),
            (Some((Found::File(path), name)), true) => Ok((path, name)),
            (Some((_, name)), true) => Err(Error::invalid(format!("{name} should be a file"))),
            (Some((_, last)), false) => {
                let names: Vec<&str> = found.iter().map(|(_, name)| *name).chain([last]).collect();
                Err(Error::invalid(format!("Found multiple kustomization file: [{}]", names.join(" "))))
            }
        }
    }

    fn text(&self, path: &TreePath) -> Result<Arc<[u8]>> {
        match &self.written {
            Some((written, text)) if written == path => Ok(text.clone()),
            _ => self.view().read(path),
        }
    }

    /// The components that patterns name; what is no pattern has to be a folder or another repository.
    fn components(&self, patterns: &[String]) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for pattern in patterns {
            let matched = components::glob(self.view(), &self.folder, pattern)
                .map_err(|e| e.prefixed("error checking the filesystem: "))?;
            if matched.is_empty() {
                let loader = self.builder.loader(self.view().clone(), &self.folder)?;
                loader.enter(pattern).map_err(|e| e.prefixed(&format!("{pattern} has no match: ")))?;
                found.push(pattern.clone());
            } else {
                found.extend(matched);
            }
        }
        Ok(found)
    }
}

impl std::fmt::Debug for Editor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Editor").field("folder", &shown(&self.folder)).finish_non_exhaustive()
    }
}
