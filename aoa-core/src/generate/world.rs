//! What generation reads besides the ApplicationSet: clusters, repositories, answers of services, settings.

use std::sync::Arc;

use aoa_lang::template::TemplateOptions;
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value};

use super::checkout::Checkout;
use super::cluster_index::ClusterIndex;

/// The control plane and the services around it, as far as generators ask.
///
/// What was not given is refused with an error of kind [`NotFound`](aoa_lang::ErrorKind::NotFound): the set is then
/// *unknown*, not failed, and its implementation is the place to note what is missing. Every other kind is a failure
/// of the set, as it would be in Argo CD.
pub trait World {
    /// How Argo CD and its ApplicationSet controller are set up.
    fn settings(&self) -> &WorldSettings;

    /// The registered clusters.
    fn clusters(&self) -> &ClusterIndex;

    /// Whether the controller's namespace has an AppProject `name`.
    fn has_project(&self, name: &str) -> bool;

    /// The files of a repository at a revision, both as the generator names them.
    ///
    /// # Errors
    ///
    /// The repository is not at hand, or has no such revision.
    fn checkout(&self, url: &str, revision: &str) -> Result<Arc<Checkout>>;

    /// The data of a ConfigMap of the controller's namespace; `None` if there is none.
    ///
    /// # Errors
    ///
    /// It is not known.
    fn config_map(&self, name: &str) -> Result<Option<Map>>;

    /// What is known of a Secret.
    fn secret(&self, namespace: &str, name: &str) -> Secret;

    /// What the source code host of an `scmProvider` generator answered.
    ///
    /// # Errors
    ///
    /// No answer was recorded, or the recorded answer is an error.
    fn repositories(&self, request: &Request<'_>) -> Result<Vec<ScmRepository>>;

    /// What the host of a `pullRequest` generator answered.
    ///
    /// # Errors
    ///
    /// As [`World::repositories`]; a repository that the host does not know is [`PullRequests::NotFound`].
    fn pull_requests(&self, request: &Request<'_>) -> Result<PullRequests>;

    /// What a plugin answered: the value behind `output` in its JSON.
    ///
    /// # Errors
    ///
    /// No answer was recorded, or it is an error.
    fn plugin(&self, request: &Request<'_>, config_map: &str) -> Result<PluginAnswer>;

    /// The objects of `resource` (`group/version` and the plural or kind that the ConfigMap names) in the controller's
    /// namespace, sorted by name.
    ///
    /// # Errors
    ///
    /// They are not known.
    fn decisions(&self, group: &str, version: &str, resource: &str) -> Result<Vec<Value>>;
}

/// How Argo CD is set up, as far as generators care.
#[derive(Clone, Debug)]
pub struct WorldSettings {
    /// The controller's namespace.
    pub namespace: Text,
    /// `--enable-new-git-file-globbing`.
    pub new_git_file_globbing: bool,
    /// The repo server's `--include-hidden-directories`.
    pub include_hidden_directories: bool,
    /// `--enable-scm-providers`.
    pub scm_providers: bool,
    /// `--allowed-scm-providers`; empty allows all.
    pub allowed_scm_providers: Vec<Text>,
    /// `--token-ref-strict-mode`.
    pub token_ref_strict_mode: bool,
    /// Clock, seed and limits of Go templates: what [`ApplicationSet::new`](super::ApplicationSet::new) takes.
    pub templates: TemplateOptions,
    /// Most parameter sets that one ApplicationSet may have; a matrix multiplies them.
    pub most_parameter_sets: usize,
}

impl Default for WorldSettings {
    /// As Argo CD is installed: namespace `argocd`, providers on and all allowed.
    fn default() -> Self {
        WorldSettings {
            namespace: Text::from_static("argocd"),
            new_git_file_globbing: false,
            include_hidden_directories: false,
            scm_providers: true,
            allowed_scm_providers: Vec::new(),
            token_ref_strict_mode: false,
            templates: TemplateOptions::default(),
            most_parameter_sets: 2_000_000,
        }
    }
}

/// Who asks a service, and what.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The name of the ApplicationSet.
    pub set: &'r Text,
    /// Its namespace.
    pub namespace: &'r Text,
    /// The generator's object (`scmProvider`, `pullRequest`, `plugin`) as interpolated.
    pub generator: &'r Value,
}

/// What is known of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Secret {
    /// Nothing is known; nothing that depends on it is refused.
    Unknown,
    /// There is none.
    Missing,
    /// There is one.
    Known(SecretParts),
}

/// The parts of a Secret that decide whether it can be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretParts {
    /// The value of its label `argocd.argoproj.io/secret-type`.
    pub secret_type: Text,
    /// The keys of its data.
    pub keys: Vec<Text>,
}

