//! What becomes of an Application that nobody brings any more.
//!
//! Revisions mix here: finalizers and `Prune=` annotations count as they are on the cluster, which is about what was there
//! before; whether its owner may delete it is what the owner says afterwards.

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::manifests::{Pruned, Pruning, delete_option};
use crate::fleet::{App, AppSet, Content, Fleet, SetOutcome, State};
use crate::model::{Kind, ObjectRef, SyncOptions};
use crate::sets::SyncPolicy;

/// What becomes of an Application that nobody brings any more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// Its object is deleted.
    Deleted {
        /// Who deletes it: the ApplicationSet that generated it, the Application that held it, or what was deleted above.
        by: ObjectRef,
        /// What that does to its objects.
        cascade: Cascade,
    },
    /// Its object stays, and with it its objects.
    Stays(Stay),
}

/// What the deletion of an Application does to its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cascade {
    /// They are deleted, too.
    Objects,
    /// They stay, and nobody looks after them any more: it has no finalizer.
    NoFinalizer,
    /// They stay: its cluster is not registered any more, and the set takes the finalizer off.
    ClusterGone,
    /// One of them waits for a confirmation (`Delete=confirm`): nothing is deleted until it comes.
    AwaitsConfirmation,
}

/// Why an Application that nobody brings any more stays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stay {
    /// The policy of its ApplicationSet does not let it delete.
    Policy {
        /// The set.
        set: ObjectRef,
        /// The policy.
        policy: SyncPolicy,
    },
    /// The Application that held it does not prune by itself, or not this object.
    Unpruned {
        /// The Application that held it.
        parent: ObjectRef,
        /// Why.
        why: Pruned,
    },
    /// What brought it stays itself.
    OwnerStays {
        /// What brought it.
        owner: ObjectRef,
    },
    /// What brought it is deleted without what it brought.
    Orphaned {
        /// What brought it.
        owner: ObjectRef,
    },
    /// It was a root: nobody deletes it.
    Root,
}

/// How an object leaves.
pub(super) enum Departure {
    /// Its owner fails or is not known: it is as it was.
    Frozen(Text),
    Stays(Stay),
    Deleted {
        by: ObjectRef,
        /// By an ApplicationSet that lives on and looks after finalizers.
        by_living_set: bool,
    },
}

/// An object of the fleet as it was, that is not in the fleet as it will be.
enum Leaving<'f> {
    App(App<'f>),
    Set(AppSet<'f>),
}

impl Leaving<'_> {
    fn parent(&self) -> Option<ObjectRef> {
        match self {
            Leaving::App(app) => app.parent(),
            Leaving::Set(set) => set.parent(),
        }
    }

    fn object(&self) -> Value {
        match self {
            Leaving::App(app) => app.application().map(|app| app.object.clone()).unwrap_or_default(),
            Leaving::Set(set) => set.object().clone(),
        }
    }

    fn reference(&self) -> ObjectRef {
        let (kind, namespace, name) = match self {
            Leaving::App(app) => (Kind::Application, app.namespace(), app.name()),
            Leaving::Set(set) => (Kind::ApplicationSet, set.namespace(), set.name()),
        };
        ObjectRef { kind, namespace: namespace.into(), name: name.into() }
    }
}

/// How `app` of `before`, which `after` lacks, leaves.
pub(super) fn departure(app: App<'_>, before: &Fleet, after: &Fleet) -> Departure {
    // Upwards to the first that lives on, or to a root.
    let mut chain = vec![Leaving::App(app)];
    let mut departure = loop {
        let Some(leaving) = chain.last() else { return Departure::Stays(Stay::Root) };
        let Some(parent) = leaving.parent() else { break Departure::Stays(Stay::Root) };
        if let Some(departure) = from_living(leaving, &parent, after) {
            break departure;
        }
        match find(&parent, before) {
            Some(above) => chain.push(above),
            None => break Departure::Stays(Stay::Root),
        }
    };
    // And down again: what happens to an owner decides what happens to what it brought.
    while let Some(owner) = chain.pop() {
        let Some(leaving) = chain.last() else { break };
        departure = from_leaving(leaving, &owner, departure);
    }
    departure
}

fn find<'f>(object: &ObjectRef, fleet: &'f Fleet) -> Option<Leaving<'f>> {
    let (namespace, name) = (object.namespace.to_str_lossy(), object.name.to_str_lossy());
    match object.kind {
        Kind::Application => fleet.app(&namespace, &name).map(Leaving::App),
        Kind::ApplicationSet => fleet.set(&namespace, &name).map(Leaving::Set),
        Kind::AppProject => None,
    }
}

