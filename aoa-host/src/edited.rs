//! A fleet as it would be with other files.

use aoa_core::lang::source::TreePath;
use aoa_core::lang::{Error, Result};
use aoa_core::{Fleet, Resolver};

use crate::load::Loaded;

/// The fleet that `loaded` gave, with files of its first repository that hold these bytes, new or in place of what was
/// there, and without those for which there are none. What the change does not reach is shared with `fleet`. The
/// inventory and the configuration stay what was loaded, also where they lie in the repository.
///
/// # Errors
///
/// `Invalid` for a path that leads out of the repository; else as [`Resolver::resolve`].
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::{LoadOptions, load, with_files};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options.clone()).resolve(&loaded.inputs)?;
/// let file = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
/// let (_, newer) = with_files(&loaded, &fleet, [("web/a.yaml".to_owned(), Some(file.into()))])?;
/// assert_eq!(newer.app("argocd", "web").unwrap().content().unwrap().manifests().len(), 1);
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn with_files(
    loaded: &Loaded,
    fleet: &Fleet,
    files: impl IntoIterator<Item = (String, Option<Vec<u8>>)>,
) -> Result<(Loaded, Fleet)> {
    let files = files.into_iter().map(|(path, bytes)| {
        let inside = TreePath::new(&path).filter(|inside| !inside.as_str().is_empty());
        let inside =
            inside.ok_or_else(|| Error::invalid(format!("`{path}` is no path in the repository")))?;
        Ok((inside, bytes.map(Into::into)))
    });
    let files: Vec<_> = files.collect::<Result<_>>()?;
    let mut loaded = loaded.clone();
    loaded.inputs = loaded.inputs.with_files(files);
    let fleet = Resolver::new(loaded.options.clone()).resolve_since(fleet, &loaded.inputs)?;
    Ok((loaded, fleet))
}
