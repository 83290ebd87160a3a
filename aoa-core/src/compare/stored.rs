//! An object as an API server keeps it.

use aoa_lang::Value;
use aoa_lang::typed::{self, Mode};

use super::defaults::with_defaults;
use super::state::{as_read, built_in};
use crate::model::GroupVersionKind;

/// `object` as Kubernetes 1.36 would keep it: read by its type, with defaults. `None` if it is of no kind of Kubernetes' own,
/// or has fields that its type does not know or cannot hold.
pub(crate) fn as_stored(object: &Value) -> Option<Value> {
    let read = as_read(object).ok()?;
    let read = typed::read(built_in(&read)?, &read, Mode::KubernetesStrict).ok()?;
    let read = as_read(&read).ok()?;
    let of = GroupVersionKind::of(&read);
    Some(with_defaults(read.str_at(&["apiVersion"])?, of.kind, &read))
}