/// How `leaving` leaves an owner that lives on; `None` if the owner leaves as well.
fn from_living(leaving: &Leaving<'_>, owner: &ObjectRef, after: &Fleet) -> Option<Departure> {
    match find(owner, after)? {
        Leaving::App(parent) => Some(from_parent(&leaving.object(), owner, parent)),
        Leaving::Set(set) => Some(from_set(leaving, owner, set)),
    }
}

fn from_parent(object: &Value, owner: &ObjectRef, parent: App<'_>) -> Departure {
    let Some(content) = parent.content() else {
        return Departure::Frozen("its parent is not rendered".into());
    };
    if let Some(why) = stalled(content) {
        return Departure::Frozen(why);
    }
    let spec = parent.application().map(|app| app.spec().clone()).unwrap_or_default();
    match Pruning::of(&spec, content.manifests.len() == 0).of_object(object) {
        Pruned::Deleted => Departure::Deleted { by: owner.clone(), by_living_set: false },
        why => Departure::Stays(Stay::Unpruned { parent: owner.clone(), why }),
    }
}

/// Why `parent` leaves an object of its own that it does not bring any more; `None`: it prunes it.
///
/// # Errors
///
/// Why it syncs and prunes nothing.
pub(crate) fn stay_of(object: &Value, owner: &ObjectRef, parent: App<'_>) -> Result<Option<Stay>, Text> {
    match from_parent(object, owner, parent) {
        Departure::Frozen(why) => Err(why),
        Departure::Stays(stay) => Ok(Some(stay)),
        Departure::Deleted { .. } => Ok(None),
    }
}

/// Why an Application syncs and prunes nothing.
pub(super) fn stalled(content: &Content) -> Option<Text> {
    let mut said = content.refusal.iter().chain(&content.conditions).chain(&content.denied);
    match &content.state {
        State::Unknown(gap) => Some(gap.to_string().into()),
        State::Failed(error) => Some(error.clone()),
        State::Rendered | State::Skipped => said.next().cloned(),
    }
}

fn from_set(leaving: &Leaving<'_>, owner: &ObjectRef, set: AppSet<'_>) -> Departure {
    let name = leaving.reference().name;
    match set.outcome() {
        SetOutcome::Pending => Departure::Frozen("the set was not tried".into()),
        SetOutcome::Unknown { gap, .. } => Departure::Frozen(gap.to_string().into()),
        SetOutcome::Failed(error) | SetOutcome::Limited(error) => Departure::Frozen(error.clone()),
        SetOutcome::Generated { rejected, .. } => match rejected.get(&name) {
            Some(error) => Departure::Frozen(error.clone()),
            None if !set.sync_policy().allows_delete() => {
                Departure::Stays(Stay::Policy { set: owner.clone(), policy: set.sync_policy() })
            }
            None => Departure::Deleted { by: owner.clone(), by_living_set: true },
        },
    }
}

/// How `leaving` leaves an owner that leaves as well.
fn from_leaving(leaving: &Leaving<'_>, owner: &Leaving<'_>, departure: Departure) -> Departure {
    let reference = owner.reference();
    match (departure, owner) {
        (Departure::Frozen(why), _) => Departure::Frozen(why),
        (Departure::Stays(_), _) => Departure::Stays(Stay::OwnerStays { owner: reference }),
        // Kubernetes collects what a deleted set owns, whatever its policy says.
        (Departure::Deleted { .. }, Leaving::Set(_)) => {
            Departure::Deleted { by: reference, by_living_set: false }
        }
        (Departure::Deleted { .. }, Leaving::App(app)) => {
            let object = app.application().map(|app| app.object.clone()).unwrap_or_default();
            let option = SyncOptions::of_spec(object.get("spec").unwrap_or(&Value::Null));
            if !cascades(&object) || !goes_along(&leaving.object(), option.value("Delete")) {
                return Departure::Stays(Stay::Orphaned { owner: reference });
            }
            Departure::Deleted { by: reference, by_living_set: false }
        }
    }
}

