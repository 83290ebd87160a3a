//! Which Application puts an object onto a cluster, and from which file.

use aoa_lang::source::TreePath;
use aoa_lang::value::Text;
use aoa_lang::yaml::{self, Step};
use aoa_lang::{Error, ErrorKind, Result, Value};

use super::chain::{Asked, app_ref, how};
use super::fields::{leaves, steps_of};
use super::lines;
use super::reasons::{FieldReason, Holder, Input, InputKind, ObjectReasons, Site, Without};
use super::rendered::{Wanted, makers};
use crate::address::{Address, ObjectAddress};
use crate::config::closest;
use crate::fleet::{App, ManifestKey, SourceType};
use crate::generate::{at, edited};
use crate::model::{Application, Manifest, sources_of};
use crate::overlay::{Edit, Overlay};

/// Most Applications whose source is looked into.
const HOLDERS: usize = 8;
/// Most values that are tried.
const TRIES: usize = 64;

pub(super) fn reasons(
    asked: &Asked<'_>,
    object: &ObjectAddress,
    field: Option<&str>,
) -> Result<ObjectReasons> {
    let fleet = asked.fleet;
    let server = fleet.cluster_at(&object.cluster)?.server_key();
    let mut holders = Vec::new();
    for app in fleet.apps().filter(|app| app.cluster().is_some_and(|to| to.server_key() == server)) {
        if let Some(manifest) = held(app, object) {
            holders.push((app, manifest));
        }
    }
    let shown = Address::Object(object.clone());
    if holders.is_empty() {
        let error = Error::new(ErrorKind::NotFound, format!("no Application brings `{shown}`"));
        return Err(error.with_help(format!("aoa why-not {shown}")));
    }
    let mut found = Vec::new();
    for (app, manifest) in holders.into_iter().take(HOLDERS) {
        found.push(holder(asked, app, manifest, object, field)?);
    }
    Ok(ObjectReasons { object: shown.to_string(), holders: found })
}

/// The manifest of `app` that is meant.
pub(super) fn held<'f>(app: App<'f>, object: &ObjectAddress) -> Option<&'f Manifest> {
    let into = app.destination_of();
    let manifests = &app.content()?.manifests;
    // Where it is not among them, they need not be there.
    let at = manifests.keys().position(|key| is_meant(key, object, &into.namespace))?;
    manifests.all().get(at)
}

/// Whether the object is meant, put into `namespace` if it names none.
fn is_meant(key: ManifestKey<'_>, object: &ObjectAddress, namespace: &str) -> bool {
    let (kind, group) = match object.kind.split_once('.') {
        Some((kind, group)) => (kind, Some(group)),
        None => (object.kind.as_str(), None),
    };
    let own = key.namespace;
    let is_there = own == object.namespace
        || (own.is_empty() && (object.namespace.is_empty() || namespace == object.namespace));
    key.name == object.name
        && key.kind.eq_ignore_ascii_case(kind)
        && group.is_none_or(|group| key.group == group)
        && is_there
}

fn holder(
    asked: &Asked<'_>,
    app: App<'_>,
    manifest: &Manifest,
    object: &ObjectAddress,
    field: Option<&str>,
) -> Result<Holder> {
    let application =
        app.application().ok_or_else(|| Error::new(ErrorKind::Internal, "an Application has no object"))?;
    let spec = application.normalized_spec();
    let content = app.content();
    let types: Vec<Option<SourceType>> =
        content.map(|content| content.sources.iter().map(|s| s.source_type).collect()).unwrap_or_default();
    let namespace = app.destination().namespace;
    let is_it = |other: &Manifest| is_meant(ManifestKey::of(other), object, &namespace);
    let place = lines::in_a_file(asked.fleet, manifest.place.as_ref());
    let inputs = match place {
        Some(place) => {
            let site = Site::of(place);
            let words = lines::words(asked.fleet, &site);
            let kind = InputKind::File { repository: place.repository.clone(), path: place.path.clone() };
            // What a commit holds, no change of files takes away.
            let without = if place.commit.is_empty() { Without::Gone } else { Without::Stays };
            vec![Input { kind, site: Some(site), words, without }]
        }
        None => makers(asked, &application, &Wanted { is_it: &is_it, name: &object.name }),
    };
    let paths = sources_of(&spec);
    let source = match place {
        Some(place) => paths.iter().position(|source| {
            let path = source.str_at(&["path"]).and_then(TreePath::new);
            path.is_some_and(|path| place.path.is_within(&path))
        }),
        None => types
            .iter()
            .position(|t| matches!(t, Some(SourceType::Helm | SourceType::Kustomize | SourceType::Plugin))),
    };
    let is_plain = source.and_then(|at| types.get(at)).copied().flatten() == Some(SourceType::Directory);
    let field = field.map(|field| -> Result<FieldReason> {
        let steps = steps_of(field);
        let value = at(&manifest.object, &steps).ok_or_else(|| no_field(app, manifest, field))?;
        let mut reason = FieldReason {
            path: field.to_owned(),
            value: if is_secret(manifest, &steps) { Value::from("(secret)") } else { value.clone() },
            site: None,
            written: String::new(),
            parameters: Vec::new(),
        };
        match place {
            Some(place) if is_plain => reason.site = Some(lines::field(asked.fleet, place, &steps)),
            _ => decide(asked, &application, &is_it, &steps, &types, (Some(value), &mut reason)),
        }
        Ok(reason)
    });
    Ok(Holder {
        app: app_ref(app.namespace(), app.name()),
        source: source.map_or(1, |at| at.saturating_add(1)),
        how: how(&spec, types.iter().copied()),
        inputs,
        field: field.transpose()?,
    })
}

