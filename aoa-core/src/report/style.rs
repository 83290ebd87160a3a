//! Words with a role, so that one text serves terminals, pipes and tests.

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Plain text.
    Plain,
    /// The name of a thing.
    Name,
    /// A heading.
    Heading,
    /// Lines of a tree, separators, what may be overlooked.
    Faint,
    /// Good news.
    Good,
    /// Not known, or worth a look.
    Warning,
    /// Wrong.
    Error,
    /// What to do.
    Help,
}

impl Role {
    /// The ANSI escape that begins this role; empty for plain text.
    #[must_use]
    pub fn ansi(self) -> &'static str {
        match self {
            Role::Plain => "",
            Role::Name => "\x1b[1m",
            Role::Heading | Role::Faint => "\x1b[2m",
            Role::Good => "\x1b[32m",
            Role::Warning => "\x1b[33m",
            Role::Error => "\x1b[1;31m",
            Role::Help => "\x1b[36m",
        }
    }
}

/// A word with its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The role.
    pub role: Role,
    /// The word.
    pub text: String,
}

/// A text of several pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<Piece>,
}

impl Text {
    /// Adds a piece. Control characters that came with data are made visible: data must not steer a terminal.
    pub fn push(&mut self, role: Role, text: impl AsRef<str>) -> &mut Self {
        let text = text.as_ref();
        if text.is_empty() {
            return self;
        }
        let clean = if text.chars().any(is_hostile) {
            text.chars().map(|c| if is_hostile(c) { '\u{FFFD}' } else { c }).collect()
        } else {
            text.to_owned()
        };
        self.pieces.push(Piece { role, text: clean });
        self
    }

    /// Ends the line.
    pub fn end_line(&mut self) -> &mut Self {
        self.push(Role::Plain, "\n")
    }

    /// Adds all of `other`.
    pub fn append(&mut self, other: Text) -> &mut Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// The pieces in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The number of columns it takes on one line.
    #[must_use]
    pub fn width(&self) -> usize {
        self.pieces.iter().map(|p| p.text.chars().count()).sum()
    }

    /// The text with lines of at most `width` columns; of longer ones the end is cut off.
    #[must_use]
    pub fn clipped(&self, width: usize) -> Text {
        let mut out = Text::default();
        let mut column = 0;
        for (at, piece) in self.pieces.iter().enumerate() {
            let mut kept = String::new();
            let mut rest = piece.text.chars().peekable();
            while let Some(c) = rest.next() {
                if c == '\n' {
                    column = 0;
                    kept.push(c);
                    continue;
                }
                column += 1;
                let is_last = match rest.peek() {
                    Some(next) => *next == '\n',
                    None => self.pieces.get(at + 1).is_none_or(|next| next.text.starts_with('\n')),
                };
                if column < width || (column == width && is_last) {
                    kept.push(c);
                } else if column == width {
                    kept.push('…');
                }
            }
            out.push(piece.role, kept);
        }
        out
    }

    /// The text without roles.
    #[must_use]
    pub fn to_plain(&self) -> String {
        self.pieces.iter().map(|p| p.text.as_str()).collect()
    }

    /// The text with ANSI colours.
    #[must_use]
    pub fn to_ansi(&self) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            let begin = piece.role.ansi();
            out.push_str(begin);
            out.push_str(&piece.text);
            if !begin.is_empty() {
                out.push_str("\x1b[0m");
            }
        }
        out
    }
}

fn is_hostile(c: char) -> bool {
    c.is_control() && c != '\n' || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_clipped() {
        let mut text = Text::default();
        text.push(Role::Name, "abcd").push(Role::Plain, "efg\nhi").push(Role::Faint, "jkl\n");
        assert_eq!(text.clipped(5).to_plain(), "abcd…\nhijkl\n");
        assert_eq!(text.clipped(7).to_plain(), "abcdefg\nhijkl\n");
        assert_eq!(text.clipped(3).to_ansi(), "\x1b[1mab…\x1b[0m\nhi\x1b[2m…\n\x1b[0m");
        assert_eq!(text.clipped(1).to_plain(), "…\n…\n");
    }
}
