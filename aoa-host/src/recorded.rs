//! Reads a fleet that an earlier run wrote.

use std::path::{Path, PathBuf};

use aoa_core::config::Config;
use aoa_core::lang::json::{self, Numbers};
use aoa_core::lang::{Error, Limits, Result, Value};
use aoa_core::load::documents;
use aoa_core::wire::{WireOptions, is_redacted, read_fleet, write_fleet};
use aoa_core::{Fleet, Inputs, Options};

use crate::folder::read_given;
use crate::load::Loaded;

/// The largest output that is read, in bytes.
const MOST: u64 = 4 << 30;

/// A fleet that an earlier run wrote: nothing of it is resolved.
///
/// ```
/// use aoa_host::{LoadOptions, load_both};
/// # let folder = tempfile::tempdir().unwrap();
/// let file = folder.path().join("fleet.json");
/// std::fs::write(&file, r#"{"schemaVersion": 1, "apps": [], "appSets": [], "clusters": []}"#).unwrap();
/// let file = file.to_str().unwrap().to_owned();
/// let both = load_both(&[file.clone(), file], ".".as_ref(), &LoadOptions::default())?;
/// assert!(both.before.recorded.unwrap().is_redacted);
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedFleet {
    /// The fleet.
    pub fleet: Fleet,
    /// Whether it was written without its secrets.
    pub is_redacted: bool,
}

impl std::fmt::Debug for RecordedFleet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordedFleet({} apps)", self.fleet.apps().len())
    }
}

/// Whether `what` names an output: a file of JSON or YAML, or `-` for standard input.
pub(crate) fn is_output(what: &str) -> bool {
    let path = Path::new(what);
    let is_data =
        path.extension().is_some_and(|ext| ["json", "yaml", "yml"].iter().any(|known| ext == *known));
    what == "-" || is_data && path.is_file()
}

/// Reads the output that `what` names.
///
/// # Errors
///
/// `NotFound` for what cannot be read; `Syntax` or `Invalid` for what is no output.
pub(crate) fn load_output(what: &str) -> Result<Loaded> {
    let name = if what == "-" { "standard input" } else { what };
    let options = Options::default();
    let recorded = parse(&read_given(Path::new(what), MOST)?)
        .and_then(|output| {
            let is_redacted = is_redacted(&output);
            Ok(RecordedFleet { fleet: read_fleet(&output, &options)?, is_redacted })
        })
        .map_err(|e| e.prefixed(&format!("{name}: ")))?;
    let hides = recorded.is_redacted && holds_secrets(&recorded.fleet);
    let note =
        format!("{name} leaves out secrets: changes of them are not seen (--show-secrets writes them)");
    Ok(Loaded {
        inputs: Inputs::default(),
        options,
        config: Config::default(),
        config_file: None,
        top: PathBuf::from("."),
        notes: hides.then_some(note).into_iter().collect(),
        recorded: Some(recorded),
    })
}

fn parse(bytes: &[u8]) -> Result<Value> {
    let mut limits = Limits::default();
    limits.input_bytes = usize::MAX;
    if bytes.trim_ascii_start().starts_with(b"{") {
        return json::read_within(bytes, Numbers::PreserveInts, &limits);
    }
    match documents(bytes, &limits).pop() {
        Some(document) => document.value,
        None => Err(Error::invalid("there is nothing in it")),
    }
}

fn holds_secrets(fleet: &Fleet) -> bool {
    let mut manifests =
        fleet.apps().filter_map(|app| app.content()).flat_map(|content| content.manifests().iter());
    manifests.any(|manifest| manifest.kind() == "Secret" && manifest.group().is_empty())
}

impl RecordedFleet {
    /// What an output without secrets has of `fleet`.
    pub(crate) fn without_secrets(fleet: &Fleet) -> Result<Fleet> {
        let mut output = Vec::new();
        write_fleet(fleet, WireOptions::default().with_manifests(true), &mut output)
            .map_err(|e| Error::invalid(format!("the fleet cannot be written: {e}")))?;
        read_fleet(&parse(&output)?, &Options::default())
    }
}
