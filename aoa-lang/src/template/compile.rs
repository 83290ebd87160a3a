//! Compiles trees to a [`Program`], with a list of what is still to do instead of recursion.

use std::collections::{BTreeMap, HashMap};

use super::arguments::{Constant, constant};
use super::ast::{Ast, Keyword, NodeId, NodeKind, Pipe};
use super::function::{Access, Function, Functions};
use super::parse::Tree;
use super::program::{Builtin, CallSite, Index, Op, Program, RangeSpec};
use crate::Value;
use crate::value::GoType;

/// Compiles `trees`, and `main` before them if there is one: a tree that is run by its place, not by its name.
pub(super) fn compile(
    ast: Ast,
    main: Option<(&str, &Tree)>,
    trees: &BTreeMap<String, Tree>,
    functions: &Functions,
) -> Program {
    let mut compiler = Compiler {
        ast: &ast,
        functions,
        program: Program::default(),
        templates: HashMap::new(),
        variables: HashMap::new(),
        labels: Vec::new(),
        loops: Vec::new(),
        work: Vec::new(),
    };
    // Variable 0 is the data of the template, which is there without being declared.
    compiler.variable("$");
    for (at, template) in trees.keys().enumerate() {
        compiler.templates.insert(template, index(at + usize::from(main.is_some())));
    }
    if let Some((name, main)) = main {
        compiler.template(name, main);
    }
    trees.iter().for_each(|(name, tree)| compiler.template(name, tree));
    compiler.resolve_labels();
    let mut program = compiler.program;
    program.mutates = program.functions.iter().any(|f| f.access == Access::Mutates);
    program.ast = ast;
    program
}

/// The builtin of this name, unless it is `and` or `or`.
pub(super) fn builtin(name: &str) -> Option<Builtin> {
    Some(match name {
        "call" => Builtin::Call,
        "eq" => Builtin::Eq,
        "ge" => Builtin::Ge,
        "gt" => Builtin::Gt,
        "html" => Builtin::Html,
        "index" => Builtin::Index,
        "js" => Builtin::Js,
        "le" => Builtin::Le,
        "len" => Builtin::Len,
        "lt" => Builtin::Lt,
        "ne" => Builtin::Ne,
        "not" => Builtin::Not,
        "print" => Builtin::Print,
        "printf" => Builtin::Printf,
        "println" => Builtin::Println,
        "slice" => Builtin::Slice,
        "urlquery" => Builtin::UrlQuery,
        _ => return None,
    })
}

/// What is still to be compiled, the next one last.
enum Work {
    Node(NodeId),
    Pipe(NodeId),
    Command { node: NodeId, has_final: bool },
    Arg { node: NodeId, of: Param },
    Op(Op),
    Label(Index),
    EnterLoop { next: Index, end: Index },
    LeaveLoop,
}

/// What an argument is checked against.
#[derive(Clone, Copy)]
enum Param {
    /// Nothing: parameters of type `reflect.Value`, and what stands before fields.
    Free,
    Typed(GoType),
    /// Parameter of a method, which is known at run time.
    Method(Index),
}

struct Compiler<'a> {
    ast: &'a Ast,
    functions: &'a Functions,
    program: Program,
    templates: HashMap<&'a str, Index>,
    variables: HashMap<String, Index>,
    /// The places of the labels that jumps name until the end.
    labels: Vec<Index>,
    loops: Vec<(Index, Index)>,
    work: Vec<Work>,
}

/// What is called: its parameters as the engine sees them.
struct Callee<'a> {
    name: &'a str,
    params: Vec<Param>,
    variadic: bool,
}

impl Callee<'_> {
    fn param(&self, at: usize) -> Param {
        self.params.get(at).or(self.params.last()).copied().unwrap_or(Param::Free)
    }
}

impl<'a> Compiler<'a> {
    fn template(&mut self, name: &str, tree: &[NodeId]) {
        let start = index(self.program.ops.len());
        self.program.templates.push((name.into(), start));
        self.work.extend(tree.iter().rev().map(|n| Work::Node(*n)));
        while let Some(work) = self.work.pop() {
            match work {
                Work::Node(node) => self.node(node),
                Work::Pipe(node) => self.pipe(node),
                Work::Command { node, has_final } => self.command(node, has_final),
                Work::Arg { node, of } => self.arg(node, of),
                Work::Op(op) => self.program.ops.push(op),
                Work::Label(label) => {
                    let here = index(self.program.ops.len());
                    if let Some(place) = usize::try_from(label).ok().and_then(|l| self.labels.get_mut(l)) {
                        *place = here;
                    }
                }
                Work::EnterLoop { next, end } => self.loops.push((next, end)),
                Work::LeaveLoop => {
                    self.loops.pop();
                }
            }
        }
        self.program.ops.push(Op::Return);
    }

