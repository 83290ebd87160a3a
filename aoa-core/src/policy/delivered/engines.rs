//! The policies of a cluster, compiled, and what they are asked with.

use std::collections::{BTreeSet, HashMap};

use aoa_lang::{ErrorKind, Value};

use super::Outcome;
use super::objects::{labelled, placed, pod_of};
use super::site::Site;
use crate::model::{GroupVersionKind, Manifest};
use crate::policy::admission::{
    self, Binding, CustomKind, Evaluation, KindScope, Policy, PolicySet, Request, plural,
};
use crate::policy::gatekeeper::{Gatekeeper, Review, Source};

const ADMISSION: &str = "admissionregistration.k8s.io";
const CONSTRAINTS: &str = "constraints.gatekeeper.sh";
const TEMPLATES: &str = "templates.gatekeeper.sh";

/// Compiled policies; numbers are those of the objects that they come from.
pub(super) struct Engines {
    admission: Vec<Admission>,
    gatekeeper: Gatekeeper,
    /// By `Kind/name`.
    constraints: HashMap<String, usize>,
    /// Namespaces that Gatekeeper leaves out.
    excluded: Vec<String>,
    may_mean_pods: bool,
    /// What cannot be evaluated, and why.
    pub(super) notes: Vec<(usize, String)>,
    /// The rules by which they mean objects.
    meant: Vec<Meant>,
    /// What has no counterpart without which it judges nothing.
    pub(super) loose: Vec<(usize, String)>,
}

/// Which of what a workload is and makes is asked about.
#[derive(Clone, Copy)]
pub(super) enum By<'v> {
    Itself,
    /// The Pods of this workload.
    PodsOf(&'v Value),
}

impl By<'_> {
    fn are_pods(self) -> bool {
        matches!(self, By::PodsOf(_))
    }
}

/// Which objects a policy may mean.
enum Meant {
    /// `resourceRules` of a ValidatingAdmissionPolicy
    Resources(Value),
    /// `kinds` of a constraint
    Kinds(Value),
}

struct Admission {
    at: usize,
    set: PolicySet,
    /// Whether labels of the namespace matter.
    asks_namespace: bool,
    param: Option<(String, String)>,
}

/// What is known of a cluster.
pub(super) struct Place {
    /// With the namespaces that are delivered.
    known: admission::Cluster,
    /// With all namespaces that objects go to.
    all: admission::Cluster,
    namespaces: BTreeSet<String>,
    gatekeeper: Gatekeeper,
}

/// Whether an object is a policy, or belongs to one.
pub(crate) fn is_policy(manifest: &Manifest) -> bool {
    match manifest.group() {
        ADMISSION => manifest.kind().contains("AdmissionPolicy"),
        "kyverno.io" | "policies.kyverno.io" | "policies.kubewarden.io" => {
            manifest.kind().ends_with("Policy")
        }
        CONSTRAINTS | TEMPLATES => true,
        "mutations.gatekeeper.sh" | "config.gatekeeper.sh" | "expansion.gatekeeper.sh" => true,
        _ => false,
    }
}

fn group(object: &Value) -> &str {
    object.str_at(&["apiVersion"]).and_then(|text| text.split_once('/')).map_or("", |(group, _)| group)
}

fn kind(object: &Value) -> &str {
    object.str_at(&["kind"]).unwrap_or_default()
}

fn name(object: &Value) -> &str {
    object.str_at(&["metadata", "name"]).unwrap_or_default()
}

