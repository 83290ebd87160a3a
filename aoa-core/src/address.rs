//! How things of a fleet are named by people, the same for all verbs.
//!
//! | written | meant |
//! |---|---|
//! | `web`, `argocd/web`, `app:web` | an Application |
//! | `appset:web` | an ApplicationSet |
//! | `project:web` | an AppProject |
//! | `cluster:prod` | a registered cluster, by name, address or Secret |
//! | `file:apps/web.yaml`, `file:apps/web.yaml:3` | a file, a line of it |
//! | `object:prod/shop/Deployment/web` | an object on a cluster; without namespace `object:prod//Namespace/shop` |

use std::fmt;

use aoa_lang::source::TreePath;
use aoa_lang::{Error, ErrorKind, Result};

use crate::config::closest;
use crate::fleet::{App, AppSet, Fleet, Project};
use crate::model::{Cluster, IN_CLUSTER_NAME, IN_CLUSTER_SERVER};

/// What somebody names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// An Application: `name` or `namespace/name`.
    App(String),
    /// An ApplicationSet: `name` or `namespace/name`.
    Set(String),
    /// An AppProject: `name` or `namespace/name`.
    Project(String),
    /// A cluster: its name, address or Secret.
    Cluster(String),
    /// A file of a repository.
    File {
        /// Its path; also with an address of its repository before it.
        path: TreePath,
        /// A line of it.
        line: Option<u32>,
    },
    /// An object on a cluster.
    Object(ObjectAddress),
}

/// An object on a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectAddress {
    /// The name or address of the cluster.
    pub cluster: String,
    /// Its namespace; empty if it has none.
    pub namespace: String,
    /// Its kind, also with its group behind a dot (`Certificate.cert-manager.io`).
    pub kind: String,
    /// Its name.
    pub name: String,
}

const FORMS: &str = "write NAME, NAMESPACE/NAME, appset:NAME, project:NAME, cluster:NAME, file:PATH or object:CLUSTER/NAMESPACE/KIND/NAME";

impl Address {
    /// Reads an address.
    ///
    /// ```
    /// use aoa_core::address::Address;
    ///
    /// assert_eq!(Address::parse("argocd/web")?, Address::App("argocd/web".into()));
    /// assert_eq!(Address::parse("object:prod/shop/Deployment/web")?.to_string(), "object:prod/shop/Deployment/web");
    /// assert!(Address::parse("clutser:prod").is_err());
    /// # Ok::<(), aoa_core::lang::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Invalid` for a kind of address that there is not, and for one that names nothing.
    pub fn parse(text: &str) -> Result<Self> {
        let Some((kind, rest)) = text.split_once(':') else {
            return if text.is_empty() {
                Err(Error::invalid("an empty address").with_help(FORMS))
            } else {
                Ok(Address::App(text.to_owned()))
            };
        };
        if rest.is_empty() {
            return Err(Error::invalid(format!("`{text}` names nothing")).with_help(FORMS));
        }
        match kind {
            "app" => Ok(Address::App(rest.to_owned())),
            "appset" | "set" => Ok(Address::Set(rest.to_owned())),
            "project" => Ok(Address::Project(rest.to_owned())),
            "cluster" => Ok(Address::Cluster(rest.to_owned())),
            "file" => file(text, rest),
            "object" => object(text, rest),
            other => {
                let error = Error::invalid(format!("`{other}:` is no kind of address"));
                let known = ["app", "appset", "project", "cluster", "file", "object"];
                Err(error.with_help(match closest(other, &known) {
                    Some(close) => format!("did you mean `{close}:{rest}`?"),
                    None => FORMS.to_owned(),
                }))
            }
        }
    }
}

fn file(text: &str, rest: &str) -> Result<Address> {
    let (path, line) = match rest.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?))) {
        Some((path, line)) => (path, Some(line)),
        None => (rest, None),
    };
    let path = TreePath::new(path.trim_end_matches('/')).filter(|path| !path.as_str().is_empty());
    let path = path.ok_or_else(|| Error::invalid(format!("`{text}` leads out of the repository")))?;
    Ok(Address::File { path, line })
}

fn object(text: &str, rest: &str) -> Result<Address> {
    // The address of a cluster holds slashes.
    let mut parts = rest.rsplitn(4, '/');
    let (name, kind, namespace, cluster) = (parts.next(), parts.next(), parts.next(), parts.next());
    match (cluster, namespace, kind, name) {
        (Some(cluster), Some(namespace), Some(kind), Some(name))
            if !cluster.is_empty() && !kind.is_empty() && !name.is_empty() =>
        {
            let [cluster, namespace, kind, name] = [cluster, namespace, kind, name].map(str::to_owned);
            Ok(Address::Object(ObjectAddress { cluster, namespace, kind, name }))
        }
        _ => Err(Error::invalid(format!("`{text}` is not the address of an object"))
            .with_help("write object:CLUSTER/NAMESPACE/KIND/NAME; of an object without namespace object:CLUSTER//KIND/NAME")),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::App(name) => f.write_str(name),
            Address::Set(name) => write!(f, "appset:{name}"),
            Address::Project(name) => write!(f, "project:{name}"),
            Address::Cluster(name) => write!(f, "cluster:{name}"),
            Address::File { path, line: None } => write!(f, "file:{path}"),
            Address::File { path, line: Some(line) } => write!(f, "file:{path}:{line}"),
            Address::Object(ObjectAddress { cluster, namespace, kind, name }) => {
                write!(f, "object:{cluster}/{namespace}/{kind}/{name}")
            }
        }
    }
}

