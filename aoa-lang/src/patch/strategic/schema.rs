//! What the Go type says about a field: the type below, the strategy, the merge key.

use crate::typed::{Field, Type, TypeExpr};
use crate::value::Text;
use crate::{Error, Result};

/// The type of what is being merged.
#[derive(Clone, Copy)]
pub(super) struct Schema(TypeExpr);

/// How a field is patched.
#[derive(Clone, Copy)]
pub(super) struct PatchMeta(&'static Field);

impl PatchMeta {
    /// The strategy beside `retainKeys`.
    fn strategy(self) -> &'static str {
        self.0.patch_strategies().iter().copied().find(|s| *s != "retainKeys").unwrap_or_default()
    }

    pub(super) fn retains_keys(self) -> bool {
        self.0.patch_strategies().contains(&"retainKeys")
    }

    pub(super) fn replaces(self) -> bool {
        self.strategy() == "replace"
    }

    pub(super) fn merges(self) -> bool {
        self.strategy() == "merge"
    }

    /// Empty for scalars.
    pub(super) fn merge_key(self) -> &'static str {
        self.0.merge_key()
    }
}

impl Schema {
    pub(super) fn of(of: &'static Type) -> Schema {
        Schema(TypeExpr::of(of))
    }

    /// Go's kind of the type: `struct`, `map`.
    pub(super) fn kind(self) -> &'static str {
        self.0.kind()
    }

    /// The field `key` of a struct, and what holds for it.
    pub(super) fn map_field(self, key: &Text) -> Result<(Schema, PatchMeta)> {
        let behind = self.0.pointee().unwrap_or(self.0);
        let of = behind.as_struct().ok_or_else(|| {
            let message = "merging an object in json but data type is not struct, instead is";
            Error::invalid(format!("{message}: {}", behind.kind()))
        })?;
        let field = of.field_bytes(key.as_bytes()).ok_or_else(|| {
            Error::invalid(format!(
                "unable to find api field in struct {} for the json field {}",
                of.struct_name(),
                crate::strconv::quote(key.as_bytes())
            ))
        })?;
        Ok((Schema(field.type_expr()), PatchMeta(field)))
    }

    /// The items of the list field `key`, and what holds for it.
    pub(super) fn list_field(self, key: &Text) -> Result<(Schema, PatchMeta)> {
        let (Schema(list), meta) = self.map_field(key)?;
        if let Some(inner) = list.pointee() {
            return Ok((Schema(inner.item().unwrap_or(inner)), meta));
        }
        let item = list.item().ok_or_else(|| {
            Error::invalid(format!("expected slice or array type, but got: {}", self.kind()))
        })?;
        if item.item().is_some() {
            return Err(Error::invalid("unexpected slice of slice"));
        }
        Ok((Schema(item), meta))
    }
}
