//! `aoa import clusters FILE`

use std::io::Read;
use std::path::Path;

use aoa_core::lang::{Error, ErrorKind, Result, Value, yaml};
use aoa_core::model::{Cluster, SECRET_TYPE_LABEL};

use super::Code;
use crate::output::Output;

pub(super) fn clusters(file: &Path, out: &mut Output) -> Result<Code> {
    let text = read(file)?;
    let inventory = aoa_host::read_inventory_text(&text, &file.display().to_string())?;
    if inventory.clusters.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, "no cluster Secret found").with_help(
            "kubectl get secret -n argocd -l argocd.argoproj.io/secret-type=cluster -o json | aoa import clusters -",
        ));
    }
    let mut clusters: Vec<&Cluster> = inventory.clusters.iter().collect();
    clusters.sort_by(|a, b| a.name.cmp(&b.name));
    for (at, cluster) in clusters.into_iter().enumerate() {
        if at > 0 {
            out.raw("---\n")?;
        }
        out.raw(&yaml::emit(&plain(cluster))?)?;
    }
    Ok(Code::Answered)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let unreadable =
        |e: std::io::Error| Error::new(ErrorKind::NotFound, format!("`{}`: {e}", file.display()));
    if file == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin().lock().read_to_end(&mut text).map_err(unreadable)?;
        return Ok(text);
    }
    std::fs::read(file).map_err(unreadable)
}

/// The cluster as `clusters:` of aoa.yaml takes it: no credentials, nothing that only the live Secret needs.
fn plain(cluster: &Cluster) -> Value {
    let mut fields = vec![
        ("name", Value::String(cluster.name.clone())),
        ("server", Value::String(cluster.server.clone())),
    ];
    if !cluster.project.is_empty() {
        fields.push(("project", Value::String(cluster.project.clone())));
    }
    if !cluster.namespaces.is_empty() {
        fields.push((
            "namespaces",
            Value::list(cluster.namespaces.iter().cloned().map(Value::String).collect()),
        ));
    }
    let labels = cluster.labels.clone().without(SECRET_TYPE_LABEL);
    let annotations = cluster.annotations.clone().without("kubectl.kubernetes.io/last-applied-configuration");
    for (key, map) in [("labels", labels), ("annotations", annotations)] {
        if !map.is_empty() {
            fields.push((key, Value::Map(map)));
        }
    }
    Value::map(fields)
}
