//! From a folder to the inputs of a fleet.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aoa_core::config::Config;
use aoa_core::inputs::{
    ChartRepository, Checkout, Commits, GivenChart, Listed, PolicyFile, Repository, Serves,
};
use aoa_core::lang::source::{Tree, TreePath, line_column};
use aoa_core::lang::text::glob::Glob;
use aoa_core::lang::value::Text;
use aoa_core::lang::{Error, ErrorKind, Result};
use aoa_core::overlay::{Overlay, OverlayWords};
use aoa_core::{Inputs, Options};

use crate::commits::GitCommits;
use crate::files::{Files, no_files};
use crate::folder::{FolderLimits, unreadable};
use crate::git::{GitCheckout, inspect};
use crate::history::GitHistory;
use crate::inventory::{Inventory, read_inventory, read_text};
use crate::plugins::PluginCommands;
use crate::recorded::RecordedFleet;
use crate::revision::read_commit;

/// How a fleet is loaded.
///
/// ```
/// use aoa_host::{LoadOptions, load};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// # let folder = folder.path();
/// let other = folder.join("other.yaml");
/// std::fs::write(&other, "roots: [root.yaml]\nbranch: next\n").unwrap();
/// let loaded = load(folder, &LoadOptions::default().with_config(Some(other)))?;
/// assert_eq!(loaded.config.branch, "next");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct LoadOptions {
    /// The configuration file; `None`: `aoa.yaml` in the folder or above it, up to the top of the repository.
    pub config: Option<PathBuf>,
    /// Whether to do as if there were no configuration.
    pub ignore_config: bool,
    /// The commit at which the repository is read; `None`: as its files are. Its configuration and inventory are those of the
    /// commit, too; what lies outside the repository is read as it is.
    pub commit: Option<String>,
    /// The branch that the checkout is to be merged into; `None`: `branch` of the configuration, else the default one.
    pub branch: Option<String>,
    /// Bounds on folders.
    pub limits: FolderLimits,
    /// What is to be thought otherwise; files of clusters are read from the disk.
    pub overlay: OverlayWords,
    /// Whether the commands under `plugins` of the configuration may run.
    pub allow_exec: bool,
}

impl LoadOptions {
    /// As of this commit.
    #[must_use]
    pub fn with_commit(mut self, commit: Option<String>) -> Self {
        self.commit = commit;
        self
    }

    /// To be merged into this branch.
    #[must_use]
    pub fn with_branch(mut self, branch: Option<String>) -> Self {
        self.branch = branch;
        self
    }

    /// With this to be thought otherwise.
    #[must_use]
    pub fn with_overlay(mut self, overlay: OverlayWords) -> Self {
        self.overlay = overlay;
        self
    }

    /// With the commands of plugins, if they are allowed.
    #[must_use]
    pub fn with_exec(mut self, allowed: bool) -> Self {
        self.allow_exec = allowed;
        self
    }

    /// With this configuration file.
    #[must_use]
    pub fn with_config(mut self, config: Option<PathBuf>) -> Self {
        self.config = config;
        self
    }
}

/// A loaded fleet: everything that resolving it needs.
///
/// ```
/// use aoa_host::{LoadOptions, load};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// # let folder = folder.path();
/// let mut loaded = load(folder, &LoadOptions::default())?;
/// // What is loaded may be changed before it is resolved.
/// loaded.inputs.clusters.clear();
/// assert_eq!(loaded.inputs.repositories[0].url, "https://git.example.com/fleet");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// What the fleet is resolved from.
    pub inputs: Inputs,
    /// How it is resolved.
    pub options: Options,
    /// What the configuration says.
    pub config: Config,
    /// The configuration file, if there is one.
    pub config_file: Option<PathBuf>,
    /// The top folder of the repository.
    pub top: PathBuf,
    /// What is worth knowing about the loading.
    pub notes: Vec<String>,
    /// The fleet, where an output of an earlier run was read: then there is nothing to resolve.
    pub recorded: Option<RecordedFleet>,
}

/// The configuration file's name.
///
/// ```
/// assert_eq!(aoa_host::CONFIG_FILE, "aoa.yaml");
/// ```
pub const CONFIG_FILE: &str = "aoa.yaml";

/// What is said where nobody declared roots and the inventory tells some.
const BEGINS_LIVE: &str = "no roots are declared: the fleet begins with the Applications and sets of the inventory that nothing else of it brings";

