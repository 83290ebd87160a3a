//! What would change: the state that should be beside the state that is (`Diff` of gitops-engine, as Argo CD 3.5.7 calls it).

use aoa_lang::patch;
use aoa_lang::typed::{self, Mode, Type};
use aoa_lang::value::{IntKind, Map, Rewrite};
use aoa_lang::{Error, ErrorKind, Result, Value, json};

use super::ignore::{IgnoreNormalizer, IgnoreOptions, IgnoreRule};
use super::kinds::{KindOptions, normalize_kind};
use super::settings::CompareSettings;
use super::{defaults, managed_fields, tracking};
use crate::model::GroupVersionKind;
use crate::render::Tracking;

/// The comparison of one Application's objects.
#[derive(Clone, Debug)]
pub struct StateComparison {
    settings: CompareSettings,
    normalizer: IgnoreNormalizer,
    rules: Vec<IgnoreRule>,
    tracking: Tracking,
}

/// What comparing two states gives, each without what is not compared and with what Kubernetes fills in.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StateDifference {
    /// Whether they differ.
    pub modified: bool,
    /// The state that is; null where there is none.
    pub live: Value,
    /// The state after a sync; null where nothing should be.
    pub predicted: Value,
}

impl StateComparison {
    /// A comparison under an Application's rules and the settings of the instance.
    ///
    /// # Errors
    ///
    /// A rule that cannot be read, with Argo CD's text.
    pub fn new(
        rules: &[IgnoreRule],
        settings: CompareSettings,
        tracking: Tracking,
        options: &IgnoreOptions,
    ) -> Result<Self> {
        let mut all = rules.to_vec();
        all.extend(settings.rules().cloned());
        let normalizer = IgnoreNormalizer::new(&all, options)
            .map_err(|error| error.prefixed("failed to create diff normalizer: "))?;
        Ok(StateComparison { settings, normalizer, rules: rules.to_vec(), tracking })
    }

    /// Compares; null stands for no object.
    ///
    /// Kinds of Kubernetes are compared as its own types see them, with the defaults of version 1.36; others field by field.
    /// There is no cluster: differences that only it can tell (`ServerSideApply=true`) are refused.
    ///
    /// # Errors
    ///
    /// Objects that cannot be merged, and `Unsupported` for server-side apply.
    pub fn compare(&self, live: &Value, desired: &Value) -> Result<StateDifference> {
        let (mut live, mut desired) = (live.clone(), desired.clone());
        if !live.is_null() && !desired.is_null() {
            live = tracking::adopted(&self.tracking, &desired, &live);
            let managers = self.managers(&desired);
            (live, desired) = managed_fields::without_those_of(&managers, &live, &desired);
        }
        let desired = self.prepared(&desired)?;
        let live = self.prepared(&live)?;
        if applies_on_server(&desired) {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "differences of server-side apply need the cluster",
            ));
        }
        let (false, false) = (live.is_null(), desired.is_null()) else {
            return Ok(StateDifference {
                modified: live.is_null() && !desired.is_null(),
                live,
                predicted: desired,
            });
        };
        let applied = last_applied(&live);
        if let Some(applied) = applied
            && let Ok(found) = three_way(&self.normalized(&applied)?, &desired, &live)
        {
            return Ok(found);
        }
        three_way(&desired, &desired, &live)
    }

    /// Whose fields are left out of this object.
    fn managers(&self, object: &Value) -> Vec<String> {
        let of = GroupVersionKind::of(object);
        let own = self.rules.iter().filter(|rule| rule.is_for(object));
        let mut managers = self.settings.managers(of.group, of.kind);
        managers.extend(own.flat_map(|rule| rule.managers.iter().cloned()));
        managers
    }

    /// The object as its type prints it, normalised.
    fn prepared(&self, object: &Value) -> Result<Value> {
        if object.is_null() { Ok(Value::Null) } else { self.normalized(&reprinted(object)?) }
    }

    fn normalized(&self, object: &Value) -> Result<Value> {
        let options = KindOptions { ignores_aggregated_roles: self.settings.ignores_aggregated_roles };
        let object = normalize_kind(object, options);
        let object = self.normalizer.without_ignored(&object)?.object;
        // Where a rule took the kind away, nothing else is done.
        if object.str_at(&["kind"]).is_none_or(str::is_empty) {
            return Ok(object);
        }
        Ok(self.settings.with_known_types(&object))
    }
}

