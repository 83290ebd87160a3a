//! Lists what a crate promises: every item that others can name, with its signature, one a line and sorted.
//!
//! The listing is made of the sources alone - no compiler's own formats, no network - so it follows what can be read
//! there: `pub mod` and `pub use` from `lib.rs` on, also through private modules. What macros make is not seen.
//!
//! ```
//! let files = |path: &str| match path {
//!     "lib.rs" => Some("mod inner; pub use inner::{Door, open};".to_owned()),
//!     "inner.rs" => Some("pub struct Door(u8); pub fn open(door: &Door) -> bool { true } fn hidden() {}".to_owned()),
//!     _ => None,
//! };
//! assert_eq!(public_api::list("house", &files).unwrap(), "pub mod house\npub struct house::Door(_)\npub fn house::open(door: &Door) -> bool\n");
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod items;
mod modules;
mod names;
mod reach;
mod text;

use modules::Crate;

/// Gives the text of a source file by its path below `src`, or `None` if there is no such file.
pub type Files<'f> = &'f dyn Fn(&str) -> Option<String>;

/// The public items of the crate `name`.
///
/// # Errors
///
/// A message, if a file is missing or is no Rust.
pub fn list(name: &str, files: Files<'_>) -> Result<String, String> {
    let krate = Crate::read(name, files)?;
    let reached = reach::reach(&krate);
    let mut lines = items::lines(&krate, &reached);
    lines.sort();
    lines.dedup();
    Ok(lines.into_iter().map(|line| line.text + "\n").collect())
}

/// The items at the root of the crate `name` whose documentation has no example that runs.
///
/// # Errors
///
/// As [`list`].
pub fn without_example(name: &str, files: Files<'_>) -> Result<Vec<String>, String> {
    let krate = Crate::read(name, files)?;
    let reached = reach::reach(&krate);
    let at_root = reached.items.iter().filter(|(_, paths)| paths.iter().any(|path| path.len() == 2));
    let mut names: Vec<String> = at_root
        .filter(|((module, at), _)| !items::has_example(&krate.modules[*module].items[*at]))
        .filter_map(|(_, paths)| paths.iter().find(|path| path.len() == 2).map(|path| path.join("::")))
        .collect();
    names.sort();
    Ok(names)
}

/// What stands in one listing and not in the other, a line each; empty if they are the same.
#[must_use]
pub fn difference(before: &str, after: &str) -> String {
    let missing = |from: &str, of: &str, mark: &str| -> String {
        let known: std::collections::HashSet<&str> = of.lines().collect();
        from.lines().filter(|line| !known.contains(line)).map(|line| format!("{mark} {line}\n")).collect()
    };
    missing(before, after, "-") + &missing(after, before, "+")
}
