//! Objects, arrays and what is bound to their parts.

use crate::{Result, Value};

use super::super::ast::{Entry, Key, Pattern, Query, Quoted};
use super::super::functions;
use super::super::op::{Op, Place};
use super::Compiler;

impl Compiler {
    pub(super) fn object(&mut self, entries: &[Entry]) -> Result<()> {
        if entries.is_empty() {
            self.emit(Op::Constant(Value::map::<&str>([])));
            return Ok(());
        }
        self.block(|compiler| {
            let input = compiler.fresh();
            compiler.emit(Op::Store(input));
            entries.iter().try_for_each(|entry| compiler.entry(input, entry))?;
            compiler.emit(Op::Object(entries.len()));
            Ok(())
        })
    }

    /// Pushes the key, then the value.
    fn entry(&mut self, input: Place, entry: &Entry) -> Result<()> {
        match (&entry.key, &entry.value) {
            (Key::Variable(name), None) => {
                self.emit(Op::Push(Value::string(name.strip_prefix('$').unwrap_or(name))));
                self.emit(Op::Load(input));
                return self.call(name, &[]);
            }
            (Key::Variable(name), Some(_)) => {
                self.emit(Op::Load(input));
                self.call(name, &[])?;
            }
            (Key::Name(name), _) => self.constant_entry(input, Value::string(name.as_str()), entry),
            (Key::Text(Quoted::Plain(text)), _) => {
                self.constant_entry(input, Value::String(text.clone()), entry);
            }
            (Key::Text(text), value) => {
                self.emit(Op::Load(input));
                self.quoted(text, "tostring")?;
                if value.is_none() {
                    self.emit(Op::Duplicate);
                    self.index_loaded(input);
                }
            }
            (Key::Query(query), _) => {
                self.emit(Op::Load(input));
                self.block(|compiler| compiler.query(query))?;
            }
        }
        if let Some(value) = &entry.value {
            self.emit(Op::Load(input));
            self.query(value)?;
        }
        Ok(())
    }

    fn constant_entry(&mut self, input: Place, key: Value, entry: &Entry) {
        self.emit(Op::Push(key.clone()));
        if entry.value.is_none() {
            self.emit(Op::Load(input));
            self.emit(Op::Index(key));
        }
    }

    /// The item of the value at `whole` whose key is on the top.
    fn index_loaded(&mut self, whole: Place) {
        self.emit(Op::Load(whole));
        self.emit(Op::Push(Value::Null));
        if let Some(index) = functions::find("_index", 2) {
            self.emit(Op::Native(index, 2));
        }
    }

    pub(super) fn array(&mut self, items: Option<&Query>) -> Result<()> {
        let Some(items) = items else {
            self.emit(Op::Constant(Value::list(Vec::new())));
            return Ok(());
        };
        self.emit(Op::Push(Value::list(Vec::new())));
        let list = self.fresh();
        self.emit(Op::Store(list));
        let fork = self.emit(Op::Fork(0));
        self.block(|compiler| compiler.query(items))?;
        self.emit(Op::Append(list));
        self.emit(Op::Backtrack);
        self.land(fork);
        self.emit(Op::Pop);
        self.emit(Op::Load(list));
        Ok(())
    }

    /// `source as pattern ?// pattern | body`
    pub(super) fn bind(&mut self, source: &Query, patterns: &[Pattern], body: &Query) -> Result<()> {
        self.block(|compiler| {
            compiler.emit(Op::Duplicate);
            compiler.emit(Op::BeginAside);
            compiler.query(source)?;
            let mut ends = Vec::new();
            let mut bound = Vec::new();
            for (at, pattern) in patterns.iter().enumerate() {
                let is_last = at + 1 == patterns.len();
                let fork = (!is_last).then(|| compiler.emit(Op::ForkOnError(0)));
                for place in bound.drain(..) {
                    compiler.emit(Op::Push(Value::Null));
                    compiler.emit(Op::Store(place));
                }
                compiler.pattern(pattern, &mut bound)?;
                if let Some(fork) = fork {
                    ends.push(compiler.emit(Op::Jump(0)));
                    compiler.land(fork);
                }
            }
            ends.into_iter().for_each(|end| compiler.land(end));
            compiler.emit(Op::EndAside);
            compiler.query(body)
        })
    }

    /// Takes the top apart and remembers which variables it bound.
    pub(super) fn pattern(&mut self, pattern: &Pattern, bound: &mut Vec<Place>) -> Result<()> {
        match pattern {
            Pattern::Variable(name) => self.bind_variable(name, bound),
            Pattern::Array(items) => {
                let whole = self.fresh();
                self.emit(Op::Store(whole));
                for (at, item) in items.iter().enumerate() {
                    self.emit(Op::Load(whole));
                    self.emit(Op::IndexArray(super::super::path::count(at)));
                    self.pattern(item, bound)?;
                }
            }
            Pattern::Object(entries) => {
                let whole = self.fresh();
                self.emit(Op::Store(whole));
                for (key, item) in entries {
                    self.entry_pattern(whole, key, item.as_ref(), bound)?;
                }
            }
        }
        Ok(())
    }

    fn bind_variable(&mut self, name: &str, bound: &mut Vec<Place>) {
        let place = self.scope().declare(name);
        self.emit(Op::Store(place));
        bound.push(place);
    }

    fn entry_pattern(
        &mut self,
        whole: Place,
        key: &Key,
        item: Option<&Pattern>,
        bound: &mut Vec<Place>,
    ) -> Result<()> {
        self.emit(Op::Load(whole));
        match key {
            Key::Name(name) => {
                self.emit(Op::Index(Value::string(name.as_str())));
            }
            Key::Variable(name) => {
                self.emit(Op::Index(Value::string(name.strip_prefix('$').unwrap_or(name))));
                if item.is_some() {
                    self.emit(Op::Duplicate);
                }
                self.bind_variable(name, bound);
            }
            Key::Text(Quoted::Plain(text)) if !text.is_empty() => {
                self.emit(Op::Index(Value::String(text.clone())));
            }
            Key::Text(text) => {
                self.quoted(text, "tostring")?;
                self.index_loaded(whole);
            }
            Key::Query(query) => {
                self.query(query)?;
                self.index_loaded(whole);
            }
        }
        item.map_or(Ok(()), |item| self.pattern(item, bound))
    }
}