/// The type of a kind that Kubernetes itself has.
pub(super) fn built_in(object: &Value) -> Option<&'static Type> {
    let of = GroupVersionKind::of(object);
    let own = ["argoproj.io", "kustomize.config.k8s.io"].contains(&of.group);
    if own || of.version.is_empty() { None } else { typed::schema(object.str_at(&["apiVersion"])?, of.kind) }
}

/// The object read by its type and printed again, without what was not in it (`remarshal`).
fn reprinted(object: &Value) -> Result<Value> {
    let object = as_read(object)?;
    let Some(of) = built_in(&object) else { return Ok(object) };
    match typed::read(of, &object, Mode::JsonStrict) {
        Ok(printed) => Ok(common(&object, &as_read(&printed)?, 0)),
        // It has fields that the type does not know.
        Err(_) => Ok(object),
    }
}

/// Numbers as Kubernetes reads them: whole ones are int64.
pub(super) fn as_read(value: &Value) -> Result<Value> {
    value.rewrite(&mut |value, _| {
        Ok(match value {
            Value::Int(IntKind::Int64, _) => Rewrite::Keep,
            Value::Int(_, n) => Rewrite::Replace(Value::Int(IntKind::Int64, *n)),
            #[allow(clippy::cast_possible_truncation, reason = "it is whole and in range")]
            Value::Float(_, n) if n.fract() == 0.0 && n.abs() < 9.0e18 => {
                Rewrite::Replace(Value::Int(IntKind::Int64, *n as i64))
            }
            _ => Rewrite::Keep,
        })
    })
}

/// Deeper than any object that is meant.
const MAX_DEPTH: usize = 500;

/// `live` without what `config` does not have (`RemoveMapFields`); further items of lists stay.
fn common(config: &Value, live: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return live.clone();
    }
    match (config, live) {
        (Value::Map(config), Value::Map(live)) => {
            let both = config.iter().filter_map(|(key, inner)| {
                let found = live.get_bytes(key.as_bytes())?;
                Some((key.clone(), common(inner, found, depth + 1)))
            });
            Value::map(both.collect::<Vec<_>>())
        }
        (Value::List(config), Value::List(live)) => {
            let items = live.iter().enumerate().map(|(at, item)| match config.get(at) {
                Some(inner) => common(inner, item, depth + 1),
                None => item.clone(),
            });
            Value::list(items.collect())
        }
        _ => live.clone(),
    }
}

fn applies_on_server(desired: &Value) -> bool {
    let options =
        desired.at(&["metadata", "annotations"]).and_then(|a| a.get("argocd.argoproj.io/sync-options"));
    let options = options.and_then(Value::as_str).unwrap_or_default();
    options.split(',').any(|option| option.trim() == "ServerSideApply=true")
}

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

fn last_applied(live: &Value) -> Option<Value> {
    let text = live.at(&["metadata", "annotations"])?.get(LAST_APPLIED)?.as_str()?;
    let object = json::read(text.as_bytes(), json::Numbers::PreserveInts).ok()?;
    object.str_at(&["kind"]).filter(|kind| !kind.is_empty())?;
    Some(object)
}

/// What a three-way merge of `original`, `config` and `live` changes.
fn three_way(original: &Value, config: &Value, live: &Value) -> Result<StateDifference> {
    let (original, config) = (without_namespace(original), without_namespace(config));
    let (live, predicted) = match built_in(&original) {
        Some(of) => {
            let current = claims_as_given(&original, live);
            let patch = patch::create_strategic_three_way(of, &original, &config, &current)
                .map_err(|error| error.prefixed("failed to construct thre way merge patch: "))?;
            let predicted = patch::strategic_merge(of, live, &patch)
                .map_err(|error| error.prefixed("failed to construct strategic merge patch: "))?;
            (filled(of, live)?, filled(of, &predicted)?)
        }
        None => {
            let current = common(&original, live, 0);
            let patch = json_three_way(&original, &config, &current)?;
            (live.clone(), patch::merge(live, &patch)?)
        }
    };
    Ok(StateDifference { modified: json::to_string(&live)? != json::to_string(&predicted)?, live, predicted })
}

