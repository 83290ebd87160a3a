//! Why nobody brings an object to a cluster.

use std::collections::BTreeSet;

use aoa_lang::Result;

use super::{Absence, present, set_on_cluster};
use crate::address::ObjectAddress;
use crate::why::blockers::Blocker;
use crate::why::chain::Asked;
use crate::why::object::held;
use crate::why::reasons::Site;

pub(in crate::why) fn object(asked: &Asked<'_>, object: &ObjectAddress) -> Result<Absence> {
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
            absence.blockers.push(Blocker::new("elsewhere", words).at(app.place().map(Site::of), app.name()));
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
            absence.blockers.push(Blocker::new("unknown", words).at(app.place().map(Site::of), app.name()));
        }
    }
    if absence.blockers.is_empty() {
        let mut names = BTreeSet::new();
        for app in fleet.apps().filter(|app| app.cluster().is_some_and(|to| to.server_key() == server)) {
            let manifests = app.content().map(|content| content.manifests()).unwrap_or_default();
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
