//! From an Application to its manifests, as Argo CD's repo-server does it.
//!
//! | file | what |
//! |---|---|
//! | `source` | one source: where its files are, which type it has, which renderer it gets |
//! | `files` | a tree as the repo-server's file system shows it: symbolic links, walk order |
//! | `detect` | overrides in `.argocd-source*.yaml`, explicit and detected types |
//! | `directory` | folders of manifests |
//! | `cache` | what is parsed and rendered once |

mod application;
mod cache;
mod detect;
mod directory;
mod files;
mod manifest_file;
mod parallel;
mod source;

pub use cache::RenderCache;
pub use detect::{detect_type, merge_overrides};

pub(crate) use application::{RenderContext, render_application, render_folder};
pub(crate) use directory::directory_covers;
pub(crate) use parallel::in_parallel;
