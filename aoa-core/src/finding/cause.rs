//! The causes of findings: each holds the data that its message is made of.

use aoa_lang::value::Text;

use super::{Gap, Rule};
use crate::model::ObjectRef;

/// Why there is a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cause {
    /// A file, or a document of it, cannot be read.
    BrokenFile {
        /// The file.
        path: Text,
        /// What is wrong with it.
        error: Text,
    },
    /// An object has not the form of its kind.
    InvalidObject {
        /// What is wrong with it.
        error: Text,
    },
    /// A generator fails.
    SetFailed {
        /// Argo CD's message.
        error: Text,
    },
    /// Something was not given.
    Unknown(Gap),
    /// Argo CD fails on a source.
    SourceFailed {
        /// Argo CD's message.
        error: Text,
    },
    /// A generated Application is not written.
    RejectedApp {
        /// Its name.
        name: Text,
        /// Argo CD's message.
        error: Text,
    },
    /// Several parents bring the same object.
    Conflict {
        /// The parent whose object is kept; `None` is a root.
        kept: Option<ObjectRef>,
        /// The parent that came later.
        lost: Option<ObjectRef>,
        /// Whether both objects have the same spec.
        same: bool,
    },
    /// The project's rules or the destination are broken.
    InvalidSpec {
        /// Argo CD's message.
        error: Text,
    },
    /// The project does not permit the source.
    DeniedSource {
        /// Argo CD's message.
        error: Text,
    },
    /// The project does not permit the destination.
    DeniedDestination {
        /// Argo CD's message.
        error: Text,
    },
    /// There is no such cluster in the inventory.
    UnknownDestination {
        /// Argo CD's message.
        error: Text,
    },
    /// No inventory was given, so that nobody knows whether there is such a cluster.
    NoInventory {
        /// What Argo CD says if there is none.
        error: Text,
    },
    /// The project is not among what was found, while nobody declared where the fleet begins.
    UndeclaredProject {
        /// What Argo CD says if there is none.
        error: Text,
    },
    /// The project forbids a manifest.
    DeniedManifest {
        /// Argo CD's message.
        error: Text,
    },
    /// The Application brings itself.
    SelfManaged,
    /// The Application brings the Application or ApplicationSet that brings it.
    ClaimsParent {
        /// What it brings.
        claimed: ObjectRef,
    },
    /// A repository was found under another form of its URL.
    UrlAlias {
        /// The URL as written in the source.
        asked: Text,
        /// The URL under which the repository was given.
        given: Text,
    },
    /// A root was found.
    FoundRoot {
        /// Its path.
        path: Text,
    },
    /// The API server would not store an object.
    RefusedObject {
        /// Its message.
        error: Text,
    },
    /// The API server would drop a field that it does not know.
    UnknownField {
        /// The path of the field.
        field: Text,
    },
    /// An Application stands in a project that only itself, or what it brings, creates.
    ProjectFromBelow {
        /// The project.
        project: Text,
    },
    /// A bound was passed.
    LimitPassed {
        /// Which one.
        error: Text,
    },
    /// A rule of [`check`](mod@crate::check) speaks.
    Judged(Judged),
    /// An output of an earlier run says so.
    Recorded(RecordedFinding),
}

/// What an output of an earlier run says of a finding ([`read_fleet`](crate::wire::read_fleet)): what it was derived from is
/// not known any more.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct RecordedFinding {
    /// The rule.
    pub rule: Rule,
    /// What names it across runs.
    pub fingerprint: Text,
    /// What is wrong with which thing.
    pub message: Text,
    /// What to do about it; empty where there is nothing to say.
    pub help: Text,
}

/// What a rule of [`check`](mod@crate::check) says. Neither lines nor counts are part of it, so that it stays the same finding when
/// files change around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Judged {
    /// The rule.
    pub rule: Rule,
    /// The object that causes it: of a generated Application its ApplicationSet.
    pub about: Option<ObjectRef>,
    /// What is wrong.
    pub what: Text,
}

