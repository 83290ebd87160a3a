//! Hooks: of which phases they are, Helm's among them, when they are deleted, and the waves of all objects.

use aoa_lang::strconv::parse_int;
use aoa_lang::{Value, value::List};

use super::annotations::{annotation, annotation_values};
use super::{HOOK_ANNOTATION, HOOK_DELETE_POLICY_ANNOTATION, SYNC_WAVE_ANNOTATION};

const HELM_HOOK: &str = "helm.sh/hook";
const HELM_HOOK_WEIGHT: &str = "helm.sh/hook-weight";
const HELM_HOOK_DELETE_POLICY: &str = "helm.sh/hook-delete-policy";

/// The finalizer that keeps a hook until its phase is over.
pub const HOOK_FINALIZER: &str = "argocd.argoproj.io/hook-finalizer";

/// The phases of a sync, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyncPhase {
    /// Before all else.
    PreSync,
    /// The manifests themselves, and hooks beside them.
    Sync,
    /// After all is healthy.
    PostSync,
    /// Only if the sync failed.
    SyncFail,
}

/// What a hook says it is. `PreDelete` and `PostDelete` hooks belong to the deletion of an Application: a sync knows
/// nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HookType {
    /// Of this phase.
    Phase(SyncPhase),
    /// Not to be applied at all.
    Skip,
}

/// When a hook is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeletePolicy {
    /// Before it is created anew.
    BeforeHookCreation,
    /// Once it has succeeded.
    HookSucceeded,
    /// Once it has failed.
    HookFailed,
}

impl SyncPhase {
    /// The name, as Argo CD writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SyncPhase::PreSync => "PreSync",
            SyncPhase::Sync => "Sync",
            SyncPhase::PostSync => "PostSync",
            SyncPhase::SyncFail => "SyncFail",
        }
    }
}

impl HookType {
    /// The name, as Argo CD writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            HookType::Phase(phase) => phase.name(),
            HookType::Skip => "Skip",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        use SyncPhase::{PostSync, PreSync, Sync, SyncFail};
        let all = [PreSync, Sync, PostSync, SyncFail].map(HookType::Phase);
        all.into_iter().chain([HookType::Skip]).find(|hook| hook.name() == name)
    }

    fn from_helm(name: &str) -> Option<Self> {
        match name {
            "pre-install" | "pre-upgrade" => Some(HookType::Phase(SyncPhase::PreSync)),
            "post-install" | "post-upgrade" => Some(HookType::Phase(SyncPhase::PostSync)),
            _ => None,
        }
    }
}

impl DeletePolicy {
    /// The name, as Argo CD writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DeletePolicy::BeforeHookCreation => "BeforeHookCreation",
            DeletePolicy::HookSucceeded => "HookSucceeded",
            DeletePolicy::HookFailed => "HookFailed",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        use DeletePolicy::{BeforeHookCreation, HookFailed, HookSucceeded};
        [BeforeHookCreation, HookSucceeded, HookFailed].into_iter().find(|policy| policy.name() == name)
    }

    fn from_helm(name: &str) -> Option<Self> {
        match name {
            "before-hook-creation" => Some(DeletePolicy::BeforeHookCreation),
            "hook-succeeded" => Some(DeletePolicy::HookSucceeded),
            "hook-failed" => Some(DeletePolicy::HookFailed),
            _ => None,
        }
    }
}

/// Whether an object is a hook of a sync: Argo CD's annotation decides, also if it names no type that there is;
/// else Helm's does.
#[must_use]
pub fn is_hook(object: &Value) -> bool {
    match annotation(object, HOOK_ANNOTATION) {
        Some(_) => !is_skipped(object),
        None => is_helm_hook(object),
    }
}

/// Whether Helm takes an object for a hook; `crd-install` is none to Argo CD.
#[must_use]
pub fn is_helm_hook(object: &Value) -> bool {
    annotation(object, HELM_HOOK).is_some_and(|value| value != "crd-install")
}

/// Whether an object is never applied: `Skip` and no other type.
#[must_use]
pub fn is_skipped(object: &Value) -> bool {
    hook_types(object) == [HookType::Skip]
}

/// Whether a sync leaves an object out: a hook without a type that a sync knows.
#[must_use]
pub fn is_ignored(object: &Value) -> bool {
    is_hook(object) && hook_types(object).is_empty()
}

/// What a hook says it is: Argo CD's types, or Helm's if there are none. Unknown ones are left out.
#[must_use]
pub fn hook_types(object: &Value) -> Vec<HookType> {
    let of = |key, read: fn(&str) -> Option<HookType>| -> Vec<HookType> {
        annotation_values(object, key).into_iter().filter_map(read).collect()
    };
    let types = of(HOOK_ANNOTATION, HookType::from_name);
    if types.is_empty() { of(HELM_HOOK, HookType::from_helm) } else { types }
}

/// The phases in which an object is applied, in their order; upstream takes them from a Go map.
#[must_use]
pub fn sync_phases(object: &Value) -> Vec<SyncPhase> {
    if is_skipped(object) {
        return Vec::new();
    }
    if !is_hook(object) {
        return vec![SyncPhase::Sync];
    }
    let phase = |hook| match hook {
        HookType::Phase(phase) => Some(phase),
        HookType::Skip => None,
    };
    let mut phases: Vec<SyncPhase> = hook_types(object).into_iter().filter_map(phase).collect();
    phases.sort_unstable();
    phases.dedup();
    phases
}

/// When a hook is deleted: what Argo CD's annotation says and then what Helm's says; if neither says anything, before
/// it is created anew.
#[must_use]
pub fn delete_policies(object: &Value) -> Vec<DeletePolicy> {
    let own = annotation_values(object, HOOK_DELETE_POLICY_ANNOTATION);
    let helm = annotation_values(object, HELM_HOOK_DELETE_POLICY);
    let own = own.into_iter().filter_map(DeletePolicy::from_name);
    let mut policies: Vec<DeletePolicy> =
        own.chain(helm.into_iter().filter_map(DeletePolicy::from_helm)).collect();
    if policies.is_empty() {
        policies.push(DeletePolicy::BeforeHookCreation);
    }
    policies
}

/// The wave of an object: Argo CD's annotation if it is a number, else Helm's weight, else 0.
#[must_use]
pub fn sync_wave(object: &Value) -> i64 {
    let wave = annotation(object, SYNC_WAVE_ANNOTATION).and_then(|text| parse_int(text, 10, 64).ok());
    wave.unwrap_or_else(|| helm_weight(object))
}

/// The weight that Helm gives an object, whether it is a hook or not; 0 if there is none.
#[must_use]
pub fn helm_weight(object: &Value) -> i64 {
    annotation(object, HELM_HOOK_WEIGHT).and_then(|text| parse_int(text, 10, 64).ok()).unwrap_or(0)
}

/// Whether an object carries [`HOOK_FINALIZER`].
#[must_use]
pub fn has_hook_finalizer(object: &Value) -> bool {
    let finalizers = object.at(&["metadata", "finalizers"]).and_then(Value::as_list);
    let finalizers = finalizers.map(List::as_slice).unwrap_or_default();
    // A list with anything but texts is no list of finalizers.
    finalizers.iter().all(|f| matches!(f, Value::String(_)))
        && finalizers.iter().any(|f| f.as_str() == Some(HOOK_FINALIZER))
}
