//! What if: changes that are laid over the inputs of a fleet without touching a file.
//!
//! An [`Overlay`] is a list of [`Edit`]s. It is part of the [`Inputs`](crate::Inputs), so that whatever resolves sees it. What it says of
//! clusters and files is done before anything is resolved (`apply`); what it says of objects is done to each object where it
//! is brought, by a file, a chart or a template (`amend`). Roots that nobody declared are found without it: a fleet does not
//! begin elsewhere because something in it is gone.

mod amend;
mod apply;
mod parse;

use std::fmt;

use aoa_lang::source::TreePath;
use aoa_lang::value::Text;
use aoa_lang::{Error, ErrorKind, Result, Value};

use crate::config::closest;
use crate::fleet::Fleet;
use crate::model::{Cluster, Kind};

pub(crate) use amend::{Amended, Amendments};
pub use parse::OverlayWords;

/// Changes that are laid over the inputs of a fleet, in the order in which they are done.
///
/// ```
/// use aoa_core::diff::diff;
/// use aoa_core::overlay::{Edit, Overlay};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # use aoa_core::{Inputs, Options, resolve};
/// # let app = "
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: Application
/// # metadata: {name: web, namespace: argocd}
/// # spec:
/// #   project: default
/// #   source: {repoURL: 'https://git.example.com/fleet', path: web}
/// #   destination: {name: in-cluster, namespace: web}
/// # ";
/// # let web = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", Tree::in_memory([("root.yaml", app), ("web/a.yaml", web)]));
/// # inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// let before = resolve(&inputs, &Options::default())?;
/// inputs.overlay = Overlay::of([Edit::delete_app("web")]);
/// let after = resolve(&inputs, &Options::default())?;
/// assert_eq!(diff(&before, &after).apps.len(), 1);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    edits: Vec<Edit>,
}

/// One change.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Edit {
    /// A cluster is registered.
    AddCluster(Cluster),
    /// A cluster Secret gets a label, or loses it. Argo CD's own cluster, where it has no Secret, gets one.
    Label {
        /// The cluster: its name, its address or the name of its Secret.
        cluster: Text,
        /// The label.
        key: Text,
        /// Its value; `None`: it goes.
        value: Option<Text>,
    },
    /// The same for an annotation.
    Annotate {
        /// The cluster: its name, its address or the name of its Secret.
        cluster: Text,
        /// The annotation.
        key: Text,
        /// Its value; `None`: it goes.
        value: Option<Text>,
    },
    /// A cluster has another version of Kubernetes.
    KubeVersion {
        /// The cluster: its name, its address or the name of its Secret.
        cluster: Text,
        /// The version.
        version: Text,
    },
    /// The Secret of a cluster is removed.
    RemoveCluster {
        /// The cluster: its name, its address or the name of its Secret.
        cluster: Text,
    },
    /// A file of a repository is removed, or a folder with all that is in it.
    RemoveFile {
        /// The repository; empty for the first.
        repository: Text,
        /// The file or folder.
        path: TreePath,
    },
    /// A file of a repository reads otherwise, or is new.
    PutFile {
        /// The repository; empty for the first.
        repository: Text,
        /// The file.
        path: TreePath,
        /// What it holds.
        text: Text,
    },
    /// An Application follows another revision.
    Revision {
        /// The Application.
        app: Named,
        /// Which of several sources, from 1.
        source: Option<usize>,
        /// The revision.
        revision: Text,
    },
    /// Nobody brings an object any more.
    Delete {
        /// What it is.
        kind: Kind,
        /// The object.
        object: Named,
    },
    /// An object reads otherwise, whoever brings it. It is told by kind, namespace and name.
    Replace {
        /// The object as it would be.
        object: Value,
    },
    /// An object is there besides what the repositories hold.
    AddObject {
        /// The object.
        object: Value,
    },
}

/// An object by name, in this namespace or in any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The namespace; `None`: whichever has it.
    pub namespace: Option<Text>,
    /// The name.
    pub name: Text,
}

/// An edit that nothing in the fleet answers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Miss {
    /// The number of the edit.
    pub(crate) edit: usize,
    /// Why.
    pub(crate) why: String,
    /// What may have been meant.
    pub(crate) known: Vec<String>,
}

impl Overlay {
    /// These edits.
    #[must_use]
    pub fn of(edits: impl IntoIterator<Item = Edit>) -> Self {
        Overlay { edits: edits.into_iter().collect() }
    }