impl Cause {
    /// The rule that speaks.
    #[must_use]
    pub fn rule(&self) -> Rule {
        match self {
            Cause::BrokenFile { .. } => Rule::BrokenFile,
            Cause::InvalidObject { .. } => Rule::InvalidObject,
            Cause::SetFailed { .. } => Rule::SetFailed,
            Cause::Unknown(_) => Rule::UnknownSource,
            Cause::SourceFailed { .. } => Rule::SourceFailed,
            Cause::RejectedApp { .. } => Rule::RejectedApp,
            Cause::Conflict { .. } => Rule::Conflict,
            Cause::InvalidSpec { .. } => Rule::InvalidSpec,
            Cause::DeniedManifest { .. } => Rule::DeniedManifest,
            Cause::DeniedSource { .. } => Rule::DeniedSource,
            Cause::DeniedDestination { .. } => Rule::DeniedDestination,
            Cause::UnknownDestination { .. } => Rule::UnknownDestination,
            Cause::NoInventory { .. } => Rule::NoInventory,
            Cause::UndeclaredProject { .. } => Rule::UndeclaredProject,
            Cause::SelfManaged => Rule::SelfManaged,
            Cause::ClaimsParent { .. } => Rule::ClaimsParent,
            Cause::UrlAlias { .. } => Rule::UrlAlias,
            Cause::FoundRoot { .. } => Rule::FoundRoot,
            Cause::RefusedObject { .. } => Rule::RefusedObject,
            Cause::UnknownField { .. } => Rule::UnknownField,
            Cause::ProjectFromBelow { .. } => Rule::ProjectFromBelow,
            Cause::LimitPassed { .. } => Rule::LimitPassed,
            Cause::Judged(judged) => judged.rule,
            Cause::Recorded(recorded) => recorded.rule,
        }
    }

    pub(super) fn message(&self, subjects: &[ObjectRef]) -> String {
        match self {
            Cause::Judged(judged) => return judged.message(subjects),
            Cause::Recorded(recorded) => return recorded.message.to_string(),
            _ => {}
        }
        let whom = match subjects {
            [] => String::new(),
            [one] => format!("{one}: "),
            [first, rest @ ..] => format!("{first} and {} more: ", rest.len()),
        };
        let what = match self {
            Cause::BrokenFile { path, error } => format!("`{path}` cannot be read: {error}"),
            Cause::SetFailed { error } => format!("{error}; its children stay as they are"),
            Cause::Unknown(gap) => gap.to_string(),
            Cause::RejectedApp { name, error } => format!("`{name}` is not created: {error}"),
            Cause::InvalidObject { error }
            | Cause::SourceFailed { error }
            | Cause::InvalidSpec { error }
            | Cause::DeniedManifest { error }
            | Cause::DeniedSource { error }
            | Cause::DeniedDestination { error }
            | Cause::UnknownDestination { error }
            | Cause::RefusedObject { error }
            | Cause::LimitPassed { error } => error.to_string(),
            Cause::Conflict { kept, lost, same } => {
                let name = |parent: &Option<ObjectRef>| {
                    parent.as_ref().map_or("a root".to_owned(), ToString::to_string)
                };
                let how = if *same { "with the same spec" } else { "with another spec" };
                format!("kept from {}, also brought by {} {how}", name(kept), name(lost))
            }
            Cause::NoInventory { error } => format!("not known without an inventory: {error}"),
            Cause::UndeclaredProject { error } => format!("not known without declared roots: {error}"),
            Cause::UnknownField { field } => format!("`{field}` is no field of it: the API server drops it"),
            Cause::ProjectFromBelow { project } => format!(
                "is in project `{project}`, which comes into being only when it is synced: Argo CD waits for ever"
            ),
            Cause::SelfManaged => "manages itself".to_owned(),
            Cause::ClaimsParent { claimed } => format!("brings {claimed}, which brings it"),
            Cause::UrlAlias { asked, given } => format!("`{asked}` is taken for `{given}`"),
            Cause::FoundRoot { path } => format!("`{path}` is taken for a root: no source covers it"),
            Cause::Judged(judged) => judged.what.to_string(),
            Cause::Recorded(recorded) => recorded.message.to_string(),
        };
        format!("{whom}{what}")
    }

