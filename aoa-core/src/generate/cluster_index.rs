//! The registered clusters, ready for selectors: which cluster has which label, and its parameters.

use std::collections::HashMap;
use std::sync::OnceLock;

use aoa_lang::text::selector::{Operator, Requirement, Selector};
use aoa_lang::value::{Map, MapKind, Text};
use aoa_lang::{Value, fmt};

use super::names::normalize;
use crate::model::{Cluster, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, SECRET_TYPE_LABEL};

/// Annotations that Argo CD and kubectl write for themselves; they are no parameters.
const HIDDEN_ANNOTATIONS: [&str; 5] = [
    "argocd.argoproj.io/refresh",
    "argocd.argoproj.io/hydrate",
    "argocd.argoproj.io/tracking-id",
    "argocd.argoproj.io/installation-id",
    "kubectl.kubernetes.io/last-applied-configuration",
];

/// The clusters of one Argo CD, indexed by label.
///
/// They are in the order of their names, which is the order of the clusters generator here (upstream has that of a Go
/// map). Of several Secrets with one cluster name the generator sees the last, in the order of the Secrets' names, of
/// those that match the selector.
#[derive(Debug, Default)]
pub struct ClusterIndex {
    clusters: Vec<Indexed>,
    labels: HashMap<Text, HashMap<Text, Bits>>,
}

#[derive(Debug)]
struct Indexed {
    cluster: Cluster,
    go: OnceLock<Map>,
    flat: OnceLock<Map>,
}

impl ClusterIndex {
    /// Indexes clusters, those of the controller's namespace.
    #[must_use]
    pub fn new(mut clusters: Vec<Cluster>) -> Self {
        clusters.sort_by(|a, b| (&a.name, &a.secret).cmp(&(&b.name, &b.secret)));
        let mut labels: HashMap<Text, HashMap<Text, Bits>> = HashMap::new();
        for (at, cluster) in clusters.iter().enumerate() {
            for (key, value) in cluster.labels.iter() {
                let values = labels.entry(key.clone()).or_default();
                values.entry(text_of(value)).or_default().insert(at);
            }
            if !cluster.labels.contains_key(SECRET_TYPE_LABEL) {
                // A cluster that was given without its Secret's labels is a cluster all the same.
                let values = labels.entry(SECRET_TYPE_LABEL.into()).or_default();
                values.entry("cluster".into()).or_default().insert(at);
            }
        }
        let indexed = |cluster| Indexed { cluster, go: OnceLock::new(), flat: OnceLock::new() };
        ClusterIndex { clusters: clusters.into_iter().map(indexed).collect(), labels }
    }

    /// The clusters, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Cluster> {
        self.clusters.iter().map(|indexed| &indexed.cluster)
    }

    /// The clusters that match, sorted by name, one of each name.
    pub(super) fn select(&self, selector: &Selector) -> Vec<usize> {
        let mut found = Bits::all(self.clusters.len());
        match selector.requirements() {
            None => return Vec::new(),
            Some(requirements) => requirements.iter().for_each(|r| found.keep(&self.matching(r))),
        }
        let mut chosen: Vec<usize> = Vec::new();
        for at in found.iter() {
            match chosen.last_mut() {
                Some(last) if self.name(*last) == self.name(at) => *last = at,
                _ => chosen.push(at),
            }
        }
        chosen
    }

    /// The cluster at `at`.
    pub(super) fn get(&self, at: usize) -> Option<&Cluster> {
        self.clusters.get(at).map(|indexed| &indexed.cluster)
    }

    /// The parameters of the cluster at `at`, before `values`.
    pub(super) fn params(&self, at: usize, go: bool) -> Map {
        let Some(indexed) = self.clusters.get(at) else { return Map::new() };
        let (place, make): (_, fn(&Cluster) -> Map) =
            if go { (&indexed.go, go_params) } else { (&indexed.flat, flat_params) };
        place.get_or_init(|| make(&indexed.cluster)).clone()
    }

    fn name(&self, at: usize) -> Option<&Text> {
        self.get(at).map(|cluster| &cluster.name)
    }

    /// The clusters for which `requirement` holds; asks the clusters that have the label only.
    fn matching(&self, requirement: &Requirement) -> Bits {
        let values = self.labels.get(requirement.key().as_bytes());
        let mut present = Bits::default();
        let mut holding = Bits::default();
        for (value, bits) in values.into_iter().flatten() {
            present.add(bits);
            if requirement.holds(value.as_str()) {
                holding.add(bits);
            }
        }
        let missing_holds =
            matches!(requirement.operator(), Operator::NotIn | Operator::NotEquals | Operator::DoesNotExist);
        if missing_holds {
            let mut missing = Bits::all(self.clusters.len());
            missing.remove(&present);
            holding.add(&missing);
        }
        holding
    }
}

