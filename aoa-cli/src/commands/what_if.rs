//! `aoa what-if`

use aoa_core::lang::{Error, Result};
use aoa_host::{load, what_if};

use super::diff::Shown;
use super::{Code, add_evaluator, hint, load_options};
use crate::args::{Global, WhatIfArgs};
use crate::output::Output;
use crate::progress::Progress;

pub(super) fn run(args: &WhatIfArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let progress = Progress::start("reading files");
    let mut loaded = load(&args.path, &load_options(global))?;
    if loaded.inputs.overlay.is_empty() {
        return Err(Error::invalid("nothing is to be thought otherwise").with_help(
            "say what, as in --label CLUSTER:KEY=VALUE, --remove-cluster CLUSTER or --delete-set SET; `aoa what-if --help` lists all",
        ));
    }
    add_evaluator(&mut loaded.inputs);
    progress.pause();
    for line in &loaded.notes {
        hint(global, line);
    }
    progress.turn_to("resolving");
    let both = what_if(loaded);
    let compared = both.compare()?;
    drop(progress);
    Shown { all: args.all, format: args.format.format(), gates: &args.gates }
        .run(&both, &compared, global, out)
}
