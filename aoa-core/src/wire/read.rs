//! Reads a fleet that was written as JSON: what an earlier run found out, perhaps elsewhere.

use std::sync::Arc;

use aoa_lang::source::TreePath;
use aoa_lang::value::{List, Map, Text};
use aoa_lang::{Error, Result, Value};

use super::schema::SCHEMA_VERSION;
use crate::finding::{Cause, Finding, Gap, Place, RecordedFinding, Rule};
use crate::fleet::{
    Conflict, Content, Drawn, DrawnObject, Fleet, Manifests, Owned, Parent, ProjectRecord, Recorded,
    SetOutcome, SetRecord, SourceResult, SourceType, State,
};
use crate::generate::SetReach;
use crate::inputs::{Inputs, Settings};
use crate::model::{Application, Cluster, Kind, Manifest, ManifestList, ObjectRef};
use crate::options::Options;

/// Reads what [`write_fleet`](super::write_fleet) wrote with [manifests](super::WireOptions::manifests): a fleet that holds what
/// an earlier run found out. It serves to be compared ([`diff`](mod@crate::diff)), ordered and printed; it has no files, so that
/// [`why`](mod@crate::why) has nothing to look into, and nothing of it is drawn or rendered again.
///
/// Of `options` only the present counts.
///
/// # Errors
///
/// `Invalid` if it is no such output, or one without manifests.
///
/// ```
/// use aoa_core::lang::json::{self, Numbers};
/// use aoa_core::wire::{WireOptions, read_fleet, write_fleet};
/// use aoa_core::{Options, diff, resolve};
/// # use aoa_core::{Inputs, inputs::Root};
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # let root = "
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: Application
/// # metadata: {name: web, namespace: argocd}
/// # spec:
/// #   project: default
/// #   source: {repoURL: 'https://git.example.com/fleet', path: web}
/// #   destination: {name: in-cluster, namespace: web}
/// # ";
/// # let tree = Tree::in_memory([("root.yaml", root), ("web/a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")]);
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// # inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// let fleet = resolve(&inputs, &Options::default())?;
/// let mut output = Vec::new();
/// write_fleet(&fleet, WireOptions::default().with_manifests(true), &mut output).unwrap();
/// let recorded = read_fleet(&json::read(&output, Numbers::PreserveInts)?, &Options::default())?;
/// assert!(diff::diff(&recorded, &fleet).is_empty());
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
pub fn read_fleet(output: &Value, options: &Options) -> Result<Fleet> {
    let version = output.get("schemaVersion").and_then(Value::as_i64);
    let is_fleet = ["apps", "appSets", "clusters"].iter().all(|key| output.get(key).is_some());
    if version.is_none() || !is_fleet {
        return Err(Error::invalid("this is no fleet as aoa writes it").with_help(HOW));
    }
    if version != Some(i64::from(SCHEMA_VERSION)) {
        return Err(Error::invalid(format!(
            "this is version {} of the output, and version {SCHEMA_VERSION} is known",
            version.unwrap_or_default()
        ))
        .with_help("take the aoa that wrote it, or write it again"));
    }
    let mut inputs = Inputs { settings: settings(output.get("settings")), ..Inputs::default() };
    inputs.clusters = each(output, "clusters", cluster)?;
    Recorded {
        inputs,
        apps: each(output, "apps", app)?,
        sets: each(output, "appSets", set)?,
        projects: each(output, "projects", project)?,
        conflicts: each(output, "conflicts", conflict)?,
        findings: each(output, "findings", finding)?,
        rounds: number(output.at(&["summary", "rounds"])),
    }
    .into_fleet(options)
}

/// Whether secrets were left out of an output.
#[must_use]
pub fn is_redacted(output: &Value) -> bool {
    output.get("secrets") != Some(&Value::from(super::fleet::SHOWN))
}

/// How an output is written that can be read.
const HOW: &str = "`aoa tree --json --manifests` writes one";

/// What `read` makes of each entry of the list `key`; errors say which entry is meant.
fn each<T>(output: &Value, key: &str, read: impl Fn(&Value) -> Result<T>) -> Result<Vec<T>> {
    let none = List::default();
    let list = match output.get(key) {
        None | Some(Value::Null) => &none,
        Some(Value::List(list)) => list,
        Some(_) => return Err(Error::invalid(format!("{key}: this is no list"))),
    };
    let entries = list.iter().enumerate();
    entries.map(|(at, entry)| read(entry).map_err(|e| e.prefixed(&format!("{key}[{at}]: ")))).collect()
}

