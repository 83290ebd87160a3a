//! Reads the inventory: clusters, settings, recorded answers, and objects that exist besides the repositories.

use std::path::Path;

use aoa_core::lang::value::{Map, Text};
use aoa_core::lang::{Error, Result, Value, typed};
use aoa_core::load::documents;
use aoa_core::model::{Cluster, Origin, SECRET_TYPE_LABEL};

use crate::folder::{FolderLimits, read_file};
use crate::settings::{self, Adopted};

/// What inventory files hold.
///
/// ```
/// let inventory = aoa_host::read_inventory_text(b"{kind: ConfigMap, metadata: {name: argocd-cm}, data: {a: b}}", "cm.yaml")?;
/// assert!(inventory.clusters.is_empty() && inventory.argocd_cm.is_some());
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Inventory {
    /// Clusters, in the order of the files.
    pub clusters: Vec<Cluster>,
    /// The data of `argocd-cm`.
    pub argocd_cm: Option<Value>,
    /// The data of `argocd-cmd-params-cm`.
    pub params_cm: Option<Value>,
    /// `RecordedAnswers` documents.
    pub answers: Vec<Value>,
    /// Everything else.
    pub objects: Vec<Value>,
}

/// Adds what `file` holds to `inventory`.
///
/// A document is a cluster Secret, a plain description of a cluster (`name` and `server`, and `labels`, `annotations`,
/// `project`, `namespaces`, `kubeVersion`, `apiVersions` as needed), a ConfigMap, `RecordedAnswers`, values of the
/// argo-cd chart with `configs` (also under `argo-cd` of an umbrella chart), the operator's `ArgoCD`, any other object, or a `List`
/// of these. Credentials of clusters are dropped.
///
/// # Errors
///
/// The file cannot be read, is larger than [`FolderLimits`] allow, is no YAML, or describes a cluster without name or
/// server.
///
/// ```
/// use aoa_host::{Inventory, read_inventory};
/// # let folder = tempfile::tempdir().unwrap();
/// let file = folder.path().join("clusters.yaml");
/// std::fs::write(&file, "name: dev\nserver: https://dev.example.com\n").unwrap();
/// let mut inventory = Inventory::default();
/// read_inventory(&file, &mut inventory)?;
/// assert_eq!(inventory.clusters[0].name, "dev");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn read_inventory(file: &Path, inventory: &mut Inventory) -> Result<()> {
    let bytes = read_file(file, FolderLimits::default().file_bytes)?;
    read_text(&bytes, &file.display().to_string(), inventory)
}

/// What a text that is at hand holds, read as [`read_inventory`] does; `name` is said in errors.
///
/// # Errors
///
/// As [`read_inventory`].
///
/// ```
/// let inventory = aoa_host::read_inventory_text(b"{name: dev, server: https://dev.example.com}", "clusters.yaml")?;
/// assert_eq!(inventory.clusters[0].server, "https://dev.example.com");
/// let error = aoa_host::read_inventory_text(b"{name: dev, servr: x}", "clusters.yaml").unwrap_err();
/// assert!(error.message().starts_with("clusters.yaml:1: "));
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn read_inventory_text(bytes: &[u8], name: &str) -> Result<Inventory> {
    let mut inventory = Inventory::default();
    read_text(bytes, name, &mut inventory)?;
    Ok(inventory)
}

pub(crate) fn read_text(bytes: &[u8], name: &str, inventory: &mut Inventory) -> Result<()> {
    for document in documents(bytes, &aoa_core::lang::Limits::default()) {
        let line = document.line;
        let object = document.value.map_err(|e| e.prefixed(&format!("{name}: ")))?;
        let origin = Origin { path: name.into(), line };
        add(&object, &origin, inventory).map_err(|e| e.prefixed(&format!("{name}:{line}: ")))?;
    }
    Ok(())
}

/// Adds an object, or what is in it if it is a list of objects; lists may be in lists, as deep as YAML can nest them.
fn add(object: &Value, origin: &Origin, inventory: &mut Inventory) -> Result<()> {
    let mut pending = vec![object];
    while let Some(object) = pending.pop() {
        match object.get("items").and_then(Value::as_list).or_else(|| object.as_list()) {
            Some(items) => pending.extend(items.iter().rev()),
            None => add_object(object, origin, inventory)?,
        }
    }
    Ok(())
}

