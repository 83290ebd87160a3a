//! Pipelines, their commands and operands.

use super::Parser;
use crate::template::ast::{NodeId, NodeKind, Pipe};
use crate::template::lex::{Kind, Token};
use crate::template::number::read_number;
use crate::value::Text;
use crate::{Result, strconv};

/// Go's bound on nested parentheses.
const MOST_PARENTHESES: usize = 10_000;

impl Parser<'_, '_> {
    /// A pipeline up to `end`.
    pub(super) fn pipeline(&mut self, context: &'static str, end: Kind) -> Result<NodeId> {
        let mut open: Vec<OpenPipe> = vec![self.open_pipe(context, end)?];
        loop {
            let Some(pipe) = open.last_mut() else { return self.error("no pipeline") };
            if pipe.args.is_none() {
                let token = self.next_non_space();
                if token.kind == pipe.end {
                    let pipe = open.pop().unwrap_or_default();
                    let node = self.close_pipe(pipe)?;
                    let Some(outer) = open.last_mut() else { return Ok(node) };
                    self.state.parentheses = self.state.parentheses.saturating_sub(1);
                    let operand = self.operand(node)?;
                    outer.args.get_or_insert_default().push(operand);
                    self.after_operand(outer)?;
                } else if starts_operand(token.kind) {
                    self.backup();
                    pipe.command_pos = self.peek_non_space().pos;
                    pipe.args = Some(Vec::new());
                } else {
                    return self.unexpected(&token, pipe.context);
                }
                continue;
            }
            if self.peek_non_space().kind == Kind::LeftParen {
                self.next();
                if self.state.parentheses >= MOST_PARENTHESES {
                    return self.error("max expression depth exceeded");
                }
                self.state.parentheses += 1;
                open.push(self.open_pipe("parenthesized pipeline", Kind::RightParen)?);
                continue;
            }
            if let Some(node) = self.term()? {
                let operand = self.operand(node)?;
                pipe.args.get_or_insert_default().push(operand);
            }
            self.after_operand(pipe)?;
        }
    }

