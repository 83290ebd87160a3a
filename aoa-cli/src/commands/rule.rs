//! `aoa rule`

use aoa_core::check::rules_named;
use aoa_core::lang::Result;
use aoa_core::report::{rule_list, rule_text};

use super::Code;
use crate::args::RuleArgs;
use crate::output::Output;

pub(super) fn run(args: &RuleArgs, out: &mut Output) -> Result<Code> {
    let Some(name) = &args.rule else {
        out.text(&rule_list())?;
        return Ok(Code::Answered);
    };
    for (at, rule) in rules_named(name)?.into_iter().enumerate() {
        if at > 0 {
            out.raw("\n")?;
        }
        out.text(&rule_text(rule))?;
    }
    Ok(Code::Answered)
}
