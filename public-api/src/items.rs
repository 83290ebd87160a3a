//! The lines of a listing: items, and what belongs to them.

use syn::{
    Attribute, Fields, Generics, ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, ItemTrait, Meta,
    Path as TypePath, TraitItem, Type,
};

use crate::modules::{Crate, ModuleId, attributes, is_public};
use crate::names::Target;
use crate::reach::{Path, Reached};
use crate::text::text;

/// A line, where it is sorted: by its path, impls behind their type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    path: Path,
    is_impl: bool,
    pub(crate) text: String,
}

pub(crate) fn lines(krate: &Crate, reached: &Reached) -> Vec<Line> {
    let mut lines = Vec::new();
    for path in reached.modules.keys() {
        lines.push(line(path, format!("pub mod {}", path.join("::"))));
    }
    for (path, what) in &reached.foreign {
        lines.push(line(path, format!("pub use {} = {what}", path.join("::"))));
    }
    for ((module, at), paths) in &reached.items {
        let Some(own) = reached.path((*module, *at)) else { continue };
        for other in paths.iter().filter(|path| *path != own) {
            lines.push(line(other, format!("pub use {} = {}", other.join("::"), own.join("::"))));
        }
        item(own, &krate.modules[*module].items[*at], &mut lines);
    }
    for (module, content) in krate.modules.iter().enumerate() {
        for item in &content.items {
            if let Item::Impl(item) = item {
                implementation(krate, reached, module, item, &mut lines);
            }
        }
    }
    lines
}

/// Whether the documentation holds code that is run, or at least compiled.
pub(crate) fn has_example(item: &Item) -> bool {
    attributes(item).iter().any(|attribute| match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => {
            matches!(text(&doc.value).trim_matches(['"', ' ']), "```" | "```no_run" | "```should_panic")
        }
        _ => false,
    })
}

fn line(path: &Path, text: String) -> Line {
    Line { path: path.clone(), is_impl: false, text }
}

fn member(path: &Path, name: impl ToString, text: String) -> Line {
    Line { path: path.iter().cloned().chain([name.to_string()]).collect(), is_impl: false, text }
}

fn item(path: &Path, item: &Item, lines: &mut Vec<Line>) {
    let name = path.join("::");
    let marks = marks(attributes(item));
    match item {
        Item::Const(c) => {
            // What a short constant is, is part of the promise.
            let value = text(&c.expr);
            let value = if value.len() <= 60 { format!(" = {value}") } else { String::new() };
            lines.push(line(path, format!("pub const {name}: {}{value}", text(&c.ty))));
        }
        Item::Static(s) => lines.push(line(path, format!("pub static {name}: {}", text(&s.ty)))),
        Item::Fn(f) => lines.push(line(path, format!("pub {}", signature(&f.sig, &name)))),
        Item::Type(t) => {
            lines.push(line(path, format!("pub type {name}{} = {}", text(&t.generics), text(&t.ty))));
        }
        Item::Struct(s) => structure(path, &format!("{marks}pub struct {name}"), s, lines),
        Item::Enum(e) => enumeration(path, &format!("{marks}pub enum {name}"), e, lines),
        Item::Trait(t) => interface(path, &format!("{marks}pub trait {name}"), t, lines),
        _ => {}
    }
}

/// The attributes that are part of the promise.
fn marks(attributes: &[Attribute]) -> String {
    let shown = |attribute: &&Attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("non_exhaustive"),
        Meta::List(list) => list.path.is_ident("derive") || list.path.is_ident("repr"),
        Meta::NameValue(_) => false,
    };
    attributes.iter().filter(shown).map(|attribute| format!("#[{}] ", text(&attribute.meta))).collect()
}

fn signature(sig: &syn::Signature, name: &str) -> String {
    // Whether a parameter is changed inside is no promise.
    let whole = text(sig).replace("(mut self", "(self").replace(", mut ", ", ");
    match whole.split_once(&format!("fn {}", sig.ident)) {
        Some((before, behind)) => format!("{before}fn {name}{behind}"),
        None => whole,
    }
}

fn bounds(generics: &Generics) -> String {
    match &generics.where_clause {
        Some(clause) => format!(" {}", text(clause)),
        None => String::new(),
    }
}

