//! What Argo CD leaves out before it compares what runs with what should run.
//!
//! A rule names objects and what of them is not compared: JSON pointers, jq expressions, fields of other managers.
//!
//! ```
//! use aoa_core::compare::{IgnoreNormalizer, IgnoreRule};
//! use aoa_core::lang::{Value, yaml};
//!
//! let mut rule = IgnoreRule::new("apps", "*");
//! rule.jq = vec![".spec.template.spec.containers[] | select(.name == \"main\") | .image".into()];
//! let normalizer = IgnoreNormalizer::new(&[rule], &Default::default())?;
//! let object = yaml::load(
//!     b"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: main, image: web}]}}}}",
//! )?;
//! let compared = normalizer.normalize(&object)?;
//! let container = yaml::load(b"[{name: main}]")?;
//! assert!(compared.object.at(&["spec", "template", "spec", "containers"]) == Some(&container));
//! # Ok::<(), aoa_core::lang::Error>(())
//! ```

mod defaults;
mod ignore;
mod kinds;
mod managed_fields;
mod removal;
mod settings;
mod state;
mod stored;
mod tracking;

pub use ignore::{Compared, IgnoreNormalizer, IgnoreOptions, IgnoreRule};
pub use removal::Removal;
pub use settings::CompareSettings;
pub use state::{StateComparison, StateDifference};
pub(crate) use stored::{as_admitted, as_stored};
