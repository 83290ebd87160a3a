//! Bases in other repositories, as far as these were given; and what to say of those that were not.

use std::sync::Arc;

use aoa_kustomize::{Error, Missing, Remotes, RepoUrl};
use aoa_lang::source::Tree;

use super::super::application::RenderContext;
use super::super::source::Stop;
use super::command_failed;
use crate::finding::Gap;
use crate::load::{NoTree, Repositories};

/// The repositories of a fleet.
pub(super) struct Given(pub(super) Arc<Repositories>);

impl Remotes for Given {
    fn repository(&self, url: &RepoUrl) -> Option<Tree> {
        self.0.resolve(&url.repo, &url.reference, "").ok().map(|found| found.tree)
    }
}

/// What becomes of a source whose command has failed.
pub(super) fn stop(ctx: &RenderContext<'_>, command: &str, error: Error) -> Stop {
    let Some(missing) = error.needs() else { return command_failed(command, &error.to_string()) };
    Stop::from(match missing {
        Missing::Repository(url) => missing_repository(ctx, url),
        Missing::Url { url, repository } => match repository {
            Some(repository) => missing_repository(ctx, repository),
            None => Gap::Repository { url: url.as_str().into() },
        },
        Missing::Chart { repo, name, version } => Gap::Chart {
            repository: repo.as_str().into(),
            chart: name.as_str().into(),
            version: version.as_str().into(),
        },
        _ => Gap::Renderer { source_type: "Kustomize" },
    })
}

fn missing_repository(ctx: &RenderContext<'_>, url: &RepoUrl) -> Gap {
    match ctx.repositories.resolve(&url.repo, &url.reference, "") {
        Err(NoTree::Gap(gap)) => gap,
        _ => Gap::Revision { url: url.repo.as_str().into(), revision: url.reference.as_str().into() },
    }
}
