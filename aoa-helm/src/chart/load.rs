//! From the files of a chart to its parts (Helm 4.2.1, pkg/chart/v2/loader/load.go).

use std::collections::BTreeMap;
use std::sync::Arc;

use aoa_lang::typed::{self, Mode};
use aoa_lang::value::Map;
use aoa_lang::{Error, ErrorKind, Result, Value, yaml};

use super::archive;
use super::file::File;
use super::metadata::Metadata;
#[cfg(feature = "helm-schema")]
use crate::values::ValuesSchema;

/// What reading a chart may use.
///
/// ```
/// use aoa_helm::{Chart, LoadLimits};
/// use aoa_lang::source::Tree;
/// use aoa_lang::source::TreePath;
/// let mut limits = LoadLimits::default();
/// limits.entries = 0;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0")]);
/// let error = Chart::load_from(&tree, &TreePath::root(), &limits).unwrap_err();
/// assert_eq!(error.kind(), aoa_lang::ErrorKind::Limit);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadLimits {
    /// The largest file; Helm's own bound is 5 MiB.
    pub file_bytes: u64,
    /// The largest chart, unpacked; Helm's own bound is 100 MiB.
    pub chart_bytes: u64,
    /// The most files.
    pub entries: usize,
    /// How deep charts may lie within charts.
    pub depth: usize,
}

impl Default for LoadLimits {
    fn default() -> Self {
        LoadLimits { file_bytes: 5 << 20, chart_bytes: 100 << 20, entries: 50_000, depth: 32 }
    }
}

/// A chart and the charts within it.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// The chart itself is the first; parents stand before their subcharts.
    pub(crate) nodes: Vec<Node>,
    /// What Helm logs, as `LEVEL text`.
    pub(crate) warnings: Vec<String>,
}

/// One chart among those that were loaded together.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) content: Arc<Content>,
    /// The subcharts, as places in the list.
    pub(crate) subcharts: Vec<usize>,
}

impl Loaded {
    /// Puts another chart, with the charts within it, behind the subcharts of the first.
    pub(crate) fn add_subchart(&mut self, chart: &Loaded) {
        let first = self.nodes.len();
        let moved = chart.nodes.iter().map(|node| Node {
            content: node.content.clone(),
            subcharts: node.subcharts.iter().map(|at| at + first).collect(),
        });
        self.nodes.extend(moved);
        self.warnings.extend(chart.warnings.iter().cloned());
        if let Some(root) = self.nodes.first_mut() {
            root.subcharts.push(first);
        }
    }
}

/// What is in the files of one chart.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) metadata: Metadata,
    /// `values.yaml`; `None` where there is none, which is Go's nil map.
    pub(crate) values: Map,
    /// `values.schema.json`
    #[cfg(feature = "helm-schema")]
    pub(crate) schema: Option<ValuesSchema>,
    pub(crate) templates: Vec<File>,
    pub(crate) files: Vec<File>,
}

/// Refuses charts of versions that Helm does not know.
///
/// # Errors
/// Helm's.
pub(super) fn detect(text: Option<&[u8]>) -> Result<()> {
    let Some(text) = text else {
        let message =
            "unable to detect chart at chart/Chart.yaml: open chart/Chart.yaml: no such file or directory";
        return Err(Error::new(ErrorKind::NotFound, message));
    };
    let value = yaml::load(text).map_err(|error| error.prefixed("cannot load Chart.yaml: "))?;
    let wrong = |what: &str, of: &str| {
        let message =
            "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
        Err(Error::invalid(format!("{message} {what} into Go {of}")))
    };
    let map = match value {
        Value::Map(map) => map,
        Value::Null => return Ok(()),
        Value::List(_) => return wrong("array", "value of type loader.chartBase"),
        Value::String(_) => return wrong("string", "value of type loader.chartBase"),
        Value::Bool(_) => return wrong("bool", "value of type loader.chartBase"),
        _ => return wrong("number", "value of type loader.chartBase"),
    };
    let named = map.iter().rfind(|(key, _)| key.to_str_lossy().eq_ignore_ascii_case("apiVersion"));
    match named.map(|(_, value)| value) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::List(_)) => wrong("array", "struct field chartBase.apiVersion of type string"),
        Some(Value::Map(_)) => wrong("object", "struct field chartBase.apiVersion of type string"),
        Some(Value::String(text)) if matches!(text.as_str(), Some("" | "v1" | "v2")) => Ok(()),
        Some(Value::String(text)) if text.as_str() == Some("v3") => {
            Err(Error::invalid("invalid chart apiVersion"))
        }
        Some(_) => Err(Error::invalid("unsupported chart version")),
    }
}

/// Takes the files of a chart apart.
///
/// # Errors
/// Helm's.
pub(super) fn load(files: Vec<File>, limits: &LoadLimits, warnings: Vec<String>) -> Result<Loaded> {
    let mut loaded = Loaded { nodes: Vec::new(), warnings };
    add(&mut loaded, files, limits, 0)?;
    Ok(loaded)
}

