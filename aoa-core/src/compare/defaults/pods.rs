//! Pods: their specs, volumes, containers.

use aoa_lang::Value;
use aoa_lang::value::MapBuilder;

use super::{adopt, default, each, edit_at, empty, inside};

/// The defaults of a pod's spec at `path`.
pub(super) fn template(object: &mut Value, path: &[&str]) {
    edit_at(object, path, &|spec| {
        pod_spec(spec);
        each(spec, "volumes", &|volume| with_parts(volume, pod_volume, &VOLUME_PARTS));
        for containers in ["initContainers", "containers", "ephemeralContainers"] {
            each(spec, containers, &|one| with_parts(one, container, &CONTAINER_PARTS));
        }
    });
}

/// Edits a map, then those in parts of it.
fn with_parts(value: &mut Value, edit: Edit, parts: &[(&str, &[&str], Edit)]) {
    edit_at(value, &[], &|map| {
        edit(map);
        for (key, path, edit) in parts {
            if let Some(inner) = map.get_mut(key) {
                edit_at(inner, path, edit);
            }
        }
    });
}

type Edit = fn(&mut MapBuilder);

/// The parts of volumes that have defaults.
const VOLUME_PARTS: [(&str, &[&str], Edit); 10] = [
    ("secret", &[], default_mode),
    ("configMap", &[], default_mode),
    ("downwardAPI", &[], default_mode),
    ("projected", &[], default_mode),
    ("downwardAPI", &["items", "*", "fieldRef"], field_ref),
    ("projected", &["sources", "*", "downwardAPI", "items", "*", "fieldRef"], field_ref),
    ("projected", &["sources", "*", "serviceAccountToken"], token),
    ("ephemeral", &["volumeClaimTemplate", "spec"], volume_mode),
    ("hostPath", &[], host_path),
    ("image", &[], volume_image),
];

/// Those of containers.
const CONTAINER_PARTS: [(&str, &[&str], Edit); 13] = [
    ("ports", &["*"], protocol),
    ("env", &["*", "valueFrom", "fieldRef"], field_ref),
    ("livenessProbe", &[], probe),
    ("livenessProbe", &["httpGet"], http_get),
    ("livenessProbe", &["grpc"], grpc),
    ("readinessProbe", &[], probe),
    ("readinessProbe", &["httpGet"], http_get),
    ("readinessProbe", &["grpc"], grpc),
    ("startupProbe", &[], probe),
    ("startupProbe", &["httpGet"], http_get),
    ("startupProbe", &["grpc"], grpc),
    ("lifecycle", &["postStart", "httpGet"], http_get),
    ("lifecycle", &["preStop", "httpGet"], http_get),
];

fn pod_spec(spec: &mut MapBuilder) {
    default(spec, "dnsPolicy", "ClusterFirst".into());
    default(spec, "restartPolicy", "Always".into());
    default(spec, "securityContext", empty());
    default(spec, "terminationGracePeriodSeconds", Value::int64(30));
    default(spec, "schedulerName", "default-scheduler".into());
}

/// What a Pod has beside the specs of templates.
pub(super) fn pod_spec_of_pod(spec: &mut MapBuilder) {
    let host_network = spec.get("hostNetwork").and_then(Value::as_bool) == Some(true);
    for containers in ["containers", "initContainers"] {
        each(spec, containers, &|one| {
            edit_at(one, &["resources"], &|resources| {
                let Some(limits) = resources.get("limits").and_then(Value::as_map).cloned() else { return };
                inside(resources, "requests", &|requests| adopt(requests, &limits));
            });
            if host_network {
                edit_at(one, &["ports", "*"], &|port| {
                    let number = port.get("containerPort").cloned();
                    number.into_iter().for_each(|number| default(port, "hostPort", number));
                });
            }
        });
    }
    default(spec, "enableServiceLinks", true.into());
}

fn container(container: &mut MapBuilder) {
    let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
    let policy = pull_policy(image);
    default(container, "imagePullPolicy", policy.into());
    default(container, "terminationMessagePath", "/dev/termination-log".into());
    default(container, "terminationMessagePolicy", "File".into());
}

/// `Always` for the tag `latest`, which is meant where there is neither tag nor digest.
fn pull_policy(image: &str) -> &'static str {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    let last = name.rsplit('/').next().unwrap_or(name);
    let tag = last.split_once(':').map(|(_, tag)| tag);
    let is_name = !name.is_empty() && !name.bytes().any(|b| b.is_ascii_whitespace()) && is_lower_path(name);
    match (tag, digest) {
        _ if !is_name => "IfNotPresent",
        (Some("latest"), _) | (None, None) => "Always",
        _ => "IfNotPresent",
    }
}

/// Whether a name can be read: capitals may stand in its host and its tag only.
fn is_lower_path(name: &str) -> bool {
    let path = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => path,
        _ => name,
    };
    let without_tag = match path.rsplit_once('/') {
        Some((before, last)) => format!("{before}/{}", last.split(':').next().unwrap_or(last)),
        None => path.split(':').next().unwrap_or(path).to_owned(),
    };
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'/' | b'.' | b'_' | b'-');
    !without_tag.is_empty() && without_tag.bytes().all(fits)
}

pub(super) fn protocol(port: &mut MapBuilder) {
    default(port, "protocol", "TCP".into());
}

fn field_ref(reference: &mut MapBuilder) {
    default(reference, "apiVersion", "v1".into());
}

fn probe(probe: &mut MapBuilder) {
    for (key, value) in
        [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)]
    {
        default(probe, key, Value::int64(value));
    }
}

fn grpc(action: &mut MapBuilder) {
    if action.get("service").is_none_or(Value::is_null) {
        action.insert("service", "".into());
    }
}

fn http_get(action: &mut MapBuilder) {
    default(action, "path", "/".into());
    default(action, "scheme", "HTTP".into());
}

fn pod_volume(volume: &mut MapBuilder) {
    if volume.iter().all(|(key, value)| *key == "name" || value.is_null()) {
        volume.insert("emptyDir", empty());
    }
}

/// 0644
fn default_mode(source: &mut MapBuilder) {
    default(source, "defaultMode", Value::int64(420));
}

fn token(projection: &mut MapBuilder) {
    default(projection, "expirationSeconds", Value::int64(3600));
}

pub(super) fn volume_mode(spec: &mut MapBuilder) {
    default(spec, "volumeMode", "Filesystem".into());
}

pub(super) fn host_path(source: &mut MapBuilder) {
    if source.get("type").is_none_or(Value::is_null) {
        source.insert("type", "".into());
    }
}

fn volume_image(source: &mut MapBuilder) {
    let policy = pull_policy(source.get("reference").and_then(Value::as_str).unwrap_or_default());
    default(source, "pullPolicy", policy.into());
}
