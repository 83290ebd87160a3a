//! Config management plugins as commands that the user named, and allowed to run.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{env, fs, process, thread};

use aoa_core::inputs::{EvaluationError, PluginRun, PluginRunner};
use aoa_core::lang::source::{FileMode, Tree};
use aoa_core::lang::value::Text;

use crate::deadline::{Deadline, alone};

/// Runs a command for each plugin, as the sidecar of Argo CD 3.5.7 runs what `generate` of its configuration says: in the
/// source's folder of a copy of the repository, with the build environment besides the caller's own.
///
/// ```
/// use aoa_host::PluginCommands;
///
/// let runner = PluginCommands::new([("greet".into(), vec!["sh".into(), "-c".into(), "echo 'kind: Greeting'".into()])]);
/// assert_eq!(runner.timeout.as_secs(), 90);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PluginCommands {
    /// Names of plugins, with programs and their arguments.
    pub commands: Vec<(Text, Vec<Text>)>,
    /// How long one run may take; a minute and a half as in Argo CD.
    pub timeout: Duration,
}

/// The most that a plugin may print.
const MOST_OUTPUT: u64 = 100 << 20;

impl PluginCommands {
    /// These commands.
    pub fn new(commands: impl IntoIterator<Item = (Text, Vec<Text>)>) -> Self {
        PluginCommands { commands: commands.into_iter().collect(), timeout: Duration::from_secs(90) }
    }
}

impl PluginRunner for PluginCommands {
    fn run(&self, plugin: &PluginRun<'_>) -> Result<Option<String>, EvaluationError> {
        let named = self.commands.iter().find(|(name, _)| *name == *plugin.name);
        let Some((program, arguments)) = named.and_then(|(_, words)| words.split_first()) else {
            return Ok(None);
        };
        let stopped = |error: io::Error| EvaluationError::Stopped(error.to_string());
        let copy = Copy::of(plugin.tree).map_err(stopped)?;
        let text = |text: &Text| text.to_str_lossy().into_owned();
        let child = alone(&mut Command::new(text(program)))
            .args(arguments.iter().map(text))
            .current_dir(copy.folder.join(plugin.folder.as_str()))
            .envs(plugin.environment.iter().map(|(name, value)| (text(name), text(value))))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| EvaluationError::Stopped(format!("`{program}`: {error}")))?;
        let ran = self.wait(child).map_err(stopped)?;
        let shown = std::iter::once(program).chain(arguments).map(text).collect::<Vec<_>>().join(" ");
        if ran.was_late {
            let seconds = self.timeout.as_secs();
            return Err(EvaluationError::Stopped(format!("`{shown}` took more than {seconds} s")));
        }
        if ran.out.len() as u64 > MOST_OUTPUT {
            return Err(EvaluationError::Stopped(format!(
                "`{shown}` prints more than {} MB",
                MOST_OUTPUT >> 20
            )));
        }
        if !ran.status.success() {
            let errors = String::from_utf8_lossy(&ran.errors);
            let how = ran.status.to_string().replace("exit status: ", "exit status ");
            return Err(EvaluationError::Failed(format!("`{shown}` failed {how}: {}", errors.trim_end())));
        }
        Ok(Some(String::from_utf8_lossy(&ran.out).into_owned()))
    }
}

/// How a command ended.
struct Ran {
    status: ExitStatus,
    out: Vec<u8>,
    errors: Vec<u8>,
    was_late: bool,
}

impl PluginCommands {
    fn wait(&self, mut child: Child) -> io::Result<Ran> {
        let (out, errors) = (child.stdout.take(), child.stderr.take());
        let child = Mutex::new(child);
        let deadline = Deadline::default();
        thread::scope(|scope| {
            scope.spawn(|| deadline.end_after(self.timeout, &child));
            let errors = scope.spawn(|| read_some(errors));
            let out = read_some(out);
            let errors = errors.join().unwrap_or_default();
            let status = deadline.finish(&child)?;
            Ok(Ran { status, out, errors, was_late: deadline.was_late() })
        })
    }
}

fn read_some(from: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        // What was read before an error is all there is.
        let _ = from.take(MOST_OUTPUT + 1).read_to_end(&mut bytes);
    }
    bytes
}

/// A copy of a repository's files, which goes with the value.
struct Copy {
    folder: PathBuf,
}

impl Copy {
    fn of(tree: &Tree) -> io::Result<Copy> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("aoa-plugin-{}-{number}", process::id()));
        // Nobody else's folder is taken over.
        fs::create_dir(&folder)?;
        let copy = Copy { folder };
        for (path, entry) in tree.entries() {
            let to = copy.folder.join(path.as_str());
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            match &entry.mode {
                FileMode::Symlink(target) => link(target, &to)?,
                _ => {
                    let bytes =
                        tree.read(path).map_err(|error| io::Error::other(error.message().to_owned()))?;
                    fs::write(&to, &bytes)?;
                    make_runnable(&to, &bytes)?;
                }
            }
        }
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Trees do not keep the executable bit: scripts have it.
#[cfg(unix)]
fn make_runnable(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if bytes.starts_with(b"#!") {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_runnable(_: &Path, _: &[u8]) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link(target: &str, path: &Path) -> io::Result<()> {
    fs::write(path, target)
}
