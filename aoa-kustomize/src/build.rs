//! Building a folder of a tree, once or many times.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aoa_lang::source::{Observed, Tree, TreePath};
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, check_resource, read_resources};
use aoa_lang::{Limits, Value};

use crate::config::Create;
use crate::config::FieldSpec;
use crate::error::{Error, Result};
use crate::file::Kustomization;
use crate::load::{Loader, RepoUrl, View};
use crate::options::{Options, Remotes};
use crate::references::update_references;
use crate::resource::Resource;
use crate::resource::annotations::{LOCAL_CONFIG, ORIGIN, TRANSFORMATIONS};
use crate::target::{Accumulator, CachedBase, Run, SchemaUse, Target};
use crate::transform::{LabelTransformer, MetaField, add_hashes, sort};

/// Builds the kustomization in the folder `path`: what `kustomize build` 5.8.1 does.
///
/// ```
/// use aoa_kustomize::{Options, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([
///     ("base/kustomization.yaml", "resources: [config.yaml]"),
///     ("base/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: plain}"),
///     ("prod/kustomization.yaml", "namePrefix: prod-\nnamespace: shop\nresources: [../base]"),
/// ]);
/// let path = TreePath::new("prod").unwrap();
/// let built = build(&tree, &path, &Options::default())?;
/// assert_eq!(
///     built.to_yaml()?,
///     "apiVersion: v1\ndata:\n  mode: plain\nkind: ConfigMap\nmetadata:\n  name: prod-settings\n  namespace: shop\n",
/// );
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
///
/// # Errors
///
/// [`Invalid`](aoa_lang::ErrorKind::Invalid) where Kustomize refuses the input; [`NotFound`](aoa_lang::ErrorKind::NotFound) where
/// something is not at hand, which [`Error::needs`] names; [`Limit`](aoa_lang::ErrorKind::Limit) where the build would cost more
/// than the options allow.
pub fn build(tree: &Tree, path: &TreePath, options: &Options) -> Result<Built> {
    Builder::new(tree.clone(), options.clone()).build(path)
}

/// Builds folders of one tree. What several of them refer to is read, parsed and built once.
///
/// ```
/// use aoa_kustomize::{Builder, Options};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([
///     ("base/kustomization.yaml", "resources: [a.yaml]"),
///     ("base/a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}"),
///     ("one/kustomization.yaml", "resources: [../base]\ncommonLabels: {env: one}"),
///     ("two/kustomization.yaml", "resources: [../base]\ncommonLabels: {env: two}"),
/// ]);
/// let builder = Builder::new(tree, Options::default());
/// for env in ["one", "two"] {
///     let built = builder.build(&TreePath::new(env).unwrap())?;
///     assert_eq!(built.len(), 1);
/// }
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
pub struct Builder {
    view: Arc<View>,
    options: Options,
    kept: Arc<Kept>,
}

/// What builds have in common.
#[derive(Default)]
struct Kept {
    files: Files,
    bases: Bases,
}

impl Builder {
    /// A builder that has built nothing yet.
    #[must_use]
    pub fn new(tree: Tree, options: Options) -> Self {
        let view = Arc::new(View::new(tree));
        Builder { view, options, kept: Arc::default() }
    }

    /// A builder that has other repositories at hand, and everything else in common with this one.
    #[must_use]
    pub fn with_remotes(&self, remotes: Arc<dyn Remotes>) -> Self {
        let options = Options { remotes: Some(remotes), ..self.options.clone() };
        Builder { view: self.view.clone(), options, kept: self.kept.clone() }
    }

    /// Builds a folder; see [`build`].
    ///
    /// # Errors
    /// As [`build`].
    pub fn build(&self, path: &TreePath) -> Result<Built> {
        self.build_view(self.view.clone(), path, &self.kept.bases)
    }