/// Loads the fleet of `folder`.
///
/// The repository is the git checkout that the folder lies in, else the folder itself. It stands for all its remotes,
/// at the commit and branch that are checked out, and for the default branch if that is the one.
///
/// # Errors
///
/// `NotFound` for a missing folder, configuration, checkout or inventory file; `Syntax` or `Invalid` for a file that
/// cannot be understood.
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::{LoadOptions, load};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// # let folder = folder.path();
/// let loaded = load(folder, &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// assert_eq!(fleet.apps().next().unwrap().name(), "web");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn load(folder: &Path, options: &LoadOptions) -> Result<Loaded> {
    if !folder.exists() {
        return Err(Error::new(ErrorKind::NotFound, format!("`{}` does not exist", folder.display()))
            .with_help("give the folder of the fleet's checkout"));
    }
    if folder.is_file() {
        let error = Error::invalid(format!("`{}` is a file, not the folder of a fleet", folder.display()));
        return Err(error.with_help(if folder.ends_with(CONFIG_FILE) {
            "name a configuration with --config, or give its folder"
        } else {
            "give the folder of the fleet's checkout; files that it begins with stand under `roots:` of aoa.yaml"
        }));
    }
    let folder = fs::canonicalize(folder).map_err(|e| unreadable(folder, &e))?;
    let mut git = inspect(&folder);
    let files = match (&options.commit, &mut git) {
        (Some(commit), Some(git)) => {
            let tree = read_commit(&git.top, commit, options.limits)?;
            git.commit = commit.clone();
            Files::of_commit(git.top.clone(), tree, options.limits)
        }
        _ => Files::on_disk(options.limits),
    };
    let config_file = match &options.config {
        Some(file) => Some(file.clone()),
        None if options.ignore_config => None,
        None => find_config(&files, &folder, git.as_ref().map(|g| g.top.as_path())),
    };
    // A configuration that somebody names is that very file, whatever commit is read.
    let disk = Files::on_disk(options.limits);
    let is_disregarded = options.commit.is_some() && config_file.is_none() && !options.ignore_config;
    let disregarded = is_disregarded
        .then(|| find_config(&disk, &folder, git.as_ref().map(|g| g.top.as_path())))
        .flatten()
        .map(|_| disregarded(options.commit.as_deref().unwrap_or_default()));
    let config_files = if options.config.is_some() { &disk } else { &files };
    let config =
        config_file.as_deref().map(|file| read_config(config_files, file)).transpose()?.unwrap_or_default();
    // A configuration below the top of the repository makes its own folder the fleet.
    let base = config_file.as_deref().and_then(Path::parent).map_or(folder.clone(), Path::to_path_buf);
    let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base };
    let mut loaded = Loaded {
        inputs: Inputs::default(),
        options: Options::default(),
        config,
        config_file,
        top: git.as_ref().map_or(base.clone(), |g| g.top.clone()),
        notes: disregarded.into_iter().collect(),
        recorded: None,
    };
    let branch = options.branch.as_deref().map_or_else(|| loaded.config.branch.clone(), Text::from);
    loaded.add_repositories(&files, &base, git, &branch)?;
    loaded.add_charts(&files, &base)?;
    loaded.add_inventory(&files, &base)?;
    loaded.add_policies(&files, &base)?;
    loaded.inputs.roots = loaded.config.roots.iter().map(|root| root.to_root()).collect();
    if loaded.inputs.begin_live() {
        loaded.notes.push(BEGINS_LIVE.to_owned());
    }
    if options.allow_exec && !loaded.config.plugins.is_empty() {
        loaded.inputs.plugin_runner = Some(Arc::new(PluginCommands::new(loaded.config.plugins.clone())));
    }
    loaded.inputs.overlay = read_overlay(&options.overlay)?;
    Ok(loaded)
}

/// The edits of an overlay, with the clusters that its files hold.
fn read_overlay(words: &OverlayWords) -> Result<Overlay> {
    let mut inventory = Inventory::default();
    for file in &words.add_cluster {
        let before = inventory.clusters.len();
        read_inventory(Path::new(file), &mut inventory)?;
        if inventory.clusters.len() == before {
            return Err(Error::invalid(format!("`--add-cluster {file}`: the file holds no cluster"))
                .with_help(
                    "a cluster is written as {name: ..., server: ..., labels: {...}}, or as its Secret",
                ));
        }
    }
    words.overlay(inventory.clusters)
}

fn find_config(files: &Files, folder: &Path, top: Option<&Path>) -> Option<PathBuf> {
    let mut at = folder;
    loop {
        let file = at.join(CONFIG_FILE);
        if files.is_file(&file) {
            return Some(file);
        }
        if top.is_none() || top == Some(at) {
            return None;
        }
        at = at.parent()?;
    }
}

