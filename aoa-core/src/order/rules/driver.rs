//! A StorageClass makes volumes by its driver: nothing is provisioned until the driver runs.

use super::{Severity, Wants};
use crate::order::index::{Key, Object};
use crate::order::need::NeedKind;

pub(super) fn wants<'f>(object: &Object<'f>, wants: &mut Wants<'f>) {
    let driver = match (object.group, object.kind) {
        ("storage.k8s.io", "StorageClass") => object.text(&["provisioner"]),
        ("snapshot.storage.k8s.io", "VolumeSnapshotClass") => object.text(&["driver"]),
        _ => return,
    };
    if !driver.is_empty() {
        let key = Key::object(object.cluster, "storage.k8s.io", "CSIDriver", "", driver);
        wants.add(object, NeedKind::Driver, key, Severity::Waits);
    }
}
