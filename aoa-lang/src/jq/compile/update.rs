//! Assignments, and the functions that are made of instructions.

use crate::{Result, Value};

use super::super::ast::{Body, Index, Kind, Query, Suffix, Term};
use super::super::functions;
use super::super::op::{Op, Place};
use super::{Compiler, term};

impl Compiler {
    /// `left = right`
    pub(super) fn assign(&mut self, left: &Query, right: &Query) -> Result<()> {
        let mut path = Vec::new();
        let Some(set_path) = functions::find("setpath", 2).filter(|_| constant_path(left, &mut path)) else {
            return self.call("_assign", &[left, right]);
        };
        let input = self.fresh();
        self.emit(Op::Store(input));
        self.emit(Op::Load(input));
        self.query(right)?;
        self.emit(Op::Push(Value::list(path)));
        self.emit(Op::Load(input));
        self.emit(Op::Native(set_path, 2));
        Ok(())
    }

    /// `left += right` and its like: `right` is evaluated first, on the whole input.
    pub(super) fn update(&mut self, left: &Query, right: &Query, function: &str) -> Result<()> {
        self.emit(Op::Duplicate);
        self.query(right)?;
        let place = self.scope().declare("$%");
        self.emit(Op::Store(place));
        let variable = plain(Kind::Variable("$%".to_owned()));
        let change = plain(Kind::Call(function.to_owned(), vec![plain(Kind::Identity), variable]));
        self.call("_modify", &[left, &change])
    }

    /// The functions of the prelude that have no text.
    pub(super) fn made_builtin(&mut self, name: &str, arity: usize) -> Option<usize> {
        if arity != if name == "_last" { 1 } else { 2 } {
            return None;
        }
        let over = self.emit(Op::Jump(0));
        let outside = std::mem::take(&mut self.scopes);
        let id = self.begin_function();
        self.count_parameters(arity);
        self.builtins.insert((name.to_owned(), arity), id);
        match name {
            "_assign" => self.assign_body(),
            "_modify" => self.modify_body(),
            _ => self.last_body(),
        }
        self.end_function(id);
        self.scopes = outside;
        self.land(over);
        Some(id)
    }

    fn stored(&mut self) -> Place {
        let place = self.fresh();
        self.emit(Op::Store(place));
        place
    }

    /// Leaves a path on the stack for each place that the function at `places` gives for the top.
    fn each_path(&mut self, places: Place) {
        self.emit(Op::BeginPath);
        self.emit(Op::Load(places));
        self.emit(Op::CallClosure);
        self.emit(Op::EndPath);
    }

    /// For each value of the second argument: the input with that value at each path.
    fn assign_body(&mut self) {
        let (input, places, values) = (self.stored(), self.stored(), self.stored());
        self.emit(Op::Load(input));
        self.emit(Op::BeginAside);
        self.emit(Op::Load(values));
        self.emit(Op::CallClosure);
        let value = self.stored();
        self.emit(Op::EndAside);
        self.emit(Op::Load(input));
        let fork = self.emit(Op::Fork(0));
        self.emit(Op::Duplicate);
        let whole = self.stored();
        self.each_path(places);
        let path = self.stored();
        self.emit(Op::Load(value));
        self.emit(Op::SetPath { whole, path });
        self.emit(Op::Backtrack);
        self.land(fork);
        self.emit(Op::Pop);
        self.emit(Op::Load(whole));
    }

    /// Each place becomes the first output of the second argument for it; where there is none, it is deleted at the end.
    fn modify_body(&mut self) {
        let (whole, places, change) = (self.stored(), self.stored(), self.stored());
        self.emit(Op::Push(Value::list(Vec::new())));
        let deleted = self.stored();
        self.emit(Op::Load(whole));
        let all = self.emit(Op::Fork(0));
        self.each_path(places);
        let path = self.stored();
        let label = self.fresh();
        self.emit(Op::Label(label));
        self.emit(Op::Load(whole));
        let none = self.emit(Op::Fork(0));
        self.emit(Op::Pop);
        self.emit(Op::Load(path));
        self.emit(Op::Load(whole));
        if let Some(get_path) = functions::find("getpath", 1) {
            self.emit(Op::Native(get_path, 1));
        }
        self.emit(Op::Load(change));
        self.emit(Op::CallClosure);
        self.emit(Op::SetPath { whole, path });
        self.emit(Op::Break(label));
        self.land(none);
        self.emit(Op::Load(path));
        self.emit(Op::Append(deleted));
        self.emit(Op::Backtrack);
        self.land(all);
        self.emit(Op::Pop);
        self.emit(Op::Load(deleted));
        self.emit(Op::Load(whole));
        if let Some(delete) = functions::find("delpaths", 1) {
            self.emit(Op::Native(delete, 1));
        }
    }

    fn last_body(&mut self) {
        let (last, items) = (self.stored(), self.stored());
        self.emit(Op::Push(Value::Bool(false)));
        let found = self.stored();
        self.emit(Op::Load(last));
        let fork = self.emit(Op::Fork(0));
        self.emit(Op::Load(items));
        self.emit(Op::CallClosure);
        self.emit(Op::Store(last));
        self.emit(Op::Push(Value::Bool(true)));
        self.emit(Op::Store(found));
        self.emit(Op::Backtrack);
        self.land(fork);
        self.emit(Op::Pop);
        self.emit(Op::Load(found));
        let none = self.emit(Op::JumpUnless(0));
        self.emit(Op::Load(last));
        let end = self.emit(Op::Jump(0));
        self.land(none);
        self.emit(Op::Backtrack);
        self.land(end);
    }
}

fn plain(kind: Kind) -> Query {
    let term = Term { kind, suffixes: Vec::new() };
    Query { definitions: Vec::new(), body: Body::Term(Box::new(term)) }
}

/// Whether a query is a path of literals: such an assignment does not look at what is there.
fn constant_path(query: &Query, path: &mut Vec<Value>) -> bool {
    let Body::Term(term) = &query.body else { return false };
    let mut push = |index: &Index| term::constant_key(index).map(|key| path.push(key)).is_some();
    let begins = match &term.kind {
        Kind::Index(index) => push(index),
        Kind::Group(query) => constant_path(query, path),
        _ => false,
    };
    begins
        && term.suffixes.iter().all(|suffix| match suffix {
            Suffix::Index(index) => term::constant_key(index).map(|key| path.push(key)).is_some(),
            _ => false,
        })
}
