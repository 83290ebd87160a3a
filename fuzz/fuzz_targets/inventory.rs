//! Any bytes: a file of the inventory.
#![no_main]

use aoa_core::lang::value::{Map, Value};
use aoa_fuzz::checked;
use aoa_host::read_inventory_text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(inventory) = checked(read_inventory_text(input, "inventory.yaml")) else { return };
    for cluster in &inventory.clusters {
        assert!(strings(&cluster.labels) && strings(&cluster.annotations), "{cluster:?}");
    }
    // The Secrets of clusters do not stay: their credentials go with them.
    for object in inventory.objects.iter().chain(&inventory.answers) {
        let label = object.str_at(&["metadata", "labels", "argocd.argoproj.io/secret-type"]);
        let is_secret =
            object.str_at(&["kind"]) == Some("Secret") && object.str_at(&["apiVersion"]) == Some("v1");
        assert!(!(is_secret && label == Some("cluster")), "a cluster's Secret is kept");
    }
});

fn strings(map: &Map) -> bool {
    map.values().all(|value| matches!(value, Value::String(_)))
}