impl Engines {
    pub(super) fn compile(policies: &[&Value]) -> Self {
        let mut engines = Engines {
            admission: Vec::new(),
            gatekeeper: Gatekeeper::new().at_admission(),
            constraints: HashMap::new(),
            excluded: Vec::new(),
            notes: Vec::new(),
            loose: Vec::new(),
            meant: Vec::new(),
            may_mean_pods: false,
        };
        let mut bindings: Vec<(usize, Binding)> = Vec::new();
        // Kinds of constraints whose template is left out; that is told at the template.
        let mut skipped: BTreeSet<String> = BTreeSet::new();
        for (at, object) in policies.iter().enumerate() {
            match (group(object), kind(object)) {
                (ADMISSION, "ValidatingAdmissionPolicyBinding") => match Binding::read(object) {
                    Ok(binding) => bindings.push((at, binding)),
                    Err(error) => engines.note(at, format!("the API server refuses it: {}", error.message())),
                },
                (TEMPLATES, "ConstraintTemplate") => {
                    let made = object.str_at(&["spec", "crd", "spec", "names", "kind"]).unwrap_or_default();
                    if let Some(reason) = engines.template(object) {
                        skipped.insert(made.to_owned());
                        engines.note(at, reason);
                    }
                }
                ("config.gatekeeper.sh", "Config") => engines.excluded.extend(excluded(object)),
                ("mutations.gatekeeper.sh", _) | (ADMISSION, "MutatingAdmissionPolicy") => {
                    engines.note(at, "it changes objects, which is not evaluated".to_owned());
                }
                ("expansion.gatekeeper.sh", "ExpansionTemplate") => {
                    if let Err(error) = engines.gatekeeper.add_expansion(object) {
                        engines.note(at, format!("Gatekeeper refuses it: {}", error.message()));
                    }
                }
                ("policies.kubewarden.io", _) => {
                    engines.note(at, "policies of Kubewarden are not evaluated".to_owned());
                }
                ("kyverno.io" | "policies.kyverno.io", _) => {
                    engines.note(at, "policies of Kyverno are not evaluated".to_owned());
                }
                _ => {}
            }
        }
        for (at, object) in policies.iter().enumerate() {
            match (group(object), kind(object)) {
                (ADMISSION, "ValidatingAdmissionPolicy") => engines.policy(at, object, &bindings),
                (CONSTRAINTS, kind) if !skipped.contains(kind) => engines.constraint(at, object),
                _ => {}
            }
        }
        engines.may_mean_pods = engines.may_mean("Pod");
        engines.find_loose(policies, &bindings);
        engines.notes.sort();
        engines.loose.sort();
        engines
    }

    /// Bindings without their policy, templates without a constraint.
    fn find_loose(&mut self, policies: &[&Value], bindings: &[(usize, Binding)]) {
        let has_policy = |wanted: &str| {
            let mut policies = policies.iter().filter(|object| group(object) == ADMISSION);
            policies.any(|object| kind(object) == "ValidatingAdmissionPolicy" && name(object) == wanted)
        };
        for (at, binding) in bindings.iter().filter(|(_, binding)| !has_policy(binding.policy())) {
            let reason =
                format!("the fleet does not deliver the policy `{}` to the cluster", binding.policy());
            self.loose.push((*at, reason));
        }
        for (at, object) in policies.iter().enumerate().filter(|(_, object)| group(object) == TEMPLATES) {
            let made = object.str_at(&["spec", "crd", "spec", "names", "kind"]).unwrap_or_default();
            let has_constraint = policies.iter().any(|o| group(o) == CONSTRAINTS && kind(o) == made);
            if !has_constraint && !self.notes.iter().any(|(noted, _)| *noted == at) {
                self.loose.push((at, "the fleet delivers no constraint of it to the cluster".to_owned()));
            }
        }
    }

    fn note(&mut self, at: usize, reason: String) {
        self.notes.push((at, reason));
    }

    /// Adds a template, or says why not.
    fn template(&mut self, object: &Value) -> Option<String> {
        if let Err(error) = self.gatekeeper.add_template(object) {
            return Some(format!("Gatekeeper refuses it: {}", error.message()));
        }
        let reason = self.gatekeeper.unknowable(name(object))?;
        self.gatekeeper.remove_template(name(object));
        Some(reason.to_owned())
    }

    fn constraint(&mut self, at: usize, object: &Value) {
        match self.gatekeeper.add_constraint(object) {
            Ok(()) => {
                self.constraints.insert(format!("{}/{}", kind(object), name(object)), at);
                let kinds = object.at(&["spec", "match", "kinds"]).cloned();
                self.meant.push(Meant::Kinds(kinds.unwrap_or_default()));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.note(at, "its template is not delivered".to_owned());
            }
            Err(error) => self.note(at, format!("Gatekeeper refuses it: {}", error.message())),
        }
    }

    fn policy(&mut self, at: usize, object: &Value, bindings: &[(usize, Binding)]) {
        let policy = match Policy::read(object) {
            Ok(policy) => policy,
            Err(error) => return self.note(at, format!("the API server refuses it: {}", error.message())),
        };
        let own = bindings.iter().map(|(_, binding)| binding).filter(|b| b.policy() == policy.name());
        let own: Vec<Binding> = own.cloned().collect();
        if own.is_empty() {
            let reason = "the fleet delivers no binding of it to the cluster";
            return self.loose.push((at, reason.to_owned()));
        }
        let set = PolicySet::new(vec![policy], own);
        if set.asks_sender() {
            return self.note(at, "it asks who sends the request".to_owned());
        }
        let asks_namespace = set.asks_namespace();
        let param = |key| object.str_at(&["spec", "paramKind", key]).map(str::to_owned);
        let param = param("apiVersion").zip(param("kind"));
        let rules = object.at(&["spec", "matchConstraints", "resourceRules"]).cloned();
        self.meant.push(Meant::Resources(rules.unwrap_or_default()));
        self.admission.push(Admission { at, set, asks_namespace, param });
    }

