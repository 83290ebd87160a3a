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
use super::parallel::Workers;
use super::reach::{Reach, ReachParts};
use super::source::{Located, Outcome, Stop};
use super::splice::spliced;
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

    /// Whether `include` and `exclude` let the file at `rest` through.
    fn selects(&self, rest: &str) -> bool {
        self.refusal(rest).is_none()
    }

    /// Why `include` and `exclude` do not let the file at `rest` through: globs in which `*` crosses `/`. A pattern that
    /// does not compile matches nothing.
    fn refusal(&self, rest: &str) -> Option<DirectoryRefusal> {
        let matches = |pattern: &Text| {
            let pattern = pattern.to_str_lossy();
            Glob::new(&pattern, "").and_then(|glob| glob.matches(rest)).unwrap_or(false)
        };
        if !self.exclude.is_empty() && matches(&self.exclude) {
            return Some(DirectoryRefusal::Excluded(self.exclude.clone()));
        }
        if self.include.is_empty() || matches(&self.include) {
            return None;
        }
        Some(DirectoryRefusal::NotIncluded(self.include.clone()))
    }
}

/// Why a folder that is rendered does not read a file in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DirectoryRefusal {
    /// It lies deeper, and `recurse` is off.
    NotRecursive,
    /// `exclude` matches it.
    Excluded(Text),
    /// `include` does not match it.
    NotIncluded(Text),
}

/// Whether a folder that is rendered with the options of `source` reads the file at `rest`, a path relative to it.
pub(crate) fn directory_covers(source: &Value, rest: &str) -> bool {
    directory_refusal(source, rest).is_none()
}

/// Why it does not.
pub(crate) fn directory_refusal(source: &Value, rest: &str) -> Option<DirectoryRefusal> {
    let options = DirectoryOptions::of(source);
    if !options.recurse && rest.contains('/') {
        return Some(DirectoryRefusal::NotRecursive);
    }
    options.refusal(rest)
}

/// The manifests of a folder.
pub(crate) fn render_directory(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    options: &DirectoryOptions,
) -> Outcome {
    if located.folder.is_link {
        let mut reach = ReachParts::default();
        reach.tree(located.found);
        return Outcome::rendered(Some(SourceType::Directory), Vec::new()).with_reach(reach.into_reach());
    }
    let key = FolderKey {
        tree: located.found.tree.identity(),
        url: located.found.url.clone(),
        number: located.found.number,
        folder: located.folder.path.clone(),
        options: options.clone(),
        evaluates: ctx.jsonnet.is_some() && ctx.installation.renders(SourceType::Directory),
    };
    let outcome = folder(ctx, located, options, key);
    ctx.budget.share(&outcome.manifests);
    outcome
}

fn folder(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    options: &DirectoryOptions,
    key: FolderKey,
) -> Outcome {
    if let Some(known) = ctx.cache.known_folder(&key) {
        return known;
    }
    if let Some(spliced) = spliced(ctx, located, options, &key) {
        return ctx.cache.folder(key, || spliced);
    }
    let entries = files::walk(&located.found.tree, &located.folder.path);
    let render = |workers| {
        let source_type = Some(SourceType::Directory);
        let outcome = match manifests(ctx, located, options, &entries, workers) {
            Ok(manifests) => Outcome::rendered(source_type, manifests),
            Err(stop) => Outcome::stopped(source_type, stop),
        };
        outcome.with_reach(reach(located, &entries))
    };
    if entries.len() >= MANY && ctx.workers.are_several() {
        // Nobody may wait for this folder meanwhile: a thread that waits for others could be asked for it again.
        let rendered = render(Some(ctx.workers));
        return ctx.cache.folder(key, || rendered);
    }
    ctx.cache.folder(key, || render(None))
}

/// The folder; programs of Jsonnet import what they like.
fn reach(located: &Located<'_>, entries: &[(&TreePath, &Entry)]) -> Reach {
    let mut reach = ReachParts::default();
    match entries.iter().any(|(path, _)| path.name().ends_with(".jsonnet")) {
        true => reach.tree(located.found),
        false => reach.below(located.found, &located.folder.path),
    }
    reach.into_reach()
}

/// Files of a folder that several threads are worth.
const MANY: usize = 64;

/// A file that counts as a manifest.
struct ManifestFile<'t> {
    path: &'t TreePath,
    /// What is in it; `None` for Jsonnet.
    parsed: Option<Result<Arc<ParsedFile>, String>>,
}

