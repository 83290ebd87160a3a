//! External Secrets are fetched from a store, which has to be there.

use super::{Severity, Wants};
use crate::order::index::{Key, Object, items};
use crate::order::need::NeedKind;

pub(super) fn wants<'f>(object: &Object<'f>, wants: &mut Wants<'f>) {
    if object.group != "external-secrets.io" {
        return;
    }
    let spec: &[&str] = match object.kind {
        "ExternalSecret" | "PushSecret" => &["spec"],
        "ClusterExternalSecret" => &["spec", "externalSecretSpec"],
        _ => return,
    };
    let Some(spec) = object.value.at(spec) else { return };
    let one = spec.get("secretStoreRef").into_iter();
    for store in one.chain(items(spec, &["secretStoreRefs"])) {
        let text = |key| store.str_at(&[key]).unwrap_or_default();
        let (kind, namespace) = match text("kind") {
            "ClusterSecretStore" => ("ClusterSecretStore", ""),
            _ => ("SecretStore", object.namespace),
        };
        if !text("name").is_empty() {
            let key = Key::object(object.cluster, object.group, kind, namespace, text("name"));
            wants.add(object, NeedKind::SecretStore, key, Severity::Waits);
        }
    }
}
