//! `aoa policy`

use aoa_core::lang::Result;
use aoa_core::report::{policies_text, policy_text};
use aoa_core::wire::{Redactor, write_policies, write_policy};

use super::{Code, resolve};
use crate::args::{Format, Global, PolicyArgs};
use crate::output::Output;

pub(super) fn run(args: &PolicyArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let fleet = resolve(&args.repo, global)?;
    let app = args.app.as_deref().map(|name| fleet.app_at(name)).transpose()?;
    let redactor = Redactor::new(&fleet, global.show_secrets);
    match (args.format.format(), app) {
        (Format::Text | Format::Wide, Some(app)) => out.text(&policy_text(app))?,
        (Format::Text | Format::Wide, None) => out.text(&policies_text(&fleet))?,
        (Format::Json, Some(app)) => out.with(|out| write_policy(app, &redactor, out))?,
        (Format::Json, None) => out.with(|out| write_policies(&fleet, &redactor, out))?,
        (Format::Yaml, Some(app)) => out.yaml(|out| write_policy(app, &redactor, out))?,
        (Format::Yaml, None) => out.yaml(|out| write_policies(&fleet, &redactor, out))?,
    }
    Ok(Code::Answered)
}
