//! Runs a [`Program`].

use super::arguments::{Constant, constant, validate};
use super::ast::NodeId;
use super::builtins;
use super::fields::{Field, field, is_true, walk};
use super::function::{Access, Call, FnError, Function, Meter};
use super::heap::Heap;
use super::iterate::{Iteration, iterate};
use super::options::{MissingKey, TemplateOptions};
use super::program::{CallSite, Index, Op, Program, RangeSpec, Slot, at};
use crate::value::{GoType, Object, Signature};
use crate::{Error, Result, Value, fmt, strconv};

/// Go's bound on templates within templates.
const MOST_TEMPLATES: usize = 100_000;

/// Runs `program` with `data` and writes behind what is in `out`.
///
/// # Errors
/// Go's, and limits.
pub(super) fn run(
    program: &Program,
    missing: MissingKey,
    data: &Value,
    options: &TemplateOptions,
    out: &mut Vec<u8>,
) -> Result<Option<Value>> {
    let mut heap = Heap::new(program.mutates);
    let root = Slot::of(heap.thaw(data.clone()));
    let most = out.len().saturating_add(options.limits.template_output);
    let mut run = Run {
        program,
        missing,
        options,
        meter: Meter::new(options),
        heap,
        out,
        most,
        stack: Vec::new(),
        interface: Vec::new(),
        dot: root.clone(),
        data: root.clone(),
        variables: Vec::new(),
        base: 0,
        marks: Vec::new(),
        dots: Vec::new(),
        loops: Vec::new(),
        frames: Vec::new(),
        callees: Vec::new(),
        node: NodeId::NONE,
        template: 0,
    };
    run.execute()?;
    if !program.mutates {
        return Ok(None);
    }
    run.heap.freeze(&root.value, options.limits.depth).map(Some)
}

struct Run<'p> {
    program: &'p Program,
    missing: MissingKey,
    options: &'p TemplateOptions,
    meter: Meter,
    heap: Heap,
    out: &'p mut Vec<u8>,
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
    template: Index,
    data: Slot,
    dot: Slot,
    base: usize,
}

/// A method whose arguments are being evaluated.
struct Callee {
    object: std::sync::Arc<dyn Object>,
    signature: Signature,
}

