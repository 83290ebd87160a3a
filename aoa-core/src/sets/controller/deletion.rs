//! Deleting Applications that are no longer generated, and the set itself.

use std::collections::HashSet;

use aoa_lang::Value;
use aoa_lang::strconv::quote;

use super::RESOURCES_FINALIZER;
use super::run::{Run, Step};
use crate::sets::metadata::refusal_of_metadata;
use crate::sets::object::{items_of, name, namespace, seconds_of, with};
use crate::sets::rollout::{deletes_in_reverse, deletion_order};
use crate::sets::validate::destination;

/// Seconds that the controller waits for one deletion of an ordered deletion.
const DELETION_WAIT: i64 = 10;
/// Seconds after which an Application that is being deleted counts as stuck.
const STUCK: i64 = 120;

impl Run<'_> {
    pub(super) fn delete_ungenerated(&mut self, generated: &[Value]) -> Step<()> {
        if !self.policy().allows_delete() {
            return Ok(());
        }
        if self.controller.known.clusters.has_unreadable_secret() {
            // Whether there is anything to delete does not matter.
            let error = "error listing clusters: error listing clusters: cluster cache contains unexpected type \
                *v1.Secret instead of *Cluster, secret conversion failure";
            return self.finish(Some(error.into()), "DeleteApplicationError");
        }
        let wanted: HashSet<&str> = generated.iter().map(name).collect();
        let mut first_error = None;
        for app in self.current().iter().filter(|app| !wanted.contains(name(app))) {
            let deleted =
                self.release_from_lost_cluster(app).and_then(|()| self.server.delete(app, self.now));
            match deleted {
                Ok(()) => {
                    let message = format!("Deleted Application {}", quote(name(app).as_bytes()));
                    self.event("Deleted", message);
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        self.finish(first_error, "DeleteApplicationError")
    }

    /// An Application whose cluster is gone loses the finalizer that nobody could fulfil
    /// (`removeFinalizerOnInvalidDestination`); only that one, not its forms with a suffix.
    fn release_from_lost_cluster(&mut self, app: &Value) -> Step<()> {
        let path = ["metadata", "finalizers"];
        let kept: Vec<Value> = items_of(app, &path)
            .iter()
            .filter(|f| f.as_str() != Some(RESOURCES_FINALIZER))
            .cloned()
            .collect();
        if kept.len() == items_of(app, &path).len()
            || destination(app).resolve(self.controller.known.clusters).is_ok()
        {
            return Ok(());
        }
        let kept = if kept.is_empty() { None } else { Some(Value::list(kept)) };
        let released = with(app, &path, kept);
        if let Some(refusal) = refusal_of_metadata(&released) {
            return Err(format!("error updating finalizers: {refusal}"));
        }
        self.server.store(released);
        let name = quote(name(app).as_bytes());
        let why = "finalizer before deletion, because application has an invalid destination";
        self.event("Updated", format!("Updated Application {name} {why}"));
        Ok(())
    }

    /// The set is being deleted: what its policy keeps is let go, what has an order is deleted in order.
    pub(super) fn delete_set(&mut self) -> Step<i64> {
        if !self.policy().allows_delete() {
            for app in self.current() {
                self.server.store(with(&app, &["metadata", "ownerReferences"], None));
            }
        }
        if deletes_in_reverse(&self.set.object) && self.delete_next()? {
            return Ok(DELETION_WAIT);
        }
        let path = ["metadata", "finalizers"];
        let kept =
            items_of(&self.set.object, &path).iter().filter(|f| f.as_str() != Some(RESOURCES_FINALIZER));
        let kept: Vec<Value> = kept.cloned().collect();
        let kept = if kept.is_empty() { None } else { Some(Value::list(kept)) };
        self.server.update_set(with(&self.set.object, &path, kept));
        Ok(0)
    }

    /// Deletes the next Application in order; whether one is left to wait for (`PerformReverseDeletion`).
    fn delete_next(&mut self) -> Step<bool> {
        let order = deletion_order(&self.set.object, &self.current());
        let Some(next) = order.first() else { return Ok(false) };
        let Some(app) = self.server.application(namespace(&self.set.object), next).cloned() else {
            return Ok(false);
        };
        match seconds_of(&app, &["metadata", "deletionTimestamp"]) {
            Some(since) if self.now.saturating_sub(since) > STUCK => {
                Err("application has not been deleted in over 2 minutes".into())
            }
            Some(_) => Ok(true),
            None => self.server.delete(&app, self.now).map(|()| true),
        }
    }
}
