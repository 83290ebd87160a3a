//! A cluster as Argo CD registers it: a Secret with a label, its credentials left out.

use aoa_lang::Value;
use aoa_lang::value::{Map, Text};

/// A registered cluster: what its Secret says, without credentials.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cluster {
    /// The name of the Secret; empty for a cluster that was given without one.
    pub secret: Text,
    /// The cluster's name, `data.name`.
    pub name: Text,
    /// The address of its API server as written, `data.server`.
    pub server: Text,
    /// The project that owns it, `data.project`; empty if none does.
    pub project: Text,
    /// The namespaces it is restricted to, `data.namespaces`; empty if it is not.
    pub namespaces: Vec<Text>,
    /// The labels of the Secret, as written.
    pub labels: Map,
    /// The annotations of the Secret, as written.
    pub annotations: Map,
    /// The version of its Kubernetes, `1.35.0`, where the inventory tells.
    pub kube_version: Option<Text>,
    /// The API versions that it serves, `apps/v1` or `apps/v1/Deployment`, where the inventory tells.
    pub api_versions: Option<Vec<Text>>,
    /// Where it stands: file and line, for people.
    pub origin: Option<Origin>,
}

/// A file and a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The path as given to the loader.
    pub path: Text,
    /// The line, from 1.
    pub line: u32,
}

/// The label that makes a Secret a cluster.
pub const SECRET_TYPE_LABEL: &str = "argocd.argoproj.io/secret-type";

/// The address of the cluster that Argo CD itself runs on.
pub const IN_CLUSTER_SERVER: &str = "https://kubernetes.default.svc";

/// The name of the cluster that Argo CD itself runs on, where no Secret gives it another.
pub const IN_CLUSTER_NAME: &str = "in-cluster";

impl Cluster {
    /// Reads a cluster Secret; `None` if `secret` is none. `data` is decoded from base64, `stringData` goes above it, as
    /// the API server does on writing. Nothing of `data.config` is kept.
    #[must_use]
    pub fn from_secret(secret: &Value) -> Option<Self> {
        let labels = secret.at(&["metadata", "labels"])?.as_map()?.clone();
        if secret.str_at(&["kind"])? != "Secret" || labels.get(SECRET_TYPE_LABEL)?.as_str()? != "cluster" {
            return None;
        }
        let data = |key: &str| data_of(secret, key).unwrap_or_default();
        let namespaces = data("namespaces")
            .to_str_lossy()
            .split(',')
            .map(str::trim)
            .filter(|n| !n.is_empty())
            .map(Text::from)
            .collect();
        Some(Cluster {
            secret: secret.str_at(&["metadata", "name"]).unwrap_or_default().into(),
            name: data("name"),
            server: data("server"),
            project: data("project"),
            namespaces,
            labels,
            annotations: secret
                .at(&["metadata", "annotations"])
                .and_then(Value::as_map)
                .cloned()
                .unwrap_or_default(),
            ..Cluster::default()
        })
    }

    /// The address with which Argo CD compares: without trailing slashes.
    #[must_use]
    pub fn server_key(&self) -> &str {
        self.server.as_str().unwrap_or_default().trim_end_matches('/')
    }

    /// Whether this is the cluster that Argo CD itself runs on.
    #[must_use]
    pub fn is_control_plane(&self) -> bool {
        self.server_key() == IN_CLUSTER_SERVER
    }
}

pub(super) fn data_of(secret: &Value, key: &str) -> Option<Text> {
    if let Some(Value::String(text)) = secret.at(&["stringData", key]) {
        return Some(text.clone());
    }
    let encoded = secret.str_at(&["data", key])?;
    Some(Text::from(decode_base64(encoded)?))
}

/// Standard base64 as Go's JSON decoder reads a `[]byte`: line breaks are skipped.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    let mut padded = false;
    for byte in text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')) {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padded = true;
                continue;
            }
            _ => return None,
        };
        if padded {
            return None;
        }
        bits = (bits << 6 | u32::from(digit)) & 0xFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xFF).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_gives_a_cluster_without_its_credentials() {
        let secret = Value::map([
            ("kind", Value::from("Secret")),
            (
                "metadata",
                Value::map([
                    ("name", Value::from("cluster-a")),
                    ("labels", Value::map([(SECRET_TYPE_LABEL, Value::from("cluster"))])),
                ]),
            ),
            (
                "data",
                Value::map([("name", Value::from("YQ==")), ("server", Value::from("aHR0cHM6Ly9hLw=="))]),
            ),
            ("stringData", Value::map([("name", Value::from("b"))])),
        ]);
        let cluster = Cluster::from_secret(&secret).unwrap();
        assert_eq!(cluster.name, "b");
        assert_eq!(cluster.server_key(), "https://a");
        assert!(Cluster::from_secret(&Value::map([("kind", Value::from("Secret"))])).is_none());
    }
}