impl Run<'_> {
    fn execute(&mut self) -> Result<()> {
        let program = self.program;
        let mut place = 0usize;
        while let Some(op) = program.ops.get(place) {
            place += 1;
            self.meter.steps(1)?;
            if let Some(to) = self.step(*op, place)? {
                place = usize::try_from(to).unwrap_or(usize::MAX);
            }
        }
        Ok(())
    }

    /// One step; where the run goes on, if not behind it.
    fn step(&mut self, op: Op, next: usize) -> Result<Option<Index>> {
        match op {
            Op::Text(text) => {
                let text = at(&self.program.texts, text).map_or(&[][..], |t| t.as_bytes());
                self.write(text)?;
            }
            Op::PrintPath { path, node } => self.print_path(path, node)?,
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
                return self.fail(at(&self.program.messages, message).map_or("", String::as_str));
            }
            Op::Const(value) => {
                let value = at(&self.program.consts, value).cloned().unwrap_or_default();
                let value = self.heap.thaw(value);
                self.push(Slot::of(value));
            }
            Op::Dot => self.push(self.dot.clone()),
            Op::DotPath { path, node } => {
                self.node = node;
                let slot = self.path(None, path)?;
                self.push(slot);
            }
            Op::Variable { name, path, node } => {
                self.node = node;
                let slot = self.variable(name)?;
                let slot = self.path(Some(slot), path)?;
                self.push(slot);
            }
            Op::Path(path) => {
                let slot = self.pop();
                let slot = self.path(Some(slot), path)?;
                self.push(slot);
            }
            Op::Method { site } => return self.method(site),
            Op::CallMethod { site } => self.call_method(site)?,
            Op::MethodArg(at) => {
                let of = self.callees.last().map_or(GoType::Any, |c| parameter(&c.signature, at));
                self.check(of)?;
            }
            Op::MethodConst { argument, node } => self.method_const(argument, node)?,
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
            Op::Shortcut { stop, has_final, end } => return Ok(self.shortcut(stop, has_final, end)),
            Op::Call { function, count, node } => {
                if let Some(function) = at(&self.program.functions, function) {
                    self.call(function, count, node)?;
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
            Op::Jump(to) => return Ok(Some(to)),
            Op::Unless(to) => {
                let slot = self.pop();
                return Ok((!is_true(&slot.value, &self.heap)).then_some(to));
            }
            Op::With(to) => {
                let slot = self.pop();
                if !is_true(&slot.value, &self.heap) {
                    return Ok(Some(to));
                }
                self.dots.push(std::mem::replace(&mut self.dot, slot));
            }
            Op::EndWith => self.dot = self.dots.pop().unwrap_or_default(),
            Op::Range { spec, otherwise } => return self.range(spec, otherwise),
            Op::Next { spec, end } => return self.next(spec, end),
            Op::Break(end) => {
                self.end_loop();
                return Ok(Some(end));
            }
            Op::Continue(to) => return Ok(Some(to)),
            Op::CheckDepth { node } => {
                self.node = node;
                if self.frames.len() >= MOST_TEMPLATES {
                    return self.fail(&format!("exceeded maximum template depth ({MOST_TEMPLATES})"));
                }
                if self.frames.len() >= self.options.limits.template_depth {
                    return Err(Error::limit("templates are nested too deep"));
                }
            }
            Op::Template(template) => return Ok(self.enter(template, next)),
            Op::Return => return Ok(Some(self.leave())),
        }
        Ok(None)
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
        let name = at(&self.program.templates, self.template).map_or("", |t| &*t.0);
        let ast = &self.program.ast;
        Err(Error::invalid(format!(
            "template: {}: executing {} at <{}>: {message}",
            ast.location(self.node),
            strconv::quote(name.as_bytes()),
            ast.describe(self.node)
        )))
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
                let frozen = self.heap.freeze(value, self.options.limits.depth)?;
                fmt::append(self.out, &[frozen], self.most)
            }
            other => fmt::append(self.out, std::slice::from_ref(other), self.most),
        }
    }

    fn print_path(&mut self, path: Index, node: NodeId) -> Result<()> {
        let fields = at(&self.program.paths, path).map_or(&[][..], Vec::as_slice);
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
        let slot = self.path(None, path)?;
        self.print(&slot.value)
    }

    /// Fields of a value, or of dot.
    fn path(&mut self, from: Option<Slot>, path: Index) -> Result<Slot> {
        let fields = at(&self.program.paths, path).map_or(&[][..], Vec::as_slice);
        let start = from.as_ref().unwrap_or(&self.dot);
        let (mut slot, rest) = match walk(&start.value, start.interface, fields) {
            Ok((value, interface)) => return Ok(Slot { value: value.clone(), interface }),
            Err((value, interface, at)) => {
                (Slot { value: value.clone(), interface }, fields.get(at..).unwrap_or_default())
            }
        };
        for name in rest {
            slot = match field(&mut self.heap, &slot, name, false, self.missing) {
                Ok(Field::Value(slot)) => slot,
                Ok(Field::Method) => self.call_without_arguments(&slot, name)?,
                Err(message) => return self.fail(&message),
            };
        }
        Ok(slot)
    }

    fn call_without_arguments(&mut self, receiver: &Slot, name: &str) -> Result<Slot> {
        let Value::Object(object) = &receiver.value else { return Ok(Slot::default()) };
        let Some(signature) = object.method(name) else { return Ok(Slot::default()) };
        if let Some(message) = wrong_count(name, &signature, 0, 0) {
            return self.fail(&message);
        }
        match object.call(name, &[]) {
            Ok(value) => Ok(self.result(value, signature.result)),
            Err(text) => self.fail(&format!("error calling {name}: {text}")),
        }
    }

    fn result(&mut self, value: Value, of: GoType) -> Slot {
        let value = self.heap.thaw(value);
        Slot { value, interface: of == GoType::Any }
    }

    fn variable(&mut self, name: Index) -> Result<Slot> {
        let known = self.variables.get(self.base..).unwrap_or_default();
        let found = known.iter().rposition(|(n, _)| *n == name);
        // Long searches cost.
        let searched = known.len() - found.unwrap_or(0);
        self.meter.steps(u64::try_from(searched / 16).unwrap_or(0))?;
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
        self.meter.steps(u64::try_from(searched / 16).unwrap_or(0))
    }

    fn undefined<T>(&self, name: Index) -> Result<T> {
        let name = at(&self.program.variables, name).map_or("", |n| &**n);
        self.fail(&format!("undefined variable: {name}"))
    }

    fn check(&mut self, of: GoType) -> Result<()> {
        let slot = self.pop();
        match validate(slot, of, &self.heap) {
            Ok(slot) => {
                // A nil that became a nil map of the type is new to the heap.
                let value = self.heap.thaw(slot.value);
                self.push(Slot { value, ..slot });
                Ok(())
            }
            Err(message) => self.fail(&message),
        }
    }

    fn shortcut(&mut self, stop: bool, has_final: bool, end: Index) -> Option<Index> {
        let slot = self.pop();
        if is_true(&slot.value, &self.heap) != stop {
            return None;
        }
        if has_final {
            self.pop();
        }
        self.push(slot);
        Some(end)
    }

    fn method(&mut self, site: Index) -> Result<Option<Index>> {
        let Some(site) = at(&self.program.sites, site) else { return Ok(None) };
        let receiver = self.pop();
        match field(&mut self.heap, &receiver, &site.name, true, self.missing) {
            Ok(Field::Value(slot)) => {
                // Nothing at all: Go does not even look at the arguments.
                if site.has_final {
                    self.pop();
                }
                self.push(slot);
                Ok(Some(site.end))
            }
            Ok(Field::Method) => self.begin_method(site, &receiver),
            Err(message) => self.fail(&message),
        }
    }

    fn begin_method(&mut self, site: &CallSite, receiver: &Slot) -> Result<Option<Index>> {
        let Value::Object(object) = &receiver.value else { return Ok(None) };
        let Some(signature) = object.method(&site.name) else { return Ok(None) };
        if let Some(message) = wrong_count(&site.name, &signature, site.written, usize::from(site.has_final))
        {
            return self.fail(&message);
        }
        self.callees.push(Callee { object: object.clone(), signature });
        Ok(None)
    }

    fn call_method(&mut self, site: Index) -> Result<()> {
        let (Some(site), Some(callee)) = (at(&self.program.sites, site), self.callees.pop()) else {
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
                self.fail(&format!("error calling {}: {text}", site.name))
            }
        }
    }

    fn method_const(&mut self, argument: Index, node: NodeId) -> Result<()> {
        self.node = node;
        let of = self.callees.last().map_or(GoType::Any, |c| parameter(&c.signature, argument));
        match constant(&self.program.ast, node, of) {
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
        if self.heap.active {
            for place in self.stack.get_mut(from..).unwrap_or_default() {
                if matches!(place, Value::Handle(_)) {
                    *place = self.heap.freeze(place, self.options.limits.depth)?;
                }
            }
        }
        Ok(())
    }

    /// Charges a call for what functions mostly do with their arguments, the values of the stack from `from` on: to look at
    /// each item and byte once; and for what was frozen and thawed meanwhile.
    fn charge(&mut self, from: usize) -> Result<()> {
        let mut steps = self.heap.take_copied();
        for value in self.stack.get(from..).unwrap_or_default() {
            steps += match value {
                Value::String(text) => text.len() / 256,
                Value::List(list) => list.len() / 16,
                Value::Map(map) => map.len() / 16,
                _ => 0,
            };
        }
        self.meter.steps(u64::try_from(steps).unwrap_or(u64::MAX))
    }

    fn call(&mut self, function: &Function, count: Index, node: NodeId) -> Result<()> {
        let from = self.stack.len().saturating_sub(usize::try_from(count).unwrap_or(0));
        if function.access == Access::Reads {
            self.freeze_from(from)?;
        }
        self.charge(from)?;
        let mut call = Call {
            heap: &mut self.heap,
            meter: &mut self.meter,
            patterns: &self.program.patterns,
            options: self.options,
        };
        let answer = (function.body)(&mut call, self.stack.get(from..).unwrap_or_default());
        self.stack.truncate(from);
        self.interface.truncate(from);
        match answer {
            Ok(value) => {
                let slot = self.result(value, function.result);
                self.push(slot);
                Ok(())
            }
            Err(FnError::Message(text)) => {
                self.node = node;
                self.fail(&format!("error calling {}: {text}", function.name))
            }
            Err(FnError::Abort(error)) => Err(error),
        }
    }

    fn builtin(&mut self, builtin: super::program::Builtin, count: Index, node: NodeId) -> Result<()> {
        use super::program::Builtin;
        let callee = if builtin == Builtin::Call { self.pop().value } else { Value::Null };
        let from = self.stack.len().saturating_sub(usize::try_from(count).unwrap_or(0));
        if builtins::only_reads(builtin) {
            self.freeze_from(from)?;
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
            builtins::of_slots(builtin, &slots, &callee, &mut self.heap, self.options.limits.depth)
        } else {
            let args = self.stack.get(from..).unwrap_or_default();
            builtins::of_values(builtin, args, &mut self.meter).map(Slot::of)
        };
        self.stack.truncate(from);
        self.interface.truncate(from);
        match answer {
            Ok(slot) => {
                let value = self.heap.thaw(slot.value);
                self.push(Slot { value, interface: slot.interface });
                Ok(())
            }
            Err(FnError::Message(text)) => {
                self.node = node;
                self.fail(&format!("error calling {}: {text}", builtins::name(builtin)))
            }
            Err(FnError::Abort(error)) => Err(error),
        }
    }

    fn range(&mut self, spec: Index, otherwise: Index) -> Result<Option<Index>> {
        let slot = self.pop();
        let spec = at(&self.program.ranges, spec).copied().unwrap_or_default();
        let iteration = match iterate(&mut self.heap, &slot.value, spec.second.is_some()) {
            Ok(Some(iteration)) => iteration,
            Ok(None) => return Ok(Some(otherwise)),
            Err(before) => {
                let frozen = self.heap.freeze(&slot.value, self.options.limits.depth)?;
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

    fn next(&mut self, spec: Index, end: Index) -> Result<Option<Index>> {
        let Some(current) = self.loops.last_mut() else { return Ok(Some(end)) };
        let (marks, dots, variables) = (current.marks, current.dots, current.variables);
        self.marks.truncate(marks);
        self.dots.truncate(dots + 1);
        self.variables.truncate(variables);
        let Some((key, element)) = current.iteration.next(&mut self.heap) else {
            self.end_loop();
            return Ok(Some(end));
        };
        let spec = at(&self.program.ranges, spec).copied().unwrap_or_default();
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

    fn enter(&mut self, template: Index, place: usize) -> Option<Index> {
        let argument = self.pop();
        let start = at(&self.program.templates, template)?.1;
        self.frames.push(Frame {
            place,
            template: std::mem::replace(&mut self.template, template),
            data: std::mem::replace(&mut self.data, argument.clone()),
            dot: std::mem::replace(&mut self.dot, argument),
            base: std::mem::replace(&mut self.base, self.variables.len()),
        });
        Some(start)
    }

    fn leave(&mut self) -> Index {
        let Some(frame) = self.frames.pop() else { return Index::MAX };
        self.variables.truncate(self.base);
        self.base = frame.base;
        self.template = frame.template;
        self.data = frame.data;
        self.dot = frame.dot;
        Index::try_from(frame.place).unwrap_or(Index::MAX)
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