    /// Whether there is anything to ask.
    pub(super) fn judges(&self) -> bool {
        !self.admission.is_empty() || self.gatekeeper.has_constraints()
    }

    /// Whether any of them may mean objects of a kind.
    pub(super) fn may_mean(&self, kind: &str) -> bool {
        let resource = plural(kind);
        self.meant.iter().any(|meant| match meant {
            Meant::Resources(rules) => lists(rules, "resources", &resource),
            Meant::Kinds(kinds) => lists(kinds, "kinds", kind),
        })
    }

    /// The Pod that a workload makes, where a policy may mean it.
    pub(super) fn pod_of(&self, workload: &Value) -> Option<Value> {
        if self.may_mean_pods { pod_of(workload) } else { None }
    }

    /// The policies and constraints that mean none of the objects, nor their Pods.
    pub(super) fn idle(&self, place: &Place, objects: impl Iterator<Item = Value> + Clone) -> Vec<usize> {
        let mut idle = Vec::new();
        for entry in &self.admission {
            let means = |object: &Value| {
                let namespace = object.str_at(&["metadata", "namespace"]).unwrap_or_default();
                let is_known = namespace.is_empty() || place.namespaces.contains(namespace);
                // Labels that are not known may be the right ones.
                (entry.asks_namespace && !is_known) || entry.set.means(&request(object), &place.all)
            };
            let is_busy = objects
                .clone()
                .any(|object| means(&object) || self.pod_of(&object).is_some_and(|pod| means(&pod)));
            idle.extend((!is_busy).then_some(entry.at));
        }
        for (constraint, at) in &self.constraints {
            let means = |object: &Value, source| place.gatekeeper.means(constraint, object, source);
            let is_busy = objects.clone().any(|object| {
                means(&object, Source::Original)
                    || self.pod_of(&object).is_some_and(|pod| means(&pod, Source::Generated))
            });
            idle.extend((!is_busy).then_some(*at));
        }
        idle.sort_unstable();
        idle
    }

    /// Asks all policies about an object.
    pub(super) fn review(
        &self,
        place: &Place,
        object: &Value,
        by: By<'_>,
        say: &mut dyn FnMut(usize, Outcome),
    ) {
        self.ask_admission(place, object, by, say);
        let namespace = object.str_at(&["metadata", "namespace"]).unwrap_or_default();
        let is_excluded = |pattern: &String| crate::policy::gatekeeper::is_wildcard_match(pattern, namespace);
        if !self.gatekeeper.has_constraints()
            || (!namespace.is_empty() && self.excluded.iter().any(is_excluded))
        {
            return;
        }
        match by {
            By::Itself => {
                self.tell(place.gatekeeper.review(object, Source::Original), by, say);
                self.tell(place.gatekeeper.review_expanded(object), By::PodsOf(object), say);
            }
            // A Pod that an ExpansionTemplate makes is asked about there.
            By::PodsOf(workload) if place.gatekeeper.makes_pod_of(workload) => {}
            By::PodsOf(_) => self.tell(place.gatekeeper.review(object, Source::Generated), by, say),
        }
    }

    fn tell(&self, review: aoa_lang::Result<Review>, by: By<'_>, say: &mut dyn FnMut(usize, Outcome)) {
        let review = match review {
            Ok(review) => review,
            Err(error) => {
                let first = self.constraints.values().min().copied().unwrap_or_default();
                return say(first, Outcome::Unknown { reason: error.message().to_owned() });
            }
        };
        let by_pods = by.are_pods();
        for violation in review.violations {
            let Some(at) = self.constraints.get(&violation.constraint) else { continue };
            let actions = match violation.action.as_str() {
                "scoped" => violation.scoped,
                _ => vec![violation.action],
            };
            for action in actions {
                say(*at, Outcome::Violated { action, message: violation.message.clone(), by_pods });
            }
        }
        for (constraint, reason) in review.unknown {
            if let Some(at) = self.constraints.get(&constraint) {
                say(*at, Outcome::Unknown { reason });
            }
        }
    }

    fn ask_admission(&self, place: &Place, object: &Value, by: By<'_>, say: &mut dyn FnMut(usize, Outcome)) {
        let request = request(object);
        let namespace = request.namespace;
        let is_known = namespace.is_empty() || place.namespaces.contains(namespace);
        let unknown_labels = || Outcome::Unknown {
            reason: format!(
                "it asks for labels of the namespace `{namespace}`, which the fleet does not deliver"
            ),
        };
        for entry in &self.admission {
            let is_open = !is_known && entry.asks_namespace;
            let cluster = if is_known || is_open { &place.known } else { &place.all };
            let review = match entry.set.review(&request, cluster) {
                Ok(review) => review,
                Err(error) if is_open && error.kind() == ErrorKind::NotFound => {
                    say(entry.at, unknown_labels());
                    continue;
                }
                Err(error) => {
                    say(entry.at, Outcome::Unknown { reason: error.message().to_owned() });
                    continue;
                }
            };
            for decision in review.decisions {
                let outcome = match decision.evaluation {
                    Evaluation::Misconfigured if is_open => unknown_labels(),
                    Evaluation::Misconfigured => Outcome::Unknown { reason: decision.message },
                    _ => Outcome::Violated {
                        action: decision.action.name().to_owned(),
                        message: decision.message,
                        by_pods: by.are_pods(),
                    },
                };
                say(entry.at, outcome);
            }
        }
    }
}

