//! Terms: literals, indexing, conditions, texts.

use crate::{Error, Result, Value};

use super::super::ast::{Index, Kind, Part, Query, Quoted, Sign, Suffix, Term};
use super::super::functions::{self, arithmetic};
use super::super::number::Number;
use super::super::op::Op;
use super::Compiler;

/// What is still to be compiled of a term, before its suffixes.
#[derive(Clone, Copy)]
enum Base<'t> {
    Identity,
    Kind(&'t Kind),
}

impl Compiler {
    pub(super) fn term(&mut self, term: &Term) -> Result<()> {
        self.with_suffixes(Base::Kind(&term.kind), &term.suffixes)
    }

    fn with_suffixes(&mut self, base: Base<'_>, suffixes: &[Suffix]) -> Result<()> {
        let Some((last, before)) = suffixes.split_last() else {
            return match base {
                Base::Identity => Ok(()),
                Base::Kind(kind) => self.kind(kind),
            };
        };
        match last {
            Suffix::Index(index) => self.index(base, before, index),
            Suffix::Iterate => {
                self.with_suffixes(base, before)?;
                self.emit(Op::Iterate);
                Ok(())
            }
            Suffix::Optional => self.optional(base, before),
        }
    }

    /// `term?`: only the last suffix is tried, and it sees what stands before it as its input.
    fn optional(&mut self, base: Base<'_>, suffixes: &[Suffix]) -> Result<()> {
        match suffixes.split_last() {
            Some((last @ (Suffix::Index(_) | Suffix::Iterate), before)) => {
                self.with_suffixes(base, before)?;
                self.attempt(
                    |compiler| compiler.with_suffixes(Base::Identity, std::slice::from_ref(last)),
                    None,
                )
            }
            _ => self.attempt(|compiler| compiler.with_suffixes(base, suffixes), None),
        }
    }

    fn attempt(&mut self, body: impl FnOnce(&mut Self) -> Result<()>, handler: Option<&Query>) -> Result<()> {
        let fork = self.emit(Op::Try(0));
        self.block(body)?;
        self.emit(Op::EndTry);
        let end = self.emit(Op::Jump(0));
        self.land(fork);
        match handler {
            Some(handler) => self.block(|compiler| compiler.query(handler))?,
            None => {
                self.emit(Op::Backtrack);
            }
        }
        self.land(end);
        Ok(())
    }

    fn index(&mut self, base: Base<'_>, suffixes: &[Suffix], index: &Index) -> Result<()> {
        if let Some(key) = constant_key(index) {
            self.with_suffixes(base, suffixes)?;
            self.emit(Op::Index(key));
            return Ok(());
        }
        let input = self.fresh();
        self.emit(Op::Store(input));
        self.emit(Op::BeginAside);
        let (name, count) = match index {
            Index::Slice(start, end) => {
                self.bound(input, start.as_deref())?;
                self.bound(input, end.as_deref())?;
                ("_slice", 3)
            }
            Index::Item(key) => {
                self.bound(input, Some(key))?;
                ("_index", 2)
            }
            Index::Text(text) => {
                self.emit(Op::Load(input));
                self.block(|compiler| compiler.quoted(text, "tostring"))?;
                ("_index", 2)
            }
            Index::Field(_) => ("_index", 2),
        };
        self.emit(Op::EndAside);
        self.emit(Op::Load(input));
        self.block(|compiler| compiler.with_suffixes(base, suffixes))?;
        self.emit(Op::Push(Value::Null));
        if let Some(native) = functions::find(name, count) {
            self.emit(Op::Native(native, count));
        }
        Ok(())
    }

    fn bound(&mut self, input: super::Place, key: Option<&Query>) -> Result<()> {
        self.emit(Op::Load(input));
        match key {
            Some(key) => self.block(|compiler| compiler.query(key)),
            None => {
                self.emit(Op::Constant(Value::Null));
                Ok(())
            }
        }
    }

    fn kind(&mut self, kind: &Kind) -> Result<()> {
        let constant = match kind {
            Kind::Null => Value::Null,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number(text) => Number::parse(text).into_value(),
            Kind::Text(Quoted::Plain(text)) => Value::String(text.clone()),
            other => return self.compound(other),
        };
        self.emit(Op::Constant(constant));
        Ok(())
    }

    fn compound(&mut self, kind: &Kind) -> Result<()> {
        match kind {
            Kind::Identity | Kind::Null | Kind::True | Kind::False | Kind::Number(_) => Ok(()),
            Kind::Recurse => self.call("recurse", &[]),
            Kind::Index(index) => self.index(Base::Identity, &[], index),
            Kind::Text(text) => self.quoted(text, "tostring"),
            Kind::Format(name, text) => self.format(name, text.as_ref()),
            Kind::Call(name, arguments) => self.call(name, &arguments.iter().collect::<Vec<_>>()),
            Kind::Variable(name) => self.call(name, &[]),
            Kind::Object(entries) => self.object(entries),
            Kind::Array(items) => self.array(items.as_deref()),
            Kind::Sign(sign, term) => self.sign(*sign, term),
            Kind::If(branches, otherwise) => self.condition(branches, otherwise.as_deref()),
            Kind::Try(body, handler) => self.attempt(|compiler| compiler.query(body), handler.as_deref()),
            Kind::Reduce(fold) => self.reduce(fold),
            Kind::Foreach(fold, extract) => self.foreach(fold, extract.as_deref()),
            Kind::Label(name, body) => {
                let label = self.scope().declare(&label_name(name));
                self.emit(Op::Label(label));
                self.query(body)
            }
            Kind::Break(name) => match super::scope::variable(&self.scopes, &label_name(name)) {
                Some(label) => {
                    self.emit(Op::Break(label));
                    Ok(())
                }
                None => Err(Error::invalid(format!("label not defined: {name}"))),
            },
            Kind::Group(query) => self.block(|compiler| compiler.query(query)),
        }
    }

