//! `aoa apps`

use aoa_core::Fleet;
use aoa_core::fleet::App;
use aoa_core::lang::text::selector::Selector;
use aoa_core::lang::value::Map;
use aoa_core::lang::{Result, Value};
use aoa_core::report::{AppColumns, apps_table};
use aoa_core::wire::write_apps;

use super::{Code, resolve, wire_options};
use crate::args::{AppsArgs, FilterArgs, Format, Global};
use crate::output::Output;

pub(super) fn run(args: &AppsArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let fleet = resolve(&args.path, global)?;
    let apps = filtered(&fleet, &args.filter)?;
    let options = wire_options(global);
    match args.format.format() {
        Format::Json => out.with(|out| write_apps(&fleet, apps.iter().copied(), options, out))?,
        Format::Yaml => out.yaml(|out| write_apps(&fleet, apps.iter().copied(), options, out))?,
        Format::Text => out.text(&apps_table(apps.into_iter(), AppColumns::Usual))?,
        Format::Wide => out.text(&apps_table(apps.into_iter(), AppColumns::Wide))?,
    }
    Ok(Code::Answered)
}

fn filtered<'f>(fleet: &'f Fleet, filter: &FilterArgs) -> Result<Vec<App<'f>>> {
    let selector = filter.selector.as_deref().map(Selector::parse).transpose()?;
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
