//! What Argo CD says of an Application and its manifests, in its own words.

use aoa_lang::Value;
use aoa_lang::url::Url;
use aoa_lang::value::Text;

use super::effective::Projects;
use super::rules::ProjectRules;
use super::scope::Scopes;
use super::source_text::source_text;
use crate::model::{
    Application, Clusters, Destination, Manifest, destination_of, has_multiple_sources, project_of,
};

/// What the application controller says of a spec before it renders anything; empty if all is well
/// (`GetAppProject`, `ValidatePermissions` and `ValidateManagedByURL` of Argo CD 3.5.7).
#[must_use]
pub fn application_conditions(
    app: &Application,
    projects: &Projects,
    clusters: &Clusters,
    controller_namespace: &str,
) -> Vec<Text> {
    let spec = app.spec();
    let project = project_of(spec);
    let Some(rules) = projects.get(project) else {
        return vec![missing_project(project)];
    };
    let (name, namespace) = (app.name.to_str_lossy(), app.namespace.to_str_lossy());
    if !rules.permits_app_namespace(&namespace, controller_namespace) {
        let text = format!(
            "application '{name}' in namespace '{namespace}' is not allowed to use project {project}"
        );
        return vec![text.into()];
    }
    let mut conditions = match source_conditions(spec, rules) {
        Ok(mut conditions) => {
            conditions.extend(destination_condition(spec, rules, projects, clusters));
            conditions
        }
        Err(only) => only,
    };
    conditions.extend(managed_by_condition(app));
    conditions
}

/// What a condition of [`application_conditions`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConditionKind {
    /// The project does not permit a source.
    DeniedSource,
    /// The project does not permit the destination.
    DeniedDestination,
    /// There is no such cluster.
    UnknownDestination,
    /// Anything else.
    Other,
}

impl ConditionKind {
    /// Told by the beginnings of the texts, which are Argo CD's and fixed.
    pub(crate) fn of(condition: &Text) -> Self {
        let text = condition.to_str_lossy();
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| text.starts_with(beginning));
        if begins(&["application repo ", "sync source repo "]) {
            ConditionKind::DeniedSource
        } else if begins(&["application destination server "]) {
            ConditionKind::DeniedDestination
        } else if begins(&["there are no clusters with this name", "error getting cluster by "]) {
            ConditionKind::UnknownDestination
        } else {
            ConditionKind::Other
        }
    }
}

/// What is wrong with the address of the Argo CD that is said to manage the Application (`ValidateExternalURL`).
fn managed_by_condition(app: &Application) -> Option<Text> {
    let url = app.object.str_at(&["metadata", "annotations", "argocd.argoproj.io/managed-by-url"])?;
    if url.is_empty() {
        return None;
    }
    let why = match Url::parse(url.as_bytes()) {
        Err(error) => format!("failed to parse URL: {}", error.message()),
        Ok(url) if url.scheme == b"http" || url.scheme == b"https" => return None,
        Ok(_) => "URL must include http or https protocol".to_owned(),
    };
    Some(format!("invalid managed-by URL: {why}").into())
}

/// What the controller says of an Application whose project is not there.
pub(crate) fn missing_project(name: &str) -> Text {
    format!("Application referencing project {name} which does not exist").into()
}

/// Manifests that the project forbids, in the order of `manifests`. Argo CD fails the whole sync for one of them.
#[must_use]
pub fn denied_manifests<'m>(
    app: &Application,
    manifests: impl IntoIterator<Item = &'m Manifest>,
    projects: &Projects,
    clusters: &Clusters,
    scopes: &Scopes,
    controller_namespace: &str,
) -> Vec<Text> {
    let (namespace, destination) = (app.namespace.to_str_lossy(), app.destination());
    let at = (app.project(), &*namespace, &destination);
    denied_where(at, manifests, projects, clusters, scopes, controller_namespace)
}

/// The same of an Application of a project, in a namespace, with a destination.
pub(crate) fn denied_where<'m>(
    (project, namespace, destination): (&str, &str, &Destination),
    manifests: impl IntoIterator<Item = &'m Manifest>,
    projects: &Projects,
    clusters: &Clusters,
    scopes: &Scopes,
    controller_namespace: &str,
) -> Vec<Text> {
    let Some(rules) = projects.get(project) else { return Vec::new() };
    if !rules.permits_app_namespace(namespace, controller_namespace) {
        return Vec::new();
    }
    let Ok(cluster) = destination.resolve(clusters) else { return Vec::new() };
    let (name, server) = (cluster.name.to_str_lossy(), cluster.server_key());
    // Most manifests go where the one before went.
    let mut last: Option<(String, bool)> = None;
    let deny = |manifest: &Manifest| -> Option<Text> {
        let (group, kind) = (manifest.group(), manifest.kind());
        let namespaced = scopes.is_namespaced(group, kind);
        let who = || format!("{group}/{kind} {}", manifest.name());
        if !rules.permits_kind(group, kind, manifest.name(), namespaced) {
            let why = format!("resource {group}:{kind} is not permitted in project {}", rules.name);
            return Some(format!("{}: {why}", who()).into());
        }
        if !namespaced {
            return None;
        }
        let namespace = match manifest.namespace() {
            "" => destination.namespace.as_str(),
            own => own,
        };
        let permitted = match &last {
            Some((known, permitted)) if known == namespace => *permitted,
            _ => {
                let scoped = projects.scoped_clusters(&rules.name);
                let permitted = rules.permits_destination(&name, server, namespace, scoped);
                last = Some((namespace.to_owned(), permitted));
                permitted
            }
        };
        let why = || format!("namespace {namespace} is not permitted in project '{}'", rules.name);
        (!permitted).then(|| format!("{}: {}", who(), why()).into())
    };
    manifests.into_iter().filter_map(deny).collect()
}

