//! Objects need their namespace; an Application with `CreateNamespace=true` makes that of its destination.

use std::collections::HashSet;

use super::{Severity, Want, Wants};
use crate::order::index::{Key, Object};
use crate::order::need::NeedKind;
use crate::order::world::World;
use crate::policy::{Scope, Scopes};

/// Namespaces that every cluster has.
const BUILT_IN: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Whether a namespace is there before anything of the fleet.
pub(in crate::order) fn is_built_in(world: &World<'_>, cluster: u32, name: &str) -> bool {
    let home = world.fleet.data.inputs.settings.namespace.as_str().unwrap_or_default();
    BUILT_IN.contains(&name) || (name == home && world.is_on_control_plane(cluster))
}

/// What an Application with these objects asks for.
pub(super) fn wants<'f>(world: &World<'f>, node: u32, objects: &[Object<'f>], wants: &mut Wants<'f>) {
    let Some(lands) = world.node(node) else { return };
    let mut seen: HashSet<&'f str> = HashSet::new();
    let mut last = "";
    let scopes = Scopes::default();
    for object in objects {
        // Most objects of an Application are in one namespace.
        if object.namespace == last || object.namespace.is_empty() {
            continue;
        }
        if seen.contains(object.namespace) || !is_namespaced(&scopes, object) {
            continue;
        }
        last = object.namespace;
        seen.insert(last);
        let makes = lands.facts.creates_namespace && object.namespace == lands.namespace;
        if makes || is_built_in(world, lands.cluster, object.namespace) {
            continue;
        }
        let key = Key::namespace(lands.cluster, object.namespace);
        let severity = Severity::FailsThere;
        wants.all.push(Want {
            kind: NeedKind::Namespace,
            key,
            node,
            at: object.at,
            severity,
            counts_itself: false,
        });
    }
}

/// Whether an object surely lives in a namespace: its kind is known to, or it says so.
fn is_namespaced(scopes: &Scopes, object: &Object<'_>) -> bool {
    match scopes.scope(object.group, object.kind) {
        Some(scope) => scope == Scope::Namespaced,
        None => !object.written.is_empty(),
    }
}
