//! Pods that mount a Secret or read it into variables start once it is there, whoever makes it.

use aoa_lang::Value;

use super::{Severity, Wants, pods};
use crate::order::index::{Key, Object, items};
use crate::order::need::NeedKind;

/// Kinds from which a controller makes a Secret, and where they say its name; without it, it is their own.
const MAKERS: [(&str, &str, &[&[&str]], Otherwise); 17] = [
    ("external-secrets.io", "ExternalSecret", &[&["spec", "target", "name"]], Otherwise::OwnName),
    ("bitnami.com", "SealedSecret", &[&["spec", "template", "metadata", "name"]], Otherwise::OwnName),
    ("cert-manager.io", "Certificate", &[&["spec", "secretName"]], Otherwise::Nothing),
    ("secrets.hashicorp.com", "VaultStaticSecret", &[&["spec", "destination", "name"]], Otherwise::Nothing),
    ("secrets.hashicorp.com", "VaultDynamicSecret", &[&["spec", "destination", "name"]], Otherwise::Nothing),
    ("secrets.hashicorp.com", "VaultPKISecret", &[&["spec", "destination", "name"]], Otherwise::Nothing),
    ("ricoberger.de", "VaultSecret", &[], Otherwise::OwnName),
    (
        "secrets.infisical.com",
        "InfisicalSecret",
        &[&["spec", "managedSecretReference", "secretName"]],
        Otherwise::Nothing,
    ),
    ("onepassword.com", "OnePasswordItem", &[], Otherwise::OwnName),
    ("k8s.bitwarden.com", "BitwardenSecret", &[&["spec", "secretName"]], Otherwise::OwnName),
    ("secrets.doppler.com", "DopplerSecret", &[&["spec", "managedSecret", "name"]], Otherwise::Nothing),
    ("postgresql.cnpg.io", "Cluster", &[], Otherwise::Suffixes(&["-app", "-superuser", "-ca"])),
    ("rabbitmq.com", "RabbitmqCluster", &[], Otherwise::Suffixes(&["-default-user"])),
    ("kafka.strimzi.io", "KafkaUser", &[], Otherwise::OwnName),
    ("objectbucket.io", "ObjectBucketClaim", &[], Otherwise::OwnName),
    ("mysql.oracle.com", "InnoDBCluster", &[&["spec", "secretName"]], Otherwise::Nothing),
    ("generators.external-secrets.io", "Password", &[], Otherwise::Nothing),
];

/// The Secret of a maker that names none.
#[derive(Clone, Copy)]
enum Otherwise {
    /// It is called like its maker.
    OwnName,
    /// There is none.
    Nothing,
    /// Those that are called like their maker, and one of these.
    Suffixes(&'static [&'static str]),
}

pub(super) fn provide<'f>(object: &Object<'f>, add: &mut impl FnMut(Key<'f>)) {
    let mut secret = |name: &'f str| {
        if !name.is_empty() {
            add(Key::object(object.cluster, "", "Secret", object.namespace, name));
        }
    };
    // Composites and managed resources of Crossplane, whatever their kind.
    if object.group.contains('.') {
        secret(object.text(&["spec", "writeConnectionSecretToRef", "name"]));
    }
    let Some((.., paths, otherwise)) =
        MAKERS.iter().find(|(group, kind, ..)| *kind == object.kind && *group == object.group)
    else {
        return;
    };
    let named = paths.iter().map(|path| object.text(path)).find(|name| !name.is_empty());
    match (named, otherwise) {
        (Some(name), _) => secret(name),
        (None, Otherwise::OwnName) => secret(object.name),
        (None, Otherwise::Nothing | Otherwise::Suffixes(_)) => {}
    }
}

/// The maker that a Secret of this name may come from, where the name is that of its maker and more.
pub(in crate::order) fn makers_by_suffix<'f>(key: &Key<'f>) -> impl Iterator<Item = Key<'f>> + use<'f> {
    let key = *key;
    MAKERS.iter().flat_map(move |(group, kind, _, otherwise)| {
        let suffixes = match otherwise {
            Otherwise::Suffixes(suffixes) => *suffixes,
            Otherwise::OwnName | Otherwise::Nothing => &[],
        };
        suffixes.iter().filter_map(move |suffix| {
            let name = key.name.strip_suffix(suffix)?;
            Some(Key::object(key.cluster, group, kind, key.namespace, name))
        })
    })
}

pub(super) fn wants<'f>(object: &Object<'f>, pod: &'f Value, wants: &mut Wants<'f>) {
    let mut secret = |reference: Option<&'f Value>, key: &str| {
        let Some(reference) = reference else { return };
        let name = reference.str_at(&[key]).unwrap_or_default();
        if !name.is_empty() && !is_optional(reference) {
            let key = Key::object(object.cluster, "", "Secret", object.namespace, name);
            wants.add(object, NeedKind::Secret, key, Severity::Waits);
        }
    };
    for volume in items(pod, &["volumes"]) {
        secret(volume.get("secret"), "secretName");
        for source in items(volume, &["projected", "sources"]) {
            secret(source.get("secret"), "name");
        }
    }
    for container in pods::containers(pod) {
        for variable in items(container, &["env"]) {
            secret(variable.at(&["valueFrom", "secretKeyRef"]), "name");
        }
        for all in items(container, &["envFrom"]) {
            secret(all.get("secretRef"), "name");
        }
    }
}

/// Whether a Pod starts without it.
pub(super) fn is_optional(reference: &Value) -> bool {
    reference.get("optional").and_then(Value::as_bool) == Some(true)
}
