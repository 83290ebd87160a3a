//! What is delivered to a cluster.

use std::collections::BTreeSet;

use super::{Delivered, is_policy};
use crate::fleet::{App, Content, State};
use crate::model::{Cluster, Manifest};
use crate::policy::Scopes;

/// What is delivered to a cluster, sorted by what it is to policies.
pub(super) struct Site<'f> {
    pub(super) cluster: &'f Cluster,
    pub(super) policies: Vec<Delivered<'f>>,
    /// What they judge.
    pub(super) objects: Vec<Delivered<'f>>,
    pub(super) definitions: Vec<&'f Manifest>,
    pub(super) namespaces: Vec<&'f Manifest>,
    /// The namespaces that objects go to.
    pub(super) used: BTreeSet<&'f str>,
    /// Whether more may be delivered than is known.
    pub(super) is_unknown: bool,
}

impl<'f> Site<'f> {
    pub(super) fn new(cluster: &'f Cluster, is_unknown: bool) -> Self {
        Site {
            cluster,
            policies: Vec::new(),
            objects: Vec::new(),
            definitions: Vec::new(),
            namespaces: Vec::new(),
            used: BTreeSet::new(),
            is_unknown,
        }
    }

    /// Adds what an Application delivers.
    pub(super) fn add(&mut self, app: App<'f>, content: &'f Content) {
        self.is_unknown |= content.state != State::Rendered;
        let mut lacks_namespace = false;
        for manifest in content.manifests() {
            let delivered = Delivered { app, manifest };
            if is_policy(manifest) {
                self.policies.push(delivered);
                continue;
            }
            match manifest.kind() {
                "CustomResourceDefinition" => self.definitions.push(manifest),
                "Namespace" if manifest.api_version() == "v1" => self.namespaces.push(manifest),
                _ => {}
            }
            match manifest.namespace() {
                "" => lacks_namespace = true,
                namespace => drop(self.used.insert(namespace)),
            }
            self.objects.push(delivered);
        }
        self.used.extend(app.destination_namespace().filter(|_| lacks_namespace));
    }

    /// What the definitions say of the kinds' scopes.
    pub(super) fn scopes(&self) -> Scopes {
        let mut scopes = Scopes::default();
        scopes.learn(self.definitions.iter().copied());
        scopes
    }
}
