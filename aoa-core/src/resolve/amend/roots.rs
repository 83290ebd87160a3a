//! What the roots bring: files whose documents are others, folders that are rendered again.

use std::sync::Arc;

use super::Amending;
use crate::finding::Place;
use crate::fleet::{Content, Parent, State};
use crate::inputs::Root;
use crate::load::{Found, documents};
use crate::model::{Manifest, ManifestList};

impl Amending<'_, '_> {
    /// Takes in what the roots bring, so far as it is something else.
    pub(super) fn roots(&mut self) -> Option<()> {
        if !self.older.roots.is_hit(self.trees) {
            return Some(());
        }
        let inputs = self.run.data.inputs.clone();
        for (at, root) in inputs.roots.iter().enumerate() {
            let found = self.run.repositories.any_tree(&root.repository.to_str_lossy()).ok()?;
            match self.older.root_contents.get(&at).cloned() {
                Some(old) => self.root_folder(at, root, &found, &old)?,
                None => self.root_file(root, &found)?,
            }
        }
        Some(())
    }

    fn root_file(&mut self, root: &Root, found: &Found) -> Option<()> {
        let number = found.number?;
        let mut changes = self.trees.iter().filter(|tree| tree.number == number);
        // A folder that stands where a file stood is below it, too.
        if !changes.any(|tree| tree.paths.iter().any(|changed| changed.path.is_within(&root.path))) {
            return Some(());
        }
        let repository = self.older.inputs.repositories.get(number.repository as usize)?;
        let checkout = repository.checkouts.get(number.checkout as usize)?;
        let before = Found { tree: checkout.tree.clone(), ..found.clone() };
        let [old, new] = [before, found.clone()].map(|side| self.objects(root, &side));
        let (old, new) = (old?, new?);
        let namespace = self.run.data.inputs.settings.namespace.clone();
        self.compare(Parent::Root, &namespace, [old.iter().collect(), new.iter().collect()])
    }

    /// The objects of a file; `None` if some of it is broken, or it is not there.
    fn objects(&self, root: &Root, found: &Found) -> Option<Vec<Manifest>> {
        let bytes = found.tree.read(&root.path).ok()?;
        let documents = documents(&bytes, &self.run.options.limits).into_iter().map(|document| {
            let place =
                Place { line: document.line, column: document.column, ..found.place(root.path.clone()) };
            Some(Manifest { object: document.value.ok()?, place: Some(place) })
        });
        documents.collect()
    }

    fn root_folder(&mut self, at: usize, root: &Root, found: &Found, old: &Arc<Content>) -> Option<()> {
        if !found.tree.is_folder(&root.path) || found.tree.get(&root.path).is_some() {
            return None;
        }
        if !old.reach.is_hit(self.trees) {
            return Some(());
        }
        let new = self.run.render_root(root, found).ok()?;
        let is_known = |content: &Content| matches!(content.state, State::Rendered | State::Skipped);
        if !is_known(old) || !is_known(&new) {
            return None;
        }
        let namespace = self.run.data.inputs.settings.namespace.clone();
        let lists: [ManifestList; 2] = [old, &new].map(|content| content.manifests().clone());
        let [before, after] = &lists;
        self.compare(Parent::Root, &namespace, before.unshared(after))?;
        let reach = new.reach.clone();
        let data = &mut self.run.data;
        data.root_contents.insert(at, new);
        if old.reach != reach {
            // What is read no more may stay.
            data.roots = std::mem::take(&mut data.roots).and(reach);
        }
        Some(())
    }
}
