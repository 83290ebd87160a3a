//! Kustomize sources: folders that are built in process, as `kustomize build` of Argo CD 3.5.7 prints them.
//!
//! What a source sets under `kustomize` (images, prefixes, patches ...) is not carried out yet: such a source is unknown.

use aoa_kustomize::{Builder, Helm, Missing, Options, Restriction};
use aoa_lang::{Limits, Value};

use super::application::RenderContext;
use super::directory::flatten;
use super::manifest_file::parse_yaml;
use super::source::{Located, Outcome, Stop};
use crate::finding::{Gap, Place};
use crate::fleet::SourceType;
use crate::model::Manifest;

/// The manifests of a kustomization.
pub(super) fn render_kustomize(ctx: &RenderContext<'_>, located: &Located<'_>) -> Outcome {
    let source_type = Some(SourceType::Kustomize);
    match manifests(ctx, located) {
        Ok(manifests) => Outcome::rendered(source_type, manifests),
        Err(stop) => Outcome::stopped(source_type, stop),
    }
}

fn manifests(ctx: &RenderContext<'_>, located: &Located<'_>) -> Result<Vec<Manifest>, Stop> {
    let not_yet = || Stop::from(Gap::Renderer { source_type: "Kustomize" });
    let own = located.source.get("kustomize").and_then(Value::as_map);
    if own.is_some_and(|own| !own.is_empty()) {
        return Err(not_yet());
    }
    let flags = ctx.installation.kustomize_build_options();
    let options = build_options(flags).ok_or_else(not_yet)?;
    let folder = &located.folder.path;
    let failed = |error: aoa_kustomize::Error| match error.needs() {
        Some(missing) => Stop::from(gap(missing)),
        None => {
            let flags = if flags.is_empty() { String::new() } else { format!(" {flags}") };
            Stop::failed(format!(
                "`kustomize build <path to cached source>/{folder}{flags}` failed exit status 1: Error: {error}"
            ))
        }
    };
    let builder = ctx.cache.kustomize_builder(&located.found.tree, flags, |tree| Builder::new(tree, options));
    let text = builder.build(folder).and_then(|built| built.to_yaml()).map_err(failed)?;
    let file = parse_yaml(text.as_bytes(), &Limits::default())
        .map_err(|error| Stop::failed(error.to_status("kustomize build")))?;
    let mut manifests = Vec::with_capacity(file.objects.len());
    for (object, ..) in file.objects {
        let place = Place {
            repository: located.found.url.clone(),
            path: folder.clone(),
            line: 1,
            column: 1,
            width: 0,
        };
        flatten(object, place, &mut manifests)?;
    }
    Ok(manifests)
}

/// The flags of `kustomize.buildOptions`; `None` if there is one that is not known.
fn build_options(flags: &str) -> Option<Options> {
    let mut options = Options::default();
    let mut words = flags.split_whitespace();
    while let Some(word) = words.next() {
        let (flag, value) = word.split_once('=').unwrap_or((word, ""));
        match (flag, value) {
            ("--enable-helm", "" | "true") => {
                options.helm =
                    Helm::Enabled { renderer: None, kube_version: String::new(), api_versions: Vec::new() };
            }
            ("--load-restrictor" | "--load_restrictor", value) => {
                let value = if value.is_empty() { words.next()? } else { value };
                options.restriction = match value {
                    "LoadRestrictionsNone" | "none" => Restriction::None,
                    "LoadRestrictionsRootOnly" | "rootOnly" => Restriction::RootOnly,
                    _ => return None,
                };
            }
            _ => return None,
        }
    }
    Some(options)
}

/// What would have to be given.
fn gap(missing: &Missing) -> Gap {
    match missing {
        Missing::Repository(url) if url.reference.is_empty() => {
            Gap::Repository { url: url.repo.as_str().into() }
        }
        Missing::Repository(url) => {
            Gap::Revision { url: url.repo.as_str().into(), revision: url.reference.as_str().into() }
        }
        Missing::Url { url, .. } => Gap::Repository { url: url.as_str().into() },
        Missing::Chart { repo, name, version } => Gap::Chart {
            repository: repo.as_str().into(),
            chart: name.as_str().into(),
            version: version.as_str().into(),
        },
        _ => Gap::Renderer { source_type: "Kustomize" },
    }
}
