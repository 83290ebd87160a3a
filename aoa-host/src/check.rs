//! How a loaded fleet is checked: what somebody asks for, what its configuration says, its baseline, and the present.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use aoa_core::check::{Baseline, CheckOptions, FailOn, rules_named, seconds_of_day};
use aoa_core::finding::Rule;
use aoa_core::lang::{Error, ErrorKind, Result};

use crate::folder::read_file;
use crate::load::{CONFIG_FILE, Loaded};

/// The largest baseline that is read, in bytes.
const MOST: u64 = 64 << 20;

/// What somebody asks a check for; what is not said is as `check:` of the configuration has it.
///
/// ```
/// let mut request = aoa_host::CheckRequest::default();
/// request.select.push("H".to_owned());
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CheckRequest {
    /// Only these rules, by id, name or family.
    pub select: Vec<String>,
    /// Not these either.
    pub ignore: Vec<String>,
    /// The lowest severity that fails the check: `info`, `warning`, `error`, `never`.
    pub fail_on: Option<String>,
    /// The file of findings that are known.
    pub baseline: Option<PathBuf>,
    /// How many days an entry of the baseline holds.
    pub baseline_max_age: Option<u32>,
    /// The day by which waivers and the baseline expire, `2027-01-31`; else today.
    pub today: Option<String>,
    /// Whether a baseline that is not there is as good as an empty one: whoever writes it begins so.
    pub writes_baseline: bool,
}

impl Loaded {
    /// How this fleet is checked.
    ///
    /// A baseline that is named but not there is an error: a check that silently forgets what it knows would fail for the wrong
    /// reason.
    ///
    /// ```
    /// use aoa_host::{CheckRequest, LoadOptions, load};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let folder = folder.path();
    /// let loaded = load(folder, &LoadOptions::default())?;
    /// assert!(loaded.check_options(&CheckRequest::default())?.baseline.is_none());
    /// # Ok::<(), aoa_host::core::lang::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Invalid` for rules, severities and days that are none; for a baseline that cannot be read.
    pub fn check_options(&self, request: &CheckRequest) -> Result<CheckOptions> {
        let config = &self.config.check;
        let mut options = CheckOptions::default();
        let select = rules(&request.select)?;
        options.select = if select.is_empty() { config.select.clone() } else { select };
        options.ignore = config.ignore.iter().copied().chain(rules(&request.ignore)?).collect();
        options.severities = config.severities.clone();
        options.fail_on = request.fail_on.as_deref().map_or(Ok(config.fail_on), fail_on)?;
        options.now = request.today.as_deref().map_or_else(|| Ok(present()), day)?;
        let file = request.baseline.clone().or_else(|| self.baseline_file());
        if let Some(file) = file.filter(|file| !request.writes_baseline || file.exists()) {
            let days = request.baseline_max_age.or(config.baseline_max_age);
            options.baseline = Some(read_baseline(&file)?.with_max_age(days));
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

fn rules(names: &[String]) -> Result<Vec<Rule>> {
    let mut all = Vec::new();
    for name in names {
        all.extend(rules_named(name)?);
    }
    Ok(all)
}

fn fail_on(name: &str) -> Result<FailOn> {
    FailOn::from_name(name).ok_or_else(|| {
        Error::invalid(format!("there is no severity `{name}` to fail on"))
            .with_help(format!("it is one of {}", FailOn::NAMES.join(", ")))
    })
}

fn day(text: &str) -> Result<i64> {
    let error = || Error::invalid(format!("`{text}` is no day")).with_help("write it as 2027-01-31");
    seconds_of_day(text).ok_or_else(error)
}

fn present() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
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
