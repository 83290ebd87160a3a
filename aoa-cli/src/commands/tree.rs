//! `aoa tree`

use aoa_core::lang::Result;
use aoa_core::report::{TreeOptions, tree_text};
use aoa_core::wire::write_fleet;

use super::{Code, resolve, wire_options};
use crate::args::{Format, Global, TreeArgs};
use crate::output::Output;

pub(super) fn run(args: &TreeArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let fleet = resolve(&args.path, global)?;
    match args.format.format() {
        Format::Json => out.with(|out| write_fleet(&fleet, wire_options(global), out))?,
        Format::Yaml => out.yaml(|out| write_fleet(&fleet, wire_options(global), out))?,
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
