//! What an overlay says of clusters and files, done to the inputs.

use aoa_lang::Value;
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::Text;

use super::{Edit, Miss, Overlay};
use crate::inputs::{Inputs, Root};
use crate::model::{Cluster, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, SECRET_TYPE_LABEL};

/// What inputs become.
pub(crate) struct Applied {
    /// What nothing answered to.
    pub(crate) misses: Vec<Miss>,
    /// Another version of Kubernetes of Argo CD's own cluster, if that has no Secret.
    pub(crate) local_version: Option<Text>,
}

impl Overlay {
    /// Does to `inputs` what is said of clusters and files; what is said of objects is done when they are brought.
    pub(crate) fn apply(&self, inputs: &mut Inputs) -> Applied {
        let mut applied = Applied { misses: Vec::new(), local_version: None };
        for (edit, at) in self.edits.iter().zip(0..) {
            let done = match edit {
                Edit::AddCluster(cluster) => {
                    inputs.clusters.retain(|known| known.name != cluster.name);
                    inputs.clusters.push(cluster.clone());
                    Ok(())
                }
                Edit::Label { cluster, key, value } => {
                    labelled(&mut inputs.clusters, cluster).map(|cluster| {
                        cluster.labels = changed(&cluster.labels, key, value.as_ref());
                    })
                }
                Edit::Annotate { cluster, key, value } => {
                    labelled(&mut inputs.clusters, cluster).map(|cluster| {
                        cluster.annotations = changed(&cluster.annotations, key, value.as_ref());
                    })
                }
                Edit::KubeVersion { cluster, version } => match find(&inputs.clusters, cluster) {
                    Some(at) => {
                        if let Some(cluster) = inputs.clusters.get_mut(at) {
                            cluster.kube_version = Some(version.clone());
                        }
                        Ok(())
                    }
                    None if is_local(cluster) => {
                        applied.local_version = Some(version.clone());
                        Ok(())
                    }
                    None => Err(no_cluster(&inputs.clusters)),
                },
                Edit::RemoveCluster { cluster } => match find(&inputs.clusters, cluster) {
                    Some(at) => {
                        inputs.clusters.remove(at);
                        Ok(())
                    }
                    None => Err(no_cluster(&inputs.clusters)),
                },
                Edit::RemoveFile { repository, path } => remove_file(inputs, repository, path),
                Edit::PutFile { repository, path, text } => {
                    on_trees(inputs, repository, |tree| Some(tree.with_file(path, text.as_bytes())));
                    Ok(())
                }
                Edit::AddObject { object } => {
                    inputs.objects.push(object.clone());
                    Ok(())
                }
                Edit::Revision { .. } | Edit::Delete { .. } | Edit::Replace { .. } => Ok(()),
            };
            if let Err((why, known)) = done {
                applied.misses.push(Miss { edit: at, why, known });
            }
        }
        applied
    }
}

type NotThere = (String, Vec<String>);

fn no_cluster(clusters: &[Cluster]) -> NotThere {
    let names = clusters.iter().map(|cluster| cluster.name.to_string()).collect();
    ("no such cluster is registered".to_owned(), names)
}

/// The number of the cluster of this name, address or Secret.
fn find(clusters: &[Cluster], wanted: &Text) -> Option<usize> {
    let by = |is: &dyn Fn(&Cluster) -> bool| clusters.iter().position(is);
    let address = wanted.to_str_lossy();
    by(&|c| c.name == *wanted)
        .or_else(|| by(&|c| !c.server.is_empty() && c.server_key() == address.trim_end_matches('/')))
        .or_else(|| by(&|c| c.secret == *wanted))
}

fn is_local(wanted: &Text) -> bool {
    *wanted == *IN_CLUSTER_NAME || *wanted == *IN_CLUSTER_SERVER
}

/// The cluster, with a Secret if it is Argo CD's own and has none: only Secrets have labels.
fn labelled<'c>(clusters: &'c mut Vec<Cluster>, wanted: &Text) -> Result<&'c mut Cluster, NotThere> {
    let at = match find(clusters, wanted) {
        Some(at) => at,
        None if is_local(wanted) => {
            let labels = [(Text::from(SECRET_TYPE_LABEL), Value::from("cluster"))];
            clusters.push(Cluster {
                secret: IN_CLUSTER_NAME.into(),
                name: IN_CLUSTER_NAME.into(),
                server: IN_CLUSTER_SERVER.into(),
                labels: labels.into_iter().collect(),
                ..Cluster::default()
            });
            clusters.len().saturating_sub(1)
        }
        None => return Err(no_cluster(clusters)),
    };
    let nobody = no_cluster(clusters);
    clusters.get_mut(at).ok_or(nobody)
}

fn changed(map: &aoa_lang::value::Map, key: &Text, value: Option<&Text>) -> aoa_lang::value::Map {
    match value {
        Some(value) => map.clone().with(key.clone(), Value::String(value.clone())),
        None => map.clone().without(&key.to_str_lossy()),
    }
}

fn remove_file(inputs: &mut Inputs, repository: &Text, path: &TreePath) -> Result<(), NotThere> {
    let found = on_trees(inputs, repository, |tree| {
        tree.within(path).next()?;
        Some(tree.filtered(|file| !file.is_within(path)))
    });
    let first = inputs.repositories.first().map(|r| r.url.clone()).unwrap_or_default();
    let is_of = |root: &Root| {
        let url = if root.repository.is_empty() { &first } else { &root.repository };
        url == repository || (repository.is_empty() && *url == first)
    };
    inputs.roots.retain(|root| !(is_of(root) && root.path.is_within(path)));
    // Clusters are registered in files, too.
    let before = inputs.clusters.len();
    inputs.clusters.retain(|cluster| {
        let file = cluster.origin.as_ref().map(|origin| origin.path.to_str_lossy().into_owned());
        !file.is_some_and(|file| is_below(&file, path.as_str()))
    });
    let found = found || inputs.clusters.len() < before;
    if found { Ok(()) } else { Err(("there is no such file".to_owned(), Vec::new())) }
}

/// Whether a file that somebody named by a longer path is `path` or lies in it.
fn is_below(file: &str, path: &str) -> bool {
    let mut starts = std::iter::once(0).chain(file.match_indices('/').map(|(at, _)| at.saturating_add(1)));
    starts.any(|at| {
        let rest = file.get(at..).and_then(|rest| rest.strip_prefix(path));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Changes the trees of a repository: all that stand for its remotes. Tells whether anything was changed.
fn on_trees(inputs: &mut Inputs, repository: &Text, change: impl Fn(&Tree) -> Option<Tree>) -> bool {
    let first = inputs.repositories.first().map(|r| r.url.clone()).unwrap_or_default();
    let url = if repository.is_empty() { first } else { repository.clone() };
    // A folder may stand for several remotes of one repository.
    let same = inputs.repositories.iter().find(|r| r.url == url).and_then(|r| r.checkouts.first());
    let Some(same) = same.map(|checkout| checkout.tree.clone()) else { return false };
    let mut found = false;
    for repository in &mut inputs.repositories {
        for checkout in &mut repository.checkouts {
            if (repository.url == url || checkout.tree.shares(&same))
                && let Some(tree) = change(&checkout.tree)
            {
                found = true;
                checkout.tree = tree;
            }
        }
    }
    found
}
