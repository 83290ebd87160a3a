//! Runs a program: `runner.go` of regexp2.

use super::compile::{Instruction, Loop, Place, Program, Register};
use super::set::is_word;
use super::tree::{Assert, One, Way};
use crate::{Error, Result, unicode};

/// The most instructions and characters that one search may take.
const MAX_STEPS: usize = 5_000_000;
/// The most choices that may be open at a time.
const MAX_CHOICES: usize = 1 << 20;
/// In a register: nothing yet.
const NONE: usize = usize::MAX;

/// Whether `text` holds a match.
pub(super) fn is_match(program: &Program, text: &str) -> Result<bool> {
    let text: Vec<char> = text.chars().collect();
    let mut machine = Machine {
        program,
        text: &text,
        at: 0,
        registers: vec![NONE; program.registers],
        counts: vec![0; program.registers],
        captures: Vec::new(),
        choices: Vec::new(),
        changes: Vec::new(),
        steps: MAX_STEPS,
    };
    for start in 0..=text.len() {
        machine.at = start;
        if machine.run()? {
            return Ok(true);
        }
        machine.undo(0);
        machine.captures.clear();
    }
    Ok(false)
}

struct Machine<'m> {
    program: &'m Program,
    text: &'m [char],
    at: usize,
    registers: Vec<usize>,
    /// The counts of loops, by the same numbers.
    counts: Vec<i64>,
    /// Captures, each with the one that its group had before.
    captures: Vec<Span>,
    choices: Vec<Choice>,
    /// What registers held, to be put back.
    changes: Vec<(Register, usize, i64)>,
    steps: usize,
}

#[derive(Clone, Copy)]
struct Span {
    before: usize,
    start: usize,
    end: usize,
}

/// Something else that can be tried.
struct Choice {
    what: Alternative,
    at: usize,
    changes: usize,
}

enum Alternative {
    Go(Place),
    /// A round more of a lazy loop.
    Round(Place),
    /// One character less of a run, down to a place.
    Less {
        next: Place,
        least: usize,
        backward: bool,
    },
    /// One character more of a run.
    More {
        run: Place,
        left: Option<u32>,
    },
}

/// Where to go on; `None` to try something else.
type Next = Option<Place>;

impl<'m> Machine<'m> {
    fn run(&mut self) -> Result<bool> {
        let mut next = Some(0);
        loop {
            self.charge(1)?;
            let Some(place) = next else {
                let Some(choice) = self.choices.pop() else { return Ok(false) };
                next = self.choose(choice)?;
                continue;
            };
            match self.program.instructions.get(place) {
                None | Some(Instruction::Accept) => {
                    self.choices.clear();
                    return Ok(true);
                }
                Some(instruction) => next = self.step(instruction, place)?,
            }
        }
    }

    fn charge(&mut self, steps: usize) -> Result<()> {
        self.steps = self
            .steps
            .checked_sub(steps)
            .ok_or_else(|| Error::limit("the regular expression takes too many steps"))?;
        Ok(())
    }

    fn step(&mut self, instruction: &Instruction, place: Place) -> Result<Next> {
        let on = Some(place.saturating_add(1));
        Ok(match instruction {
            Instruction::One(one) => self.one(one).then_some(on).flatten(),
            Instruction::Run { one, min, max, lazy } => self.run_of(one, *min, *max, *lazy, place)?,
            Instruction::Assert(assert) => self.holds(*assert).then_some(on).flatten(),
            Instruction::Reference { group, way } => self.reference(*group, *way)?.then_some(on).flatten(),
            Instruction::Jump(to) => Some(*to),
            Instruction::Try(other) => {
                self.offer(Alternative::Go(*other))?;
                on
            }
            Instruction::Fail => None,
            Instruction::Mark(register) => {
                self.set(*register, self.at, 0);
                on
            }
            Instruction::Return(register) => {
                self.at = self.register(*register);
                on
            }
            Instruction::Capture { start, group, uncapture } => {
                self.capture(*start, *group, *uncapture).then_some(on).flatten()
            }
            Instruction::LoopStart { mark, count, min } => {
                let (start, rounds) = if *min == 0 { (NONE, 0) } else { (self.at, 1 - i64::from(*min)) };
                self.set(*mark, start, 0);
                self.set(*count, NONE, rounds);
                on
            }
            Instruction::Loop(round) => self.round(*round, place)?,
            Instruction::Hold(register) => {
                self.set(*register, self.choices.len(), 0);
                on
            }
            Instruction::Cut(register) => {
                self.choices.truncate(self.register(*register));
                on
            }
            Instruction::IfCaptured(group) => (self.register(*group) != NONE).then_some(on).flatten(),
            Instruction::Accept => on,
        })
    }

