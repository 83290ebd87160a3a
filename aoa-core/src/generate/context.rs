//! What every generator is given: the set, its dialect, and the world.

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::dialect::Dialect;
use super::world::{Request, World};

/// The surroundings of one run of an ApplicationSet.
pub(super) struct Context<'w> {
    pub(super) world: &'w dyn World,
    pub(super) set: &'w Text,
    pub(super) namespace: &'w Text,
    /// The project in the set's own template.
    pub(super) project: &'w Text,
    pub(super) dialect: &'w Dialect,
}

impl Context<'_> {
    /// What a service is asked.
    pub(super) fn request<'r>(&'r self, generator: &'r Value) -> Request<'r> {
        Request { set: self.set, namespace: self.namespace, generator }
    }
}