fn structure(path: &Path, head: &str, item: &ItemStruct, lines: &mut Vec<Line>) {
    let (generics, bounds) = (text(&item.generics), bounds(&item.generics));
    let shape = match &item.fields {
        Fields::Unit => String::new(),
        Fields::Unnamed(fields) => {
            let shown = |f: &syn::Field| {
                if is_public(&f.vis) { format!("pub {}", text(&f.ty)) } else { "_".to_owned() }
            };
            format!("({})", fields.unnamed.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Fields::Named(fields) if fields.named.iter().all(|f| is_public(&f.vis)) => {
            " { all public }".to_owned()
        }
        Fields::Named(_) => " { .. }".to_owned(),
    };
    lines.push(line(path, format!("{head}{generics}{shape}{bounds}")));
    for field in &item.fields {
        if let (Some(ident), true) = (&field.ident, is_public(&field.vis)) {
            let text = format!("pub {}.{ident}: {}", path.join("::"), text(&field.ty));
            lines.push(member(path, ident, text));
        }
    }
}

fn enumeration(path: &Path, head: &str, item: &ItemEnum, lines: &mut Vec<Line>) {
    lines.push(line(path, format!("{head}{}{}", text(&item.generics), bounds(&item.generics))));
    for variant in &item.variants {
        let fields = match &variant.fields {
            Fields::Unit => String::new(),
            Fields::Unnamed(fields) => text(fields),
            Fields::Named(fields) => {
                let shown = |f: &syn::Field| {
                    format!(
                        "{}: {}",
                        f.ident.as_ref().map(ToString::to_string).unwrap_or_default(),
                        text(&f.ty)
                    )
                };
                format!(" {{ {} }}", fields.named.iter().map(shown).collect::<Vec<_>>().join(", "))
            }
        };
        let value = variant.discriminant.as_ref().map(|(_, v)| format!(" = {}", text(v))).unwrap_or_default();
        let text = format!("{}{}::{}{fields}{value}", marks(&variant.attrs), path.join("::"), variant.ident);
        lines.push(member(path, &variant.ident, text));
    }
}

fn interface(path: &Path, head: &str, item: &ItemTrait, lines: &mut Vec<Line>) {
    let above: Vec<String> = item.supertraits.iter().map(text).collect();
    let above = if above.is_empty() { String::new() } else { format!(": {}", above.join(" + ")) };
    lines.push(line(path, format!("{head}{}{above}{}", text(&item.generics), bounds(&item.generics))));
    for content in &item.items {
        let (name, text) = match content {
            TraitItem::Fn(f) => {
                let given = if f.default.is_some() { " { .. }" } else { "" };
                let full = format!("{}::{}", path.join("::"), f.sig.ident);
                (f.sig.ident.to_string(), format!("{}{given}", signature(&f.sig, &full)))
            }
            TraitItem::Type(t) => {
                let bounds: Vec<String> = t.bounds.iter().map(text).collect();
                let bounds =
                    if bounds.is_empty() { String::new() } else { format!(": {}", bounds.join(" + ")) };
                (t.ident.to_string(), format!("type {}::{}{bounds}", path.join("::"), t.ident))
            }
            TraitItem::Const(c) => {
                (c.ident.to_string(), format!("const {}::{}: {}", path.join("::"), c.ident, text(&c.ty)))
            }
            _ => continue,
        };
        lines.push(member(path, name, text));
    }
}

fn implementation(
    krate: &Crate,
    reached: &Reached,
    module: ModuleId,
    item: &ItemImpl,
    lines: &mut Vec<Line>,
) {
    let named = named_type(&item.self_ty);
    let own = text(&item.self_ty);
    let (path, shown) = match named.map(|written| (written, resolve(krate, reached, module, written))) {
        Some((written, Named::Public(path))) => {
            let written: Vec<String> = written.segments.iter().map(|s| s.ident.to_string()).collect();
            let shown = own.replacen(&written.join("::"), &path.join("::"), 1);
            (path, shown)
        }
        Some((_, Named::Private)) => return,
        // Other crates' types are sorted by what they are called.
        Some((_, Named::Foreign)) | None => (vec![krate.name.replace('-', "_"), own.clone()], own),
    };
    match &item.trait_ {
        None => {
            members(&path, &shown, item, lines);
        }
        Some((of, _)) => {
            if matches!(resolve(krate, reached, module, of), Named::Private) {
                return;
            }
            let types: Vec<String> = item
                .items
                .iter()
                .filter_map(|content| match content {
                    ImplItem::Type(t) => Some(format!("type {} = {}", t.ident, text(&t.ty))),
                    _ => None,
                })
                .collect();
            let types = if types.is_empty() { String::new() } else { format!(" {{ {} }}", types.join("; ")) };
            let line = format!(
                "impl{} {} for {}{}{types}",
                text(&item.generics),
                text(of),
                shown,
                bounds(&item.generics)
            );
            lines.push(Line { path, is_impl: true, text: line });
        }
    }
}

fn members(path: &Path, owner: &str, item: &ItemImpl, lines: &mut Vec<Line>) {
    for content in &item.items {
        match content {
            ImplItem::Fn(f) if is_public(&f.vis) => {
                let full = format!("{owner}::{}", f.sig.ident);
                let text = format!("pub {}{}", signature(&f.sig, &full), bounds(&item.generics));
                lines.push(member(path, &f.sig.ident, text));
            }
            ImplItem::Const(c) if is_public(&c.vis) => {
                lines.push(member(
                    path,
                    &c.ident,
                    format!("pub const {owner}::{}: {}", c.ident, text(&c.ty)),
                ));
            }
            _ => {}
        }
    }
}

/// What the name of a type or trait is to others.
enum Named {
    Public(Path),
    Private,
    Foreign,
}

fn resolve(krate: &Crate, reached: &Reached, module: ModuleId, path: &TypePath) -> Named {
    let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let mut named = Named::Foreign;
    for target in krate.resolve(module, &parts) {
        if let Target::Item(item) = target {
            match reached.path(item) {
                Some(path) => return Named::Public(path.clone()),
                None => named = Named::Private,
            }
        }
    }
    named
}

/// The path of a type behind its references.
fn named_type(of: &Type) -> Option<&TypePath> {
    match of {
        Type::Path(path) if path.qself.is_none() => Some(&path.path),
        Type::Reference(reference) => named_type(&reference.elem),
        _ => None,
    }
}
