//! What the API server fills in: the defaults of Kubernetes 1.36's built-in kinds, as far as manifests meet them.
//!
//! An object is given as its Go type prints it; what has no value there is left out, or empty in fields without `omitempty`.

use aoa_lang::Value;
use aoa_lang::value::{Map, MapBuilder};

/// `object` with the defaults of its kind.
pub(super) fn with_defaults(api_version: &str, kind: &str, object: &Value) -> Value {
    let whole = |edit: &dyn Fn(&mut MapBuilder)| edited(object, &[], edit);
    match (api_version, kind) {
        ("apps/v1", "Deployment") => template(&whole(&deployment), &["spec", "template", "spec"]),
        ("apps/v1", "DaemonSet") => template(&whole(&daemon_set), &["spec", "template", "spec"]),
        ("apps/v1", "StatefulSet") => {
            let claims = edited(&whole(&stateful_set), &["spec", "volumeClaimTemplates", "*"], &volume_claim);
            template(&claims, &["spec", "template", "spec"])
        }
        ("apps/v1", "ReplicaSet") => {
            let set = edited(object, &["spec"], &|spec| default(spec, "replicas", Value::int64(1)));
            template(&set, &["spec", "template", "spec"])
        }
        ("v1", "ReplicationController") => {
            template(&whole(&replication_controller), &["spec", "template", "spec"])
        }
        ("batch/v1", "Job") => template(&whole(&job), &["spec", "template", "spec"]),
        ("batch/v1", "CronJob") => {
            let cron_job = edited(object, &["spec"], &cron_job);
            template(&cron_job, &["spec", "jobTemplate", "spec", "template", "spec"])
        }
        ("v1", "Pod") => {
            let pod = template(object, &["spec"]);
            edited(&pod, &["spec"], &pod_spec_of_pod)
        }
        ("v1", "PodTemplate") => template(object, &["template", "spec"]),
        _ => other(api_version, kind, object),
    }
}

fn other(api_version: &str, kind: &str, object: &Value) -> Value {
    let at = |path: &[&str], edit: &dyn Fn(&mut MapBuilder)| edited(object, path, edit);
    match (api_version, kind) {
        ("v1", "Service") => at(&[], &service),
        ("v1", "Secret") => at(&[], &|secret| default(secret, "type", "Opaque".into())),
        ("v1", "Namespace") => at(&[], &namespace),
        ("v1", "PersistentVolumeClaim") => at(&[], &volume_claim),
        ("v1", "PersistentVolume") => edited(&at(&[], &volume), &["spec", "hostPath"], &host_path),
        ("v1", "Endpoints") => at(&["subsets", "*", "ports", "*"], &protocol),
        ("v1", "LimitRange") => at(&["spec", "limits", "*"], &limit_range_item),
        ("networking.k8s.io/v1", "NetworkPolicy") => network_policy(object),
        ("networking.k8s.io/v1", "IngressClass") => {
            at(&["spec", "parameters"], &|parameters| default(parameters, "scope", "Cluster".into()))
        }
        ("rbac.authorization.k8s.io/v1", "RoleBinding" | "ClusterRoleBinding") => {
            let reference = at(&["roleRef"], &|reference| default(reference, "apiGroup", RBAC.into()));
            edited(&reference, &["subjects", "*"], &subject)
        }
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration") => webhooks(object, &|_| {}),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration") => {
            webhooks(object, &|hook| default(hook, "reinvocationPolicy", "Never".into()))
        }
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy") => {
            let policy = at(&["spec"], &|spec| default(spec, "failurePolicy", "Fail".into()));
            match_resources(&policy, &["spec", "matchConstraints"])
        }
        (
            "admissionregistration.k8s.io/v1",
            "ValidatingAdmissionPolicyBinding" | "MutatingAdmissionPolicyBinding",
        ) => match_resources(object, &["spec", "matchResources"]),
        ("storage.k8s.io/v1", "StorageClass") => at(&[], &|class| {
            default(class, "reclaimPolicy", "Delete".into());
            default(class, "volumeBindingMode", "Immediate".into());
        }),
        ("storage.k8s.io/v1", "CSIDriver") => at(&["spec"], &csi_driver),
        ("autoscaling/v1" | "autoscaling/v2", "HorizontalPodAutoscaler") => {
            let v2 = api_version.ends_with("v2");
            at(&["spec"], &|spec| autoscaler(spec, v2))
        }
        _ => object.clone(),
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";