    fn sign(&mut self, sign: Sign, term: &Term) -> Result<()> {
        if let Some(number) = constant_sign(sign, term) {
            self.emit(Op::Constant(number));
            return Ok(());
        }
        self.term(term)?;
        self.native_of(if sign == Sign::Plus { "_plus" } else { "_negate" }, &[])
    }

    fn condition(&mut self, branches: &[(Query, Query)], otherwise: Option<&Query>) -> Result<()> {
        let mut ends = Vec::with_capacity(branches.len());
        for (condition, then) in branches {
            let unless = self.test(condition)?;
            self.block(|compiler| compiler.query(then))?;
            ends.push(self.emit(Op::Jump(0)));
            self.land(unless);
        }
        if let Some(otherwise) = otherwise {
            self.block(|compiler| compiler.query(otherwise))?;
        }
        ends.into_iter().for_each(|end| self.land(end));
        Ok(())
    }

    fn format(&mut self, name: &str, text: Option<&Quoted>) -> Result<()> {
        let function = functions::format::function(name);
        match (text, function) {
            (Some(text), function) => self.quoted(text, function.unwrap_or(name)),
            (None, Some(function)) => self.call(function, &[]),
            (None, None) => self.unknown_format(name),
        }
    }

    /// Fails when it is run.
    fn unknown_format(&mut self, name: &str) -> Result<()> {
        let input = self.fresh();
        self.emit(Op::Store(input));
        self.emit(Op::Push(Value::string(name.strip_prefix('@').unwrap_or(name))));
        self.emit(Op::Load(input));
        if let Some(native) = functions::find("format", 1) {
            self.emit(Op::Native(native, 1));
        }
        Ok(())
    }

    /// A text, what its expressions give written by `function`, or by a format of that name that there is not.
    pub(super) fn quoted(&mut self, text: &Quoted, function: &str) -> Result<()> {
        let parts = match text {
            Quoted::Plain(text) => {
                self.emit(Op::Constant(Value::String(text.clone())));
                return Ok(());
            }
            Quoted::Parts(parts) => parts,
        };
        let Some(add) = functions::find("_add", 2) else { return Ok(()) };
        // As additions from the left, of which the right side is evaluated first.
        let input = self.fresh();
        self.emit(Op::Store(input));
        for part in parts.iter().rev() {
            self.emit(Op::Load(input));
            match part {
                Part::Text(text) => {
                    self.emit(Op::Constant(Value::String(text.clone())));
                }
                Part::Query(query) => {
                    self.block(|compiler| compiler.query(query))?;
                    if function.starts_with('@') {
                        self.unknown_format(function)?;
                    } else {
                        self.call(function, &[])?;
                    }
                }
            }
        }
        for _ in 1..parts.len() {
            self.emit(Op::Push(Value::Null));
            self.emit(Op::Native(add, 2));
        }
        Ok(())
    }
}

/// Names of labels cannot be written as variables.
fn label_name(name: &str) -> String {
    format!("%{name}")
}

/// The key that an index always is. What is appended to a literal in brackets does not count, as in gojq.
pub(super) fn constant_key(index: &Index) -> Option<Value> {
    match index {
        Index::Field(name) => Some(Value::String(name.clone())),
        Index::Text(Quoted::Plain(text)) => Some(Value::String(text.clone())),
        Index::Text(Quoted::Parts(_)) => None,
        Index::Item(query) => constant(query),
        Index::Slice(start, end) => {
            let bound = |query: &Option<Box<Query>>| match query {
                None => Some(Value::Null),
                Some(query) => constant(query),
            };
            Some(Value::map([("start", bound(start)?), ("end", bound(end)?)]))
        }
    }
}

fn constant(query: &Query) -> Option<Value> {
    let super::Body::Term(term) = &query.body else { return None };
    match &term.kind {
        Kind::Number(text) => Some(Number::parse(text).into_value()),
        Kind::Sign(sign, term) => constant_sign(*sign, term),
        Kind::Text(Quoted::Plain(text)) => Some(Value::String(text.clone())),
        _ => None,
    }
}

fn constant_sign(sign: Sign, term: &Term) -> Option<Value> {
    let Kind::Number(text) = &term.kind else { return None };
    let number = Number::parse(text);
    Some(match sign {
        Sign::Plus => number.into_value(),
        Sign::Minus => arithmetic::negated(number).into_value(),
    })
}
