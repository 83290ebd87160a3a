//! Where the fleet begins: declared files and folders.

use aoa_lang::value::Text;
use aoa_lang::{Error, ErrorKind, Result};

use super::admit::broken;
use super::run::Run;
use super::spot::{Part, Spot};
use crate::finding::{Cause, Place};
use crate::fleet::{Parent, State};
use crate::inputs::{Declared, Root};
use crate::load::{Found, documents};
use crate::model::Manifest;
use crate::render::Reach;

impl Run<'_> {
    /// Admits what the roots hold. Without declared roots they are found.
    pub(super) fn admit_roots(&mut self) -> Result<()> {
        let inputs = self.data.inputs.clone();
        for (number, root) in inputs.roots.iter().enumerate() {
            self.admit_root(number, root)?;
        }
        Ok(())
    }

    fn admit_root(&mut self, number: usize, root: &Root) -> Result<()> {
        let url = root.repository.to_str_lossy();
        let found = self
            .repositories
            .any_tree(&url)
            .map_err(|gap| Error::new(ErrorKind::NotFound, format!("root `{}`: {gap}", root.path)))?;
        if root.declared == Declared::Found {
            self.findings.add(Cause::FoundRoot { path: root.path.as_str().into() }, None, None);
        }
        let reach = Reach::below(&found, &root.path);
        self.data.roots = std::mem::take(&mut self.data.roots).and(reach);
        if found.tree.get(&root.path).is_some() {
            return self.admit_root_file(root, &found);
        }
        if found.tree.is_folder(&root.path) {
            return self.admit_root_folder(number, root, &found);
        }
        Err(Error::new(ErrorKind::NotFound, format!("root `{}` does not exist in {}", root.path, found.url))
            .with_help("`roots:` of aoa.yaml names files or folders relative to the repository"))
    }

    /// Admits the objects of a file; the broken documents of it are findings, the others count.
    fn admit_root_file(&mut self, root: &Root, found: &Found) -> Result<()> {
        let bytes = found.tree.read(&root.path)?;
        let namespace = self.data.inputs.settings.namespace.clone();
        for document in documents(&bytes, &self.options.limits) {
            let place =
                Place { line: document.line, column: document.column, ..found.place(root.path.clone()) };
            match document.value {
                Ok(object) => {
                    self.admit(&Manifest { object, place: Some(place) }, Parent::Root, &namespace)?
                }
                Err(error) => {
                    let cause = Cause::BrokenFile { path: root.path.as_str().into(), error: broken(&error) };
                    self.findings.add(cause, None, Some(Spot::of(place, Part::Object)));
                }
            }
        }
        Ok(())
    }

    /// Renders a folder as Argo CD would render it as a source, and admits its objects.
    fn admit_root_folder(&mut self, number: usize, root: &Root, found: &Found) -> Result<()> {
        let content = self.render_root(root, found)?;
        self.data.roots = std::mem::take(&mut self.data.roots).and(content.reach.clone());
        let name = if root.name.is_empty() { Text::from(root.path.as_str()) } else { root.name.clone() };
        let cause = match &content.state {
            State::Rendered | State::Skipped => None,
            State::Unknown(gap) => Some(Cause::Unknown(gap.clone())),
            State::Failed(error) => {
                Some(Cause::SourceFailed { error: format!("root `{name}`: {error}").into() })
            }
        };
        if let Some(cause) = cause {
            self.data.root_causes.push(cause.clone());
            self.findings.add(cause, None, None);
        }
        let namespace = self.data.inputs.settings.namespace.clone();
        for manifest in content.manifests().iter() {
            self.admit(manifest, Parent::Root, &namespace)?;
        }
        self.data.root_contents.insert(number, content);
        Ok(())
    }
}