fn text(value: &Value, key: &str) -> Text {
    value.str_at(&[key]).map(Text::from).unwrap_or_default()
}

fn map(value: &Value, key: &str) -> Map {
    value.get(key).and_then(Value::as_map).cloned().unwrap_or_default()
}

fn texts(value: &Value, key: &str) -> Vec<Text> {
    let list = value.get(key).and_then(Value::as_list);
    list.into_iter().flat_map(List::iter).filter_map(Value::as_str).map(Text::from).collect()
}

/// A number of an output; 0 if there is none.
fn number(value: Option<&Value>) -> u32 {
    value.and_then(Value::as_i64).and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

fn object_ref(value: &Value) -> Result<ObjectRef> {
    let kind = value.str_at(&["kind"]).unwrap_or_default();
    let kind = Kind::from_name(kind).ok_or_else(|| Error::invalid(format!("there is no kind `{kind}`")))?;
    Ok(ObjectRef { kind, namespace: text(value, "namespace"), name: text(value, "name") })
}

/// The object that `key` names, if it names one.
fn reference(value: &Value, key: &str) -> Result<Option<ObjectRef>> {
    value.get(key).filter(|value| !value.is_null()).map(object_ref).transpose()
}

fn settings(written: Option<&Value>) -> Settings {
    let mut settings = Settings::default();
    if let Some(written) = written {
        if written.get("namespace").is_some() {
            settings.namespace = text(written, "namespace");
        }
        settings.instance = text(written, "instance");
        settings.argocd_cm = written.get("argocd-cm").cloned();
        settings.params_cm = written.get("argocd-cmd-params-cm").cloned();
    }
    settings
}

fn cluster(value: &Value) -> Result<Cluster> {
    Ok(Cluster {
        name: text(value, "name"),
        server: text(value, "server"),
        project: text(value, "project"),
        labels: map(value, "labels"),
        annotations: map(value, "annotations"),
        ..Cluster::default()
    })
}

/// The object of a kind, as far as an output holds it.
fn object(kind: Kind, value: &Value) -> Value {
    let metadata = ["annotations", "finalizers", "labels", "name", "namespace"];
    let metadata = metadata.into_iter().filter_map(|key| Some((key, value.get(key)?.clone())));
    Value::map([
        ("apiVersion", Value::from("argoproj.io/v1alpha1")),
        ("kind", Value::from(kind.name())),
        ("metadata", Value::map(metadata)),
        ("spec", value.get("spec").cloned().unwrap_or_default()),
    ])
}

fn app(value: &Value) -> Result<(Owned<Application>, Option<Content>)> {
    let app = Application {
        namespace: text(value, "namespace"),
        name: text(value, "name"),
        object: object(Kind::Application, value),
        place: None,
    };
    let owned = Owned { what: app, parent: reference(value, "parent")? };
    Ok((owned, content(value)?))
}

/// What an Application contains; `None` where the options said not to render.
fn content(value: &Value) -> Result<Option<Content>> {
    let state = state(value)?;
    if state == State::Skipped {
        return Ok(None);
    }
    let manifests = manifests(value)?;
    let counted = number(value.at(&["content", "manifests"])) as usize;
    if state == State::Rendered && counted != manifests.len() {
        let what = match manifests.len() {
            0 => "the output was written without manifests".to_owned(),
            written => format!("{counted} manifests are counted, and {written} written"),
        };
        return Err(Error::invalid(what).with_help(HOW));
    }
    Ok(Some(Content {
        state,
        sources: each(value, "sources", source)?,
        conditions: texts(value, "conditions"),
        denied: texts(value, "denied"),
        refusal: Some(text(value, "refusal")).filter(|refusal| !refusal.is_empty()),
        manifests: Manifests::from(ManifestList::from(manifests)),
        is_random: value.get("drawn").is_some(),
        drawn: drawn(value)?,
        ..Content::skipped()
    }))
}

fn manifests(value: &Value) -> Result<Vec<Manifest>> {
    let mut manifests = each(value, "manifests", |object| match object {
        Value::Map(_) => Ok(Manifest { object: object.clone(), place: None }),
        _ => Err(Error::invalid("this is no object")),
    })?;
    manifests.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    Ok(manifests)
}

/// What is drawn anew whenever it is rendered; `None` where nothing is.
fn drawn(value: &Value) -> Result<Option<Arc<Drawn>>> {
    if value.get("drawn").is_none() {
        return Ok(None);
    }
    let mut drawn = Drawn::default();
    for (object, fields) in each(value, "drawn", |value| Ok((drawn_object(value), texts(value, "fields"))))? {
        drawn.add(object, fields.iter().map(Text::to_string).collect());
    }
    Ok(Some(Arc::new(drawn)))
}

fn drawn_object(value: &Value) -> DrawnObject {
    let [group, kind, namespace, name] =
        ["group", "kind", "namespace", "name"].map(|key| value.str_at(&[key]).unwrap_or_default().to_owned());
    DrawnObject { group, kind, namespace, name }
}

/// `content` of an Application or of a source.
fn state(value: &Value) -> Result<State> {
    let written = value.get("content").unwrap_or(&Value::Null);
    let reason = text(written, "reason");
    match written.str_at(&["state"]).unwrap_or_default() {
        "known" => Ok(State::Rendered),
        "unknown" => Ok(State::Unknown(Gap::Recorded { reason, remedy: text(written, "remedy") })),
        "failed" => Ok(State::Failed(reason)),
        "skipped" => Ok(State::Skipped),
        other => Err(Error::invalid(format!("there is no state `{other}` of a content"))),
    }
}

fn source(value: &Value) -> Result<SourceResult> {
    let types = [SourceType::Directory, SourceType::Helm, SourceType::Kustomize, SourceType::Plugin];
    Ok(SourceResult {
        repo_url: text(value, "repoURL"),
        path: text(value, "path"),
        chart: text(value, "chart"),
        target_revision: text(value, "targetRevision"),
        resolved: text(value, "resolved"),
        reference: text(value, "ref"),
        source_type: types.into_iter().find(|t| value.str_at(&["type"]) == Some(t.name())),
        state: state(value)?,
        manifests: number(value.at(&["content", "manifests"])) as usize,
    })
}

fn set(value: &Value) -> Result<Owned<SetRecord>> {
    let reason = text(value, "reason");
    let outcome = match value.str_at(&["status"]).unwrap_or_default() {
        "pending" => SetOutcome::Pending,
        "generated" => SetOutcome::Generated {
            names: texts(value, "generated"),
            rejected: map(value, "rejected")
                .iter()
                .filter_map(|(name, why)| Some((name.clone(), Text::from(why.as_str()?))))
                .collect(),
        },
        "unknown" => SetOutcome::Unknown {
            gap: Gap::Recorded { reason: reason.clone(), remedy: text(value, "remedy") },
            error: reason,
        },
        "error" => SetOutcome::Failed(reason),
        other => return Err(Error::invalid(format!("there is no status `{other}` of a set"))),
    };
    let what = SetRecord {
        namespace: text(value, "namespace"),
        name: text(value, "name"),
        object: object(Kind::ApplicationSet, value),
        parent: Parent::Root,
        place: None,
        outcome,
        reach: SetReach::default(),
    };
    Ok(Owned { what, parent: reference(value, "parent")? })
}

fn project(value: &Value) -> Result<Owned<ProjectRecord>> {
    let what = ProjectRecord {
        namespace: text(value, "namespace"),
        name: text(value, "name"),
        object: object(Kind::AppProject, value),
        parent: Parent::Root,
        place: None,
    };
    Ok(Owned { what, parent: reference(value, "parent")? })
}

fn conflict(value: &Value) -> Result<Conflict> {
    Ok(Conflict {
        object: object_ref(value.get("object").unwrap_or(&Value::Null))?,
        parent: reference(value, "parent")?,
        same: value.get("same").and_then(Value::as_bool).unwrap_or_default(),
    })
}

fn finding(value: &Value) -> Result<Finding> {
    let rule = value.str_at(&["rule"]).unwrap_or_default();
    let rule = Rule::find(rule).ok_or_else(|| Error::invalid(format!("there is no rule `{rule}`")))?;
    let cause = Cause::Recorded(RecordedFinding {
        rule,
        fingerprint: text(value, "fingerprint"),
        message: text(value, "message"),
        help: text(value, "help"),
    });
    let subjects = each(value, "subjects", object_ref)?;
    Ok(Finding { cause, subjects, places: each(value, "places", place)? })
}

fn place(value: &Value) -> Result<Place> {
    let path = value.str_at(&["path"]).unwrap_or_default();
    Ok(Place {
        repository: text(value, "repository"),
        commit: text(value, "commit"),
        path: TreePath::new(path).ok_or_else(|| Error::invalid(format!("`{path}` is no path")))?,
        line: number(value.get("line")),
        column: number(value.get("column")),
        width: number(value.get("width")),
    })
}
