//! One source: where its files are, which type it has, which renderer it gets.

use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::source::TreePath;
use aoa_lang::value::Text;

use super::application::RenderContext;
use super::detect::{detect_type, merge_overrides};
use super::directory::{DirectoryOptions, render_directory};
use super::files::{self, Target};
use crate::finding::Gap;
use crate::fleet::{SourceType, State};
use crate::load::Found;
use crate::model::Manifest;

/// What a source's rendering depends on besides the source.
pub(crate) struct Request<'r> {
    /// The instance name of the Application.
    pub(crate) app_name: Text,
    /// Whether `spec.sources` is used.
    pub(crate) multiple: bool,
    /// All sources of the Application.
    pub(crate) all: &'r [Value],
}

/// What became of a source.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) source_type: Option<SourceType>,
    pub(crate) state: State,
    /// By group, kind, namespace and name.
    pub(crate) manifests: Arc<[Manifest]>,
}

impl Outcome {
    pub(super) fn rendered(source_type: Option<SourceType>, manifests: Arc<[Manifest]>) -> Self {
        Outcome { source_type, state: State::Rendered, manifests }
    }

    pub(super) fn unknown(source_type: Option<SourceType>, gap: Gap) -> Self {
        Outcome { source_type, state: State::Unknown(gap), manifests: Arc::default() }
    }

    pub(super) fn failed(error: impl Into<Text>) -> Self {
        Outcome { source_type: None, state: State::Failed(error.into()), manifests: Arc::default() }
    }
}

/// Renders a source; `tree` is given for roots, which are read from whatever tree is at hand.
pub(crate) fn render_source(
    ctx: &RenderContext<'_>,
    request: &Request<'_>,
    source: &Value,
    tree: Option<&Found>,
) -> Outcome {
    let text = |field| source.str_at(&[field]).unwrap_or_default();
    let (url, chart, revision) = (text("repoURL"), text("chart"), text("targetRevision"));
    if url.starts_with("oci://") {
        return Outcome::unknown(None, Gap::Oci { url: url.into() });
    }
    if !chart.is_empty() {
        let gap = Gap::Chart { repository: url.into(), chart: chart.into(), version: revision.into() };
        return Outcome::unknown(None, gap);
    }
    let found = match tree.cloned().map_or_else(|| ctx.repositories.find(url, revision), Ok) {
        Ok(found) => found,
        Err(gap) => return Outcome::unknown(None, gap),
    };
    if let Some(gap) = missing_reference(ctx, request, source) {
        return Outcome::unknown(None, gap);
    }
    if !text("ref").is_empty() && text("path").is_empty() {
        return Outcome::rendered(None, Arc::default());
    }
    if let Some(link) = ctx.cache.out_of_bounds_link(&found) {
        return Outcome::failed(format!("repository contains out-of-bounds symlinks. file: {link}"));
    }
    let folder = match app_path(&found, text("path")) {
        Ok(folder) => folder,
        Err(error) => return Outcome::failed(error),
    };
    render_found(ctx, request, source, &found, &folder)
}

fn render_found(
    ctx: &RenderContext<'_>,
    request: &Request<'_>,
    source: &Value,
    found: &Found,
    folder: &TreePath,
) -> Outcome {
    let merged = match merge_overrides(&found.tree, folder, source, &request.app_name.to_str_lossy()) {
        Ok(merged) => merged,
        Err(error) => {
            return Outcome::failed(format!(
                "error getting app source type: error while parsing source parameters: {error}"
            ));
        }
    };
    let source_type = match detect_type(&found.tree, folder, &merged, &|_| true) {
        Ok(source_type) => source_type,
        Err(error) => return Outcome::failed(format!("error getting app source type: {error}")),
    };
    match source_type {
        SourceType::Directory => {
            let options = DirectoryOptions::read(&merged);
            render_directory(ctx, found, folder, &options)
        }
        SourceType::Helm => Outcome::unknown(Some(source_type), Gap::Renderer { source_type: "Helm" }),
        SourceType::Kustomize => {
            Outcome::unknown(Some(source_type), Gap::Renderer { source_type: "Kustomize" })
        }
        SourceType::Plugin => {
            let name = merged.str_at(&["plugin", "name"]).unwrap_or_default().into();
            Outcome::unknown(Some(source_type), Gap::Plugin { name })
        }
    }
}

/// The folder that `path` of a source names (`util/app/path` of Argo CD 3.5.7).
fn app_path(found: &Found, path: &str) -> Result<TreePath, String> {
    if path.starts_with('/') {
        return Err(format!("{path}: app path is absolute"));
    }
    if TreePath::new(path).is_none() {
        return Err(format!("{path}: app path outside root"));
    }
    match files::follow(&found.tree, path) {
        Target::Folder(folder) => Ok(folder),
        Target::File(_) => Err(format!("{path}: app path is not a directory")),
        Target::Missing | Target::Outside => Err(format!("{path}: app path does not exist")),
    }
}

/// The first referenced source of a value file whose repository was not given.
fn missing_reference(ctx: &RenderContext<'_>, request: &Request<'_>, source: &Value) -> Option<Gap> {
    if !request.multiple {
        return None;
    }
    let helm = source.get("helm")?;
    let list = |key| helm.get(key).and_then(Value::as_list).into_iter().flatten();
    let values = list("valueFiles").filter_map(Value::as_str);
    let parameters = list("fileParameters").filter_map(|p| p.str_at(&["path"]));
    values.chain(parameters).find_map(|file| {
        let name = file.strip_prefix('$')?.split('/').next()?;
        let target = request.all.iter().find(|s| s.str_at(&["ref"]) == Some(name))?;
        let text = |field| target.str_at(&[field]).unwrap_or_default();
        ctx.repositories.find(text("repoURL"), text("targetRevision")).err()
    })
}
