//! Annotations that declare an order. Argo CD does not know them: they say what their author has in mind.
//!
//! On Applications, `aoa.dev/depends-on` and `argocd.argoproj.io/depends-on` name Applications (`name` or `namespace/name`). Everywhere they
//! name objects too, as does `config.kubernetes.io/depends-on`: as kpt does (`group/kind/name`,
//! `group/namespaces/namespace/kind/name`), or, of a kind that Kubernetes itself has, `Kind/name` in the namespace of who says it and
//! `Kind/namespace/name`. An object is looked for on the cluster of who names it.

use std::collections::HashSet;

use aoa_lang::Value;
use foldhash::fast::FixedState;

use super::{Severity, Wants};
use crate::fleet::{App, AppObject};
use crate::order::facts::{DEPENDS_ON, names};
use crate::order::index::{Key, Object};
use crate::order::need::NeedKind;
use crate::order::world::{NONE, Node, World};
use crate::policy::Scopes;

/// What declared Applications are found by.
pub(in crate::order) fn key<'f>(namespace: &'f str, name: &'f str) -> Key<'f> {
    Key::object(NONE, "argoproj.io", "Application", namespace, name)
}

pub(super) fn wants<'f>(world: &World<'f>, at: u32, wants: &mut Wants<'f>) {
    let Some(node) = world.node(at) else { return };
    let mut add = |key: Key<'f>| {
        let (kind, severity, counts_itself) = (NeedKind::Declared, Severity::Waits, key.cluster == NONE);
        wants.all.push(super::Want { kind, key, node: at, at: NONE, severity, counts_itself });
    };
    for other in node.facts.depends_on.iter().filter_map(|written| app(world, node, written)) {
        add(key(other.namespace(), other.name()));
    }
    of_app(world, node).for_each(add);
}

/// All workloads and other objects that nobody but an annotation asks for by name.
pub(in crate::order) fn named<'f>(
    world: &World<'f>,
    nodes: &[u32],
    objects: &[Object<'f>],
) -> HashSet<Key<'f>, FixedState> {
    let of_apps = nodes.iter().filter_map(|at| world.node(*at)).flat_map(|node| of_app(world, node));
    let mut keys: HashSet<Key<'f>, FixedState> = of_apps.collect();
    keys.extend(objects.iter().flat_map(of_object));
    keys
}

/// What others may call an object that is nobody's own business.
pub(in crate::order) fn key_of<'f>(object: &Object<'f>) -> Key<'f> {
    let is_namespaced = Scopes::default().is_namespaced(object.group, object.kind);
    let namespace = if is_namespaced { object.namespace } else { "" };
    Key::object(object.cluster, object.group, object.kind, namespace, object.name)
}

/// The objects that the annotations of an Application name. What a template makes of them lives no longer than the Application
/// that was asked for.
fn of_app<'f>(world: &World<'f>, node: &Node<'f>) -> impl Iterator<Item = Key<'f>> {
    let whole = match node.app.record().map(|record| &record.object) {
        Some(AppObject::Whole(whole)) if !node.facts.depends_on.is_empty() => Some(&whole.object),
        _ => None,
    };
    let (cluster, own) = (node.cluster, node.namespace);
    let written = whole.into_iter().flat_map(declared);
    let written: Vec<&'f str> = written.filter(|written| app(world, node, written).is_none()).collect();
    written.into_iter().filter_map(move |written| object(written, cluster, own))
}

/// The Application that is meant.
fn app<'f>(world: &World<'f>, node: &Node<'f>, written: &str) -> Option<App<'f>> {
    let (namespace, name) = written.rsplit_once('/').unwrap_or((node.app.namespace(), written));
    world.fleet.app(namespace, name)
}

/// The objects that the annotations of an object name.
fn of_object<'f>(from: &Object<'f>) -> impl Iterator<Item = Key<'f>> {
    let (cluster, own) = (from.cluster, from.namespace);
    // Applications are asked by themselves.
    let is_app = from.is("argoproj.io", "Application");
    let written = (!is_app).then(|| declared(from.value)).into_iter().flatten();
    written.filter_map(move |written| object(written, cluster, own))
}

pub(super) fn wants_of_object<'f>(from: &Object<'f>, wants: &mut Wants<'f>) {
    of_object(from).for_each(|key| wants.add(from, NeedKind::Declared, key, Severity::Waits));
}

/// What the annotations of an object name.
fn declared(object: &Value) -> impl Iterator<Item = &str> {
    let annotations = object.at(&["metadata", "annotations"]).and_then(Value::as_map);
    DEPENDS_ON.iter().filter_map(move |key| annotations?.get(key)?.as_str()).flat_map(names)
}

/// The object that is meant; `own` is the namespace of who means it.
fn object<'f>(written: &'f str, cluster: u32, own: &'f str) -> Option<Key<'f>> {
    let parts: Vec<&'f str> = written.split('/').collect();
    let is_kind = |text: &str| text.starts_with(|first: char| first.is_ascii_uppercase());
    match parts.as_slice() {
        [group, "namespaces", namespace, kind, name] => {
            Some(Key::object(cluster, group, kind, namespace, name))
        }
        [kind, namespace, name] if is_kind(kind) => {
            Some(Key::object(cluster, Scopes::built_in_group(kind)?, kind, namespace, name))
        }
        [group, kind, name] => Some(Key::object(cluster, group, kind, "", name)),
        [kind, name] if is_kind(kind) => {
            let group = Scopes::built_in_group(kind)?;
            let is_namespaced = Scopes::default().is_namespaced(group, kind);
            Some(Key::object(cluster, group, kind, if is_namespaced { own } else { "" }, name))
        }
        _ => None,
    }
}