/// Edits the maps that a path leads to; `*` stands for each item of a list. No deeper than the path is long.
fn edited(value: &Value, path: &[&str], edit: &dyn Fn(&mut MapBuilder)) -> Value {
    match (path.split_first(), value) {
        (None, Value::Map(map)) => {
            let mut builder = map.clone().into_builder();
            edit(&mut builder);
            Value::Map(builder.build())
        }
        (Some((&"*", rest)), Value::List(list)) => {
            Value::list(list.iter().map(|item| edited(item, rest, edit)).collect())
        }
        (Some((key, rest)), Value::Map(map)) => match map.get(key) {
            Some(inner) => Value::Map(map.clone().with(*key, edited(inner, rest, edit))),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}

/// Whether a field has the zero value of its type.
fn is_unset(map: &MapBuilder, key: &str) -> bool {
    match map.get(key) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        _ => false,
    }
}

fn default(map: &mut MapBuilder, key: &str, value: Value) {
    if is_unset(map, key) {
        map.insert(key, value);
    }
}

/// The map in a field, which is made if it is not there.
fn inside(map: &mut MapBuilder, key: &str, edit: &dyn Fn(&mut MapBuilder)) {
    let inner = map.get(key).and_then(Value::as_map).cloned().unwrap_or_default();
    let mut builder = if inner.is_nil() { Map::new().into_builder() } else { inner.into_builder() };
    edit(&mut builder);
    map.insert(key, Value::Map(builder.build()));
}

fn empty() -> Value {
    Value::map::<&str>([])
}

fn labels_of_template(object: &MapBuilder) -> Option<Value> {
    object.get("spec")?.at(&["template", "metadata", "labels"]).filter(|labels| !labels.is_null()).cloned()
}

fn is_empty_map(value: Option<&Value>) -> bool {
    value.and_then(Value::as_map).is_none_or(Map::is_empty)
}

// Workloads.

fn deployment(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        default(spec, "replicas", Value::int64(1));
        inside(spec, "strategy", &|strategy| {
            default(strategy, "type", "RollingUpdate".into());
            if strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate") {
                inside(strategy, "rollingUpdate", &|rolling| {
                    default(rolling, "maxUnavailable", "25%".into());
                    default(rolling, "maxSurge", "25%".into());
                });
            }
        });
        default(spec, "revisionHistoryLimit", Value::int64(10));
        default(spec, "progressDeadlineSeconds", Value::int64(600));
    });
}

fn daemon_set(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        inside(spec, "updateStrategy", &|strategy| {
            default(strategy, "type", "RollingUpdate".into());
            if strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate") {
                inside(strategy, "rollingUpdate", &|rolling| {
                    default(rolling, "maxUnavailable", Value::int64(1));
                    default(rolling, "maxSurge", Value::int64(0));
                });
            }
        });
        default(spec, "revisionHistoryLimit", Value::int64(10));
    });
}

fn stateful_set(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        default(spec, "podManagementPolicy", "OrderedReady".into());
        inside(spec, "updateStrategy", &|strategy| {
            if is_unset(strategy, "type") {
                strategy.insert("type", "RollingUpdate".into());
                default(strategy, "rollingUpdate", empty());
            }
            let rolls = strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate");
            if rolls && !is_unset(strategy, "rollingUpdate") {
                inside(strategy, "rollingUpdate", &|rolling| {
                    default(rolling, "partition", Value::int64(0));
                });
            }
        });
        inside(spec, "persistentVolumeClaimRetentionPolicy", &|policy| {
            default(policy, "whenDeleted", "Retain".into());
            default(policy, "whenScaled", "Retain".into());
        });
        default(spec, "replicas", Value::int64(1));
        default(spec, "revisionHistoryLimit", Value::int64(10));
    });
}

fn replication_controller(object: &mut MapBuilder) {
    let labels = labels_of_template(object);
    inside(object, "spec", &|spec| {
        default(spec, "replicas", Value::int64(1));
        if let Some(labels) = labels.as_ref().filter(|_| is_empty_map(spec.get("selector"))) {
            spec.insert("selector", labels.clone());
        }
    });
    adopt_labels(object, labels);
}

