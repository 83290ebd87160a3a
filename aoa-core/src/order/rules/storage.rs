//! Claims need their StorageClass; those that name none take the default one.

use aoa_lang::Value;

use super::{Severity, Wants};
use crate::order::index::{Key, Object};
use crate::order::need::NeedKind;

pub(super) fn wants<'f>(object: &Object<'f>, wants: &mut Wants<'f>) {
    let mut class = |class: Option<&'f str>| {
        if let Some(class) = class.filter(|class| !class.is_empty()) {
            let key = Key::object(object.cluster, "storage.k8s.io", "StorageClass", "", class);
            wants.add(object, NeedKind::StorageClass, key, Severity::Waits);
        }
    };
    match (object.group, object.kind) {
        ("", "PersistentVolumeClaim") => class(object.value.str_at(&["spec", "storageClassName"])),
        ("apps", "StatefulSet") => {
            for claim in object.items(&["spec", "volumeClaimTemplates"]) {
                class(claim.at(&["spec", "storageClassName"]).and_then(Value::as_str));
            }
        }
        _ => {}
    }
}
