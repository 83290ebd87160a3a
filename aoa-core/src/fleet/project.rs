//! One AppProject of a fleet.

use aoa_lang::Value;

use super::{Fleet, ProjectRecord};
use crate::finding::Place;
use crate::model::{Kind, ObjectRef};

/// A handle to one AppProject that the fleet brings.
#[derive(Clone, Copy)]
pub struct Project<'f> {
    pub(super) fleet: &'f Fleet,
    pub(super) record: &'f ProjectRecord,
}

impl<'f> Project<'f> {
    /// Its namespace.
    #[must_use]
    pub fn namespace(&self) -> &'f str {
        self.record.namespace.as_str().unwrap_or_default()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'f str {
        self.record.name.as_str().unwrap_or_default()
    }

    /// The Application that renders it; `None` for a root.
    #[must_use]
    pub fn parent(&self) -> Option<ObjectRef> {
        self.fleet.data.parent_ref(self.record.parent)
    }

    /// Where its manifest begins.
    #[must_use]
    pub fn place(&self) -> Option<&'f Place> {
        self.record.place.as_ref()
    }

    /// The whole object, as Argo CD's type reads it.
    #[must_use]
    pub fn object(&self) -> &'f Value {
        &self.record.object
    }

    pub(crate) fn reference(&self) -> ObjectRef {
        let ProjectRecord { namespace, name, .. } = self.record;
        ObjectRef { kind: Kind::AppProject, namespace: namespace.clone(), name: name.clone() }
    }

    /// `spec`, as Argo CD's type reads it.
    #[must_use]
    pub fn spec(&self) -> &'f Value {
        self.record.object.get("spec").unwrap_or(&Value::Null)
    }
}
