//! How things are named: by Argo CD instance, namespace and name.

use std::fmt;

use aoa_lang::Value;
use aoa_lang::value::Text;

/// The stable name of an Application or ApplicationSet: which Argo CD it belongs to, its namespace, its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The Argo CD instance, named by the namespace that it runs in unless the configuration names it.
    pub instance: Text,
    /// The namespace of the object.
    pub namespace: Text,
    /// The name of the object.
    pub name: Text,
}

impl fmt::Display for Key {
    /// `namespace/name`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// The kinds that drive a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// `argoproj.io/Application`
    Application,
    /// `argoproj.io/ApplicationSet`
    ApplicationSet,
    /// `argoproj.io/AppProject`
    AppProject,
}

impl Kind {
    /// The kind as manifests write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Application => "Application",
            Kind::ApplicationSet => "ApplicationSet",
            Kind::AppProject => "AppProject",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Kind::Application, Kind::ApplicationSet, Kind::AppProject].into_iter().find(|k| k.name() == name)
    }

    /// The kind of an object, if it is one of these.
    pub(crate) fn of(object: &Value) -> Option<Self> {
        let is_ours = object.str_at(&["apiVersion"])?.starts_with("argoproj.io/");
        Kind::from_name(object.str_at(&["kind"])?).filter(|_| is_ours)
    }
}

/// Names one of the objects that drive a fleet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectRef {
    /// What it is.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: Text,
    /// Its name.
    pub name: Text,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind.name(), self.namespace, self.name)
    }
}
