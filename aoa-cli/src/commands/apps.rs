//! `aoa apps`

use std::collections::BTreeSet;

use aoa_core::Fleet;
use aoa_core::config::closest;
use aoa_core::fleet::App;
use aoa_core::lang::text::selector::Selector;
use aoa_core::lang::value::Map;
use aoa_core::lang::{Error, ErrorKind, Result, Value};
use aoa_core::report::{AppColumns, apps_table};
use aoa_core::wire::write_apps;

use super::{Code, hint, resolve, wire_options};
use crate::args::{AppsArgs, FilterArgs, Format, Global};
use crate::output::Output;

pub(super) fn run(args: &AppsArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let fleet = resolve(&args.path, global)?;
    let apps = filtered(&fleet, &args.filter)?;
    if apps.is_empty() && fleet.apps().len() > 0 {
        hint(global, "no Application matches");
    }
    let options = wire_options(global);
    match args.format.format() {
        Format::Json => out.with(|out| write_apps(&fleet, apps.iter().copied(), options, out))?,
        Format::Yaml => out.yaml(|out| write_apps(&fleet, apps.iter().copied(), options, out))?,
        Format::Text => out.table(&apps_table(apps.into_iter(), AppColumns::Usual))?,
        Format::Wide => out.table(&apps_table(apps.into_iter(), AppColumns::Wide))?,
    }
    Ok(Code::Answered)
}

fn filtered<'f>(fleet: &'f Fleet, filter: &FilterArgs) -> Result<Vec<App<'f>>> {
    check_names(fleet, filter)?;
    let of_selector =
        |text: &str| Selector::parse(text).map_err(|e| e.prefixed(&format!("selector `{text}`: ")));
    let selector = filter.selector.as_deref().map(of_selector).transpose()?;
    let same = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|w| w == is);
    let on_cluster = |app: &App<'_>| match &filter.cluster {
        None => true,
        Some(wanted) => match app.cluster() {
            Some(cluster) => cluster.name == wanted.as_str() || cluster.server == wanted.as_str(),
            None => app.destination().name == *wanted || app.destination().server == *wanted,
        },
    };
    let labelled = |app: &App<'_>| match &selector {
        None => true,
        Some(selector) => {
            let object = app.application();
            let labels =
                object.as_ref().and_then(|a| a.object.at(&["metadata", "labels"])).and_then(Value::as_map);
            labels.map_or_else(|| selector.matches(&Map::new()), |labels| selector.matches(labels))
        }
    };
    Ok(fleet
        .apps()
        .filter(|app| same(&filter.namespace, app.namespace()) && same(&filter.project, &app.project()))
        .filter(|app| on_cluster(app) && labelled(app))
        .collect())
}

/// A name that nothing has is a slip, and an empty answer would hide it.
fn check_names(fleet: &Fleet, filter: &FilterArgs) -> Result<()> {
    if let Some(wanted) = &filter.cluster {
        let mut known = BTreeSet::new();
        for cluster in fleet.clusters() {
            known.insert(cluster.name.to_string());
            known.insert(cluster.server.to_string());
        }
        for app in fleet.apps() {
            let destination = app.destination();
            known.extend([destination.name, destination.server]);
        }
        check_name("cluster", wanted, &known)?;
    }
    if let Some(wanted) = &filter.project {
        let of_apps = fleet.apps().map(|app| app.project());
        check_name(
            "project",
            wanted,
            &fleet.projects().map(|p| p.name().to_owned()).chain(of_apps).collect(),
        )?;
    }
    if let Some(wanted) = &filter.namespace {
        check_name(
            "namespace of Applications",
            wanted,
            &fleet.apps().map(|app| app.namespace().to_owned()).collect(),
        )?;
    }
    Ok(())
}

fn check_name(what: &str, wanted: &str, known: &BTreeSet<String>) -> Result<()> {
    if known.contains(wanted) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let error = Error::new(ErrorKind::NotFound, format!("there is no {what} `{wanted}` in this fleet"));
    Err(match closest(wanted, &names) {
        Some(close) => error.with_help(format!("did you mean `{close}`?")),
        None if names.is_empty() => error,
        None => error.with_help(format!("there are {}", names.join(", "))),
    })
}
