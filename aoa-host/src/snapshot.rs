//! Reads exported state of an Argo CD.

use std::path::Path;

use aoa_core::drift::Snapshot;
use aoa_core::lang::{Error, Limits, Result};
use aoa_core::load::documents;

use crate::folder::read_given;

/// The largest export that is read, in bytes.
const MOST: u64 = 1 << 30;

/// Reads what `kubectl get applications,applicationsets,appprojects -A -o yaml` or `argocd app list -o json` printed, from any number of
/// files; `-` is standard input.
///
/// # Errors
///
/// A file cannot be read, is no YAML, or holds no Application, set or project.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// let file = folder.path().join("live.json");
/// std::fs::write(&file, r#"[{"metadata": {"name": "web", "namespace": "argocd"}, "spec": {"destination": {}}}]"#).unwrap();
/// let snapshot = aoa_host::read_snapshot(&[file])?;
/// assert_eq!(snapshot.objects().count(), 1);
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn read_snapshot(files: &[impl AsRef<Path>]) -> Result<Snapshot> {
    let mut snapshot = Snapshot::default();
    for file in files {
        let file = file.as_ref();
        let name = file.display().to_string();
        let bytes = read_given(file, MOST)?;
        // Exported fleets are larger than what people write.
        let mut limits = Limits::default();
        limits.input_bytes = usize::MAX;
        let mut count = 0;
        for document in documents(&bytes, &limits) {
            let line = document.line;
            let value = document.value.map_err(|e| e.prefixed(&format!("{name}:{line}: ")))?;
            count += snapshot.add(&value);
        }
        if count == 0 {
            return Err(Error::invalid(format!(
                "`{name}` holds no Application, ApplicationSet or AppProject"
            ))
            .with_help("kubectl get applications,applicationsets,appprojects -A -o yaml | aoa drift -"));
        }
    }
    Ok(snapshot)
}
