//! A bound on the time of a child process.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Whether a child is still wanted.
#[derive(Default)]
pub(crate) struct Deadline {
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

impl Deadline {
    /// Waits for the child, which has said all that it will say.
    ///
    /// # Errors
    /// If it cannot be waited for.
    pub(crate) fn finish(&self, child: &Mutex<Child>) -> io::Result<ExitStatus> {
        loop {
            // The lock must be free again before the other one is taken.
            let ended = held(child).try_wait()?;
            if let Some(status) = ended {
                self.settle();
                return Ok(status);
            }
            // One that closed its output and goes on is ended in time.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Ends the child, which is not needed any more.
    pub(crate) fn end(&self, child: &Mutex<Child>) {
        self.settle();
        let mut child = held(child);
        kill(&mut child);
        let _ = child.wait();
    }

    /// Whether the child was ended because its time was over.
    pub(crate) fn was_late(&self) -> bool {
        *held(&self.state) == State::Late
    }

    /// Ends the child when its time is over, unless it has finished by then.
    pub(crate) fn end_after(&self, timeout: Duration, child: &Mutex<Child>) {
        let deadline = Instant::now() + timeout;
        let mut state = held(&self.state);
        while *state == State::Running {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                *state = State::Late;
                kill(&mut held(child));
                return;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn settle(&self) {
        let mut state = held(&self.state);
        if *state == State::Running {
            *state = State::Finished;
        }
        self.changed.notify_all();
    }
}

/// Ends a child that [`alone`] made, with all that it started.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(
        rustix::process::Pid::from_child(child),
        rustix::process::Signal::KILL,
    );
    let _ = child.kill();
}

/// Lets a command and all that it starts be ended together.
pub(crate) fn alone(command: &mut Command) -> &mut Command {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
