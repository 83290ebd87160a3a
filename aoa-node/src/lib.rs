//! The native half of the npm package: it resolves off the event loop, and answers with JSON text.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aoa_core::check::check;
use aoa_core::lang::{Error as AoaError, ErrorKind, Result as AoaResult, Value, json};
use aoa_core::overlay::OverlayWords;
use aoa_core::report::{CheckFormat, check_report};
use aoa_core::wire::{self, Redactor, WireOptions};
use aoa_core::{Fleet, Resolver};
use aoa_host::{Asked, CheckRequest, LoadOptions, Loaded};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Error, Result, Task};
use napi_derive::napi;

/// Loads the fleet of a folder; `edits` is JSON of what is to be thought otherwise.
#[napi]
pub fn load(
    path: String,
    config: Option<String>,
    branch: Option<String>,
    edits: Option<String>,
) -> AsyncTask<LoadTask> {
    let options = LoadOptions::default().with_config(config.map(PathBuf::from)).with_branch(branch);
    AsyncTask::new(LoadTask { path: path.into(), options, edits })
}

/// Renders one chart; options and result are JSON.
#[napi]
pub fn render_chart(path: String, options: String) -> AsyncTask<AloneTask> {
    AsyncTask::new(AloneTask { make: aoa_host::render_chart, path: path.into(), options })
}

/// Builds one kustomization; options and result are JSON.
#[napi]
pub fn build_kustomization(path: String, options: String) -> AsyncTask<AloneTask> {
    AsyncTask::new(AloneTask { make: aoa_host::build_kustomization, path: path.into(), options })
}

/// Compares two of folders and revisions; the result is what `aoa diff -o json` prints.
#[napi]
pub fn diff(
    what: Vec<String>,
    repository: String,
    config: Option<String>,
    branch: Option<String>,
    check: bool,
    show_secrets: bool,
) -> AsyncTask<DiffTask> {
    AsyncTask::new(DiffTask {
        what,
        repository: repository.into(),
        options: LoadOptions::default().with_config(config.map(PathBuf::from)).with_branch(branch),
        asked: if check { Asked::Check } else { Asked::Resolving },
        show_secrets,
    })
}

/// A comparison, on a thread of its own.
pub struct DiffTask {
    what: Vec<String>,
    repository: PathBuf,
    options: LoadOptions,
    asked: Asked,
    show_secrets: bool,
}

impl DiffTask {
    fn changes(&self) -> AoaResult<String> {
        let both = aoa_host::load_both(&self.what, &self.repository, &self.options)?;
        aoa_host::changes_json(&both, self.asked, self.show_secrets)
    }
}

impl Task for DiffTask {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        self.changes().map_err(to_js)
    }

    fn resolve(&mut self, _: Env, changes: String) -> Result<String> {
        Ok(changes)
    }
}

/// A chart or a kustomization, on a thread of its own.
pub struct AloneTask {
    make: fn(&Path, &Value) -> AoaResult<Value>,
    path: PathBuf,
    options: String,
}

impl Task for AloneTask {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        let options = json::read(self.options.as_bytes(), json::Numbers::default());
        let made = options.and_then(|options| (self.make)(&self.path, &options));
        made.and_then(|made| json::to_string(&made)).map_err(to_js)
    }

    fn resolve(&mut self, _: Env, made: String) -> Result<String> {
        Ok(made)
    }
}

/// Loading, on a thread of its own.
pub struct LoadTask {
    path: PathBuf,
    options: LoadOptions,
    edits: Option<String>,
}

impl LoadTask {
    fn load(&self) -> AoaResult<Loaded> {
        let mut options = self.options.clone();
        if let Some(edits) = &self.edits {
            let data = json::read(edits.as_bytes(), json::Numbers::default())?;
            options = options.with_overlay(OverlayWords::read(&data)?);
        }
        aoa_host::load(&self.path, &options)
    }
}

impl Task for LoadTask {
    type Output = Loaded;
    type JsValue = NativeLoaded;

    fn compute(&mut self) -> Result<Loaded> {
        self.load().map_err(to_js)
    }

    fn resolve(&mut self, _: Env, loaded: Loaded) -> Result<NativeLoaded> {
        Ok(NativeLoaded { loaded: Arc::new(loaded) })
    }
}

/// A loaded fleet.
#[napi]
pub struct NativeLoaded {
    loaded: Arc<Loaded>,
}

#[napi]
impl NativeLoaded {
    /// What is worth knowing about the loading.
    #[napi]
    pub fn notes(&self) -> Vec<String> {
        self.loaded.notes.clone()
    }

    /// Resolves the fleet.
    #[napi]
    pub fn resolve(&self) -> AsyncTask<ResolveTask> {
        AsyncTask::new(ResolveTask { loaded: self.loaded.clone() })
    }