/// Adds a chart and its subcharts; the depth is bounded by the limits.
fn add(loaded: &mut Loaded, files: Vec<File>, limits: &LoadLimits, depth: usize) -> Result<usize> {
    if depth > limits.depth {
        return Err(Error::limit(format!("charts lie deeper than {} within each other", limits.depth)));
    }
    let (content, subcharts) = split(&files, &mut loaded.warnings)?;
    let name = content.metadata.name.clone();
    let place = loaded.nodes.len();
    loaded.nodes.push(Node { content: Arc::new(content), subcharts: Vec::new() });
    for (folder, files) in subcharts {
        if folder.starts_with(['_', '.']) {
            continue;
        }
        let within = |error: Error| error.prefixed(&format!("error unpacking subchart {folder} in {name}: "));
        let files = if extension(&folder) == ".tgz" {
            let Some(file) = files.first() else { continue };
            if *file.name != *folder {
                let found = &file.name;
                return Err(Error::invalid(format!(
                    "error unpacking subchart tar in {name}: expected {folder}, got {found}"
                )));
            }
            archive::files(&file.data, limits).map_err(within)?
        } else {
            let inside = files.into_iter().filter_map(|file| {
                let (_, rest) = file.name.split_once('/')?;
                Some(File { name: rest.into(), data: file.data.clone() })
            });
            inside.collect()
        };
        let subchart = add(loaded, files, limits, depth + 1).map_err(within)?;
        if let Some(node) = loaded.nodes.get_mut(place) {
            node.subcharts.push(subchart);
        }
    }
    Ok(place)
}

type Subcharts = BTreeMap<String, Vec<File>>;

fn split(files: &[File], warnings: &mut Vec<String>) -> Result<(Content, Subcharts)> {
    let mut fields = None;
    for file in files.iter().filter(|file| &*file.name == "Chart.yaml") {
        let read = Metadata::read(&file.data).map_err(|error| error.prefixed("cannot load Chart.yaml: "))?;
        fields = Some(read);
    }
    let is_v1 = |fields: &Option<Value>| {
        let version = fields.as_ref().map(|f| f.str_at(&["apiVersion"]).unwrap_or_default());
        matches!(version, Some("" | "v1"))
    };
    let mut values = Map::nil(aoa_lang::value::MapKind::Any);
    let (mut schema, mut templates, mut others) = (None, Vec::new(), Vec::new());
    let mut subcharts = Subcharts::new();
    for file in files {
        match &*file.name {
            "Chart.yaml" => {}
            "Chart.lock" => read_lock(&file.data, "Chart.lock")?,
            "values.yaml" => {
                values = yaml::load_helm_values(&file.data)
                    .map_err(|error| error.prefixed("cannot load values.yaml: "))?;
            }
            "values.schema.json" => schema = Some(file.data.clone()),
            "requirements.yaml" => {
                if !is_v1(&fields) {
                    warnings.push(format!("INFO {REQUIREMENTS}"));
                }
                let more = Metadata::read(&file.data)
                    .map_err(|error| error.prefixed("cannot load requirements.yaml: "))?;
                fields = Some(over(fields, more));
                if is_v1(&fields) {
                    others.push(file.clone());
                }
            }
            "requirements.lock" => {
                read_lock(&file.data, "requirements.lock")?;
                if is_v1(&fields) {
                    others.push(file.clone());
                } else {
                    warnings.push(format!("INFO {REQUIREMENTS_LOCK}"));
                }
            }
            name if name.starts_with("templates/") => templates.push(file.clone()),
            name if name.starts_with("charts/") && extension(name) != ".prov" => {
                let name = name.strip_prefix("charts/").unwrap_or(name);
                let folder = name.split_once('/').map_or(name, |(folder, _)| folder);
                let file = File { name: name.into(), data: file.data.clone() };
                subcharts.entry(folder.to_owned()).or_default().push(file);
            }
            _ => others.push(file.clone()),
        }
    }
    let Some(fields) = fields else {
        return Err(Error::new(ErrorKind::NotFound, "Chart.yaml file is missing"));
    };
    let metadata = Metadata::from_fields(fields)?;
    #[cfg(feature = "helm-schema")]
    let schema = schema.map(ValuesSchema::new);
    #[cfg(not(feature = "helm-schema"))]
    let _: Option<Arc<[u8]>> = schema;
    let content = Content {
        metadata,
        values,
        #[cfg(feature = "helm-schema")]
        schema,
        templates,
        files: others,
    };
    Ok((content, subcharts))
}

const REQUIREMENTS: &str = "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend migrating dependencies to Chart.yaml.";
const REQUIREMENTS_LOCK: &str = "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend migrating to Chart.lock.";

/// What a lock file says is not used, but it must be one.
fn read_lock(text: &[u8], name: &str) -> Result<()> {
    let Some(of) = typed::schema("helm", "ChartLock") else { return Ok(()) };
    typed::read_yaml(of, text, Mode::Yaml)
        .map(drop)
        .map_err(|error| error.prefixed(&format!("cannot load {name}: ")))
}

/// Members that are read into a struct that has others already. What is read into a list goes into the items that are there, as
/// Go's JSON decoder does it.
fn over(fields: Option<Value>, more: Value) -> Value {
    let (fields, more) = match (fields, more) {
        (Some(Value::Map(fields)), Value::Map(more)) => (fields, more),
        (_, more) => return more,
    };
    let mut fields = fields.into_builder();
    for (key, value) in more.iter() {
        let value = match (fields.get_bytes(key.as_bytes()), value) {
            (Some(Value::List(old)), Value::List(new)) => {
                let item = |(at, new): (usize, &Value)| match (old.get(at), new) {
                    (Some(Value::Map(old)), Value::Map(new)) => {
                        let mut item = old.clone().into_builder();
                        new.iter().for_each(|(key, value)| drop(item.insert(key.clone(), value.clone())));
                        Value::Map(item.build())
                    }
                    (_, new) => new.clone(),
                };
                Value::list(new.iter().enumerate().map(item).collect())
            }
            (_, value) => value.clone(),
        };
        fields.insert(key.clone(), value);
    }
    Value::Map(fields.build())
}

/// Go's `filepath.Ext`: from the last dot of the last part of the path.
pub(crate) fn extension(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rfind('.').and_then(|at| name.get(at..)).unwrap_or("")
}
