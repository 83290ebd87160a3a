//! `aoa render APP`

use aoa_core::Fleet;
use aoa_core::config::closest;
use aoa_core::fleet::{App, State};
use aoa_core::lang::{Error, ErrorKind, Result};
use aoa_core::wire::{Redactor, write_manifests_json, write_manifests_yaml};

use super::{Code, resolve};
use crate::args::{Format, Global, RenderArgs};
use crate::output::Output;

pub(super) fn run(args: &RenderArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let fleet = resolve(&args.path, global)?;
    let app = find(&fleet, &args.app)?;
    let Some(content) = app.content() else {
        return Err(Error::new(ErrorKind::Internal, format!("`{}` was not rendered", args.app)));
    };
    match &content.state {
        State::Unknown(gap) => {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("the content of `{}` is not known: {gap}", args.app),
            )
            .with_help(gap.remedy()));
        }
        State::Failed(error) => {
            return Err(Error::invalid(format!("`{}` does not render: {error}", args.app)).with_help(
                "Argo CD reports a ComparisonError: it syncs and prunes nothing of this Application",
            ));
        }
        _ => {}
    }
    let redactor = Redactor::new(&fleet, global.show_secrets);
    let format = if args.json { Format::Json } else { args.output };
    match format {
        Format::Json => out.with(|out| write_manifests_json(content, &redactor, out))?,
        Format::Yaml | Format::Text | Format::Wide => {
            out.with(|out| write_manifests_yaml(content, &redactor, out))?
        }
    }
    Ok(Code::Answered)
}

/// The Application of this address: `name` or `namespace/name`.
fn find<'f>(fleet: &'f Fleet, address: &str) -> Result<App<'f>> {
    if let Some((namespace, name)) = address.split_once('/') {
        if let Some(app) = fleet.app(namespace, name) {
            return Ok(app);
        }
    } else {
        let found: Vec<App<'f>> = fleet.apps().filter(|app| app.name() == address).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(*one),
            several => {
                let names: Vec<String> =
                    several.iter().map(|a| format!("{}/{}", a.namespace(), a.name())).collect();
                return Err(Error::invalid(format!("`{address}` names {} Applications", several.len()))
                    .with_help(format!("say which: {}", names.join(", "))));
            }
        }
    }
    let names: Vec<&str> = fleet.apps().map(|app| app.name()).collect();
    let name = address.rsplit('/').next().unwrap_or(address);
    let error = Error::new(ErrorKind::NotFound, format!("there is no Application `{address}`"));
    Err(match closest(name, &names) {
        Some(close) => error.with_help(format!("did you mean `{close}`?")),
        None => error.with_help("`aoa apps` lists them"),
    })
}
