//! What a template is compiled to: a flat list of small steps for a machine with a stack of values.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use foldhash::fast::RandomState;

use super::ast::{Ast, NodeId};
use super::function::Function;
use super::patterns::Patterns;
use crate::Value;
use crate::value::GoType;

/// An index into one of the tables of a [`Program`], or the place of an [`Op`].
pub(super) type Index = u32;

/// One step. A `node` is what Go's interpreter notes as the current node, for the errors of this and later steps.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    /// Writes a text.
    Text(Index),
    /// Writes the fields of dot: `{{ .a.b }}`.
    PrintPath { path: Index, node: NodeId },
    /// Pops a value and writes it.
    Print,
    /// Pops a value.
    Pop,
    /// Notes the current node.
    At(NodeId),
    /// Fails; the node stays as it is if it is none.
    Fail { message: Index, node: NodeId },
    /// Pushes a constant.
    Const(Index),
    /// Pushes dot.
    Dot,
    /// Pushes fields of dot.
    DotPath { path: Index, node: NodeId },
    /// Pushes a variable, or fields of it.
    Variable { name: Index, path: Index, node: NodeId },
    /// Replaces the value on top by fields of it.
    Path(Index),
    /// Begins the call of a method with arguments, or fails; see [`CallSite`].
    Method { site: Index },
    /// Calls the method whose arguments are on the stack.
    CallMethod { site: Index },
    /// Makes the value on top an argument of the method that is being called.
    MethodArg(Index),
    /// Pushes a constant as argument of the method that is being called.
    MethodConst { argument: Index, node: NodeId },
    /// Makes the value on top an argument of this type.
    Check(GoType),
    /// Moves the value below `count` arguments to the top, as argument of this type if there is one.
    Final { count: Index, of: Option<GoType> },
    /// Behind an argument of `and` (`stop` false) or `or` (`stop` true) that is not the last: ends there if its truth is `stop`.
    Shortcut { stop: bool, has_final: bool, end: Index },
    /// Calls a function with the topmost `count` values.
    Call { function: Index, count: Index, node: NodeId },
    /// Calls a builtin with the topmost `count` values.
    Builtin { builtin: Builtin, count: Index, node: NodeId },
    /// The value on top forgets that it stood in a place of type `interface {}`.
    Unwrap,
    /// Declares a variable with the value on top.
    Declare(Index),
    /// Assigns the value on top to a variable.
    Assign(Index),
    /// Remembers how many variables there are.
    Mark,
    /// Forgets variables declared since.
    Release,
    /// Goes on elsewhere.
    Jump(Index),
    /// Pops a value and jumps if it is not true.
    Unless(Index),
    /// Pops a value; it becomes dot, or if it is not true the run goes on elsewhere.
    With(Index),
    /// Dot is again what it was.
    EndWith,
    /// Pops a value and begins to iterate over it; jumps if it is empty.
    Range { spec: Index, otherwise: Index },
    /// The next iteration, or a jump to the end.
    Next { spec: Index, end: Index },
    /// Ends the iteration and jumps.
    Break(Index),
    /// Jumps to the next iteration.
    Continue(Index),
    /// Fails if templates are nested too deep.
    CheckDepth { node: NodeId },
    /// Pops the argument and runs a template.
    Template(Index),
    /// Fails if there is no template of this name.
    CheckName { name: Index, node: NodeId },
    /// Pops the argument and runs a template that the program itself does not have.
    TemplateNamed(Index),
    /// The template ends.
    Return,
}

/// Go's builtin functions, without `and` and `or`, which are [`Op::Shortcut`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Builtin {
    Call,
    Eq,
    Ge,
    Gt,
    Html,
    Index,
    Js,
    Le,
    Len,
    Lt,
    Ne,
    Not,
    Print,
    Printf,
    Println,
    Slice,
    UrlQuery,
}

/// The call of a field that may be a method with arguments.
#[derive(Clone, Debug)]
pub(super) struct CallSite {
    pub(super) name: Box<str>,
    /// The arguments that are written.
    pub(super) written: usize,
    pub(super) has_final: bool,
    /// The field, variable or chain.
    pub(super) node: NodeId,
    /// Where the run goes on if nothing is called.
    pub(super) end: Index,
}