impl Fleet {
    /// The Application at `name` or `namespace/name`.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none, with the likeliest as help; `Invalid` if there are several, with all as help.
    pub fn app_at(&self, address: &str) -> Result<App<'_>> {
        if let Some((namespace, name)) = address.split_once('/')
            && let Some(app) = self.app(namespace, name)
        {
            return Ok(app);
        }
        let found = self.apps().filter(|app| app.name() == address).collect();
        let key = |app: &App<'_>| format!("{}/{}", app.namespace(), app.name());
        let names = || self.apps().map(|app| app.name().to_owned()).collect();
        only(&Wanted { address, what: "Application", help: "`aoa apps` lists them" }, found, key, names)
    }

    /// The ApplicationSet at `name` or `namespace/name`.
    ///
    /// # Errors
    ///
    /// As [`Fleet::app_at`].
    pub fn set_at(&self, address: &str) -> Result<AppSet<'_>> {
        if let Some((namespace, name)) = address.split_once('/')
            && let Some(set) = self.set(namespace, name)
        {
            return Ok(set);
        }
        let found = self.sets().filter(|set| set.name() == address).collect();
        let key = |set: &AppSet<'_>| format!("appset:{}/{}", set.namespace(), set.name());
        let names = || self.sets().map(|set| set.name().to_owned()).collect();
        only(&Wanted { address, what: "ApplicationSet", help: "`aoa tree` shows them" }, found, key, names)
    }

    /// The AppProject at `name` or `namespace/name`.
    ///
    /// # Errors
    ///
    /// As [`Fleet::app_at`].
    pub fn project_at(&self, address: &str) -> Result<Project<'_>> {
        let is_it = |project: &Project<'_>| match address.split_once('/') {
            Some((namespace, name)) => project.namespace() == namespace && project.name() == name,
            None => project.name() == address,
        };
        let found = self.projects().filter(is_it).collect();
        let key = |project: &Project<'_>| format!("project:{}/{}", project.namespace(), project.name());
        let names = || self.projects().map(|project| project.name().to_owned()).collect();
        let wanted = Wanted { address, what: "AppProject", help: "the fleet brings none of this name" };
        only(&wanted, found, key, names)
    }

    /// The registered cluster of this name, address or Secret, or Argo CD's own.
    ///
    /// # Errors
    ///
    /// As [`Fleet::app_at`].
    pub fn cluster_at(&self, address: &str) -> Result<&Cluster> {
        let clusters = &self.data.clusters;
        let server = address.trim_end_matches('/');
        let by_name: Vec<&Cluster> =
            clusters.registered().iter().filter(|cluster| cluster.name == *address).collect();
        let by_others = |cluster: &&Cluster| cluster.server_key() == server || cluster.secret == *address;
        let mut found = match by_name.is_empty() {
            false => by_name,
            true => clusters.registered().iter().filter(by_others).collect(),
        };
        if found.is_empty() && (address == IN_CLUSTER_NAME || server == IN_CLUSTER_SERVER) {
            // Argo CD's own cluster needs no Secret.
            found.extend(clusters.by_server(IN_CLUSTER_SERVER).ok());
        }
        let key = |cluster: &&Cluster| format!("cluster:{}", cluster.server);
        let help =
            "clusters stand in the files that `clusters:` of aoa.yaml names; --add-cluster FILE adds one";
        let names = || self.clusters().map(|cluster| cluster.name.to_string()).collect();
        only(&Wanted { address, what: "cluster", help }, found, key, names)
    }
}

/// What is looked for.
struct Wanted<'w> {
    address: &'w str,
    what: &'static str,
    /// Where to look.
    help: &'static str,
}

fn only<T>(
    wanted: &Wanted<'_>,
    mut found: Vec<T>,
    key: impl Fn(&T) -> String,
    names: impl Fn() -> Vec<String>,
) -> Result<T> {
    let Wanted { address, what, help } = wanted;
    if found.len() > 1 {
        let keys: Vec<String> = found.iter().map(key).collect();
        return Err(Error::invalid(format!("`{address}` names {} {what}s", found.len()))
            .with_help(format!("say which: {}", keys.join(", "))));
    }
    found.pop().ok_or_else(|| {
        let error = Error::new(ErrorKind::NotFound, format!("there is no {what} `{address}`"));
        let names = names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let name = address.rsplit('/').next().unwrap_or(address);
        match closest(name, &names) {
            Some(close) => error.with_help(format!("did you mean `{close}`?")),
            None => error.with_help(*help),
        }
    })
}
