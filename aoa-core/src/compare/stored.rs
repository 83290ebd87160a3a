//! An object as an API server keeps it.

use aoa_lang::Value;
use aoa_lang::typed::{self, Mode};

use super::defaults::with_defaults;
use super::state::{as_read, built_in};

/// `object` as Kubernetes 1.36 would keep it: read by its type, with defaults. `None` if it is of no kind of Kubernetes' own,
/// or has fields that its type does not know or cannot hold.
pub(crate) fn as_stored(object: &Value) -> Option<Value> {
    stored_by(object, Mode::KubernetesStrict)
}

/// `object` as policies of Kubernetes 1.36 see it: the same, but fields that its type does not know are dropped.
pub(crate) fn as_admitted(object: &Value) -> Option<Value> {
    stored_by(object, Mode::Kubernetes)
}

fn stored_by(object: &Value, mode: Mode) -> Option<Value> {
    let of = built_in(object)?;
    let read = match typed::fitting(of, object, mode) {
        Some(read) => read,
        None => as_read(&typed::read(of, &as_read(object).ok()?, mode).ok()?).ok()?,
    };
    Some(with_defaults(read))
}
