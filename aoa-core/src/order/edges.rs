//! Who waits for whom: what is asked for, found with whoever brings it, or not.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::index::{Bringers, Index, Key, Object, Provider};
use super::need::{NeedKind, Outcome, Strength};
use super::rules::{self, Severity, Want, Wants, definition, secret};
use super::trouble::{Unseen, UnseenReason};
use super::world::{NONE, World};

/// One Application that waits for another, for one reason.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need<'f> {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) kind: NeedKind,
    pub(super) key: Key<'f>,
    /// The first object that asks; [`NONE`] for the Application itself.
    pub(super) at: u32,
    /// The object that provides; [`NONE`] for the Application itself.
    pub(super) by: u32,
    /// How many objects ask.
    pub(super) count: u32,
    pub(super) severity: Severity,
    /// How many Applications bring it; any of them will do.
    pub(super) providers: u32,
    pub(super) strength: Strength,
    pub(super) outcome: Outcome,
    /// Whether what is needed comes in a later wave, or step of a rollout, than what needs it.
    pub(super) comes_later: bool,
}

/// The needs that somebody meets, by who waits, for whom, and why; and the hard ones that nobody in sight meets.
pub(super) fn edges<'f>(world: &World<'f>) -> (Vec<Need<'f>>, Vec<Unseen<'f>>) {
    let known_to_argo_cd = Rc::new(Bringers::of_argo_cd(world));
    let mut unseen = BTreeMap::new();
    let needs = world.on_cluster.iter().map(|nodes| {
        let objects: Vec<Object<'f>> = nodes.iter().flat_map(|node| Object::all(world, *node)).collect();
        let index = Index::of(world, nodes, &objects, known_to_argo_cd.clone());
        let wants = rules::wanted(world, &index, nodes, &objects);
        met(world, &index, wants, &mut unseen)
    });
    let needs = by_node(world, needs.collect());
    (needs, said(world, unseen))
}

/// What these wants come to. Each is met once for all objects of an Application that want it.
fn met<'f>(
    world: &World<'f>,
    index: &Index<'f>,
    wants: Wants<'f>,
    unseen: &mut BTreeMap<(u32, NeedKind, Key<'f>), Asked>,
) -> Vec<Need<'f>> {
    let mut needs = Vec::new();
    for want in wants.all {
        match meet(world, index, &want) {
            Met::By(need) => needs.push(need),
            Met::ByItself => {}
            Met::Unseen(reason) => {
                let entry = unseen.entry((cluster(world, &want), want.kind, want.key));
                let asked = entry.or_insert(Asked { apps: Vec::new(), objects: 0, reason });
                asked.objects += 1;
                // Wants come node by node.
                if asked.apps.last() != Some(&want.node) {
                    asked.apps.push(want.node);
                }
            }
        }
    }
    let order = |need: &Need<'f>| (need.from, need.to, need.kind, need.key, need.at);
    needs.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
    needs.dedup_by(|later, first| {
        let same =
            (later.from, later.to, later.kind, later.key) == (first.from, first.to, first.kind, first.key);
        if same {
            first.count = first.count.saturating_add(later.count);
            if later.severity > first.severity {
                first.severity = later.severity;
                first.at = later.at;
            }
        }
        same
    });
    needs
}

/// Puts the needs of all clusters in one order: those of one cluster are by node, and each node is on one cluster.
fn by_node<'f>(world: &World<'f>, of_clusters: Vec<Vec<Need<'f>>>) -> Vec<Need<'f>> {
    let mut all = Vec::with_capacity(of_clusters.iter().map(Vec::len).sum());
    let mut of_clusters: Vec<_> = of_clusters.into_iter().map(|needs| needs.into_iter().peekable()).collect();
    for (at, node) in (0..).zip(&world.nodes) {
        let Some(needs) = of_clusters.get_mut(node.cluster as usize) else { continue };
        while let Some(need) = needs.next_if(|need| need.from == at) {
            all.push(need);
        }
    }
    all
}

/// Who asks for what nobody in sight brings.
struct Asked {
    apps: Vec<u32>,
    objects: usize,
    reason: UnseenReason,
}

enum Met<'f> {
    By(Need<'f>),
    ByItself,
    Unseen(UnseenReason),
}

fn meet<'f>(world: &World<'f>, index: &Index<'f>, want: &Want<'f>) -> Met<'f> {
    match want.kind {
        NeedKind::Definition => kind(world, index, want),
        NeedKind::Declared if want.key.cluster == NONE => declared(world, want),
        NeedKind::Secret => {
            let makers = || secret::makers_by_suffix(&want.key).find(|key| index.has(key));
            let key = if index.has(&want.key) { Some(want.key) } else { makers() };
            key.map_or(Met::ByItself, |key| of_providers(world, want, index.providers(&key)))
        }
        NeedKind::ConfigMap if !index.has(&want.key) => {
            let bundle = Key::object(want.key.cluster, "trust.cert-manager.io", "Bundle", "", want.key.name);
            of_providers(world, want, index.providers(&bundle))
        }
        NeedKind::Namespace | NeedKind::Project => {
            if index.has(&want.key) {
                of_providers(world, want, index.providers(&want.key))
            } else if want.kind == NeedKind::Project
                && world.projects.contains(&(want.key.namespace, want.key.name))
            {
                Met::ByItself
            } else {
                Met::Unseen(UnseenReason::NotInFleet)
            }
        }
        _ => of_providers(world, want, index.providers(&want.key)),
    }
}

