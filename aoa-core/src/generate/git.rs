//! The git generator: folders or files of a repository.

use std::collections::BTreeSet;

use aoa_lang::source::TreePath;
use aoa_lang::text::path_glob::path_match;
use aoa_lang::value::{List, Map, MapKind, Text};
use aoa_lang::{Error, Result, Value};

use super::checkout::Checkout;
use super::context::Context;
use super::git_files::list_files;
use super::names::normalize;
use super::params::{Element, Origin, ParamSets};
use super::values::Values;

/// The folders that match `directories`, or the objects of the files that match `files`.
pub(super) fn generate(context: &Context<'_>, git: &Value) -> Result<ParamSets> {
    let project = context.project;
    let templated = project.as_str().is_none_or(|project| project.contains("{{"));
    if !templated && !context.world.has_project(project.as_str().unwrap_or_default()) {
        return Err(Error::invalid(format!(
            "error getting project {project}: appprojects.argoproj.io \"{project}\" not found"
        )));
    }
    let of = |key: &str| match git.get(key) {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    let generator = Git::new(context, git);
    let elements = match (of("directories"), of("files")) {
        ([], []) => return Err(Error::invalid("ApplicationSet is empty")),
        ([], files) => generator.files(files),
        (directories, _) => generator.directories(directories),
    };
    let elements = elements.map_err(|e| e.prefixed("error generating params from git: "))?;
    ParamSets::of_elements(elements, generator.go)
}

struct Git<'w> {
    context: &'w Context<'w>,
    url: Text,
    revision: Text,
    names: ParamNames,
    values: Values,
    go: bool,
}

impl<'w> Git<'w> {
    fn new(context: &'w Context<'w>, git: &Value) -> Self {
        let text = |key: &str| Text::from(git.get(key).and_then(Value::as_str).unwrap_or_default());
        Git {
            context,
            url: text("repoURL"),
            revision: text("revision"),
            names: ParamNames::new(git.get("pathParamPrefix").and_then(Value::as_str).unwrap_or_default()),
            values: Values::of(git, context.dialect),
            go: context.dialect.is_go(),
        }
    }

    fn checkout(&self) -> Result<std::sync::Arc<Checkout>> {
        let (url, revision) = (self.url.to_str_lossy(), self.revision.to_str_lossy());
        self.context.world.checkout(&url, &revision)
    }

    fn directories(&self, items: &[Value]) -> Result<Vec<Element>> {
        let checkout = self.checkout().map_err(|e| e.prefixed("error getting directories from repo: "))?;
        let all = checkout.directories(self.context.world.settings().include_hidden_directories);
        let items: Vec<(&str, bool)> = items.iter().map(pattern).collect();
        let mut elements = Vec::new();
        for path in all.iter() {
            let text = path.to_str_lossy();
            // A pattern that is wrong matches nothing; upstream only logs it.
            let mut hits =
                items.iter().filter(|(pattern, _)| path_match(pattern, &*text).unwrap_or(false)).peekable();
            if hits.peek().is_none() || hits.any(|(_, exclude)| *exclude) {
                continue;
            }
            let folder = Folder::new(&text, &self.names, self.go);
            let params = if self.go {
                self.go_params(Map::new(), &folder, None)
            } else {
                self.flat_params(Vec::new(), &folder, None)
            };
            let params = self.values.append(params).map_err(|e| {
                e.prefixed("error generating params from apps: failed to append templated values: ")
            })?;
            let origin = Origin::GitDirectory {
                repository: self.url.clone(),
                revision: self.revision.clone(),
                path: path.clone(),
            };
            elements.push(Element { params, origin });
        }
        Ok(elements)
    }

    fn files(&self, items: &[Value]) -> Result<Vec<Element>> {
        let globbing = self.context.world.settings().new_git_file_globbing;
        let mut files: BTreeSet<TreePath> = BTreeSet::new();
        let patterns = |exclude: bool| items.iter().filter(move |item| is_exclude(item) == exclude);
        let checkout = self.checkout()?;
        let list = |item: &Value| -> Result<Vec<TreePath>> {
            let pattern = item.get("path").and_then(Value::as_str).unwrap_or_default();
            list_files(&checkout, pattern, globbing).map_err(|e| e.prefixed("error retrieving Git files: "))
        };
        for item in patterns(false) {
            files.extend(list(item)?);
        }
        for item in patterns(true) {
            for path in list(item)? {
                files.remove(&path);
            }
        }
        let mut elements = Vec::with_capacity(files.len());
        let mut folder: Option<Folder> = None;
        for path in &files {
            self.file(&checkout, path, &mut folder, &mut elements).map_err(|e| {
                e.prefixed(&format!("unable to process file '{path}' from repository '{}': ", self.url))
            })?;
        }
        Ok(elements)
    }

