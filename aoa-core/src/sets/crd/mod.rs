//! What the API server makes of an ApplicationSet before any controller sees it.
//!
//! The CustomResourceDefinition of Argo CD 3.5.7 stands in `table`; what is done with it is what apiextensions-apiserver
//! 0.36.1 does: fields that the schema does not know are dropped, nulls that it does not allow are dropped, and the rest
//! is validated, with the texts that `kubectl apply` shows. The schema has no defaults.
//!
//! ```
//! use aoa_core::lang::Value;
//! use aoa_core::sets::crd;
//!
//! let set = Value::map([
//!     ("metadata", Value::map([("name", Value::from("web"))])),
//!     ("spec", Value::map([("generators", Value::list(vec![])), ("colour", Value::from("red"))])),
//! ]);
//! let pruned = crd::prune(&set)?;
//! assert_eq!(pruned.unknown_fields, ["spec.colour"]);
//! assert_eq!(crd::validate(&pruned.object), ["spec.template: Required value"]);
//! # Ok::<(), aoa_core::lang::Error>(())
//! ```

mod prune;
mod schema;
mod table;
mod validate;

pub use prune::{Pruned, drop_nulls, prune};
pub use validate::validate;

use aoa_lang::{Result, Value};

/// What the API server would store.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The object, without unknown fields and nulls.
    pub object: Value,
    /// The paths of the fields that were dropped because the schema does not know them, sorted.
    pub unknown_fields: Vec<String>,
    /// Why the object is refused; empty if it is not.
    pub errors: Vec<String>,
}

/// All of it, in the API server's order: [`prune`], [`drop_nulls`], [`validate`].
///
/// # Errors
///
/// `Limit` if lists are nested too deeply.
pub fn admit(set: &Value) -> Result<Admitted> {
    let Pruned { object, unknown_fields } = prune(set)?;
    let object = drop_nulls(&object);
    let errors = validate(&object);
    Ok(Admitted { object, unknown_fields, errors })
}

fn schema_at(at: usize) -> Option<&'static schema::Schema> {
    table::SCHEMAS.get(at)
}

/// The place of the whole object in the table.
const ROOT: usize = table::SCHEMAS.len() - 1;
