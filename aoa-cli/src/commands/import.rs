//! `aoa import clusters FILE`

use std::io::{IsTerminal, Read};
use std::path::Path;

use aoa_core::lang::{Error, ErrorKind, Result, Value, yaml};
use aoa_core::model::{Cluster, SECRET_TYPE_LABEL};
use aoa_host::FolderLimits;

use super::{Code, hint};
use crate::args::Global;
use crate::output::Output;

pub(super) fn clusters(file: &Path, global: &Global, out: &mut Output) -> Result<Code> {
    let text = read(file, global)?;
    let name = if file == Path::new("-") { "standard input".into() } else { file.display().to_string() };
    let inventory = aoa_host::read_inventory_text(&text, &name)?;
    if inventory.clusters.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, format!("no cluster Secret in {name}")).with_help(
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

fn read(file: &Path, global: &Global) -> Result<Vec<u8>> {
    if file != Path::new("-") {
        return aoa_host::read_file(file, FolderLimits::default().file_bytes);
    }
    if std::io::stdin().is_terminal() {
        hint(
            global,
            "reading cluster Secrets from the terminal; Ctrl-D ends them, a pipe is what is meant: aoa import --help",
        );
    }
    let mut text = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut text);
    read.map_err(|e| Error::new(ErrorKind::NotFound, format!("standard input cannot be read: {e}")))?;
    Ok(text)
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
