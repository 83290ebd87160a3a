//! Pipelines, their commands and arguments.

use super::{Compiler, Param, Work, builtin, index};
use crate::Value;
use crate::template::arguments::{Arity, Constant, constant};
use crate::template::ast::{NodeId, NodeKind};
use crate::template::function::Function;
use crate::template::program::{Builtin, CallSite, Op};
use crate::value::GoType;

impl<'a> Compiler<'a> {
    pub(super) fn pipe(&mut self, id: NodeId) {
        let Some(NodeKind::Pipe(pipe)) = self.ast.kind(id) else { return };
        let mut work = Vec::with_capacity(pipe.commands.len() * 2 + pipe.declared.len());
        for (at, command) in pipe.commands.iter().enumerate() {
            if at == 0 && self.gives_arguments_to_a_pipe(*command) {
                // Go has noted the pipe itself at this point.
                work.push(Work::Op(Op::At(id)));
            }
            work.push(Work::Command { node: *command, has_final: at > 0 });
            work.push(Work::Op(Op::Unwrap));
        }
        for variable in &pipe.declared {
            let name = self.declared(*variable);
            work.push(Work::Op(if pipe.assigns { Op::Assign(name) } else { Op::Declare(name) }));
        }
        self.then(work);
    }

    fn gives_arguments_to_a_pipe(&self, command: NodeId) -> bool {
        match self.ast.kind(command) {
            Some(NodeKind::Command { args }) => {
                args.len() > 1
                    && args.first().is_some_and(|a| matches!(self.ast.kind(*a), Some(NodeKind::Pipe(_))))
            }
            _ => false,
        }
    }

    pub(super) fn command(&mut self, id: NodeId, has_final: bool) {
        let Some(NodeKind::Command { args }) = self.ast.kind(id) else { return };
        let Some((first, rest)) = args.split_first() else { return };
        let plain = rest.is_empty() && !has_final;
        let kind = self.ast.kind(*first);
        match kind {
            Some(NodeKind::Field { fields }) if plain => {
                let path = self.path(fields);
                return self.op(Op::DotPath { path, node: *first });
            }
            Some(NodeKind::Field { fields }) => {
                let Some((last, path)) = fields.split_last() else { return };
                let path = self.path(path);
                self.op(Op::DotPath { path, node: *first });
                return self.method(*first, last, rest, has_final);
            }
            Some(NodeKind::Chain { node, fields }) => {
                return self.chain(*first, *node, fields, rest, has_final);
            }
            Some(NodeKind::Identifier(name)) => return self.function(*first, name, id, rest, has_final),
            Some(NodeKind::Pipe(_)) if plain => return self.then([Work::Pipe(*first)]),
            Some(NodeKind::Pipe(_)) => {
                let fail = self.not_a_function(*first, NodeId::NONE);
                return self.op(fail);
            }
            Some(NodeKind::Variable { name, fields }) => {
                let name = self.variable(name);
                let (last, path) = match fields.split_last() {
                    Some((last, path)) if !plain => (Some(last), path),
                    _ => (None, fields.as_slice()),
                };
                let path = self.path(path);
                self.op(Op::Variable { name, path, node: *first });
                match last {
                    Some(last) => self.method(*first, last, rest, has_final),
                    None if !plain => {
                        let fail = self.not_a_function(*first, NodeId::NONE);
                        self.op(fail);
                    }
                    None => {}
                }
                return;
            }
            _ => {}
        }
        if !plain {
            let fail = self.not_a_function(*first, *first);
            return self.op(fail);
        }
        let op = match kind {
            Some(NodeKind::Bool(b)) => self.value(Value::Bool(*b)),
            Some(NodeKind::Dot) => Op::Dot,
            Some(NodeKind::String { text, .. }) => self.value(Value::String(text.clone())),
            Some(NodeKind::Number(number)) => match constant(self.ast, *first, GoType::Any) {
                Constant::Value(value) => self.value(value),
                Constant::Wrong(message) => self.fail(message, *first),
                Constant::None => self.fail(format!("{} overflows int", number.text), *first),
            },
            _ => self.fail("nil is not a command".to_owned(), *first),
        };
        self.op(Op::At(*first));
        self.op(op);
    }

    fn not_a_function(&mut self, first: NodeId, node: NodeId) -> Op {
        self.fail(format!("can't give argument to non-function {}", self.ast.describe(first)), node)
    }

    fn chain(&mut self, id: NodeId, node: NodeId, fields: &[Box<str>], rest: &[NodeId], has_final: bool) {
        self.op(Op::At(id));
        let mut work = vec![Work::Arg { node, of: Param::Free }];
        if rest.is_empty() && !has_final {
            work.push(Work::Op(Op::Path(self.path(fields))));
        } else if let Some((last, path)) = fields.split_last() {
            work.push(Work::Op(Op::Path(self.path(path))));
            work.extend(self.method_call(id, last, rest, has_final));
        }
        self.then(work);
    }

    fn method(&mut self, node: NodeId, name: &str, args: &[NodeId], has_final: bool) {
        let work = self.method_call(node, name, args, has_final);
        self.then(work);
    }

    /// A field of the value on top that gets arguments, so that it must be a method.
    fn method_call(&mut self, node: NodeId, name: &str, args: &[NodeId], has_final: bool) -> Vec<Work> {
        let end = self.label();
        let site = CallSite { name: name.into(), written: args.len(), has_final, node, end };
        self.program.sites.push(site);
        let site = index(self.program.sites.len() - 1);
        let mut work = vec![Work::Op(Op::Method { site })];
        work.extend(
            args.iter().enumerate().map(|(at, node)| Work::Arg { node: *node, of: Param::Method(index(at)) }),
        );
        if has_final {
            work.push(Work::Op(Op::Final { count: index(args.len()), of: None }));
            work.push(Work::Op(Op::MethodArg(index(args.len()))));
        }
        work.push(Work::Op(Op::CallMethod { site }));
        work.push(Work::Label(end));
        work
    }

