//! The plugin `IAMPolicyGenerator`: service accounts of Google's cloud.

use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::yaml::Node;

use crate::config::Scopes;
use crate::error::{Error, Result};
use crate::file::text_of;
use crate::resource::Resource;

/// Makes the service account that a configuration describes.
///
/// # Errors
/// If it is for another cloud, or its names are no YAML.
pub(crate) fn make_service_account(config: &Value, scopes: &Arc<Scopes>) -> Result<Resource> {
    let cloud = text_of(config, "cloud");
    if cloud != "gke" {
        return Err(Error::invalid(format!("cloud provider {cloud} not supported yet")));
    }
    let null = Value::Null;
    let part = |name: &str, field: &str| text_of(config.get(name).unwrap_or(&null), field);
    let (account, project) = (part("serviceAccount", "name"), part("serviceAccount", "projectId"));
    let (name, namespace) = (part("kubernetesService", "name"), part("kubernetesService", "namespace"));
    let mut text = format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  annotations:\n    iam.gke.io/gcp-service-account: {account}@{project}.iam.gserviceaccount.com\n  name: {name}\n"
    );
    if !namespace.is_empty() {
        text.push_str(&format!("  namespace: {namespace}\n"));
    }
    let document = Node::parse(&text)?;
    document
        .map(|document| Resource::new(document, scopes))
        .ok_or_else(|| Error::invalid("the configuration of a service account is empty"))
}