    /// What changes from the fleet as it is to what is thought otherwise: what `aoa what-if -o json` prints.
    #[napi]
    pub fn what_if(&self, show_secrets: bool) -> AsyncTask<AnswerTask> {
        let loaded = self.loaded.clone();
        AnswerTask::new(move || {
            let both = aoa_host::what_if((*loaded).clone());
            aoa_host::changes_json(&both, Asked::Resolving, show_secrets)
        })
    }
}

/// An answer, worked out on a thread of its own.
pub struct AnswerTask {
    answer: Box<dyn Fn() -> AoaResult<String> + Send>,
}

impl AnswerTask {
    fn new(answer: impl Fn() -> AoaResult<String> + Send + 'static) -> AsyncTask<AnswerTask> {
        AsyncTask::new(AnswerTask { answer: Box::new(answer) })
    }
}

impl Task for AnswerTask {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> Result<String> {
        (self.answer)().map_err(to_js)
    }

    fn resolve(&mut self, _: Env, answer: String) -> Result<String> {
        Ok(answer)
    }
}

/// Resolving, on a thread of its own.
pub struct ResolveTask {
    loaded: Arc<Loaded>,
}

impl Task for ResolveTask {
    type Output = NativeFleet;
    type JsValue = NativeFleet;

    fn compute(&mut self) -> Result<NativeFleet> {
        let fleet = Resolver::new(self.loaded.options.clone()).resolve(&self.loaded.inputs).map_err(to_js)?;
        self.loaded.inputs.overlay.check(&[&fleet]).map_err(to_js)?;
        Ok(native_fleet(self.loaded.clone(), fleet))
    }

    fn resolve(&mut self, _: Env, fleet: NativeFleet) -> Result<NativeFleet> {
        Ok(fleet)
    }
}

/// Resolving with other files, on a thread of its own.
pub struct EditTask {
    loaded: Arc<Loaded>,
    fleet: Fleet,
    files: Vec<(String, Option<Vec<u8>>)>,
}

impl Task for EditTask {
    type Output = NativeFleet;
    type JsValue = NativeFleet;

    fn compute(&mut self) -> Result<NativeFleet> {
        let files = std::mem::take(&mut self.files);
        let (loaded, fleet) = aoa_host::with_files(&self.loaded, &self.fleet, files).map_err(to_js)?;
        Ok(native_fleet(Arc::new(loaded), fleet))
    }

    fn resolve(&mut self, _: Env, fleet: NativeFleet) -> Result<NativeFleet> {
        Ok(fleet)
    }
}

fn native_fleet(loaded: Arc<Loaded>, fleet: Fleet) -> NativeFleet {
    let (hides, shows) = (Redactor::new(&fleet, false), Redactor::new(&fleet, true));
    NativeFleet { loaded, fleet, hides: Arc::new(hides), shows: Arc::new(shows) }
}

/// A resolved fleet.
#[napi]
pub struct NativeFleet {
    loaded: Arc<Loaded>,
    fleet: Fleet,
    hides: Arc<Redactor>,
    shows: Arc<Redactor>,
}

#[napi]
impl NativeFleet {
    /// Namespace and name of each Application, in turn, sorted.
    #[napi]
    pub fn keys(&self) -> Vec<String> {
        self.fleet.apps().flat_map(|app| [app.namespace().to_owned(), app.name().to_owned()]).collect()
    }

    /// The fleet with other files: paths, and the text of each; `null` for a file that goes.
    #[napi]
    pub fn with_files(&self, paths: Vec<String>, texts: Vec<Option<String>>) -> AsyncTask<EditTask> {
        let files = paths.into_iter().zip(texts.into_iter().map(|text| text.map(String::into_bytes)));
        AsyncTask::new(EditTask {
            loaded: self.loaded.clone(),
            fleet: self.fleet.clone(),
            files: files.collect(),
        })
    }

    /// What changes from this fleet to another: what `aoa diff -o json` prints.
    #[napi]
    pub fn diff(&self, newer: &NativeFleet, check: bool, show_secrets: bool) -> AsyncTask<AnswerTask> {
        let (before, after) = (self.fleet.clone(), newer.fleet.clone());
        let judge = check.then(|| self.loaded.clone());
        AnswerTask::new(move || aoa_host::compared_json(&before, &after, judge.as_deref(), show_secrets))
    }

    /// The whole fleet: the bytes that `aoa tree -o json` prints.
    #[napi]
    pub fn to_json(&self, manifests: bool, show_secrets: bool) -> Result<String> {
        let options = WireOptions::default().with_manifests(manifests).with_secrets(show_secrets);
        let mut out = Vec::new();
        wire::write_fleet(&self.fleet, options, &mut out).map_err(|e| Error::from_reason(e.to_string()))?;
        String::from_utf8(out).map_err(|e| Error::from_reason(e.to_string()))
    }

    /// Why something is there: what `aoa why -o json` prints.
    #[napi]
    pub fn why(
        &self,
        address: String,
        field: Option<String>,
        fields: bool,
        show_secrets: bool,
    ) -> AsyncTask<AnswerTask> {
        let (fleet, redactor) = (self.fleet.clone(), self.redactor(show_secrets));
        AnswerTask::new(move || aoa_host::why_json(&fleet, &address, field.as_deref(), fields, &redactor))
    }