    /// The edits.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Adds an edit.
    pub fn push(&mut self, edit: Edit) {
        self.edits.push(edit);
    }

    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Refuses edits that nothing answers to in any of `fleets`, which were resolved with this overlay.
    ///
    /// # Errors
    ///
    /// `NotFound` for a cluster or an object that is not there; `Invalid` for a name that several have.
    pub fn check(&self, fleets: &[&Fleet]) -> Result<()> {
        for (at, edit) in self.edits.iter().enumerate() {
            let asked = fleets.iter().filter(|fleet| !fleet.inputs().overlay.is_empty());
            let misses: Option<Vec<&Miss>> =
                asked.map(|fleet| fleet.data.misses.iter().find(|miss| miss.edit == at)).collect();
            if let Some(miss) = misses.as_ref().and_then(|misses| misses.first()) {
                return Err(miss.error(edit));
            }
        }
        Ok(())
    }
}

impl Miss {
    fn error(&self, edit: &Edit) -> Error {
        let error = Error::new(ErrorKind::NotFound, format!("`{edit}`: {}", self.why));
        let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
        match closest(edit.name(), &known) {
            Some(close) => error.with_help(format!("did you mean `{close}`?")),
            None if known.is_empty() => error,
            None => {
                let few = known.get(..known.len().min(10)).unwrap_or_default().join(", ");
                error.with_help(format!("there are: {few}{}", if known.len() > 10 { ", ..." } else { "" }))
            }
        }
    }
}

impl Edit {
    /// The Application `name`, of whatever namespace, goes.
    #[must_use]
    pub fn delete_app(name: &str) -> Edit {
        Edit::Delete { kind: Kind::Application, object: Named { namespace: None, name: name.into() } }
    }

    /// `cluster` gets the label `key`, or loses it.
    #[must_use]
    pub fn label(cluster: &str, key: &str, value: Option<&str>) -> Edit {
        Edit::Label { cluster: cluster.into(), key: key.into(), value: value.map(Text::from) }
    }

    /// The name of what it changes.
    fn name(&self) -> &str {
        match self {
            Edit::AddCluster(cluster) => cluster.name.as_str().unwrap_or_default(),
            Edit::Label { cluster, .. }
            | Edit::Annotate { cluster, .. }
            | Edit::KubeVersion { cluster, .. }
            | Edit::RemoveCluster { cluster } => cluster.as_str().unwrap_or_default(),
            Edit::RemoveFile { path, .. } | Edit::PutFile { path, .. } => path.as_str(),
            Edit::Revision { app: named, .. } | Edit::Delete { object: named, .. } => {
                named.name.as_str().unwrap_or_default()
            }
            Edit::Replace { object } | Edit::AddObject { object } => {
                object.str_at(&["metadata", "name"]).unwrap_or_default()
            }
        }
    }
}

/// As the command takes it.
impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pair = |f: &mut fmt::Formatter<'_>, flag, cluster: &Text, key: &Text, value: &Option<Text>| {
            match value {
                Some(value) => write!(f, "--{flag} {cluster}:{key}={value}"),
                None => write!(f, "--{flag} {cluster}:{key}-"),
            }
        };
        match self {
            Edit::AddCluster(cluster) => match &cluster.origin {
                Some(origin) => write!(f, "--add-cluster {}", origin.path),
                None => write!(f, "--add-cluster {}", cluster.name),
            },
            Edit::Label { cluster, key, value } => pair(f, "label", cluster, key, value),
            Edit::Annotate { cluster, key, value } => pair(f, "annotate", cluster, key, value),
            Edit::KubeVersion { cluster, version } => write!(f, "--kube-version {cluster}={version}"),
            Edit::RemoveCluster { cluster } => write!(f, "--remove-cluster {cluster}"),
            Edit::RemoveFile { path, .. } => write!(f, "--remove-file {path}"),
            Edit::PutFile { path, .. } => write!(f, "with another {path}"),
            Edit::Revision { app, source: Some(at), revision } => {
                write!(f, "--revision {app}:{at}={revision}")
            }
            Edit::Revision { app, source: None, revision } => write!(f, "--revision {app}={revision}"),
            Edit::Delete { kind: Kind::Application, object } => write!(f, "--delete-app {object}"),
            Edit::Delete { kind: Kind::ApplicationSet, object } => write!(f, "--delete-set {object}"),
            Edit::Delete { kind: Kind::AppProject, object } => write!(f, "--delete-project {object}"),
            Edit::Replace { .. } => write!(f, "with another {}", self.name()),
            Edit::AddObject { .. } => write!(f, "with a new {}", self.name()),
        }
    }
}

/// The edits, one behind the other.
impl fmt::Display for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, edit) in self.edits.iter().enumerate() {
            write!(f, "{}{edit}", if at > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

impl Named {
    /// Reads `namespace/name` or `name`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.split_once('/') {
            Some((namespace, name)) => Named { namespace: Some(namespace.into()), name: name.into() },
            None => Named { namespace: None, name: text.into() },
        }
    }

    /// Whether this is meant.
    #[must_use]
    pub fn means(&self, namespace: &Text, name: &Text) -> bool {
        self.name == *name && self.namespace.as_ref().is_none_or(|own| own == namespace)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}/{}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}
