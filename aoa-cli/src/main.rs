//! `aoa`: arguments and printing. What it says comes from `aoa-core`, what it reads from `aoa-host`.

mod args;
mod commands;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let mut output = output::Output::new(args.global.color);
    let result = commands::run(&args, &mut output).and_then(|code| output.finish().map(|()| code));
    match result {
        Ok(code) => ExitCode::from(code.number()),
        Err(failure) => {
            output::report_failure(&failure, args.global.color);
            ExitCode::from(commands::Code::Unanswered.number())
        }
    }
}
