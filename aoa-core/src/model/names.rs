//! Names of Applications in any namespace, and which names are allowed.

use aoa_lang::text::selector::subdomain_problems;

/// An Application's name with its namespace.
///
/// Argo CD writes the two in three ways: `namespace/name` for people (qualified), `namespace_name` where one name has to tell
/// Applications of all namespaces apart (instance), `project/namespace/name` in policies.
///
/// ```
/// use aoa_core::model::AppName;
///
/// let app = AppName::from_qualified("team-a/web", "argocd");
/// assert_eq!(app.instance("argocd"), "team-a_web");
/// assert_eq!(app.instance("team-a"), "web");
/// assert_eq!(app.rbac("shop", "argocd"), "shop/team-a/web");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AppName<'n> {
    /// The namespace; may be empty.
    pub namespace: &'n str,
    /// The name.
    pub name: &'n str,
}

impl<'n> AppName<'n> {
    /// Reads `namespace/name` or `name` (`ParseFromQualifiedName` of Argo CD 3.5.7). What follows the first slash is the
    /// name, whatever it is.
    #[must_use]
    pub fn from_qualified(text: &'n str, default_namespace: &'n str) -> Self {
        AppName::split(text, '/', default_namespace)
    }

    /// Reads `namespace_name` or `name` (`ParseInstanceName`). What follows the first `_` is the name.
    #[must_use]
    pub fn from_instance(text: &'n str, default_namespace: &'n str) -> Self {
        AppName::split(text, '_', default_namespace)
    }

    fn split(text: &'n str, by: char, default_namespace: &'n str) -> Self {
        match text.split_once(by) {
            Some((namespace, name)) => AppName { namespace, name },
            None => AppName { namespace: default_namespace, name: text },
        }
    }

    /// The name by which Applications of all namespaces are told apart: `namespace_name` outside of `control_namespace`
    /// (`InstanceName`).
    #[must_use]
    pub fn instance(&self, control_namespace: &str) -> String {
        if self.namespace.is_empty() || self.namespace == control_namespace {
            self.name.to_owned()
        } else {
            format!("{}_{}", self.namespace, self.name)
        }
    }

    /// `namespace/name`; the name alone without namespace (`QualifiedName`).
    #[must_use]
    pub fn qualified(&self) -> String {
        if self.namespace.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}/{}", self.namespace, self.name)
        }
    }

    /// How policies name the Application: `project/name`, outside of `control_namespace` `project/namespace/name` (`RBACName`).
    #[must_use]
    pub fn rbac(&self, project: &str, control_namespace: &str) -> String {
        let Self { namespace, name } = self;
        if control_namespace.is_empty() || namespace.is_empty() || *namespace == control_namespace {
            format!("{project}/{name}")
        } else {
            format!("{project}/{namespace}/{name}")
        }
    }
}

/// Whether an Application or a project may have this name: a DNS subdomain (`IsValidAppName`, `IsValidProjectName`).
#[must_use]
pub fn is_valid_app_name(name: &str) -> bool {
    subdomain_problems(name).is_empty()
}

/// Whether a namespace or a container may have this name: a DNS label (`IsValidNamespaceName`, `IsValidContainerName`).
#[must_use]
pub fn is_valid_namespace(name: &str) -> bool {
    name.len() <= 63 && !name.contains('.') && subdomain_problems(name).is_empty()
}
