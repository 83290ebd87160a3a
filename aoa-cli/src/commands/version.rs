//! `aoa version`

use aoa_core::lang::Result;
use aoa_core::wire::imitated_versions;

use super::Code;
use crate::args::{Format, VersionArgs};
use crate::output::Output;

pub(super) fn run(args: &VersionArgs, out: &mut Output) -> Result<Code> {
    let own = env!("CARGO_PKG_VERSION");
    match args.format.format() {
        Format::Json => {
            let imitated: Vec<String> =
                imitated_versions().iter().map(|(t, v)| format!("\"{t}\":\"{v}\"")).collect();
            out.raw(&format!("{{\"version\":\"{own}\",\"imitates\":{{{}}}}}\n", imitated.join(",")))?;
        }
        Format::Text | Format::Wide | Format::Yaml => {
            out.raw(&format!("version: {own}\nimitates:\n"))?;
            for (tool, version) in imitated_versions() {
                out.raw(&format!("  {tool}: {version}\n"))?;
            }
        }
    }
    Ok(Code::Answered)
}