/// Labels of the template where the object has none.
fn adopt_labels(object: &mut MapBuilder, labels: Option<Value>) {
    let Some(labels) = labels else { return };
    inside(object, "metadata", &|metadata| {
        if is_empty_map(metadata.get("labels")) {
            metadata.insert("labels", labels.clone());
        }
    });
}

fn job(object: &mut MapBuilder) {
    let labels = labels_of_template(object);
    inside(object, "spec", &|spec| {
        if is_unset(spec, "completions") && is_unset(spec, "parallelism") {
            spec.insert("completions", Value::int64(1));
        }
        default(spec, "parallelism", Value::int64(1));
        let limit = if is_unset(spec, "backoffLimitPerIndex") { 6 } else { i64::from(i32::MAX) };
        default(spec, "backoffLimit", Value::int64(limit));
        default(spec, "completionMode", "NonIndexed".into());
        default(spec, "suspend", false.into());
        let policy = if is_unset(spec, "podFailurePolicy") { "TerminatingOrFailed" } else { "Failed" };
        default(spec, "podReplacementPolicy", policy.into());
        default(spec, "manualSelector", false.into());
    });
    adopt_labels(object, labels);
}

fn cron_job(spec: &mut MapBuilder) {
    default(spec, "concurrencyPolicy", "Allow".into());
    default(spec, "suspend", false.into());
    default(spec, "successfulJobsHistoryLimit", Value::int64(3));
    default(spec, "failedJobsHistoryLimit", Value::int64(1));
}

// Pods.

/// The defaults of a pod's spec at `path`.
fn template(object: &Value, path: &[&str]) -> Value {
    edited(object, path, &|spec| {
        pod_spec(spec);
        each(spec, "volumes", &|volume| with_parts(&edited(volume, &[], &pod_volume), &VOLUME_PARTS));
        for containers in ["initContainers", "containers", "ephemeralContainers"] {
            each(spec, containers, &|one| with_parts(&edited(one, &[], &container), &CONTAINER_PARTS));
        }
    })
}

/// Edits the items of a list.
fn each(map: &mut MapBuilder, key: &str, edit: &dyn Fn(&Value) -> Value) {
    let Some(list) = map.get(key).and_then(Value::as_list) else { return };
    let edited = list.iter().map(edit).collect();
    map.insert(key, Value::list(edited));
}

fn with_parts(value: &Value, parts: &[(&[&str], Edit)]) -> Value {
    let has = |path: &[&str]| path.first().is_some_and(|key| value.get(key).is_some());
    parts
        .iter()
        .filter(|(path, _)| has(path))
        .fold(value.clone(), |value, (path, edit)| edited(&value, path, edit))
}

type Edit = fn(&mut MapBuilder);

/// The parts of volumes that have defaults.
const VOLUME_PARTS: [(&[&str], Edit); 10] = [
    (&["secret"], default_mode),
    (&["configMap"], default_mode),
    (&["downwardAPI"], default_mode),
    (&["projected"], default_mode),
    (&["downwardAPI", "items", "*", "fieldRef"], field_ref),
    (&["projected", "sources", "*", "downwardAPI", "items", "*", "fieldRef"], field_ref),
    (&["projected", "sources", "*", "serviceAccountToken"], token),
    (&["ephemeral", "volumeClaimTemplate", "spec"], volume_mode),
    (&["hostPath"], host_path),
    (&["image"], volume_image),
];

/// Those of containers.
const CONTAINER_PARTS: [(&[&str], Edit); 13] = [
    (&["ports", "*"], protocol),
    (&["env", "*", "valueFrom", "fieldRef"], field_ref),
    (&["livenessProbe"], probe),
    (&["livenessProbe", "httpGet"], http_get),
    (&["livenessProbe", "grpc"], grpc),
    (&["readinessProbe"], probe),
    (&["readinessProbe", "httpGet"], http_get),
    (&["readinessProbe", "grpc"], grpc),
    (&["startupProbe"], probe),
    (&["startupProbe", "httpGet"], http_get),
    (&["startupProbe", "grpc"], grpc),
    (&["lifecycle", "postStart", "httpGet"], http_get),
    (&["lifecycle", "preStop", "httpGet"], http_get),
];

