//! Why something is not there, and the smallest change that would bring it, tried out.

use std::collections::BTreeSet;

use aoa_lang::source::TreePath;
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, ErrorKind, Limits, Result, Value};

use super::blockers::{Blocker, Search, satisfying};
use super::chain::{Asked, app_ref};
use super::lines;
use super::object::held;
use crate::address::ObjectAddress;
use crate::finding::Place;
use crate::fleet::{App, AppSet, Fleet, SetId, SetOutcome, SourceType, State};
use crate::generate::{all_generators, cluster_selector, edited};
use crate::load::documents;
use crate::model::{Cluster, Kind, ObjectRef, SECRET_TYPE_LABEL, sources_of};
use crate::overlay::{Edit, Overlay};
use crate::render::{DirectoryRefusal, directory_refusal};
use crate::resolve::Trial;
use aoa_lang::yaml::Step;

/// Most files that are looked into for an object that nobody reads.
const FILES: usize = 20_000;

/// Why something is not there.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Absence {
    /// What was asked for: `app of workloads on prod-us-2`.
    pub wanted: String,
    /// It is there, after all.
    pub present: Vec<Present>,
    /// What stands in the way.
    pub blockers: Vec<Blocker>,
    /// What does not.
    pub passes: Vec<String>,
    /// The smallest change that brings it.
    pub change: Option<Change>,
}

/// Something that is there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Present {
    /// The Application.
    pub app: ObjectRef,
    /// What keeps it from taking effect, if something does.
    pub but: Vec<String>,
}

/// A change that was tried out: with it, it is there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The change.
    pub overlay: Overlay,
    /// What it is, where it is no flag of the command.
    pub words: String,
    /// How many Applications come with it.
    pub apps: usize,
    /// How many go with it.
    pub lost: usize,
    /// How many sets bring those that come.
    pub sets: usize,
}

