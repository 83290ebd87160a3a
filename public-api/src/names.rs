//! What a path means where it is written.

use syn::{Item, UseTree};

use crate::modules::{Crate, ModuleId, is_public, named};

/// An item: its module, and its place there.
pub(crate) type ItemId = (ModuleId, usize);

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Module(ModuleId),
    Item(ItemId),
    /// Something of another crate.
    Foreign(String),
}

/// One name that a `use` brings.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// `None` for all names of the module.
    pub(crate) name: Option<String>,
    pub(crate) public: bool,
}

/// How many `use`s a name may go through.
const MOST_STEPS: usize = 32;

impl Crate {
    /// All that `path`, written in module `from`, can mean: a name may be a module and a function at once.
    pub(crate) fn resolve(&self, from: ModuleId, path: &[String]) -> Vec<Target> {
        self.resolve_within(from, path, MOST_STEPS)
    }

    fn resolve_within(&self, from: ModuleId, path: &[String], steps: usize) -> Vec<Target> {
        let (Some((first, rest)), Some(steps)) = (path.split_first(), steps.checked_sub(1)) else {
            return Vec::new();
        };
        let starts = match first.as_str() {
            "crate" => vec![Target::Module(0)],
            "self" => vec![Target::Module(from)],
            "super" => self.modules[from].parent.map(Target::Module).into_iter().collect(),
            name => {
                let found = self.lookup(from, name, rest.is_empty(), steps);
                match found.as_slice() {
                    [] => return vec![Target::Foreign(path.join("::"))],
                    _ => found,
                }
            }
        };
        if rest.is_empty() {
            return starts;
        }
        let mut found = Vec::new();
        for start in starts {
            match start {
                Target::Module(module) => found.extend(self.resolve_in(module, rest, steps)),
                // A variant, or what belongs to a type: what matters here is the type.
                Target::Item(item) => found.push(Target::Item(item)),
                Target::Foreign(path) => found.push(Target::Foreign(format!("{path}::{}", rest.join("::")))),
            }
        }
        found
    }

    /// A path within a module, where no crate can be named.
    fn resolve_in(&self, module: ModuleId, path: &[String], steps: usize) -> Vec<Target> {
        match path.first().map(String::as_str) {
            Some("self" | "super") => self.resolve_within(module, path, steps),
            Some(name) if !self.lookup(module, name, path.len() == 1, steps).is_empty() => {
                self.resolve_within(module, path, steps)
            }
            _ => Vec::new(),
        }
    }

    /// What `name` means in `module`; where more of the path follows, its modules alone if there are any.
    fn lookup(&self, module: ModuleId, name: &str, is_last: bool, steps: usize) -> Vec<Target> {
        let mut found: Vec<Target> = Vec::new();
        let here = &self.modules[module];
        found.extend(here.children.iter().filter(|(n, _)| n == name).map(|(_, id)| Target::Module(*id)));
        if !is_last && !found.is_empty() {
            return found;
        }
        for (at, item) in here.items.iter().enumerate() {
            if !matches!(item, Item::Mod(_)) && named(item).is_some_and(|(n, _)| n == name) {
                found.push(Target::Item((module, at)));
            }
        }
        for import in self.imports(module) {
            match &import.name {
                Some(n) if n == name && import.path.as_slice() != [name.to_owned()] => {
                    found.extend(self.resolve_within(module, &import.path, steps));
                }
                None => {
                    for target in self.resolve_within(module, &import.path, steps) {
                        if let Target::Module(from) = target
                            && from != module
                            && let Some(steps) = steps.checked_sub(1)
                        {
                            found.extend(self.lookup(from, name, is_last, steps));
                        }
                    }
                }
                Some(_) => {}
            }
        }
        found.dedup();
        found
    }

    /// The names that the `use`s of a module bring.
    pub(crate) fn imports(&self, module: ModuleId) -> Vec<Import> {
        let mut imports = Vec::new();
        for item in &self.modules[module].items {
            if let Item::Use(item) = item {
                let public = is_public(&item.vis);
                let mut pending = vec![(Vec::new(), &item.tree)];
                while let Some((mut path, tree)) = pending.pop() {
                    let name = match tree {
                        UseTree::Path(tree) => {
                            path.push(tree.ident.to_string());
                            pending.push((path, &tree.tree));
                            continue;
                        }
                        UseTree::Group(group) => {
                            pending.extend(group.items.iter().map(|tree| (path.clone(), tree)));
                            continue;
                        }
                        UseTree::Glob(_) => None,
                        UseTree::Name(name) if name.ident == "self" => path.last().cloned(),
                        UseTree::Name(name) => {
                            path.push(name.ident.to_string());
                            path.last().cloned()
                        }
                        UseTree::Rename(rename) => {
                            if rename.ident != "self" {
                                path.push(rename.ident.to_string());
                            }
                            Some(rename.rename.to_string())
                        }
                    };
                    imports.push(Import { path, name, public });
                }
            }
        }
        imports
    }
}
