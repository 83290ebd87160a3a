//! Printing values as Go's `fmt` (Go 1.26) does: `Sprint`, `Sprintln`, `Sprintf` with all verbs and flags.
//!
//! ```
//! use aoa_lang::{Value, fmt};
//! let args = [Value::int(42), Value::from("hi")];
//! assert_eq!(fmt::sprintf(b"%05d %-4q|", &args, 100).unwrap(), br#"00042 "hi"|"#);
//! assert_eq!(fmt::display(&Value::list(args.to_vec())), "[42 hi]");
//! ```

mod format;
mod number;
mod print;
mod state;

use crate::value::Text;
use crate::{Error, Result, Value};

use state::Printer;

/// `fmt.Sprintf(format, args...)`.
///
/// # Errors
/// Only if the result is longer than `limit` bytes.
pub fn sprintf(format: &[u8], args: &[Value], limit: usize) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(64);
    let mut printer = Printer::new(&mut out, limit);
    printer.printf(format, args).map_err(|_| too_long())?;
    Ok(out)
}

/// `fmt.Sprint(args...)`: a space between two arguments that are both no strings.
///
/// # Errors
/// Only if the result is longer than `limit` bytes.
pub fn sprint(args: &[Value], limit: usize) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    append(&mut out, args, limit)?;
    Ok(out)
}

/// [`sprint`] behind what `out` holds already, which counts towards `limit`.
///
/// # Errors
/// Only if `out` becomes longer than `limit` bytes.
pub fn append(out: &mut Vec<u8>, args: &[Value], limit: usize) -> Result<()> {
    let mut printer = Printer::new(out, limit);
    let mut after_string = true;
    for (at, arg) in args.iter().enumerate() {
        let is_string = matches!(arg, Value::String(_) | Value::Number(_));
        if at > 0 && !is_string && !after_string {
            printer.text(b" ").map_err(|_| too_long())?;
        }
        printer.arg(arg, 'v').map_err(|_| too_long())?;
        after_string = is_string;
    }
    Ok(())
}

/// `fmt.Sprintln(args...)`: a space between all arguments, and a newline behind them.
///
/// # Errors
/// Only if the result is longer than `limit` bytes.
pub fn sprintln(args: &[Value], limit: usize) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut printer = Printer::new(&mut out, limit);
    for (at, arg) in args.iter().enumerate() {
        if at > 0 {
            printer.text(b" ").map_err(|_| too_long())?;
        }
        printer.arg(arg, 'v').map_err(|_| too_long())?;
    }
    printer.text(b"\n").map_err(|_| too_long())?;
    Ok(out)
}

/// The text that `%v` prints, bytes that are not UTF-8 replaced.
#[must_use]
pub fn display(value: &Value) -> String {
    let mut out = Vec::new();
    let _ = append(&mut out, std::slice::from_ref(value), usize::MAX);
    Text::from(out).to_str_lossy().into_owned()
}

fn too_long() -> Error {
    Error::limit("the text becomes too long")
}