pub(super) fn set_on_cluster(asked: &Asked<'_>, set: &str, cluster: &str) -> Result<Absence> {
    let fleet = asked.fleet;
    let set = fleet.set_at(set)?;
    let mut absence = Absence { wanted: format!("app of {} on {cluster}", set.name()), ..Absence::default() };
    let found = fleet.cluster_at(cluster);
    let (found, server) = match found {
        Ok(found) => {
            absence.wanted = format!("app of {} on {}", set.name(), found.name);
            (Some(found), found.server_key().to_owned())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => (None, format!("https://{cluster}")),
        Err(error) => return Err(error),
    };
    let on_it = |app: &App<'_>| app.cluster().is_some_and(|to| to.server_key() == server);
    absence.present = set.apps().filter(on_it).map(present).collect();
    if !absence.present.is_empty() {
        return Ok(absence);
    }
    let is_it = |trial: &Trial, at: usize| {
        let to = trial.generated.destination(at).and_then(|to| to.resolve(&trial.clusters).ok());
        to.is_some_and(|to| to.server_key() == server)
    };
    let about = About { set, is_it: &is_it, is_there: &|fleet| on_cluster(fleet, set, &server) };
    match found {
        Some(_) => in_set(asked, &about, &mut absence)?,
        None => unregistered(asked, &about, cluster, &server, &mut absence)?,
    }
    Ok(absence)
}

/// What is looked for in a set.
struct About<'a, 'f> {
    set: AppSet<'f>,
    is_it: &'a dyn Fn(&Trial, usize) -> bool,
    /// Whether a fleet has it.
    is_there: &'a dyn Fn(&Fleet) -> bool,
}

fn on_cluster(fleet: &Fleet, set: AppSet<'_>, server: &str) -> bool {
    fleet
        .set(set.namespace(), set.name())
        .is_some_and(|set| set.apps().any(|app| app.cluster().is_some_and(|to| to.server_key() == server)))
}

fn present(app: App<'_>) -> Present {
    let mut but: Vec<String> = Vec::new();
    if let Some(content) = app.content() {
        let said = content.refusal.iter().chain(&content.conditions).chain(&content.denied);
        but.extend(said.map(|text| text.to_string()));
        but.extend(content.state.reason());
    }
    Present { app: app_ref(app.namespace(), app.name()), but }
}

fn id_of(fleet: &Fleet, set: AppSet<'_>) -> Option<SetId> {
    let at = fleet.data.sets.iter().position(|r| r.namespace == *set.namespace() && r.name == *set.name())?;
    Some(SetId(u32::try_from(at).ok()?))
}

/// Why a set does not bring what is looked for.
fn in_set(asked: &Asked<'_>, about: &About<'_, '_>, absence: &mut Absence) -> Result<()> {
    let fleet = asked.fleet;
    let Some(id) = id_of(fleet, about.set) else { return Ok(()) };
    let place = || asked.in_set(id, &[Step::Key("spec"), Step::Key("generators")]);
    match about.set.outcome() {
        SetOutcome::Failed(error) => {
            let line = error.to_str_lossy().lines().next().unwrap_or_default().to_owned();
            let words = format!("{} generates nothing: {line}", about.set.name());
            absence
                .blockers
                .push(Blocker::new("frozen", words).at(place(), "what it has brought stays as it is"));
            return Ok(());
        }
        SetOutcome::Unknown { gap, .. } => {
            let words = format!("what {} generates is not known: {gap}", about.set.name());
            absence.blockers.push(Blocker::new("unknown", words).at(place(), gap.remedy()));
            return Ok(());
        }
        SetOutcome::Pending | SetOutcome::Generated { .. } => {}
    }
    let again = asked.again();
    let trial = again.generate(about.set.object(), again.inputs(), None);
    let made = (0..trial.generated.len()).filter(|at| (about.is_it)(&trial, *at));
    for at in made {
        rejected_or_lost(asked, about, (&trial, at, id), absence)?;
    }
    if !absence.blockers.is_empty() {
        absence.passes.push("generators and template: it is generated".to_owned());
        return Ok(());
    }
    let search =
        Search { asked, id, set: about.set.object(), is_it: about.is_it, overlay: Overlay::default() };
    match search.run() {
        Some(blocked) => {
            absence.blockers.extend(blocked.blockers.iter().cloned());
            others_pass(about.set.object(), absence);
            for (edits, words) in search.edits(&blocked) {
                absence.change = tried(asked, edits, words, about.is_there)?;
                if absence.change.is_some() {
                    break;
                }
            }
        }
        None => match search.failure() {
            Some(failure) => {
                let words = format!("with nothing else in the way the set fails: {failure}");
                let site = asked.in_set(id, &[Step::Key("spec"), Step::Key("template")]);
                absence.blockers.push(Blocker::new("template", words).at(site, "template"));
            }
            None => nothing_gives_it(asked, about, id, absence),
        },
    }
    Ok(())
}

fn others_pass(set: &Value, absence: &mut Absence) {
    let all: Vec<String> = all_generators(set).iter().map(|path| path.label()).collect();
    let mine: BTreeSet<String> = absence.blockers.iter().map(|blocker| blocker.part.clone()).collect();
    let mut words: Vec<String> = all.into_iter().filter(|label| !mine.contains(label)).collect();
    words.retain(|label| !mine.iter().any(|own| own.starts_with(&format!("{label}["))));
    words.extend(["template", "project", "destination"].map(str::to_owned));
    absence.passes.push(format!("{}: nothing else is in the way", words.join(", ")));
}

/// An Application that is generated and is not there: rejected, or brought by somebody else.
fn rejected_or_lost(
    asked: &Asked<'_>,
    about: &About<'_, '_>,
    (trial, at, id): (&Trial, usize, SetId),
    absence: &mut Absence,
) -> Result<()> {
    let fleet = asked.fleet;
    let name = trial.generated.name(at).to_owned();
    let template = || asked.in_set(id, &[Step::Key("spec"), Step::Key("template")]);
    if let SetOutcome::Generated { rejected, .. } = &trial.outcome
        && let Some(error) = rejected.get(&Text::from(name.as_str()))
    {
        let words = format!("Argo CD does not create {name}: {error}");
        // Of several cells with one name each is rejected for the other.
        if !absence.blockers.iter().any(|known| known.words == words) {
            absence.blockers.push(Blocker::new("rejected", words).at(template(), "template"));
        }
        if absence.change.is_none() {
            for (edits, words) in mends(fleet, trial, at, &error.to_str_lossy()) {
                absence.change = tried(asked, edits, words, about.is_there)?;
                if absence.change.is_some() {
                    break;
                }
            }
        }
        return Ok(());
    }
    if let Some(kept) = fleet.app(about.set.namespace(), &name) {
        let by = kept.parent().map_or_else(|| "a root".to_owned(), |parent| parent.to_string());
        let words = format!("{name} is brought by {by} first, and {} has no say in it", about.set.name());
        let site = kept.place().map(lines::site);
        absence.blockers.push(Blocker::new("conflict", words).at(site, name));
    }
    Ok(())
}

/// What would keep an Application from being rejected: its project, its cluster.
fn mends(fleet: &Fleet, trial: &Trial, at: usize, error: &str) -> Vec<(Vec<Edit>, String)> {
    let project = trial.generated.project(at);
    if error.contains("which does not exist") && !project.is_empty() {
        let text = |value: &str| Value::from(value);
        let any = Value::list(vec![Value::map([("namespace", text("*")), ("server", text("*"))])]);
        let kinds = Value::list(vec![Value::map([("group", text("*")), ("kind", text("*"))])]);
        let object = Value::map([
            ("apiVersion", text("argoproj.io/v1alpha1")),
            ("kind", text("AppProject")),
            (
                "metadata",
                Value::map([
                    ("name", text(project)),
                    ("namespace", Value::String(fleet.inputs().settings.namespace.clone())),
                ]),
            ),
            (
                "spec",
                Value::map([
                    ("sourceRepos", Value::list(vec![text("*")])),
                    ("destinations", any),
                    ("clusterResourceWhitelist", kinds),
                ]),
            ),
        ]);
        return vec![(vec![Edit::AddObject { object }], format!("an AppProject {project} that permits it"))];
    }
    let Some(to) = trial.generated.destination(at).filter(|_| error.contains("destination")) else {
        return Vec::new();
    };
    let (name, server) = match (to.name.as_str(), to.server.as_str()) {
        ("", server) => (server.trim_start_matches("https://").to_owned(), server.to_owned()),
        (name, "") => (name.to_owned(), format!("https://{name}")),
        _ => return Vec::new(),
    };
    vec![(
        vec![Edit::AddCluster(bare_cluster(&name, &server))],
        format!("a Secret that registers cluster {name}"),
    )]
}

fn bare_cluster(name: &str, server: &str) -> Cluster {
    let labels: Map = [(Text::from(SECRET_TYPE_LABEL), Value::from("cluster"))].into_iter().collect();
    Cluster { secret: name.into(), name: name.into(), server: server.into(), labels, ..Cluster::default() }
}

/// The cluster is not registered: what it would need besides.
fn unregistered(
    asked: &Asked<'_>,
    about: &About<'_, '_>,
    cluster: &str,
    server: &str,
    absence: &mut Absence,
) -> Result<()> {
    absence.blockers.push(Blocker::new("unregistered", format!("no cluster {cluster} is registered")));
    let Some(id) = id_of(asked.fleet, about.set) else { return Ok(()) };
    let bare = bare_cluster(cluster, server);
    let overlay = Overlay::of([Edit::AddCluster(bare.clone())]);
    let search = Search { asked, id, set: about.set.object(), is_it: about.is_it, overlay: overlay.clone() };
    let mut with_labels = bare.clone();
    for path in all_generators(about.set.object()) {
        let Some(selector) = cluster_selector(about.set.object(), &path) else { continue };
        for requirement in selector.requirements().unwrap_or_default() {
            let label = with_labels.labels.get(requirement.key()).and_then(Value::as_str);
            if requirement.holds(label) {
                continue;
            }
            if let Some(Edit::Label { key, value: Some(value), .. }) = satisfying(&bare.name, requirement) {
                with_labels.labels = with_labels.labels.clone().with(key, Value::String(value));
            }
        }
    }
    let labels: Vec<String> = with_labels
        .labels
        .iter()
        .filter(|(key, _)| **key != *SECRET_TYPE_LABEL)
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    if search.run().is_none() {
        if let Some(failure) = search.failure() {
            let words = format!("its template asks for more than a name: {failure}");
            let site = asked.in_set(id, &[Step::Key("spec"), Step::Key("template")]);
            absence.blockers.push(Blocker::new("template", words).at(site, "template"));
            return Ok(());
        }
        let words =
            format!("{} would not bring an app for it anyway: {}", about.set.name(), destinations(about.set));
        absence.blockers.push(Blocker::new("no-element", words));
        return Ok(());
    }
    let said = match labels.as_slice() {
        [] => format!("a Secret that registers cluster {cluster}"),
        labels => format!("a Secret that registers cluster {cluster} with {}", labels.join(", ")),
    };
    absence.change = tried(asked, vec![Edit::AddCluster(with_labels)], said, about.is_there)?;
    Ok(())
}

fn destinations(set: AppSet<'_>) -> String {
    let clusters: BTreeSet<String> = set
        .apps()
        .map(|app| app.cluster().map_or_else(|| app.destination().name, |cluster| cluster.name.to_string()))
        .collect();
    let shown: Vec<String> = clusters.iter().take(5).cloned().collect();
    match clusters.len() {
        0 => "it brings no apps at all".to_owned(),
        count if count > 5 => format!("it goes to {} and {} more", shown.join(", "), count.saturating_sub(5)),
        _ => format!("it goes to {}", shown.join(", ")),
    }
}

/// No selector keeps it out: no element of the generators is of it.
fn nothing_gives_it(asked: &Asked<'_>, about: &About<'_, '_>, id: SetId, absence: &mut Absence) {
    let set = about.set.object();
    let again = asked.again();
    for path in all_generators(set) {
        if matches!(path.kind, "matrix" | "merge") {
            continue;
        }
        let site = asked.in_set(id, &path.steps());
        let words = match path.kind {
            "list" => "no element of the list is for it".to_owned(),
            "git" => "no file or folder that git matches is for it".to_owned(),
            "clusters" => "the clusters that it selects give nothing for it".to_owned(),
            kind => format!("no answer of {kind} is for it"),
        };
        let blocker = Blocker { part: path.label(), ..Blocker::new("no-element", words) };
        absence.blockers.push(blocker.at(site, destinations(about.set)));
    }
    // Which of them give nothing at all says most.
    let trial = again.generate(set, again.inputs(), None);
    if trial.generated.is_empty() {
        let words = format!("the generators of {} give nothing together", about.set.name());
        absence.blockers.insert(0, Blocker::new("empty", words));
    } else if let Some(first) = absence.blockers.first_mut() {
        first.words = format!("{}: {}", first.words, destinations(about.set));
    }
}

/// Tries a change out: with it, is it there?
fn tried(
    asked: &Asked<'_>,
    edits: Vec<Edit>,
    words: String,
    is_there: &dyn Fn(&Fleet) -> bool,
) -> Result<Option<Change>> {
    let mut needed: Vec<Edit> = Vec::new();
    for edit in edits {
        if !needed.iter().any(|known| known.to_string() == edit.to_string()) {
            needed.push(edit);
        }
    }
    let overlay = Overlay::of(needed);
    let after = asked.again().resolve(overlay.clone())?;
    if !is_there(&after) {
        return Ok(None);
    }
    let keys = |fleet: &Fleet| -> BTreeSet<(String, String)> {
        fleet.apps().map(|app| (app.namespace().to_owned(), app.name().to_owned())).collect()
    };
    let (old, new) = (keys(asked.fleet), keys(&after));
    let come: Vec<&(String, String)> = new.difference(&old).collect();
    let sets: BTreeSet<Option<ObjectRef>> = come
        .iter()
        .filter_map(|(namespace, name)| after.app(namespace, name))
        .map(|app| app.origin())
        .collect();
    Ok(Some(Change {
        overlay,
        words,
        apps: come.len(),
        lost: old.difference(&new).count(),
        sets: sets.into_iter().flatten().count(),
    }))
}

pub(super) fn set(asked: &Asked<'_>, address: &str) -> Result<Absence> {
    let fleet = asked.fleet;
    let mut absence = Absence { wanted: format!("ApplicationSet {address}"), ..Absence::default() };
    let Ok(set) = fleet.set_at(address) else {
        unread(asked, Kind::ApplicationSet, address, &mut absence)?;
        return finished(asked, absence, address);
    };
    absence.wanted = format!("app of {}", set.name());
    absence.present = set.apps().map(present).collect();
    if absence.present.is_empty() {
        let is_there = |fleet: &Fleet| {
            fleet.set(set.namespace(), set.name()).is_some_and(|set| set.apps().next().is_some())
        };
        let about = About { set, is_it: &|_, _| true, is_there: &is_there };
        in_set(asked, &about, &mut absence)?;
    }
    Ok(absence)
}

pub(super) fn app(asked: &Asked<'_>, address: &str) -> Result<Absence> {
    let fleet = asked.fleet;
    let (namespace, name) = match address.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, address),
    };
    let mut absence = Absence { wanted: format!("app {address}"), ..Absence::default() };
    let is_meant = |own: &str| namespace.is_none_or(|namespace| namespace == own);
    absence.present =
        fleet.apps().filter(|app| app.name() == name && is_meant(app.namespace())).map(present).collect();
    if !absence.present.is_empty() {
        return Ok(absence);
    }
    let is_it = |trial: &Trial, at: usize| trial.generated.name(at) == name;
    let is_there = |fleet: &Fleet| fleet.apps().any(|app| app.name() == name && is_meant(app.namespace()));
    for set in fleet.sets().filter(|set| is_meant(set.namespace())) {
        if !may_be_named(set.object(), name) {
            continue;
        }
        let mut of_set = Absence::default();
        in_set(asked, &About { set, is_it: &is_it, is_there: &is_there }, &mut of_set)?;
        // That a set has nothing for it says little: others may be meant.
        let says_much = of_set.blockers.iter().any(|blocker| !matches!(blocker.kind, "no-element" | "empty"));
        if says_much {
            absence.blockers.extend(of_set.blockers);
            absence.passes.extend(of_set.passes);
            absence.change = absence.change.or(of_set.change);
        }
    }
    unread(asked, Kind::Application, name, &mut absence)?;
    finished(asked, absence, address)
}