    /// Builds a folder as if one file of the tree had another content, or were there.
    ///
    /// # Errors
    /// As [`build`].
    pub fn build_edited(&self, path: &TreePath, file: TreePath, content: Arc<[u8]>) -> Result<Built> {
        let folder = file.parent().unwrap_or_else(TreePath::root);
        let view = Arc::new(self.view.with_edit(file, content));
        // Bases cannot contain the folder that is built, so that an edit of its own file does not reach them.
        let is_own = folder == *path;
        let none = Bases::default();
        self.build_view(view, path, if is_own { &self.kept.bases } else { &none })
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// A loader at a folder, as a build of it has.
    ///
    /// # Errors
    /// If there is no such folder.
    pub(crate) fn loader(&self, view: Arc<View>, path: &TreePath) -> Result<Loader> {
        Loader::new(view, path, self.options.restriction, self.options.remotes.clone())
    }

    fn build_view(&self, view: Arc<View>, path: &TreePath, bases: &Bases) -> Result<Built> {
        let loader = self.loader(view, path)?;
        let journal = loader.journal.clone();
        let mut run = Run::new(&self.options, &self.kept.files, bases);
        let target = Target::load(loader, &run);
        let resources = target.and_then(|target| {
            run.use_schema(&target, SchemaUse::Outer)?;
            customize(&target, &mut run)
        });
        let journal = journal.take();
        let resources = match resources {
            Ok(resources) => resources,
            Err(error) => return Err(error.after(journal)),
        };
        Ok(Built {
            resources,
            limits: self.options.limits.text.clone(),
            observed: journal.observed.into_iter().collect(),
            repositories: journal.repositories.into_iter().collect(),
            is_random: journal.is_random,
        })
    }
}

/// `makeCustomizedResMap`, and what `Kustomizer.Run` does with it.
fn customize(target: &Target, run: &mut Run<'_>) -> Result<Vec<Resource>> {
    let limits = &run.options.limits.text;
    let Accumulator { mut map, config, vars } = target.accumulate(run, Accumulator::default())?;
    let config = config.unwrap_or_default();
    add_hashes(&mut map, limits)?;
    update_references(&mut map, config.reference_fields())?;
    vars.resolve(&mut map, &config.var_reference)?;
    // Kustomize looks for local configuration, and refuses what has become none of its resources.
    let are_there = |resource: &&Resource| !resource.is_gone();
    map.list().iter().filter(are_there).try_for_each(|resource| check_resource(resource.root()))?;
    let is_local =
        |resource: &Resource| resource.annotation(LOCAL_CONFIG).is_some_and(|local| *local != *"false");
    if map.list().iter().any(is_local) {
        map.list_mut().retain(|resource| !is_local(resource));
    }
    map.check_ids()?;
    map = sort(map, target.file.sort_options.as_ref(), run.options.reorder)?;
    if run.options.managed_by_label || target.asks_for("managedByLabel") {
        let label = LabelTransformer {
            pairs: vec![(
                Text::from_static("app.kubernetes.io/managed-by"),
                Text::from_static("kustomize-v5.8.1"),
            )],
            fields: vec![FieldSpec::everywhere("metadata/labels", Create::IfMissing)],
            meta: MetaField::Labels,
        };
        label.transform(&mut map)?;
    }
    let mut unwanted = Vec::new();
    if !target.asks_for("originAnnotations") {
        unwanted.push(ORIGIN);
    }
    if !target.asks_for("transformerAnnotations") {
        unwanted.push(TRANSFORMATIONS);
    }
    for resource in map.list_mut() {
        resource.remove_annotations(&unwanted)?;
    }
    Ok(map.into_list())
}

/// The result of a build.
///
/// ```
/// use aoa_kustomize::{Options, build};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("kustomization.yaml", "resources: [a.yaml]"), ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}")]);
/// let built = build(&tree, &TreePath::root(), &Options::default())?;
/// assert_eq!(built.len(), 1);
/// assert_eq!(built.values().next().unwrap()?.str_at(&["kind"]), Some("Pod"));
/// assert!(built.observed().iter().any(|(path, _)| path.as_str() == "a.yaml"));
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
pub struct Built {
    resources: Vec<Resource>,
    limits: Limits,
    observed: Vec<(TreePath, Observed)>,
    repositories: Vec<RepoUrl>,
    is_random: bool,
}

impl Built {
    /// How many resources there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.resources.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    /// The resources as YAML nodes, in order. Scalars keep their text and style; keys are not sorted.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = &Node> {
        self.resources.iter().map(Resource::root)
    }

