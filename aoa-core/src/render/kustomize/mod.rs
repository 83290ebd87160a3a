//! Kustomize sources, as `util/kustomize` of Argo CD 3.5.7 builds them, in process.
//!
//! What a source sets under `kustomize` is written into its kustomization file by commands of the tool, one after the
//! other, before the folder is built.
//!
//! | file | what |
//! |---|---|
//! | `plan` | the commands that a source asks for |
//! | `patches` | its patches, which no command adds |
//! | `flags` | the flags of a build |
//! | `versions` | which Kustomize builds it |
//! | `charts` | charts inside kustomizations |
//! | `remotes` | bases in other repositories |

mod charts;
mod flags;
mod patches;
mod plan;
mod remotes;
mod versions;

use std::sync::Arc;

use aoa_kustomize::{Builder, Editor, Error, Missing};
use aoa_lang::Limits;
use aoa_lang::source::TreePath;

use super::application::RenderContext;
use super::cache::KustomizeKey;
use super::directory::flatten;
use super::manifest_file::parse_yaml;
use super::reach::{Reach, ReachParts};
use super::source::{Located, Outcome, Stop};
use crate::fleet::SourceType;
use crate::model::Manifest;
use flags::Flags;
use plan::{Step, plan};

pub use charts::HelmTemplate;
pub(super) use versions::KustomizeVersions;

const SOURCE_TYPE: Option<SourceType> = Some(SourceType::Kustomize);

/// The manifests of a kustomization.
pub(super) fn render_kustomize(ctx: &RenderContext<'_>, located: &Located<'_>) -> Outcome {
    let own = || Reach::below(located.found, &located.folder.path);
    render(ctx, located).unwrap_or_else(|stop| Outcome::stopped(SOURCE_TYPE, stop).with_reach(own()))
}

fn render(ctx: &RenderContext<'_>, located: &Located<'_>) -> Result<Outcome, Stop> {
    ctx.installation.kustomize().check(located.source)?;
    let flags = Flags::read(ctx, located)?;
    let steps = plan(located);
    let key = KustomizeKey {
        tree: located.found.tree.identity(),
        url: located.found.url.clone(),
        number: located.found.number,
        folder: located.folder.path.clone(),
        flags: flags.text.clone(),
        steps: format!("{steps:?}"),
    };
    Ok(ctx.cache.kustomization(key, || match build(ctx, located, &flags, &steps) {
        Ok(made) => {
            // What would not be held is not kept either.
            let is_own = made.repositories == Repositories::Own && ctx.budget.has_room();
            let outcome = Outcome::rendered(SOURCE_TYPE, made.manifests).with_reach(made.reach);
            (Outcome { is_random: made.is_random, ..outcome }, is_own)
        }
        Err(Stopped { stop, reach }) => {
            let is_own = matches!(stop, Stop::Failed(_));
            (Outcome::stopped(SOURCE_TYPE, stop).with_reach(reach), is_own)
        }
    }))
}

/// What a build makes.
struct Made {
    manifests: Vec<Manifest>,
    repositories: Repositories,
    reach: Reach,
    /// Whether a chart in it draws random values.
    is_random: bool,
}

/// Why a build makes nothing.
struct Stopped {
    stop: Stop,
    reach: Reach,
}

/// Which repositories a build reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repositories {
    /// The tree of the source alone.
    Own,
    /// Others too.
    Others,
}

fn build(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    flags: &Flags,
    steps: &[Step],
) -> Result<Made, Stopped> {
    let folder = &located.folder.path;
    let builder = ctx.cache.kustomize_builder(&located.found.tree, &flags.text, |tree| {
        Builder::new(tree, flags.options.clone())
    });
    let builder = builder.with_remotes(Arc::new(remotes::Given(ctx.repositories.clone())));
    let mut editor = Editor::new(&builder, folder);
    for step in steps {
        let reach = || reach(located, steps, []);
        step.carry_out(ctx, &mut editor).map_err(|stop| Stopped { stop, reach: reach() })?;
    }
    let built = editor.build();
    let reach = match &built {
        Ok(built) if built.repositories().is_empty() => {
            reach(located, steps, built.observed().iter().map(|(path, _)| path))
        }
        Ok(_) => Reach::everything(),
        Err(error) => match error.observed().filter(|_| !needs_repository(error)) {
            Some(observed) => reach(located, steps, observed.map(|(path, _)| path)),
            None => Reach::everything(),
        },
    };
    let stopped = |stop| Stopped { stop, reach: reach.clone() };
    let failed = |error| stopped(remotes::stop(ctx, &command(located, flags), error));
    let text = built.as_ref().map_err(Clone::clone).and_then(|built| built.to_yaml()).map_err(failed)?;
    let file = parse_yaml(text.as_bytes(), &Limits::default())
        .map_err(|error| stopped(Stop::failed(error.to_status("kustomize build"))))?;
    let mut manifests = Vec::with_capacity(file.objects.len());
    for (object, ..) in file.objects {
        flatten(object, located.found.place(folder.clone()), &mut manifests).map_err(stopped)?;
    }
    let is_random = built.as_ref().is_ok_and(|built| built.is_random());
    let is_own = built.is_ok_and(|built| built.repositories().is_empty());
    let repositories = if is_own { Repositories::Own } else { Repositories::Others };
    Ok(Made { manifests, repositories, reach, is_random })
}

/// Whether a build waits for another repository.
fn needs_repository(error: &Error) -> bool {
    error.needs().is_some_and(|missing| !matches!(missing, Missing::Chart { .. }))
}

/// The folder, and whatever was looked at: of a chart its folder, whose files count all. Components are looked for by steps,
/// which tell nothing.
fn reach<'o>(
    located: &Located<'_>,
    steps: &[Step],
    observed: impl IntoIterator<Item = &'o TreePath>,
) -> Reach {
    let mut reach = ReachParts::default();
    if steps.iter().any(Step::looks_elsewhere) {
        reach.tree(located.found);
        return reach.into_reach();
    }
    reach.below(located.found, &located.folder.path);
    let elsewhere = observed.into_iter().filter(|path| !path.is_within(&located.folder.path));
    elsewhere.for_each(|path| reach.below(located.found, path));
    reach.into_reach()
}

/// The command line that Argo CD starts.
fn command(located: &Located<'_>, flags: &Flags) -> String {
    let folder = located.folder.path.as_str();
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("kustomize build <path to cached source>{slash}{folder}{}", flags.text)
}

/// What Argo CD says of a command that has failed.
fn command_failed(command: &str, error: &str) -> Stop {
    Stop::failed(format!("`{command}` failed exit status 1: Error: {error}"))
}
