//! Two fleets that are to be compared.

use std::path::Path;

use aoa_core::diff::Changes;
use aoa_core::lang::{Error, ErrorKind, Result};
use aoa_core::overlay::{Overlay, OverlayWords};
use aoa_core::{Fleet, Resolver, diff};

use crate::check::CheckRequest;
use crate::folder::FolderLimits;
use crate::git::{GitCheckout, inspect};
use crate::load::{LoadOptions, Loaded, load};
use crate::recorded::{RecordedFleet, is_output, load_output};
use crate::revision::{End, ends};
use crate::uncommitted::uncommitted;

/// Two loaded fleets, and what they are.
///
/// ```
/// use aoa_host::{LoadOptions, load_both};
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path().to_str().unwrap().to_owned();
/// let both = load_both(&[folder.clone(), folder], ".".as_ref(), &LoadOptions::default())?;
/// assert!(both.ends.contains(" → "));
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Both {
    /// The older side.
    pub before: Loaded,
    /// The newer side.
    pub after: Loaded,
    /// What they are, as in `main 8d02f11 → working tree`.
    pub ends: String,
}

/// Loads what `what` names: two of folders, outputs and revisions, or a range as [`ends`] reads it, of the repository that
/// `repository` lies in; nothing stands for the default branch. An output is what `aoa tree --json --manifests` wrote, a file
/// whose name ends with `.json`, `.yaml` or `.yml`, or `-` for standard input; one by itself is compared with the working
/// tree.
///
/// The first revision that is called like a branch is what the change is to be merged into, where the options do not say.
///
/// # Errors
///
/// As [`load`] and [`ends`]; `Invalid` for what is no output, and for an overlay on one.
///
/// ```
/// use aoa_host::{LoadOptions, load_both};
/// let error = load_both(&["no-such..revision".to_owned()], ".".as_ref(), &LoadOptions::default()).unwrap_err();
/// assert_eq!(error.kind().name(), "not-found");
/// ```
pub fn load_both(what: &[String], repository: &Path, options: &LoadOptions) -> Result<Both> {
    let named = if options.branch.is_none() { named_branch(what, repository) } else { None };
    let Some((git, branch)) = named else { return load_sides(what, repository, options) };
    let mut both = load_sides(what, repository, &options.clone().with_branch(Some(branch.clone())))?;
    let configured = &both.before.config.branch;
    let is_usual = if configured.is_empty() { branch == git.default_branch } else { *configured == *branch };
    if !is_usual {
        let mut note = format!(
            "compared as a change for {branch}: what follows another branch stays as it is there (--branch says otherwise)"
        );
        if !git.remotes.is_empty() && !git.knows_default() {
            note.push_str("; HEAD is taken for it, as the clone does not say which branch that is: git remote set-head origin --auto");
        }
        both.after.notes.push(note);
    }
    Ok(both)
}

fn load_sides(what: &[String], repository: &Path, options: &LoadOptions) -> Result<Both> {
    match what {
        [before, after] if is_place(before) || is_place(after) => {
            let before = load_side(before, repository, options)?;
            Ok(joined(before, load_side(after, repository, options)?))
        }
        [before] if is_output(before) => {
            let before = load_side(before, repository, options)?;
            Ok(joined(before, (load(repository, options)?, End::WorkTree.to_string())))
        }
        _ => load_range(what, repository, options),
    }
}

/// Whether a word names an output or a folder, not a revision.
fn is_place(what: &str) -> bool {
    is_output(what) || Path::new(what).is_dir()
}

/// What one word names, and how it is called.
fn load_side(what: &str, repository: &Path, options: &LoadOptions) -> Result<(Loaded, String)> {
    if is_output(what) {
        if options.overlay != OverlayWords::default() {
            let error = Error::invalid(format!(
                "nothing of `{what}` can be thought otherwise: it was resolved before"
            ));
            return Err(error.with_help("write it with the same options"));
        }
        return Ok((load_output(what)?, what.to_owned()));
    }
    if Path::new(what).is_dir() || is_path(what) {
        return Ok((load(Path::new(what), options)?, what.to_owned()));
    }
    let (end, _) = ends(repository, Some(&format!("{what}..")))?;
    Ok((load_end(&end, repository, options)?, end.to_string()))
}

