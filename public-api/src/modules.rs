//! The modules of a crate, read from its files.

use syn::{Attribute, Item, Meta, Visibility};

use crate::Files;

/// A crate: its modules, the root first.
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) modules: Vec<Module>,
}

/// The place of a module in its crate.
pub(crate) type ModuleId = usize;

/// One module, without what only tests see.
pub(crate) struct Module {
    pub(crate) parent: Option<ModuleId>,
    pub(crate) items: Vec<Item>,
    /// The modules that it declares, by name.
    pub(crate) children: Vec<(String, ModuleId)>,
}

impl Crate {
    pub(crate) fn read(name: &str, files: Files<'_>) -> Result<Crate, String> {
        let text = files("lib.rs").ok_or_else(|| format!("{name} has no lib.rs"))?;
        let mut modules = vec![Module { parent: None, items: parse("lib.rs", &text)?, children: Vec::new() }];
        // Modules whose declarations are still to be followed, and the folder of their children.
        let mut pending = vec![(0, String::new())];
        while let Some((id, folder)) = pending.pop() {
            let declared: Vec<(String, Option<Vec<Item>>)> = modules[id]
                .items
                .iter()
                .filter_map(|item| match item {
                    Item::Mod(m) => Some((
                        m.ident.to_string(),
                        m.content.as_ref().map(|(_, items)| visible(items.clone())),
                    )),
                    _ => None,
                })
                .collect();
            for (child, inline) in declared {
                let items = match inline {
                    Some(items) => items,
                    None => read_module(&folder, &child, files)?,
                };
                let at = modules.len();
                modules.push(Module { parent: Some(id), items, children: Vec::new() });
                modules[id].children.push((child.clone(), at));
                pending.push((at, format!("{folder}{child}/")));
            }
        }
        Ok(Crate { name: name.to_owned(), modules })
    }
}

fn read_module(folder: &str, name: &str, files: Files<'_>) -> Result<Vec<Item>, String> {
    for path in [format!("{folder}{name}.rs"), format!("{folder}{name}/mod.rs")] {
        if let Some(text) = files(&path) {
            return parse(&path, &text);
        }
    }
    Err(format!("there is no file for the module `{folder}{name}`"))
}

fn parse(path: &str, text: &str) -> Result<Vec<Item>, String> {
    syn::parse_file(text).map(|file| visible(file.items)).map_err(|error| format!("{path}: {error}"))
}

/// The items that are there without `cfg(test)`.
fn visible(items: Vec<Item>) -> Vec<Item> {
    items.into_iter().filter(|item| !attributes(item).iter().any(is_test)).collect()
}

fn is_test(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    }
}

pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

/// The name of an item and its visibility, if it has a name that others can use.
pub(crate) fn named(item: &Item) -> Option<(String, bool)> {
    let (ident, vis) = match item {
        Item::Const(i) => (&i.ident, &i.vis),
        Item::Enum(i) => (&i.ident, &i.vis),
        Item::Fn(i) => (&i.sig.ident, &i.vis),
        Item::Mod(i) => (&i.ident, &i.vis),
        Item::Static(i) => (&i.ident, &i.vis),
        Item::Struct(i) => (&i.ident, &i.vis),
        Item::Trait(i) => (&i.ident, &i.vis),
        Item::Type(i) => (&i.ident, &i.vis),
        _ => return None,
    };
    Some((ident.to_string(), is_public(vis)))
}

pub(crate) fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}
