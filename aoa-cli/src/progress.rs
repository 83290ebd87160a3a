//! What is being done, on standard error, if it takes long and somebody looks.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Before this, nothing is said.
const PATIENCE: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(100);

/// Shows what is being done until it is dropped.
pub(crate) struct Progress(Option<(Sender<Turn>, JoinHandle<()>)>);

enum Turn {
    To(&'static str),
    /// The line is wiped before the answer comes.
    Pause(Sender<()>),
}

impl Progress {
    /// Begins with `what`; shows nothing where standard error is no terminal.
    pub(crate) fn start(what: &'static str) -> Progress {
        if !io::stderr().is_terminal() {
            return Progress(None);
        }
        let (sender, turns) = mpsc::channel();
        let show = move || {
            let (mut what, start) = (Some(what), Instant::now());
            let mut shown = false;
            loop {
                match turns.recv_timeout(TICK) {
                    Ok(Turn::To(next)) => what = Some(next),
                    Ok(Turn::Pause(done)) => {
                        what = None;
                        wipe(&mut shown);
                        let _ = done.send(());
                    }
                    Err(RecvTimeoutError::Timeout) => {
                        if let (Some(what), true) = (what, start.elapsed() >= PATIENCE) {
                            let _ = io::stderr().write_all(line(what, start.elapsed()).as_bytes());
                            shown = true;
                        }
                    }
                    Err(RecvTimeoutError::Disconnected) => return wipe(&mut shown),
                }
            }
        };
        Progress(Some((sender, thread::spawn(show))))
    }

    pub(crate) fn turn_to(&self, what: &'static str) {
        if let Some((sender, _)) = &self.0 {
            let _ = sender.send(Turn::To(what));
        }
    }

    /// Leaves the line to others until [`turn_to`](Progress::turn_to).
    pub(crate) fn pause(&self) {
        if let Some((sender, _)) = &self.0 {
            let (done, wiped) = mpsc::channel();
            if sender.send(Turn::Pause(done)).is_ok() {
                let _ = wiped.recv();
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.0.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}

fn line(what: &str, since: Duration) -> String {
    format!("\r\x1b[K{what} ... {:.1} s", since.as_secs_f64())
}

fn wipe(shown: &mut bool) {
    if std::mem::take(shown) {
        let _ = io::stderr().write_all(b"\r\x1b[K");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_and_how_long() {
        assert_eq!(line("resolving", Duration::from_millis(1240)), "\r\u{1b}[Kresolving ... 1.2 s");
    }

    #[test]
    fn nothing_is_shown_where_nobody_looks() {
        // Tests have no terminal on standard error.
        let progress = Progress::start("reading files");
        progress.turn_to("resolving");
        progress.pause();
        assert!(progress.0.is_none() || io::stderr().is_terminal());
    }
}
