//! The rules that findings belong to: stable ids, names and severities.

/// A rule of the resolution itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// A file or a document of it cannot be read.
    BrokenFile,
    /// An object has a kind that drives the fleet, but not its form.
    InvalidObject,
    /// A generator of an ApplicationSet fails: Argo CD creates, updates and deletes nothing; its children are frozen.
    SetFailed,
    /// The content of a source is not known, because something was not given.
    UnknownSource,
    /// Argo CD fails on a source: nothing of the Application is synced or pruned.
    SourceFailed,
    /// A generated Application is not written.
    RejectedApp,
    /// Several parents bring the same object.
    Conflict,
    /// An Application breaks a rule of its project or names no known destination.
    InvalidSpec,
    /// A project forbids a manifest: the whole sync of its Application fails.
    DeniedManifest,
    /// An Application of a chain of parents is its own ancestor.
    SelfManaged,
    /// A repository was found under another form of its URL.
    UrlAlias,
    /// The root was found, not declared.
    FoundRoot,
    /// A bound of the options was passed.
    LimitPassed,
    /// The API server would not store an object.
    RefusedObject,
    /// The API server would drop a field that it does not know.
    UnknownField,
    /// An Application's project is created only by the Application itself: it is never synced.
    ProjectFromBelow,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// May be wrong.
    Warning,
    /// Is wrong.
    Error,
}

impl Severity {
    /// The name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl Rule {
    /// Every rule, by id.
    pub const ALL: [Rule; 16] = [
        Rule::BrokenFile,
        Rule::InvalidObject,
        Rule::SetFailed,
        Rule::UnknownSource,
        Rule::SourceFailed,
        Rule::RejectedApp,
        Rule::Conflict,
        Rule::InvalidSpec,
        Rule::DeniedManifest,
        Rule::SelfManaged,
        Rule::UrlAlias,
        Rule::FoundRoot,
        Rule::LimitPassed,
        Rule::RefusedObject,
        Rule::UnknownField,
        Rule::ProjectFromBelow,
    ];

    /// The stable id.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Rule::BrokenFile => "R001",
            Rule::InvalidObject => "R002",
            Rule::SetFailed => "R003",
            Rule::UnknownSource => "R004",
            Rule::SourceFailed => "R005",
            Rule::RejectedApp => "R006",
            Rule::Conflict => "R007",
            Rule::InvalidSpec => "R008",
            Rule::DeniedManifest => "R009",
            Rule::SelfManaged => "R010",
            Rule::UrlAlias => "R011",
            Rule::FoundRoot => "R012",
            Rule::LimitPassed => "R013",
            Rule::RefusedObject => "R014",
            Rule::UnknownField => "R015",
            Rule::ProjectFromBelow => "R016",
        }
    }

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Rule::BrokenFile => "broken-file",
            Rule::InvalidObject => "invalid-object",
            Rule::SetFailed => "set-failed",
            Rule::UnknownSource => "unknown-source",
            Rule::SourceFailed => "source-failed",
            Rule::RejectedApp => "rejected-app",
            Rule::Conflict => "conflict",
            Rule::InvalidSpec => "invalid-spec",
            Rule::DeniedManifest => "denied-manifest",
            Rule::SelfManaged => "self-managed",
            Rule::UrlAlias => "url-alias",
            Rule::FoundRoot => "found-root",
            Rule::LimitPassed => "limit-passed",
            Rule::RefusedObject => "refused-object",
            Rule::UnknownField => "unknown-field",
            Rule::ProjectFromBelow => "project-from-below",
        }
    }

    /// How much its findings matter.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Rule::BrokenFile
            | Rule::InvalidObject
            | Rule::SetFailed
            | Rule::SourceFailed
            | Rule::RejectedApp
            | Rule::InvalidSpec
            | Rule::DeniedManifest
            | Rule::RefusedObject
            | Rule::ProjectFromBelow
            | Rule::LimitPassed => Severity::Error,
            Rule::UnknownField | Rule::UnknownSource | Rule::Conflict => Severity::Warning,
            Rule::SelfManaged | Rule::UrlAlias | Rule::FoundRoot => Severity::Info,
        }
    }
}
