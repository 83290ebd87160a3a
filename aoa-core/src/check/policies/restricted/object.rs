//! What an object says that an Application holds.

use aoa_lang::Value;
use aoa_lang::yaml::Step;

use super::refusal;
use crate::check::facts::AppFacts;
use crate::check::pods::{Container, containers, name_of};
use crate::check::rule_file::keys;
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;
use crate::policy::own::{Bound, Identity, ImageName, Permitted, Restriction};
use crate::sync::{SYNC_OPTIONS_ANNOTATION, annotation_values};

const RULE: Rule = Rule::RestrictedByPolicy;

/// Whether a restriction is about objects.
pub(super) fn looks(restriction: &Restriction) -> bool {
    match restriction {
        Restriction::Sources(_) | Restriction::Destinations(_) | Restriction::Revisions { .. } => false,
        Restriction::Namespaces(_)
        | Restriction::Kinds(_)
        | Restriction::SyncOptions(_)
        | Restriction::Images { .. }
        | Restriction::Rbac { .. } => true,
    }
}

pub(super) fn judge<'f>(
    sink: &mut Sink<'_, 'f>,
    survey: &Survey<'f>,
    app: &AppFacts<'f>,
    manifest: &Manifest,
    restriction: &Restriction,
    bound: &Bound<'_>,
) {
    match restriction {
        Restriction::Kinds(permitted) => {
            let kind = match manifest.group() {
                "" => manifest.kind().to_owned(),
                group => format!("{group}/{}", manifest.kind()),
            };
            if let Some(why) = refusal(permitted, &[&kind], bound) {
                let what = format!("{}: kind `{kind}` {why}", name_of(manifest));
                sink.manifest(RULE, app, manifest, &keys(["kind"]), what);
            }
        }
        Restriction::Namespaces(permitted) => namespace(sink, survey, app, manifest, permitted, bound),
        Restriction::SyncOptions(permitted) => {
            for option in annotation_values(&manifest.object, SYNC_OPTIONS_ANNOTATION) {
                if let Some(why) = refusal(permitted, &[option], bound) {
                    let what = format!("{}: sync option `{option}` {why}", name_of(manifest));
                    let steps = keys(["metadata", "annotations", SYNC_OPTIONS_ANNOTATION]);
                    sink.manifest(RULE, app, manifest, &steps, what);
                }
            }
        }
        Restriction::Images { permitted, identity } => {
            images(sink, app, manifest, permitted, *identity, bound);
        }
        Restriction::Rbac { verbs } => {
            for (steps, verb) in granted(manifest) {
                let meant = verbs.iter().find(|denied| **denied == *verb || verb == "*");
                if let Some(denied) = meant {
                    let what = format!(
                        "{}: verb `{verb}` grants `{denied}`, which {} denies",
                        name_of(manifest),
                        bound.id()
                    );
                    sink.manifest(RULE, app, manifest, &steps, what);
                }
            }
        }
        Restriction::Sources(_) | Restriction::Destinations(_) | Restriction::Revisions { .. } => {}
    }
}

/// The namespace of an object where it is another one than its Application's, and that which a Namespace makes.
fn namespace<'f>(
    sink: &mut Sink<'_, 'f>,
    survey: &Survey<'f>,
    app: &AppFacts<'f>,
    manifest: &Manifest,
    permitted: &Permitted,
    bound: &Bound<'_>,
) {
    let is_namespace = (manifest.group(), manifest.kind()) == ("", "Namespace");
    let (namespace, steps) = if is_namespace {
        (manifest.name(), keys(["metadata", "name"]))
    } else {
        (survey.namespace_of(app, manifest), keys(["metadata", "namespace"]))
    };
    let is_said = namespace.is_empty() || app.app.destination_namespace() == Some(namespace);
    if is_said {
        return;
    }
    if let Some(why) = refusal(permitted, &[namespace], bound) {
        let what = format!("{}: namespace `{namespace}` {why}", name_of(manifest));
        sink.manifest(RULE, app, manifest, &steps, what);
    }
}

fn images<'f>(
    sink: &mut Sink<'_, 'f>,
    app: &AppFacts<'f>,
    manifest: &Manifest,
    permitted: &Permitted,
    identity: Identity,
    bound: &Bound<'_>,
) {
    for Image { image, steps } in images_of(manifest) {
        let name = ImageName::of(image);
        let why = refusal(permitted, &[&name.name], bound).or_else(|| {
            let lacks_digest = identity == Identity::Digest && !name.has_digest;
            lacks_digest.then(|| format!("has no digest, as {} wants it", bound.id()))
        });
        if let Some(why) = why {
            let what = format!("{}: image `{image}` {why}", name_of(manifest));
            sink.manifest(RULE, app, manifest, &steps, what);
        }
    }
}

/// An image that a workload pulls, with the way to it.
struct Image<'m> {
    image: &'m str,
    steps: Vec<Step<'static>>,
}

/// The images of containers, and those that are volumes.
fn images_of(manifest: &Manifest) -> impl Iterator<Item = Image<'_>> {
    let of_containers = containers(manifest, &["initContainers", "containers"]).into_iter();
    let of_volumes = containers(manifest, &["volumes"]).into_iter();
    let image = of_containers.filter_map(|container| image_at(container, &["image"]));
    image.chain(of_volumes.filter_map(|volume| image_at(volume, &["image", "reference"])))
}

fn image_at<'m>(part: Container<'m>, way: &[&'static str]) -> Option<Image<'m>> {
    let image = part.value.str_at(way).filter(|image| !image.is_empty())?;
    let steps = part.steps.into_iter().chain(way.iter().copied().map(Step::Key)).collect();
    Some(Image { image, steps })
}

/// The verbs that a role grants, with the way to each.
fn granted(manifest: &Manifest) -> Vec<(Vec<Step<'static>>, &str)> {
    let is_role = matches!(manifest.kind(), "Role" | "ClusterRole");
    if !is_role || manifest.group() != "rbac.authorization.k8s.io" {
        return Vec::new();
    }
    let mut granted = Vec::new();
    let rules = manifest.object.get("rules").and_then(Value::as_list);
    for (at, rule) in rules.into_iter().flatten().enumerate() {
        let verbs = rule.get("verbs").and_then(Value::as_list);
        for (number, verb) in verbs.into_iter().flatten().enumerate() {
            let steps = vec![Step::Key("rules"), Step::Index(at), Step::Key("verbs"), Step::Index(number)];
            granted.extend(verb.as_str().map(|verb| (steps, verb)));
        }
    }
    granted
}