/// The variables of a range.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RangeSpec {
    pub(super) assigns: bool,
    pub(super) first: Option<Index>,
    pub(super) second: Option<Index>,
}

/// A value as Go's `reflect.Value` holds it.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub(super) value: Value,
    /// Whether it stands in a place of type `interface {}`; null in no such place is Go's invalid value.
    pub(super) interface: bool,
}

impl Slot {
    pub(super) fn of(value: Value) -> Slot {
        Slot { value, interface: false }
    }

    pub(super) fn is_invalid(&self) -> bool {
        !self.interface && self.value.is_null()
    }
}

/// A field of a path.
#[derive(Debug)]
pub(super) struct PathField {
    pub(super) name: Box<str>,
    /// Where it stood in the map that was last asked for it.
    pub(super) hint: AtomicUsize,
}

/// A compiled set of templates.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) texts: Vec<Box<str>>,
    pub(super) messages: Vec<String>,
    pub(super) consts: Vec<Value>,
    pub(super) paths: Vec<Vec<PathField>>,
    pub(super) sites: Vec<CallSite>,
    pub(super) ranges: Vec<RangeSpec>,
    pub(super) variables: Vec<Box<str>>,
    pub(super) functions: Vec<Function>,
    /// Names and first steps; the first is the one that is run.
    pub(super) templates: Vec<(Box<str>, Index)>,
    /// Whether a function of it changes lists or maps.
    pub(super) mutates: bool,
    /// The steps of the first template, if they only write texts and fields of dot.
    pub(super) straight: Option<Range<usize>>,
    pub(super) ast: Ast,
    /// Filled while it runs.
    pub(super) patterns: Patterns,
}

impl Program {
    /// What [`straight`](Program::straight) is to be.
    pub(super) fn find_straight(&self) -> Option<Range<usize>> {
        let start = usize::try_from(self.templates.first()?.1).ok()?;
        let ops = self.ops.get(start..)?;
        let count = ops.iter().position(|op| matches!(op, Op::Return)).unwrap_or(ops.len());
        let is_straight = |op: &Op| matches!(op, Op::Text(_) | Op::PrintPath { .. });
        ops.get(..count)?.iter().all(is_straight).then_some(start..start.checked_add(count)?)
    }
}

/// A program among those that were compiled before it, which share their templates with it.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) program: Arc<Program>,
    /// What can be called by name.
    names: HashMap<Box<str>, Index, RandomState>,
    outer: Option<Arc<Layer>>,
    /// Whether no layer but the outermost defines a template under a name of its own.
    plain: bool,
}

impl Default for Layer {
    /// No templates.
    fn default() -> Self {
        Layer::new(Program::default(), 0, None, "")
    }
}

impl Layer {
    /// The templates of `program`, from place `from` on, before those of `outer`. `own` is the name that does not count as
    /// a definition.
    pub(super) fn new(program: Program, from: usize, outer: Option<Arc<Layer>>, own: &str) -> Layer {
        let names: HashMap<Box<str>, Index, RandomState> = program
            .templates
            .iter()
            .enumerate()
            .skip(from)
            .filter_map(|(at, (name, _))| Some((name.clone(), Index::try_from(at).ok()?)))
            .collect();
        let plain = outer.as_ref().is_none_or(|outer| outer.plain && names.keys().all(|name| &**name == own));
        Layer { program: Arc::new(program), names, outer, plain }
    }

    /// The template `name`, with the program that it stands in.
    pub(super) fn find(&self, name: &str) -> Option<(&Arc<Program>, Index)> {
        let mut layer = self;
        loop {
            if let Some(index) = layer.names.get(name) {
                return Some((&layer.program, *index));
            }
            layer = layer.outer.as_deref()?;
        }
    }

    /// Whether what a program has resolved by itself stays so within this layer.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }
}

/// The element of a table.
pub(super) fn at<T>(table: &[T], index: Index) -> Option<&T> {
    table.get(usize::try_from(index).ok()?)
}
