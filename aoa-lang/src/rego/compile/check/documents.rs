//! The types of documents, by their paths.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::super::tree::Term;
use super::super::tree::Key;
use super::super::types::{Scalar, ScalarKind, Type};

/// The types of documents by their path.
#[derive(Default)]
pub(super) struct Documents {
    pub(super) value: Option<Type>,
    pub(super) children: BTreeMap<Key, Documents>,
}

impl Documents {
    pub(super) fn at(&mut self, path: &[Term]) -> &mut Documents {
        let mut node = self;
        for term in path {
            let key = Key::of(term).unwrap_or(Key::Other(String::new()));
            node = node.children.entry(key).or_default();
        }
        node
    }

    pub(super) fn insert(&mut self, path: &[Term], type_: Type) {
        let node = self.at(path);
        let known = node.value.take();
        node.value = Some(match known {
            None => type_,
            Some(known) => merged(known, type_),
        });
    }

    /// What the whole document can be.
    pub(super) fn extent(&self) -> Type {
        if let Some(value) = &self.value {
            return value.clone();
        }
        let children = self.children.iter().map(|(key, child)| {
            let key = match key {
                Key::Name(name) => {
                    Scalar { of: ScalarKind::String, text: crate::strconv::quote(name.as_bytes()) }
                }
                Key::Other(text) => Scalar { of: ScalarKind::Number, text: text.clone() },
            };
            (key, child.extent())
        });
        let mut children: Vec<_> = children.collect();
        children.sort_by(|a, b| a.0.cmp(&b.0));
        Type::Object(Rc::new(children), Some(Rc::new((Type::String, Type::any()))))
    }
}

fn merged(a: Type, b: Type) -> Type {
    match (&a, &b) {
        (Type::Object(x, Some(p)), Type::Object(y, Some(q))) if x.is_empty() && y.is_empty() => {
            let key = p.0.clone().or(q.0.clone());
            Type::Object(Rc::default(), Some(Rc::new((key, merged(p.1.clone(), q.1.clone())))))
        }
        (Type::Set(x), Type::Set(y)) => Type::set((**x).clone().or((**y).clone())),
        _ => a.or(b),
    }
}