/// What is to be said of a configuration that is here and was not there.
fn disregarded(commit: &str) -> String {
    let commit = commit.get(..7).unwrap_or(commit);
    format!("{CONFIG_FILE} is not in {commit} and does not count for it: commit it, or name it with --config")
}

fn read_config(files: &Files, file: &Path) -> Result<Config> {
    let text = files.read(file)?;
    Config::parse(&text).map_err(|error| {
        let place = error.span().map(|span| line_column(&text, span.range().start));
        let place = place.map(|p| format!("{}:{}: ", p.line, p.column)).unwrap_or(" ".into());
        error.prefixed(&format!("{}:{place}", file.display()))
    })
}

impl Loaded {
    /// The files of the repository that the fleet lies in.
    pub(crate) fn own_tree(&self) -> Option<&Tree> {
        Some(&self.inputs.repositories.first()?.checkouts.first()?.tree)
    }

    fn add_repositories(
        &mut self,
        files: &Files,
        base: &Path,
        git: Option<GitCheckout>,
        branch: &Text,
    ) -> Result<()> {
        // A configuration that maps a URL onto its own folder makes that folder a repository of its own.
        let is_base = |path: &Text| files.are_one(&base.join(&*path.to_str_lossy()), base);
        let (own, others): (Vec<_>, Vec<_>) =
            self.config.repositories.clone().into_iter().partition(|(_, path)| is_base(path));
        let git = git.filter(|git| own.is_empty() || files.are_one(&git.top, base));
        if !own.is_empty() {
            self.top = base.to_path_buf();
        }
        let mut urls: Vec<Text> = own.into_iter().map(|(url, _)| url).collect();
        urls.extend(git.iter().flat_map(|git| &git.remotes).map(Text::from));
        if urls.is_empty() {
            urls.push(format!("file://{}", self.top.display()).into());
        }
        let tree = files.folder(&self.top)?;
        if let (Some(git), Some(url)) = (&git, urls.first()) {
            let from = Some(git.commit.clone()).filter(|commit| !commit.is_empty());
            self.inputs.history = Some(Arc::new(GitHistory::new(url.clone(), &self.top, from)));
        }
        let commits = commits_of(git.as_ref(), files);
        for url in urls {
            let checkout = checkout_of(git.as_ref(), branch, tree.clone());
            self.inputs.repositories.push(repository_of(url, git.as_ref(), commits.clone(), checkout));
        }
        for (url, path) in others {
            let folder = base.join(&*path.to_str_lossy());
            let git = inspect(&folder);
            let tree = files
                .folder(&folder)
                .map_err(|e| e.prefixed(&format!("repository {url} of {CONFIG_FILE}: ")))?;
            // A folder inside the checkout of another repository has no revision of its own.
            let own = git.filter(|git| files.are_one(&git.top, &folder));
            let checkout = checkout_of(own.as_ref(), &Text::EMPTY, tree);
            let commits = commits_of(own.as_ref(), files);
            self.inputs.repositories.push(repository_of(url, own.as_ref(), commits, checkout));
        }
        Ok(())
    }

    fn add_charts(&mut self, files: &Files, base: &Path) -> Result<()> {
        for charts in &self.config.charts {
            let path = base.join(&*charts.path.to_str_lossy());
            let of = |e: Error| e.prefixed(&format!("charts `{}` of {CONFIG_FILE}: ", charts.path));
            let given = if files.is_file(&path) {
                let archive = files.read(&path).map_err(of)?;
                let chart = GivenChart::packed(&archive).map_err(of)?;
                ChartRepository::new(charts.repository.clone(), vec![chart])
            } else {
                let tree = files.folder(&path).map_err(of)?;
                ChartRepository::in_folder(charts.repository.clone(), &tree).map_err(of)?
            };
            self.inputs.charts.push(given);
        }
        Ok(())
    }

    fn add_inventory(&mut self, files: &Files, base: &Path) -> Result<()> {
        let add = |file: &Path, inventory: &mut Inventory| {
            read_text(&files.read(file)?, &file.display().to_string(), inventory)
        };
        let mut inventory = Inventory::default();
        let patterns: Vec<Text> = self.config.clusters.iter().chain(&self.config.answers).cloned().collect();
        for pattern in patterns {
            for file in expand(files, base, &pattern.to_str_lossy())? {
                add(&file, &mut inventory)?;
            }
        }
        let settings = self.config.argocd.settings.to_str_lossy().into_owned();
        if !settings.is_empty() {
            for file in settings_files(files, &base.join(settings))? {
                add(&file, &mut inventory)?;
            }
        }
        let into = &mut self.inputs.settings;
        if !self.config.argocd.namespace.is_empty() {
            into.namespace = self.config.argocd.namespace.clone();
        }
        into.instance = self.config.argocd.instance.clone();
        into.argocd_cm = inventory.argocd_cm;
        into.params_cm = inventory.params_cm;
        self.inputs.clusters = inventory.clusters;
        self.inputs.objects = inventory.objects;
        self.inputs.answers.recorded = inventory.answers;
        Ok(())
    }