/// The first branch that the words name: a change that is compared with a branch is one for that branch.
fn named_branch(what: &[String], repository: &Path) -> Option<(GitCheckout, String)> {
    const OF_BRANCHES: [&str; 5] =
        ["refs/heads/", "refs/remotes/origin/", "remotes/origin/", "heads/", "origin/"];
    let git = inspect(repository)?;
    let is_branch =
        |name: &&str| git.references.iter().any(|r| r.name().strip_prefix("refs/heads/") == Some(*name));
    let revisions = what.iter().filter(|what| !is_place(what) && !is_path(what));
    let names = revisions.flat_map(|range| range.split("..")).map(|name| name.trim_start_matches('.'));
    let mut branches =
        names.map(|name| OF_BRANCHES.iter().find_map(|of| name.strip_prefix(of)).unwrap_or(name));
    let branch = branches.find(is_branch)?.to_owned();
    Some((git, branch))
}

/// Whether a word can only be meant as a file or folder: nobody calls a branch like that.
fn is_path(what: &str) -> bool {
    let is_data = [".json", ".yaml", ".yml"].iter().any(|end| what.ends_with(end));
    is_data
        || Path::new(what).is_absolute()
        || ["./", "../", "~/"].iter().any(|start| what.starts_with(start))
}

fn load_range(what: &[String], repository: &Path, options: &LoadOptions) -> Result<Both> {
    if let Some(missing) = what.iter().find(|what| is_path(what) && !Path::new(what).exists()) {
        return Err(Error::new(ErrorKind::NotFound, format!("`{missing}` does not exist"))
            .with_help("give a folder, a revision, or what `aoa tree --json --manifests` wrote"));
    }
    let range = match what {
        [one, other] => Some(format!("{one}..{other}")),
        what => what.first().cloned(),
    };
    let (before, after) = ends(repository, range.as_deref())?;
    let side = |end: &End| Ok::<_, Error>((load_end(end, repository, options)?, end.to_string()));
    let mut both = joined(side(&before)?, side(&after)?);
    if let End::Commit { commit, .. } = &after {
        let older = range.as_deref().and_then(|range| range.split("..").next()).unwrap_or_default();
        both.after.notes.extend(not_included(repository, commit, older, options.limits));
    }
    Ok(both)
}

fn load_end(end: &End, repository: &Path, options: &LoadOptions) -> Result<Loaded> {
    match end {
        End::Commit { commit, .. } => load(repository, &options.clone().with_commit(Some(commit.clone()))),
        End::WorkTree => load(repository, options),
    }
}

/// What a comparison of commits passes over: people expect the file that they have just written.
fn not_included(repository: &Path, commit: &str, older: &str, limits: FolderLimits) -> Option<String> {
    let count = uncommitted(repository, commit, limits).filter(|count| *count > 0)?;
    let (files, are, them) = if count == 1 { ("file", "is", "it") } else { ("files", "are", "them") };
    let command = format!("aoa diff {older}");
    Some(format!("{count} uncommitted {files} {are} not included: {} has {them}", command.trim_end()))
}

impl Both {
    /// What is worth knowing about the loading of either side, each line once.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        let (before, after) = (&self.before.notes, &self.after.notes);
        before.iter().chain(after.iter().filter(|line| !before.contains(line))).map(String::as_str)
    }
}

/// What runs for plugins is what the older side says: a change must not bring its own commands to those who judge it.
fn joined((before, older): (Loaded, String), (mut after, newer): (Loaded, String)) -> Both {
    after.inputs.plugin_runner.clone_from(&before.inputs.plugin_runner);
    Both { before, after, ends: format!("{older} → {newer}") }
}

/// The fleet as it is, and as the overlay of `loaded` wants it.
///
/// ```
/// use aoa_host::core::overlay::OverlayWords;
/// use aoa_host::{LoadOptions, load, what_if};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// # let folder = folder.path();
/// let mut words = OverlayWords::default();
/// words.delete_app.push("web".into());
/// let both = what_if(load(folder, &LoadOptions::default().with_overlay(words))?);
/// assert_eq!(both.ends, "as it is → --delete-app web");
/// assert_eq!(both.compare()?.changes.apps.len(), 1);
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
#[must_use]
pub fn what_if(loaded: Loaded) -> Both {
    let ends = format!("as it is → {}", loaded.inputs.overlay);
    let mut before = loaded.clone();
    before.inputs.overlay = Overlay::default();
    Both { before, after: loaded, ends }
}

