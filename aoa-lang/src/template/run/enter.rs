//! Templates within templates: those that the program names, and those that functions ask for.

use std::sync::Arc;

use super::{Entered, Frame, Next, Run};
use crate::template::ast::NodeId;
use crate::template::function::{Entry, EntryTemplate};
use crate::template::program::{Index, Program, Slot, at};
use crate::value::Text;
use crate::{Error, ErrorKind, Result, Value, strconv};

impl Run<'_, '_> {
    /// Runs the template that the program calls by its place; where templates were defined meanwhile, by its name.
    pub(super) fn enter_template(&mut self, program: &Program, template: Index, next: usize) -> Next {
        if !self.layer.is_plain()
            && let Some((name, _)) = at(&program.templates, template)
        {
            return self.enter_named(name, next);
        }
        let argument = self.pop();
        self.enter(None, template, argument, next, None)
    }

    pub(super) fn enter_named(&mut self, name: &str, next: usize) -> Next {
        let argument = self.pop();
        let layer = self.layer.clone();
        let Some((program, template)) = layer.find(name) else { return Next::End };
        self.enter(Some(program.clone()), template, argument, next, None)
    }

    /// Runs a template that a function asks for; its output will be the result of the call.
    pub(super) fn enter_entry(
        &mut self,
        entry: Entry,
        function: &'static str,
        node: NodeId,
        next: usize,
    ) -> Result<Next> {
        if self.frames.len() >= self.state.options.limits.template_depth {
            return Err(Error::limit("templates are nested too deep"));
        }
        let outer = self.layer.clone();
        let (program, template, subject, counts) = match entry.template {
            EntryTemplate::Named(name) => {
                let text = name.to_str_lossy();
                let Some((program, template)) = outer.find(&text) else {
                    self.node = node;
                    let quoted = strconv::quote(name.as_bytes());
                    let root = strconv::quote(self.state.root.as_bytes());
                    let text = format!("template: no template {quoted} associated with template {root}");
                    return self.fail_calling(function, text);
                };
                let program = program.clone();
                // To count the name is to look at what is being run.
                let looked = self.state.nesting.depth() / 32;
                self.state.meter.steps(u64::try_from(looked).unwrap_or(u64::MAX))?;
                self.state.nesting.enter(name.clone());
                (program, template, name.clone(), true)
            }
            EntryTemplate::Source { name, text } => {
                let Some(compile) = self.state.compile_text else {
                    return Err(Error::new(ErrorKind::Internal, "no templates to run a text among"));
                };
                match compile(&self.layer, name, &text) {
                    Ok(layer) => self.layer = layer,
                    Err(error) if error.kind() == ErrorKind::Syntax => {
                        self.node = node;
                        let prefix = format!("cannot parse template {}: ", strconv::quote(text.as_bytes()));
                        let calling = self.describe(&format!("error calling {function}: "));
                        return Err(error.wrapped(&prefix).wrapped(&calling));
                    }
                    Err(error) => return Err(error),
                }
                (self.layer.program.clone(), 0, text, false)
            }
        };
        let entered = Entered {
            node,
            function,
            subject,
            failing: entry.failing,
            finish: entry.finish,
            counts,
            layer: outer,
            from: self.out.len(),
        };
        let data = Slot::of(entry.data);
        Ok(self.enter(Some(program), template, data, next, Some(Box::new(entered))))
    }

    fn enter(
        &mut self,
        program: Option<Arc<Program>>,
        template: Index,
        argument: Slot,
        next: usize,
        entered: Option<Box<Entered>>,
    ) -> Next {
        let depth = if entered.is_some() { 0 } else { self.depth + 1 };
        let other = program.filter(|program| !Arc::ptr_eq(program, &self.program));
        let changes = other.is_some();
        self.frames.push(Frame {
            place: next,
            program: other.map(|other| std::mem::replace(&mut self.program, other)),
            template: std::mem::replace(&mut self.template, template),
            data: std::mem::replace(&mut self.data, argument.clone()),
            dot: std::mem::replace(&mut self.dot, argument),
            base: std::mem::replace(&mut self.base, self.variables.len()),
            depth: std::mem::replace(&mut self.depth, depth),
            entered,
        });
        let start = at(&self.program.templates, template).map_or(Index::MAX, |t| t.1);
        if changes { Next::Program(usize::try_from(start).unwrap_or(usize::MAX)) } else { Next::At(start) }
    }

    pub(super) fn leave(&mut self) -> Result<Next> {
        let Some(frame) = self.frames.pop() else { return Ok(Next::End) };
        self.variables.truncate(self.base);
        self.base = frame.base;
        self.template = frame.template;
        self.data = frame.data;
        self.dot = frame.dot;
        self.depth = frame.depth;
        let changes = frame.program.is_some();
        if let Some(program) = frame.program {
            self.program = program;
        }
        if let Some(entered) = frame.entered {
            self.leave_entry(*entered)?;
        }
        Ok(match Index::try_from(frame.place) {
            _ if changes => Next::Program(frame.place),
            Ok(place) => Next::At(place),
            Err(_) => Next::End,
        })
    }

    /// Makes the output of a template that a function entered the result of the call.
    fn leave_entry(&mut self, entered: Entered) -> Result<()> {
        if entered.counts {
            self.state.nesting.leave();
        }
        self.layer = entered.layer;
        self.node = entered.node;
        let output = self.out.get(entered.from..).unwrap_or_default();
        self.state.meter.build(output.len())?;
        let output = match entered.finish {
            Some(finish) => finish(Text::from_bytes(output)),
            None => Text::from_bytes(output),
        };
        self.out.truncate(entered.from);
        self.push(Slot::of(Value::String(output)));
        Ok(())
    }
}