    fn open_pipe(&mut self, context: &'static str, end: Kind) -> Result<OpenPipe> {
        let pos = self.peek_non_space().pos;
        let mut pipe = Pipe::default();
        loop {
            let variable = self.peek_non_space();
            if variable.kind != Kind::Variable {
                break;
            }
            self.next();
            // A space behind the variable is a token; it is needed when the variable turns out to be an argument.
            let behind = self.peek();
            let next = self.peek_non_space();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    pipe.assigns = next.kind == Kind::Assign;
                    self.next_non_space();
                    self.declare(&mut pipe, &variable);
                }
                Kind::Char if next.text == "," => {
                    self.next_non_space();
                    self.declare(&mut pipe, &variable);
                    if context == "range" && pipe.declared.len() < 2 {
                        match self.peek_non_space().kind {
                            Kind::Variable | Kind::RightDelim | Kind::RightParen => continue,
                            _ => return self.error("range can only initialize variables"),
                        }
                    }
                    return self.error(format!("too many declarations in {context}"));
                }
                _ if behind.kind == Kind::Space => {
                    let [_, second, third] = &mut self.state.tokens;
                    (*second, *third) = (behind, variable);
                    self.state.peeked = 3;
                }
                _ => {
                    let [_, second, _] = &mut self.state.tokens;
                    *second = variable;
                    self.state.peeked = 2;
                }
            }
            break;
        }
        Ok(OpenPipe { pos, pipe, context, end, command_pos: 0, args: None })
    }

    fn declare(&mut self, pipe: &mut Pipe, variable: &Token<'_>) {
        let name = variable.text.as_ref();
        let node = NodeKind::Variable { name: name.into(), fields: Vec::new() };
        pipe.declared.push(self.add(variable.pos, node));
        self.state.variables.push(name);
    }

    /// Behind an operand: a space goes on, anything else ends the command.
    fn after_operand(&mut self, pipe: &mut OpenPipe) -> Result<()> {
        let token = self.next();
        match token.kind {
            Kind::Space => return Ok(()),
            Kind::RightDelim | Kind::RightParen => self.backup(),
            Kind::Pipe => {}
            _ => return self.unexpected(&token, "operand"),
        }
        let args = pipe.args.take().unwrap_or_default();
        if args.is_empty() {
            return self.error("empty command");
        }
        let command = self.add(pipe.command_pos, NodeKind::Command { args });
        pipe.pipe.commands.push(command);
        Ok(())
    }

    fn close_pipe(&mut self, open: OpenPipe) -> Result<NodeId> {
        if open.pipe.commands.is_empty() {
            return self.error(format!("missing value for {}", open.context));
        }
        for (at, command) in open.pipe.commands.iter().enumerate().skip(1) {
            let Some(NodeKind::Command { args }) = self.ast.kind(*command) else { continue };
            let first = args.first().and_then(|a| self.ast.kind(*a));
            if let Some(
                NodeKind::Bool(_)
                | NodeKind::Dot
                | NodeKind::Nil
                | NodeKind::Number(_)
                | NodeKind::String { .. },
            ) = first
            {
                return self.error(format!("non executable command in pipeline stage {}", at + 1));
            }
        }
        Ok(self.add(open.pos, NodeKind::Pipe(open.pipe)))
    }

    /// A term and the fields that follow it.
    fn operand(&mut self, node: NodeId) -> Result<NodeId> {
        let first = self.peek();
        if first.kind != Kind::Field {
            return Ok(node);
        }
        let mut fields: Vec<Box<str>> = Vec::new();
        while self.peek().kind == Kind::Field {
            let token = self.next();
            fields.push(token.text.trim_start_matches('.').into());
        }
        let kind = match self.ast.kind(node) {
            Some(NodeKind::Field { fields: before }) => {
                NodeKind::Field { fields: before.iter().cloned().chain(fields).collect() }
            }
            Some(NodeKind::Variable { name, fields: before }) => NodeKind::Variable {
                name: name.clone(),
                fields: before.iter().cloned().chain(fields).collect(),
            },
            Some(
                NodeKind::Bool(_)
                | NodeKind::String { .. }
                | NodeKind::Number(_)
                | NodeKind::Nil
                | NodeKind::Dot,
            ) => {
                let term = strconv::quote(self.ast.describe(node).as_bytes());
                return self.error(format!("unexpected . after term {term}"));
            }
            _ => NodeKind::Chain { node, fields },
        };
        Ok(self.add(first.pos, kind))
    }

    /// A term other than parentheses; `None` if what comes is none.
    fn term(&mut self) -> Result<Option<NodeId>> {
        let token = self.next_non_space();
        let text = token.text.as_ref();
        let kind = match token.kind {
            Kind::Identifier => {
                if !(self.has_function)(text) {
                    let name = strconv::quote(text.as_bytes());
                    return self.error(format!("function {name} not defined"));
                }
                NodeKind::Identifier(text.into())
            }
            Kind::Dot => NodeKind::Dot,
            Kind::Nil => NodeKind::Nil,
            Kind::Variable => {
                if !self.state.variables.contains(text) {
                    let name = strconv::quote(text.as_bytes());
                    return self.error(format!("undefined variable {name}"));
                }
                NodeKind::Variable { name: text.into(), fields: Vec::new() }
            }
            Kind::Field => NodeKind::Field { fields: vec![text.trim_start_matches('.').into()] },
            Kind::Bool => NodeKind::Bool(text == "true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => match read_number(text, token.kind) {
                Ok(number) => NodeKind::Number(Box::new(number)),
                Err(message) => return self.error(message),
            },
            Kind::String | Kind::RawString => match strconv::unquote(text) {
                Some(bytes) => NodeKind::String { quoted: text.into(), text: Text::from(bytes) },
                None => return self.error("invalid syntax"),
            },
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(self.add(token.pos, kind)))
    }
}

/// A pipeline that is being read, and its command that is.
struct OpenPipe {
    pos: usize,
    pipe: Pipe,
    context: &'static str,
    end: Kind,
    command_pos: usize,
    args: Option<Vec<NodeId>>,
}

impl Default for OpenPipe {
    fn default() -> Self {
        OpenPipe {
            pos: 0,
            pipe: Pipe::default(),
            context: "",
            end: Kind::RightDelim,
            command_pos: 0,
            args: None,
        }
    }
}

fn starts_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Bool
            | Kind::CharConstant
            | Kind::Complex
            | Kind::Dot
            | Kind::Field
            | Kind::Identifier
            | Kind::Number
            | Kind::Nil
            | Kind::RawString
            | Kind::String
            | Kind::Variable
            | Kind::LeftParen
    )
}