    /// Why something is not there: what `aoa why-not -o json` prints.
    #[napi]
    pub fn why_not(&self, about: String, on: Option<String>, show_secrets: bool) -> AsyncTask<AnswerTask> {
        let (fleet, redactor) = (self.fleet.clone(), self.redactor(show_secrets));
        AnswerTask::new(move || aoa_host::why_not_json(&fleet, &about, on.as_deref(), &redactor))
    }

    /// How exported state differs: what `aoa drift -o json` prints.
    #[napi]
    pub fn drift(&self, files: Vec<String>, show_secrets: bool) -> AsyncTask<AnswerTask> {
        let (fleet, redactor) = (self.fleet.clone(), self.redactor(show_secrets));
        AnswerTask::new(move || aoa_host::drift_json(&fleet, &files, &redactor))
    }

    /// What is wrong with the fleet: the bytes that `aoa check -o FORMAT` prints.
    #[napi]
    pub fn check(&self, format: String, request: CheckQuestion) -> Result<String> {
        let mut asked = CheckRequest::default();
        asked.select = request.select;
        asked.ignore = request.ignore;
        asked.fail_on = request.fail_on;
        asked.baseline = request.baseline.map(PathBuf::from);
        asked.baseline_max_age = request.baseline_max_age;
        asked.today = request.today;
        let wire = WireOptions::default().with_secrets(request.show_secrets);
        let report = CheckFormat::from_name(&format).and_then(|format| {
            let findings = check(&self.fleet, &self.loaded.check_options(&asked)?);
            check_report(&self.fleet, &findings, format, wire)
        });
        report.map_err(to_js)
    }

    /// In which order a cluster or the fleet comes up: what `aoa order -o json` prints.
    #[napi]
    pub fn order(
        &self,
        cluster: Option<String>,
        app: Option<String>,
        show_secrets: bool,
    ) -> AsyncTask<AnswerTask> {
        let (fleet, redactor) = (self.fleet.clone(), self.redactor(show_secrets));
        AnswerTask::new(move || aoa_host::order_json(&fleet, cluster.as_deref(), app.as_deref(), &redactor))
    }

    /// Which versions run where: what `aoa matrix -o json` prints.
    #[napi]
    pub fn matrix(&self, by: String, version: Option<String>, show_secrets: bool) -> AsyncTask<AnswerTask> {
        let (fleet, redactor) = (self.fleet.clone(), self.redactor(show_secrets));
        AnswerTask::new(move || aoa_host::matrix_json(&fleet, &by, version.as_deref(), &redactor))
    }

    /// Which files Applications read: what `aoa paths -o json` prints.
    #[napi]
    pub fn paths(&self, apps: Vec<String>, show_secrets: bool) -> AsyncTask<AnswerTask> {
        let (fleet, redactor) = (self.fleet.clone(), self.redactor(show_secrets));
        AnswerTask::new(move || aoa_host::paths_json(&fleet, &apps, &redactor))
    }

    /// Which policies reach an Application, or the policies of the fleet: what `aoa policy [APP] -o json` prints.
    #[napi]
    pub fn policy(&self, app: Option<String>, show_secrets: bool) -> Result<String> {
        aoa_host::policy_json(&self.fleet, app.as_deref(), &self.redactor(show_secrets)).map_err(to_js)
    }

    /// One Application.
    #[napi]
    pub fn app_json(
        &self,
        namespace: String,
        name: String,
        manifests: bool,
        show_secrets: bool,
    ) -> Result<String> {
        let app = self.fleet.app(&namespace, &name).ok_or_else(|| {
            to_js(AoaError::new(ErrorKind::NotFound, format!("there is no Application `{namespace}/{name}`")))
        })?;
        let options = WireOptions::default().with_manifests(manifests).with_secrets(show_secrets);
        let redactor = if show_secrets { &self.shows } else { &self.hides };
        wire::app_json(app, options, redactor).map_err(to_js)
    }
}

impl NativeFleet {
    fn redactor(&self, show_secrets: bool) -> Arc<Redactor> {
        if show_secrets { self.shows.clone() } else { self.hides.clone() }
    }
}

/// What somebody asks a check for.
#[napi(object)]
pub struct CheckQuestion {
    /// Only these rules.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
    /// The lowest severity that fails the check.
    pub fail_on: Option<String>,
    /// The file of findings that are known.
    pub baseline: Option<String>,
    /// How many days an entry of it holds.
    pub baseline_max_age: Option<u32>,
    /// The day by which waivers and the baseline expire.
    pub today: Option<String>,
    /// Whether secrets are shown.
    pub show_secrets: bool,
}

/// Kind, message and help travel in the reason, parted by a character that no message holds.
fn to_js(error: AoaError) -> Error {
    let help = error.help().unwrap_or_default();
    Error::from_reason(format!("{}\u{1f}{}\u{1f}{help}", error.kind().name(), error.message()))
}
