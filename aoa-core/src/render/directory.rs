//! Folders of manifests, as `findManifests` of Argo CD 3.5.7's repo-server reads them.
//!
//! Files are taken in walk order, whole or not at all: one manifest that cannot be read fails the Application. YAML
//! that is obviously no manifest is passed over, JSON never is.

use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::source::{Entry, FileMode, Tree, TreePath};
use aoa_lang::text::glob::Glob;
use aoa_lang::value::Text;

use super::application::RenderContext;
use super::cache::FolderKey;
use super::files::{self, Target};
use super::jsonnet::{JsonnetOptions, evaluate_jsonnet};
use super::manifest_file::{ParsedFile, parse_json, parse_yaml};
use super::source::{Located, Outcome, Stop};
use crate::finding::Place;
use crate::fleet::SourceType;
use crate::model::Manifest;

/// A file with this text anywhere in it is not rendered.
const SKIP_MARKER: &[u8] = b"+argocd:skip-file-rendering";

/// `directory` of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct DirectoryOptions {
    recurse: bool,
    include: Text,
    exclude: Text,
    pub(super) jsonnet: JsonnetOptions,
}

impl DirectoryOptions {
    pub(super) fn read(located: &Located<'_>) -> Self {
        let jsonnet = JsonnetOptions::read(located.source, located.environment);
        DirectoryOptions { jsonnet, ..DirectoryOptions::of(located.source) }
    }

    /// The options without those of Jsonnet.
    fn of(source: &Value) -> Self {
        let text = |key| source.str_at(&["directory", key]).unwrap_or_default().into();
        DirectoryOptions {
            recurse: source.at(&["directory", "recurse"]).and_then(Value::as_bool).unwrap_or_default(),
            include: text("include"),
            exclude: text("exclude"),
            jsonnet: JsonnetOptions::default(),
        }
    }

    /// Whether `include` and `exclude` let the file at `rest` through: globs in which `*` crosses `/`. A pattern that
    /// does not compile matches nothing.
    fn selects(&self, rest: &str) -> bool {
        let matches = |pattern: &Text| {
            let pattern = pattern.to_str_lossy();
            Glob::new(&pattern, "").and_then(|glob| glob.matches(rest)).unwrap_or(false)
        };
        if !self.exclude.is_empty() && matches(&self.exclude) {
            return false;
        }
        self.include.is_empty() || matches(&self.include)
    }
}

/// Whether a folder that is rendered with the options of `source` reads the file at `rest`, a path relative to it.
pub(crate) fn directory_covers(source: &Value, rest: &str) -> bool {
    let options = DirectoryOptions::of(source);
    (options.recurse || !rest.contains('/')) && options.selects(rest)
}

/// The manifests of a folder.
pub(crate) fn render_directory(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    options: &DirectoryOptions,
) -> Outcome {
    if located.folder.is_link {
        return Outcome::rendered(Some(SourceType::Directory), Vec::new());
    }
    let key = FolderKey {
        tree: located.found.tree.identity(),
        url: located.found.url.clone(),
        folder: located.folder.path.clone(),
        options: options.clone(),
        evaluates: ctx.jsonnet.is_some() && ctx.installation.renders(SourceType::Directory),
    };
    let source_type = Some(SourceType::Directory);
    let outcome = ctx.cache.folder(key, || match manifests(ctx, located, options) {
        Ok(manifests) => Outcome::rendered(source_type, manifests),
        Err(stop) => Outcome::stopped(source_type, stop),
    });
    ctx.budget.share(&outcome.manifests);
    outcome
}

fn manifests(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    options: &DirectoryOptions,
) -> Result<Vec<Manifest>, Stop> {
    let tree = &located.found.tree;
    // All files are looked at before any is read as a manifest, as upstream does: an illegal link wins over a broken file.
    let files = manifest_files(ctx, tree, &located.folder.path, options)?;
    let mut objects = Vec::new();
    for (path, real) in files {
        let repository = &located.found.url;
        let place = |line, column| Place {
            repository: repository.clone(),
            path: path.clone(),
            line,
            column,
            width: 0,
        };
        if path.name().ends_with(".jsonnet") {
            if ctx.installation.renders(SourceType::Directory) {
                let evaluated = evaluate_jsonnet(ctx, located, path, &options.jsonnet)?;
                objects.extend(evaluated.into_iter().map(|object| (object, place(1, 1))));
            }
            continue;
        }
        let file = read_manifest_file(ctx, tree, path, &real).map_err(Stop::failed)?;
        objects.extend(
            file.objects.iter().map(|(object, line, column)| (object.clone(), place(*line, *column))),
        );
    }
    let mut manifests = Vec::with_capacity(objects.len());
    for (object, place) in objects {
        flatten(object, place, &mut manifests)?;
    }
    Ok(manifests)
}

