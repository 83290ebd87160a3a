//! Kinds that a controller defines from an object: constraints of Gatekeeper, composites and claims of Crossplane, instances of kro.

use crate::order::index::{Key, Object};

pub(super) fn provide<'f>(object: &Object<'f>, add: &mut impl FnMut(Key<'f>)) {
    let text = |path: &[&str]| object.text(path);
    let mut kind = |group: &'f str, kind: &'f str| {
        if !kind.is_empty() {
            add(Key::kind(object.cluster, group, kind));
        }
    };
    match (object.group, object.kind) {
        ("templates.gatekeeper.sh", "ConstraintTemplate") => {
            kind("constraints.gatekeeper.sh", text(&["spec", "crd", "spec", "names", "kind"]));
        }
        ("apiextensions.crossplane.io", "CompositeResourceDefinition") => {
            kind(text(&["spec", "group"]), text(&["spec", "names", "kind"]));
            kind(text(&["spec", "group"]), text(&["spec", "claimNames", "kind"]));
        }
        ("kro.run", "ResourceGraphDefinition" | "ResourceGroup") => {
            let group = match text(&["spec", "schema", "group"]) {
                "" => "kro.run",
                group => group,
            };
            kind(group, text(&["spec", "schema", "kind"]));
        }
        _ => {}
    }
}
