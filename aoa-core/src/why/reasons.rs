//! What answers are made of.

use std::fmt;

use aoa_lang::Value;
use aoa_lang::source::TreePath;
use aoa_lang::value::Text;

use crate::finding::Place;
use crate::model::{Kind, ObjectRef};
use crate::overlay::{Edit, Named};

/// A line of a file, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The repository that the file lies in; empty for a file of the inventory.
    pub repository: Text,
    /// The commit that it is read at, where that is not what is checked out; else empty.
    pub commit: Text,
    /// The file, relative to its repository where it lies in one.
    pub path: String,
    /// The line, from 1; 0 where the whole file or folder is meant.
    pub line: u32,
}

impl Site {
    /// The line of a place.
    pub(crate) fn of(place: &Place) -> Self {
        let (repository, commit) = (place.repository.clone(), place.commit.clone());
        Site { repository, commit, path: place.path.as_str().to_owned(), line: place.line }
    }

    /// The file at `path` of what is checked out of a repository.
    pub(crate) fn of_file(repository: &Text, path: &TreePath) -> Self {
        Site { repository: repository.clone(), path: path.as_str().to_owned(), ..Site::default() }
    }
}

impl fmt::Display for Site {
    /// The file with the line, and the commit where that is not what is checked out: `apps/web.yaml:3`, `apps/web.yaml:3 at 4e31625`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        crate::finding::write_commit(f, &self.commit)
    }
}

/// Something that an object hangs on, or that says something of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Input {
    /// What it is.
    pub kind: InputKind,
    /// Where it stands.
    pub site: Option<Site>,
    /// What it says that matters here, in a few words.
    pub words: String,
    /// What becomes of the object without it.
    pub without: Without,
}

/// What an input is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InputKind {
    /// A file of a repository.
    File {
        /// The repository.
        repository: Text,
        /// The file.
        path: TreePath,
    },
    /// A folder of a repository.
    Folder {
        /// The repository.
        repository: Text,
        /// The folder.
        path: TreePath,
    },
    /// An item of a list in a kustomization: a file or folder that it takes in.
    Entry {
        /// The repository.
        repository: Text,
        /// The kustomization.
        path: TreePath,
        /// What it would hold without the item.
        rest: Text,
    },
    /// The Secret of a cluster.
    Cluster {
        /// The name of the cluster.
        name: Text,
    },
    /// A label of a cluster.
    Label {
        /// The name of the cluster.
        cluster: Text,
        /// The label.
        key: Text,
    },
    /// An element of a list generator.
    Element {
        /// The set as it would be without it; `None` if that cannot be said.
        rest: Option<Box<Value>>,
        /// Its number, from 0.
        index: usize,
    },
    /// A project.
    Project {
        /// Its namespace.
        namespace: Text,
        /// Its name.
        name: Text,
    },
    /// An object besides the repositories.
    Inventory,
    /// What a service answered.
    Answer,
}

/// What becomes of an object without one of its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Without {
    /// It is there all the same.
    Stays,
    /// What brings it fails then: it stays as it is, and nobody looks after it.
    Frozen,
    /// Nobody brings it any more.
    Gone,
}

/// One step of the way from a root to an object.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Link {
    /// What the step leads to.
    pub object: ObjectRef,
    /// Where it is written, or its template.
    pub site: Option<Site>,
    /// How it is brought: `directory, include '*.yaml'`, `matrix, cell 7 of 11`.
    pub how: String,
    /// What that hangs on.
    pub inputs: Vec<Input>,
}

/// Why an Application, a set or a project is there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppReasons {
    /// The object.
    pub object: ObjectRef,
    /// The cluster that an Application goes to.
    pub cluster: String,
    /// The project of an Application.
    pub project: String,
    /// Of an Application: how many manifests it holds, or why that is not known.
    pub content: String,
    /// From a root to the object.
    pub chain: Vec<Link>,
    /// Others that bring it, too, and would if the first did not.
    pub others: Vec<Option<ObjectRef>>,
    /// Its parameters, if a set generates it.
    pub parameters: Value,
    /// Where the values of its fields come from.
    pub fields: Vec<FieldReason>,
}

/// Where the value of a field comes from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FieldReason {
    /// The field: `spec.source.targetRevision`.
    pub path: String,
    /// Its value.
    pub value: Value,
    /// Where it is written.
    pub site: Option<Site>,
    /// What is written there, if that is not the value; or who else sets it.
    pub written: String,
    /// The parameters in it.
    pub parameters: Vec<ParameterReason>,
}

/// A parameter in a field.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ParameterReason {
    /// Its name: `team.revision`.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where that stands.
    pub site: Option<Site>,
}

