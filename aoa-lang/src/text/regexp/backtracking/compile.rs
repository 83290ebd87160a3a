//! From the tree to a program. Loops that could match nothing behave as in .NET, on which regexp2 is built.

use std::sync::Arc;

use super::tree::{Assert, Node, One, Way};
use crate::Result;

/// A register of the machine.
pub(super) type Register = usize;
/// A place in the program.
pub(super) type Place = usize;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) instructions: Arc<[Instruction]>,
    /// The first registers hold the captures of the groups.
    pub(super) registers: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Instruction {
    One(One),
    /// As many characters as possible, or as few.
    Run {
        one: One,
        min: u32,
        max: Option<u32>,
        lazy: bool,
    },
    Assert(Assert),
    Reference {
        group: Register,
        way: Way,
    },
    Jump(Place),
    /// Goes on, and to another place if that fails.
    Try(Place),
    Fail,
    /// Remembers the place in the text.
    Mark(Register),
    /// Goes back to a remembered place.
    Return(Register),
    Capture {
        start: Register,
        group: Option<Register>,
        uncapture: Option<Register>,
    },
    /// Begins a loop: where its last round began, and how many rounds have been made beyond those it must make.
    LoopStart {
        mark: Register,
        count: Register,
        min: u32,
    },
    Loop(Loop),
    /// Remembers what can be tried yet.
    Hold(Register),
    /// Forgets what could have been tried since.
    Cut(Register),
    IfCaptured(Register),
    Accept,
}

/// The end of a loop's round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub(super) mark: Register,
    pub(super) count: Register,
    /// Rounds beyond those that must be made.
    pub(super) limit: Option<u32>,
    /// Whether rounds are counted at all.
    pub(super) counted: bool,
    pub(super) lazy: bool,
    pub(super) body: Place,
}

/// Compiles a tree, whose depth the parser bounds.
pub(super) fn compile(root: &Node, groups: usize) -> Result<Program> {
    let mut compiler = Compiler { instructions: Vec::new(), registers: groups };
    compiler.node(root);
    compiler.instructions.push(Instruction::Accept);
    Ok(Program { instructions: compiler.instructions.into(), registers: compiler.registers })
}

struct Compiler {
    instructions: Vec<Instruction>,
    registers: usize,
}

impl Compiler {
    fn emit(&mut self, instruction: Instruction) -> Place {
        self.instructions.push(instruction);
        self.instructions.len().saturating_sub(1)
    }

    fn here(&self) -> Place {
        self.instructions.len()
    }

    fn register(&mut self) -> Register {
        let register = self.registers;
        self.registers = self.registers.saturating_add(1);
        register
    }

    /// Makes the jump at `from` lead here.
    fn land(&mut self, from: Place) {
        let here = self.here();
        if let Some(Instruction::Jump(to) | Instruction::Try(to)) = self.instructions.get_mut(from) {
            *to = here;
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Nothing => {
                self.emit(Instruction::Fail);
            }
            Node::One(one) => {
                self.emit(Instruction::One(one.clone()));
            }
            Node::Assert(assert) => {
                self.emit(Instruction::Assert(*assert));
            }
            Node::Reference { group, way } => {
                self.emit(Instruction::Reference { group: *group, way: *way });
            }
            Node::Capture { group, uncapture, sub } => {
                let start = self.register();
                self.emit(Instruction::Mark(start));
                self.node(sub);
                self.emit(Instruction::Capture { start, group: *group, uncapture: *uncapture });
            }
            Node::Look { negative, sub } => self.look(*negative, sub),
            Node::Atomic(sub) => {
                let held = self.register();
                self.emit(Instruction::Hold(held));
                self.node(sub);
                self.emit(Instruction::Cut(held));
            }
            Node::Loop { min, max, lazy, sub } => self.repeat(*min, *max, *lazy, sub),
            Node::Concat(parts) => parts.iter().for_each(|part| self.node(part)),
            Node::Alternate(alternatives) => self.alternate(alternatives),
            Node::IfCaptured { group, yes, no } => {
                let held = self.register();
                self.emit(Instruction::Hold(held));
                let other = self.emit(Instruction::Try(0));
                self.emit(Instruction::IfCaptured(*group));
                self.branches(held, None, other, yes, no);
            }
            Node::If { condition, yes, no } => {
                let (held, start) = (self.register(), self.register());
                self.emit(Instruction::Hold(held));
                self.emit(Instruction::Mark(start));
                let other = self.emit(Instruction::Try(0));
                self.node(condition);
                self.branches(held, Some(start), other, yes, no);
            }
        }
    }

    fn branches(&mut self, held: Register, start: Option<Register>, other: Place, yes: &Node, no: &Node) {
        start.map(|start| self.emit(Instruction::Return(start)));
        self.emit(Instruction::Cut(held));
        self.node(yes);
        let end = self.emit(Instruction::Jump(0));
        self.land(other);
        self.node(no);
        self.land(end);
    }

    fn look(&mut self, negative: bool, sub: &Node) {
        let held = self.register();
        self.emit(Instruction::Hold(held));
        if negative {
            let other = self.emit(Instruction::Try(0));
            self.node(sub);
            self.emit(Instruction::Cut(held));
            self.emit(Instruction::Fail);
            self.land(other);
        } else {
            let start = self.register();
            self.emit(Instruction::Mark(start));
            self.node(sub);
            self.emit(Instruction::Return(start));
            self.emit(Instruction::Cut(held));
        }
    }

    fn alternate(&mut self, alternatives: &[Node]) {
        let mut ends = Vec::new();
        let last = alternatives.len().saturating_sub(1);
        for (index, alternative) in alternatives.iter().enumerate() {
            let next = (index < last).then(|| self.emit(Instruction::Try(0)));
            self.node(alternative);
            if let Some(next) = next {
                ends.push(self.emit(Instruction::Jump(0)));
                self.land(next);
            }
        }
        for end in ends {
            self.land(end);
        }
    }

    fn repeat(&mut self, min: u32, max: Option<u32>, lazy: bool, sub: &Node) {
        if let Node::One(one) = sub {
            self.emit(Instruction::Run { one: one.clone(), min, max, lazy });
            return;
        }
        let (mark, count) = (self.register(), self.register());
        self.emit(Instruction::LoopStart { mark, count, min });
        let entry = (min == 0).then(|| self.emit(Instruction::Jump(0)));
        let body = self.here();
        self.node(sub);
        if let Some(entry) = entry {
            self.land(entry);
        }
        let limit = max.map(|max| max.saturating_sub(min));
        let counted = max.is_some() || min > 1;
        self.emit(Instruction::Loop(Loop { mark, count, limit, counted, lazy, body }));
    }
}
