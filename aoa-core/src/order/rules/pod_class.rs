//! Pods are not made until their PriorityClass and RuntimeClass are there; those of the system always are.

use aoa_lang::Value;

use super::{Severity, Wants};
use crate::order::index::{Key, Object};
use crate::order::need::NeedKind;

pub(super) fn wants<'f>(object: &Object<'f>, pod: &'f Value, wants: &mut Wants<'f>) {
    let text = |key| pod.str_at(&[key]).filter(|name| !name.is_empty() && !name.starts_with("system-"));
    if let Some(name) = text("priorityClassName") {
        let key = Key::object(object.cluster, "scheduling.k8s.io", "PriorityClass", "", name);
        wants.add(object, NeedKind::PriorityClass, key, Severity::Waits);
    }
    if let Some(name) = text("runtimeClassName") {
        let key = Key::object(object.cluster, "node.k8s.io", "RuntimeClass", "", name);
        wants.add(object, NeedKind::RuntimeClass, key, Severity::Waits);
    }
}
