//! Jsonnet in a child process: what it does to time and memory stays there.

use std::io::{self, BufReader, BufWriter};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use aoa_core::inputs::{EvaluationError, JsonnetEvaluator, JsonnetProgram, JsonnetVariable};
use aoa_core::lang::source::TreePath;

use super::dialogue::{invalid, receive, send};
use crate::deadline::{Deadline, alone};

/// An evaluator of Jsonnet that starts a program for each evaluation and answers it on its standard input and output.
///
/// The program is expected to call [`serve_jsonnet`](crate::serve_jsonnet), as `aoa evaluate-jsonnet` does. It sees the files
/// of the repository by asking for them, and nothing else is given to it: its environment is empty.
///
/// ```
/// use aoa_host::JsonnetProcess;
///
/// let evaluator = JsonnetProcess::new("/usr/bin/aoa".into(), &["evaluate-jsonnet"]);
/// assert_eq!(evaluator.timeout.as_secs(), 30);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct JsonnetProcess {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// How long one evaluation may take.
    pub timeout: Duration,
}

impl JsonnetProcess {
    /// Starts `program` with these arguments, and lets it run for half a minute.
    pub fn new(program: PathBuf, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        JsonnetProcess { program, arguments, timeout: Duration::from_secs(30) }
    }
}

impl JsonnetEvaluator for JsonnetProcess {
    fn evaluate(&self, program: &JsonnetProgram<'_>) -> Result<String, EvaluationError> {
        let stopped = |error: io::Error| EvaluationError::Stopped(format!("no process for Jsonnet: {error}"));
        let child = alone(&mut Command::new(&self.program))
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(stopped)?;
        let (ends, child) = Ends::take(child).map_err(stopped)?;
        let (deadline, child) = (Deadline::default(), Mutex::new(child));
        let answer = std::thread::scope(|scope| {
            scope.spawn(|| deadline.end_after(self.timeout, &child));
            let answer = ends.talk(program);
            // A child that has answered has nothing left to do.
            deadline.end(&child);
            answer
        });
        answer.unwrap_or_else(|_| {
            let why = if deadline.was_late() {
                format!("it took more than {} s", self.timeout.as_secs())
            } else {
                "the evaluator ran out of memory or crashed".to_owned()
            };
            Err(EvaluationError::Stopped(why))
        })
    }
}

/// The two pipes to a child.
struct Ends {
    to: BufWriter<std::process::ChildStdin>,
    from: BufReader<std::process::ChildStdout>,
}

impl Ends {
    fn take(mut child: Child) -> io::Result<(Self, Child)> {
        match (child.stdin.take(), child.stdout.take()) {
            (Some(to), Some(from)) => {
                Ok((Ends { to: BufWriter::new(to), from: BufReader::new(from) }, child))
            }
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Asks for an evaluation, and answers what the child asks until it is done.
    fn talk(mut self, program: &JsonnetProgram<'_>) -> io::Result<Result<String, EvaluationError>> {
        send(&mut self.to, &request(program))?;
        loop {
            let message = receive(&mut self.from)?;
            let parts: Vec<&str> =
                message.iter().map(|part| std::str::from_utf8(part).unwrap_or_default()).collect();
            let answer = match *parts.as_slice() {
                ["done", text] => return Ok(Ok(text.to_owned())),
                ["failed", why] => return Ok(Err(EvaluationError::Failed(why.to_owned()))),
                ["stopped", why] => return Ok(Err(EvaluationError::Stopped(why.to_owned()))),
                ["find", from, path] => {
                    program.files.find(&tree_path(from)?, path).map(|found| found.as_str().as_bytes().into())
                }
                ["read", path] => program.files.read(&tree_path(path)?),
                _ => return Err(invalid("an unknown message")),
            };
            match answer {
                Ok(bytes) => send(&mut self.to, &[b"ok".as_slice(), &bytes])?,
                Err(why) => send(&mut self.to, &["error", &why])?,
            }
        }
    }
}

fn tree_path(path: &str) -> io::Result<TreePath> {
    TreePath::new(path).ok_or_else(|| invalid("a path that leaves the repository"))
}

/// `evaluate PATH COUNT`, then name, value and `code` or `text` of each argument and of each external variable.
fn request(program: &JsonnetProgram<'_>) -> Vec<Vec<u8>> {
    let count = program.arguments.len().to_string();
    let mut parts: Vec<Vec<u8>> =
        vec![b"evaluate".to_vec(), program.path.as_str().into(), count.into_bytes()];
    for JsonnetVariable { name, value, code } in program.arguments.iter().chain(program.external) {
        let kind: &[u8] = if *code { b"code" } else { b"text" };
        parts.extend([name.as_bytes().to_vec(), value.as_bytes().to_vec(), kind.to_vec()]);
    }
    parts
}