/// The files of a folder that count as manifests, in walk order, each with its real path.
fn manifest_files<'t>(
    ctx: &RenderContext<'_>,
    tree: &'t Tree,
    folder: &TreePath,
    options: &DirectoryOptions,
) -> Result<Vec<(&'t TreePath, TreePath)>, Stop> {
    let mut files = Vec::new();
    for (path, entry) in files::walk(tree, folder) {
        let rest = path.relative_to(folder).unwrap_or_default();
        if (!options.recurse && rest.contains('/')) || !is_manifest_name(path.name()) {
            continue;
        }
        let Some(real) = real_file(tree, path, entry, rest)? else { continue };
        if !options.selects(rest) {
            continue;
        }
        let size = tree.get(&real).map_or(0, |entry| entry.size);
        if size > ctx.options.max_file_bytes {
            let error = format!("`{path}` is larger than {} bytes", ctx.options.max_file_bytes);
            return Err(Stop::failed(error));
        }
        let text = tree.read(&real).map_err(|e| Stop::failed(e.to_string()))?;
        if !contains(&files::decode(&text), SKIP_MARKER) {
            files.push((path, real));
        }
    }
    Ok(files)
}

/// `^.*\.(yaml|yml|json|jsonnet)$`
fn is_manifest_name(name: &str) -> bool {
    [".yaml", ".yml", ".json", ".jsonnet"].iter().any(|end| name.ends_with(end))
}

/// Where the file is behind its links; `None` for a link to nothing or to a folder.
fn real_file(tree: &Tree, path: &TreePath, entry: &Entry, rest: &str) -> Result<Option<TreePath>, Stop> {
    match entry.mode {
        FileMode::File => Ok(Some(path.clone())),
        _ => match files::follow(tree, path.as_str()) {
            Target::File(real) => Ok(Some(real)),
            Target::Folder(_) | Target::Missing => Ok(None),
            Target::Outside => Err(Stop::failed(format!(
                "failed to get potentially valid manifests: invalid manifest file \"<path to cached source>/{path}\": illegal filepath in symlink at \"{rest}\""
            ))),
        },
    }
}

fn read_manifest_file(
    ctx: &RenderContext<'_>,
    tree: &Tree,
    path: &TreePath,
    real: &TreePath,
) -> Result<Arc<ParsedFile>, String> {
    let content = tree.get(real).map(|entry| entry.content).unwrap_or(aoa_lang::source::ContentId(0));
    let bytes = tree.read(real).map_err(|e| e.to_string())?;
    let json = path.name().ends_with(".json");
    let parsed = ctx.cache.file((content, json), || {
        let text = files::decode(&bytes);
        let limits = &ctx.options.limits;
        (if json { parse_json(&text, limits) } else { parse_yaml(&text, limits) }).map(Arc::new)
    });
    parsed.map_err(|error| error.to_status(path.name()))
}

/// Adds an object, or the items of a list; lists inside lists stay lists (`GenerateManifests`).
pub(crate) fn flatten(object: Value, place: Place, into: &mut Vec<Manifest>) -> Result<(), Stop> {
    match object.get("items") {
        Some(Value::List(items)) if !items.is_nil() => {
            for item in items.iter() {
                if !matches!(item, Value::Map(_)) {
                    // Upstream names the type that it wanted.
                    return Err(Stop::failed("items member is not an object: map[string]interface {}"));
                }
                into.push(Manifest { object: item.clone(), place: Some(place.clone()) });
            }
        }
        Some(Value::Null) if object.get("spec").is_none() && object.get("status").is_none() => {}
        _ => into.push(Manifest { object, place: Some(place) }),
    }
    Ok(())
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window == needle)
}
