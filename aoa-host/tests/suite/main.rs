//! Folders, repositories and commands, a file per subject. One program: linking is most of what tests cost.

mod commits;
mod examples;
mod history;
mod hostile;
mod outputs;
mod pinned;
mod plugins;
mod revisions;
