//! What holds where an Application says nothing itself.

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::reading::{Node, Reading, Way};

/// A value that holds for Applications which say nothing themselves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DefaultValue {
    /// What it is the value of: `team`, `labels.cost-center`, `syncPolicy.automated`.
    pub name: Text,
    /// The value.
    pub value: Value,
    pub(crate) way: Way,
}

const FIELDS: [&str; 8] =
    ["labels", "annotations", "environment", "team", "onCall", "tier", "syncPolicy", "retry"];
const SYNC_POLICY: [&str; 2] = ["automated", "syncOptions"];
const AUTOMATED: [&str; 4] = ["prune", "selfHeal", "allowEmpty", "enabled"];
const RETRY: [&str; 3] = ["limit", "refresh", "backoff"];
const BACKOFF: [&str; 3] = ["duration", "factor", "maxDuration"];

impl DefaultValue {
    /// All that `defaults` says.
    pub(super) fn read_all(node: &Node<'_>, reading: &mut Reading) -> Vec<Self> {
        let mut all = Vec::new();
        if !node.has_fields(&FIELDS, reading) {
            return all;
        }
        for key in ["environment", "team", "onCall", "tier"] {
            let Some(field) = node.field(key) else { continue };
            let text =
                field.text(reading).map(|text| DefaultValue::new(Text::from_static(key), &field, text));
            all.extend(text);
        }
        for key in ["labels", "annotations"] {
            let entries = node.field(key).map(|map| map.entries(reading)).unwrap_or_default();
            for (name, entry) in entries {
                let text = entry.text(reading);
                all.extend(text.map(|text| DefaultValue::new(format!("{key}.{name}").into(), &entry, text)));
            }
        }
        if let Some(policy) = node.field("syncPolicy").filter(|p| p.has_fields(&SYNC_POLICY, reading)) {
            if let Some(automated) = policy.field("automated").filter(|a| a.has_fields(&AUTOMATED, reading)) {
                AUTOMATED.iter().for_each(|key| is_flag(&automated, key, reading));
                all.push(DefaultValue::whole("syncPolicy.automated", &automated));
            }
            if let Some(options) = policy.field("syncOptions") {
                options.items(reading).iter().for_each(|option| drop(option.text(reading)));
                all.push(DefaultValue::whole("syncPolicy.syncOptions", &options));
            }
        }
        if let Some(retry) = node.field("retry").filter(|retry| retry.has_fields(&RETRY, reading)) {
            is_flag(&retry, "refresh", reading);
            is_number(&retry, "limit", reading);
            if let Some(backoff) = retry.field("backoff").filter(|b| b.has_fields(&BACKOFF, reading)) {
                is_number(&backoff, "factor", reading);
                for key in ["duration", "maxDuration"] {
                    backoff.field(key).map(|text| text.text(reading));
                }
            }
            all.push(DefaultValue::whole("retry", &retry));
        }
        all
    }

    fn new(name: Text, node: &Node<'_>, text: Text) -> Self {
        DefaultValue { name, value: Value::String(text), way: node.way.clone() }
    }

    fn whole(name: &'static str, node: &Node<'_>) -> Self {
        DefaultValue { name: Text::from_static(name), value: node.value.clone(), way: node.way.clone() }
    }
}

fn is_flag(node: &Node<'_>, key: &'static str, reading: &mut Reading) {
    if let Some(field) = node.field(key).filter(|field| field.value.as_bool().is_none()) {
        reading.say(&field, format!("`{}` is neither true nor false", field.path()), None);
    }
}

fn is_number(node: &Node<'_>, key: &'static str, reading: &mut Reading) {
    if let Some(field) = node.field(key).filter(|field| field.value.as_i64().is_none()) {
        reading.say(&field, format!("`{}` is no number", field.path()), None);
    }
}