/// The fate of `app`, which leaves so.
pub(super) fn fate(app: App<'_>, departure: Departure, after: &Fleet) -> Result<Fate, Text> {
    match departure {
        Departure::Frozen(why) => Err(why),
        Departure::Stays(why) => Ok(Fate::Stays(why)),
        Departure::Deleted { by, by_living_set } => {
            Ok(Fate::Deleted { by, cascade: cascade(app, by_living_set, after) })
        }
    }
}

fn cascade(app: App<'_>, by_living_set: bool, after: &Fleet) -> Cascade {
    let object = app.application().map(|app| app.object.clone()).unwrap_or_default();
    let is_registered = app.destination_of().resolve(&after.data.clusters).is_ok();
    if !cascades_but(&object, if by_living_set && !is_registered { Some(PLAIN) } else { None }) {
        return if cascades(&object) { Cascade::ClusterGone } else { Cascade::NoFinalizer };
    }
    let option = SyncOptions::of_spec(object.get("spec").unwrap_or(&Value::Null));
    let manifests = app.content().map(|content| content.manifests()).unwrap_or_default();
    let waits = manifests.iter().any(|m| delete_option(&m.object, option.value("Delete")) == Some("confirm"));
    if waits { Cascade::AwaitsConfirmation } else { Cascade::Objects }
}

/// The finalizer that a set takes off where the cluster is gone.
const PLAIN: &str = "resources-finalizer.argocd.argoproj.io";

/// Whether the deletion of an Application deletes its objects (`CascadedDeletion` of Argo CD 3.5.7).
pub(super) fn cascades(application: &Value) -> bool {
    cascades_but(application, None)
}

fn cascades_but(application: &Value, without: Option<&str>) -> bool {
    let finalizers = application.at(&["metadata", "finalizers"]).and_then(Value::as_list);
    let mut texts = finalizers.into_iter().flat_map(|list| list.iter()).filter_map(Value::as_str);
    texts.any(|finalizer| {
        let kind = finalizer.strip_prefix(PLAIN);
        Some(finalizer) != without && matches!(kind, Some("" | "/foreground" | "/background"))
    })
}

/// Whether an object is deleted with its Application, whose own option is `of_app` (`shouldBeDeleted` of Argo CD 3.5.7).
/// Definitions of kinds never are.
pub(super) fn goes_along(object: &Value, of_app: Option<&str>) -> bool {
    let is_definition = object.str_at(&["kind"]) == Some("CustomResourceDefinition");
    let keeps = crate::sync::annotation_values(object, "helm.sh/resource-policy").contains(&"keep");
    !is_definition && !keeps && delete_option(object, of_app) != Some("false")
}

impl Stay {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Stay::Policy { .. } => "policy",
            Stay::Unpruned { .. } => "unpruned",
            Stay::OwnerStays { .. } => "owner-stays",
            Stay::Orphaned { .. } => "orphaned",
            Stay::Root => "root",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Stay::Policy { set, policy } => {
                format!("set {} may not delete ({})", set.name, policy.name())
            }
            Stay::Unpruned { parent, why } => format!("{} {}", parent.name, why.message()),
            Stay::OwnerStays { owner } => format!("{} stays", owner.name),
            Stay::Orphaned { owner } => format!("{} is deleted without what it brought", owner.name),
            Stay::Root => "a root: nobody deletes it".to_owned(),
        }
    }
}

impl Cascade {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Cascade::Objects => "objects",
            Cascade::NoFinalizer => "no-finalizer",
            Cascade::ClusterGone => "cluster-gone",
            Cascade::AwaitsConfirmation => "awaits-confirmation",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Cascade::Objects => "its objects go too",
            Cascade::NoFinalizer => "its objects stay: no finalizer",
            Cascade::ClusterGone => "its objects stay: the cluster is not registered any more",
            Cascade::AwaitsConfirmation => "waits for a confirmation (Delete=confirm)",
        }
    }
}

impl Pruned {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Pruned::Deleted => "deleted",
            Pruned::Unpruned => "unpruned",
            Pruned::Guarded => "guarded",
            Pruned::AwaitsConfirmation => "awaits-confirmation",
            Pruned::WouldEmpty => "would-empty",
        }
    }

    /// What the Application does, in a few words.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Pruned::Deleted => "prunes it",
            Pruned::Unpruned => "does not prune by itself",
            Pruned::Guarded => "may not prune it (Prune=false)",
            Pruned::AwaitsConfirmation => "waits for a confirmation (Prune=confirm)",
            Pruned::WouldEmpty => "does not prune everything by itself (allowEmpty)",
        }
    }
}
