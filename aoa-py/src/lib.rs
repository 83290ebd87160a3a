//! The native half of the Python package `aoa`: it resolves, and answers with JSON text.

use std::path::{Path, PathBuf};

use aoa_core::check::check;
use aoa_core::fleet::App;
use aoa_core::lang::{Error, ErrorKind, Result, Value, json};
use aoa_core::overlay::OverlayWords;
use aoa_core::report::{CheckFormat, check_report};
use aoa_core::wire::{self, Redactor, WireOptions};
use aoa_core::{Fleet, Resolver};
use aoa_host::{Asked, CheckRequest, LoadOptions, Loaded};
use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

create_exception!(_aoa, NativeError, PyException);

#[pymodule]
fn _aoa(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("NativeError", module.py().get_type::<NativeError>())?;
    module.add_class::<NativeFleet>()?;
    module.add_class::<NativeLoaded>()?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(render_chart, module)?)?;
    module.add_function(wrap_pyfunction!(build_kustomization, module)?)?;
    module.add_function(wrap_pyfunction!(diff, module)?)?;
    module.add_function(wrap_pyfunction!(load, module)?)
}

/// Compares two of folders and revisions: the bytes that `aoa diff -o json` prints.
#[pyfunction]
#[pyo3(signature = (what, repository, config, branch, check, show_secrets))]
fn diff(
    py: Python<'_>,
    what: Vec<String>,
    repository: PathBuf,
    config: Option<PathBuf>,
    branch: Option<String>,
    check: bool,
    show_secrets: bool,
) -> PyResult<String> {
    let options = LoadOptions::default().with_config(config).with_branch(branch);
    py.detach(|| changes(&what, &repository, &options, asked(check), show_secrets)).map_err(to_python)
}

fn asked(check: bool) -> Asked {
    if check { Asked::Check } else { Asked::Resolving }
}

fn changes(
    what: &[String],
    repository: &Path,
    options: &LoadOptions,
    asked: Asked,
    show_secrets: bool,
) -> Result<String> {
    let both = aoa_host::load_both(what, repository, options)?;
    aoa_host::changes_json(&both, asked, show_secrets)
}

/// Renders one chart; options and result are JSON.
#[pyfunction]
fn render_chart(py: Python<'_>, path: PathBuf, options: &str) -> PyResult<String> {
    py.detach(|| alone(aoa_host::render_chart, &path, options)).map_err(to_python)
}

/// Builds one kustomization; options and result are JSON.
#[pyfunction]
fn build_kustomization(py: Python<'_>, path: PathBuf, options: &str) -> PyResult<String> {
    py.detach(|| alone(aoa_host::build_kustomization, &path, options)).map_err(to_python)
}

fn alone(make: fn(&Path, &Value) -> Result<Value>, path: &Path, options: &str) -> Result<String> {
    let options = json::read(options.as_bytes(), json::Numbers::default())?;
    json::to_string(&make(path, &options)?)
}

/// Loads the fleet of a folder; `edits` is JSON of what is to be thought otherwise.
#[pyfunction]
#[pyo3(signature = (path, config=None, branch=None, edits=None))]
fn load(
    py: Python<'_>,
    path: PathBuf,
    config: Option<PathBuf>,
    branch: Option<String>,
    edits: Option<&str>,
) -> PyResult<NativeLoaded> {
    let words = edits.map(overlay).transpose().map_err(to_python)?.unwrap_or_default();
    let options = LoadOptions::default().with_config(config).with_branch(branch).with_overlay(words);
    let loaded = py.detach(|| aoa_host::load(&path, &options)).map_err(to_python)?;
    Ok(NativeLoaded { loaded })
}

fn overlay(edits: &str) -> Result<OverlayWords> {
    OverlayWords::read(&json::read(edits.as_bytes(), json::Numbers::default())?)
}

/// A loaded fleet.
#[pyclass(frozen)]
struct NativeLoaded {
    loaded: Loaded,
}

#[pymethods]
impl NativeLoaded {
    /// What is worth knowing about the loading.
    fn notes(&self) -> Vec<String> {
        self.loaded.notes.clone()
    }

