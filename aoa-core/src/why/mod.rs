//! Why is it there? Where an Application, an object, a field comes from, what a file reaches, what lands on a cluster - and why
//! something is not there.
//!
//! Nothing is decided here a second time. What a fleet keeps of an object is a recipe: its parent, its cell, the places of its
//! manifests. The rest is found by asking the functions that decide, or by doing the same again without an input
//! ([`Input::removal`]): what is not there then hung on it.
//!
//! | file | what |
//! |---|---|
//! | `reasons` | what answers are made of |
//! | `chain` | from a root down to an object |
//! | `cell` | what a generated Application hangs on |
//! | `rendered` | which file of a chart or kustomization brings an object |
//! | `fields` | where the values of an Application's fields come from |
//! | `object`, `file`, `cluster` | the other questions |
//! | `absence`, `blockers` | why something is not there, and the smallest change that would bring it |
//! | `lines` | lines of files |

mod absence;
mod blockers;
mod cell;
mod chain;
mod cluster;
mod earlier;
mod fields;
mod file;
mod lines;
mod object;
mod reasons;
mod rendered;

pub use absence::{Absence, Change, Present};
pub use blockers::Blocker;
pub use earlier::Earlier;
pub use reasons::{
    AppReasons, ClusterGroup, ClusterReasons, FieldReason, FileReasons, Holder, Input, InputKind, Link,
    ObjectReasons, ParameterReason, Site, Without,
};

pub(crate) use fields::steps_of;
pub(crate) use lines::{field as field_site, has_file, of_cluster as cluster_site};

use aoa_lang::{Error, Result};

use crate::address::Address;
use crate::fleet::Fleet;
use crate::model::{Kind, ObjectRef};

/// A question.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Query {
    /// What is asked about.
    pub address: Address,
    /// Which of its fields.
    pub field: Option<String>,
    /// Whether all fields are told, not only revisions.
    pub all_fields: bool,
}

/// An answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reasons {
    /// Of an Application, a set or a project.
    App(AppReasons),
    /// Of an object on a cluster.
    Object(ObjectReasons),
    /// Of a file.
    File(FileReasons),
    /// Of a cluster.
    Cluster(ClusterReasons),
}

impl Query {
    /// Asks about `address`.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Query { address, field: None, all_fields: false }
    }

    /// About this field of it.
    #[must_use]
    pub fn with_field(mut self, field: Option<String>) -> Self {
        self.field = field;
        self
    }

    /// About all fields of it.
    #[must_use]
    pub fn with_all_fields(mut self, all: bool) -> Self {
        self.all_fields = all;
        self
    }
}

/// Why something is there.
///
/// ```
/// use aoa_core::address::Address;
/// use aoa_core::why::{Query, Reasons, why};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # use aoa_core::{Inputs, Options, resolve};
/// # let set = "
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: ApplicationSet
/// # metadata: {name: web, namespace: argocd}
/// # spec:
/// #   generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
/// #   template:
/// #     metadata: {name: 'web-{{env}}'}
/// #     spec:
/// #       project: default
/// #       source: {repoURL: 'https://git.example.com/fleet', path: web}
/// #       destination: {name: in-cluster, namespace: '{{env}}'}
/// # ";
/// # let web = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", Tree::in_memory([("set.yaml", set), ("web/a.yaml", web)]));
/// # inputs.roots.push(Root::new(TreePath::new("set.yaml").unwrap()));
/// # let fleet = resolve(&inputs, &Options::default())?;
/// let Reasons::App(reasons) = why(&fleet, &Query::new(Address::parse("web-prod")?))? else { panic!() };
/// // The file of the set, and the element of its list.
/// assert_eq!(reasons.held_by(), 2);
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
///
/// # Errors
///
/// `NotFound` if there is no such thing; `Invalid` for a name that several have, and for a field that it does not have.
pub fn why(fleet: &Fleet, query: &Query) -> Result<Reasons> {
    has_files(fleet)?;
    let asked = chain::Asked::new(fleet);
    match &query.address {
        Address::App(name) => {
            let app = fleet.app_at(name)?;
            let mut reasons = of_object(&asked, chain::app_ref(app.namespace(), app.name()));
            reasons.cluster = app.cluster().map_or_else(
                || Some(app.destination().name).filter(|n| !n.is_empty()).unwrap_or(app.destination().server),
                |cluster| cluster.name.to_string(),
            );
            reasons.project = app.project();
            reasons.content = content_words(app);
            fields::add(&asked, app, query, &mut reasons)?;
            Ok(Reasons::App(reasons))
        }
        Address::Set(name) => {
            let set = fleet.set_at(name)?;
            Ok(Reasons::App(of_object(&asked, cell::set_ref(set.namespace(), set.name()))))
        }
        Address::Project(name) => {
            let project = fleet.project_at(name)?;
            let (namespace, name) = (project.namespace().into(), project.name().into());
            Ok(Reasons::App(of_object(&asked, ObjectRef { kind: Kind::AppProject, namespace, name })))
        }
        Address::Cluster(name) => cluster::reasons(&asked, fleet.cluster_at(name)?).map(Reasons::Cluster),
        Address::File { path, .. } => file::reasons(&asked, path).map(Reasons::File),
        Address::Object(object) => {
            object::reasons(&asked, object, query.field.as_deref()).map(Reasons::Object)
        }
    }
}

fn of_object(asked: &chain::Asked<'_>, object: ObjectRef) -> AppReasons {
    AppReasons {
        chain: asked.chain(&object),
        others: asked.others(&object),
        object,
        cluster: String::new(),
        project: String::new(),
        content: String::new(),
        parameters: aoa_lang::Value::Null,
        fields: Vec::new(),
    }
}

/// Reasons stand in files.
fn has_files(fleet: &Fleet) -> Result<()> {
    if fleet.is_recorded() {
        return Err(Error::invalid("reasons stand in files, and an output has none")
            .with_help("ask the fleet that it was written of"));
    }
    Ok(())
}

fn content_words(app: crate::fleet::App<'_>) -> String {
    let Some(content) = app.content() else { return "not rendered".to_owned() };
    match content.state.reason() {
        Some(reason) => {
            let line = reason.lines().next().unwrap_or_default().to_owned();
            format!("content {}: {line}", content.state.name())
        }
        None => match content.manifests.len() {
            1 => "1 manifest".to_owned(),
            count => format!("{count} manifests"),
        },
    }
}

/// Why something is not there, and the smallest change that would bring it.
///
/// A set is asked about on a cluster (`appset:web cluster:prod`), an Application or an object by itself; an object's cluster is
/// part of its address.
///
/// # Errors
///
/// `NotFound` for a set or cluster that there is not; `Invalid` for a question that has no answer; and those of resolving
/// again.
pub fn why_not(fleet: &Fleet, about: &Address, on: Option<&Address>) -> Result<Absence> {
    has_files(fleet)?;
    let asked = chain::Asked::new(fleet);
    match (about, on) {
        (Address::Set(set), Some(Address::Cluster(cluster)))
        | (Address::Cluster(cluster), Some(Address::Set(set))) => absence::set_on_cluster(&asked, set, cluster),
        (Address::App(app), None) => absence::app(&asked, app),
        (Address::Object(object), None) => absence::object(&asked, object),
        (Address::Set(set), None) => absence::set(&asked, set),
        _ => Err(Error::invalid("this is nothing that could be there").with_help(
            "ask for an Application (NAME), a set on a cluster (appset:NAME cluster:NAME), or an object (object:CLUSTER/NAMESPACE/KIND/NAME)",
        )),
    }
}
