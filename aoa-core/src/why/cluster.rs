//! What lands on a cluster.

use std::collections::{BTreeMap, BTreeSet};

use aoa_lang::Result;

use super::chain::{Asked, app_ref};
use super::lines;
use super::reasons::{ClusterGroup, ClusterReasons, InputKind};
use crate::fleet::{AppSet, Parent};
use crate::model::{Cluster, Kind, ObjectRef};

pub(super) fn reasons(asked: &Asked<'_>, cluster: &Cluster) -> Result<ClusterReasons> {
    let fleet = asked.fleet;
    let server = cluster.server_key();
    let mut groups: BTreeMap<Option<ObjectRef>, Vec<ObjectRef>> = BTreeMap::new();
    // Which clusters the sets generate for: one that chooses among them is worth a question.
    let mut chosen: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
    for app in fleet.apps() {
        let Some(to) = app.cluster() else { continue };
        if let Some(Parent::Set(id)) = app.record().map(|record| record.parent) {
            chosen.entry(id.0).or_default().insert(to.server_key());
        }
        if to.server_key() == server {
            groups.entry(app.parent()).or_default().push(app_ref(app.namespace(), app.name()));
        }
    }
    let groups = groups.into_iter().map(|(owner, apps)| {
        let is_set = owner.as_ref().is_some_and(|owner| owner.kind == Kind::ApplicationSet);
        let first = apps.first().filter(|_| is_set);
        let inputs = first.and_then(|app| asked.chain(app).pop()).map(|link| link.inputs).unwrap_or_default();
        let of_cluster = inputs.into_iter().filter(|input| {
            matches!(&input.kind, InputKind::Cluster { name } | InputKind::Label { cluster: name, .. } if *name == cluster.name)
        });
        ClusterGroup { owner, apps, inputs: of_cluster.collect() }
    });
    let groups: Vec<ClusterGroup> = groups.collect();
    let absent = chosen.into_iter().filter(|(_, servers)| !servers.contains(server)).filter_map(|(id, _)| {
        let set = AppSet::new(fleet, crate::fleet::SetId(id));
        Some(super::cell::set_ref(set.namespace(), set.name())).filter(|_| !set.name().is_empty())
    });
    let mut absent: Vec<ObjectRef> = absent.collect();
    absent.sort();
    Ok(ClusterReasons {
        name: cluster.name.clone(),
        server: cluster.server.clone(),
        site: lines::of_cluster(fleet, cluster, None),
        groups,
        absent,
    })
}