/// Whether the template of a set can make this name.
fn may_be_named(set: &Value, name: &str) -> bool {
    let template = set.str_at(&["spec", "template", "metadata", "name"]).unwrap_or_default();
    let mut rest = name;
    let mut parts = template.split("{{").enumerate().peekable();
    while let Some((at, part)) = parts.next() {
        let literal = if at == 0 { part } else { part.split_once("}}").map_or("", |(_, literal)| literal) };
        if at == 0 {
            match rest.strip_prefix(literal) {
                Some(behind) => rest = behind,
                None => return false,
            }
        } else if parts.peek().is_none() {
            return rest.ends_with(literal);
        } else {
            match rest.split_once(literal).filter(|_| !literal.is_empty()) {
                Some((_, behind)) => rest = behind,
                None if literal.is_empty() => {}
                None => return false,
            }
        }
    }
    rest.is_empty()
}

/// Looks for an object that is written in some file, and says why nobody reads it.
fn unread(asked: &Asked<'_>, kind: Kind, name: &str, absence: &mut Absence) -> Result<()> {
    let fleet = asked.fleet;
    let name = name.rsplit('/').next().unwrap_or(name);
    for place in written(fleet, kind, name) {
        let site = lines::site(&place);
        let mut was_covered = false;
        for app in fleet.apps() {
            let Some(application) = app.application() else { continue };
            let types: Vec<Option<SourceType>> = app
                .content()
                .map(|content| content.sources.iter().map(|source| source.source_type).collect())
                .unwrap_or_default();
            let sources = sources_of(&application.normalized_spec());
            for (number, (source, source_type)) in sources.iter().zip(types).enumerate() {
                let folder = source.str_at(&["path"]).and_then(TreePath::new);
                let Some(rest) = folder.as_ref().and_then(|folder| place.path.relative_to(folder)) else {
                    continue;
                };
                if rest.is_empty() || !same_repository(source, &place) {
                    continue;
                }
                was_covered = true;
                let about = Unread { asked, app, number, place: &place, kind, name };
                about.judge(source, source_type, rest, absence)?;
            }
        }
        if !was_covered {
            let words = format!("{}:{} holds it, but no source reads its folder", site.path, site.line);
            absence
                .blockers
                .push(Blocker::new("unread", words).at(Some(site), format!("{} {name}", kind.name())));
        }
    }
    Ok(())
}