    /// Resolves the fleet, without the interpreter's lock.
    fn resolve(&self, py: Python<'_>) -> PyResult<NativeFleet> {
        let resolve = || {
            let fleet = Resolver::new(self.loaded.options.clone()).resolve(&self.loaded.inputs)?;
            self.loaded.inputs.overlay.check(&[&fleet])?;
            Ok(fleet)
        };
        let fleet = py.detach(resolve).map_err(to_python)?;
        let (hides, shows) = (Redactor::new(&fleet, false), Redactor::new(&fleet, true));
        Ok(NativeFleet { loaded: self.loaded.clone(), fleet, hides, shows })
    }

    /// What changes from the fleet as it is to what is thought otherwise: the bytes that `aoa what-if -o json` prints.
    fn what_if(&self, py: Python<'_>, show_secrets: bool) -> PyResult<String> {
        let both = aoa_host::what_if(self.loaded.clone());
        py.detach(|| aoa_host::changes_json(&both, Asked::Resolving, show_secrets)).map_err(to_python)
    }
}

/// A resolved fleet.
#[pyclass(frozen)]
struct NativeFleet {
    loaded: Loaded,
    fleet: Fleet,
    hides: Redactor,
    shows: Redactor,
}

#[pymethods]
impl NativeFleet {
    /// Namespace and name of each Application, sorted.
    fn keys(&self) -> Vec<(String, String)> {
        self.fleet.apps().map(|app| (app.namespace().to_owned(), app.name().to_owned())).collect()
    }

    /// The fleet with other files: each path with its text, or without any for a file that goes.
    fn with_files(&self, py: Python<'_>, files: Vec<(String, Option<Vec<u8>>)>) -> PyResult<NativeFleet> {
        let edited = || aoa_host::with_files(&self.loaded, &self.fleet, files);
        let (loaded, fleet) = py.detach(edited).map_err(to_python)?;
        let (hides, shows) = (Redactor::new(&fleet, false), Redactor::new(&fleet, true));
        Ok(NativeFleet { loaded, fleet, hides, shows })
    }

    /// What changes from this fleet to another: what `aoa diff -o json` prints.
    fn diff(&self, py: Python<'_>, newer: &NativeFleet, check: bool, show_secrets: bool) -> PyResult<String> {
        let judge = check.then_some(&self.loaded);
        py.detach(|| aoa_host::compared_json(&self.fleet, &newer.fleet, judge, show_secrets))
            .map_err(to_python)
    }

    /// The whole fleet: the bytes that `aoa tree -o json` prints.
    fn to_json(&self, py: Python<'_>, manifests: bool, show_secrets: bool) -> PyResult<String> {
        let options = WireOptions::default().with_manifests(manifests).with_secrets(show_secrets);
        py.detach(|| {
            let mut out = Vec::new();
            wire::write_fleet(&self.fleet, options, &mut out).map_err(|e| Error::invalid(e.to_string()))?;
            String::from_utf8(out).map_err(|e| Error::invalid(e.to_string()))
        })
        .map_err(to_python)
    }

    /// What is wrong with the fleet: the bytes that `aoa check -o FORMAT` prints.
    #[pyo3(signature = (format, select, ignore, fail_on, baseline, baseline_max_age, today, show_secrets))]
    #[allow(clippy::too_many_arguments, reason = "they are the keywords of one Python function")]
    fn check(
        &self,
        py: Python<'_>,
        format: &str,
        select: Vec<String>,
        ignore: Vec<String>,
        fail_on: Option<String>,
        baseline: Option<PathBuf>,
        baseline_max_age: Option<u32>,
        today: Option<String>,
        show_secrets: bool,
    ) -> PyResult<String> {
        let mut request = CheckRequest::default();
        request.select = select;
        request.ignore = ignore;
        request.fail_on = fail_on;
        request.baseline = baseline;
        request.baseline_max_age = baseline_max_age;
        request.today = today;
        py.detach(|| {
            let format = CheckFormat::from_name(format)?;
            let findings = check(&self.fleet, &self.loaded.check_options(&request)?);
            check_report(&self.fleet, &findings, format, WireOptions::default().with_secrets(show_secrets))
        })
        .map_err(to_python)
    }

