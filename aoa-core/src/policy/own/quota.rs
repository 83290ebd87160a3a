//! How much may be asked for.

use std::cmp::Ordering;

use aoa_lang::Value;
use aoa_lang::cel::Quantity;

use super::reading::{Node, Reading, Way};

/// A quota: how much all that is delivered may ask for together.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Quota {
    /// Of whom.
    pub per: Per,
    /// Of what how much.
    pub limits: Vec<QuotaLimit>,
}

/// Whose requests count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Per {
    /// Those of one Application.
    App,
    /// Those of all Applications of one owner that the quota reaches.
    Team,
    /// Those of all Applications that the quota reaches in one namespace of a cluster.
    Namespace,
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Resource {
    /// Pods.
    Replicas,
    /// CPU that Pods request.
    Cpu,
    /// Memory that Pods request.
    Memory,
    /// Volumes that claims request.
    Storage,
}

/// One limit of a quota.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QuotaLimit {
    /// What is limited.
    pub resource: Resource,
    /// The most, as it is written.
    pub text: String,
    pub(crate) most: Quantity,
    pub(crate) way: Way,
}

impl Per {
    const WORDS: [(&'static str, Per); 3] =
        [("app", Per::App), ("team", Per::Team), ("namespace", Per::Namespace)];

    /// The word of the schema.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Per::App => "app",
            Per::Team => "team",
            Per::Namespace => "namespace",
        }
    }
}

impl Resource {
    /// In the order of reports.
    pub const ALL: [Resource; 4] = [Resource::Replicas, Resource::Cpu, Resource::Memory, Resource::Storage];

    /// The word of the schema.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Resource::Replicas => "replicas",
            Resource::Cpu => "cpu",
            Resource::Memory => "memory",
            Resource::Storage => "storage",
        }
    }
}

impl Quota {
    pub(super) fn read(node: &Node<'_>, reading: &mut Reading) -> Option<Self> {
        if !node.has_fields(&["per", "replicas", "cpu", "memory", "storage"], reading) {
            return None;
        }
        let Some(per) = node.field("per") else {
            let help = Some("write `per: app`, `team` or `namespace`".to_owned());
            reading.say(node, format!("`{}` says not whose it is", node.path()), help);
            return None;
        };
        let per = per.word(&Per::WORDS, reading)?;
        let before = reading.mistakes.len();
        let limits: Vec<QuotaLimit> =
            Resource::ALL.into_iter().filter_map(|of| limit(of, &node.field(of.name())?, reading)).collect();
        if limits.is_empty() {
            if reading.mistakes.len() == before {
                reading.say(node, format!("`{}` limits nothing", node.path()), None);
            }
            return None;
        }
        Some(Quota { per, limits })
    }
}

impl QuotaLimit {
    /// Whether `used` is more.
    pub(crate) fn is_passed_by(&self, used: &Quantity) -> bool {
        used.compare(&self.most) == Ordering::Greater
    }
}

fn limit(resource: Resource, node: &Node<'_>, reading: &mut Reading) -> Option<QuotaLimit> {
    let text = amount(node.value);
    let parsed = text.as_deref().and_then(|text| Quantity::parse(text).ok()).filter(|q| q.sign() >= 0);
    match (text, parsed) {
        (Some(text), Some(most)) => Some(QuotaLimit { resource, text, most, way: node.way.clone() }),
        _ => {
            let help = Some("an amount as Kubernetes writes it: 500m, 2, 4Gi".to_owned());
            reading.say(node, format!("`{}` is no amount", node.path()), help);
            None
        }
    }
}

/// A number, or the text of one.
pub(super) fn amount(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.as_str().map(str::to_owned),
        Value::Bool(_) | Value::Null | Value::List(_) | Value::Map(_) => None,
        number => aoa_lang::json::to_string(number).ok(),
    }
}