fn same_repository(source: &Value, place: &Place) -> bool {
    let key = crate::model::repo_url::checkout_key;
    key(source.str_at(&["repoURL"]).unwrap_or_default()) == key(&place.repository.to_str_lossy())
}

/// An object in the folder of a source that does not bring it.
struct Unread<'a, 'f> {
    asked: &'a Asked<'f>,
    app: App<'a>,
    number: usize,
    place: &'a Place,
    kind: Kind,
    name: &'a str,
}

impl Unread<'_, '_> {
    fn judge(
        &self,
        source: &Value,
        source_type: Option<SourceType>,
        rest: &str,
        absence: &mut Absence,
    ) -> Result<()> {
        let app = self.app;
        let site = lines::site(self.place);
        let held = format!("{}:{} holds it, but {}", site.path, site.line, app.name());
        let state = app.content().map(|content| content.state.clone());
        let shown = format!("{} {}", self.kind.name(), self.name);
        let mut blocker = |kind, words: String| {
            absence.blockers.push(Blocker::new(kind, words).at(Some(site.clone()), shown.clone()));
        };
        match (&state, source_type) {
            (Some(State::Failed(error)), _) => {
                let line = error.to_str_lossy().lines().next().unwrap_or_default().to_owned();
                blocker("parent-fails", format!("{held} fails: {line}"));
            }
            (Some(State::Unknown(gap)), _) => blocker("unknown", format!("{held} is not known: {gap}")),
            (_, Some(SourceType::Directory)) => match directory_refusal(source, rest) {
                Some(refusal) => {
                    let (words, steps, value) = match &refusal {
                        DirectoryRefusal::NotRecursive => (
                            "does not read folders below its own (recurse is off)".to_owned(),
                            "recurse",
                            Some(true),
                        ),
                        DirectoryRefusal::Excluded(pattern) => {
                            (format!("excludes it: exclude '{pattern}'"), "exclude", None)
                        }
                        DirectoryRefusal::NotIncluded(pattern) => {
                            (format!("does not include it: include '{pattern}'"), "include", None)
                        }
                    };
                    blocker("unread", format!("{held} {words}"));
                    self.try_option(steps, value, absence)?;
                }
                None if !app.cluster().is_some_and(Cluster::is_control_plane) => {
                    blocker("not-followed", format!("{held} does not go to the control plane's own cluster"));
                }
                None => blocker("unread", format!("{held} does not bring it")),
            },
            (_, Some(SourceType::Kustomize)) => {
                blocker("unread", format!("{held} is a kustomization that does not take it in"));
            }
            (_, Some(SourceType::Helm)) => {
                blocker("unread", format!("{held} is a chart that does not render it"))
            }
            _ => {}
        }
        Ok(())
    }

