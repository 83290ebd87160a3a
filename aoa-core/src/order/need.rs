//! One need: who waits for whom, for what, how firmly, and what becomes of it.

use super::index::{Key, What};
use crate::finding::Place;
use crate::fleet::App;

/// How firmly one Application stands on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Strength {
    /// It cannot be applied without.
    Hard,
    /// It is applied, but does not work without.
    Runtime,
    /// An annotation says so; Argo CD knows nothing of it.
    Declared,
}

/// What becomes of a need when everything begins at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Argo CD sees to it: by waves that wait, steps of a rollout, or since one brings the other.
    InOrder,
    /// It fails until what it needs is there, and is tried again.
    Heals,
    /// Nothing sees to it, and nothing breaks.
    NotEnforced,
    /// One of both is synced by hand: whoever does has to know the order.
    ByHand,
    /// It is part of a deadlock.
    Deadlock,
    /// What it needs waits behind a deadlock.
    BehindDeadlock,
    /// What it needs comes in a later wave or step, which waits for it.
    ItsTurnComesLater,
    /// Argo CD fails on the content of what it needs.
    ProviderFails,
    /// The chain of needs is longer than the retries.
    GivesUp {
        /// How often a failed sync is tried again.
        retries: i64,
    },
}

/// One Application waits for another.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Edge<'f> {
    /// Who waits.
    pub from: App<'f>,
    /// For whom.
    pub to: App<'f>,
    /// Which rule says so.
    pub kind: NeedKind,
    /// What is needed.
    pub what: Named<'f>,
    /// The object that needs it; `None`: the Application itself.
    pub object: Option<Named<'f>>,
    /// The object that provides it, where it is another one than what is needed.
    pub by: Option<Named<'f>>,
    /// Where it is needed.
    pub place: Option<Place>,
    /// How many objects need it.
    pub objects: usize,
    /// How many Applications bring it: any of them will do.
    pub providers: usize,
    /// How firmly it is needed.
    pub strength: Strength,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Whether a sync fails while it is not met; if not, only what was applied does not work yet.
    pub fails_sync: bool,
    /// Whether what is needed comes in a later wave, or step of a rollout, than what needs it.
    pub comes_later: bool,
}

/// An object or a kind by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named<'f> {
    /// The group.
    pub group: &'f str,
    /// The kind.
    pub kind: &'f str,
    /// The namespace.
    pub namespace: &'f str,
    /// The name.
    pub name: &'f str,
}

/// The rules by which one Application needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NeedKind {
    /// The definition of a kind.
    Definition,
    /// A kind that Gatekeeper makes from a template.
    Template,
    /// A kind that Crossplane makes from a definition.
    Composite,
    /// A kind that kro makes from a graph.
    Graph,
    /// A kind that another API server answers for.
    ApiService,
    /// Its project.
    Project,
    /// The Secret by which Argo CD knows its cluster.
    ClusterCredential,
    /// The Secret by which Argo CD may read its repository.
    RepositoryCredential,
    /// A namespace.
    Namespace,
    /// The backend of a webhook that refuses its objects.
    Webhook,
    /// The backend of a webhook, which the webhook itself refuses.
    SelfWebhook,
    /// A class of volumes.
    StorageClass,
    /// A driver of volumes.
    Driver,
    /// An issuer of certificates.
    Issuer,
    /// A store of secrets.
    SecretStore,
    /// A Secret, or what makes it.
    Secret,
    /// A ConfigMap.
    ConfigMap,
    /// A ServiceAccount.
    ServiceAccount,
    /// A class of priorities.
    PriorityClass,
    /// A class of container runtimes.
    RuntimeClass,
    /// A service that a hook calls.
    Service,
    /// Something that an object of an operator refers to.
    Reference,
    /// An annotation says so.
    Declared,
}

/// What is asked for, as others call it.
pub(super) fn named<'f>(key: &Key<'f>) -> Named<'f> {
    let kind = match key.what {
        What::Object | What::Kind | What::Version => key.kind,
        What::Cluster => "Cluster",
        What::Repository => "Repository",
    };
    Named { group: key.group, kind, namespace: key.namespace, name: key.name }
}

impl Edge<'_> {
    /// Whom it needs and why, in words: `needs CRD Issuer of cert-manager`.
    #[must_use]
    pub fn message(&self) -> String {
        if self.kind == NeedKind::Declared && self.object.is_none() {
            return format!("is declared to come after {}", self.to.name());
        }
        let of = if self.from.id() == self.to.id() { "itself" } else { self.to.name() };
        let by = match &self.by {
            Some(by)
                if !matches!(
                    self.kind,
                    NeedKind::Definition | NeedKind::ApiService | NeedKind::Webhook | NeedKind::SelfWebhook
                ) =>
            {
                format!(", made by {} {},", by.kind, by.name)
            }
            _ => String::new(),
        };
        format!("{}{by} of {of}", self.kind.phrase(&self.what))
    }

    /// How to do without, in words.
    #[must_use]
    pub fn remedy(&self) -> String {
        if self.comes_later {
            return format!("an earlier wave for {}, or for what brings it", self.to.name());
        }
        self.kind.remedy(&self.what, self.object.as_ref())
    }
}

impl Named<'_> {
    /// `namespace/name`, or the name alone.
    #[must_use]
    pub fn path(&self) -> String {
        if self.namespace.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}/{}", self.namespace, self.name)
        }
    }
}

impl Strength {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Strength::Hard => "hard",
            Strength::Runtime => "runtime",
            Strength::Declared => "declared",
        }
    }
}

