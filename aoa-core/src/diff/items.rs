//! Which items of two lists are the same one.

use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::value::List;

/// What tells items of these lists apart where names do not (`patchMergeKey` and `listMapKeys` of Kubernetes 1.36).
const KEYS: [(&str, &[&str]); 9] = [
    ("volumeMounts", &["mountPath"]),
    ("volumeDevices", &["devicePath"]),
    ("ports", &["containerPort", "protocol"]),
    ("ports", &["port", "protocol"]),
    ("hostAliases", &["ip"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("ownerReferences", &["uid"]),
    ("conditions", &["type"]),
    ("subjects", &["kind", "namespace", "name"]),
];

/// Lists of Kubernetes' own kinds in whose order nothing lies, outside of what Pods are made of: there another order makes
/// them anew.
const UNORDERED: [&str; 4] = ["ports", "subjects", "secrets", "imagePullSecrets"];

/// The numbers of items by what tells them apart.
pub(super) struct Keyed {
    items: BTreeMap<String, usize>,
}

impl Keyed {
    pub(super) fn at(&self, name: &str) -> Option<usize> {
        self.items.get(name).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &usize)> {
        self.items.iter().map(|(name, at)| (name.as_str(), at))
    }

    pub(super) fn in_order(&self) -> Vec<&str> {
        let mut names: Vec<(&str, &usize)> = self.iter().collect();
        names.sort_by_key(|(_, at)| **at);
        names.into_iter().map(|(name, _)| name).collect()
    }
}

/// The items of both lists at `path`, if one way tells all of them apart.
pub(super) fn keyed(path: &str, before: &List, after: &List) -> Option<(Keyed, Keyed)> {
    let by_name = both(before, after, &["name"]);
    by_name.or_else(|| {
        let name = path.rsplit('.').next().unwrap_or(path);
        KEYS.iter().filter(|(of, _)| *of == name).find_map(|(_, keys)| both(before, after, keys))
    })
}

/// Whether another order of the items at `path` means something else.
pub(super) fn order_matters(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    path.contains("emplate.") || path.contains("ontainers[") || !UNORDERED.contains(&name)
}

fn both(before: &List, after: &List, keys: &[&str]) -> Option<(Keyed, Keyed)> {
    Some((by(before, keys)?, by(after, keys)?))
}

/// The first of `keys` must be there; of the others it counts what is.
fn by(list: &List, keys: &[&str]) -> Option<Keyed> {
    let mut items = BTreeMap::new();
    for (at, item) in list.iter().enumerate() {
        let mut name = String::new();
        for (number, key) in keys.iter().enumerate() {
            let part = match item.get(key) {
                Some(Value::String(text)) if !text.is_empty() => text.as_str()?.to_owned(),
                Some(Value::Int(_, number)) => number.to_string(),
                None | Some(Value::Null) if number > 0 => continue,
                _ => return None,
            };
            // Most ports are TCP's.
            if *key == "protocol" && part == "TCP" {
                continue;
            }
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(&part);
        }
        if items.insert(name, at).is_some() {
            return None;
        }
    }
    Some(Keyed { items })
}
