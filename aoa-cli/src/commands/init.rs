//! `aoa init`

use std::fs;

use aoa_core::lang::{Error, Result};
use aoa_host::suggest_config;

use super::Code;
use crate::args::InitArgs;
use crate::output::Output;

pub(super) fn run(args: &InitArgs, out: &mut Output) -> Result<Code> {
    let suggestion = suggest_config(&args.path)?;
    if args.dry_run {
        out.raw(&suggestion.text)?;
        return Ok(Code::Answered);
    }
    if suggestion.file.exists() && !args.force {
        return Err(Error::invalid(format!("`{}` exists", suggestion.file.display()))
            .with_help("--dry-run prints what would be written, --force replaces it"));
    }
    fs::write(&suggestion.file, &suggestion.text)
        .map_err(|e| Error::invalid(format!("`{}` cannot be written: {e}", suggestion.file.display())))?;
    out.raw(&format!("wrote {}\n", suggestion.file.display()))?;
    for line in &suggestion.found {
        out.raw(&format!("  {line}\n"))?;
    }
    out.raw(if suggestion.has_roots {
        "next: aoa tree\n"
    } else {
        "no file here holds an Application or ApplicationSet\nnext: name where the fleet begins under `roots:`\n"
    })?;
    Ok(Code::Answered)
}
