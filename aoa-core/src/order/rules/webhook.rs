//! A webhook with `failurePolicy: Fail` refuses what it matches until its backend runs.
//!
//! One that matches the Pods of its own backend is a deadlock: while none of them runs, none can be admitted.

use std::collections::HashMap;

use aoa_lang::Value;

use super::{Severity, Want, Wants, pods};
use crate::order::index::{Index, Key, Object, items};
use crate::order::need::NeedKind;
use crate::order::world::World;

/// The webhooks of all clusters, by what they match.
#[derive(Default)]
pub(in crate::order) struct Webhooks<'f> {
    all: Vec<Webhook<'f>>,
    /// By cluster and plural; `*` matches all.
    by_resource: HashMap<(u32, &'f str), Vec<usize>>,
    /// Plurals that definitions give: by cluster, group and kind.
    plurals: HashMap<(u32, &'f str, &'f str), &'f str>,
}

struct Webhook<'f> {
    /// The backend.
    service: Key<'f>,
    rules: &'f [Value],
    namespaces: Option<&'f Value>,
    objects: Option<&'f Value>,
    node: u32,
}

impl<'f> Webhooks<'f> {
    pub(in crate::order) fn learn(&mut self, object: &Object<'f>) {
        if object.is("apiextensions.k8s.io", "CustomResourceDefinition") {
            let (group, kind) = (object.text(&["spec", "group"]), object.text(&["spec", "names", "kind"]));
            let plural = object.text(&["spec", "names", "plural"]);
            self.plurals.insert((object.cluster, group, kind), plural);
            return;
        }
        let is_webhook =
            matches!(object.kind, "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration");
        if !is_webhook || object.group != "admissionregistration.k8s.io" {
            return;
        }
        for webhook in object.items(&["webhooks"]) {
            let service = |key| webhook.str_at(&["clientConfig", "service", key]).unwrap_or_default();
            if service("name").is_empty() || webhook.str_at(&["failurePolicy"]) == Some("Ignore") {
                continue;
            }
            let number = self.all.len();
            let rules = items(webhook, &["rules"]);
            let mut named: Vec<&'f str> = rules
                .iter()
                .filter(|rule| creates(rule))
                .flat_map(|rule| items(rule, &["resources"]))
                .filter_map(Value::as_str)
                .map(|resource| if resource == "*/*" { "*" } else { resource })
                .filter(|resource| !resource.contains('/'))
                .collect();
            named.sort_unstable();
            named.dedup();
            for resource in named {
                self.by_resource.entry((object.cluster, resource)).or_default().push(number);
            }
            self.all.push(Webhook {
                service: Key::object(object.cluster, "", "Service", service("namespace"), service("name")),
                rules,
                namespaces: webhook.get("namespaceSelector"),
                objects: webhook.get("objectSelector"),
                node: object.node,
            });
        }
    }

    fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Those that may match objects of a resource.
    fn candidates<'w>(&'w self, cluster: u32, plural: &'w str) -> impl Iterator<Item = &'w Webhook<'f>> {
        let (own, all) = (self.numbers(cluster, plural), self.numbers(cluster, "*"));
        own.iter().chain(all).filter_map(|at| self.all.get(*at))
    }

    /// The numbers of those that name a plural. What is looked up may live shorter than what is stored.
    fn numbers<'w>(&'w self, cluster: u32, plural: &'w str) -> &'w [usize] {
        let by_resource: &HashMap<(u32, &'w str), Vec<usize>> = &self.by_resource;
        by_resource.get(&(cluster, plural)).map(Vec::as_slice).unwrap_or_default()
    }

    fn plural(&self, object: &Object<'f>) -> std::borrow::Cow<'f, str> {
        match self.plurals.get(&(object.cluster, object.group, object.kind)) {
            Some(plural) => (*plural).into(),
            None => plural_of(object.kind).into(),
        }
    }
}

pub(super) fn wants<'f>(world: &World<'f>, index: &Index<'f>, object: &Object<'f>, wants: &mut Wants<'f>) {
    let webhooks = &index.webhooks;
    if webhooks.is_empty() {
        return;
    }
    let plural = webhooks.plural(object);
    let labels = object.value.at(&["metadata", "labels"]);
    for webhook in webhooks.candidates(object.cluster, &plural) {
        let itself = webhook.service.namespace.is_empty() || is_webhook_itself(object);
        if !itself && webhook.matches(world, index, object, object.group, &plural, labels) {
            wants.add(object, NeedKind::Webhook, webhook.service, Severity::FailsThere);
        }
    }
    if pods::spec(object).is_some() && object.kind != "Pod" {
        let labels = pods::labels(object);
        for webhook in webhooks.candidates(object.cluster, "pods") {
            if !webhook.matches(world, index, object, "", "pods", labels) {
                continue;
            }
            // Its own Pods: nothing will ever admit the first of them.
            let own = webhook.node == object.node && is_backend(index, webhook, object, labels);
            let severity = if own { Severity::StopsAll } else { Severity::Waits };
            wants.all.push(Want {
                kind: if own { NeedKind::SelfWebhook } else { NeedKind::Webhook },
                key: webhook.service,
                node: object.node,
                at: object.at,
                severity,
                counts_itself: own,
            });
        }
    }
}

