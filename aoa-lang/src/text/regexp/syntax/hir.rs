//! From Go's tree to that of the `regex` family.

use regex_syntax::hir::{Capture, Class, Hir, Look, Repetition};

use super::class::{MAX_RUNE, RuneClass};
use super::tree::{Node, Op, RepeatKind};

/// The same expression for `regex-automata`. The parser bounds the depth of `node`.
pub(super) fn translate(node: &Node) -> Hir {
    match &node.op {
        Op::Empty => Hir::empty(),
        Op::Literal { runes, fold } => literal(runes, *fold),
        Op::Class(class) => Hir::class(Class::Unicode(class.to_unicode())),
        Op::AnyButNewline => class(&[(0, 0x09), (0x0B, MAX_RUNE)]),
        Op::Any => class(&[(0, MAX_RUNE)]),
        Op::LineStart => Hir::look(Look::StartLF),
        Op::LineEnd => Hir::look(Look::EndLF),
        Op::TextStart => Hir::look(Look::Start),
        Op::TextEnd => Hir::look(Look::End),
        Op::WordBoundary => Hir::look(Look::WordAscii),
        Op::NoWordBoundary => Hir::look(Look::WordAsciiNegate),
        // Names stay with us: Go allows the same one twice.
        Op::Capture { index, sub } => {
            Hir::capture(Capture { index: *index, name: None, sub: Box::new(translate(sub)) })
        }
        Op::Repeat { kind, greedy, sub } => {
            let (min, max) = match *kind {
                RepeatKind::Star => (0, None),
                RepeatKind::Plus => (1, None),
                RepeatKind::Quest => (0, Some(1)),
                RepeatKind::Counted { min, max } => (min, max),
            };
            Hir::repetition(Repetition { min, max, greedy: *greedy, sub: Box::new(translate(sub)) })
        }
        Op::Concat(subs) => Hir::concat(subs.iter().map(translate).collect()),
        Op::Alternate(subs) => Hir::alternation(subs.iter().map(translate).collect()),
    }
}

fn class(ranges: &[(u32, u32)]) -> Hir {
    Hir::class(Class::Unicode(RuneClass::from_ranges(ranges).to_unicode()))
}

fn literal(runes: &[u32], fold: bool) -> Hir {
    if fold {
        return Hir::concat(
            runes
                .iter()
                .map(|&rune| {
                    let mut class = RuneClass::from_ranges(&[(rune, rune)]);
                    class.fold();
                    Hir::class(Class::Unicode(class.to_unicode()))
                })
                .collect(),
        );
    }
    // A surrogate (`\x{D800}`) is in no text.
    match runes.iter().map(|&rune| char::from_u32(rune)).collect::<Option<String>>() {
        Some(text) => Hir::literal(text.into_bytes()),
        None => Hir::fail(),
    }
}