fn pod_spec(spec: &mut MapBuilder) {
    default(spec, "dnsPolicy", "ClusterFirst".into());
    default(spec, "restartPolicy", "Always".into());
    default(spec, "securityContext", empty());
    default(spec, "terminationGracePeriodSeconds", Value::int64(30));
    default(spec, "schedulerName", "default-scheduler".into());
}

/// What a Pod has beside the specs of templates.
fn pod_spec_of_pod(spec: &mut MapBuilder) {
    let host_network = spec.get("hostNetwork").and_then(Value::as_bool) == Some(true);
    for containers in ["containers", "initContainers"] {
        let Some(list) = spec.get(containers).cloned() else { continue };
        let requested = edited(&list, &["*", "resources"], &|resources| {
            let Some(limits) = resources.get("limits").and_then(Value::as_map).cloned() else { return };
            inside(resources, "requests", &|requests| {
                for (name, limit) in limits.iter() {
                    if requests.get_bytes(name.as_bytes()).is_none() {
                        requests.insert(name.clone(), limit.clone());
                    }
                }
            });
        });
        let ports = edited(&requested, &["*", "ports", "*"], &|port| {
            if host_network
                && is_unset(port, "hostPort")
                && let Some(number) = port.get("containerPort").cloned()
            {
                port.insert("hostPort", number);
            }
        });
        spec.insert(containers, ports);
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

fn protocol(port: &mut MapBuilder) {
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

fn volume_mode(spec: &mut MapBuilder) {
    default(spec, "volumeMode", "Filesystem".into());
}

fn host_path(source: &mut MapBuilder) {
    if source.get("type").is_none_or(Value::is_null) {
        source.insert("type", "".into());
    }
}

fn volume_image(source: &mut MapBuilder) {
    let policy = pull_policy(source.get("reference").and_then(Value::as_str).unwrap_or_default());
    default(source, "pullPolicy", policy.into());
}

// Other kinds.

fn service(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        default(spec, "sessionAffinity", "None".into());
        match spec.get("sessionAffinity").and_then(Value::as_str) {
            Some("None") => {
                spec.remove("sessionAffinityConfig");
            }
            Some("ClientIP") => inside(spec, "sessionAffinityConfig", &|config| {
                inside(config, "clientIP", &|client| default(client, "timeoutSeconds", Value::int64(10_800)));
            }),
            _ => {}
        }
        default(spec, "type", "ClusterIP".into());
        if let Some(ports) = spec.get("ports").cloned() {
            spec.insert("ports", edited(&ports, &["*"], &service_port));
        }
        let of = spec.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let outside = spec.get("externalIPs").and_then(Value::as_list).is_some_and(|ips| !ips.is_empty());
        let is_reachable = of == "LoadBalancer" || of == "NodePort" || (of == "ClusterIP" && outside);
        if is_reachable {
            default(spec, "externalTrafficPolicy", "Cluster".into());
        }
        if ["NodePort", "LoadBalancer", "ClusterIP"].contains(&of.as_str()) {
            default(spec, "internalTrafficPolicy", "Cluster".into());
        }
        if of == "LoadBalancer" {
            default(spec, "allocateLoadBalancerNodePorts", true.into());
        }
    });
}

fn service_port(port: &mut MapBuilder) {
    protocol(port);
    let is_zero = port.get("targetPort").and_then(Value::as_i64) == Some(0);
    if is_zero || is_unset(port, "targetPort") {
        let number = port.get("port").cloned().unwrap_or(Value::int64(0));
        port.insert("targetPort", number);
    }
}

fn namespace(object: &mut MapBuilder) {
    let name = object.get("metadata").and_then(|m| m.str_at(&["name"])).unwrap_or_default().to_owned();
    if !name.is_empty() {
        inside(object, "metadata", &|metadata| {
            inside(metadata, "labels", &|labels| {
                labels.insert("kubernetes.io/metadata.name", name.as_str().into());
            });
        });
    }
    inside(object, "status", &|status| default(status, "phase", "Active".into()));
}

fn volume_claim(object: &mut MapBuilder) {
    inside(object, "spec", &volume_mode);
    inside(object, "status", &|status| default(status, "phase", "Pending".into()));
}

fn volume(object: &mut MapBuilder) {
    inside(object, "spec", &|spec| {
        default(spec, "persistentVolumeReclaimPolicy", "Retain".into());
        volume_mode(spec);
    });
    inside(object, "status", &|status| default(status, "phase", "Pending".into()));
}

fn limit_range_item(item: &mut MapBuilder) {
    if item.get("type").and_then(Value::as_str) != Some("Container") {
        return;
    }
    for (from, to) in [("max", "default"), ("default", "defaultRequest"), ("min", "defaultRequest")] {
        let Some(limits) = item.get(from).and_then(Value::as_map).cloned() else { continue };
        inside(item, to, &|defaults| {
            for (name, limit) in limits.iter() {
                if defaults.get_bytes(name.as_bytes()).is_none() {
                    defaults.insert(name.clone(), limit.clone());
                }
            }
        });
    }
}

fn network_policy(object: &Value) -> Value {
    let ingress = edited(object, &["spec", "ingress", "*", "ports", "*"], &protocol);
    let egress = edited(&ingress, &["spec", "egress", "*", "ports", "*"], &protocol);
    edited(&egress, &["spec"], &|spec| {
        let is_empty = |key| spec.get(key).and_then(Value::as_list).is_none_or(|list| list.is_empty());
        if is_empty("policyTypes") {
            let mut types = vec!["Ingress".into()];
            if !is_empty("egress") {
                types.push("Egress".into());
            }
            spec.insert("policyTypes", Value::list(types));
        }
    })
}

fn subject(subject: &mut MapBuilder) {
    if matches!(subject.get("kind").and_then(Value::as_str), Some("User" | "Group")) {
        default(subject, "apiGroup", RBAC.into());
    }
}

fn webhooks(object: &Value, more: &dyn Fn(&mut MapBuilder)) -> Value {
    let hooks = edited(object, &["webhooks", "*"], &|hook| {
        default(hook, "failurePolicy", "Fail".into());
        default(hook, "matchPolicy", "Equivalent".into());
        default(hook, "namespaceSelector", empty());
        default(hook, "objectSelector", empty());
        default(hook, "timeoutSeconds", Value::int64(10));
        more(hook);
    });
    let services = edited(&hooks, &["webhooks", "*", "clientConfig", "service"], &|service| {
        default(service, "port", Value::int64(443));
    });
    edited(&services, &["webhooks", "*", "rules", "*"], &|rule| default(rule, "scope", "*".into()))
}

fn match_resources(object: &Value, path: &[&str]) -> Value {
    let matched = edited(object, path, &|resources| {
        default(resources, "matchPolicy", "Equivalent".into());
        default(resources, "namespaceSelector", empty());
        default(resources, "objectSelector", empty());
    });
    ["resourceRules", "excludeResourceRules"].iter().fold(matched, |object, rules| {
        let rules: Vec<&str> = path.iter().copied().chain([*rules, "*"]).collect();
        edited(&object, &rules, &|rule| default(rule, "scope", "*".into()))
    })
}

fn csi_driver(spec: &mut MapBuilder) {
    default(spec, "attachRequired", true.into());
    for key in ["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"] {
        default(spec, key, false.into());
    }
    default(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType".into());
    if spec.get("volumeLifecycleModes").and_then(Value::as_list).is_none_or(|modes| modes.is_empty()) {
        spec.insert("volumeLifecycleModes", Value::list(vec!["Persistent".into()]));
    }
}

fn autoscaler(spec: &mut MapBuilder, v2: bool) {
    default(spec, "minReplicas", Value::int64(1));
    let has_metrics = spec.get("metrics").and_then(Value::as_list).is_some_and(|metrics| !metrics.is_empty());
    if v2 && !has_metrics {
        let target = Value::map([("type", "Utilization".into()), ("averageUtilization", Value::int64(80))]);
        let resource = Value::map([("name", "cpu".into()), ("target", target)]);
        let metric = Value::map([("type", "Resource".into()), ("resource", resource)]);
        spec.insert("metrics", Value::list(vec![metric]));
    }
}
