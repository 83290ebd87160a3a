//! All clusters of one Argo CD, found by address and by name.

use std::collections::HashMap;

use aoa_lang::strconv::quote;

use super::{Cluster, IN_CLUSTER_NAME, IN_CLUSTER_SERVER};

/// The clusters that one Argo CD knows.
///
/// Its own cluster is there without a Secret, unless it is switched off with `cluster.inClusterEnabled: "false"`.
#[derive(Clone, Debug)]
pub struct Clusters {
    registered: Vec<Cluster>,
    in_cluster_enabled: bool,
    local: Cluster,
    /// Addresses without slashes at their end, and which cluster has them.
    by_server: HashMap<String, usize>,
    /// Names, and the addresses of the clusters that have them, sorted.
    by_name: HashMap<String, Vec<String>>,
    secrets: Secrets,
}

/// Whether all cluster Secrets can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secrets {
    Readable,
    SomeUnreadable,
}

impl Default for Clusters {
    fn default() -> Self {
        Clusters::new(Vec::new(), true)
    }
}

impl Clusters {
    /// The clusters of these Secrets. Of several with one address the first counts; upstream takes any.
    #[must_use]
    pub fn new(registered: Vec<Cluster>, in_cluster_enabled: bool) -> Self {
        let mut by_server = HashMap::new();
        let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
        for (at, cluster) in registered.iter().enumerate() {
            by_server.entry(cluster.server_key().to_owned()).or_insert(at);
            if !cluster.name.is_empty() {
                let name = cluster.name.to_str_lossy().into_owned();
                by_name.entry(name).or_default().push(cluster.server_key().to_owned());
            }
        }
        by_name.values_mut().for_each(|servers| servers.sort_unstable());
        let local =
            Cluster { name: IN_CLUSTER_NAME.into(), server: IN_CLUSTER_SERVER.into(), ..Cluster::default() };
        Clusters { registered, in_cluster_enabled, local, by_server, by_name, secrets: Secrets::Readable }
    }

    /// The same with this version of Kubernetes for Argo CD's own cluster, where it has no Secret.
    #[must_use]
    pub(crate) fn with_local_version(mut self, version: Option<aoa_lang::value::Text>) -> Self {
        self.local.kube_version = version.or(self.local.kube_version);
        self
    }

    /// The same with a Secret besides whose `config` cannot be read. It is no cluster to anybody, but it keeps the
    /// controller of ApplicationSets from deleting Applications.
    #[must_use]
    pub fn with_unreadable_secret(mut self) -> Self {
        self.secrets = Secrets::SomeUnreadable;
        self
    }

    /// Whether a cluster Secret cannot be read.
    #[must_use]
    pub fn has_unreadable_secret(&self) -> bool {
        self.secrets == Secrets::SomeUnreadable
    }

    /// Whether a value of the setting `cluster.inClusterEnabled` leaves Argo CD's own cluster on: all but `false` do.
    #[must_use]
    pub fn in_cluster_setting(value: Option<&str>) -> bool {
        value != Some("false")
    }

    /// The clusters that have a Secret.
    #[must_use]
    pub fn registered(&self) -> &[Cluster] {
        &self.registered
    }

    /// The cluster at `server`; slashes at the end do not count, everything else does: case, ports, old addresses.
    ///
    /// # Errors
    ///
    /// The text of `GetCluster` of Argo CD 3.5.7 if there is none or it is switched off.
    pub fn by_server(&self, server: &str) -> std::result::Result<&Cluster, String> {
        if server == IN_CLUSTER_SERVER && !self.in_cluster_enabled {
            return Err(format!(
                "rpc error: code = NotFound desc = cluster {} is disabled",
                quote(server.as_bytes())
            ));
        }
        match self.by_server.get(server.trim_end_matches('/')).and_then(|at| self.registered.get(*at)) {
            Some(cluster) => Ok(cluster),
            None if server == IN_CLUSTER_SERVER => Ok(&self.local),
            None => Err(format!(
                "rpc error: code = NotFound desc = cluster {} not found",
                quote(server.as_bytes())
            )),
        }
    }

    /// The addresses of the clusters named `name`, sorted; upstream has them in the order of a Go map.
    #[must_use]
    pub fn servers_by_name(&self, name: &str) -> Vec<&str> {
        let named = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        if named.is_empty() && name == IN_CLUSTER_NAME && self.in_cluster_enabled {
            return vec![IN_CLUSTER_SERVER];
        }
        let usable = |server: &&str| self.in_cluster_enabled || *server != IN_CLUSTER_SERVER;
        named.iter().map(String::as_str).filter(usable).collect()
    }
}