fn add_object(object: &Value, origin: &Origin, inventory: &mut Inventory) -> Result<()> {
    let kind = object.str_at(&["kind"]).unwrap_or_default();
    let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
    match kind {
        "" if object.get("server").is_some() => inventory.clusters.push(plain_cluster(object, origin)?),
        "" if object.get("configs").is_some() || settings::of_chart_values(object).is_some() => {
            adopt(settings::of_chart_values(object), inventory);
        }
        "" => {
            return Err(Error::invalid("this is neither a Kubernetes object nor a cluster")
                .with_help("a cluster is written as {name: ..., server: ..., labels: {...}}"));
        }
        // Nothing of other Secrets is kept: their data must not get further.
        "Secret" if Cluster::from_secret(object).is_some() => {
            let cluster = Cluster::from_secret(&as_stored(object)?);
            inventory.clusters.extend(cluster.map(|c| Cluster { origin: Some(origin.clone()), ..c }));
        }
        "Secret" => {}
        "ConfigMap" if name == "argocd-cm" => inventory.argocd_cm = object.get("data").cloned(),
        "ConfigMap" if name == "argocd-cmd-params-cm" => inventory.params_cm = object.get("data").cloned(),
        "ArgoCD" if object.str_at(&["apiVersion"]).is_some_and(|v| v.starts_with("argoproj.io/")) => {
            adopt(Some(settings::of_operator(object)), inventory);
        }
        "RecordedAnswers" => inventory.answers.push(object.clone()),
        _ => inventory.objects.push(object.clone()),
    }
    Ok(())
}

/// Settings that were written for a chart or the operator; as with ConfigMaps, the last counts.
fn adopt(adopted: Option<Adopted>, inventory: &mut Inventory) {
    if let Some(Adopted { argocd_cm, params_cm }) = adopted {
        inventory.argocd_cm = Some(Value::Map(argocd_cm));
        inventory.params_cm = Some(Value::Map(params_cm));
    }
}

/// The Secret as the API server takes it: labels and annotations are strings.
fn as_stored(secret: &Value) -> Result<Value> {
    match typed::schema("v1", "Secret") {
        Some(of) => typed::read(of, secret, typed::Mode::Kubernetes)
            .map_err(|e| e.with_help("labels and annotations are strings: put their values in quotes")),
        None => Ok(secret.clone()),
    }
}

fn plain_cluster(object: &Value, origin: &Origin) -> Result<Cluster> {
    let text = |key: &str| match object.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        None => Ok(Text::EMPTY),
        Some(_) => {
            Err(Error::invalid(format!("`{key}` of a cluster is not a string")).with_help("put it in quotes"))
        }
    };
    let known =
        ["name", "server", "project", "labels", "annotations", "namespaces", "kubeVersion", "apiVersions"];
    let fields = object.as_map().cloned().unwrap_or_default();
    if let Some(unknown) = fields.keys().find(|key| !known.iter().any(|k| **key == *k)) {
        let error = Error::invalid(format!("unknown key `{unknown}` in a cluster"));
        return Err(match aoa_core::config::closest(&unknown.to_str_lossy(), &known) {
            Some(close) => error.with_help(format!("did you mean `{close}`?")),
            None => error.with_help(format!("known are {}", known.join(", "))),
        });
    }
    let (name, server) = (text("name")?, text("server")?);
    if name.is_empty() || server.is_empty() {
        return Err(Error::invalid("a cluster needs `name` and `server`"));
    }
    let strings = |key: &str| -> Result<Vec<Text>> {
        let list = object.get(key).and_then(Value::as_list).into_iter().flatten();
        list.map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            _ => Err(Error::invalid(format!("`{key}` of a cluster is not a list of strings"))),
        })
        .collect()
    };
    let api_versions = strings("apiVersions")?;
    let kube_version = text("kubeVersion")?;
    // Argo CD's generators see the label that makes the Secret a cluster.
    let labels = string_map(object, "labels")?.with(SECRET_TYPE_LABEL, Value::from("cluster"));
    Ok(Cluster {
        secret: name.clone(),
        name,
        server,
        project: text("project")?,
        namespaces: strings("namespaces")?,
        labels,
        annotations: string_map(object, "annotations")?,
        kube_version: (!kube_version.is_empty()).then_some(kube_version),
        api_versions: (!api_versions.is_empty()).then_some(api_versions),
        origin: Some(origin.clone()),
    })
}

fn string_map(object: &Value, key: &str) -> Result<Map> {
    let Some(value) = object.get(key).filter(|v| !v.is_null()) else { return Ok(Map::new()) };
    let map = value.as_map().ok_or_else(|| Error::invalid(format!("`{key}` of a cluster is not a map")))?;
    match map.iter().find(|(_, v)| v.as_str().is_none()) {
        None => Ok(map.clone()),
        Some((name, _)) => Err(Error::invalid(format!("`{key}.{name}` of a cluster is not a string"))
            .with_help("labels are strings: put the value in quotes")),
    }
}
