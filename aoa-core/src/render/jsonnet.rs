//! Jsonnet files of a folder: which program each of them is, and what the edge's evaluator makes of it.

use std::sync::Arc;

use aoa_lang::json::{self, Numbers};
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::{Value, strconv};

use super::application::RenderContext;
use super::environment::Environment;
use super::files::{self, Target};
use super::source::{Located, Stop};
use crate::finding::Gap;
use crate::inputs::{EvaluationError, JsonnetFiles, JsonnetProgram, JsonnetVariable};

/// `directory.jsonnet` of a source, variables of the build environment put in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct JsonnetOptions {
    arguments: Vec<JsonnetVariable>,
    external: Vec<JsonnetVariable>,
    /// Folders of the repository in which imports are looked for, the last one first.
    libraries: Vec<String>,
}

impl JsonnetOptions {
    pub(super) fn read(source: &Value, environment: &Environment) -> Self {
        let Some(options) = source.at(&["directory", "jsonnet"]) else { return JsonnetOptions::default() };
        let list = |key| options.get(key).and_then(Value::as_list).into_iter().flatten();
        let variable = |value: &Value| JsonnetVariable {
            name: value.str_at(&["name"]).unwrap_or_default().into(),
            value: environment.substitute(value.str_at(&["value"]).unwrap_or_default()).into(),
            code: value.get("code").and_then(Value::as_bool).unwrap_or_default(),
        };
        JsonnetOptions {
            arguments: list("tlas").map(variable).collect(),
            external: list("extVars").map(variable).collect(),
            libraries: list("libs").filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        }
    }
}

/// The objects that the file at `path` evaluates to: those of a list, or one.
pub(super) fn evaluate_jsonnet(
    ctx: &RenderContext<'_>,
    located: &Located<'_>,
    path: &TreePath,
    options: &JsonnetOptions,
) -> Result<Vec<Value>, Stop> {
    let Some(evaluator) = ctx.jsonnet else {
        return Err(Gap::Renderer { source_type: "Jsonnet" }.into());
    };
    let tree = &located.found.tree;
    let search = search_path(tree, &located.folder.path, options)?;
    let files = Arc::new(RepositoryFiles { tree: tree.clone(), search });
    let program = JsonnetProgram { path, arguments: &options.arguments, external: &options.external, files };
    let name = strconv::quote(path.name().as_bytes());
    let text = evaluator.evaluate(&program).map_err(|error| match error {
        EvaluationError::Failed(why) => precondition(format!("Failed to evaluate jsonnet {name}: {why}")),
        EvaluationError::Stopped(why) => {
            Gap::Evaluation { program: path.as_str().into(), reason: why.into() }.into()
        }
    })?;
    objects(&text, ctx)
        .map_err(|error| precondition(format!("Failed to unmarshal generated json {name}: {error}")))
}

fn precondition(text: String) -> Stop {
    Stop::failed(format!("rpc error: code = FailedPrecondition desc = {text}"))
}

/// The objects of a JSON text: a list of objects and nulls, null, or one object.
fn objects(text: &str, ctx: &RenderContext<'_>) -> Result<Vec<Value>, String> {
    let text = text.trim_ascii();
    let value = json::read_within(text.as_bytes(), Numbers::PreserveInts, &ctx.options.limits)
        .map_err(|error| error.message().to_owned())?;
    let is_object = |value: &Value| value.str_at(&["kind"]).is_some_and(|kind| !kind.is_empty());
    match value {
        Value::Null => Ok(Vec::new()),
        Value::List(items) if items.iter().all(|item| item.is_null() || is_object(item)) => {
            Ok(items.iter().filter(|item| !item.is_null()).cloned().collect())
        }
        object if is_object(&object) => Ok(vec![object]),
        Value::Map(_) => Err(format!("Object 'Kind' is missing in '{text}'")),
        other => {
            let kind = match other {
                Value::Bool(_) => "bool",
                Value::String(_) => "string",
                Value::List(_) => "array",
                _ => "number",
            };
            Err(format!("json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"))
        }
    }
}

/// Where imports are looked for behind the folder of the importing file: libraries, the last one first, then the folder of the
/// source (`makeJsonnetVM`).
fn search_path(tree: &Tree, folder: &TreePath, options: &JsonnetOptions) -> Result<Vec<TreePath>, Stop> {
    let mut search = vec![folder.clone()];
    for library in &options.libraries {
        let outside = || Stop::failed(format!("file '{library}' resolved to outside repository root"));
        // A library that is absolute is read from the root of the repository.
        let path = TreePath::root().join(library).ok_or_else(outside)?;
        match files::follow(tree, path.as_str()) {
            Target::File(real) | Target::Folder(real) => search.push(real),
            Target::Missing => search.push(path),
            Target::Outside => return Err(outside()),
        }
    }
    search.reverse();
    Ok(search)
}

/// The files of a repository as Argo CD's importer confines them.
#[derive(Debug)]
struct RepositoryFiles {
    tree: Tree,
    search: Vec<TreePath>,
}

impl JsonnetFiles for RepositoryFiles {
    fn find(&self, from: &TreePath, path: &str) -> Result<TreePath, String> {
        let quoted = strconv::quote(path.as_bytes());
        let none =
            || format!("couldn't open import {quoted}: no match locally or in the Jsonnet library paths");
        if path.starts_with('/') {
            return Err(none());
        }
        let own = from.parent().unwrap_or_else(TreePath::root);
        let bases = std::iter::once(&own).chain(&self.search);
        for candidate in bases.filter_map(|base| base.join(path)) {
            match files::follow(&self.tree, candidate.as_str()) {
                Target::File(_) => return Ok(candidate),
                Target::Folder(_) => return Err(format!("jsonnet import {quoted} is not a regular file")),
                Target::Outside => {
                    return Err(format!("jsonnet import {quoted} resolves outside repository root"));
                }
                Target::Missing => {}
            }
        }
        Err(none())
    }

    fn read(&self, path: &TreePath) -> Result<Arc<[u8]>, String> {
        match files::follow(&self.tree, path.as_str()) {
            Target::File(real) => self.tree.read(&real).map_err(|error| error.to_string()),
            _ => Err(format!("no file {path}")),
        }
    }
}
