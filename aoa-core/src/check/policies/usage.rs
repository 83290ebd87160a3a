//! What a workload asks for.

use aoa_lang::Value;
use aoa_lang::cel::Quantity;

use crate::check::pods::pod_spec_keys;
use crate::model::Manifest;
use crate::policy::own::Resource;

/// What is asked for, by the order of [`Resource::ALL`].
#[derive(Clone)]
pub(super) struct Usage([Quantity; 4]);

impl Usage {
    pub(super) fn none() -> Self {
        Usage([(); 4].map(|()| Quantity::of_int(0)))
    }

    /// What an object asks for, as it is written: autoscalers and the number of nodes do not count.
    pub(super) fn of(manifest: &Manifest) -> Option<Self> {
        if (manifest.group(), manifest.kind()) == ("", "PersistentVolumeClaim") {
            let storage = amount(&manifest.object, &["spec", "resources", "requests", "storage"]);
            return Some(Usage([none(), none(), none(), storage]));
        }
        let spec = manifest.object.at(pod_spec_keys(manifest)?).unwrap_or(&Value::Null);
        let replicas = replicas(manifest);
        let all = |resource: &str| times(&of_pod(spec, resource), replicas);
        let claims = manifest.object.at(&["spec", "volumeClaimTemplates"]).and_then(Value::as_list);
        let claims = claims.into_iter().flatten().fold(none(), |sum, claim| {
            sum.add(&amount(claim, &["spec", "resources", "requests", "storage"]))
        });
        let pods = Quantity::of_int(replicas);
        Some(Usage([pods, all("cpu"), all("memory"), times(&claims, replicas)]))
    }

    pub(super) fn add(&mut self, other: &Usage) {
        for (own, more) in self.0.iter_mut().zip(&other.0) {
            *own = own.add(more);
        }
    }

    pub(super) fn of_resource(&self, resource: Resource) -> &Quantity {
        let [replicas, cpu, memory, storage] = &self.0;
        match resource {
            Resource::Replicas => replicas,
            Resource::Cpu => cpu,
            Resource::Memory => memory,
            Resource::Storage => storage,
        }
    }
}

fn none() -> Quantity {
    Quantity::of_int(0)
}

/// How many Pods an object makes at once.
fn replicas(manifest: &Manifest) -> i64 {
    let keys: &[&str] = match manifest.kind() {
        "Job" => &["spec", "parallelism"],
        "CronJob" => &["spec", "jobTemplate", "spec", "parallelism"],
        "Pod" | "DaemonSet" => return 1,
        _ => &["spec", "replicas"],
    };
    manifest.object.at(keys).and_then(Value::as_i64).map_or(1, |count| count.max(0))
}

/// What a Pod requests, as the scheduler counts: all containers together, or the largest init container. Those that keep
/// running count with the others; a limit stands for a request that is not written.
fn of_pod(spec: &Value, resource: &str) -> Quantity {
    let list = |key: &str| spec.get(key).and_then(Value::as_list).into_iter().flatten();
    let asked = |container: &Value| {
        let request = ["resources", "requests", resource];
        let limit = ["resources", "limits", resource];
        let keys: &[&str] = if container.at(&request).is_some() { &request } else { &limit };
        amount(container, keys)
    };
    let stays = |container: &&Value| container.str_at(&["restartPolicy"]) == Some("Always");
    let running = list("containers").chain(list("initContainers").filter(stays));
    let running = running.fold(none(), |sum, container| sum.add(&asked(container)));
    let first = list("initContainers").filter(|container| !stays(container)).map(asked);
    first.fold(running, |most, one| if one.compare(&most).is_gt() { one } else { most })
}

fn amount(object: &Value, keys: &[&str]) -> Quantity {
    let text = match object.at(keys) {
        Some(Value::String(text)) => text.to_string(),
        Some(value) => aoa_lang::json::to_string(value).unwrap_or_default(),
        None => return none(),
    };
    Quantity::parse(&text).unwrap_or_else(|_| none())
}

/// By doubling: quantities only add.
fn times(one: &Quantity, count: i64) -> Quantity {
    let (mut sum, mut double, mut rest) = (none(), one.clone(), count);
    while rest > 0 {
        if rest & 1 == 1 {
            sum = sum.add(&double);
        }
        rest >>= 1;
        if rest > 0 {
            double = double.add(&double);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use aoa_lang::yaml;

    fn usage(text: &str) -> [String; 4] {
        let object = yaml::load(text.as_bytes()).unwrap();
        Usage::of(&Manifest { object, place: None }).unwrap().0.map(|quantity| quantity.to_string())
    }

    #[test]
    fn workloads_ask_for_what_their_pods_request() {
        let containers = "containers: [{resources: {requests: {cpu: 100m, memory: 1Gi}}}, {resources: {limits: {cpu: 1}}}], \
                          initContainers: [{resources: {requests: {cpu: 500m, memory: 2Gi}}}, {restartPolicy: Always, resources: {requests: {cpu: 50m}}}]";
        let deployment = format!(
            "apiVersion: apps/v1\nkind: Deployment\nspec: {{replicas: 3, template: {{spec: {{{containers}}}}}}}"
        );
        assert_eq!(usage(&deployment), ["3", "3450m", "6Gi", "0"]);
        let claims = "apiVersion: apps/v1\nkind: StatefulSet\nspec: {replicas: 2, template: {spec: {}}, volumeClaimTemplates: [{spec: {resources: {requests: {storage: 10Gi}}}}]}";
        assert_eq!(usage(claims), ["2", "0", "0", "20Gi"]);
        let claim =
            "apiVersion: v1\nkind: PersistentVolumeClaim\nspec: {resources: {requests: {storage: 5Gi}}}";
        assert_eq!(usage(claim), ["0", "0", "0", "5Gi"]);
    }
}
