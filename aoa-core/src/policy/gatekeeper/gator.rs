//! Everything together, as `gator test` does it.

use aoa_lang::{Error, ErrorKind, Result, Value};

use super::client::Gatekeeper;
use super::constraint::is_constraint;
use super::expansion::is_expansion;
use super::matching::Source;
use super::mutation::{Mutators, is_mutator};
use super::review::Violation;
use super::template::is_template;

/// Everything that `gator test` says of objects: each violation with the number of the object that was given.
///
/// # Errors
/// `Invalid` with the text that `gator test` ends with.
///
/// ```
/// use aoa_core::policy::gatekeeper;
///
/// let objects = ["
/// apiVersion: templates.gatekeeper.sh/v1
/// kind: ConstraintTemplate
/// metadata: {name: nolatest}
/// spec:
///   crd: {spec: {names: {kind: NoLatest}}}
///   targets:
///   - target: admission.k8s.gatekeeper.sh
///     rego: |
///       package nolatest
///       violation[{\"msg\": msg}] {
///         c := input.review.object.spec.containers[_]
///         endswith(c.image, \":latest\")
///         msg := sprintf(\"%v floats\", [c.name])
///       }
/// ", "
/// {apiVersion: constraints.gatekeeper.sh/v1beta1, kind: NoLatest, metadata: {name: all}}
/// ", "
/// {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: c, image: 'web:latest'}]}}
/// "];
/// let objects: Vec<_> = objects.iter().map(|text| aoa_lang::yaml::load(text.as_bytes()).unwrap()).collect();
/// let review = gatekeeper::test(&objects, None)?;
/// assert_eq!((review[0].0, &*review[0].1.message), (2, "c floats"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn test(objects: &[Value], now: Option<i64>) -> Result<Vec<(usize, Violation)>> {
    let mut client = Gatekeeper::new();
    client.now = now;
    let name = |object: &Value| object.str_at(&["metadata", "name"]).unwrap_or_default().to_owned();
    for template in objects.iter().filter(|object| is_template(object)) {
        let wrapped = |error: Error| error.prefixed(&format!("adding template \"{}\": ", name(template)));
        client.add_template(template).map_err(wrapped)?;
    }
    // Adding a constraint fills the defaults into the very object that is reviewed later.
    let mut objects = objects.to_vec();
    for constraint in objects.iter_mut().filter(|object| is_constraint(object)) {
        let known = constraint.clone();
        let wrapped = |error: Error| match error.kind() {
            ErrorKind::NotFound => {
                Error::invalid(format!("adding constraint \"{}\": {}", name(&known), error.message()))
            }
            _ => error.prefixed(&format!("adding constraint \"{}\": ", name(&known))),
        };
        *constraint = client.admit_constraint(&known).map_err(wrapped)?;
    }
    for object in &objects {
        client.add_data(object).map_err(|error| error.prefixed("adding data: "))?;
    }
    client.prepare()?;
    let mut mutators = Mutators::default();
    let expander = |error: Error| error.prefixed("error creating expander: ");
    for object in objects.iter().filter(|object| is_mutator(object)) {
        mutators.add(object).map_err(expander)?;
    }
    for object in objects.iter().filter(|object| is_expansion(object)) {
        client.add_expansion(object).map_err(expander)?;
    }
    let mut found = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        let namespace = client.namespace_of(object);
        let reviewing = |error: Error| {
            error.prefixed(&format!(
                "reviewing {} {}: ",
                object.str_at(&["kind"]).unwrap_or_default(),
                name(object)
            ))
        };
        let review = client.review_in(object, namespace.as_ref(), Source::Original).map_err(reviewing)?;
        found.extend(review.violations.into_iter().map(|violation| (at, violation)));
        let base = mutators.apply(object, Source::Original)?;
        let review = client.review_expanded_by(&base, namespace.as_ref(), &mutators)?;
        found.extend(review.violations.into_iter().map(|violation| (at, violation)));
    }
    Ok(found)
}