impl Outcome {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Outcome::InOrder => "in-order",
            Outcome::Heals => "heals",
            Outcome::NotEnforced => "not-enforced",
            Outcome::ByHand => "by-hand",
            Outcome::Deadlock
            | Outcome::BehindDeadlock
            | Outcome::ItsTurnComesLater
            | Outcome::ProviderFails
            | Outcome::GivesUp { .. } => "stuck",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Outcome::InOrder => "in order".to_owned(),
            Outcome::Heals => "heals within retries".to_owned(),
            Outcome::NotEnforced => "nothing enforces it".to_owned(),
            Outcome::ByHand => "synced by hand: in this order".to_owned(),
            Outcome::Deadlock => "stuck: a deadlock".to_owned(),
            Outcome::BehindDeadlock => "stuck: behind a deadlock".to_owned(),
            Outcome::ItsTurnComesLater => "stuck: its turn comes after, and waits".to_owned(),
            Outcome::ProviderFails => "stuck: Argo CD fails on what it needs".to_owned(),
            Outcome::GivesUp { retries: 0 } => "stuck: a failed sync is not tried again".to_owned(),
            Outcome::GivesUp { retries } => format!("stuck: gives up after {retries} retries"),
        }
    }
}

impl NeedKind {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            NeedKind::Definition => "definition",
            NeedKind::Template => "constraint-template",
            NeedKind::Composite => "composite-definition",
            NeedKind::Graph => "graph-definition",
            NeedKind::ApiService => "api-service",
            NeedKind::Project => "project",
            NeedKind::ClusterCredential => "cluster",
            NeedKind::RepositoryCredential => "repository",
            NeedKind::Namespace => "namespace",
            NeedKind::Webhook => "webhook",
            NeedKind::SelfWebhook => "self-webhook",
            NeedKind::StorageClass => "storage-class",
            NeedKind::Driver => "driver",
            NeedKind::Issuer => "issuer",
            NeedKind::SecretStore => "secret-store",
            NeedKind::Secret => "secret",
            NeedKind::ConfigMap => "config-map",
            NeedKind::ServiceAccount => "service-account",
            NeedKind::PriorityClass => "priority-class",
            NeedKind::RuntimeClass => "runtime-class",
            NeedKind::Service => "hook-service",
            NeedKind::Reference => "reference",
            NeedKind::Declared => "declared",
        }
    }

    pub(super) fn is_declared(self) -> bool {
        self == NeedKind::Declared
    }

    pub(super) fn is_definition(self) -> bool {
        use NeedKind::{ApiService, Composite, Definition, Graph, Template};
        matches!(self, Definition | Template | Composite | Graph | ApiService)
    }

    /// Whether what is needed has to be applied before what needs it can be.
    pub(super) fn is_hard(self) -> bool {
        use NeedKind::{ClusterCredential, Namespace, Project, RepositoryCredential, SelfWebhook};
        self.is_definition()
            || matches!(self, Project | ClusterCredential | RepositoryCredential | Namespace | SelfWebhook)
    }

    /// Whether it is not enough that what is needed was applied: it has to run.
    pub(super) fn needs_health(self) -> bool {
        use NeedKind::{ApiService, Composite, Graph, Service, Template, Webhook};
        matches!(self, ApiService | Composite | Graph | Service | Template | Webhook)
    }

    /// What is needed, in words.
    #[must_use]
    pub fn phrase(self, what: &Named<'_>) -> String {
        let Named { kind, name, .. } = what;
        match self {
            NeedKind::Definition => format!("needs CRD {kind}"),
            NeedKind::Template | NeedKind::Composite | NeedKind::Graph => format!("needs kind {kind}"),
            NeedKind::ApiService => format!("needs the API server for {kind}"),
            NeedKind::Project => format!("needs project {name}"),
            NeedKind::ClusterCredential => format!("needs the registration of cluster {name}"),
            NeedKind::RepositoryCredential => format!("needs the credentials for {name}"),
            NeedKind::Namespace => format!("needs namespace {name}"),
            NeedKind::Webhook => format!("is admitted by webhook {}", what.path()),
            NeedKind::SelfWebhook => format!("has its Pods admitted by webhook {}", what.path()),
            NeedKind::Service => format!("has a hook that calls service {}", what.path()),
            NeedKind::Reference => format!("refers to {kind} {}", what.path()),
            NeedKind::Declared => format!("is declared to come after {kind} {}", what.path()),
            _ => format!("needs {kind} {}", what.path()),
        }
    }

    /// How to do without, in words; `object` is what needs it.
    fn remedy(self, what: &Named<'_>, object: Option<&Named<'_>>) -> String {
        let needing = object.map_or("it", |object| object.kind);
        match self {
            NeedKind::Definition
            | NeedKind::Template
            | NeedKind::Composite
            | NeedKind::Graph
            | NeedKind::ApiService => {
                format!("SkipDryRunOnMissingResource=true on the {needing}, with syncPolicy.retry")
            }
            NeedKind::Project => format!("bring project {} with something outside of it", what.name),
            NeedKind::ClusterCredential | NeedKind::RepositoryCredential => {
                format!("bring the Secret of {} with something that stands above", what.name)
            }
            NeedKind::Namespace => {
                format!("CreateNamespace=true, or the namespace {} in an app of its own", what.name)
            }
            NeedKind::SelfWebhook => {
                format!("take namespace {} out of the webhook's namespaceSelector", what.namespace)
            }
            NeedKind::Webhook => "failurePolicy: Ignore, or a selector that leaves it out".to_owned(),
            NeedKind::Declared => "take the annotation away".to_owned(),
            _ => format!("bring {} {} with an app of its own", what.kind, what.name),
        }
    }
}
