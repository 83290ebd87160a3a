//! Pods are not made until their ServiceAccount is there; that called `default` always is.

use aoa_lang::Value;

use super::{Severity, Wants};
use crate::order::index::{Key, Object};
use crate::order::need::NeedKind;

pub(super) fn wants<'f>(object: &Object<'f>, pod: &'f Value, wants: &mut Wants<'f>) {
    let text = |key| pod.str_at(&[key]).filter(|name| !name.is_empty());
    let Some(name) = text("serviceAccountName").or_else(|| text("serviceAccount")) else { return };
    if name != "default" {
        let key = Key::object(object.cluster, "", "ServiceAccount", object.namespace, name);
        // The Pod itself is refused; what makes Pods tries again.
        let severity = if object.kind == "Pod" { Severity::FailsThere } else { Severity::Waits };
        wants.add(object, NeedKind::ServiceAccount, key, severity);
    }
}
