//! What a policy restricts.

use aoa_lang::value::Text;

use super::permitted::{Permitted, Subject};
use super::reading::{Node, Reading};

/// What a policy restricts. An Application may do what every restriction permits that reaches it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Restriction {
    /// `sources`: repositories and chart repositories.
    Sources(Permitted),
    /// `destinations`: clusters, by name or address.
    Destinations(Permitted),
    /// `namespaces`: of the destination, and of each object.
    Namespaces(Permitted),
    /// `kinds`: of objects, `Secret` or `apps/Deployment`.
    Kinds(Permitted),
    /// `syncOptions`: of the Application, and of each object.
    SyncOptions(Permitted),
    /// `revisions`: `targetRevision` of sources.
    Revisions {
        /// Which.
        permitted: Permitted,
        /// Whether they must stay what they are.
        stability: Stability,
    },
    /// `images`: of workloads, with registry and without tag: `docker.io/library/nginx`.
    Images {
        /// Which.
        permitted: Permitted,
        /// Whether they must name a digest.
        identity: Identity,
    },
    /// `rbac`: verbs that no role may grant.
    Rbac {
        /// `deny`
        verbs: Vec<Text>,
    },
}

/// Whether revisions must stay what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stability {
    /// They may move.
    #[default]
    Any,
    /// `require: pinned`: a commit or a version.
    Pinned,
}

/// How images are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Identity {
    /// By tag or digest.
    #[default]
    Any,
    /// `require: digest`
    Digest,
}

impl Restriction {
    /// Reads the restriction `name`; `None` if it restricts nothing.
    pub(super) fn read(name: &str, node: &Node<'_>, reading: &mut Reading) -> Option<Self> {
        let more: &[&str] = match name {
            "revisions" | "images" => &["require"],
            "rbac" => return rbac(node, reading),
            _ => &[],
        };
        let fields: Vec<&str> = Permitted::FIELDS.iter().chain(more).copied().collect();
        if !node.has_fields(&fields, reading) {
            return None;
        }
        let subject = match name {
            "sources" => Subject::Url,
            "kinds" | "images" => Subject::Path,
            _ => Subject::Name,
        };
        let before = reading.mistakes.len();
        let permitted = Permitted::read(node, subject, reading);
        let require = node.field("require");
        let is_empty = permitted.is_empty() && require.is_none();
        if is_empty && reading.mistakes.len() == before {
            let help = format!("known are {}", fields.join(", "));
            reading.say(node, format!("`{}` restricts nothing", node.path()), Some(help));
        }
        if is_empty {
            return None;
        }
        Some(match name {
            "sources" => Restriction::Sources(permitted),
            "destinations" => Restriction::Destinations(permitted),
            "namespaces" => Restriction::Namespaces(permitted),
            "kinds" => Restriction::Kinds(permitted),
            "syncOptions" => Restriction::SyncOptions(permitted),
            "revisions" => {
                let word = require.and_then(|word| word.word(&[("pinned", Stability::Pinned)], reading));
                Restriction::Revisions { permitted, stability: word.unwrap_or_default() }
            }
            _ => {
                let word = require.and_then(|word| word.word(&[("digest", Identity::Digest)], reading));
                Restriction::Images { permitted, identity: word.unwrap_or_default() }
            }
        })
    }

    /// What it permits, where it has lists.
    #[must_use]
    pub fn permitted(&self) -> Option<&Permitted> {
        match self {
            Restriction::Sources(permitted)
            | Restriction::Destinations(permitted)
            | Restriction::Namespaces(permitted)
            | Restriction::Kinds(permitted)
            | Restriction::SyncOptions(permitted)
            | Restriction::Revisions { permitted, .. }
            | Restriction::Images { permitted, .. } => Some(permitted),
            Restriction::Rbac { .. } => None,
        }
    }

    /// What it asks beside its lists: `pinned`, `digest`.
    #[must_use]
    pub fn requires(&self) -> Option<&'static str> {
        match self {
            Restriction::Revisions { stability: Stability::Pinned, .. } => Some("pinned"),
            Restriction::Images { identity: Identity::Digest, .. } => Some("digest"),
            _ => None,
        }
    }
}

fn rbac(node: &Node<'_>, reading: &mut Reading) -> Option<Restriction> {
    if !node.has_fields(&["deny"], reading) {
        return None;
    }
    let Some(list) = node.field("deny") else {
        reading.say(node, format!("`{}` restricts nothing", node.path()), Some("known are deny".to_owned()));
        return None;
    };
    let items = list.items(reading);
    let verbs = items.iter().filter_map(|item| item.text(reading)).collect();
    Some(Restriction::Rbac { verbs })
}
