//! Helm sources: charts rendered in process, as `helm template` of Argo CD 3.5.7 prints them.
//!
//! `invocation` is the command that Argo CD would run, with the files of `value_files`; `dependencies` finds the charts that a
//! chart depends on. The steps are those of `helmTemplate` in the repo-server, in their order.

mod dependencies;
mod invocation;
mod value_files;

use std::sync::Arc;

use aoa_helm::{Chart, Rendered};
use aoa_lang::source::{ContentId, TreePath};
use aoa_lang::{Value, yaml};

use super::application::RenderContext;
use super::directory::flatten;
use super::manifest_file::parse_printed;
use super::reach::ReachParts;
use super::source::{Located, Outcome, Stop};
use crate::finding::Place;
use crate::fleet::SourceType;
use crate::model::Manifest;
use invocation::Invocation;
use value_files::FileNames;

pub(crate) use dependencies::{LoadedChart, NoChart};

/// The manifests of a chart.
pub(super) fn render_helm(ctx: &RenderContext<'_>, located: &Located<'_>) -> Outcome {
    let source_type = Some(SourceType::Helm);
    let mut reach = ReachParts::default();
    reach.below(located.found, &located.folder.path);
    let outcome = match manifests(ctx, located, &mut reach) {
        Ok((manifests, is_random)) => Outcome { is_random, ..Outcome::rendered(source_type, manifests) },
        Err(stop) => Outcome::stopped(source_type, stop),
    };
    outcome.with_reach(reach.into_reach())
}

fn manifests(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    reach: &mut ReachParts,
) -> Result<(Vec<Manifest>, bool), Stop> {
    FileNames::new(ctx, located).touched(located, reach);
    let invocation = Invocation::read(ctx, located)?;
    check_chart_file(located)?;
    check_version(located)?;
    let values = invocation.values(ctx, located)?;
    let chart = chart(ctx, located, &invocation, reach)?;
    let release = invocation.release(ctx)?;
    let rendered = chart.render(&values, &release).map_err(|error| invocation.failed(&error))?;
    Ok((objects(ctx, located, &rendered)?, rendered.is_random))
}

/// Argo CD looks for repositories of dependencies before Helm is called.
fn check_chart_file(located: &Located<'_>) -> Result<(), Stop> {
    let tree = &located.found.tree;
    let folder = &located.folder.path;
    let shown =
        if folder.as_str().is_empty() { "Chart.yaml".to_owned() } else { format!("{folder}/Chart.yaml") };
    let failed = |why: String| {
        Stop::failed(format!("error getting helm repos: error retrieving helm dependency repos: {why}"))
    };
    let path = folder.join("Chart.yaml").filter(|path| tree.get(path).is_some());
    let Some(path) = path else {
        let file = format!("<path to cached source>/{shown}");
        let why = format!("error reading helm chart from {file}: open {file}: no such file or directory");
        return Err(failed(why));
    };
    let super::files::Target::File(path) = super::files::follow(tree, path.as_str()) else { return Ok(()) };
    let text = tree.read(&path).map_err(|error| Stop::failed(error.to_string()))?;
    yaml::load(&text).map(drop).map_err(|error| {
        failed(format!("error unmarshalling the helm chart while getting helm dependency repos: {error}"))
    })
}

fn check_version(located: &Located<'_>) -> Result<(), Stop> {
    match located.source.str_at(&["helm", "version"]).unwrap_or_default() {
        "" | "v3" | "v4" => Ok(()),
        other => Err(Stop::failed(format!(
            "error initializing helm app object: failed to create new helm command: helm version '{other}' is not supported"
        ))),
    }
}

/// The chart of a source; loaded and compiled once for all Applications that render it.
fn chart(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    invocation: &Invocation<'_>,
    reach: &mut ReachParts,
) -> Result<Chart, Stop> {
    let (tree, folder) = (&located.found.tree, &located.folder.path);
    let chart = ctx.cache.chart((tree.identity(), folder.clone(), ctx.charts.identity()), || {
        dependencies::load_chart(ctx.charts, tree, folder)
    });
    chart.folders.iter().for_each(|folder| reach.below(located.found, folder));
    chart.chart.map_err(|none| match none {
        NoChart::Broken(error) => invocation.failed(&error),
        NoChart::Gap(gap) => gap.into(),
        NoChart::Dependencies(why) => Stop::failed(format!(
            "error building helm chart dependencies: failed to build helm dependencies: failed to build dependencies: failed running helm: `helm dependency build` failed exit status 1: Error: {why}"
        )),
    })
}

/// The objects that Helm prints, in its order. Documents of the same text are read once.
fn objects(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    rendered: &Rendered,
) -> Result<Vec<Manifest>, Stop> {
    let mut manifests = Vec::new();
    let mut chunk = Vec::new();
    for (path, content) in rendered.documents() {
        chunk.clear();
        chunk.extend_from_slice(b"# Source: ");
        chunk.extend_from_slice(path.as_bytes());
        chunk.push(b'\n');
        chunk.extend_from_slice(content.as_bytes());
        chunk.push(b'\n');
        let parsed = ctx.cache.printed(ContentId::digest([chunk.as_slice()]), ctx.budget.has_room(), || {
            parse_printed(&chunk, &ctx.options.limits).map(Arc::from).map_err(Into::into)
        });
        let place = place(located, path);
        for object in parsed.map_err(Stop::Failed)?.iter() {
            flatten(Value::clone(object), place.clone(), &mut manifests)?;
        }
    }
    Ok(manifests)
}

/// The template that a document comes from, where it lies in the repository unpacked.
fn place(located: &Located<'_>, template: &str) -> Place {
    let folder = &located.folder.path;
    let inside = template.split_once('/').map_or(template, |(_, inside)| inside);
    let file = folder.join(inside).filter(|path| located.found.tree.get(path).is_some());
    let path = file.or_else(|| folder.join("Chart.yaml")).unwrap_or_else(TreePath::root);
    located.found.place(path)
}
