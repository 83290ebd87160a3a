//! The instructions that expressions are compiled to.
//!
//! The machine has a stack of values and turns back to the last fork where a way ends; each value on the stack is an input,
//! and an expression replaces it by one output after another.

use crate::Value;

use super::functions::Native;

/// Where a variable lies: how many functions outside of the running one, and which of its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) hops: u32,
    pub(super) slot: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Op {
    Push(Value),
    Pop,
    Duplicate,
    /// Replaces the top.
    Constant(Value),
    Load(Place),
    Store(Place),
    /// Makes an object of that many pairs.
    Object(usize),
    /// Appends to the list in a variable.
    Append(Place),
    /// Goes on there after turning back.
    Fork(usize),
    /// An error behind this goes on there, with its value.
    Try(usize),
    /// Errors behind this are not for the `Try` before.
    EndTry,
    /// Any error behind this goes on there.
    ForkOnError(usize),
    /// Marks the place that `Break` turns back behind.
    Label(Place),
    Break(Place),
    Backtrack,
    Jump(usize),
    JumpUnless(usize),
    Index(Value),
    /// Of a destructured array.
    IndexArray(Value),
    /// A list or map on the top: its items, one after another.
    Iterate,
    /// A list of first, end and step on the top: the numbers between.
    Range,
    /// A native function of that many arguments below its input.
    Native(&'static Native, usize),
    /// A function that is defined so many functions outside.
    Call(usize, u32),
    /// A function calls itself last.
    CallLast(usize),
    /// A function as an argument.
    Closure(usize),
    CallClosure,
    Return,
    /// Between these, indexing is no path.
    BeginAside,
    EndAside,
    BeginPath,
    EndPath,
    /// `variable = setpath(path; top)`
    SetPath {
        whole: Place,
        path: Place,
    },
}

/// Where a function begins, and what it has.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Function {
    pub(super) start: usize,
    pub(super) parameters: usize,
    pub(super) slots: usize,
}

/// A compiled expression.
#[derive(Clone, Debug, Default)]
pub(super) struct Code {
    pub(super) ops: Vec<Op>,
    pub(super) functions: Vec<Function>,
}
