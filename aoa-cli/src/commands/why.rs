//! `aoa why` and `aoa why-not`

use std::path::Path;

use aoa_core::address::Address;
use aoa_core::lang::{Error, Result};
use aoa_core::report::{absence_text, reasons_text};
use aoa_core::why::{Query, why, why_not};
use aoa_core::wire::{Redactor, write_absence, write_reasons};

use super::{Code, resolve};
use crate::args::{Format, Global, WhyArgs, WhyNotArgs};
use crate::output::Output;

pub(super) fn run(args: &WhyArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let address = Address::parse(&args.what)?;
    let fleet = resolve(&args.path, global)?;
    let query = Query::new(address).with_field(args.field.clone()).with_all_fields(args.fields);
    let reasons = why(&fleet, &query)?;
    let redactor = Redactor::new(&fleet, global.show_secrets);
    match args.format.format() {
        Format::Json => out.with(|out| write_reasons(&reasons, &redactor, out))?,
        Format::Yaml => out.yaml(|out| write_reasons(&reasons, &redactor, out))?,
        Format::Text | Format::Wide => out.text(&reasons_text(&reasons, &redactor))?,
    }
    Ok(Code::Answered)
}

pub(super) fn run_not(args: &WhyNotArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let about = Address::parse(&args.what)?;
    let is_address = |text: &&String| text.starts_with("cluster:") || text.starts_with("appset:");
    let on = args.rest.first().filter(is_address).map(|text| Address::parse(text)).transpose()?;
    let path = match (args.rest.as_slice(), &on) {
        ([], _) | ([_], Some(_)) => ".",
        ([path], None) | ([_, path], Some(_)) => path,
        ([one, ..], _) => {
            return Err(Error::invalid(format!("`{one}` is not the address of a cluster"))
                .with_help("write aoa why-not appset:NAME cluster:NAME"));
        }
    };
    let fleet = resolve(Path::new(path), global)?;
    let absence = why_not(&fleet, &about, on.as_ref())?;
    let redactor = Redactor::new(&fleet, global.show_secrets);
    match args.format.format() {
        Format::Json => out.with(|out| write_absence(&absence, &redactor, out))?,
        Format::Yaml => out.yaml(|out| write_absence(&absence, &redactor, out))?,
        Format::Text | Format::Wide => out.text(&absence_text(&absence, &redactor))?,
    }
    Ok(Code::Answered)
}
