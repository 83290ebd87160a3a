//! Sets of characters: `syntax/charclass.go` of regexp2.

use std::sync::Arc;

use crate::text::regexp::syntax::class::RuneClass;
use crate::text::regexp::syntax::unicode;
use crate::unicode as go_unicode;

/// A set of characters, from which another may be taken away.
#[derive(Clone, Debug, Default)]
pub(super) struct CharSet {
    pub(super) negated: bool,
    ranges: Vec<(char, char)>,
    categories: Vec<(Category, bool)>,
    /// A category and its opposite have been added.
    anything: bool,
    lowered: bool,
    pub(super) subtracted: Option<Box<CharSet>>,
}

/// A named set.
#[derive(Clone, Debug)]
pub(super) enum Category {
    Space,
    Word,
    Table { name: Arc<str>, runes: Arc<RuneClass> },
}

impl Category {
    /// A category, script or property of Unicode.
    pub(super) fn named(name: &str) -> Option<Category> {
        let runes = Arc::new(unicode::exact_table(name)?);
        Some(Category::Table { name: name.into(), runes })
    }

    fn holds(&self, c: char) -> bool {
        match self {
            Category::Space => go_unicode::is_space(c),
            Category::Word => is_word(c),
            Category::Table { runes, .. } => runes.contains(u32::from(c)),
        }
    }

    fn same(&self, other: &Category) -> bool {
        match (self, other) {
            (Category::Space, Category::Space) | (Category::Word, Category::Word) => true,
            (Category::Table { name, .. }, Category::Table { name: other, .. }) => name == other,
            _ => false,
        }
    }
}

/// What `\w` holds.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let connector = matches!(
        c,
        '\u{203F}' | '\u{2040}' | '\u{2054}' | '\u{FE33}' | '\u{FE34}' | '\u{FE4D}'..='\u{FE4F}' | '\u{FF3F}'
    );
    connector
        || matches!(c, '\u{200C}' | '\u{200D}')
        || go_unicode::is_letter(c)
        || go_unicode::is_digit(c)
        || unicode::is_nonspacing_mark(c)
}

impl CharSet {
    pub(super) fn of_category(category: Category, negated: bool) -> Self {
        let mut set = CharSet::default();
        set.add_category(category, negated);
        set
    }

    pub(super) fn add_range(&mut self, first: char, last: char) {
        if !self.anything {
            self.ranges.push((first, last));
        }
    }

    pub(super) fn add_category(&mut self, category: Category, negated: bool) {
        if self.anything {
            return;
        }
        match self.categories.iter().find(|(known, _)| known.same(&category)) {
            Some((_, known)) if *known != negated => {
                self.anything = true;
                self.categories.clear();
                self.ranges = vec![('\0', char::MAX)];
            }
            Some(_) => {}
            None => self.categories.push((category, negated)),
        }
    }

    /// Makes a set that is asked about small letters only. Capitals of ranges stand for their small letters as well;
    /// a single capital becomes its small letter.
    pub(super) fn lower(&mut self) {
        if self.anything {
            return;
        }
        for (first, last) in self.ranges.iter_mut().filter(|(first, last)| first == last) {
            *first = go_unicode::to_lower(*first);
            *last = *first;
        }
        self.lowered = true;
    }

    /// Puts the ranges in order, so that they can be asked.
    pub(super) fn finish(&mut self) {
        self.ranges.sort_unstable();
        let mut merged: Vec<(char, char)> = Vec::with_capacity(self.ranges.len());
        for &(first, last) in &self.ranges {
            match merged.last_mut() {
                Some(before) if first <= before.1 => before.1 = before.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        self.ranges = merged;
    }

    pub(super) fn contains(&self, c: char) -> bool {
        let in_range = |c: char| {
            let at = self.ranges.partition_point(|(_, last)| *last < c);
            self.ranges.get(at).is_some_and(|(first, _)| *first <= c)
        };
        let in_ranges = in_range(c)
            || (self.lowered && (in_range(go_unicode::to_upper(c)) || in_range(go_unicode::to_title(c))));
        let holds =
            in_ranges || self.categories.iter().any(|(category, negated)| category.holds(c) != *negated);
        holds != self.negated && !self.subtracted.as_ref().is_some_and(|taken| taken.contains(c))
    }
}
