//! `aoa tree`

use aoa_core::lang::{Error, Result};
use aoa_core::report::{TreeOptions, tree_text};
use aoa_core::wire::write_fleet;

use super::{Code, resolve, wire_options};
use crate::args::{Format, Global, TreeArgs};
use crate::output::Output;

pub(super) fn run(args: &TreeArgs, global: &Global, out: &mut Output) -> Result<Code> {
    if args.manifests && matches!(args.format.format(), Format::Text | Format::Wide) {
        return Err(Error::invalid("a tree on the screen has no room for manifests")
            .with_help("write it as data: aoa tree --json --manifests > fleet.json"));
    }
    let fleet = resolve(&args.path, global)?;
    let options = wire_options(global).with_manifests(args.manifests);
    match args.format.format() {
        Format::Json => out.with(|out| write_fleet(&fleet, options, out))?,
        Format::Yaml => out.yaml(|out| write_fleet(&fleet, options, out))?,
        Format::Text | Format::Wide => {
            let unfold = args.unfold || args.format.format() == Format::Wide;
            out.table(&tree_text(
                &fleet,
                TreeOptions::default().with_depth(args.depth.map(usize::from)).with_unfold(unfold),
            ))?;
        }
    }
    Ok(Code::Answered)
}
