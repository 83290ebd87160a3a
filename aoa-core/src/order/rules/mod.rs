//! What objects stand on. Each rule is one file: what it is about, who provides it, who asks for it.
//!
//! To add a rule: a file, a line in [`wanted`] (or [`provide`]), a [`NeedKind`](super::NeedKind), and a scenario that shows the edge and
//! one that shows the false edge. What rules leave out on purpose: that a parent is complete, backends of an Ingress, targets of
//! autoscalers, subjects of bindings, selectors, optional references, default ServiceAccounts, built-in roles, namespaces and classes, and anything on another cluster.

pub(super) mod pods;

pub(super) mod definition;

mod api_service;
mod made_kinds;

mod config;
pub(super) mod credential;
pub(super) mod depends_on;
mod driver;
mod hook_service;
mod issuer;
pub(super) mod namespace;
mod pod_class;
pub(super) mod project;
mod references;
pub(super) mod secret;
mod service_account;
mod storage;
mod store;
pub(super) mod webhook;

use super::index::{Index, Key, Object};
use super::need::NeedKind;
use super::world::{NONE, World};

/// Something that an object of an Application asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Want<'f> {
    pub(super) kind: NeedKind,
    pub(super) key: Key<'f>,
    pub(super) node: u32,
    /// The number of the manifest that asks; [`NONE`] for the Application itself.
    pub(super) at: u32,
    pub(super) severity: Severity,
    /// Whether it stands on itself, too, if it brings what it asks for.
    pub(super) counts_itself: bool,
}

/// What happens while what is asked for is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// It is applied; what works with it tries again and again.
    Waits,
    /// Applying it fails, and with it the sync; what comes before it in the sync is applied.
    FailsThere,
    /// Nothing of the Application is applied.
    StopsAll,
}

/// Where rules put what objects ask for.
pub(super) struct Wants<'f> {
    pub(super) all: Vec<Want<'f>>,
}

impl<'f> Wants<'f> {
    /// Notes that `object` asks for `key`; nothing has no name.
    pub(super) fn add(&mut self, object: &Object<'f>, kind: NeedKind, key: Key<'f>, severity: Severity) {
        let (node, at) = (object.node, object.at);
        self.all.push(Want { kind, key, node, at, severity, counts_itself: false });
    }

    /// As [`Wants::add`], for the Application itself.
    fn add_app(&mut self, node: u32, kind: NeedKind, key: Key<'f>, counts_itself: bool) {
        let severity = Severity::StopsAll;
        self.all.push(Want { kind, key, node, at: NONE, severity, counts_itself });
    }
}

/// Tells `add` all that `object` provides on its cluster.
pub(super) fn provide<'f>(object: &Object<'f>, add: &mut impl FnMut(Key<'f>)) {
    if let Some((namespace, name)) = own_place(object) {
        add(Key::object(object.cluster, object.group, object.kind, namespace, name));
    }
    definition::provide(object, add);
    made_kinds::provide(object, add);
    api_service::provide(object, add);
    secret::provide(object, add);
    config::provide(object, add);
}

/// Namespace and name under which others refer to an object; `None` without a name.
fn own_place<'f>(object: &Object<'f>) -> Option<(&'f str, &'f str)> {
    let is_cluster_wide = matches!(
        object.kind,
        "Namespace"
            | "StorageClass"
            | "CSIDriver"
            | "PriorityClass"
            | "RuntimeClass"
            | "ClusterIssuer"
            | "GoogleCASClusterIssuer"
            | "AWSPCAClusterIssuer"
            | "ClusterSecretStore"
            | "ClusterTask"
            | "ClusterWorkflowTemplate"
            | "ClusterAnalysisTemplate"
            | "ClusterTriggerBinding"
            | "ClusterInterceptor"
            | "GatewayClass"
            | "ProviderConfig"
            | "Provider"
            | "IngressClass"
    );
    let namespace = if is_cluster_wide { "" } else { object.namespace };
    (!object.name.is_empty()).then_some((namespace, object.name))
}

/// All that the Applications `nodes` ask for, and their `objects`; Application by Application.
pub(super) fn wanted<'f>(
    world: &World<'f>,
    index: &Index<'f>,
    nodes: &[u32],
    objects: &[Object<'f>],
) -> Wants<'f> {
    let mut wants = Wants { all: Vec::with_capacity(objects.len()) };
    let mut objects = objects;
    for node in nodes.iter().copied() {
        project::wants(world, node, &mut wants);
        credential::wants(world, index, node, &mut wants);
        depends_on::wants(world, node, &mut wants);
        let count = objects.iter().take_while(|object| object.node == node).count();
        let (own, others) = objects.split_at_checked(count).unwrap_or((objects, &[]));
        objects = others;
        namespace::wants(world, node, own, &mut wants);
        own.iter().for_each(|object| of_object(world, index, object, &mut wants));
    }
    wants
}

fn of_object<'f>(world: &World<'f>, index: &Index<'f>, object: &Object<'f>, wants: &mut Wants<'f>) {
    definition::wants(world, object, wants);
    depends_on::wants_of_object(object, wants);
    webhook::wants(world, index, object, wants);
    issuer::wants(object, wants);
    store::wants(object, wants);
    references::wants(object, wants);
    storage::wants(object, wants);
    driver::wants(object, wants);
    if let Some(pod) = pods::spec(object) {
        secret::wants(object, pod, wants);
        config::wants(object, pod, wants);
        service_account::wants(object, pod, wants);
        pod_class::wants(object, pod, wants);
        hook_service::wants(index, object, pod, wants);
    }
}
