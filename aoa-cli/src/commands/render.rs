//! `aoa render APP`

use std::fmt::Display;
use std::sync::Arc;

use aoa_core::finding::Gap;
use aoa_core::fleet::{App, State};
use aoa_core::lang::{Error, ErrorKind, Result, Value};
use aoa_core::model::SyncOptions;
use aoa_core::render::{NoTargetState, target_state};
use aoa_core::report::{Role, Text};
use aoa_core::sync::{Action, Sync, SyncTask, sync_tasks};
use aoa_core::wire::{
    Redactor, write_manifests_json, write_manifests_yaml, write_objects_json, write_objects_yaml,
};
use aoa_core::{Fleet, Options};

use super::{Code, resolve_with_options};
use crate::args::{Format, Global, RenderArgs};
use crate::output::{Output, note};

pub(super) fn run(args: &RenderArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let (fleet, options) = resolve_with_options(&args.path, global)?;
    let app = fleet.app_at(&args.app)?;
    let redactor = Redactor::new(&fleet, global.show_secrets);
    let format = if args.json { Format::Json } else { args.output };
    if args.order {
        let objects = normalized(&fleet, &options, app, global)?;
        out.raw(&order(app, &objects))?;
        return Ok(Code::Answered);
    }
    if args.normalized {
        let objects = normalized(&fleet, &options, app, global)?;
        match format {
            Format::Json => out.with(|out| write_objects_json(objects.iter(), &redactor, out))?,
            Format::Yaml | Format::Text | Format::Wide => {
                out.with(|out| write_objects_yaml(objects.iter(), &redactor, out))?
            }
        }
        return Ok(Code::Answered);
    }
    let Some(content) = app.content() else {
        return Err(Error::new(ErrorKind::Internal, format!("`{}` was not rendered", args.app)));
    };
    match &content.state {
        State::Unknown(gap) => return Err(unknown(&args.app, gap)),
        State::Failed(error) => return Err(failed(&args.app, error)),
        _ => {}
    }
    match format {
        Format::Json => out.with(|out| write_manifests_json(content, &redactor, out))?,
        Format::Yaml | Format::Text | Format::Wide => {
            out.with(|out| write_manifests_yaml(content, &redactor, out))?
        }
    }
    Ok(Code::Answered)
}

/// What Argo CD's controller would compare with the cluster; warnings go to standard error.
fn normalized(fleet: &Fleet, options: &Options, app: App<'_>, global: &Global) -> Result<Vec<Value>> {
    let Some(application) = app.application() else {
        return Err(Error::new(ErrorKind::Internal, format!("`{}` has no object", app.name())));
    };
    let inputs = Arc::new(fleet.inputs().clone());
    match target_state(&inputs, options, &application, &app.scopes()) {
        Ok(state) => {
            for condition in &state.conditions {
                let mut text = Text::default();
                text.push(Role::Faint, format!("note: {condition}")).end_line();
                note(&text, global.color);
            }
            Ok(state.manifests)
        }
        Err(NoTargetState::Unknown(gap)) => Err(unknown(app.name(), &gap)),
        Err(NoTargetState::Failed(error)) => Err(failed(app.name(), &error)),
        Err(other) => Err(Error::new(ErrorKind::Internal, format!("{other:?}"))),
    }
}

/// A line for each thing that a first sync does, in its order.
fn order(app: App<'_>, objects: &[Value]) -> String {
    let (scopes, destination) = (app.scopes(), app.destination());
    let options = SyncOptions::of_spec(&app.spec());
    let mut sync = Sync::new(objects, &destination.namespace, &scopes);
    sync.creates_namespace = options.has("CreateNamespace=true");
    sync.prunes_last = options.has("PruneLast=true");
    let rows: Vec<[String; 5]> = sync_tasks(&sync).iter().map(row).collect();
    let width = |at: usize| {
        rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..4).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let (last, cells) = row.split_last().map_or(("", &[][..]), |(last, cells)| (last.as_str(), cells));
        for (cell, width) in cells.iter().zip(&widths) {
            text.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(last);
        text.push('\n');
    }
    text
}

fn row(task: &SyncTask) -> [String; 5] {
    let action = match task.action {
        Action::Apply => "apply",
        Action::RunHook => "hook",
        Action::Prune => "prune",
    };
    let of = |keys: &[&str]| task.object.str_at(keys).unwrap_or_default().to_owned();
    let (namespace, mut name) = (of(&["metadata", "namespace"]), of(&["metadata", "name"]));
    if name.is_empty() {
        name = of(&["metadata", "generateName"]);
    }
    let place = if namespace.is_empty() { name } else { format!("{namespace}/{name}") };
    [format!("{:?}", task.phase), format!("wave {}", task.wave), action.to_owned(), of(&["kind"]), place]
}

fn unknown(app: &str, gap: &Gap) -> Error {
    Error::new(ErrorKind::NotFound, format!("the content of `{app}` is not known: {gap}"))
        .with_help(gap.remedy())
}

fn failed(app: &str, error: &impl Display) -> Error {
    Error::invalid(format!("`{app}` does not render: {error}"))
        .with_help("Argo CD reports a ComparisonError: it syncs and prunes nothing of this Application")
}
