//! An Application whose cluster or repository Argo CD learns of from a Secret that the fleet brings waits for that Secret.
//!
//! Where the Secret comes with the Application itself, or below it, it must have been there before: that is how Argo CD was set up.

use aoa_lang::Value;

use super::Wants;
use crate::model::SECRET_TYPE_LABEL;
use crate::order::index::{Index, Key, Object, What};
use crate::order::need::NeedKind;
use crate::order::world::{NONE, World};

pub(in crate::order) fn provide<'f>(world: &World<'f>, object: &Object<'f>, add: &mut impl FnMut(Key<'f>)) {
    if !object.is("", "Secret") {
        return;
    }
    let home = world.fleet.data.inputs.settings.namespace.as_str().unwrap_or_default();
    let label = object.text(&["metadata", "labels", SECRET_TYPE_LABEL]);
    if label.is_empty() || object.namespace != home || !world.is_on_control_plane(object.cluster) {
        return;
    }
    let text = |key: &str| object.value.at(&["stringData", key]).and_then(Value::as_str).unwrap_or_default();
    let mut note = |what, name: &'f str| {
        if !name.is_empty() {
            add(Key { cluster: NONE, what, group: "", kind: "", namespace: "", name });
        }
    };
    match label {
        "cluster" => {
            note(What::Cluster, text("name"));
            note(What::Cluster, text("server").trim_end_matches('/'));
        }
        "repository" | "repo-creds" => note(What::Repository, plain(text("url"))),
        _ => {}
    }
}

pub(super) fn wants<'f>(world: &World<'f>, index: &Index<'f>, at: u32, wants: &mut Wants<'f>) {
    let Some(node) = world.node(at) else { return };
    let key = |what, name| Key { cluster: NONE, what, group: "", kind: "", namespace: "", name };
    // The Application lives in the fleet as long as `'f`; what it says of its cluster need not.
    if let Some(landing) = world.clusters.get(node.cluster as usize) {
        let names = match landing.cluster {
            Some(cluster) => [cluster.name.as_str().unwrap_or_default(), cluster.server_key()],
            None => ["", ""],
        };
        let known = names.into_iter().find(|name| !name.is_empty() && index.has(&key(What::Cluster, name)));
        let known = known.or_else(|| unregistered(world, index, at));
        if let Some(name) = known.filter(|_| !world.is_on_control_plane(node.cluster)) {
            wants.add_app(at, NeedKind::ClusterCredential, key(What::Cluster, name), false);
        }
    }
    for source in world.content(at).map(|content| content.sources.as_slice()).unwrap_or_default() {
        let url = plain(source.repo_url.as_str().unwrap_or_default());
        // The Secret of a repository, or of a prefix of its address up to a slash.
        let ends = url.match_indices('/').map(|(end, _)| end).chain([url.len()]);
        let mut prefixes = ends.filter_map(|end| url.get(..end)).filter(|prefix| !prefix.ends_with('/'));
        let longest = prefixes.rfind(|prefix| index.has(&key(What::Repository, prefix)));
        if let Some(url) = longest {
            wants.add_app(at, NeedKind::RepositoryCredential, key(What::Repository, url), false);
        }
    }
}

/// What the destination of an Application calls a cluster that is not registered.
fn unregistered<'f>(world: &World<'f>, index: &Index<'f>, at: u32) -> Option<&'f str> {
    let app = world.node(at)?.app;
    let (server, name) = app.destination_texts();
    let key = |name| Key { cluster: NONE, what: What::Cluster, group: "", kind: "", namespace: "", name };
    [name, server.trim_end_matches('/')].into_iter().find(|name| !name.is_empty() && index.has(&key(name)))
}

/// An address of a repository as they are compared here.
fn plain(url: &str) -> &str {
    url.trim_end_matches('/').trim_end_matches(".git")
}
