//! Versions and version constraints as Masterminds/semver 3.4.0 has them: what Helm, sprig and Argo CD compare with.
//!
//! ```
//! use aoa_lang::text::semver::{Constraint, Version};
//!
//! let version = Version::parse("v1.4")?;
//! assert_eq!(version.to_string(), "1.4.0");
//! assert!(Constraint::parse("^1.2 || >=3.0.0-0")?.check(&version));
//! let reasons = Constraint::parse("~1.3")?.explain(&version).unwrap_err();
//! assert_eq!(reasons[0].to_string(), "1.4.0 does not have same major and minor version as 1.3");
//! # Ok::<(), aoa_lang::Error>(())
//! ```

mod constraint;
mod scan;
mod version;

pub use self::constraint::{Constraint, Reason, Refusal};
pub use self::version::Version;