/// What is wrong with the sources; `Err` where upstream looks no further.
fn source_conditions(spec: &Value, rules: &ProjectRules) -> Result<Vec<Text>, Vec<Text>> {
    let mut conditions = Vec::new();
    let refuse = |kind: &str, url: &str| -> Text {
        format!("{kind} repo {url} is not permitted in project '{}'", rules.name).into()
    };
    let url_of = |source: &Value| source.str_at(&["repoURL"]).unwrap_or_default().to_owned();
    if let Some(hydrator) = spec.get("sourceHydrator") {
        let problems = hydrator_problems(hydrator);
        if !problems.is_empty() {
            return Err(problems);
        }
        let dry = hydrator.str_at(&["drySource", "repoURL"]).unwrap_or_default();
        if !rules.permits_source(dry) {
            conditions.push(refuse("application", dry));
        }
        let sync = hydrator.str_at(&["syncSource", "repoURL"]).filter(|url| !url.is_empty()).unwrap_or(dry);
        if sync != dry && !rules.permits_source(sync) {
            conditions.push(refuse("sync source", sync));
        }
        return Ok(conditions);
    }
    let multiple = has_multiple_sources(spec);
    let none = Value::Null;
    let sources: Vec<&Value> = if multiple {
        spec.get("sources").and_then(Value::as_list).into_iter().flatten().collect()
    } else {
        vec![spec.get("source").unwrap_or(&none)]
    };
    for source in sources {
        if let Some(problem) = source_problem(source, multiple) {
            conditions.push(problem);
            return Err(conditions);
        }
        if !rules.permits_source(&url_of(source)) {
            conditions.push(refuse("application", &url_of(source)));
        }
    }
    Ok(conditions)
}

fn source_problem(source: &Value, multiple: bool) -> Option<Text> {
    let is_empty = |key| source.str_at(&[key]).unwrap_or_default().is_empty();
    let nowhere = is_empty("path") && is_empty("chart");
    if multiple && (is_empty("repoURL") || (nowhere && is_empty("ref"))) {
        let which = source_text(source);
        return Some(
            format!(
                "spec.source.repoURL and either source.path, source.chart, or source.ref are required for source {which}"
            )
            .into(),
        );
    }
    if !multiple && (is_empty("repoURL") || nowhere) {
        return Some(Text::from_static(
            "spec.source.repoURL and either spec.source.path or spec.source.chart are required",
        ));
    }
    (!is_empty("chart") && is_empty("targetRevision")).then(|| {
        Text::from_static("spec.source.targetRevision is required if the manifest source is a helm chart")
    })
}

fn hydrator_problems(hydrator: &Value) -> Vec<Text> {
    let is_empty = |keys: &[&str]| hydrator.str_at(keys).unwrap_or_default().is_empty();
    let mut problems = Vec::new();
    if is_empty(&["drySource", "repoURL"]) {
        problems.push(Text::from_static("spec.sourceHydrator.drySource.repoURL is required"));
    }
    if is_empty(&["syncSource", "targetBranch"]) {
        problems.push(Text::from_static("spec.sourceHydrator.syncSource.targetBranch is required"));
    }
    if hydrator.get("hydrateTo").is_some() && is_empty(&["hydrateTo", "targetBranch"]) {
        problems.push(Text::from_static(
            "when spec.sourceHydrator.hydrateTo is set, spec.sourceHydrator.hydrateTo.targetBranch is required",
        ));
    }
    problems
}

fn destination_condition(
    spec: &Value,
    rules: &ProjectRules,
    projects: &Projects,
    clusters: &Clusters,
) -> Option<Text> {
    let destination = destination_of(spec);
    let cluster = match destination.resolve(clusters) {
        Ok(cluster) => cluster,
        Err(error) => return Some(error.message().into()),
    };
    let (name, server) = (cluster.name.to_str_lossy(), cluster.server_key());
    let scoped = projects.scoped_clusters(&rules.name);
    if rules.permits_destination(&name, server, &destination.namespace, scoped) {
        return None;
    }
    let named =
        if destination.name.is_empty() { cluster.server.to_str_lossy() } else { cluster.name.to_str_lossy() };
    Some(
        format!(
            "application destination server '{named}' and namespace '{}' do not match any of the allowed destinations in project '{}'",
            destination.namespace, rules.name
        )
        .into(),
    )
}