/// Webhooks never match their own configurations.
fn is_webhook_itself(object: &Object<'_>) -> bool {
    object.group == "admissionregistration.k8s.io"
}

/// Whether an object makes the Pods behind the webhook's service.
fn is_backend(index: &Index<'_>, webhook: &Webhook<'_>, object: &Object<'_>, labels: Option<&Value>) -> bool {
    if object.namespace != webhook.service.namespace {
        return false;
    }
    let Some(selector) = webhook.selector(index) else { return false };
    let Some(selector) = selector.as_map().filter(|map| !map.is_empty()) else { return false };
    selector.iter().all(|(key, value)| {
        labels
            .and_then(|labels| labels.as_map()?.get_bytes(key.as_bytes()))
            .is_some_and(|label| label == value)
    })
}

impl<'f> Webhook<'f> {
    fn matches(
        &self,
        world: &World<'f>,
        index: &Index<'f>,
        object: &Object<'f>,
        group: &str,
        plural: &str,
        labels: Option<&Value>,
    ) -> bool {
        let listed = |rule: &Value, key: &str, value: &str| {
            items(rule, &[key]).iter().filter_map(Value::as_str).any(|v| v == "*" || v == value || v == "*/*")
        };
        let is_ruled = self.rules.iter().any(|rule| {
            creates(rule) && listed(rule, "apiGroups", group) && listed(rule, "resources", plural)
        });
        is_ruled
            && selects(self.objects, |key| labels.and_then(|l| l.as_map()?.get(key)?.as_str()))
            && self.selects_namespace(world, index, object)
    }

    /// Labels of a namespace are those that the fleet gives it; its name is always among them.
    fn selects_namespace(&self, world: &World<'f>, index: &Index<'f>, object: &Object<'f>) -> bool {
        if self.namespaces.is_none() {
            return true;
        }
        let name = if object.is("", "Namespace") { object.name } else { object.namespace };
        let provider = index.providers(&Key::namespace(object.cluster, name)).find_map(|provider| {
            Object::of(world, provider.node, provider.at)?.value.at(&["metadata", "labels"])?.as_map()
        });
        selects(self.namespaces, |key| {
            if key == "kubernetes.io/metadata.name" { Some(name) } else { provider?.get(key)?.as_str() }
        })
    }

    fn selector(&self, index: &Index<'f>) -> Option<&'f Value> {
        index.services.get(&self.service).copied()
    }
}

/// Whether a rule is asked when something is created.
fn creates(rule: &Value) -> bool {
    items(rule, &["operations"]).iter().filter_map(Value::as_str).any(|o| matches!(o, "CREATE" | "*"))
}

/// Whether a label selector matches; none matches all.
fn selects<'l>(selector: Option<&Value>, label: impl Fn(&str) -> Option<&'l str>) -> bool {
    let Some(selector) = selector else { return true };
    let exact = selector.get("matchLabels").and_then(Value::as_map);
    let is_exact = exact.is_none_or(|map| {
        map.iter()
            .all(|(key, value)| key.as_str().and_then(&label) == Some(value.as_str().unwrap_or_default()))
    });
    is_exact
        && items(selector, &["matchExpressions"]).iter().all(|expression| {
            let value = label(expression.str_at(&["key"]).unwrap_or_default());
            let values = || items(expression, &["values"]).iter().filter_map(Value::as_str);
            match expression.str_at(&["operator"]).unwrap_or_default() {
                "In" => value.is_some_and(|value| values().any(|v| v == value)),
                "NotIn" => value.is_none_or(|value| values().all(|v| v != value)),
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => false,
            }
        })
}

/// The plural of a kind that no definition of the fleet names.
fn plural_of(kind: &str) -> String {
    let lower = kind.to_lowercase();
    match lower.as_bytes() {
        [.., b's'] if lower == "endpoints" => lower,
        [.., b's' | b'x'] | [.., b'c' | b's', b'h'] => lower + "es",
        [.., before, b'y'] if !b"aeiou".contains(before) => {
            let stem = lower.strip_suffix('y').unwrap_or_default();
            format!("{stem}ies")
        }
        _ => lower + "s",
    }
}
