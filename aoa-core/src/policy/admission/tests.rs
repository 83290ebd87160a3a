//! Reviews as they are used, and what policies must not be able to do.

use aoa_lang::{Value, yaml};

use super::{Binding, Cluster, Evaluation, Policy, PolicySet, Request, Review, validate_policy};
use crate::model::GroupVersionKind;

const BINDING: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: all}
spec: {policyName: p, validationActions: [Deny]}";

fn policy(spec: &str) -> aoa_lang::Result<Value> {
    let text = format!(
        "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: p}}
spec:
  matchConstraints:
    resourceRules:
    - {{apiGroups: [apps], apiVersions: [v1], operations: ['*'], resources: [deployments]}}
{spec}"
    );
    yaml::load(text.as_bytes())
}

fn review(spec: &str) -> aoa_lang::Result<Review> {
    let policies = vec![Policy::read(&policy(spec)?)?];
    let set = PolicySet::new(policies, vec![Binding::read(&yaml::load(BINDING.as_bytes())?)?]);
    let mut cluster = Cluster::default();
    cluster.add_namespace(&yaml::load(b"{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")?)?;
    let object = b"{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 7}}";
    let request = Request {
        operation: "CREATE",
        kind: GroupVersionKind { group: "apps", version: "v1", kind: "Deployment" },
        namespace: "shop",
        name: "web",
        object: Some(yaml::load(object)?),
        ..Request::default()
    };
    set.review(&request, &cluster)
}

#[test]
fn a_request_is_refused_with_the_words_of_the_api_server() -> aoa_lang::Result<()> {
    let review = review("  validations: [{expression: object.spec.replicas <= 5, reason: Forbidden}]")?;
    let response = review.response.as_ref().map(|response| (response.message.as_str(), response.code));
    let message = "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'all' denied \
        request: failed expression: object.spec.replicas <= 5";
    assert_eq!(response, Some((message, 403)));
    Ok(())
}

#[test]
fn long_chains_of_variables_end() -> aoa_lang::Result<()> {
    let mut spec = "  validations: [{expression: variables.v999 == 1}]\n  variables:\n".to_owned();
    spec.push_str("  - {name: v0, expression: '1'}\n");
    for n in 1..1000 {
        spec.push_str(&format!("  - {{name: v{n}, expression: 'variables.v{} + 0'}}\n", n - 1));
    }
    let review = review(&spec)?;
    assert!(review.decisions.iter().all(|decision| decision.evaluation == Evaluation::Failed));
    assert!(!review.is_allowed());
    Ok(())
}

#[test]
fn all_that_is_wrong_is_told() -> aoa_lang::Result<()> {
    let spec = "  failurePolicy: Maybe\n  validations: [{expression: '1', message: ' '}]";
    let told =
        validate_policy(&policy(spec)?).err().map(|error| error.message().to_owned()).unwrap_or_default();
    assert_eq!(told.lines().count(), 3, "{told}");
    Ok(())
}
