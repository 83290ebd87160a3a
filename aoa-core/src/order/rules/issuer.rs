//! A certificate is not ready until its issuer is there.

use super::{Severity, Wants};
use crate::order::index::{Key, Object};
use crate::order::need::NeedKind;

const GROUP: &str = "cert-manager.io";

pub(super) fn wants<'f>(object: &Object<'f>, wants: &mut Wants<'f>) {
    let mut issuer = |group: &'f str, kind: &'f str, name: &'f str| {
        if name.is_empty() {
            return;
        }
        let namespace = if kind.contains("Cluster") { "" } else { object.namespace };
        let key = Key::object(object.cluster, group, kind, namespace, name);
        wants.add(object, NeedKind::Issuer, key, Severity::Waits);
    };
    match (object.group, object.kind) {
        (GROUP, "Certificate" | "CertificateRequest") => {
            let text = |key| object.text(&["spec", "issuerRef", key]);
            issuer(or(text("group"), GROUP), or(text("kind"), "Issuer"), text("name"));
        }
        ("networking.k8s.io", "Ingress") | ("gateway.networking.k8s.io", "Gateway") => {
            let text = |key| object.text(&["metadata", "annotations", key]);
            issuer(GROUP, "ClusterIssuer", text("cert-manager.io/cluster-issuer"));
            let (group, kind) = (text("cert-manager.io/issuer-group"), text("cert-manager.io/issuer-kind"));
            issuer(or(group, GROUP), or(kind, "Issuer"), text("cert-manager.io/issuer"));
        }
        _ => {}
    }
}

fn or<'f>(text: &'f str, otherwise: &'f str) -> &'f str {
    if text.is_empty() { otherwise } else { text }
}
