//! Why a set does not make an Application that is looked for.

use std::collections::BTreeSet;

use aoa_lang::value::{Map, Text};
use aoa_lang::yaml::Step;
use aoa_lang::{ErrorKind, Result, Value};

use super::{Absence, present, tried};
use crate::fleet::{App, AppSet, Fleet, SetId, SetOutcome};
use crate::generate::{all_generators, cluster_selector};
use crate::model::{Cluster, SECRET_TYPE_LABEL};
use crate::overlay::{Edit, Overlay};
use crate::resolve::Trial;
use crate::why::blockers::{Blocker, Search, satisfying};
use crate::why::chain::Asked;
use crate::why::reasons::Site;

pub(in crate::why) fn set_on_cluster(asked: &Asked<'_>, set: &str, cluster: &str) -> Result<Absence> {
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
        Some(_) => why_not_in_set(asked, &about, &mut absence)?,
        None => unregistered(asked, &about, cluster, &server, &mut absence)?,
    }
    Ok(absence)
}

/// What is looked for in a set.
pub(super) struct About<'a, 'f> {
    pub(super) set: AppSet<'f>,
    pub(super) is_it: &'a dyn Fn(&Trial, usize) -> bool,
    /// Whether a fleet has it.
    pub(super) is_there: &'a dyn Fn(&Fleet) -> bool,
}

fn on_cluster(fleet: &Fleet, set: AppSet<'_>, server: &str) -> bool {
    fleet
        .set(set.namespace(), set.name())
        .is_some_and(|set| set.apps().any(|app| app.cluster().is_some_and(|to| to.server_key() == server)))
}

fn id_of(fleet: &Fleet, set: AppSet<'_>) -> Option<SetId> {
    fleet.data.find_set(set.namespace().as_bytes(), set.name().as_bytes())
}

/// Why a set does not bring what is looked for.
pub(super) fn why_not_in_set(asked: &Asked<'_>, about: &About<'_, '_>, absence: &mut Absence) -> Result<()> {
    let fleet = asked.fleet;
    let Some(id) = id_of(fleet, about.set) else { return Ok(()) };
    let place = || asked.in_set(id, &[Step::Key("spec"), Step::Key("generators")]);
    match about.set.outcome() {
        SetOutcome::Failed(error) | SetOutcome::Limited(error) => {
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
        let site = kept.place().map(Site::of);
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
