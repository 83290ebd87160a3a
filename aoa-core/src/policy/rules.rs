//! The rules of one project, compiled (`app_project_types.go` of Argo CD 3.5.7).

use aoa_lang::Value;
use aoa_lang::text::glob::Glob;
use aoa_lang::text::path_glob::filepath_match;
use aoa_lang::text::regexp::BacktrackingRegexp;

use super::patterns::Pattern;
use crate::model::{Cluster, repo_url};

/// The rules of a project.
#[derive(Debug)]
pub struct ProjectRules {
    /// The name of the project.
    pub name: String,
    sources: Vec<Pattern>,
    destinations: Vec<DestinationRule>,
    only_scoped_clusters: bool,
    cluster_allowed: Vec<KindRule>,
    cluster_denied: Vec<KindRule>,
    /// `None`: the list is absent, everything is allowed; an empty list allows nothing.
    namespace_allowed: Option<Vec<KindRule>>,
    namespace_denied: Vec<KindRule>,
    source_namespaces: Vec<NamespaceRule>,
}

#[derive(Debug)]
struct DestinationRule {
    name: Pattern,
    server: Pattern,
    namespace: Pattern,
}

#[derive(Debug)]
struct KindRule {
    group: String,
    kind: String,
    /// Empty: any name.
    name: String,
}

#[derive(Debug)]
enum NamespaceRule {
    Glob(Option<Glob>),
    /// Between slashes: either reading of the text counts.
    Regexp(Option<BacktrackingRegexp>, Option<Glob>),
}

impl ProjectRules {
    /// Compiles the spec of the project `name`. Patterns that do not compile match nothing.
    #[must_use]
    pub fn new(name: &str, spec: &Value) -> Self {
        let texts = |key: &str| list(spec, key).iter().filter_map(Value::as_str);
        let kinds = |key: &str| list(spec, key).iter().map(KindRule::read).collect::<Vec<_>>();
        ProjectRules {
            name: name.to_owned(),
            sources: texts("sourceRepos").map(source_pattern).collect(),
            destinations: list(spec, "destinations").iter().map(DestinationRule::read).collect(),
            only_scoped_clusters: spec
                .get("permitOnlyProjectScopedClusters")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            cluster_allowed: kinds("clusterResourceWhitelist"),
            cluster_denied: kinds("clusterResourceBlacklist"),
            namespace_allowed: spec
                .get("namespaceResourceWhitelist")
                .and_then(Value::as_list)
                .map(|_| kinds("namespaceResourceWhitelist")),
            namespace_denied: kinds("namespaceResourceBlacklist"),
            source_namespaces: texts("sourceNamespaces").map(NamespaceRule::read).collect(),
        }
    }

    /// Whether sources may come from the repository `url` (`IsSourcePermitted`): URLs are normalised before globs see
    /// them, one denying pattern that hits decides.
    #[must_use]
    pub fn permits_source(&self, url: &str) -> bool {
        let url = repo_url::normalize(url).unwrap_or_default();
        let mut any = false;
        for pattern in &self.sources {
            match (pattern.matches(&url), pattern.denies()) {
                (true, _) => any = true,
                (false, true) => return false,
                (false, false) => {}
            }
        }
        any
    }