    /// Tries another option of the parent's folder.
    fn try_option(&self, option: &'static str, value: Option<bool>, absence: &mut Absence) -> Result<()> {
        let Some(application) = self.app.application().filter(|_| absence.change.is_none()) else {
            return Ok(());
        };
        let several =
            application.spec().get("sources").and_then(Value::as_list).is_some_and(|list| !list.is_empty());
        let mut steps = vec![Step::Key("spec")];
        match several {
            true => steps.extend([Step::Key("sources"), Step::Index(self.number)]),
            false => steps.push(Step::Key("source")),
        }
        steps.extend([Step::Key("directory"), Step::Key(option)]);
        let Some(object) = edited(&application.object, &steps, &mut |_| value.map(Value::Bool)) else {
            return Ok(());
        };
        let identity = [("apiVersion", "argoproj.io/v1alpha1"), ("kind", "Application")];
        let object = identity.iter().fold(object, |object, (key, text)| {
            edited(&object, &[Step::Key(key)], &mut |_| Some(Value::from(*text))).unwrap_or(object)
        });
        let words = match value {
            Some(_) => format!("`directory.{option}: true` in {}", self.app.name()),
            None => format!("no `directory.{option}` in {}", self.app.name()),
        };
        let (kind, name) = (self.kind, self.name);
        let is_there = |fleet: &Fleet| match kind {
            Kind::Application => fleet.apps().any(|app| app.name() == name),
            Kind::ApplicationSet => fleet.sets().any(|set| set.name() == name),
            Kind::AppProject => fleet.projects().any(|project| project.name() == name),
        };
        absence.change = tried(self.asked, vec![Edit::Replace { object }], words, &is_there)?;
        Ok(())
    }
}

