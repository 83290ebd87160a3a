//! Runs a [`Program`].

use std::sync::{Arc, LazyLock};

use super::arguments::{Constant, constant, validate};
use super::ast::NodeId;
use super::builtins;
use super::fields::{Field, field, is_true, walk};
use super::function::{
    Access, Call, Entry, EntryTemplate, Failing, Finish, FnError, Function, Meter, Nesting,
};
use super::heap::Heap;
use super::iterate::{Iteration, iterate};
use super::options::{MissingKey, TemplateOptions};
use super::program::{CallSite, Index, Layer, Op, Program, RangeSpec, Slot, at};
use crate::value::{GoType, Object, Signature, Text};
use crate::{Error, ErrorKind, Result, Value, fmt, strconv};

/// Go's bound on templates within templates.
const MOST_TEMPLATES: usize = 100_000;

/// The layer of templates that no others can be run among.
static NO_LAYER: LazyLock<Arc<Layer>> = LazyLock::new(Arc::default);

/// Makes the layer of a text that a function wants to be run as a template within a layer.
pub(super) type CompileText<'s> = &'s dyn Fn(&Arc<Layer>, &str, &Text) -> Result<Arc<Layer>>;

/// What runs of the same templates share.
pub(super) struct State<'s> {
    pub(super) options: &'s TemplateOptions,
    pub(super) missing: MissingKey,
    pub(super) meter: Meter,
    pub(super) heap: Heap,
    pub(super) nesting: Nesting,
    /// What the set of templates is called.
    pub(super) root: &'s str,
    /// `None` where no function can ask for it.
    pub(super) compile_text: Option<CompileText<'s>>,
}

/// Runs the first template of `program` with `data` and writes behind what is in `out`; gives the data as the program leaves
/// it, if the program can change it.
///
/// # Errors
/// Go's, and limits.
pub(super) fn run(
    program: &Arc<Program>,
    missing: MissingKey,
    data: &Value,
    options: &TemplateOptions,
    out: &mut Vec<u8>,
) -> Result<Option<Value>> {
    let mut state = State {
        options,
        missing,
        meter: Meter::new(options),
        heap: Heap::new(program.mutates),
        nesting: Nesting::default(),
        root: "",
        compile_text: None,
    };
    let root = Slot::of(state.heap.thaw(data.clone()));
    run_template(&mut state, &NO_LAYER, program, 0, root.clone(), out)?;
    if !program.mutates {
        return Ok(None);
    }
    state.heap.freeze(&root.value, options.limits.depth).map(Some)
}

/// Runs template `template` of `program`, which is one of the programs of `layer`, and writes behind what is in `out`.
///
/// # Errors
/// Go's, and limits.
pub(super) fn run_template(
    state: &mut State<'_>,
    layer: &Arc<Layer>,
    program: &Arc<Program>,
    template: Index,
    data: Slot,
    out: &mut Vec<u8>,
) -> Result<()> {
    let most = out.len().saturating_add(state.options.limits.template_output);
    let mut run = Run {
        program: program.clone(),
        layer: layer.clone(),
        state,
        out,
        most,
        stack: Vec::new(),
        interface: Vec::new(),
        dot: data.clone(),
        data,
        variables: Vec::new(),
        base: 0,
        marks: Vec::new(),
        dots: Vec::new(),
        loops: Vec::new(),
        frames: Vec::new(),
        depth: 0,
        callees: Vec::new(),
        node: NodeId::NONE,
        template,
    };
    run.execute()
}

struct Run<'r, 's> {
    program: Arc<Program>,
    layer: Arc<Layer>,
    state: &'r mut State<'s>,
    out: &'r mut Vec<u8>,
    /// The longest that `out` may become.
    most: usize,
    stack: Vec<Value>,
    /// Beside each value of the stack, whether it stands in a place of type `interface {}`.
    interface: Vec<bool>,
    dot: Slot,
    /// `$`
    data: Slot,
    variables: Vec<(Index, Slot)>,
    /// Where the variables of the template that runs begin.
    base: usize,
    marks: Vec<usize>,
    dots: Vec<Slot>,
    loops: Vec<Loop>,
    frames: Vec<Frame>,
    /// How deep templates are nested since a function entered one.
    depth: usize,
    callees: Vec<Callee>,
    node: NodeId,
    template: Index,
}