    fn choose(&mut self, choice: Choice) -> Result<Next> {
        self.undo(choice.changes);
        self.at = choice.at;
        let instructions = &self.program.instructions;
        Ok(match choice.what {
            Alternative::Go(place) => Some(place),
            Alternative::Round(place) => match instructions.get(place) {
                Some(Instruction::Loop(round)) => {
                    let count = self.count(round.count).saturating_add(1);
                    self.set(round.mark, self.at, 0);
                    self.set(round.count, NONE, count);
                    Some(round.body)
                }
                _ => None,
            },
            Alternative::Less { next, least, backward } => {
                self.at = if backward { self.at.saturating_add(1) } else { self.at.saturating_sub(1) };
                if self.at != least {
                    self.offer(Alternative::Less { next, least, backward })?;
                }
                Some(next)
            }
            Alternative::More { run, left } => match instructions.get(run) {
                Some(Instruction::Run { one, .. }) if self.one(one) => {
                    let left = left.map(|left| left.saturating_sub(1));
                    if left != Some(0) {
                        self.offer(Alternative::More { run, left })?;
                    }
                    Some(run.saturating_add(1))
                }
                _ => None,
            },
        })
    }

    fn offer(&mut self, what: Alternative) -> Result<()> {
        if self.choices.len() >= MAX_CHOICES {
            return Err(Error::limit("the regular expression leaves too many choices open"));
        }
        self.choices.push(Choice { what, at: self.at, changes: self.changes.len() });
        Ok(())
    }

    fn register(&self, register: Register) -> usize {
        self.registers.get(register).copied().unwrap_or(NONE)
    }

    fn count(&self, register: Register) -> i64 {
        self.counts.get(register).copied().unwrap_or(0)
    }

    fn set(&mut self, register: Register, value: usize, count: i64) {
        if let (Some(place), Some(counter)) =
            (self.registers.get_mut(register), self.counts.get_mut(register))
        {
            self.changes.push((register, *place, *counter));
            (*place, *counter) = (value, count);
        }
    }

    fn undo(&mut self, to: usize) {
        while self.changes.len() > to {
            let Some((register, value, count)) = self.changes.pop() else { return };
            if let (Some(place), Some(counter)) =
                (self.registers.get_mut(register), self.counts.get_mut(register))
            {
                (*place, *counter) = (value, count);
            }
        }
    }

    /// The next character on the way, and the place behind it.
    fn next(&self, backward: bool) -> Option<(char, usize)> {
        let (index, behind) = if backward {
            let before = self.at.checked_sub(1)?;
            (before, before)
        } else {
            (self.at, self.at.saturating_add(1))
        };
        self.text.get(index).map(|c| (*c, behind))
    }

    fn one(&mut self, one: &One) -> bool {
        let Some((c, behind)) = self.next(one.way.backward) else { return false };
        let accepted = one.what.accepts(if one.way.fold { unicode::to_lower(c) } else { c });
        if accepted {
            self.at = behind;
        }
        accepted
    }