/// Where objects of this kind and name are written.
fn written(fleet: &Fleet, kind: Kind, name: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let Some(repository) = fleet.inputs().repositories.first() else { return found };
    let Some(checkout) = repository.checkouts.first() else { return found };
    let is_yaml = |path: &TreePath| [".yaml", ".yml", ".json"].iter().any(|end| path.name().ends_with(end));
    let files = checkout.tree.entries().filter(|(path, entry)| is_yaml(path) && entry.size < 1 << 20);
    for (path, _) in files.take(FILES) {
        let Ok(bytes) = checkout.tree.read(path) else { continue };
        let has = |word: &str| memchr::memmem::find(&bytes, word.as_bytes()).is_some();
        if !has(name) || !has(kind.name()) {
            continue;
        }
        for document in documents(&bytes, &Limits::default()) {
            let Ok(value) = document.value else { continue };
            if value.str_at(&["kind"]) == Some(kind.name())
                && value.str_at(&["metadata", "name"]) == Some(name)
            {
                found.push(Place {
                    repository: repository.url.clone(),
                    path: path.clone(),
                    line: document.line,
                    column: document.column,
                    width: 0,
                });
            }
        }
    }
    found
}

/// The answer, or that nothing is known of such a thing.
fn finished(asked: &Asked<'_>, mut absence: Absence, address: &str) -> Result<Absence> {
    if absence.blockers.is_empty() {
        let fleet = asked.fleet;
        let unknown = fleet
            .apps()
            .filter(|app| app.content().is_some_and(|content| matches!(content.state, State::Unknown(_))));
        let unknown = unknown.count().saturating_add(
            fleet.sets().filter(|set| matches!(set.outcome(), SetOutcome::Unknown { .. })).count(),
        );
        if unknown > 0 {
            let words = format!(
                "nothing that is known brings it; of {unknown} apps and sets the content is not known"
            );
            absence.blockers.push(Blocker::new("unknown", words));
            return Ok(absence);
        }
        let names: Vec<&str> = fleet.apps().map(|app| app.name()).collect();
        let error = Error::new(ErrorKind::NotFound, format!("nothing in the repository names `{address}`"));
        return Err(match crate::config::closest(address.rsplit('/').next().unwrap_or(address), &names) {
            Some(close) => error.with_help(format!("did you mean `{close}`?")),
            None => error.with_help("no file holds it, and no set makes such a name"),
        });
    }
    Ok(absence)
}

