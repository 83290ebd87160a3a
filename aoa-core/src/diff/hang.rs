//! What keeps the deletion of an Application from coming to an end (`finalizeApplicationDeletion` of Argo CD 3.5.7).

use super::fate::{Cascade, Fate, cascades};
use crate::fleet::{App, Fleet, State};
use crate::model::DEFAULT_PROJECT;
use crate::resolve::Again;
use crate::sync::annotation_values;

/// What keeps the deletion of an Application from coming to an end: it is there for ever, marked as being deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hang {
    /// Its project goes with the same change: without it nothing of the Application is deleted.
    ProjectGone {
        /// The project.
        project: String,
    },
    /// Its hooks of before a deletion cannot be rendered any more: nothing is deleted.
    PreDeleteHook {
        /// One of them.
        hook: String,
    },
    /// Its hooks of after a deletion cannot be rendered any more: its objects are gone by then.
    PostDeleteHook {
        /// One of them.
        hook: String,
    },
}

/// When a hook of a deletion runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    After,
}

impl Hang {
    /// The name, for data.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Hang::ProjectGone { .. } => "project-gone",
            Hang::PreDeleteHook { .. } => "pre-delete-hook",
            Hang::PostDeleteHook { .. } => "post-delete-hook",
        }
    }

    /// The project, or the hook.
    #[must_use]
    pub fn about(&self) -> &str {
        match self {
            Hang::ProjectGone { project } => project,
            Hang::PreDeleteHook { hook } | Hang::PostDeleteHook { hook } => hook,
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Hang::ProjectGone { project } => {
                format!("it hangs if project {project} is gone first, which the same change deletes")
            }
            Hang::PreDeleteHook { hook } => {
                format!("it hangs before anything is deleted: hook {hook} is rendered from what is gone")
            }
            Hang::PostDeleteHook { hook } => {
                format!("then it hangs: hook {hook} is rendered from what is gone")
            }
        }
    }
}

/// What keeps `old` of `before`, whose fate this is, from being deleted in full.
pub(super) fn hang(old: App<'_>, fate: Option<&Fate>, before: &Fleet, after: &Fleet) -> Option<Hang> {
    let Some(Fate::Deleted { cascade, .. }) = fate else { return None };
    // Where the cluster is gone all finalizers are taken off.
    if *cascade == Cascade::ClusterGone {
        return None;
    }
    let hook = hook(old);
    let object = old.application()?;
    if hook.is_none() && !cascades(&object.object) {
        return None;
    }
    let project = old.project();
    let has = |fleet: &Fleet| fleet.projects().any(|one| one.name() == project);
    if project != DEFAULT_PROJECT && has(before) && !has(after) {
        return Some(Hang::ProjectGone { project });
    }
    let (when, hook) = hook?;
    let again = Again::new(after);
    let rendered = again.content(&object, again.inputs());
    let State::Failed(_) = rendered.state else { return None };
    Some(match when {
        When::Before => Hang::PreDeleteHook { hook },
        When::After => Hang::PostDeleteHook { hook },
    })
}

/// The first hook that runs when `app` is deleted (`controller/hook.go`).
fn hook(app: App<'_>) -> Option<(When, String)> {
    const HOOKS: [(When, &str, &str); 4] = [
        (When::Before, "argocd.argoproj.io/hook", "PreDelete"),
        (When::Before, "helm.sh/hook", "pre-delete"),
        (When::After, "argocd.argoproj.io/hook", "PostDelete"),
        (When::After, "helm.sh/hook", "post-delete"),
    ];
    let manifests = app.content()?.manifests();
    HOOKS.into_iter().find_map(|(when, annotation, value)| {
        let is_it = |m: &&crate::model::Manifest| annotation_values(&m.object, annotation).contains(&value);
        let found = manifests.iter().find(is_it)?;
        Some((when, format!("{} {}", found.kind(), found.name())))
    })
}
