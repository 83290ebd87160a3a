//! Kinds that another API server answers for: it has to run before objects of them can be applied.

use crate::order::index::{Key, Object};

pub(super) fn provide<'f>(object: &Object<'f>, add: &mut impl FnMut(Key<'f>)) {
    // One without a service is answered by the API server itself.
    if object.is("apiregistration.k8s.io", "APIService")
        && !object.text(&["spec", "service", "name"]).is_empty()
    {
        let (group, version) = (object.text(&["spec", "group"]), object.text(&["spec", "version"]));
        add(Key::version(object.cluster, group, version));
    }
}
