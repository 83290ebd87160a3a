//! Why something is not there, and the smallest change that would bring it, tried out.
//!
//! `in_set` asks why a set does not make an Application, `unread` why an object that is written down reaches nobody, `object` why
//! nobody brings an object to a cluster.

mod in_set;
mod object;
mod unread;

use std::collections::BTreeSet;

use aoa_lang::{Error, ErrorKind, Result, Value};

use super::blockers::Blocker;
use super::chain::{Asked, app_ref};
use crate::fleet::{App, Fleet, SetOutcome, State};
use crate::model::{Kind, ObjectRef};
use crate::overlay::{Edit, Overlay};
use crate::resolve::Trial;

pub(super) use in_set::set_on_cluster;
use in_set::{About, why_not_in_set};
pub(super) use object::object;
use unread::unread;

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
        why_not_in_set(asked, &about, &mut absence)?;
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
        why_not_in_set(asked, &About { set, is_it: &is_it, is_there: &is_there }, &mut of_set)?;
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

/// Whether the template of a set can make this name, as far as what stands around its actions tells.
fn may_be_named(set: &Value, name: &str) -> bool {
    let template = set.str_at(&["spec", "template", "metadata", "name"]).unwrap_or_default();
    let Some((front, behind)) = template.split_once("{{") else { return template == name };
    let (inside, back) = behind.rsplit_once("}}").unwrap_or_default();
    // A Go template can trim the text around an action.
    let front = if behind.starts_with("- ") { front.trim_end() } else { front };
    let back = if inside.ends_with(" -") { back.trim_start() } else { back };
    name.strip_prefix(front).is_some_and(|rest| rest.ends_with(back))
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