pub(super) fn object(asked: &Asked<'_>, object: &ObjectAddress) -> Result<Absence> {
    let fleet = asked.fleet;
    let shown = format!("{} {}/{} on {}", object.kind, object.namespace, object.name, object.cluster);
    let mut absence = Absence { wanted: shown, ..Absence::default() };
    let cluster = fleet.cluster_at(&object.cluster)?;
    let server = cluster.server_key();
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    for app in fleet.apps() {
        if held(app, object).is_none() {
            continue;
        }
        match app.cluster().is_some_and(|to| to.server_key() == server) {
            true => here.push(app),
            false => elsewhere.push(app),
        }
    }
    absence.present = here.into_iter().map(present).collect();
    if !absence.present.is_empty() {
        return Ok(absence);
    }
    let mut known = BTreeSet::new();
    for app in elsewhere {
        let Some(owner) = app.origin() else {
            let to = app.cluster().map(|to| to.name.to_string()).unwrap_or_default();
            let words = format!("{} brings it to {to}, and nobody to {}", app.name(), cluster.name);
            absence
                .blockers
                .push(Blocker::new("elsewhere", words).at(app.place().map(lines::site), app.name()));
            continue;
        };
        if known.insert(owner.clone()) {
            let name = format!("{}/{}", owner.namespace, owner.name);
            let of_set = set_on_cluster(asked, &name, &object.cluster)?;
            absence.blockers.extend(of_set.blockers);
            absence.passes.extend(of_set.passes);
            absence.change = absence.change.or(of_set.change);
        }
    }
    for app in fleet.apps().filter(|app| app.cluster().is_some_and(|to| to.server_key() == server)) {
        let reason = app.content().and_then(|content| content.state.reason());
        if let Some(reason) = reason.filter(|_| absence.blockers.len() < 20) {
            let line = reason.lines().next().unwrap_or_default().to_owned();
            let words = format!("what {} brings is not known: {line}", app.name());
            absence
                .blockers
                .push(Blocker::new("unknown", words).at(app.place().map(lines::site), app.name()));
        }
    }
    if absence.blockers.is_empty() {
        let mut names = BTreeSet::new();
        for app in fleet.apps().filter(|app| app.cluster().is_some_and(|to| to.server_key() == server)) {
            let manifests = app.content().map(|content| &*content.manifests).unwrap_or_default();
            let same = manifests.iter().filter(|m| m.kind().eq_ignore_ascii_case(&object.kind));
            names.extend(same.map(|m| m.name().to_owned()));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let words = match crate::config::closest(&object.name, &names) {
            Some(close) => format!(
                "no app brings such an object anywhere; on {} there is {} {close}",
                cluster.name, object.kind
            ),
            None => format!(
                "no app brings such an object to any cluster; {} {}s go to {}",
                names.len(),
                object.kind,
                cluster.name
            ),
        };
        absence.blockers.push(Blocker::new("nobody", words));
    }
    Ok(absence)
}