/// The object with its kind's defaults, put into it as a patch: fields that the type does not know stay.
fn filled(of: &'static Type, object: &Value) -> Result<Value> {
    let Ok(printed) = typed::read(of, object, Mode::Json) else { return Ok(object.clone()) };
    let with_defaults = defaults::with_defaults(printed.clone());
    let patch = patch::create_strategic(of, &printed, &with_defaults)?;
    as_read(&patch::strategic_merge(of, object, &patch)?)
}

/// Without its namespace, which live objects have and others need not, and without empty annotations.
fn without_namespace(object: &Value) -> Value {
    let (Some(map), Some(Value::Map(metadata))) = (object.as_map(), object.get("metadata")) else {
        return object.clone();
    };
    let mut metadata = metadata.clone().without("namespace");
    let says_nothing = match metadata.get("annotations") {
        Some(Value::Map(annotations)) => annotations.is_empty(),
        other => other.is_some_and(Value::is_null),
    };
    if says_nothing {
        metadata = metadata.without("annotations");
    }
    Value::Map(map.clone().with("metadata", Value::Map(metadata)))
}

/// The claims of a StatefulSet without what the server has filled in.
fn claims_as_given(original: &Value, live: &Value) -> Value {
    const CLAIMS: &str = "volumeClaimTemplates";
    let of = GroupVersionKind::of(original);
    if !matches!(of.group, "apps" | "extensions") || of.kind != "StatefulSet" {
        return live.clone();
    }
    let claims =
        |object: &Value| object.at(&["spec", CLAIMS]).filter(|claims| claims.as_list().is_some()).cloned();
    let (Some(given), Some(found)) = (claims(original), claims(live)) else { return live.clone() };
    let (Some(map), Some(Value::Map(spec))) = (live.as_map(), live.get("spec")) else { return live.clone() };
    let spec = spec.clone().with(CLAIMS, common(&given, &found, 0));
    Value::Map(map.clone().with("spec", Value::Map(spec)))
}

/// What to add and change of `current`, and to delete of what `original` had (`CreateThreeWayJSONMergePatch`).
fn json_three_way(original: &Value, modified: &Value, current: &Value) -> Result<Value> {
    let additions = nulls(&patch::create_merge(current, modified)?, Nulls::Without)?;
    let deletions = nulls(&patch::create_merge(original, modified)?, Nulls::Only)?;
    Ok(joined(&deletions, &additions, 0))
}

#[derive(Clone, Copy, PartialEq)]
enum Nulls {
    Without,
    Only,
}

/// A merge patch with its nulls alone, or without them.
fn nulls(patch: &Value, which: Nulls) -> Result<Value> {
    patch.rewrite(&mut |value, place| {
        let is_entry = matches!(place, aoa_lang::value::Place::Entry(_));
        Ok(match value {
            Value::Map(map) if which == Nulls::Only && is_entry && map.is_empty() => Rewrite::Remove,
            Value::Map(_) => Rewrite::Keep,
            Value::Null if is_entry && which == Nulls::Without => Rewrite::Remove,
            Value::Null => Rewrite::Keep,
            _ if is_entry && which == Nulls::Only => Rewrite::Remove,
            other => Rewrite::Replace(other.clone()),
        })
    })
}

/// Two merge patches as one; the second counts.
fn joined(first: &Value, second: &Value, depth: usize) -> Value {
    match (first, second) {
        (Value::Map(first), Value::Map(second)) if depth < MAX_DEPTH => {
            let mut out: Map = first.clone();
            for (key, value) in second.iter() {
                let value = match first.get_bytes(key.as_bytes()) {
                    Some(old) => joined(old, value, depth + 1),
                    None => value.clone(),
                };
                out = out.with(key.clone(), value);
            }
            Value::Map(out)
        }
        _ => second.clone(),
    }
}