    fn add_policies(&mut self, files: &Files, base: &Path) -> Result<()> {
        self.inputs.owners = self.config.owners.clone();
        for pattern in &self.config.policies {
            for file in expand(files, base, &pattern.to_str_lossy())? {
                let text = files.read(&file)?;
                let inside = files.below(&file, &self.top);
                let repository =
                    inside.as_ref().and_then(|_| Some(self.inputs.repositories.first()?.url.clone()));
                let shown = file.strip_prefix(base).unwrap_or(&file).display().to_string();
                let shown = TreePath::new(shown.trim_start_matches(['.', '/'])).unwrap_or(TreePath::root());
                let mut policies = PolicyFile::new(inside.unwrap_or(shown), text);
                policies.repository = repository.unwrap_or_default();
                if !self.inputs.policies.iter().any(|known| known.path == policies.path) {
                    self.inputs.policies.push(policies);
                }
            }
        }
        Ok(())
    }
}

fn checkout_of(git: Option<&GitCheckout>, branch: &Text, tree: Tree) -> Checkout {
    let Some(git) = git else { return Checkout { serves: Serves::Any, commit: Text::EMPTY, tree } };
    let mut names: Vec<Text> = Vec::new();
    if !git.branch.is_empty() {
        names.push(git.branch.clone().into());
        names.push(format!("refs/heads/{}", git.branch).into());
    }
    // The checkout stands in for the branch that it will be merged into.
    let target = if branch.is_empty() { Text::from(&git.default_branch) } else { branch.clone() };
    // `HEAD` is the default branch; where the clone does not say which that is, the one that is meant here stands for it.
    if !git.knows_default() || target == git.default_branch.as_str() {
        names.extend(["HEAD".into(), Text::EMPTY]);
    }
    if !target.is_empty() {
        names.push(format!("refs/heads/{target}").into());
        names.push(target);
    }
    Checkout { serves: Serves::Only(names), commit: git.commit.clone().into(), tree }
}

/// What else a clone holds.
fn commits_of(git: Option<&GitCheckout>, files: &Files) -> Option<Arc<dyn Commits>> {
    Some(Arc::new(GitCommits::new(&git?.top, files.limits())))
}

/// The repository at `url` with what its clone knows of branches and tags.
fn repository_of(
    url: Text,
    git: Option<&GitCheckout>,
    commits: Option<Arc<dyn Commits>>,
    checkout: Checkout,
) -> Repository {
    let mut repository = Repository::new(url, vec![checkout]);
    repository.references = git.map(|git| git.references.clone()).unwrap_or_default();
    repository.listed = Listed::Fetched;
    repository.commits = commits;
    repository
}

fn settings_files(files: &Files, path: &Path) -> Result<Vec<PathBuf>> {
    if files.is_file(path) {
        return Ok(vec![path.to_path_buf()]);
    }
    expand(files, path, "*.{yaml,yml,json}")
}

/// The files that `pattern` names, sorted. A pattern without matches is an error: it was written for a reason.
fn expand(files: &Files, base: &Path, pattern: &str) -> Result<Vec<PathBuf>> {
    let plain = base.join(pattern);
    if !pattern.contains(['*', '?', '[', '{']) {
        return if files.is_file(&plain) { Ok(vec![plain]) } else { Err(no_files(&plain, CONFIG_FILE)) };
    }
    let fixed: PathBuf = Path::new(pattern)
        .components()
        .take_while(|c| !c.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let start = base.join(&fixed);
    let rest = pattern.get(fixed.as_os_str().len()..).unwrap_or_default().trim_start_matches('/');
    let tree = files.folder(&start).map_err(|_| no_files(&plain, CONFIG_FILE))?;
    let bad_pattern = |e: Error| Error::invalid(format!("`{pattern}` is no pattern: {e}"));
    let glob = Glob::new(rest, "/").map_err(bad_pattern)?;
    let mut found = Vec::new();
    for (path, _) in tree.entries() {
        if glob.matches(path.as_str()).map_err(bad_pattern)? {
            found.push(start.join(path.as_str()));
        }
    }
    if found.is_empty() { Err(no_files(&plain, CONFIG_FILE)) } else { Ok(found) }
}