impl Place {
    /// What is known from the objects that are delivered.
    pub(super) fn of(engines: &Engines, site: &Site<'_>) -> Self {
        let kinds = site.definitions.iter().map(|definition| custom_kind(&definition.object));
        let mut known = admission::Cluster::new(kinds.collect());
        let mut gatekeeper = engines.gatekeeper.clone();
        let mut namespaces = BTreeSet::new();
        for namespace in site.namespaces.iter().map(|manifest| labelled(&manifest.object)) {
            if known.add_namespace(&namespace).is_ok() && gatekeeper.add_data(&namespace).is_ok() {
                namespaces.insert(name(&namespace).to_owned());
            }
        }
        let params: BTreeSet<&(String, String)> =
            engines.admission.iter().filter_map(|entry| entry.param.as_ref()).collect();
        let scopes = site.scopes();
        for delivered in site.objects.iter().filter(|_| !params.is_empty()) {
            let manifest = delivered.manifest;
            let is_of = |(version, of): &&(String, String)| {
                version == manifest.api_version() && of == manifest.kind()
            };
            if params.iter().any(is_of) {
                // One that the API server refuses is no parameter.
                let _ = known.add_param(&placed(delivered, &scopes));
            }
        }
        let _ = gatekeeper.prepare();
        let mut all = known.clone();
        for namespace in site.used.iter().filter(|namespace| !namespaces.contains(**namespace)) {
            let object = Value::map([
                ("apiVersion", Value::from("v1")),
                ("kind", Value::from("Namespace")),
                ("metadata", Value::map([("name", Value::from(*namespace))])),
            ]);
            let _ = all.add_namespace(&object);
        }
        Place { known, all, namespaces, gatekeeper }
    }
}

/// Whether a list of rules names something under `key`, or everything; without rules everything is meant.
fn lists(rules: &Value, key: &str, wanted: &str) -> bool {
    let rules = rules.as_list().map(|rules| rules.as_slice()).unwrap_or_default();
    let names = |rule: &Value| match rule.get(key).and_then(Value::as_list) {
        Some(names) if !names.is_empty() => names.iter().filter_map(Value::as_str).any(|name| {
            let name = name.split('/').next().unwrap_or_default();
            name == "*" || name == wanted
        }),
        _ => true,
    };
    rules.is_empty() || rules.iter().any(names)
}

/// The request that creates an object.
fn request(object: &Value) -> Request<'_> {
    let version = object.str_at(&["apiVersion"]).unwrap_or_default();
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    Request {
        operation: "CREATE",
        kind: GroupVersionKind { group, version, kind: kind(object) },
        namespace: object.str_at(&["metadata", "namespace"]).unwrap_or_default(),
        name: name(object),
        object: Some(object.clone()),
        ..Request::default()
    }
}

/// The namespaces that Gatekeeper's configuration keeps from its webhook.
fn excluded(config: &Value) -> Vec<String> {
    let entries = config.at(&["spec", "match"]).and_then(Value::as_list);
    let texts = |entry: &Value, key: &str| -> Vec<String> {
        let list = entry.get(key).and_then(Value::as_list);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let applies = |entry: &&Value| texts(entry, "processes").iter().any(|p| p == "*" || p == "webhook");
    entries.into_iter().flatten().filter(applies).flat_map(|e| texts(e, "excludedNamespaces")).collect()
}

fn custom_kind(definition: &Value) -> CustomKind {
    let text = |path: &[&str]| definition.str_at(path).unwrap_or_default().to_owned();
    let versions = definition.at(&["spec", "versions"]).and_then(Value::as_list);
    let served = versions.into_iter().flatten().filter(|v| v.get("served") != Some(&Value::Bool(false)));
    CustomKind {
        group: text(&["spec", "group"]),
        versions: served.filter_map(|v| v.str_at(&["name"])).map(str::to_owned).collect(),
        kind: text(&["spec", "names", "kind"]),
        resource: text(&["spec", "names", "plural"]),
        scope: match definition.str_at(&["spec", "scope"]) {
            Some("Cluster") => KindScope::Cluster,
            _ => KindScope::Namespaced,
        },
    }
}
