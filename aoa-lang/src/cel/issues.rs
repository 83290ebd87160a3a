//! What is wrong with an expression, shown as cel-go shows it: position, message, line and marker.

use std::fmt;

/// The problems of an expression that does not compile.
///
/// Its text is that of cel-go 0.26.0: one entry after another, each with the line and a marker.
///
/// ```
/// use aoa_lang::cel::Environment;
/// let issues = Environment::kubernetes().compile("1 + nope").err().unwrap();
/// assert_eq!(
///     issues.to_string(),
///     "ERROR: <input>:1:5: undeclared reference to 'nope' (in container '')\n | 1 + nope\n | ....^",
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Issues {
    text: String,
    list: Vec<Issue>,
}

#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) place: Place,
    pub(super) message: String,
}

/// Where in the text, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Nowhere,
    At(usize),
}

const MOST: usize = 100;
const LONGEST_LINE: usize = 16_384;

impl Issues {
    pub(super) fn new(text: &str) -> Self {
        Issues { text: text.to_owned(), list: Vec::new() }
    }

    pub(super) fn report(&mut self, place: Place, message: impl Into<String>) {
        self.list.push(Issue { place, message: message.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The messages without positions, in the order of the text.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|issue| issue.message.as_str())
    }
}

impl fmt::Display for Issues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown: Vec<_> = self.list.iter().take(MOST).collect();
        shown.sort_by_key(|issue| issue.place);
        for (index, issue) in shown.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            self.write(f, issue)?;
        }
        match self.list.len().checked_sub(MOST) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n{more} more errors were truncated"),
        }
    }
}

impl Issues {
    fn write(&self, f: &mut fmt::Formatter<'_>, issue: &Issue) -> fmt::Result {
        let Place::At(offset) = issue.place else {
            return write!(f, "ERROR: <input>:-1:0: {}", issue.message);
        };
        let (mut line, mut column, mut start) = (1, 0, 0);
        for (number, (at, c)) in self.text.char_indices().enumerate() {
            if number == offset {
                break;
            }
            column += 1;
            if c == '\n' {
                (line, column, start) = (line + 1, 0, at + 1);
            }
        }
        let line_text = self.text.get(start..).unwrap_or_default().split('\n').next().unwrap_or_default();
        // The end of the text on an empty last line is column -1 + 1 upstream.
        let shown_column = if self.text.is_empty() { 0 } else { column + 1 };
        write!(f, "ERROR: <input>:{line}:{shown_column}: {}", issue.message)?;
        if self.text.is_empty() || line_text.len() > LONGEST_LINE {
            return Ok(());
        }
        let mut marker = String::new();
        let mut chars = line_text.chars();
        for _ in 0..column {
            match chars.next() {
                Some(c) => marker.push(if c.len_utf8() > 1 { '\u{ff0e}' } else { '.' }),
                None => break,
            }
        }
        marker.push(if chars.next().is_some_and(|c| c.len_utf8() > 1) { '\u{ff3e}' } else { '^' });
        write!(f, "\n | {}\n | {marker}", line_text.replace('\t', " "))
    }
}

impl std::error::Error for Issues {}
