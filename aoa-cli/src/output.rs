//! Printing: colours only where they are wanted, a closed pipe is no error.

use std::io::{self, BufWriter, IsTerminal, Write};

use aoa_core::lang::Error;
use aoa_core::report::{Role, Text};
use aoa_core::wire::json_to_yaml;

use crate::args::Color;

/// Standard output.
pub(crate) struct Output {
    out: BufWriter<io::Stdout>,
    colored: bool,
    /// Of the terminal, if it is one.
    width: Option<usize>,
}

impl Output {
    pub(crate) fn new(color: Color) -> Self {
        let stdout = io::stdout();
        let colored = wants_color(color, stdout.is_terminal());
        let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
        Output { width, out: BufWriter::with_capacity(1 << 16, stdout), colored }
    }

    pub(crate) fn text(&mut self, text: &Text) -> Result<(), Error> {
        let text = if self.colored { text.to_ansi() } else { text.to_plain() };
        self.raw(&text)
    }

    /// A text whose lines are rows: a terminal would wrap the long ones into each other, so there they are cut.
    pub(crate) fn table(&mut self, text: &Text) -> Result<(), Error> {
        match self.width {
            Some(width) => self.text(&text.clipped(width)),
            None => self.text(text),
        }
    }

    pub(crate) fn raw(&mut self, text: &str) -> Result<(), Error> {
        self.with(|out| out.write_all(text.as_bytes()))
    }

    /// Runs something that writes.
    pub(crate) fn with(
        &mut self,
        write: impl FnOnce(&mut BufWriter<io::Stdout>) -> io::Result<()>,
    ) -> Result<(), Error> {
        closed_is_fine(write(&mut self.out))
    }

    /// Runs something that writes JSON, and prints it as YAML.
    pub(crate) fn yaml(&mut self, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<(), Error> {
        let mut json = Vec::new();
        write(&mut json).map_err(|e| Error::invalid(e.to_string()))?;
        self.raw(&json_to_yaml(&json)?)
    }

    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        closed_is_fine(self.out.flush())
    }
}

/// A reader that has seen enough closes the pipe: `aoa apps | head`.
fn closed_is_fine(result: io::Result<()>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Error::invalid(format!("cannot write: {error}"))),
        Ok(()) => Ok(()),
    }
}

fn wants_color(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    }
}

/// Prints text for people beside the answer, on standard error.
pub(crate) fn note(text: &Text, color: Color) {
    let stderr = io::stderr();
    let colored = wants_color(color, stderr.is_terminal());
    let text = if colored { text.to_ansi() } else { text.to_plain() };
    let _ = stderr.lock().write_all(text.as_bytes());
}

/// Prints why there is no answer, and what to do.
pub(crate) fn report_failure(error: &Error, color: Color) {
    let mut text = Text::default();
    text.push(Role::Error, "error").push(Role::Plain, format!(": {error}")).end_line();
    if let Some(help) = error.help() {
        text.push(Role::Faint, "  = ").push(Role::Help, help).end_line();
    }
    note(&text, color);
}
