//! An Application does nothing until its AppProject is there. The project `default` is made by Argo CD.

use super::Wants;
use crate::fleet::Parent;
use crate::model::DEFAULT_PROJECT;
use crate::order::index::Key;
use crate::order::need::NeedKind;
use crate::order::world::{NONE, World};

pub(in crate::order) fn provide<'f>(world: &World<'f>, add: &mut impl FnMut(Key<'f>, u32)) {
    for project in &world.fleet.data.projects {
        let node = match project.parent {
            Parent::App(app) => world.node_of(app),
            Parent::Root | Parent::Set(_) => None,
        };
        if let (Some(node), Some(namespace), Some(name)) =
            (node, project.namespace.as_str(), project.name.as_str())
        {
            add(key(namespace, name), node);
        }
    }
}

pub(super) fn wants<'f>(world: &World<'f>, node: u32, wants: &mut Wants<'f>) {
    let Some(app) = world.node(node).map(|node| node.app) else { return };
    let name = app.project_name();
    // Projects are looked for in the namespace that Argo CD runs in.
    let home = world.fleet.data.inputs.settings.namespace.as_str().unwrap_or_default();
    if name != DEFAULT_PROJECT {
        wants.add_app(node, NeedKind::Project, key(home, name), true);
    }
}

fn key<'f>(namespace: &'f str, name: &'f str) -> Key<'f> {
    Key::object(NONE, "argoproj.io", "AppProject", namespace, name)
}