    /// Puts work before all that waits, in this order.
    fn then(&mut self, work: impl IntoIterator<Item = Work>) {
        let from = self.work.len();
        self.work.extend(work);
        if let Some(new) = self.work.get_mut(from..) {
            new.reverse();
        }
    }

    fn op(&mut self, op: Op) {
        self.program.ops.push(op);
    }

    fn label(&mut self) -> Index {
        self.labels.push(0);
        index(self.labels.len() - 1)
    }

    fn fail(&mut self, message: String, node: NodeId) -> Op {
        self.program.messages.push(message);
        Op::Fail { message: index(self.program.messages.len() - 1), node }
    }

    fn value(&mut self, value: Value) -> Op {
        self.program.consts.push(value);
        Op::Const(index(self.program.consts.len() - 1))
    }

    fn path(&mut self, fields: &[Box<str>]) -> Index {
        self.program.paths.push(fields.to_vec());
        index(self.program.paths.len() - 1)
    }

    fn variable(&mut self, name: &str) -> Index {
        if let Some(known) = self.variables.get(name) {
            return *known;
        }
        self.program.variables.push(name.into());
        let id = index(self.program.variables.len() - 1);
        self.variables.insert(name.to_owned(), id);
        id
    }

    fn node(&mut self, id: NodeId) {
        match self.ast.kind(id) {
            Some(NodeKind::Text(text)) => {
                self.program.texts.push(text.clone());
                self.op(Op::Text(index(self.program.texts.len() - 1)));
            }
            Some(NodeKind::Action { pipe }) => self.action(*pipe),
            Some(NodeKind::Branch { keyword, pipe, list, otherwise }) => {
                self.branch(*keyword, *pipe, list, otherwise.as_deref().unwrap_or_default());
            }
            Some(NodeKind::Template { name, pipe }) => self.template_call(id, name, *pipe),
            Some(NodeKind::Break) => {
                let end = self.loops.last().map_or(0, |l| l.1);
                self.op(Op::Break(end));
            }
            Some(NodeKind::Continue) => {
                let next = self.loops.last().map_or(0, |l| l.0);
                self.op(Op::Continue(next));
            }
            _ => {}
        }
    }

    fn action(&mut self, id: NodeId) {
        let Some(NodeKind::Pipe(pipe)) = self.ast.kind(id) else { return };
        if let Some((node, fields)) = self.lone_field(pipe) {
            let path = self.path(fields);
            self.op(Op::PrintPath { path, node });
            return;
        }
        let end = if pipe.declared.is_empty() { Op::Print } else { Op::Pop };
        self.then([Work::Pipe(id), Work::Op(end)]);
    }

    /// The fields, if the pipeline is nothing but fields of dot.
    fn lone_field(&self, pipe: &Pipe) -> Option<(NodeId, &'a [Box<str>])> {
        let ([command], true) = (pipe.commands.as_slice(), pipe.declared.is_empty()) else { return None };
        let Some(NodeKind::Command { args }) = self.ast.kind(*command) else { return None };
        let [arg] = args.as_slice() else { return None };
        match self.ast.kind(*arg) {
            Some(NodeKind::Field { fields }) => Some((*arg, fields)),
            _ => None,
        }
    }

    fn branch(&mut self, keyword: Keyword, pipe: NodeId, list: &[NodeId], otherwise: &[NodeId]) {
        let (no, end) = (self.label(), self.label());
        let mut work = vec![Work::Op(Op::Mark), Work::Pipe(pipe)];
        let nodes = |list: &[NodeId]| list.iter().map(|n| Work::Node(*n)).collect::<Vec<_>>();
        match keyword {
            Keyword::If => {
                work.push(Work::Op(Op::Unless(no)));
                work.extend(nodes(list));
            }
            Keyword::With => {
                work.push(Work::Op(Op::With(no)));
                work.extend(nodes(list));
                work.push(Work::Op(Op::EndWith));
            }
            Keyword::Range => {
                let spec = self.range_spec(pipe);
                let next = self.label();
                work.push(Work::Op(Op::Range { spec, otherwise: no }));
                work.push(Work::EnterLoop { next, end });
                work.push(Work::Label(next));
                work.push(Work::Op(Op::Next { spec, end }));
                work.extend(nodes(list));
                work.push(Work::LeaveLoop);
                work.push(Work::Op(Op::Jump(next)));
            }
        }
        if keyword != Keyword::Range {
            work.push(Work::Op(Op::Jump(end)));
        }
        work.push(Work::Label(no));
        work.extend(nodes(otherwise));
        work.push(Work::Label(end));
        work.push(Work::Op(Op::Release));
        self.then(work);
    }

