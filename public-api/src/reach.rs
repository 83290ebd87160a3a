//! Under which paths others can name the items of a crate.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use syn::Item;

use crate::modules::{Crate, ModuleId, named};
use crate::names::{ItemId, Target};

/// A public path, by its parts.
pub(crate) type Path = Vec<String>;

/// What can be named from outside.
#[derive(Default)]
pub(crate) struct Reached {
    pub(crate) modules: BTreeMap<Path, ModuleId>,
    pub(crate) items: BTreeMap<ItemId, BTreeSet<Path>>,
    /// Names of other crates' items.
    pub(crate) foreign: BTreeMap<Path, String>,
}

impl Reached {
    /// The path under which an item is listed: the shortest, of equally long ones the first.
    pub(crate) fn path(&self, item: ItemId) -> Option<&Path> {
        self.items.get(&item)?.iter().min_by_key(|path| path.len())
    }
}

/// Follows `pub mod` and `pub use` from the root.
pub(crate) fn reach(krate: &Crate) -> Reached {
    let mut reached = Reached::default();
    let mut pending = VecDeque::from([(0, vec![krate.name.replace('-', "_")])]);
    while let Some((module, path)) = pending.pop_front() {
        // A module can be named through itself, again and again.
        if path.len() > 16 || reached.modules.insert(path.clone(), module).is_some() {
            continue;
        }
        for (name, target) in public_names(krate, module) {
            let path: Path = path.iter().cloned().chain([name]).collect();
            match target {
                Target::Module(child) => pending.push_back((child, path)),
                Target::Item(item) => {
                    reached.items.entry(item).or_default().insert(path);
                }
                Target::Foreign(what) => {
                    reached.foreign.insert(path, what);
                }
            }
        }
    }
    reached
}

/// The public names of a module, declared and imported.
fn public_names(krate: &Crate, module: ModuleId) -> Vec<(String, Target)> {
    let here = &krate.modules[module];
    let mut names = Vec::new();
    for (at, item) in here.items.iter().enumerate() {
        match (item, named(item)) {
            (Item::Mod(_), Some((name, true))) => {
                let child = here.children.iter().find(|(n, _)| *n == name);
                names.extend(child.map(|(name, id)| (name.clone(), Target::Module(*id))));
            }
            (_, Some((name, true))) => names.push((name, Target::Item((module, at)))),
            _ => {}
        }
    }
    for import in krate.imports(module).into_iter().filter(|import| import.public) {
        for target in krate.resolve(module, &import.path) {
            match (&import.name, target) {
                (Some(name), target) if is_public(krate, &target) => names.push((name.clone(), target)),
                (None, Target::Module(from)) if from != module => names.extend(public_names(krate, from)),
                _ => {}
            }
        }
    }
    names
}

/// Whether a `pub use` can bring it: of a module and a function of one name only one may be public.
fn is_public(krate: &Crate, target: &Target) -> bool {
    match target {
        Target::Item((module, at)) => {
            named(&krate.modules[*module].items[*at]).is_some_and(|(_, public)| public)
        }
        Target::Module(id) => krate.modules[*id].parent.is_some_and(|parent| {
            let items = &krate.modules[parent].items;
            let name =
                krate.modules[parent].children.iter().find(|(_, child)| child == id).map(|(name, _)| name);
            items.iter().any(|item| {
                matches!(item, Item::Mod(_))
                    && named(item).is_some_and(|(n, public)| public && Some(&n) == name)
            })
        }),
        Target::Foreign(_) => true,
    }
}