    /// `last` is the folder of the file before this one.
    fn file(
        &self,
        checkout: &Checkout,
        path: &TreePath,
        last: &mut Option<Folder>,
        elements: &mut Vec<Element>,
    ) -> Result<()> {
        let objects = checkout.objects(path)?;
        let (folder, name) = path.as_str().rsplit_once('/').unwrap_or((".", path.as_str()));
        let folder = match last.take().filter(|known| known.path == *folder) {
            Some(known) => last.insert(known),
            None => last.insert(Folder::new(folder, &self.names, self.go)),
        };
        for (index, object) in objects.iter().enumerate() {
            let params = if self.go {
                self.go_params(object.clone(), folder, Some(name))
            } else {
                let flat = super::flatten::flatten(object)?;
                let entries = flat.iter().map(|(k, v)| (k.clone(), v.clone()));
                self.flat_params(entries.collect(), folder, Some(name))
            };
            let params =
                self.values.append(params).map_err(|e| e.prefixed("failed to append templated values: "))?;
            let origin = Origin::GitFile {
                repository: self.url.clone(),
                revision: self.revision.clone(),
                path: path.as_str().into(),
                index,
            };
            elements.push(Element { params, origin });
        }
        Ok(())
    }

    fn go_params(&self, params: Map, folder: &Folder, file: Option<&str>) -> Map {
        let mut members = folder.members.clone();
        if let Some(file) = file {
            members.push((Text::from_static("filename"), Value::from(file)));
            members.push((Text::from_static("filenameNormalized"), Value::String(normalize(&file.into()))));
        }
        let path = Value::Map(Map::of(MapKind::Any, members));
        match &self.names.prefix {
            None => params.with(Text::from_static("path"), path),
            Some(prefix) => params.with(prefix.clone(), Value::map([(Text::from_static("path"), path)])),
        }
    }

    fn flat_params(&self, mut params: Vec<(Text, Value)>, folder: &Folder, file: Option<&str>) -> Map {
        let names = &self.names;
        params.extend(folder.members.iter().cloned());
        if let Some(file) = file {
            params.push((names.filename.clone(), Value::from(file)));
            params.push((names.filename_normalized.clone(), Value::String(normalize(&file.into()))));
        }
        Map::of(MapKind::Any, params)
    }
}

/// What parameters say of a folder: of all its files the same.
struct Folder {
    path: Text,
    /// Of Go templates what stands under `path`, else the flat parameters.
    members: Vec<(Text, Value)>,
}

impl Folder {
    fn new(path: &str, names: &ParamNames, go: bool) -> Self {
        let base = base(path);
        let normalized = Value::String(normalize(&base.into()));
        let (base, whole) = (Value::from(base), Value::from(path));
        let members = if go {
            vec![
                (Text::from_static("basename"), base),
                (Text::from_static("basenameNormalized"), normalized),
                (Text::from_static("path"), whole),
                (Text::from_static("segments"), Value::List(List::strings(path.split('/')))),
            ]
        } else {
            let segments = path.split('/').enumerate().filter(|(_, segment)| !segment.is_empty());
            let segment = |(at, segment)| (Text::from(format!("{}[{at}]", names.path)), Value::from(segment));
            let named = [
                (names.path.clone(), whole),
                (names.basename.clone(), base),
                (names.basename_normalized.clone(), normalized),
            ];
            named.into_iter().chain(segments.map(segment)).collect()
        };
        Folder { path: path.into(), members }
    }
}

/// The names of the flat parameters, and the key that holds those of Go templates.
struct ParamNames {
    prefix: Option<Text>,
    path: Text,
    basename: Text,
    basename_normalized: Text,
    filename: Text,
    filename_normalized: Text,
}

impl ParamNames {
    fn new(prefix: &str) -> Self {
        let path = if prefix.is_empty() { String::from("path") } else { format!("{prefix}.path") };
        let named = |name: &str| Text::from(format!("{path}.{name}"));
        ParamNames {
            prefix: (!prefix.is_empty()).then(|| prefix.into()),
            basename: named("basename"),
            basename_normalized: named("basenameNormalized"),
            filename: named("filename"),
            filename_normalized: named("filenameNormalized"),
            path: path.into(),
        }
    }
}

fn pattern(item: &Value) -> (&str, bool) {
    (item.get("path").and_then(Value::as_str).unwrap_or_default(), is_exclude(item))
}

/// Whether what an item lists is left out.
pub(super) fn is_exclude(item: &Value) -> bool {
    item.get("exclude").and_then(Value::as_bool) == Some(true)
}

/// Go's `path.Base` of a clean path.
fn base(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, base)| base)
}