fn manifests<'t>(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    options: &DirectoryOptions,
    entries: &[(&'t TreePath, &'t Entry)],
    workers: Option<&Workers>,
) -> Result<Vec<Manifest>, Stop> {
    let look = |found: &(&'t TreePath, &'t Entry)| manifest_file(ctx, located, options, *found);
    let files: Vec<_> = match workers {
        Some(workers) => workers.map(entries, look),
        None => entries.iter().map(look).collect(),
    };
    // All files are looked at before any is read as a manifest, as upstream does: an illegal link wins over a broken file.
    let files =
        files.into_iter().filter_map(Result::transpose).collect::<Result<Vec<ManifestFile<'_>>, Stop>>()?;
    let mut objects = Vec::with_capacity(files.len());
    for ManifestFile { path, parsed } in files {
        let place = |line, column| place(located, path, line, column);
        match parsed {
            Some(parsed) => {
                let file = parsed.map_err(Stop::failed)?;
                let found = file.objects.iter();
                objects.extend(found.map(|(object, line, column)| (object.clone(), place(*line, *column))));
            }
            None if ctx.installation.renders(SourceType::Directory) => {
                let evaluated = evaluate_jsonnet(ctx, located, path, &options.jsonnet)?;
                objects.extend(evaluated.into_iter().map(|object| (object, place(1, 1))));
            }
            None => {}
        }
    }
    let mut manifests = Vec::with_capacity(objects.len());
    for (object, place) in objects {
        flatten(object, place, &mut manifests)?;
    }
    Ok(manifests)
}

/// The manifests of one file, which is no Jsonnet.
pub(super) fn manifests_of_file(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    options: &DirectoryOptions,
    found: (&TreePath, &Entry),
) -> Result<Vec<Manifest>, Stop> {
    let mut manifests = Vec::new();
    let Some(ManifestFile { path, parsed: Some(parsed) }) = manifest_file(ctx, located, options, found)?
    else {
        return Ok(manifests);
    };
    for (object, line, column) in &parsed.map_err(Stop::failed)?.objects {
        flatten(object.clone(), place(located, path, *line, *column), &mut manifests)?;
    }
    Ok(manifests)
}

fn place(located: &Located<'_>, path: &TreePath, line: u32, column: u32) -> Place {
    Place { line, column, ..located.found.place(path.clone()) }
}

/// A file, read if it is no Jsonnet; `None` if it does not count as a manifest.
fn manifest_file<'t>(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    options: &DirectoryOptions,
    (path, entry): (&'t TreePath, &Entry),
) -> Result<Option<ManifestFile<'t>>, Stop> {
    let tree = &located.found.tree;
    let rest = path.relative_to(&located.folder.path).unwrap_or_default();
    if (!options.recurse && rest.contains('/')) || !is_manifest_name(path.name()) {
        return Ok(None);
    }
    let Some(real) = real_file(tree, path, entry, rest)? else { return Ok(None) };
    if !options.selects(rest) {
        return Ok(None);
    }
    let size = tree.get(&real).map_or(0, |entry| entry.size);
    if size > ctx.options.max_file_bytes {
        let error = format!("`{path}` is larger than {} bytes", ctx.options.max_file_bytes);
        return Err(Stop::failed(error));
    }
    let bytes = tree.read(&real).map_err(|e| Stop::failed(e.to_string()))?;
    let text = files::decode(&bytes);
    if memchr::memmem::find(&text, SKIP_MARKER).is_some() {
        return Ok(None);
    }
    let is_jsonnet = path.name().ends_with(".jsonnet");
    let parsed = (!is_jsonnet).then(|| read_manifests(ctx, tree, path, &real, &text));
    Ok(Some(ManifestFile { path, parsed }))
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

fn read_manifests(
    ctx: &RenderContext<'_>,
    tree: &Tree,
    path: &TreePath,
    real: &TreePath,
    text: &[u8],
) -> Result<Arc<ParsedFile>, String> {
    let content = tree.get(real).map(|entry| entry.content).unwrap_or(aoa_lang::source::ContentId(0));
    let json = path.name().ends_with(".json");
    let parsed = ctx.cache.file((content, json), || {
        let limits = &ctx.options.limits;
        (if json { parse_json(text, limits) } else { parse_yaml(text, limits) }).map(Arc::new)
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