    fn function(&mut self, ident: NodeId, name: &'a str, node: NodeId, args: &[NodeId], has_final: bool) {
        self.op(Op::At(ident));
        let own = self.functions.get(name).copied();
        let callee = callee(name, own.as_ref());
        if let Some(message) = callee.arity().complaint(name, args.len(), usize::from(has_final)) {
            let fail = self.fail(message, NodeId::NONE);
            return self.op(fail);
        }
        if own.is_none() && matches!(name, "and" | "or") {
            return self.logic(name == "or", args, has_final);
        }
        let mut work: Vec<Work> = args
            .iter()
            .enumerate()
            .map(|(at, node)| Work::Arg { node: *node, of: callee.param(at) })
            .collect();
        if has_final {
            let of = match callee.param(args.len()) {
                Param::Typed(of) => Some(of),
                Param::Free | Param::Method(_) => None,
            };
            work.push(Work::Op(Op::Final { count: index(args.len()), of }));
        }
        let count = index(args.len() + usize::from(has_final));
        let call = match own {
            Some(function) => {
                self.program.functions.push(function);
                Op::Call { function: index(self.program.functions.len() - 1), count, node }
            }
            // What is called by `call` is named in its errors by its source.
            None => {
                let builtin = builtin(name).unwrap_or(Builtin::Print);
                if builtin == Builtin::Call {
                    let text = args.first().map(|a| Value::from(self.ast.describe(*a)));
                    work.push(Work::Op(self.value(text.unwrap_or_default())));
                }
                Op::Builtin { builtin, count, node }
            }
        };
        work.push(Work::Op(call));
        self.then(work);
    }

    /// `and` and `or`, which evaluate no more arguments than they need.
    fn logic(&mut self, stop: bool, args: &[NodeId], has_final: bool) {
        let end = self.label();
        let mut work = Vec::with_capacity(args.len() * 2 + 1);
        for (at, node) in args.iter().enumerate() {
            work.push(Work::Arg { node: *node, of: Param::Free });
            if at + 1 < args.len() || has_final {
                work.push(Work::Op(Op::Shortcut { stop, has_final, end }));
            }
        }
        work.push(Work::Label(end));
        self.then(work);
    }

    pub(super) fn arg(&mut self, id: NodeId, of: Param) {
        let check = match of {
            // Functions get nil for Go's invalid value, too.
            Param::Free | Param::Typed(GoType::Any) => None,
            Param::Typed(of) => Some(Work::Op(Op::Check(of))),
            Param::Method(at) => Some(Work::Op(Op::MethodArg(at))),
        };
        match self.ast.kind(id) {
            Some(NodeKind::Dot) => {
                self.op(Op::At(id));
                self.op(Op::Dot);
            }
            Some(NodeKind::Field { fields }) => {
                let path = self.path(fields);
                self.op(Op::DotPath { path, node: id });
            }
            Some(NodeKind::Variable { name, fields }) => {
                let (name, path) = (self.variable(name), self.path(fields));
                self.op(Op::Variable { name, path, node: id });
            }
            Some(NodeKind::Pipe(_)) => {
                self.op(Op::At(id));
                return self.then([Work::Pipe(id)].into_iter().chain(check));
            }
            Some(NodeKind::Identifier(name)) => {
                self.work.extend(check);
                return self.function(id, name, id, &[], false);
            }
            Some(NodeKind::Chain { node, fields }) => {
                self.work.extend(check);
                return self.chain(id, *node, fields, &[], false);
            }
            _ => return self.constant(id, of),
        }
        self.work.extend(check);
    }

    fn constant(&mut self, id: NodeId, of: Param) {
        let of = match of {
            Param::Free => GoType::Any,
            Param::Typed(of) => of,
            Param::Method(argument) => return self.op(Op::MethodConst { argument, node: id }),
        };
        let op = match constant(self.ast, id, of) {
            Constant::Value(value) => self.value(value),
            Constant::Wrong(message) => self.fail(message, id),
            Constant::None => self.fail("no constant".to_owned(), id),
        };
        self.op(Op::At(id));
        self.op(op);
    }
}

/// What is called: its parameters as the engine sees them.
struct Callee {
    params: Vec<Param>,
    variadic: bool,
}

impl Callee {
    fn arity(&self) -> Arity {
        Arity { params: self.params.len(), variadic: self.variadic }
    }

    fn param(&self, at: usize) -> Param {
        self.params.get(at).or(self.params.last()).copied().unwrap_or(Param::Free)
    }
}

fn callee(name: &str, function: Option<&Function>) -> Callee {
    if let Some(function) = function {
        let params = function.params.iter().map(|p| Param::Typed(*p)).collect();
        return Callee { params, variadic: function.variadic };
    }
    let (params, variadic) = match name {
        "len" | "not" => (vec![Param::Free], false),
        "ne" | "lt" | "le" | "gt" | "ge" => (vec![Param::Free; 2], false),
        "printf" => (vec![Param::Typed(GoType::String), Param::Typed(GoType::Any)], true),
        "print" | "println" | "html" | "js" | "urlquery" => (vec![Param::Typed(GoType::Any)], true),
        _ => (vec![Param::Free; 2], true),
    };
    Callee { params, variadic }
}
