//! The rules, with their stable ids and names. What each is for stands in its file below `check/`.

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

    /// The severity of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Severity::Info, Severity::Warning, Severity::Error].into_iter().find(|s| s.name() == name)
    }
}

/// One line for each rule: id, name, severity, and what it says.
macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $id:literal $name:literal $severity:ident,)+) => {
        /// What a finding is about. Ids and names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)+
        }

        impl Rule {
            /// Every rule, by family.
            pub const ALL: &'static [Rule] = &[$(Rule::$rule),+];

            /// The stable id: a letter for the family and three digits.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Rule::$rule => $id,)+ }
            }

            /// The stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Rule::$rule => $name,)+ }
            }

            /// How much its findings matter, unless the configuration says otherwise.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Rule::$rule => Severity::$severity,)+ }
            }

            /// What it says, in a sentence.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Rule::$rule => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

rules! {
    // Resolution
    /// A file, or a document of it, cannot be read.
    BrokenFile = "R001" "broken-file" Error,
    /// An object has not the form of its kind.
    InvalidObject = "R002" "invalid-object" Error,
    /// A generator fails: Argo CD creates, updates and deletes nothing; its children are frozen.
    SetFailed = "R003" "set-failed" Error,
    /// The content of a source is not known, because something was not given.
    UnknownSource = "R004" "unknown-source" Warning,
    /// Argo CD fails on a source: nothing of the Application is synced or pruned.
    SourceFailed = "R005" "source-failed" Error,
    /// A generated Application is not written.
    RejectedApp = "R006" "rejected-app" Error,
    /// Several parents bring the same object.
    Conflict = "R007" "conflict" Warning,
    /// An Application breaks a rule of its project, or its spec is not complete.
    InvalidSpec = "R008" "invalid-spec" Error,
    /// A project forbids a manifest: the whole sync of its Application fails.
    DeniedManifest = "R009" "denied-manifest" Error,
    /// An Application brings itself.
    SelfManaged = "R010" "self-managed" Info,
    /// A repository was found under another form of its URL.
    UrlAlias = "R011" "url-alias" Info,
    /// The root was found, not declared.
    FoundRoot = "R012" "found-root" Info,
    /// A bound of the options was passed.
    LimitPassed = "R013" "limit-passed" Error,
    /// The API server would not store an object.
    RefusedObject = "R014" "refused-object" Error,
    /// The API server would drop a field that it does not know.
    UnknownField = "R015" "unknown-field" Warning,
    /// An Application's project is created only by the Application itself: it is never synced.
    ProjectFromBelow = "R016" "project-from-below" Error,

    /// An ApplicationSet generates nothing.
    EmptySet = "R017" "empty-set" Warning,
    /// An ApplicationSet generates nothing, because no cluster is selected.
    NoCluster = "R018" "no-cluster" Info,
    /// A template asks for a parameter that no generator gives.
    MissingParameter = "R019" "missing-parameter" Error,
    /// One Application brings the same object twice.
    RepeatedObject = "R020" "repeated-object" Warning,
    /// Two clusters have the same name or address.
    RepeatedCluster = "R021" "repeated-cluster" Warning,
    /// The destination is no cluster of the inventory.
    UnknownDestination = "R022" "unknown-destination" Error,
    /// The destination is not known, since no inventory was given.
    NoInventory = "R023" "no-inventory" Warning,
    /// The project is not part of what was found, while no roots are declared.
    UndeclaredProject = "R024" "undeclared-project" Warning,

    // Projects
    /// The project does not permit the source.
    DeniedSource = "P001" "denied-source" Error,
    /// The project does not permit the destination.
    DeniedDestination = "P002" "denied-destination" Error,
    /// A child may do what the project of its parent forbids.
    GainedRights = "P003" "gained-rights" Warning,
    /// A child is in another project than its parent.
    ChildLeavesProject = "P004" "child-leaves-project" Info,
    /// Whoever may write into a project can leave its restrictions.
    EscapesProject = "P005" "escapes-project" Warning,
    /// The project of generated Applications comes from data of others.
    TemplatedProject = "P006" "templated-project" Warning,
    /// Only a wildcard permits what the Applications of a project do.
    WildcardOnly = "P007" "wildcard-only" Info,
    /// No Application uses a rule of its project.
    UnusedRule = "P008" "unused-rule" Info,
    /// A global project denies what a project permits.
    GlobalContradicts = "P009" "global-contradicts" Warning,

    // Ownership
    /// Two Applications bring the same object to one cluster.
    SharedObject = "O001" "shared-object" Warning,
    /// Applications of different projects share a namespace.
    SharedNamespace = "O002" "shared-namespace" Info,
    /// An Application brings the Application or ApplicationSet that brings it.
    ClaimsParent = "O003" "claims-parent" Error,

    // Order
    /// A custom resource goes to a cluster where nobody defines its kind.
    MissingKind = "W001" "missing-kind" Warning,
    /// Sync waves of Applications order nothing, because their health is not looked at.
    WaveWithoutHealth = "W002" "wave-without-health" Warning,
    /// A custom resource asks for a version that its definition does not serve.
    UnservedVersion = "W003" "unserved-version" Error,
    /// Objects go to a namespace that nobody makes.
    MissingNamespace = "W004" "missing-namespace" Warning,
    /// A sync wave on generated Applications orders nothing.
    TemplateWave = "W005" "template-wave" Warning,
    /// Applications wait for each other for ever.
    Deadlock = "W006" "deadlock" Error,

    // Deletion
    /// An emptied source prunes everything by itself.
    AllowEmpty = "D001" "allow-empty" Warning,
    /// The deletion of one line deletes most of the fleet.
    OneLineDeletes = "D002" "one-line-deletes" Warning,
    /// Data goes with a line.
    UnpreservedState = "D003" "unpreserved-state" Warning,
    /// A project is deleted with its Applications, or before them.
    ProjectGoesFirst = "D004" "project-goes-first" Warning,

    // Hygiene
    /// A revision or a chart's version means something else tomorrow.
    FloatingRevision = "H001" "floating-revision" Warning,
    /// An image has no fixed version.
    LatestImage = "H002" "latest-image" Warning,
    /// A container requests no CPU or memory.
    NoRequests = "H003" "no-requests" Info,
    /// A URL holds credentials.
    UrlCredentials = "H004" "url-credentials" Error,
    /// A Secret stands in Git in plain text.
    PlainSecret = "H005" "plain-secret" Error,
    /// Somebody is bound to cluster-admin.
    ClusterAdmin = "H006" "cluster-admin" Warning,
    /// A role may do everything with everything.
    RbacWildcard = "H007" "rbac-wildcard" Warning,
    /// An object is too large for a client-side apply.
    TooLarge = "H008" "too-large" Error,

    // Environments
    /// An add-on has several versions where there should be one.
    VersionSkew = "E001" "version-skew" Warning,
    /// An add-on is missing in one environment.
    MissingInEnvironment = "E002" "missing-in-environment" Info,

    // Policies
    /// A policy that the fleet delivers would refuse an object that it delivers to the same cluster.
    DeniedByPolicy = "A001" "denied-by-policy" Error,
    /// A policy that the fleet delivers is violated, and lets the object pass.
    WarnedByPolicy = "A002" "warned-by-policy" Warning,
    /// A policy that the fleet delivers cannot be evaluated without the cluster.
    UnevaluatedPolicy = "A003" "unevaluated-policy" Info,
    /// A policy of the fleet is not what the schema of policies says.
    BrokenPolicy = "A004" "broken-policy" Error,
    /// A policy of the fleet does not permit what an Application does.
    RestrictedByPolicy = "A005" "restricted-by-policy" Error,
    /// What Applications ask for together is more than a policy of the fleet allows.
    OverQuota = "A006" "over-quota" Error,
    /// An Application lacks what a policy of the fleet requires.
    UnmetRequirement = "A007" "unmet-requirement" Error,
    /// A policy tries to permit what something above it does not.
    WidenedInVain = "A008" "widened-in-vain" Warning,
    /// An exception in a policy has no reason, owner or expiry, is past it, or is from nothing.
    BrokenException = "A009" "broken-exception" Warning,
    /// A rule that a policy of the fleet writes down does not hold.
    ViolatedRule = "A010" "violated-rule" Error,
    /// A rule that a policy of the fleet writes down cannot be told to hold or not.
    UndecidedRule = "A011" "undecided-rule" Warning,
    /// A policy, an exception, a binding or a constraint means nothing that there is.
    UnreachedPolicy = "A012" "unreached-policy" Info,

    // The check itself
    /// A waiver has no reason or no expiry, or is past it.
    BrokenWaiver = "C001" "broken-waiver" Warning,
}

impl Rule {
    /// Whether it says what policies of the fleet ask: who stands below them cannot waive it.
    pub(crate) fn is_of_policies(self) -> bool {
        matches!(
            self,
            Rule::RestrictedByPolicy
                | Rule::OverQuota
                | Rule::UnmetRequirement
                | Rule::WidenedInVain
                | Rule::BrokenException
                | Rule::BrokenPolicy
                | Rule::ViolatedRule
                | Rule::UndecidedRule
        )
    }

    /// The rule of this id or name, whatever its case.
    ///
    /// ```
    /// use aoa_core::finding::Rule;
    /// assert_eq!(Rule::find("r004"), Some(Rule::UnknownSource));
    /// assert_eq!(Rule::find("unknown-source"), Some(Rule::UnknownSource));
    /// ```
    #[must_use]
    pub fn find(text: &str) -> Option<Rule> {
        let same =
            |rule: &&Rule| rule.id().eq_ignore_ascii_case(text) || rule.name().eq_ignore_ascii_case(text);
        Rule::ALL.iter().find(same).copied()
    }
}