    fn range_spec(&mut self, pipe: NodeId) -> Index {
        let mut spec = RangeSpec::default();
        if let Some(NodeKind::Pipe(pipe)) = self.ast.kind(pipe) {
            spec.assigns = pipe.assigns;
            let names: Vec<Index> = pipe.declared.iter().map(|v| self.declared(*v)).collect();
            spec.first = names.first().copied();
            spec.second = names.get(1).copied();
        }
        self.program.ranges.push(spec);
        index(self.program.ranges.len() - 1)
    }

    fn declared(&mut self, variable: NodeId) -> Index {
        match self.ast.kind(variable) {
            Some(NodeKind::Variable { name, .. }) => self.variable(name),
            _ => 0,
        }
    }

    fn template_call(&mut self, id: NodeId, name: &str, pipe: Option<NodeId>) {
        let template = match self.templates.get(name).copied() {
            Some(template) => Op::Template(template),
            None => {
                // Perhaps the templates around the text define it.
                self.program.texts.push(name.into());
                let name = index(self.program.texts.len() - 1);
                self.op(Op::CheckName { name, node: id });
                Op::TemplateNamed(name)
            }
        };
        self.op(Op::CheckDepth { node: id });
        let argument = match pipe {
            Some(pipe) => Work::Pipe(pipe),
            None => Work::Op(self.value(Value::Null)),
        };
        self.then([argument, Work::Op(template)]);
    }

    fn pipe(&mut self, id: NodeId) {
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

    fn command(&mut self, id: NodeId, has_final: bool) {
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
        if let Some(message) = wrong_count(&callee, args.len(), has_final) {
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

    fn arg(&mut self, id: NodeId, of: Param) {
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

    /// Jumps name labels until here, and places from here on.
    fn resolve_labels(&mut self) {
        let labels = std::mem::take(&mut self.labels);
        let place = |label: &mut Index| {
            *label = usize::try_from(*label).ok().and_then(|l| labels.get(l)).copied().unwrap_or(0);
        };
        for op in &mut self.program.ops {
            match op {
                Op::Jump(to) | Op::Unless(to) | Op::With(to) | Op::Break(to) | Op::Continue(to) => place(to),
                Op::Range { otherwise: to, .. } | Op::Next { end: to, .. } | Op::Shortcut { end: to, .. } => {
                    place(to);
                }
                _ => {}
            }
        }
        self.program.sites.iter_mut().for_each(|s| place(&mut s.end));
    }
}

fn callee<'n>(name: &'n str, function: Option<&Function>) -> Callee<'n> {
    if let Some(function) = function {
        let params = function.params.iter().map(|p| Param::Typed(*p)).collect();
        return Callee { name, params, variadic: function.variadic };
    }
    let (params, variadic) = match name {
        "len" | "not" => (vec![Param::Free], false),
        "ne" | "lt" | "le" | "gt" | "ge" => (vec![Param::Free; 2], false),
        "printf" => (vec![Param::Typed(GoType::String), Param::Typed(GoType::Any)], true),
        "print" | "println" | "html" | "js" | "urlquery" => (vec![Param::Typed(GoType::Any)], true),
        _ => (vec![Param::Free; 2], true),
    };
    Callee { name, params, variadic }
}

fn wrong_count(callee: &Callee<'_>, written: usize, has_final: bool) -> Option<String> {
    let (given, wanted) = (written + usize::from(has_final), callee.params.len());
    let name = callee.name;
    if callee.variadic {
        let fixed = wanted.saturating_sub(1);
        return (given < fixed)
            .then(|| format!("wrong number of args for {name}: want at least {fixed} got {written}"));
    }
    (given != wanted).then(|| format!("wrong number of args for {name}: want {wanted} got {given}"))
}

fn index(at: usize) -> Index {
    Index::try_from(at).unwrap_or(Index::MAX)
}
