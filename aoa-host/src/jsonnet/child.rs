//! The child's side of an evaluation: one request, some questions, one answer.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use aoa_core::inputs::{EvaluationError, JsonnetEvaluator, JsonnetFiles, JsonnetProgram, JsonnetVariable};
use aoa_core::lang::source::TreePath;

use super::Jrsonnet;
use super::dialogue::{invalid, receive, send};

/// How large the process may become: a heap of 1 GiB, which allocators may reserve at once, the stack of the evaluation, and
/// the program.
#[cfg(unix)]
const MOST_BYTES: u64 = 1536 << 20;

/// Evaluates one program that [`JsonnetProcess`](crate::JsonnetProcess) sends, and returns. The process must have nothing else
/// to do: on Unix its memory is bounded from here on.
///
/// ```no_run
/// // The whole of a program that evaluates Jsonnet for others.
/// aoa_host::serve_jsonnet(std::io::stdin(), std::io::stdout())?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of the two streams, and `InvalidData` for a request that is none.
pub fn serve_jsonnet(from: impl Read + Send + 'static, to: impl Write + Send + 'static) -> io::Result<()> {
    bound_memory();
    let line = Arc::new(Line { ends: Mutex::new((Box::new(from), Box::new(to))) });
    let request = line.receive()?;
    let request = Request::read(&request).ok_or_else(|| invalid("no request"))?;
    let (arguments, external) = request.variables.split_at_checked(request.arguments).unwrap_or_default();
    let program = JsonnetProgram { path: &request.path, arguments, external, files: line.clone() };
    match Jrsonnet::default().evaluate(&program) {
        Ok(text) => line.send(&["done", &text]),
        Err(EvaluationError::Failed(why)) => line.send(&["failed", &why]),
        Err(EvaluationError::Stopped(why)) => line.send(&["stopped", &why]),
        Err(_) => Ok(()),
    }
}

fn bound_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let hard = getrlimit(Resource::As).maximum;
        let bound = MOST_BYTES.min(hard.unwrap_or(MOST_BYTES));
        // Where it cannot be bounded, the time still is.
        let _ = setrlimit(Resource::As, Rlimit { current: Some(bound), maximum: hard });
    }
}

struct Request {
    path: TreePath,
    /// How many of the variables are arguments; the rest are external.
    arguments: usize,
    variables: Vec<JsonnetVariable>,
}

impl Request {
    fn read(parts: &[Vec<u8>]) -> Option<Self> {
        let text = |part: &[u8]| std::str::from_utf8(part).ok().map(str::to_owned);
        let [verb, path, arguments, variables @ ..] = parts else { return None };
        if verb != b"evaluate" {
            return None;
        }
        let variables = variables.chunks_exact(3).filter_map(|chunk| match chunk {
            [name, value, kind] => Some(JsonnetVariable {
                name: name.as_slice().into(),
                value: value.as_slice().into(),
                code: kind == b"code",
            }),
            _ => None,
        });
        Some(Request {
            path: TreePath::new(&text(path)?)?,
            arguments: text(arguments)?.parse().ok()?,
            variables: variables.collect(),
        })
    }
}

/// The line to the parent, which has the files.
struct Line {
    ends: Mutex<(Box<dyn Read + Send>, Box<dyn Write + Send>)>,
}

impl Line {
    fn receive(&self) -> io::Result<Vec<Vec<u8>>> {
        receive(&mut self.ends.lock().unwrap_or_else(PoisonError::into_inner).0)
    }

    fn send(&self, parts: &[&str]) -> io::Result<()> {
        send(&mut self.ends.lock().unwrap_or_else(PoisonError::into_inner).1, parts)
    }

    fn ask(&self, parts: &[&str]) -> Result<Vec<u8>, String> {
        let lost = |error: io::Error| format!("the files are out of reach: {error}");
        self.send(parts).map_err(lost)?;
        match self.receive().map_err(lost)?.as_mut_slice() {
            [verb, bytes] if verb == b"ok" => Ok(std::mem::take(bytes)),
            [verb, why] if verb == b"error" => Err(String::from_utf8_lossy(why).into_owned()),
            _ => Err("the files are out of reach".to_owned()),
        }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

impl JsonnetFiles for Line {
    fn find(&self, from: &TreePath, path: &str) -> Result<TreePath, String> {
        let found = self.ask(&["find", from.as_str(), path])?;
        let found = String::from_utf8(found).ok().and_then(|found| TreePath::new(&found));
        found.ok_or_else(|| "the files are out of reach".to_owned())
    }

    fn read(&self, path: &TreePath) -> Result<Arc<[u8]>, String> {
        self.ask(&["read", path.as_str()]).map(Into::into)
    }
}
