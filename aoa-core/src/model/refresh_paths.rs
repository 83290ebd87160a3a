//! The annotation `argocd.argoproj.io/manifest-generate-paths`: which changes of a repository concern an Application.

use aoa_lang::Value;
use aoa_lang::text::path::{clean, dir};
use aoa_lang::text::path_glob::filepath_match;

use super::Application;
use super::application::sync_source;

/// The annotation's name.
pub const MANIFEST_GENERATE_PATHS: &str = "argocd.argoproj.io/manifest-generate-paths";

/// The paths whose changes concern a source (`GetSourceRefreshPaths` of Argo CD 3.5.7); empty if there is no annotation, which
/// means that all changes do.
///
/// Paths are separated by `;` and relative to the path of the source, unless they begin with a slash. For the source that a
/// hydrator writes to, its own path stands instead.
#[must_use]
pub fn refresh_paths(app: &Application, source: &Value) -> Vec<String> {
    let path = source.str_at(&["path"]).unwrap_or_default();
    if let Some(hydrator) = app.spec().get("sourceHydrator").filter(|h| !h.is_null())
        && equal_sources(source, &sync_source(hydrator))
    {
        return vec![path.to_owned()];
    }
    let annotation =
        app.object.str_at(&["metadata", "annotations", MANIFEST_GENERATE_PATHS]).unwrap_or_default();
    let relative_to = |item: &str| -> String {
        // `filepath.Join` leaves empty parts out.
        let joined = if path.is_empty() { item.to_owned() } else { format!("{path}/{item}") };
        String::from_utf8_lossy(&clean(joined.as_bytes())).into_owned()
    };
    annotation
        .split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| item.strip_prefix('/').map_or_else(|| relative_to(item), str::to_owned))
        .collect()
}

/// Whether one of the changed files lies under one of the paths, or matches it as a pattern (`AppFilesHaveChanged`).
///
/// True if either list is empty: then nothing is known.
#[must_use]
pub fn files_have_changed(refresh_paths: &[String], changed_files: &[&str]) -> bool {
    if changed_files.is_empty() || refresh_paths.is_empty() {
        return true;
    }
    let absolute = |path: &str| if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let paths: Vec<String> = refresh_paths.iter().map(|path| absolute(path)).collect();
    changed_files.iter().map(|file| absolute(file)).any(|file| {
        paths.iter().any(|path| {
            file == *path || is_under(path, &file) || filepath_match(path, &file).unwrap_or(false)
        })
    })
}

/// Whether the folder of `file` is `root` or below it (`security.EnforceToCurrentRoot`).
fn is_under(root: &str, file: &str) -> bool {
    let (root, folder) = (clean(root.as_bytes()), dir(file.as_bytes()));
    root == b"/"
        || folder.strip_prefix(root.as_slice()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// Whether two sources are equal as Go values: what is absent, null or an empty text is the same.
fn equal_sources(a: &Value, b: &Value) -> bool {
    let fields = |source: &Value| {
        let map = source.as_map().cloned().unwrap_or_default();
        let set = map.iter().filter(|(_, v)| !v.is_null() && v.as_str() != Some(""));
        Value::map(set.map(|(k, v)| (k.clone(), v.clone())))
    };
    fields(a) == fields(b)
}