    pub(super) fn help(&self) -> Option<String> {
        match self {
            Cause::Unknown(gap) => Some(gap.remedy()),
            Cause::Conflict { .. } => {
                Some("in a cluster the last sync wins: let one parent bring it".to_owned())
            }
            Cause::SourceFailed { error } if error.to_str_lossy().contains("must specify --enable-helm") => Some(
                "Argo CD's `kustomize.buildOptions` (argocd-cm) permits charts: name the file that sets it under `argocd: {settings: FILE}` of aoa.yaml"
                    .to_owned(),
            ),
            Cause::InvalidSpec { error } => foreign_namespace(&error.to_str_lossy()).map(|namespace| {
                format!(
                    "if Argo CD runs in `{namespace}`, say so in aoa.yaml: `argocd: {{namespace: {namespace}}}`; else the project has to list it under `sourceNamespaces`"
                )
            }),
            Cause::UrlAlias { given, .. } => {
                Some(format!("Argo CD's projects compare URLs to the letter: write `{given}` everywhere"))
            }
            Cause::UndeclaredProject { .. } => {
                Some("declare under `roots:` of aoa.yaml what brings it".to_owned())
            }
            Cause::NoInventory { .. } => Some(
                "give the clusters under `clusters:` of aoa.yaml; `aoa import clusters` writes them"
                    .to_owned(),
            ),
            Cause::UnknownField { .. } => {
                Some("look for a typing error; kubectl would say `unknown field`".to_owned())
            }
            Cause::ProjectFromBelow { .. } => {
                Some("put it into `default`, or create the project beside it".to_owned())
            }
            Cause::Recorded(recorded) => {
                Some(recorded.help.to_string()).filter(|help| !help.is_empty())
            }
            Cause::FoundRoot { path } => Some(format!("declare it in aoa.yaml: `roots: [{{path: {path}}}]`")),
            _ => None,
        }
    }

    /// The object that is named in the fingerprint: what causes the finding, not the first of those that it touches.
    pub(super) fn holder<'c>(&'c self, subjects: &'c [ObjectRef]) -> Option<&'c ObjectRef> {
        match self {
            Cause::Judged(judged) => judged.about.as_ref(),
            _ => subjects.first(),
        }
    }

    /// What tells this cause from others of its rule on the same subject.
    pub(super) fn identity(&self) -> String {
        match self {
            // A parser's message names lines; the file alone identifies the finding.
            Cause::BrokenFile { path, .. } => path.to_string(),
            other => other.message(&[]),
        }
    }
}

/// The namespace in which Argo CD's message says that an Application may not use its project.
fn foreign_namespace(error: &str) -> Option<&str> {
    let (_, rest) = error.split_once("' in namespace '")?;
    let (namespace, rest) = rest.split_once('\'')?;
    rest.starts_with(" is not allowed to use project").then_some(namespace)
}

impl Judged {
    fn message(&self, subjects: &[ObjectRef]) -> String {
        let Judged { about, what, .. } = self;
        let others = subjects.iter().filter(|subject| Some(*subject) != about.as_ref()).count();
        match (about, subjects) {
            (Some(about), _) if others == 0 => format!("{about}: {what}"),
            (Some(about), _) => {
                format!("{about}: {what} ({others} app{})", if others == 1 { "" } else { "s" })
            }
            (None, [one]) => format!("{one}: {what}"),
            (None, _) => what.to_string(),
        }
    }
}