    /// In which order a cluster or the fleet comes up: the bytes that `aoa order -o json` prints.
    fn order(
        &self,
        py: Python<'_>,
        cluster: Option<&str>,
        app: Option<&str>,
        show_secrets: bool,
    ) -> PyResult<String> {
        let redactor = self.redactor(show_secrets);
        py.detach(|| aoa_host::order_json(&self.fleet, cluster, app, redactor)).map_err(to_python)
    }

    /// Which versions run where: the bytes that `aoa matrix -o json` prints.
    fn matrix(
        &self,
        py: Python<'_>,
        by: &str,
        version: Option<&str>,
        show_secrets: bool,
    ) -> PyResult<String> {
        let redactor = self.redactor(show_secrets);
        py.detach(|| aoa_host::matrix_json(&self.fleet, by, version, redactor)).map_err(to_python)
    }

    /// Which files Applications read: the bytes that `aoa paths -o json` prints.
    fn paths(&self, py: Python<'_>, apps: Vec<String>, show_secrets: bool) -> PyResult<String> {
        let redactor = self.redactor(show_secrets);
        py.detach(|| aoa_host::paths_json(&self.fleet, &apps, redactor)).map_err(to_python)
    }

    /// Which policies reach an Application, or the policies of the fleet: the bytes that `aoa policy [APP] -o json` prints.
    fn policy(&self, py: Python<'_>, app: Option<&str>, show_secrets: bool) -> PyResult<String> {
        let redactor = self.redactor(show_secrets);
        py.detach(|| aoa_host::policy_json(&self.fleet, app, redactor)).map_err(to_python)
    }

    /// One Application.
    fn app_json(&self, namespace: &str, name: &str, manifests: bool, show_secrets: bool) -> PyResult<String> {
        let options = WireOptions::default().with_manifests(manifests).with_secrets(show_secrets);
        let redactor = if show_secrets { &self.shows } else { &self.hides };
        wire::app_json(self.app(namespace, name)?, options, redactor).map_err(to_python)
    }

    /// Why something is there: the bytes that `aoa why -o json` prints.
    fn why(
        &self,
        py: Python<'_>,
        address: &str,
        field: Option<&str>,
        fields: bool,
        show_secrets: bool,
    ) -> PyResult<String> {
        let redactor = self.redactor(show_secrets);
        py.detach(|| aoa_host::why_json(&self.fleet, address, field, fields, redactor)).map_err(to_python)
    }

    /// Why something is not there: the bytes that `aoa why-not -o json` prints.
    fn why_not(&self, py: Python<'_>, about: &str, on: Option<&str>, show_secrets: bool) -> PyResult<String> {
        let redactor = self.redactor(show_secrets);
        py.detach(|| aoa_host::why_not_json(&self.fleet, about, on, redactor)).map_err(to_python)
    }

    /// How exported state differs: the bytes that `aoa drift -o json` prints.
    fn drift(&self, py: Python<'_>, files: Vec<PathBuf>, show_secrets: bool) -> PyResult<String> {
        let redactor = self.redactor(show_secrets);
        py.detach(|| aoa_host::drift_json(&self.fleet, &files, redactor)).map_err(to_python)
    }
}

impl NativeFleet {
    fn redactor(&self, show_secrets: bool) -> &Redactor {
        if show_secrets { &self.shows } else { &self.hides }
    }

    fn app(&self, namespace: &str, name: &str) -> PyResult<App<'_>> {
        self.fleet.app(namespace, name).ok_or_else(|| {
            to_python(Error::new(
                ErrorKind::NotFound,
                format!("there is no Application `{namespace}/{name}`"),
            ))
        })
    }
}

/// Message, kind and help travel as the arguments of the exception.
fn to_python(error: Error) -> PyErr {
    NativeError::new_err((error.message().to_owned(), error.kind().name(), error.help().map(str::to_owned)))
}
