//! How a loaded fleet is checked: what its configuration says, its baseline, and the present.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use aoa_core::check::{Baseline, CheckOptions};
use aoa_core::lang::{Error, ErrorKind, Result};

use crate::folder::read_file;
use crate::load::{CONFIG_FILE, Loaded};

/// The largest baseline that is read, in bytes.
const MOST: u64 = 64 << 20;

impl Loaded {
    /// What `check:` of the configuration says, with its baseline and the present.
    ///
    /// A baseline that is named but not there is an error: a check that silently forgets what it knows would fail for the wrong
    /// reason.
    ///
    /// # Errors
    ///
    /// For a baseline that cannot be read.
    ///
    /// ```
    /// use aoa_host::{LoadOptions, load};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let folder = folder.path();
    /// let loaded = load(folder, &LoadOptions::default())?;
    /// assert!(loaded.check_options()?.baseline.is_none());
    /// # Ok::<(), aoa_host::core::lang::Error>(())
    /// ```
    pub fn check_options(&self) -> Result<CheckOptions> {
        let config = &self.config.check;
        let mut options = CheckOptions::default();
        options.fail_on = config.fail_on;
        options.select = config.select.clone();
        options.ignore = config.ignore.clone();
        options.severities = config.severities.clone();
        options.now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        if let Some(file) = self.baseline_file() {
            options.baseline = Some(read_baseline(&file)?.with_max_age(config.baseline_max_age));
        }
        Ok(options)
    }

    /// The file that `check.baseline` names.
    #[must_use]
    pub fn baseline_file(&self) -> Option<PathBuf> {
        let name = &self.config.check.baseline;
        let base = self.config_file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        (!name.is_empty()).then(|| base.join(&*name.to_str_lossy()))
    }
}

/// Reads a baseline.
///
/// ```
/// let error = aoa_host::read_baseline("no/such/file".as_ref()).unwrap_err();
/// assert_eq!(error.kind().name(), "not-found");
/// ```
///
/// # Errors
///
/// For a file that is not there, or is none.
pub fn read_baseline(file: &Path) -> Result<Baseline> {
    if !file.exists() {
        let error = Error::new(ErrorKind::NotFound, format!("there is no baseline `{}`", file.display()));
        return Err(error.with_help(format!(
            "write it with `aoa check --write-baseline`, or take `baseline` out of `check:` in {CONFIG_FILE}"
        )));
    }
    let text = read_file(file, MOST)?;
    Baseline::parse(&text).map_err(|error| error.prefixed(&format!("{}: ", file.display())))
}