/// An iteration, and how many marks, dots and variables there were before it.
struct Loop {
    iteration: Iteration,
    marks: usize,
    dots: usize,
    variables: usize,
}

/// What a template goes back to.
struct Frame {
    place: usize,
    /// Where it is another program than the template's.
    program: Option<Arc<Program>>,
    template: Index,
    data: Slot,
    dot: Slot,
    base: usize,
    depth: usize,
    entered: Option<Box<Entered>>,
}

/// What a template that a function entered goes back to.
struct Entered {
    /// The call, and the function.
    node: NodeId,
    function: &'static str,
    /// The name or text of the template.
    subject: Text,
    failing: Option<Failing>,
    finish: Option<Finish>,
    /// Whether the subject counts as nested.
    counts: bool,
    layer: Arc<Layer>,
    /// Where the output begins.
    from: usize,
}

/// A method whose arguments are being evaluated.
struct Callee {
    object: Arc<dyn Object>,
    signature: Signature,
}

/// Where the run goes on.
enum Next {
    Behind,
    At(Index),
    /// In the program that is now the run's own.
    Program(usize),
    End,
}

impl From<Option<Index>> for Next {
    fn from(to: Option<Index>) -> Self {
        to.map_or(Next::Behind, Next::At)
    }
}

impl Run<'_, '_> {
    fn execute(&mut self) -> Result<()> {
        let start = at(&self.program.templates, self.template).map_or(Index::MAX, |t| t.1);
        let mut start = usize::try_from(start).unwrap_or(usize::MAX);
        loop {
            let program = self.program.clone();
            match self.execute_program(&program, start) {
                Ok(Some(next)) => start = next,
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.unwind(error)),
            }
        }
    }

    /// Runs until the program changes, or to the end.
    fn execute_program(&mut self, program: &Program, start: usize) -> Result<Option<usize>> {
        let mut place = start;
        while let Some(op) = program.ops.get(place) {
            place += 1;
            self.state.meter.steps(1)?;
            match self.step(program, *op, place)? {
                Next::Behind => {}
                Next::At(to) => place = usize::try_from(to).unwrap_or(usize::MAX),
                Next::Program(to) => return Ok(Some(to)),
                Next::End => break,
            }
        }
        Ok(None)
    }

    /// The error as the functions on the way out pass it on.
    fn unwind(&mut self, error: Error) -> Error {
        let passes = matches!(error.kind(), ErrorKind::Limit | ErrorKind::Unsupported | ErrorKind::Internal);
        let mut prefixes = Vec::new();
        while let Some(frame) = self.frames.pop() {
            if let Some(program) = frame.program {
                self.program = program;
            }
            self.template = frame.template;
            let Some(entered) = frame.entered else { continue };
            if entered.counts {
                self.leave_nested(&entered.subject);
            }
            if !passes {
                self.node = entered.node;
                prefixes.extend(entered.failing.map(|failing| failing(&entered.subject)));
                prefixes.push(self.describe(&format!("error calling {}: ", entered.function)));
            }
        }
        let length: usize = prefixes.iter().map(String::len).sum();
        if length > self.state.options.limits.template_output {
            return Error::limit("the error of the template is too long");
        }
        error.wrapped_in(prefixes)
    }

    /// One step; where the run goes on, if not behind it.
    fn step(&mut self, program: &Program, op: Op, next: usize) -> Result<Next> {
        match op {
            Op::Text(text) => {
                let text = at(&program.texts, text).map_or(&[][..], |t| t.as_bytes());
                self.write(text)?;
            }
            Op::PrintPath { path, node } => self.print_path(program, path, node)?,
            Op::Print => {
                let slot = self.pop();
                self.print(&slot.value)?;
            }
            Op::Pop => {
                self.pop();
            }
            Op::At(node) => self.node = node,
            Op::Fail { message, node } => {
                if node != NodeId::NONE {
                    self.node = node;
                }
                return self.fail(at(&program.messages, message).map_or("", String::as_str));
            }
            Op::Const(value) => {
                let value = at(&program.consts, value).cloned().unwrap_or_default();
                let value = self.state.heap.thaw(value);
                self.push(Slot::of(value));
            }
            Op::Dot => self.push(self.dot.clone()),
            Op::DotPath { path, node } => {
                self.node = node;
                let slot = self.path(program, None, path)?;
                self.push(slot);
            }
            Op::Variable { name, path, node } => {
                self.node = node;
                let slot = self.variable(name)?;
                let slot = self.path(program, Some(slot), path)?;
                self.push(slot);
            }
            Op::Path(path) => {
                let slot = self.pop();
                let slot = self.path(program, Some(slot), path)?;
                self.push(slot);
            }
            Op::Method { site } => return Ok(self.method(program, site)?.into()),
            Op::CallMethod { site } => self.call_method(program, site)?,
            Op::MethodArg(at) => {
                let of = self.callees.last().map_or(GoType::Any, |c| parameter(&c.signature, at));
                self.check(of)?;
            }
            Op::MethodConst { argument, node } => self.method_const(program, argument, node)?,
            Op::Check(of) => self.check(of)?,
            Op::Final { count, of } => {
                let from = self.stack.len().saturating_sub(usize::try_from(count).unwrap_or(0) + 1);
                if let (Some(values), Some(flags)) =
                    (self.stack.get_mut(from..), self.interface.get_mut(from..))
                {
                    values.rotate_left(1);
                    flags.rotate_left(1);
                }
                if let Some(of) = of {
                    self.check(of)?;
                }
            }
            Op::Shortcut { stop, has_final, end } => return Ok(self.shortcut(stop, has_final, end).into()),
            Op::Call { function, count, node } => {
                if let Some(function) = at(&program.functions, function) {
                    return self.call(program, function, count, node, next);
                }
            }
            Op::Builtin { builtin, count, node } => self.builtin(builtin, count, node)?,
            Op::Unwrap => {
                if let Some(flag) = self.interface.last_mut() {
                    *flag = false;
                }
            }
            Op::Declare(name) => {
                let slot = self.top();
                self.variables.push((name, slot));
            }
            Op::Assign(name) => {
                let slot = self.top();
                self.assign(name, slot)?;
            }
            Op::Mark => self.marks.push(self.variables.len()),
            Op::Release => {
                let mark = self.marks.pop().unwrap_or(self.base);
                self.variables.truncate(mark);
            }
            Op::Jump(to) => return Ok(Next::At(to)),
            Op::Unless(to) => {
                let slot = self.pop();
                return Ok((!is_true(&slot.value, &self.state.heap)).then_some(to).into());
            }
            Op::With(to) => {
                let slot = self.pop();
                if !is_true(&slot.value, &self.state.heap) {
                    return Ok(Next::At(to));
                }
                self.dots.push(std::mem::replace(&mut self.dot, slot));
            }
            Op::EndWith => self.dot = self.dots.pop().unwrap_or_default(),
            Op::Range { spec, otherwise } => return Ok(self.range(program, spec, otherwise)?.into()),
            Op::Next { spec, end } => return Ok(self.next(program, spec, end)?.into()),
            Op::Break(end) => {
                self.end_loop();
                return Ok(Next::At(end));
            }
            Op::Continue(to) => return Ok(Next::At(to)),
            Op::CheckDepth { node } => {
                self.node = node;
                if self.depth >= MOST_TEMPLATES {
                    return self.fail(&format!("exceeded maximum template depth ({MOST_TEMPLATES})"));
                }
                if self.frames.len() >= self.state.options.limits.template_depth {
                    return Err(Error::limit("templates are nested too deep"));
                }
            }
            Op::Template(template) => return Ok(self.enter_template(program, template, next)),
            Op::CheckName { name, node } => {
                let name = at(&program.texts, name).map_or("", |n| &**n);
                if self.layer.find(name).is_none() {
                    self.node = node;
                    return self.fail(&format!("template {} not defined", strconv::quote(name.as_bytes())));
                }
            }
            Op::TemplateNamed(name) => {
                let name = at(&program.texts, name).map_or("", |n| &**n);
                return Ok(self.enter_named(name, next));
            }
            Op::Return => return self.leave(),
        }
        Ok(Next::Behind)
    }

    fn push(&mut self, slot: Slot) {
        self.stack.push(slot.value);
        self.interface.push(slot.interface);
    }

    fn pop(&mut self) -> Slot {
        Slot {
            value: self.stack.pop().unwrap_or_default(),
            interface: self.interface.pop().unwrap_or_default(),
        }
    }

    fn top(&self) -> Slot {
        Slot {
            value: self.stack.last().cloned().unwrap_or_default(),
            interface: self.interface.last().copied().unwrap_or_default(),
        }
    }

    /// The error of the run at the current node.
    fn fail<T>(&self, message: &str) -> Result<T> {
        Err(Error::invalid(self.describe(message)))
    }

    /// The error of a function at the current node.
    fn fail_calling<T>(&self, function: &str, text: String) -> Result<T> {
        Err(Error::invalid(text).wrapped(&self.describe(&format!("error calling {function}: "))))
    }

    fn describe(&self, message: &str) -> String {
        let name = at(&self.program.templates, self.template).map_or("", |t| &*t.0);
        let ast = &self.program.ast;
        format!(
            "template: {}: executing {} at <{}>: {message}",
            ast.location(self.node),
            strconv::quote(name.as_bytes()),
            ast.describe(self.node)
        )
    }

    fn write(&mut self, text: &[u8]) -> Result<()> {
        if text.len() > self.most.saturating_sub(self.out.len()) {
            return Err(Error::limit("the output of the template is too long"));
        }
        self.out.extend_from_slice(text);
        Ok(())
    }

    fn print(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Null => self.write(b"<no value>"),
            Value::String(text) => self.write(text.as_bytes()),
            Value::Handle(_) => {
                let frozen = self.state.heap.freeze(value, self.state.options.limits.depth)?;
                fmt::append(self.out, &[frozen], self.most)
            }
            other => fmt::append(self.out, std::slice::from_ref(other), self.most),
        }
    }

    fn print_path(&mut self, program: &Program, path: Index, node: NodeId) -> Result<()> {
        let fields = at(&program.paths, path).map_or(&[][..], Vec::as_slice);
        if let Ok((value, _)) = walk(&self.dot.value, self.dot.interface, fields) {
            // The usual case, without touching a reference count.
            match value {
                Value::String(text) => {
                    let text = text.as_bytes();
                    if text.len() > self.most.saturating_sub(self.out.len()) {
                        return Err(Error::limit("the output of the template is too long"));
                    }
                    self.out.extend_from_slice(text);
                    return Ok(());
                }
                Value::Null | Value::Handle(_) => {}
                other => return fmt::append(self.out, std::slice::from_ref(other), self.most),
            }
        }
        self.node = node;
        let slot = self.path(program, None, path)?;
        self.print(&slot.value)
    }

    /// Fields of a value, or of dot.
    fn path(&mut self, program: &Program, from: Option<Slot>, path: Index) -> Result<Slot> {
        let fields = at(&program.paths, path).map_or(&[][..], Vec::as_slice);
        let start = from.as_ref().unwrap_or(&self.dot);
        let (mut slot, rest) = match walk(&start.value, start.interface, fields) {
            Ok((value, interface)) => return Ok(Slot { value: value.clone(), interface }),
            Err((value, interface, at)) => {
                (Slot { value: value.clone(), interface }, fields.get(at..).unwrap_or_default())
            }
        };
        let depth = self.state.options.limits.depth;
        for name in rest {
            slot = match field(&mut self.state.heap, &slot, name, false, self.state.missing, depth) {
                Ok(Field::Value(slot)) => slot,
                Ok(Field::Method(receiver)) => self.call_without_arguments(&*receiver, name)?,
                Err(message) => return self.fail(&message),
            };
        }
        Ok(slot)
    }

    fn call_without_arguments(&mut self, object: &dyn Object, name: &str) -> Result<Slot> {
        let Some(signature) = object.method(name) else { return Ok(Slot::default()) };
        if let Some(message) = wrong_count(name, &signature, 0, 0) {
            return self.fail(&message);
        }
        match object.call(name, &[]) {
            Ok(value) => Ok(self.result(value, signature.result)),
            Err(text) => self.fail_calling(name, text),
        }
    }

    fn result(&mut self, value: Value, of: GoType) -> Slot {
        let value = self.state.heap.thaw(value);
        Slot { value, interface: of == GoType::Any }
    }

    fn variable(&mut self, name: Index) -> Result<Slot> {
        let known = self.variables.get(self.base..).unwrap_or_default();
        let found = known.iter().rposition(|(n, _)| *n == name);
        // Long searches cost.
        let searched = known.len() - found.unwrap_or(0);
        self.state.meter.steps(u64::try_from(searched / 16).unwrap_or(0))?;
        match found.and_then(|at| known.get(at)) {
            Some((_, slot)) => Ok(slot.clone()),
            None if name == 0 => Ok(self.data.clone()),
            None => self.undefined(name),
        }
    }

    fn assign(&mut self, name: Index, slot: Slot) -> Result<()> {
        let base = self.base;
        let known = self.variables.get_mut(base..).unwrap_or_default();
        let searched = known.len();
        match known.iter_mut().rev().find(|(n, _)| *n == name) {
            Some((_, place)) => *place = slot,
            None if name == 0 => self.data = slot,
            None => return self.undefined(name),
        }
        self.state.meter.steps(u64::try_from(searched / 16).unwrap_or(0))
    }

    fn undefined<T>(&self, name: Index) -> Result<T> {
        let name = at(&self.program.variables, name).map_or("", |n| &**n);
        self.fail(&format!("undefined variable: {name}"))
    }

    fn check(&mut self, of: GoType) -> Result<()> {
        let slot = self.pop();
        match validate(slot, of, &self.state.heap) {
            Ok(slot) => {
                // A nil that became a nil map of the type is new to the heap.
                let value = self.state.heap.thaw(slot.value);
                self.push(Slot { value, ..slot });
                Ok(())
            }
            Err(message) => self.fail(&message),
        }
    }

    fn shortcut(&mut self, stop: bool, has_final: bool, end: Index) -> Option<Index> {
        let slot = self.pop();
        if is_true(&slot.value, &self.state.heap) != stop {
            return None;
        }
        if has_final {
            self.pop();
        }
        self.push(slot);
        Some(end)
    }

    fn method(&mut self, program: &Program, site: Index) -> Result<Option<Index>> {
        let Some(site) = at(&program.sites, site) else { return Ok(None) };
        let receiver = self.pop();
        let depth = self.state.options.limits.depth;
        match field(&mut self.state.heap, &receiver, &site.name, true, self.state.missing, depth) {
            Ok(Field::Value(slot)) => {
                // Nothing at all: Go does not even look at the arguments.
                if site.has_final {
                    self.pop();
                }
                self.push(slot);
                Ok(Some(site.end))
            }
            Ok(Field::Method(receiver)) => self.begin_method(site, receiver),
            Err(message) => self.fail(&message),
        }
    }

    fn begin_method(&mut self, site: &CallSite, object: Arc<dyn Object>) -> Result<Option<Index>> {
        let Some(signature) = object.method(&site.name) else { return Ok(None) };
        if let Some(message) = wrong_count(&site.name, &signature, site.written, usize::from(site.has_final))
        {
            return self.fail(&message);
        }
        self.callees.push(Callee { object, signature });
        Ok(None)
    }

    fn call_method(&mut self, program: &Program, site: Index) -> Result<()> {
        let (Some(site), Some(callee)) = (at(&program.sites, site), self.callees.pop()) else {
            return Ok(());
        };
        let from = self.stack.len().saturating_sub(site.written + usize::from(site.has_final));
        self.freeze_from(from)?;
        let answer = callee.object.call(&site.name, self.stack.get(from..).unwrap_or_default());
        self.stack.truncate(from);
        self.interface.truncate(from);
        match answer {
            Ok(value) => {
                let slot = self.result(value, callee.signature.result);
                self.push(slot);
                Ok(())
            }
            Err(text) => {
                self.node = site.node;
                self.fail_calling(&site.name, text)
            }
        }
    }

    fn method_const(&mut self, program: &Program, argument: Index, node: NodeId) -> Result<()> {
        self.node = node;
        let of = self.callees.last().map_or(GoType::Any, |c| parameter(&c.signature, argument));
        match constant(&program.ast, node, of) {
            Constant::Value(value) => {
                self.push(Slot::of(value));
                Ok(())
            }
            Constant::Wrong(message) => self.fail(&message),
            Constant::None => self.fail("no constant"),
        }
    }

    /// Freezes the values of the stack from `from` on.
    fn freeze_from(&mut self, from: usize) -> Result<()> {
        if self.state.heap.active {
            for place in self.stack.get_mut(from..).unwrap_or_default() {
                if matches!(place, Value::Handle(_)) {
                    *place = self.state.heap.freeze(place, self.state.options.limits.depth)?;
                }
            }
        }
        Ok(())
    }

    /// Makes the values of the stack from `from` on what a function gets of them.
    fn pass_from(&mut self, from: usize) {
        for place in self.stack.get_mut(from..).unwrap_or_default() {
            if let Value::Object(object) = place
                && let Some(passed) = object.passed()
            {
                *place = passed;
            }
        }
    }

    /// Charges a call for what functions mostly do with their arguments, the values of the stack from `from` on: to look at
    /// each item and byte once; and for what was frozen and thawed meanwhile.
    fn charge(&mut self, from: usize) -> Result<()> {
        let mut steps = self.state.heap.take_copied();
        for value in self.stack.get(from..).unwrap_or_default() {
            steps += match value {
                Value::String(text) => text.len() / 256,
                Value::List(list) => list.len() / 16,
                Value::Map(map) => map.len() / 16,
                _ => 0,
            };
        }
        self.state.meter.steps(u64::try_from(steps).unwrap_or(u64::MAX))
    }

    fn call(
        &mut self,
        program: &Program,
        function: &Function,
        count: Index,
        node: NodeId,
        next: usize,
    ) -> Result<Next> {
        let from = self.stack.len().saturating_sub(usize::try_from(count).unwrap_or(0));
        if function.access == Access::Reads {
            self.freeze_from(from)?;
        }
        self.pass_from(from);
        self.charge(from)?;
        let mut call = Call {
            heap: &mut self.state.heap,
            meter: &mut self.state.meter,
            nesting: &self.state.nesting,
            patterns: &program.patterns,
            options: self.state.options,
        };
        let answer = (function.body)(&mut call, self.stack.get(from..).unwrap_or_default());
        self.stack.truncate(from);
        self.interface.truncate(from);
        match answer {
            Ok(value) => {
                let slot = self.result(value, function.result);
                self.push(slot);
                Ok(Next::Behind)
            }
            Err(FnError::Message(text)) => {
                self.node = node;
                self.fail_calling(function.name, text)
            }
            Err(FnError::Abort(error)) => Err(error),
            Err(FnError::Enter(entry)) => self.enter_entry(*entry, function.name, node, next),
        }
    }

    fn builtin(&mut self, builtin: super::program::Builtin, count: Index, node: NodeId) -> Result<()> {
        use super::program::Builtin;
        let callee = if builtin == Builtin::Call { self.pop().value } else { Value::Null };
        let from = self.stack.len().saturating_sub(usize::try_from(count).unwrap_or(0));
        if builtins::only_reads(builtin) {
            self.freeze_from(from)?;
            self.pass_from(from);
        }
        self.charge(from)?;
        let slots: Vec<Slot> = match builtins::wants_slots(builtin) {
            true => {
                let values = self.stack.drain(from..);
                let flags = self.interface.drain(from..);
                values.zip(flags).map(|(value, interface)| Slot { value, interface }).collect()
            }
            false => Vec::new(),
        };
        let answer = if builtins::wants_slots(builtin) {
            builtins::of_slots(
                builtin,
                &slots,
                &callee,
                &mut self.state.heap,
                self.state.options.limits.depth,
            )
        } else {
            let args = self.stack.get(from..).unwrap_or_default();
            builtins::of_values(builtin, args, &mut self.state.meter).map(Slot::of)
        };
        self.stack.truncate(from);
        self.interface.truncate(from);
        match answer {
            Ok(slot) => {
                let value = self.state.heap.thaw(slot.value);
                self.push(Slot { value, interface: slot.interface });
                Ok(())
            }
            Err(FnError::Message(text)) => {
                self.node = node;
                self.fail_calling(builtins::name(builtin), text)
            }
            Err(FnError::Abort(error)) => Err(error),
            Err(FnError::Enter(_)) => Ok(()),
        }
    }

    fn range(&mut self, program: &Program, spec: Index, otherwise: Index) -> Result<Option<Index>> {
        let slot = self.pop();
        let spec = at(&program.ranges, spec).copied().unwrap_or_default();
        let iteration = match iterate(&mut self.state.heap, &slot.value, spec.second.is_some()) {
            Ok(Some(iteration)) => iteration,
            Ok(None) => return Ok(Some(otherwise)),
            Err(before) => {
                let frozen = self.state.heap.freeze(&slot.value, self.state.options.limits.depth)?;
                return self.fail(&before.replace("{}", &fmt::display(&frozen)));
            }
        };
        self.loops.push(Loop {
            iteration,
            marks: self.marks.len(),
            dots: self.dots.len(),
            variables: self.variables.len(),
        });
        self.dots.push(self.dot.clone());
        Ok(None)
    }

    fn next(&mut self, program: &Program, spec: Index, end: Index) -> Result<Option<Index>> {
        let Some(current) = self.loops.last_mut() else { return Ok(Some(end)) };
        let (marks, dots, variables) = (current.marks, current.dots, current.variables);
        self.marks.truncate(marks);
        self.dots.truncate(dots + 1);
        self.variables.truncate(variables);
        let Some((key, element)) = current.iteration.next(&mut self.state.heap) else {
            self.end_loop();
            return Ok(Some(end));
        };
        let spec = at(&program.ranges, spec).copied().unwrap_or_default();
        self.set_range_variables(spec, key, &element)?;
        self.dot = element;
        Ok(None)
    }

    fn set_range_variables(&mut self, spec: RangeSpec, key: Slot, element: &Slot) -> Result<()> {
        let Some(first) = spec.first else { return Ok(()) };
        if spec.assigns {
            match spec.second {
                Some(second) => {
                    self.assign(first, key)?;
                    self.assign(second, element.clone())?;
                }
                None => self.assign(first, element.clone())?,
            }
            return Ok(());
        }
        let top = self.variables.len();
        let mut set = |below: usize, slot: Slot| {
            if let Some(place) = top.checked_sub(below).and_then(|at| self.variables.get_mut(at)) {
                place.1 = slot;
            }
        };
        set(1, element.clone());
        if spec.second.is_some() {
            set(2, key);
        }
        Ok(())
    }

    fn end_loop(&mut self) {
        if let Some(ended) = self.loops.pop() {
            self.marks.truncate(ended.marks);
            self.dots.truncate(ended.dots + 1);
            self.dot = self.dots.pop().unwrap_or_default();
        }
    }

    /// Runs the template that the program calls by its place; where templates were defined meanwhile, by its name.
    fn enter_template(&mut self, program: &Program, template: Index, next: usize) -> Next {
        if !self.layer.is_plain()
            && let Some((name, _)) = at(&program.templates, template)
        {
            return self.enter_named(name, next);
        }
        let argument = self.pop();
        self.enter(None, template, argument, next, None)
    }

    fn enter_named(&mut self, name: &str, next: usize) -> Next {
        let argument = self.pop();
        let layer = self.layer.clone();
        let Some((program, template)) = layer.find(name) else { return Next::End };
        self.enter(Some(program.clone()), template, argument, next, None)
    }

    /// Runs a template that a function asks for; its output will be the result of the call.
    fn enter_entry(
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
                *self.state.nesting.entry(name.clone()).or_default() += 1;
                (program.clone(), template, name.clone(), true)
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

    fn leave(&mut self) -> Result<Next> {
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
            self.leave_nested(&entered.subject);
        }
        self.layer = entered.layer;
        self.node = entered.node;
        let output = self.out.split_off(entered.from.min(self.out.len()));
        self.state.meter.build(output.len())?;
        let output = match entered.finish {
            Some(finish) => finish(output),
            None => output,
        };
        self.push(Slot::of(Value::String(Text::from(output))));
        Ok(())
    }

    fn leave_nested(&mut self, name: &Text) {
        if let Some(count) = self.state.nesting.get_mut(name) {
            *count = count.saturating_sub(1);
        }
    }
}

fn parameter(signature: &Signature, argument: Index) -> GoType {
    at(signature.params, argument).or(signature.params.last()).copied().unwrap_or(GoType::Any)
}

fn wrong_count(name: &str, signature: &Signature, written: usize, finals: usize) -> Option<String> {
    let (given, wanted) = (written + finals, signature.params.len());
    if signature.variadic {
        let fixed = wanted.saturating_sub(1);
        return (given < fixed)
            .then(|| format!("wrong number of args for {name}: want at least {fixed} got {written}"));
    }
    (given != wanted).then(|| format!("wrong number of args for {name}: want {wanted} got {given}"))
}