    /// Whether Applications may go to `namespace` of the cluster with this name and address
    /// (`IsDestinationPermitted`); `scoped` are the clusters that
    /// belong to the project.
    #[must_use]
    pub fn permits_destination<'c>(
        &self,
        name: &str,
        server: &str,
        namespace: &str,
        mut scoped: impl Iterator<Item = &'c Cluster>,
    ) -> bool {
        let matched = self.matches_destination(name, server, namespace);
        if matched && self.only_scoped_clusters {
            return scoped.any(|c| c.name == name || c.server_key() == server);
        }
        matched
    }

    /// Whether the answer of [`permits_destination`](Self::permits_destination) depends on the clusters of the project.
    #[must_use]
    pub fn asks_for_clusters(&self, name: &str, server: &str, namespace: &str) -> bool {
        self.only_scoped_clusters && self.matches_destination(name, server, namespace)
    }

    fn matches_destination(&self, name: &str, server: &str, namespace: &str) -> bool {
        let mut any = false;
        for rule in &self.destinations {
            let by_name = !name.is_empty() && rule.name.matches(name);
            let by_server = !server.is_empty() && rule.server.matches(server);
            let by_namespace = rule.namespace.matches(namespace);
            if (by_server || by_name) && by_namespace {
                any = true;
            } else if rule.denies(by_name, by_server, by_namespace) {
                return false;
            }
        }
        any
    }

    /// Whether objects of this kind and name may be synced (`IsGroupKindNamePermitted`).
    #[must_use]
    pub fn permits_kind(&self, group: &str, kind: &str, name: &str, namespaced: bool) -> bool {
        if namespaced {
            let hit = |rules: &[KindRule]| rules.iter().any(|rule| rule.matches(group, kind));
            return self.namespace_allowed.as_deref().is_none_or(hit) && !hit(&self.namespace_denied);
        }
        let hit = |rules: &[KindRule]| {
            rules.iter().any(|rule| rule.matches(group, kind) && rule.matches_name(name))
        };
        hit(&self.cluster_allowed) && !hit(&self.cluster_denied)
    }

    /// Whether Applications of `namespace` may use the project; those of Argo CD's own namespace always may
    /// (`IsAppNamespacePermitted`).
    #[must_use]
    pub fn permits_app_namespace(&self, namespace: &str, controller_namespace: &str) -> bool {
        namespace.is_empty()
            || namespace == controller_namespace
            || self.source_namespaces.iter().any(|rule| rule.matches(namespace))
    }
}

fn list<'v>(spec: &'v Value, key: &str) -> &'v [Value] {
    spec.get(key).and_then(Value::as_list).map(|l| l.as_slice()).unwrap_or_default()
}

fn source_pattern(text: &str) -> Pattern {
    match text.strip_prefix('!') {
        Some(rest) => Pattern::new(&format!("!{}", repo_url::normalize(rest).unwrap_or_default()), "/"),
        None => Pattern::new(&repo_url::normalize(text).unwrap_or_default(), "/"),
    }
}

impl DestinationRule {
    /// Whether a rule that does not match forbids: a name denies by itself, a server where the namespace matches, a
    /// namespace where the server does.
    fn denies(&self, by_name: bool, by_server: bool, by_namespace: bool) -> bool {
        let name = !by_name && self.name.denies();
        let server = !by_server && self.server.denies() && by_namespace;
        let namespace = !by_namespace && self.namespace.denies() && by_server;
        name || server || namespace
    }

    fn read(rule: &Value) -> Self {
        let pattern = |key| Pattern::new(rule.str_at(&[key]).unwrap_or_default(), "");
        DestinationRule { name: pattern("name"), server: pattern("server"), namespace: pattern("namespace") }
    }
}

impl KindRule {
    fn read(rule: &Value) -> Self {
        let text = |key| rule.str_at(&[key]).unwrap_or_default().to_owned();
        KindRule { group: text("group"), kind: text("kind"), name: text("name") }
    }

    fn matches(&self, group: &str, kind: &str) -> bool {
        filepath_match(&self.kind, kind).unwrap_or(false)
            && filepath_match(&self.group, group).unwrap_or(false)
    }

    fn matches_name(&self, name: &str) -> bool {
        self.name.is_empty() || filepath_match(&self.name, name).unwrap_or(false)
    }
}

impl NamespaceRule {
    fn read(text: &str) -> Self {
        let glob = Glob::new(text, "").ok();
        match text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            Some(inner) if text.len() > 2 => NamespaceRule::Regexp(BacktrackingRegexp::new(inner).ok(), glob),
            _ => NamespaceRule::Glob(glob),
        }
    }

    fn matches(&self, namespace: &str) -> bool {
        let by_glob =
            |glob: &Option<Glob>| glob.as_ref().is_some_and(|g| g.matches(namespace).unwrap_or(false));
        match self {
            NamespaceRule::Glob(glob) => by_glob(glob),
            NamespaceRule::Regexp(regexp, glob) => {
                regexp.as_ref().is_some_and(|r| r.is_match(namespace).unwrap_or(false)) || by_glob(glob)
            }
        }
    }
}
