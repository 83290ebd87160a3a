//! Who may do what: Argo CD's role-based access, as its API server enforces it (`util/rbac`, `server/rbacpolicy` of Argo CD
//! 3.5.7, casbin 2.135.0 with Argo CD's model).
//!
//! A request is allowed if some policy allows it and none denies it. The policies are Argo CD's own, those of
//! `argocd-rbac-cm`, and those of the roles of the project that the object belongs to.

mod enforcer;
mod lines;

use aoa_lang::{Result, Value};

use self::enforcer::Enforcer;
use super::roles::role_policies;

/// How policies match resources, actions and objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MatchMode {
    /// As globs in which `*` goes across slashes.
    #[default]
    Glob,
    /// As regular expressions that match a part of the text.
    Regexp,
}

/// What stands in `argocd-rbac-cm`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AccessSettings {
    /// `policy.csv`, with all `policy.*.csv` behind it.
    pub policy: String,
    /// `policy.default`: the role that everybody has; empty for none.
    pub default_role: String,
    /// `policy.matchMode`
    pub match_mode: MatchMode,
    /// Whether Argo CD's own roles, `role:readonly` and `role:admin`, are there.
    pub builtin: Builtin,
}

/// Whether Argo CD's own policy is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Builtin {
    /// It is, as ever.
    #[default]
    Loaded,
    /// It is switched off.
    Off,
}

/// Who asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'s> {
    /// The user, or `proj:PROJECT:ROLE` for a token of a role.
    pub name: &'s str,
    /// The groups of the user.
    pub groups: &'s [&'s str],
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AccessRequest<'r> {
    /// The kind of thing: `applications`, `projects`, `logs` ...
    pub resource: &'r str,
    /// What is done with it: `get`, `sync`, `action/apps/Deployment/restart` ...
    pub action: &'r str,
    /// The thing: `project/application`, `project/namespace/application`, or a name.
    pub object: &'r str,
}

/// The access rules of one Argo CD.
///
/// ```
/// use aoa_core::policy::{AccessPolicy, AccessRequest, AccessSettings, Subject};
///
/// let mut settings = AccessSettings::default();
/// settings.policy = "p, role:dev, applications, sync, shop/*, allow\ng, devs, role:dev".to_owned();
/// let policy = AccessPolicy::new(&settings)?;
/// let sync = AccessRequest { resource: "applications", action: "sync", object: "shop/web" };
/// let no_project = |_: &str| None;
/// assert!(policy.allows(&Subject { name: "alice", groups: &["devs"] }, &sync, no_project));
/// assert!(!policy.allows(&Subject { name: "alice", groups: &[] }, &sync, no_project));
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AccessPolicy {
    base: Enforcer,
    default_role: String,
}

impl AccessPolicy {
    /// Reads the rules.
    ///
    /// # Errors
    ///
    /// `Invalid`, with Argo CD's text for a line that is no policy: then Argo CD keeps what it had before.
    pub fn new(settings: &AccessSettings) -> Result<Self> {
        let mut base = Enforcer::new(settings.match_mode);
        if settings.builtin == Builtin::Loaded {
            base.load(BUILTIN_POLICY)?;
        }
        let failed = "error loading RBAC policy: error creating casbin enforcer: error loading policy line: ";
        base.load(&settings.policy).map_err(|error| error.prefixed(failed))?;
        Ok(AccessPolicy { base, default_role: settings.default_role.clone() })
    }

    /// Whether `who` may do what `request` says. `project` gives the AppProject of a name, where there is one.
    ///
    /// A project whose policies cannot be read counts as one without. A token of a role is bound to its project: where
    /// the object belongs to another, it has only the default role.
    pub fn allows<'p>(
        &self,
        who: &Subject<'_>,
        request: &AccessRequest<'_>,
        project: impl FnOnce(&str) -> Option<&'p Value>,
    ) -> bool {
        if self.by_default(&self.base, request) {
            return true;
        }
        let project = project_of(request).and_then(project);
        let extended = project.and_then(|project| self.with_project(project));
        let enforcer = extended.as_ref().unwrap_or(&self.base);
        let allowed = match (project, role_of_token(who.name)) {
            (Some(project), Some(of)) => {
                project.str_at(&["metadata", "name"]) == Some(of) && self.enforce(enforcer, who.name, request)
            }
            _ => {
                self.enforce(enforcer, who.name, request)
                    || who
                        .groups
                        .iter()
                        .any(|group| enforcer.has_group(group) && self.enforce(enforcer, group, request))
            }
        };
        // At the end upstream asks once more, for nobody.
        allowed || self.base.allows("", request)
    }

    fn enforce(&self, enforcer: &Enforcer, subject: &str, request: &AccessRequest<'_>) -> bool {
        self.by_default(enforcer, request) || enforcer.allows(subject, request)
    }

    fn by_default(&self, enforcer: &Enforcer, request: &AccessRequest<'_>) -> bool {
        !self.default_role.is_empty() && enforcer.allows(&self.default_role, request)
    }

    fn with_project(&self, project: &Value) -> Option<Enforcer> {
        let mut extended = self.base.clone();
        extended.load(&role_policies(project)).ok()?;
        Some(extended)
    }
}

/// The project that a request is about.
fn project_of<'r>(request: &AccessRequest<'r>) -> Option<&'r str> {
    match request.resource {
        "applicationsets" | "applications" | "repositories" | "clusters" | "logs" | "exec" => {
            request.object.split_once('/').map(|(project, _)| project)
        }
        "projects" => Some(request.object),
        _ => None,
    }
}

/// The project whose role a subject is a token of.
fn role_of_token(subject: &str) -> Option<&str> {
    let mut parts = subject.split(':');
    let (kind, project, role) = (parts.next()?, parts.next()?, parts.next());
    (kind == "proj" && role.is_some() && parts.next().is_none()).then_some(project)
}

/// What Argo CD brings itself: who may read all, and who may do all.
const BUILTIN_POLICY: &str = include_str!("builtin.csv");
