//! Whole policies: reviews of requests, validation and type checking.

use aoa_core::model::GroupVersionKind;
use aoa_core::policy::admission::{
    Action, Binding, Cluster, CustomKind, Decision, Evaluation, KindScope, Policy, PolicySet, Request,
    Review, User, type_warnings, validate_binding, validate_policy,
};
use aoa_lang::{Value, typed};
use serde_json::{Map as JsonMap, Value as Json, json};

use crate::areas::convert::from_json_with_ints;
use crate::case::{Answer, Refusal};

/// What the API server answers to a request.
pub(super) fn review(input: &Json) -> Answer {
    let given = Some(&input["policy"]).filter(|policy| !policy.is_null());
    let policies = given.into_iter().chain(items(&input["policies"]));
    let policies = read(policies, "policy", Policy::read)?;
    let bindings = read(items(&input["bindings"]), "binding", Binding::read)?;
    let cluster = cluster(input)?;
    let request = &input["request"];
    let text = |json: &'static str| request[json].as_str().unwrap_or_default();
    let kind = &request["kind"];
    let kind_text = |key: &str| kind[key].as_str().unwrap_or_default();
    let request = Request {
        operation: text("operation"),
        kind: GroupVersionKind {
            group: kind_text("group"),
            version: kind_text("version"),
            kind: kind_text("kind"),
        },
        subresource: text("subresource"),
        namespace: text("namespace"),
        name: text("name"),
        dry_run: request["dryRun"].as_bool().unwrap_or_default(),
        user: user(&request["userInfo"]),
        object: object(&input["object"]),
        old_object: object(&input["oldObject"]),
    };
    let nameless = nameless(input);
    let review = PolicySet::new(policies, bindings)
        .review(&request, &cluster)
        .map_err(|error| Refusal::invalid(format!("dispatch: {}", error.message())))?;
    Ok(written(&review, &nameless))
}

/// The policies whose parameters are of a built-in kind: upstream's dispatcher wraps those, so that the oracle cannot
/// read their names.
fn nameless(input: &Json) -> Vec<&str> {
    let policies = std::iter::once(&input["policy"]).chain(items(&input["policies"]));
    policies
        .filter(|policy| {
            let text = |key: &str| policy["spec"]["paramKind"][key].as_str().unwrap_or_default();
            typed::schema(text("apiVersion"), text("kind")).is_some()
        })
        .filter_map(|policy| policy["metadata"]["name"].as_str())
        .collect()
}

/// Whether a policy or binding is well formed.
pub(super) fn validate(input: &Json) -> Answer {
    let object = |key: &str| object(&input[key]);
    let result = match object("policy") {
        Some(policy) => validate_policy(&policy),
        None => validate_binding(&object("binding").unwrap_or_default()),
    };
    result.map_err(|error| Refusal::invalid(error.message().to_owned()))?;
    Ok(json!({"valid": true}))
}

/// What the type checker says of a policy's expressions.
pub(super) fn typecheck(input: &Json) -> Answer {
    let policy = Policy::read(&object(&input["policy"]).unwrap_or_default())
        .map_err(|error| Refusal::invalid(format!("policy: {}", error.message())))?;
    let warnings: Vec<Json> = type_warnings(&policy)
        .iter()
        .map(|warning| json!({"fieldRef": warning.field, "warning": warning.text}))
        .collect();
    Ok(json!({"warnings": warnings}))
}

fn read<'j, T>(
    objects: impl Iterator<Item = &'j Json>,
    what: &str,
    read: impl Fn(&Value) -> aoa_lang::Result<T>,
) -> Result<Vec<T>, Refusal> {
    objects
        .map(|json| {
            read(&from_json_with_ints(json))
                .map_err(|error| Refusal::invalid(format!("{what}: {}", error.message())))
        })
        .collect()
}

fn cluster(input: &Json) -> Result<Cluster, Refusal> {
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let kinds = items(&input["kinds"]).map(|kind| CustomKind {
        group: text(&kind["group"]),
        versions: items(&kind["versions"]).map(text).collect(),
        kind: text(&kind["kind"]),
        resource: text(&kind["resource"]),
        scope: if kind["scope"] == "Cluster" { KindScope::Cluster } else { KindScope::Namespaced },
    });
    let mut cluster = Cluster::new(kinds.collect());
    for namespace in items(&input["namespaces"]) {
        cluster
            .add_namespace(&from_json_with_ints(namespace))
            .map_err(|error| Refusal::invalid(format!("namespace: {}", error.message())))?;
    }
    for param in items(&input["params"]) {
        cluster
            .add_param(&from_json_with_ints(param))
            .map_err(|error| Refusal::invalid(format!("param: {}", error.message())))?;
    }
    Ok(cluster)
}

fn user(json: &Json) -> Option<User> {
    if json.is_null() {
        return None;
    }
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    Some(User {
        name: text(&json["username"]),
        uid: text(&json["uid"]),
        groups: items(&json["groups"]).map(text).collect(),
        extra: json["extra"]
            .as_object()
            .into_iter()
            .flat_map(JsonMap::iter)
            .map(|(key, values)| (key.clone(), items(values).map(text).collect()))
            .collect(),
    })
}

fn items(json: &Json) -> impl Iterator<Item = &Json> {
    json.as_array().into_iter().flatten()
}

fn object(json: &Json) -> Option<Value> {
    (!json.is_null()).then(|| from_json_with_ints(json))
}

fn written(review: &Review, nameless: &[&str]) -> Json {
    let mut answer = JsonMap::new();
    answer.insert("allowed".to_owned(), Json::from(review.is_allowed()));
    answer.insert("decisions".to_owned(), review.decisions.iter().map(|d| decision(d, nameless)).collect());
    if let Some(response) = &review.response {
        let json = json!({"message": response.message, "reason": response.reason, "code": response.code});
        answer.insert("response".to_owned(), json);
    }
    if !review.warnings.is_empty() {
        answer.insert("warnings".to_owned(), json!(review.warnings));
    }
    if !review.annotations.is_empty() {
        answer.insert("audit".to_owned(), json!(review.annotations));
    }
    Json::Object(answer)
}

fn decision(decision: &Decision, nameless: &[&str]) -> Json {
    let param = if nameless.contains(&&*decision.policy) { "" } else { &*decision.param };
    let action = match decision.action {
        Action::Deny => "deny",
        Action::Warn => "warn",
        Action::Audit => "audit",
        _ => "",
    };
    let evaluation = match decision.evaluation {
        Evaluation::Denied => "deny",
        Evaluation::Failed => "error",
        Evaluation::Misconfigured => "configuration",
        _ => "",
    };
    let reason = decision.reason.as_deref().unwrap_or_default();
    let fields = [
        ("policy", &*decision.policy),
        ("binding", &*decision.binding),
        ("param", param),
        ("action", action),
        ("message", &*decision.message),
        ("reason", reason),
        ("evaluation", evaluation),
    ];
    let kept = fields.into_iter().filter(|(name, text)| *name == "message" || !text.is_empty());
    Json::Object(kept.map(|(name, text)| (name.to_owned(), Json::from(text))).collect())
}
