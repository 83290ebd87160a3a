//! Jsonnet in a child process: what it does to time and memory stays there.

use std::io::{self, BufReader, BufWriter};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aoa_core::inputs::{JsonnetError, JsonnetEvaluator, JsonnetProgram, JsonnetVariable};
use aoa_core::lang::source::TreePath;

use super::dialogue::{invalid, receive, send};

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
    fn evaluate(&self, program: &JsonnetProgram<'_>) -> Result<String, JsonnetError> {
        let stopped = |error: io::Error| JsonnetError::Stopped(format!("no process for Jsonnet: {error}"));
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(stopped)?;
        let running = Arc::new(Running::default());
        let (ends, mut child) = Ends::take(child).map_err(stopped)?;
        let answer = std::thread::scope(|scope| {
            let watch = running.clone();
            let child = &mut child;
            scope.spawn(move || watch.end_after(self.timeout, child));
            let answer = ends.talk(program);
            running.finish();
            answer
        });
        answer.unwrap_or_else(|_| {
            let why = if running.was_late() {
                format!("it took more than {} s", self.timeout.as_secs())
            } else {
                "the evaluator ran out of memory or crashed".to_owned()
            };
            Err(JsonnetError::Stopped(why))
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
    fn talk(mut self, program: &JsonnetProgram<'_>) -> io::Result<Result<String, JsonnetError>> {
        send(&mut self.to, &request(program))?;
        loop {
            let message = receive(&mut self.from)?;
            let parts: Vec<&str> =
                message.iter().map(|part| std::str::from_utf8(part).unwrap_or_default()).collect();
            let answer = match *parts.as_slice() {
                ["done", text] => return Ok(Ok(text.to_owned())),
                ["failed", why] => return Ok(Err(JsonnetError::Failed(why.to_owned()))),
                ["stopped", why] => return Ok(Err(JsonnetError::Stopped(why.to_owned()))),
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

/// Whether an evaluation is still going on.
#[derive(Default)]
struct Running {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Running,
    Finished,
    Late,
}

impl Running {
    fn finish(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Running {
            *state = State::Finished;
        }
        self.changed.notify_all();
    }

    fn was_late(&self) -> bool {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) == State::Late
    }

    /// Ends the child when the evaluation has finished, or when its time is over.
    fn end_after(&self, timeout: Duration, child: &mut Child) {
        let deadline = Instant::now() + timeout;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while *state == State::Running {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                *state = State::Late;
                break;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        // A child that has answered has nothing left to do.
        let _ = child.kill();
        let _ = child.wait();
    }
}
