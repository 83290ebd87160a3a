//! Path patterns as bmatcuk/doublestar 4.10.0 has them: those of Go's `path.Match`, with `**` and `{a,b}`.
//!
//! ```
//! use aoa_lang::text::doublestar;
//!
//! assert!(doublestar::matches("apps/**/{dev,prod}.yaml", "apps/web/eu/prod.yaml")?);
//! assert_eq!(doublestar::matches("a[", "a").unwrap_err().to_string(), "syntax error in pattern");
//! # Ok::<(), aoa_lang::Error>(())
//! ```

mod braces;
mod expand;
mod lists;
mod matching;
mod validate;

pub use self::expand::{FileKind, Files, PathList, glob};
pub use self::matching::{matches, mismatch};
pub use self::validate::is_valid;