/// A repository, as the host of an `scmProvider` generator lists it.
#[derive(Clone, Debug, Default)]
pub struct ScmRepository {
    /// The organization, group or project.
    pub organization: Text,
    /// The name.
    pub repository: Text,
    /// The URL to clone.
    pub url: Text,
    /// The default branch.
    pub branch: Text,
    /// The commit of that branch.
    pub sha: Text,
    /// Topics or labels.
    pub labels: Vec<Text>,
    /// The host's number or id; null if it has none.
    pub id: Value,
    /// All branches with their commits; empty: only the default one.
    pub branches: Vec<(Text, Text)>,
    /// The paths that exist, on every branch.
    pub paths: Vec<Text>,
}

/// What the host of a `pullRequest` generator says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PullRequests {
    /// The open requests.
    Open(Vec<PullRequest>),
    /// It does not know the repository: its message.
    NotFound(Text),
}

/// A pull request.
#[derive(Clone, Debug, Default)]
pub struct PullRequest {
    /// Its number.
    pub number: i64,
    /// Its title.
    pub title: Text,
    /// The branch it comes from.
    pub branch: Text,
    /// The branch it goes to.
    pub target_branch: Text,
    /// Its last commit.
    pub head_sha: Text,
    /// Its labels.
    pub labels: Vec<Text>,
    /// Who opened it.
    pub author: Text,
}

/// What a plugin says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PluginAnswer {
    /// A status and a body.
    Http {
        /// The status, 200 if all is well.
        status: u16,
        /// The JSON.
        body: Text,
    },
    /// The list behind `output.parameters`.
    Parameters(Value),
}

impl Request<'_> {
    /// The set as people name it.
    #[must_use]
    pub fn set_name(&self) -> String {
        format!("{}/{}", self.namespace, self.set)
    }
}

/// A missing thing: the error that makes a set unknown.
#[must_use]
pub fn not_given(what: impl Into<String>) -> Error {
    Error::new(aoa_lang::ErrorKind::NotFound, what)
}

/// A world with nothing in it but the project `default`: enough for list generators.
#[derive(Debug, Default)]
pub struct EmptyWorld {
    settings: WorldSettings,
    clusters: ClusterIndex,
}

impl World for EmptyWorld {
    fn settings(&self) -> &WorldSettings {
        &self.settings
    }

    fn clusters(&self) -> &ClusterIndex {
        &self.clusters
    }

    fn has_project(&self, name: &str) -> bool {
        name == "default"
    }

    fn checkout(&self, url: &str, revision: &str) -> Result<Arc<Checkout>> {
        Err(not_given(format!("the repository `{url}` at `{revision}` was not given")))
    }

    fn config_map(&self, _: &str) -> Result<Option<Map>> {
        Ok(None)
    }

    fn secret(&self, _: &str, _: &str) -> Secret {
        Secret::Unknown
    }

    fn repositories(&self, request: &Request<'_>) -> Result<Vec<ScmRepository>> {
        Err(not_given(format!("no answer of an scmProvider was given for `{}`", request.set_name())))
    }

    fn pull_requests(&self, request: &Request<'_>) -> Result<PullRequests> {
        Err(not_given(format!("no pull requests were given for `{}`", request.set_name())))
    }

    fn plugin(&self, request: &Request<'_>, config_map: &str) -> Result<PluginAnswer> {
        Err(not_given(format!(
            "no answer of the plugin `{config_map}` was given for `{}`",
            request.set_name()
        )))
    }

    fn decisions(&self, group: &str, version: &str, resource: &str) -> Result<Vec<Value>> {
        Err(not_given(format!("no `{resource}` of `{group}/{version}` were given")))
    }
}
