//! `aoa paths`

use aoa_core::fleet::App;
use aoa_core::lang::Result;
use aoa_core::paths::{Listing, paths};
use aoa_core::report::{PathsOptions, paths_text};
use aoa_core::wire::{Redactor, write_paths};

use super::{Code, resolve};
use crate::args::{Format, Global, PathsArgs};
use crate::output::Output;

pub(super) fn run(args: &PathsArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let fleet = resolve(&args.repo, global)?;
    let apps: Vec<App<'_>> = match args.apps.as_slice() {
        [] => fleet.apps().collect(),
        names => names.iter().map(|name| fleet.app_at(name)).collect::<Result<_>>()?,
    };
    let paths = paths(&fleet, apps);
    let redactor = || Redactor::new(&fleet, global.show_secrets);
    match args.format.format() {
        Format::Json => out.with(|out| write_paths(&paths, &redactor(), out))?,
        Format::Yaml => out.yaml(|out| write_paths(&paths, &redactor(), out))?,
        Format::Text | Format::Wide => {
            let all = args.all || args.format.format() == Format::Wide;
            let files = !args.apps.is_empty() || all;
            out.text(&paths_text(&paths, PathsOptions::default().with_all(all).with_files(files)))?;
        }
    }
    let misses = paths.iter().any(|app| app.listing == Listing::Misses);
    Ok(if args.exit_code && misses { Code::Failed } else { Code::Answered })
}
