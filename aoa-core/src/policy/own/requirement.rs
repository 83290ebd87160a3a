//! What an Application must have.

/// What an Application must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Requirement {
    /// `owner`: its label or annotation names one, or that of a parent, or a default.
    Owner,
    /// `on-call`: likewise, label or annotation `on-call`.
    OnCall,
    /// `environment`: its label `environment` (`env`, `stage`), or that of its cluster, or a default.
    Environment,
    /// `requests`: each container requests CPU and memory.
    Requests,
    /// `own-namespace`: no other Application goes to its namespace of its cluster.
    OwnNamespace,
    /// `own-service-account`: its pipelines name a service account that it delivers itself.
    OwnServiceAccount,
}

impl Requirement {
    pub(super) const WORDS: [(&'static str, Requirement); 6] = [
        ("owner", Requirement::Owner),
        ("on-call", Requirement::OnCall),
        ("environment", Requirement::Environment),
        ("requests", Requirement::Requests),
        ("own-namespace", Requirement::OwnNamespace),
        ("own-service-account", Requirement::OwnServiceAccount),
    ];

    /// The word of the schema.
    #[must_use]
    pub fn name(self) -> &'static str {
        let word = Requirement::WORDS.iter().find(|(_, requirement)| *requirement == self);
        word.map_or("", |(word, _)| word)
    }
}