    fn run_of(&mut self, one: &One, min: u32, max: Option<u32>, lazy: bool, place: Place) -> Result<Next> {
        for _ in 0..min {
            self.charge(1)?;
            if !self.one(one) {
                return Ok(None);
            }
        }
        let next = place.saturating_add(1);
        let left = max.map(|max| max.saturating_sub(min));
        if lazy {
            if left != Some(0) {
                self.offer(Alternative::More { run: place, left })?;
            }
            return Ok(Some(next));
        }
        let least = self.at;
        let mut taken = 0u32;
        while left.is_none_or(|left| taken < left) && self.one(one) {
            self.charge(1)?;
            taken = taken.saturating_add(1);
        }
        if self.at != least {
            self.offer(Alternative::Less { next, least, backward: one.way.backward })?;
        }
        Ok(Some(next))
    }

    /// Ends a round: another one, or on. A round that matched nothing is the last one.
    fn round(&mut self, round: Loop, place: Place) -> Result<Next> {
        let on = Some(place.saturating_add(1));
        let empty = self.register(round.mark) == self.at;
        let count = self.count(round.count);
        let may_stop = !round.counted || count >= 0;
        let may_go_on = match (round.counted, round.limit) {
            (true, Some(limit)) => count < i64::from(limit),
            _ => true,
        };
        let again = may_go_on && !(empty && may_stop);
        if round.lazy && may_stop {
            if again {
                self.offer(Alternative::Round(place))?;
            }
            return Ok(on);
        }
        if !again {
            return Ok(on);
        }
        if may_stop {
            self.offer(Alternative::Go(place.saturating_add(1)))?;
        }
        self.set(round.mark, self.at, 0);
        self.set(round.count, NONE, count.saturating_add(1));
        Ok(Some(round.body))
    }

    fn holds(&self, assert: Assert) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at)).copied();
        let after = self.text.get(self.at).copied();
        let at_boundary = || before.is_some_and(is_word) != after.is_some_and(is_word);
        match assert {
            Assert::LineStart => before.is_none_or(|c| c == '\n'),
            Assert::LineEnd => after.is_none_or(|c| c == '\n'),
            // Every search begins where the text does.
            Assert::TextStart | Assert::SearchStart => self.at == 0,
            Assert::LastLineEnd => {
                let left = self.text.len().saturating_sub(self.at);
                left == 0 || (left == 1 && after == Some('\n'))
            }
            Assert::TextEnd => after.is_none(),
            Assert::WordBoundary => at_boundary(),
            Assert::NoWordBoundary => !at_boundary(),
        }
    }

    fn captured(&self, group: Register) -> Option<Span> {
        self.captures.get(self.register(group)).copied()
    }

    fn reference(&mut self, group: Register, way: Way) -> Result<bool> {
        let Some(Span { start, end, .. }) = self.captured(group) else { return Ok(false) };
        let length = end.saturating_sub(start);
        self.charge(length)?;
        let from = if way.backward { self.at.checked_sub(length) } else { Some(self.at) };
        let Some(from) = from else { return Ok(false) };
        let to = from.saturating_add(length);
        let (Some(wanted), Some(found)) = (self.text.get(start..end), self.text.get(from..to)) else {
            return Ok(false);
        };
        let same = match way.fold {
            true => wanted.iter().zip(found).all(|(a, b)| unicode::to_lower(*a) == unicode::to_lower(*b)),
            false => wanted == found,
        };
        if same {
            self.at = if way.backward { from } else { to };
        }
        Ok(same)
    }

    fn capture(&mut self, mark: Register, group: Option<Register>, uncapture: Option<Register>) -> bool {
        let begun = self.register(mark);
        let (mut start, mut end) = (begun.min(self.at), begun.max(self.at));
        if let Some(balanced) = uncapture {
            let Some(other) = self.captured(balanced) else { return false };
            // The capture of a balancing group is what lies between, or what both share.
            (start, end) = if start >= other.end {
                (other.end, start)
            } else if end <= other.start {
                (other.start, other.start.max(end))
            } else {
                (start.max(other.start), end.min(other.end))
            };
            self.set(balanced, other.before, 0);
        }
        if let Some(group) = group {
            let before = self.register(group);
            self.captures.push(Span { before, start, end });
            self.set(group, self.captures.len().saturating_sub(1), 0);
        }
        true
    }
}
