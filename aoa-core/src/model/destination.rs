//! Where an Application goes: from `spec.destination` to a cluster.

use aoa_lang::{Error, Result};

use super::{Cluster, Clusters};

/// `spec.destination` of an Application; empty means not given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Destination {
    /// The address of the API server.
    pub server: String,
    /// The namespace of namespaced resources that have none.
    pub namespace: String,
    /// The name of the cluster.
    pub name: String,
}

impl Destination {
    /// The address of the cluster: `server` without slashes at its end, or the one cluster called `name`
    /// (`GetDestinationServer` of Argo CD 3.5.7).
    ///
    /// # Errors
    ///
    /// `Invalid`, with Argo CD's text, if both or neither are given or the name is not that of exactly one cluster.
    pub fn server<'c>(&'c self, clusters: &'c Clusters) -> Result<&'c str> {
        server_of((&self.server, &self.name), clusters)
    }

    /// The cluster (`GetDestinationCluster` of Argo CD 3.5.7).
    ///
    /// ```
    /// use aoa_core::model::{Cluster, Clusters, Destination};
    ///
    /// let prod = Cluster { name: "prod".into(), server: "https://prod.example.com".into(), ..Cluster::default() };
    /// let clusters = Clusters::new(vec![prod], true);
    /// let destination = Destination { server: "https://prod.example.com/".into(), ..Destination::default() };
    /// assert_eq!(destination.resolve(&clusters)?.name, "prod");
    /// # Ok::<(), aoa_core::lang::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Destination::server`], and if no such cluster is registered or it is switched off.
    pub fn resolve<'c>(&self, clusters: &'c Clusters) -> Result<&'c Cluster> {
        let server = self.server(clusters)?;
        clusters.by_server(server).map_err(|reason| {
            let what = if self.server.is_empty() {
                String::from("URL")
            } else {
                format!("server {}", aoa_lang::strconv::quote(self.server.as_bytes()))
            };
            Error::invalid(format!("error getting cluster by {what}: {reason}"))
        })
    }
}

/// As [`Destination::server`], of the address and the name of a destination.
fn server_of<'c>((server, name): (&'c str, &'c str), clusters: &'c Clusters) -> Result<&'c str> {
    match (name, server) {
        ("", "") => Err(Error::invalid("Destination server missing from app spec")),
        ("", server) => Ok(server.trim_end_matches('/')),
        (name, "") => match clusters.servers_by_name(name).as_slice() {
            [] => Err(Error::invalid(format!("there are no clusters with this name: {name}"))),
            [server] => Ok(server),
            servers => Err(Error::invalid(format!(
                "there are {} clusters with the same name: [{}]",
                servers.len(),
                servers.join(" ")
            ))),
        },
        (name, server) => Err(Error::invalid(format!(
            "application destination can't have both name and server defined: {name} {server}"
        ))),
    }
}

/// The cluster of a destination with this address and name, if there is one.
pub(crate) fn cluster_at<'c>(texts: (&str, &str), clusters: &'c Clusters) -> Option<&'c Cluster> {
    clusters.by_server(server_of(texts, clusters).ok()?).ok()
}
