//! The tables that a TOML text fills, and what of them may still be extended (BurntSushi/toml 1.6.0, parse.go).

use std::collections::{BTreeMap, HashSet};

use aoa_lang::value::{List, ListKind, Map, Text};
use aoa_lang::{Value, strconv};

use super::write::quoted_key;

/// How deep tables may lie within each other.
pub(super) const MOST_DEPTH: usize = 250;

pub(super) type Table = BTreeMap<String, Node>;

/// What is behind a key.
#[derive(Clone)]
pub(super) enum Node {
    Value(Value),
    Table(Table),
    /// `[[...]]`; the last one is extended.
    Tables(Vec<Table>),
}

/// What TOML calls a value, as far as extending it depends on that.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Array,
    Other,
}

#[derive(Default)]
pub(super) struct Tree {
    root: Table,
    /// The keys whose values are arrays.
    arrays: HashSet<String>,
    /// The keys of tables that only the keys of others made.
    implicit: HashSet<String>,
    /// The table that is filled.
    pub(super) context: Vec<String>,
    /// The key whose value is read.
    pub(super) current: String,
}

type Result<T> = std::result::Result<T, String>;

impl Tree {
    /// The key that messages name.
    pub(super) fn last_key(&self) -> String {
        match (self.context.is_empty(), self.current.is_empty()) {
            (_, true) => dotted(&self.context),
            (true, false) => self.current.clone(),
            (false, false) => format!("{}.{}", dotted(&self.context), self.current),
        }
    }

    /// `addImplicitContext`: goes into the table `part` of the context.
    pub(super) fn enter_implicit(&mut self, part: &str) -> Result<()> {
        let mut key = self.context.clone();
        key.push(part.to_owned());
        self.enter_implicit_at(&key, Kind::Other)
    }

    /// The same for a whole key; `Kind::Array` adds a table to a list.
    pub(super) fn enter_implicit_at(&mut self, key: &[String], kind: Kind) -> Result<()> {
        self.implicit.insert(dotted(key));
        self.enter(key, kind)
    }

    /// `addContext`: goes into the table of this key, or into a new one of a list.
    pub(super) fn enter(&mut self, key: &[String], kind: Kind) -> Result<()> {
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut table = &mut self.root;
        for (at, part) in parents.iter().enumerate() {
            let name = || dotted(parents.get(..=at).unwrap_or_default());
            if !table.contains_key(part) {
                self.implicit.insert(name());
            }
            let node = table.entry(part.clone()).or_insert_with(|| Node::Table(Table::new()));
            let refused = || format!("Key '{}' was already created as a hash.", name());
            table = node.open().ok_or_else(refused)?;
        }
        self.context = parents.to_vec();
        if kind == Kind::Array {
            let node = table.entry(last.clone()).or_insert_with(|| Node::Tables(Vec::new()));
            let Node::Tables(tables) = node else {
                let key = dotted(key);
                return Err(format!("Key '{key}' was already created and cannot be used as an array."));
            };
            tables.push(Table::new());
        } else {
            self.set(last, || Node::Table(Table::new()))?;
        }
        self.context.push(last.clone());
        Ok(())
    }

    /// `setValue`: puts a value into the table that is filled.
    pub(super) fn set(&mut self, key: &str, value: impl FnOnce() -> Node) -> Result<()> {
        let mut table = &mut self.root;
        for (at, part) in self.context.iter().enumerate() {
            let name = || dotted(self.context.get(..=at).unwrap_or_default());
            let node = table.get_mut(part);
            let refused = || format!("Key '{}' has already been defined.", name());
            table = node.and_then(Node::open).ok_or_else(refused)?;
        }
        let Some(there) = table.get_mut(key) else {
            table.insert(key.to_owned(), value());
            return Ok(());
        };
        let mut whole = self.context.clone();
        whole.push(key.to_owned());
        let name = dotted(&whole);
        // A table that is there by implication may be defined once; so may an array of tables, which takes its place.
        if !self.implicit.remove(&name) {
            return Err(format!("Key '{name}' has already been defined."));
        }
        if self.arrays.contains(&name) {
            *there = value();
        }
        Ok(())
    }

    /// `setType`: what the value of a key of the table that is filled is; without a key the table itself.
    pub(super) fn set_kind(&mut self, key: &str, kind: Kind) {
        let mut whole = self.context.clone();
        if !key.is_empty() || whole.is_empty() {
            whole.push(key.to_owned());
        }
        let name = dotted(&whole);
        match kind {
            Kind::Array => self.arrays.insert(name),
            Kind::Other => self.arrays.remove(&name),
        };
    }

    pub(super) fn into_map(self) -> Map {
        to_map(self.root)
    }
}

impl Node {
    /// The table that a key leads into.
    pub(super) fn open(&mut self) -> Option<&mut Table> {
        match self {
            Node::Value(_) => None,
            Node::Table(table) => Some(table),
            Node::Tables(tables) => tables.last_mut(),
        }
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Node::Value(value) => value,
            Node::Table(table) => Value::Map(to_map(table)),
            Node::Tables(tables) => {
                let tables = tables.into_iter().map(|table| Value::Map(to_map(table)));
                Value::List(List::of(ListKind::Map, tables.collect()))
            }
        }
    }
}

fn to_map(table: Table) -> Map {
    table.into_iter().map(|(key, node)| (Text::from(key), node.into_value())).collect()
}

/// A key as messages show it.
fn dotted(key: &[String]) -> String {
    let parts: Vec<String> = key.iter().map(|part| quoted_key(&Text::from(part.as_str()))).collect();
    parts.join(".")
}

/// A key in quotes, as `%q` prints it.
pub(super) fn quoted(key: &[String]) -> String {
    strconv::quote(dotted(key).as_bytes())
}
