//! Texts, actions and what controls them.

use super::{Compiler, Work, index};
use crate::Value;
use crate::template::ast::{Keyword, NodeId, NodeKind, Pipe};
use crate::template::program::{Index, Op, RangeSpec};

impl<'a> Compiler<'a> {
    pub(super) fn node(&mut self, id: NodeId) {
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

    pub(super) fn declared(&mut self, variable: NodeId) -> Index {
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
}