    /// The resources as data, in order.
    ///
    /// # Errors
    /// Where a resource cannot be said in JSON: a key that looks like a number, an infinite number.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Result<Value>> {
        self.resources.iter().map(|resource| resource.to_value(&self.limits))
    }

    /// What `kustomize build` prints, byte by byte.
    ///
    /// # Errors
    /// As [`Built::values`], and where the text gets too long.
    pub fn to_yaml(&self) -> Result<String> {
        let mut out = String::new();
        for (at, resource) in self.resources.iter().enumerate() {
            if at > 0 {
                out.push_str("---\n");
            }
            out.push_str(&resource.to_yaml(&self.limits)?);
            if out.len() > self.limits.output_bytes {
                return Err(Error::limit("the YAML text to write is too long"));
            }
        }
        Ok(out)
    }

    /// What was read, looked for in vain, or listed in the tree: a change of anything else does not reach the result.
    #[must_use]
    pub fn observed(&self) -> &[(TreePath, Observed)] {
        &self.observed
    }

    /// Whether a chart drew random values, so that another build says something else.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.is_random
    }

    /// The other repositories that were read.
    #[must_use]
    pub fn repositories(&self) -> &[RepoUrl] {
        &self.repositories
    }
}

/// Files that were parsed, by their content.
#[derive(Default)]
pub(crate) struct Files {
    resources: ByContent<Arc<[Node]>>,
    kustomizations: ByContent<Arc<Kustomization>>,
}

type ByContent<T> = Mutex<HashMap<Arc<[u8]>, T>>;

/// Only files up to this length are kept.
const KEPT: usize = 1 << 20;

impl Files {
    /// The resources of a text.
    ///
    /// # Errors
    /// If it is malformed.
    pub(crate) fn resources(&self, content: &Arc<[u8]>, limits: &Limits) -> Result<Arc<[Node]>> {
        if let Some(known) = locked(&self.resources).get(content) {
            return Ok(known.clone());
        }
        let read: Arc<[Node]> = read_resources(content, limits)?.into();
        if content.len() <= KEPT {
            locked(&self.resources).insert(content.clone(), read.clone());
        }
        Ok(read)
    }

    /// The kustomization of a text.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) fn kustomization(
        &self,
        content: &Arc<[u8]>,
        read: impl FnOnce() -> Result<Kustomization>,
    ) -> Result<Arc<Kustomization>> {
        if let Some(known) = locked(&self.kustomizations).get(content) {
            return Ok(known.clone());
        }
        let read = Arc::new(read()?);
        locked(&self.kustomizations).insert(content.clone(), read.clone());
        Ok(read)
    }
}

/// Bases that were built, by their folder and the namespace that charts get.
#[derive(Default)]
pub(crate) struct Bases(Mutex<HashMap<(TreePath, Text), Arc<CachedBase>>>);

impl Bases {
    pub(crate) fn get(&self, folder: &TreePath, helm_namespace: &Text) -> Option<Arc<CachedBase>> {
        locked(&self.0).get(&(folder.clone(), helm_namespace.clone())).cloned()
    }

    pub(crate) fn keep(&self, folder: TreePath, helm_namespace: Text, base: CachedBase) {
        locked(&self.0).insert((folder, helm_namespace), Arc::new(base));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