/// The Applications behind `providers`, of which one will do.
fn of_providers<'f>(
    world: &World<'f>,
    want: &Want<'f>,
    providers: impl Iterator<Item = Provider>,
) -> Met<'f> {
    let mut found: Vec<(u32, u32)> = providers.map(|provider| (provider.node, provider.at)).collect();
    found.sort_unstable();
    found.dedup_by_key(|(node, _)| *node);
    let brings_itself = found.iter().any(|(node, _)| *node == want.node);
    if brings_itself && !(want.counts_itself && found.len() == 1) {
        return Met::ByItself;
    }
    let is_credential = matches!(want.kind, NeedKind::ClusterCredential | NeedKind::RepositoryCredential);
    if is_credential && found.iter().any(|(node, _)| world.creators(*node).any(|above| above == want.node)) {
        return Met::ByItself;
    }
    match found.first() {
        None => Met::ByItself,
        Some((to, by)) => Met::By(need(want, *to, *by, found.len())),
    }
}

fn need<'f>(want: &Want<'f>, to: u32, by: u32, providers: usize) -> Need<'f> {
    Need {
        from: want.node,
        to,
        kind: want.kind,
        key: want.key,
        at: want.at,
        by,
        count: 1,
        severity: want.severity,
        providers: super::world::number(providers),
        strength: Strength::Runtime,
        outcome: Outcome::Heals,
        comes_later: false,
    }
}

fn declared<'f>(world: &World<'f>, want: &Want<'f>) -> Met<'f> {
    let app = world.fleet.app(want.key.namespace, want.key.name);
    match app.and_then(|app| world.node_of(app.id())) {
        Some(node) => Met::By(need(want, node, NONE, 1)),
        None => Met::ByItself,
    }
}

/// Who defines a kind, or answers for it.
fn kind<'f>(world: &World<'f>, index: &Index<'f>, want: &Want<'f>) -> Met<'f> {
    let Some(object) = Object::of(world, want.node, want.at) else { return Met::ByItself };
    let mut serving = Vec::new();
    let mut refusing = None;
    for provider in index.providers(&want.key) {
        let Some(definition) = Object::of(world, provider.node, provider.at) else { continue };
        if definition::serves(&definition, object.version) {
            serving.push((provider, definition));
        } else {
            refusing = Some(definition);
        }
    }
    if let Some((_, first)) = serving.first() {
        let kind = match first.kind {
            "ConstraintTemplate" => NeedKind::Template,
            "CompositeResourceDefinition" => NeedKind::Composite,
            "ResourceGraphDefinition" | "ResourceGroup" => NeedKind::Graph,
            _ => NeedKind::Definition,
        };
        let want = Want { kind, ..*want };
        return of_providers(world, &want, serving.iter().map(|(provider, _)| *provider));
    }
    let version = Key::version(object.cluster, object.group, object.version);
    if let Some(provider) = index.providers(&version).next() {
        return answered(world, index, want, provider);
    }
    if is_served(world, &object) {
        return Met::ByItself;
    }
    Met::Unseen(match refusing {
        Some(definition) => UnseenReason::OtherVersions(
            definition::served(&definition).into_iter().map(str::to_owned).collect(),
        ),
        None if index.installers.is_empty() => UnseenReason::NotInFleet,
        None => UnseenReason::MayCome(index.installers.clone()),
    })
}

/// The API server behind an APIService is the Application that brings its service.
fn answered<'f>(world: &World<'f>, index: &Index<'f>, want: &Want<'f>, provider: Provider) -> Met<'f> {
    let want = Want { kind: NeedKind::ApiService, ..*want };
    let service = Object::of(world, provider.node, provider.at).map(|service| {
        let text = |key| service.text(&["spec", "service", key]);
        Key::object(service.cluster, "", "Service", text("namespace"), text("name"))
    });
    match service.filter(|key| index.has(key)) {
        Some(key) => of_providers(world, &want, index.providers(&key)),
        None => of_providers(world, &want, [provider].into_iter()),
    }
}

/// Whether the inventory says that the cluster serves a kind.
fn is_served(world: &World<'_>, object: &Object<'_>) -> bool {
    let landing = world.clusters.get(object.cluster as usize).and_then(|landing| landing.cluster);
    let Some(versions) = landing.and_then(|cluster| cluster.api_versions.as_ref()) else { return false };
    let version = format!("{}/{}", object.group, object.version);
    versions.iter().filter_map(|v| v.as_str()).any(|served| {
        served == version
            || served.strip_prefix(version.as_str()).is_some_and(|rest| rest == format!("/{}", object.kind))
    })
}

fn cluster(world: &World<'_>, want: &Want<'_>) -> u32 {
    if want.key.cluster == NONE {
        world.node(want.node).map_or(NONE, |node| node.cluster)
    } else {
        want.key.cluster
    }
}

fn said<'f>(world: &World<'f>, unseen: BTreeMap<(u32, NeedKind, Key<'f>), Asked>) -> Vec<Unseen<'f>> {
    let mut unknown: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, node) in world.nodes.iter().enumerate() {
        let at = super::world::number(at);
        if world.is_unknown(at) || world.fails(at) {
            *unknown.entry(node.cluster).or_default() += 1;
        }
    }
    let landing = |cluster: u32| world.clusters.get(cluster as usize).map(|landing| landing.name.clone());
    let all = unseen.into_iter().map(|((cluster, kind, key), asked)| Unseen {
        cluster: landing(cluster).unwrap_or_default(),
        kind,
        what: super::need::named(&key),
        apps: asked.apps.iter().filter_map(|at| Some(world.node(*at)?.app)).collect(),
        objects: asked.objects,
        unknown_apps: unknown.get(&cluster).copied().unwrap_or_default(),
        reason: asked.reason,
    });
    all.collect()
}