fn no_field(app: App<'_>, manifest: &Manifest, field: &str) -> Error {
    let mut all = Vec::new();
    leaves(&manifest.object, &mut all);
    let known: Vec<&str> = all.iter().map(String::as_str).collect();
    let error = Error::invalid(format!("the object has no field `{field}`"));
    match closest(field, &known) {
        Some(close) => error.with_help(format!("did you mean `{close}`?")),
        None => error.with_help(format!("aoa render {}", app.name())),
    }
}

fn is_secret(manifest: &Manifest, steps: &[Step<'_>]) -> bool {
    manifest.kind() == "Secret" && matches!(steps.first(), Some(Step::Key("data" | "stringData")))
}

/// Something that can decide a field of a rendered object.
struct Candidate {
    words: String,
    site: Option<Site>,
    /// How it is taken away: from the Application or from a file.
    without: Taken,
}

enum Taken {
    FromApp(Value),
    FromFile(Box<Edit>),
}

/// Finds what decides a field of a rendered object: the value, patch or file without which it reads otherwise.
fn decide(
    asked: &Asked<'_>,
    app: &Application,
    is_it: &dyn Fn(&Manifest) -> bool,
    steps: &[Step<'_>],
    types: &[Option<SourceType>],
    (value, reason): (Option<&Value>, &mut FieldReason),
) {
    for candidate in candidates(asked, app, types).into_iter().take(TRIES) {
        let again = asked.again();
        let content = match &candidate.without {
            Taken::FromApp(object) => {
                let app = Application { object: object.clone(), ..app.clone() };
                again.content(&app, again.inputs())
            }
            Taken::FromFile(edit) => again.content(app, &again.with(Overlay::of([(**edit).clone()]))),
        };
        let other = content.manifests().iter().find(|manifest| is_it(manifest));
        if let Some(other) = other
            && at(&other.object, steps) != value
        {
            reason.written = candidate.words;
            reason.site = candidate.site;
            return;
        }
    }
    reason.written = "written in the source itself".to_owned();
}

/// What a source sets, what stands above first: parameters, values, value files; patches, images, replicas.
fn candidates(asked: &Asked<'_>, app: &Application, types: &[Option<SourceType>]) -> Vec<Candidate> {
    let spec = app.spec();
    let mut found = Vec::new();
    let several = spec.get("sources").and_then(Value::as_list).map_or(0, |list| list.len());
    let sources = sources_of(spec);
    for (number, (source, source_type)) in sources.iter().zip(types).enumerate() {
        let mut base = vec![Step::Key("spec")];
        match several {
            0 => base.push(Step::Key("source")),
            _ => base.extend([Step::Key("sources"), Step::Index(number)]),
        }
        match source_type {
            Some(SourceType::Helm) => {
                for (list, name) in [("fileParameters", "file parameter"), ("parameters", "parameter")] {
                    let items = source.at(&["helm", list]).and_then(Value::as_list).into_iter().flatten();
                    for (index, item) in items.enumerate() {
                        let words = format!("helm {name} {}", item.str_at(&["name"]).unwrap_or_default());
                        let steps = [Step::Key("helm"), Step::Key(list), Step::Index(index)];
                        found.extend(from_app(asked, app, &base, &steps, words));
                    }
                }
                for key in ["valuesObject", "values"] {
                    if source.at(&["helm", key]).is_some() {
                        let steps = [Step::Key("helm"), Step::Key(key)];
                        found.extend(from_app(
                            asked,
                            app,
                            &base,
                            &steps,
                            format!("helm {key} of the Application"),
                        ));
                    }
                }
                let files = source.at(&["helm", "valueFiles"]).and_then(Value::as_list).into_iter().flatten();
                let files: Vec<(usize, &Value)> = files.enumerate().collect();
                for (index, file) in files.into_iter().rev() {
                    let words = format!("value file {}", file.as_str().unwrap_or_default());
                    let steps = [Step::Key("helm"), Step::Key("valueFiles"), Step::Index(index)];
                    found.extend(from_app(asked, app, &base, &steps, words));
                }
                found.extend(values_of_chart(asked, source));
            }
            Some(SourceType::Kustomize) => {
                let own = source.get("kustomize").and_then(Value::as_map);
                for key in own.into_iter().flat_map(|map| map.keys()).filter_map(Text::as_str) {
                    let steps = [Step::Key("kustomize"), Step::Key(key)];
                    found.extend(from_app(
                        asked,
                        app,
                        &base,
                        &steps,
                        format!("kustomize {key} of the Application"),
                    ));
                }
                found.extend(of_kustomization(asked, source));
            }
            _ => {}
        }
    }
    found
}

fn from_app(
    asked: &Asked<'_>,
    app: &Application,
    base: &[Step<'_>],
    steps: &[Step<'_>],
    words: String,
) -> Option<Candidate> {
    let all: Vec<Step<'_>> = base.iter().chain(steps).copied().collect();
    let object = edited(&app.object, &all, &mut |_| None)?;
    let site = app.place.as_ref().map(|place| lines::field(asked.fleet, place, &all));
    Some(Candidate { words, site, without: Taken::FromApp(object) })
}

/// A file of a source that says how its objects are made.
struct MakingFile {
    repository: Text,
    path: TreePath,
    value: Value,
}

impl MakingFile {
    /// The first of `names` in the folder of a source; `None` if that is the folder of a commit, which nothing changes.
    fn find(asked: &Asked<'_>, source: &Value, names: &[&str]) -> Option<Self> {
        let revision = source.str_at(&["targetRevision"]).unwrap_or_default();
        let (repository, tree) = lines::checked_out(asked.fleet, source.str_at(&["repoURL"])?, revision)?;
        let folder = TreePath::new(source.str_at(&["path"])?)?;
        let path = names.iter().filter_map(|name| folder.join(name)).find(|file| tree.get(file).is_some())?;
        let value = yaml::load(&tree.read(&path).ok()?).ok()?;
        Some(MakingFile { repository, path, value })
    }

    /// That `steps` lead to what decides: the file would be `changed` without it.
    fn candidate(
        &self,
        asked: &Asked<'_>,
        words: String,
        steps: &[Step<'_>],
        changed: &Value,
    ) -> Option<Candidate> {
        let (repository, path) = (self.repository.clone(), self.path.clone());
        let site = lines::in_file(asked.fleet, &Site::of_file(&repository, &path), steps);
        let text = aoa_lang::json::to_string(changed).ok()?.into();
        let edit = Edit::PutFile { repository, path, text };
        Some(Candidate { words, site, without: Taken::FromFile(Box::new(edit)) })
    }
}

/// The chart's own values, each by itself.
fn values_of_chart(asked: &Asked<'_>, source: &Value) -> Vec<Candidate> {
    let Some(file) = MakingFile::find(asked, source, &["values.yaml"]) else { return Vec::new() };
    let mut paths = Vec::new();
    leaves(&file.value, &mut paths);
    let candidates = paths.into_iter().filter_map(|path| {
        let steps = steps_of(&path);
        let changed = edited(&file.value, &steps, &mut |value| Some(other_than(value)))?;
        file.candidate(asked, format!("value {path} of the chart"), &steps, &changed)
    });
    candidates.collect()
}

/// A value of the same type that reads otherwise.
fn other_than(value: Option<&Value>) -> Value {
    match value {
        Some(Value::Bool(flag)) => Value::Bool(!flag),
        Some(Value::String(text)) => Value::from(format!("{text}x")),
        Some(Value::List(_)) | Some(Value::Map(_)) | None | Some(Value::Null) => Value::Null,
        Some(number) => Value::int64(number.as_i64().unwrap_or_default().wrapping_add(1)),
    }
}

/// The patches, images and the like of the kustomization.
fn of_kustomization(asked: &Asked<'_>, source: &Value) -> Vec<Candidate> {
    const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let Some(file) = MakingFile::find(asked, source, &NAMES) else { return Vec::new() };
    let mut steps: Vec<Vec<Step<'_>>> = Vec::new();
    for (key, below) in file.value.as_map().into_iter().flat_map(|map| map.iter()) {
        let Some(key) = key.as_str() else { continue };
        if ["apiVersion", "kind", "resources", "bases", "metadata"].contains(&key) {
            continue;
        }
        match below.as_list() {
            Some(list) => steps.extend((0..list.len()).map(|at| vec![Step::Key(key), Step::Index(at)])),
            None => steps.push(vec![Step::Key(key)]),
        }
    }
    let candidates = steps.into_iter().filter_map(|steps| {
        let changed = edited(&file.value, &steps, &mut |_| None)?;
        let key = match steps.as_slice() {
            [Step::Key(key), Step::Index(at)] => format!("{key}[{at}]"),
            [Step::Key(key), ..] => (*key).to_owned(),
            _ => String::new(),
        };
        file.candidate(asked, format!("{key} of the kustomization"), &steps, &changed)
    });
    candidates.collect()
}