/// Two resolved fleets, and what changes from one to the other.
///
/// ```
/// use aoa_host::{Compared, LoadOptions, load_both};
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path().to_str().unwrap().to_owned();
/// let both = load_both(&[folder.clone(), folder], ".".as_ref(), &LoadOptions::default())?;
/// let Compared { changes, .. } = both.compare()?;
/// assert!(changes.is_empty());
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
#[non_exhaustive]
pub struct Compared {
    /// The older side.
    pub before: Fleet,
    /// The newer side.
    pub after: Fleet,
    /// What changes.
    pub changes: Changes,
}

/// Which findings of both sides are compared.
///
/// ```
/// use aoa_host::Asked;
/// assert_eq!(Asked::default(), Asked::Resolving);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asked {
    /// What resolving says.
    #[default]
    Resolving,
    /// What all rules of the check say, under the policies, exceptions and waivers of the older side.
    Check,
}

impl Compared {
    /// Asks all rules of the check about both sides, as the configuration of the older one has it: a change does not choose
    /// who judges it.
    ///
    /// # Errors
    ///
    /// As [`Loaded::check_options`]; `Invalid` for a side that is an output.
    ///
    /// ```
    /// use aoa_host::{LoadOptions, load_both};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let folder = folder.path().to_str().unwrap().to_owned();
    /// let both = load_both(&[folder.clone(), folder], ".".as_ref(), &LoadOptions::default())?;
    /// let mut compared = both.compare()?;
    /// compared.judge(&both.before)?;
    /// assert!(compared.changes.findings.introduced.is_empty());
    /// # Ok::<(), aoa_host::core::lang::Error>(())
    /// ```
    pub fn judge(&mut self, older: &Loaded) -> Result<()> {
        if self.before.is_recorded() || self.after.is_recorded() {
            return Err(Error::invalid("the rules of the check look into files, and an output has none")
                .with_help("compare revisions or folders, or leave out --check"));
        }
        let options = older.check_options(&CheckRequest::default())?;
        self.changes.judge(&self.before, &self.after, &options);
        Ok(())
    }
}

impl Both {
    /// Resolves both sides, the newer one from the older one, and compares them: what the change does not reach is worked out
    /// once.
    ///
    /// # Errors
    ///
    /// As [`Resolver::resolve`].
    pub fn compare(&self) -> Result<Compared> {
        if self.before.recorded.is_some() || self.after.recorded.is_some() {
            return self.compare_recorded();
        }
        let mut resolver = Resolver::new(self.before.options.clone());
        let before = resolver.resolve(&self.before.inputs)?;
        let mut inputs = self.after.inputs.clone();
        // One evaluator serves both sides, so that it does not tell them apart.
        if inputs.jsonnet.is_some() && self.before.inputs.jsonnet.is_some() {
            inputs.jsonnet.clone_from(&self.before.inputs.jsonnet);
        }
        let after = resolver.resolve_since(&before, &inputs)?;
        self.after.inputs.overlay.check(&[&before, &after])?;
        let mut changes = diff(&before, &after);
        changes.add_terms(&before, &after);
        changes.add_configuration(&self.before.config, &self.after.config);
        changes.notes = self.notes().map(str::to_owned).collect();
        Ok(Compared { before, after, changes })
    }

    /// The same where at least one side is an output. Without the secrets of one side those of the other would all differ.
    fn compare_recorded(&self) -> Result<Compared> {
        let hides = |side: &Loaded| side.recorded.as_ref().is_some_and(|recorded| recorded.is_redacted);
        let hide = hides(&self.before) || hides(&self.after);
        let fleet = |side: &Loaded| {
            let fleet = match &side.recorded {
                Some(recorded) => recorded.fleet.clone(),
                None => Resolver::new(side.options.clone()).resolve(&side.inputs)?,
            };
            if hide && !hides(side) { RecordedFleet::without_secrets(&fleet) } else { Ok(fleet) }
        };
        let (before, after) = (fleet(&self.before)?, fleet(&self.after)?);
        let mut changes = diff(&before, &after);
        changes.add_terms(&before, &after);
        changes.notes = self.notes().map(str::to_owned).collect();
        Ok(Compared { before, after, changes })
    }
}
