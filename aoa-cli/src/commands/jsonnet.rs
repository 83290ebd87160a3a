//! `aoa evaluate-jsonnet`: the child that evaluates one Jsonnet program, and how the other commands come to it.

use std::io;
use std::sync::Arc;

use aoa_core::Inputs;
use aoa_core::lang::{Error, ErrorKind, Result};
use aoa_host::{JsonnetProcess, serve_jsonnet};

use super::Code;

/// The hidden command's name.
const COMMAND: &str = "evaluate-jsonnet";

/// Lets this program be started again for each Jsonnet program of the fleet.
pub(super) fn add_evaluator(inputs: &mut Inputs) {
    if let Ok(program) = std::env::current_exe() {
        inputs.jsonnet = Some(Arc::new(JsonnetProcess::new(program, &[COMMAND])));
    }
}

pub(super) fn evaluate() -> Result<Code> {
    serve_jsonnet(io::stdin(), io::stdout())
        .map(|()| Code::Answered)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("no evaluation: {error}")))
}
