//! The groups of a pattern, which a first pass counts: unnamed ones get the first numbers, named ones those that are left.

use std::collections::HashMap;

use super::cursor::{Cursor, Options};
use super::escape::closing;
use super::set::is_word;
use crate::Result;

/// The groups, and the slots in which their captures are kept.
#[derive(Debug, Default)]
pub(super) struct Groups {
    slots: HashMap<u32, usize>,
    names: HashMap<String, u32>,
}

impl Groups {
    /// How many slots there are.
    pub(super) fn count(&self) -> usize {
        self.slots.len()
    }

    /// The slot of a group's number.
    pub(super) fn numbered(&self, number: u32) -> Option<usize> {
        self.slots.get(&number).copied()
    }

    /// The slot of a group's name; a number is a name as well where groups have names.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.numbered(*self.names.get(name)?)
    }

    fn note(&mut self, number: u32) {
        let next = self.slots.len();
        self.slots.entry(number).or_insert(next);
    }

    /// Counts the groups of the pattern that `cursor` reads.
    pub(super) fn count_in(cursor: &mut Cursor<'_>) -> Result<Groups> {
        let mut groups = Groups::default();
        groups.note(0);
        let mut pass = Pass { next: 1, names: Vec::new(), options: Vec::new(), ignore_paren: false };
        while let Some(c) = cursor.take() {
            match c {
                '\\' if cursor.left() > 0 => {
                    // Mistakes are told by the second pass.
                    let _ = cursor.backslash(None);
                }
                '#' if cursor.options.ignore_space => {
                    cursor.at = cursor.at.saturating_sub(1);
                    let _ = cursor.skip_blank();
                }
                '[' => cursor.skip_charset(),
                ')' => {
                    if let Some(options) = pass.options.pop() {
                        cursor.options = options;
                    }
                }
                '(' => pass.group(cursor, &mut groups)?,
                _ => {}
            }
        }
        pass.number_names(&mut groups);
        Ok(groups)
    }
}

struct Pass {
    /// The next number for a group without one.
    next: u32,
    names: Vec<String>,
    options: Vec<Options>,
    /// The next parenthesis belongs to a condition.
    ignore_paren: bool,
}

impl Pass {
    fn group(&mut self, cursor: &mut Cursor<'_>, groups: &mut Groups) -> Result<()> {
        if (cursor.peek(0), cursor.peek(1)) == (Some('?'), Some('#')) {
            cursor.at = cursor.at.saturating_sub(1);
            let _ = cursor.skip_blank();
            self.ignore_paren = false;
            return Ok(());
        }
        self.options.push(cursor.options);
        if cursor.peek(0) != Some('?') {
            if !cursor.options.explicit_capture && !self.ignore_paren {
                groups.note(self.next);
                self.next = self.next.saturating_add(1);
            }
            self.ignore_paren = false;
            return Ok(());
        }
        cursor.skip(1);
        if cursor.left() > 1 && cursor.peek(0).and_then(closing).is_some() {
            cursor.skip(1);
            match cursor.peek(0) {
                Some('1'..='9') => groups.note(cursor.decimal()?),
                Some(c) if c != '0' && is_word(c) => {
                    let name = cursor.name();
                    if !self.names.contains(&name) {
                        self.names.push(name);
                    }
                }
                _ => {}
            }
        } else {
            cursor.read_options();
            match cursor.peek(0) {
                Some(')') => {
                    cursor.skip(1);
                    self.options.pop();
                }
                Some('(') => {
                    self.ignore_paren = true;
                    return Ok(());
                }
                _ => {}
            }
        }
        self.ignore_paren = false;
        Ok(())
    }

    fn number_names(mut self, groups: &mut Groups) {
        let has_names = !self.names.is_empty();
        for name in self.names {
            while groups.numbered(self.next).is_some() {
                self.next = self.next.saturating_add(1);
            }
            groups.note(self.next);
            groups.names.insert(name, self.next);
            self.next = self.next.saturating_add(1);
        }
        let last = groups.slots.keys().max().copied().unwrap_or(0);
        let has_gaps = usize::try_from(last).map_or(true, |last| last >= groups.slots.len());
        if has_names || has_gaps {
            let named: Vec<u32> = groups.names.values().copied().collect();
            for number in groups.slots.keys().filter(|number| !named.contains(number)) {
                groups.names.insert(number.to_string(), *number);
            }
        }
    }
}