/// The parameters of Argo CD's own cluster where no Secret stands for it.
pub(super) fn local_params() -> Map {
    [
        ("name", Value::from(IN_CLUSTER_NAME)),
        ("nameNormalized", Value::from(IN_CLUSTER_NAME)),
        ("project", Value::from("")),
        ("server", Value::from(IN_CLUSTER_SERVER)),
    ]
    .into_iter()
    .collect()
}

fn common_params(cluster: &Cluster) -> Vec<(Text, Value)> {
    vec![
        ("name".into(), Value::String(cluster.name.clone())),
        ("nameNormalized".into(), Value::String(normalize(&cluster.name))),
        ("project".into(), Value::String(cluster.project.clone())),
        ("server".into(), Value::String(cluster.server.clone())),
    ]
}

fn go_params(cluster: &Cluster) -> Map {
    let mut meta = Vec::new();
    if !cluster.annotations.is_empty() {
        meta.push(("annotations".into(), Value::Map(Map::strings(shown_annotations(cluster)))));
    }
    if !cluster.labels.is_empty() {
        let labels = cluster.labels.iter().map(|(key, value)| (key.clone(), text_of(value)));
        meta.push(("labels".into(), Value::Map(Map::strings(labels))));
    }
    let mut params = common_params(cluster);
    params.push(("metadata".into(), Value::Map(Map::of(MapKind::Any, meta))));
    Map::of(MapKind::Any, params)
}

fn flat_params(cluster: &Cluster) -> Map {
    let mut params = common_params(cluster);
    let named = |prefix: &str, key: &Text| Text::from([prefix.as_bytes(), key.as_bytes()].concat());
    for (key, value) in shown_annotations(cluster) {
        params.push((named("metadata.annotations.", &key), Value::String(value)));
    }
    for (key, value) in cluster.labels.iter() {
        params.push((named("metadata.labels.", key), Value::String(text_of(value))));
    }
    Map::of(MapKind::Any, params)
}

fn shown_annotations(cluster: &Cluster) -> impl Iterator<Item = (Text, Text)> {
    let shown = |key: &Text| !HIDDEN_ANNOTATIONS.iter().any(|hidden| *key == **hidden);
    cluster
        .annotations
        .iter()
        .filter(move |(key, _)| shown(key))
        .map(|(key, value)| (key.clone(), text_of(value)))
}

fn text_of(value: &Value) -> Text {
    match value {
        Value::String(text) => text.clone(),
        other => fmt::display(other).into(),
    }
}

/// A set of small numbers.
#[derive(Clone, Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn all(count: usize) -> Bits {
        let mut bits = Bits(vec![u64::MAX; count / 64]);
        if !count.is_multiple_of(64) {
            bits.0.push(u64::MAX >> (64 - count % 64));
        }
        bits
    }

    fn insert(&mut self, at: usize) {
        if self.0.len() <= at / 64 {
            self.0.resize(at / 64 + 1, 0);
        }
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn add(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }

    fn keep(&mut self, other: &Bits) {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        self.0.iter_mut().zip(others).for_each(|(word, more)| *word &= more);
    }

    fn remove(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, gone)| *word &= !gone);
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.0.iter().enumerate();
        words.flat_map(|(at, word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        })
    }
}
