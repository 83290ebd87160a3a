//! Annotations that declare an order. Argo CD does not know them: they say what their author has in mind.
//!
//! On Applications, `aoa.dev/depends-on` and `argocd.argoproj.io/depends-on` name Applications (`name` or `namespace/name`); on objects,
//! `config.kubernetes.io/depends-on` names objects as kpt does: `group/kind/name` or `group/namespaces/namespace/kind/name`.

use aoa_lang::Value;

use super::{Severity, Wants};
use crate::order::facts::DEPENDS_ON;
use crate::order::index::{Key, Object};
use crate::order::need::NeedKind;
use crate::order::world::{NONE, World};

/// What declared Applications are found by.
pub(in crate::order) fn key<'f>(namespace: &'f str, name: &'f str) -> Key<'f> {
    Key::object(NONE, "argoproj.io", "Application", namespace, name)
}

pub(super) fn wants<'f>(world: &World<'f>, at: u32, wants: &mut Wants<'f>) {
    let Some(node) = world.node(at) else { return };
    for written in &node.facts.depends_on {
        let (namespace, name) = written.rsplit_once('/').unwrap_or((node.app.namespace(), written));
        let Some(other) = world.fleet.app(namespace, name) else { continue };
        let key = key(other.namespace(), other.name());
        let (kind, severity) = (NeedKind::Declared, Severity::Waits);
        wants.all.push(super::Want { kind, key, node: at, at: NONE, severity, counts_itself: true });
    }
}

pub(super) fn wants_of_object<'f>(object: &Object<'f>, wants: &mut Wants<'f>) {
    let Some(annotations) = object.value.at(&["metadata", "annotations"]).and_then(Value::as_map) else {
        return;
    };
    let Some(written) = DEPENDS_ON.last().and_then(|key| annotations.get(key)?.as_str()) else { return };
    for name in written.split(',').map(str::trim) {
        let parts: Vec<&'f str> = name.split('/').collect();
        let key = match parts.as_slice() {
            [group, "namespaces", namespace, kind, name] => {
                Key::object(object.cluster, group, kind, namespace, name)
            }
            [group, kind, name] => Key::object(object.cluster, group, kind, "", name),
            _ => continue,
        };
        wants.add(object, NeedKind::Declared, key, Severity::Waits);
    }
}
