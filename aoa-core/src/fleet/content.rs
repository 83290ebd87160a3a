//! What an Application contains: its sources, each rendered, unknown or failed.

use std::sync::Arc;

use aoa_lang::value::Text;

use super::Drawn;
use super::manifests::Manifests;
use crate::finding::Gap;
use crate::model::ManifestList;
use crate::render::Reach;

/// The content of an Application.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Content {
    /// The worst of its sources' states.
    pub state: State,
    /// Its sources, in the order of the spec.
    pub sources: Vec<SourceResult>,
    /// What Argo CD's project rules say of the spec, in its words.
    pub conditions: Vec<Text>,
    /// Manifests that the project forbids, in Argo CD's words.
    pub denied: Vec<Text>,
    /// Why the API server would not store the Application, in its words.
    pub refusal: Option<Text>,
    /// The manifests of all sources.
    pub(crate) manifests: Manifests,
    /// Whether values in it are drawn anew each time that it is rendered.
    pub(crate) is_random: bool,
    /// Which these are, where an earlier run found it out.
    pub(crate) drawn: Option<Arc<Drawn>>,
    /// What of the repositories it hangs on.
    pub(crate) reach: Reach,
}

/// Whether a content is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It is known.
    Rendered,
    /// Something was not given.
    Unknown(Gap),
    /// Argo CD fails on what is there, with this message: nothing is synced or pruned.
    Failed(Text),
    /// The options said not to render.
    Skipped,
}

impl State {
    /// The name: `rendered`, `unknown`, `error`, `skipped`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            State::Rendered => "rendered",
            State::Unknown(_) => "unknown",
            State::Failed(_) => "error",
            State::Skipped => "skipped",
        }
    }

    /// Why it is unknown or failed.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            State::Unknown(gap) => Some(gap.to_string()),
            State::Failed(error) => Some(error.to_string()),
            State::Rendered | State::Skipped => None,
        }
    }

    pub(crate) fn rank(&self) -> u8 {
        match self {
            State::Rendered | State::Skipped => 0,
            State::Unknown(_) => 1,
            State::Failed(_) => 2,
        }
    }
}

/// One source of an Application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceResult {
    /// `repoURL`
    pub repo_url: Text,
    /// `path`
    pub path: Text,
    /// `chart`
    pub chart: Text,
    /// `targetRevision`
    pub target_revision: Text,
    /// What that stands for: the commit of what is not checked out, the version of a chart where the source says another; else empty.
    pub resolved: Text,
    /// `ref`
    pub reference: Text,
    /// Its type, where it was found out.
    pub source_type: Option<SourceType>,
    /// Whether it is known.
    pub state: State,
    /// How many manifests it gives.
    pub manifests: usize,
}

/// The type of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SourceType {
    /// A folder of manifests.
    Directory,
    /// A chart.
    Helm,
    /// A kustomization.
    Kustomize,
    /// A config management plugin.
    Plugin,
}

impl SourceType {
    /// The name, as Argo CD writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SourceType::Directory => "Directory",
            SourceType::Helm => "Helm",
            SourceType::Kustomize => "Kustomize",
            SourceType::Plugin => "Plugin",
        }
    }
}

impl Content {
    /// The manifests of all sources, by group, kind, namespace and name; equal keys in the order of generation.
    ///
    /// Above [`Options::max_held_bytes`](crate::Options::max_held_bytes) a fleet does not hold them: they are rendered again
    /// when they are asked for, and held from then on by this content ([`Fleet::trimmed`](crate::Fleet::trimmed) lets go
    /// of them).
    #[must_use]
    pub fn manifests(&self) -> &ManifestList {
        self.manifests.all()
    }

    /// Whether the manifests are at hand: otherwise to ask for them is to render them again.
    #[must_use]
    pub fn holds_manifests(&self) -> bool {
        self.manifests.are_held()
    }

    /// How many manifests there are; asks for none of them.
    #[must_use]
    pub fn manifest_count(&self) -> usize {
        self.manifests.len()
    }

    /// The content of an Application that is not rendered.
    pub(crate) fn skipped() -> Self {
        Content {
            state: State::Skipped,
            sources: Vec::new(),
            manifests: Manifests::default(),
            conditions: Vec::new(),
            denied: Vec::new(),
            refusal: None,
            is_random: false,
            drawn: None,
            reach: Reach::default(),
        }
    }

    /// The content of an Application that fails before any source is looked at.
    pub(crate) fn failed(error: Text) -> Self {
        Content { state: State::Failed(error), ..Content::skipped() }
    }
}