/// Who puts an object on a cluster.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ObjectReasons {
    /// `KIND NAMESPACE/NAME on CLUSTER`
    pub object: String,
    /// The Applications that hold it. If there are several the last sync wins.
    pub holders: Vec<Holder>,
}

/// An Application that holds an object.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Holder {
    /// The Application.
    pub app: ObjectRef,
    /// Which of its sources, from 1.
    pub source: usize,
    /// How: `directory`, `kustomize`, `helm`.
    pub how: String,
    /// What the object hangs on there.
    pub inputs: Vec<Input>,
    /// What decides the field that was asked for.
    pub field: Option<FieldReason>,
}

/// What a file reaches.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct FileReasons {
    /// The file.
    pub path: String,
    /// What is written in it.
    pub defines: Vec<(ObjectRef, u32)>,
    /// Sets whose generators read it, with the Applications that come of it.
    pub generates: Vec<(ObjectRef, Vec<ObjectRef>)>,
    /// Applications whose content is made of it.
    pub renders: Vec<ObjectRef>,
    /// Clusters that stand in it.
    pub clusters: Vec<Text>,
    /// All Applications that come of what is written in it, the generated ones and those below them.
    pub below: Vec<ObjectRef>,
}

/// What lands on a cluster.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ClusterReasons {
    /// Its name.
    pub name: Text,
    /// Its address.
    pub server: Text,
    /// Where it is registered.
    pub site: Option<Site>,
    /// What brings Applications to it.
    pub groups: Vec<ClusterGroup>,
    /// Sets that generate for other clusters and not for this one.
    pub absent: Vec<ObjectRef>,
}

/// Applications of one owner on a cluster.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClusterGroup {
    /// The set or Application that brings them; `None` for roots.
    pub owner: Option<ObjectRef>,
    /// The Applications.
    pub apps: Vec<ObjectRef>,
    /// The labels by which a set selects the cluster.
    pub inputs: Vec<Input>,
}

impl Input {
    /// The change that takes the input away: what `what-if` would do.
    #[must_use]
    pub fn removal(&self) -> Option<Edit> {
        match &self.kind {
            InputKind::File { repository, path } | InputKind::Folder { repository, path } => {
                Some(Edit::RemoveFile { repository: repository.clone(), path: path.clone() })
            }
            InputKind::Entry { repository, path, rest } => {
                Some(Edit::PutFile { repository: repository.clone(), path: path.clone(), text: rest.clone() })
            }
            InputKind::Cluster { name } => Some(Edit::RemoveCluster { cluster: name.clone() }),
            InputKind::Label { cluster, key } => {
                Some(Edit::Label { cluster: cluster.clone(), key: key.clone(), value: None })
            }
            InputKind::Element { rest, .. } => {
                rest.as_ref().map(|object| Edit::Replace { object: (**object).clone() })
            }
            InputKind::Project { namespace, name } => Some(Edit::Delete {
                kind: Kind::AppProject,
                object: Named { namespace: Some(namespace.clone()), name: name.clone() },
            }),
            InputKind::Inventory | InputKind::Answer => None,
        }
    }

    /// Names the input among those of an object.
    pub(crate) fn identity(&self) -> String {
        match &self.kind {
            InputKind::File { repository, path } | InputKind::Folder { repository, path } => {
                format!("file {repository} {path}")
            }
            InputKind::Entry { repository, path, .. } => format!("entry {repository} {path} {}", self.words),
            InputKind::Cluster { name } => format!("cluster {name}"),
            InputKind::Label { cluster, key } => format!("label {cluster} {key}"),
            InputKind::Element { index, .. } => format!("element {index} {}", self.words),
            InputKind::Project { namespace, name } => format!("project {namespace} {name}"),
            InputKind::Inventory => format!("inventory {}", self.words),
            InputKind::Answer => format!("answer {}", self.words),
        }
    }
}

impl InputKind {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            InputKind::File { .. } => "file",
            InputKind::Folder { .. } => "folder",
            InputKind::Entry { .. } => "entry",
            InputKind::Cluster { .. } => "cluster",
            InputKind::Label { .. } => "label",
            InputKind::Element { .. } => "element",
            InputKind::Project { .. } => "project",
            InputKind::Inventory => "inventory",
            InputKind::Answer => "answer",
        }
    }
}

impl Without {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Without::Stays => "stays",
            Without::Frozen => "frozen",
            Without::Gone => "gone",
        }
    }
}

impl AppReasons {
    /// How many inputs hold the object: without any one of them nobody brings it.
    #[must_use]
    pub fn held_by(&self) -> usize {
        self.chain.iter().flat_map(|link| &link.inputs).filter(|input| input.without == Without::Gone).count()
    }
}
