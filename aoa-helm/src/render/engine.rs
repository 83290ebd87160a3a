//! The templates of the charts that take part, compiled once and run for each release (Helm 4.2.1, pkg/engine/engine.go).

use std::sync::Arc;

use aoa_lang::template::{Heap, MissingKey, Session, Shape, TemplateSet, Templates};
use aoa_lang::value::{Map, MapKind, Text};
use aoa_lang::{Error, Result, Value};

use super::errors;
use crate::dependencies::Family;
use crate::functions::{self, CapabilitiesObject, FilesObject, ROOT};
use crate::options::{Action, Release};
use crate::values::{Charts, Coalescing};

/// Charts with compiled templates.
pub(crate) struct Compiled {
    pub(crate) family: Family,
    /// Or why they do not parse, which Helm finds out only after it has looked at the values.
    templates: Result<Templates>,
    /// The files that are rendered, in Helm's order: the deepest first, then against the alphabet.
    files: Vec<TemplateFile>,
    /// The charts, parents before their subcharts.
    charts: Vec<CompiledChart>,
    /// What Helm logged on the way here.
    pub(crate) warnings: Vec<String>,
}

struct TemplateFile {
    name: Arc<str>,
    /// The place of its chart in the list.
    chart: usize,
    base_path: Text,
}

struct CompiledChart {
    name: String,
    parent: Option<usize>,
    /// `.Chart`
    chart: Value,
    /// `.Files`
    files: Value,
}

/// What one run renders.
pub(crate) type Outputs = Vec<(Arc<str>, Text)>;

impl Compiled {
    /// Compiles all templates of the charts of a family.
    pub(crate) fn new(family: Family, warnings: Vec<String>) -> Compiled {
        let order = family.walk();
        let place = |chart: usize| order.iter().position(|other| *other == chart);
        let mut charts = Vec::with_capacity(order.len());
        let mut files: Vec<(TemplateFile, Arc<[u8]>)> = Vec::new();
        let mut parents = vec![None; order.len()];
        for (at, chart) in order.iter().enumerate() {
            for subchart in family.subcharts(*chart) {
                if let Some(parent) = place(*subchart).and_then(|sub| parents.get_mut(sub)) {
                    *parent = Some(at);
                }
            }
        }
        for (at, chart) in order.iter().enumerate() {
            let Some(member) = family.members.get(*chart) else { continue };
            let dependencies = family.dependencies(*chart).map(Vec::as_slice).unwrap_or_default();
            let metadata = &member.content.metadata;
            charts.push(CompiledChart {
                name: family.name(*chart).to_owned(),
                parent: parents.get(at).copied().flatten(),
                chart: metadata.to_value(family.name(*chart), dependencies, member.parent.is_none()),
                files: Value::from(FilesObject::new(&member.content.files)),
            });
            let path = family.full_path(*chart);
            let base_path = Text::from(format!("{path}/templates"));
            for file in &member.content.templates {
                if !metadata.is_library() || file.base().starts_with('_') {
                    let name = format!("{path}/{}", file.name).into();
                    let base_path = base_path.clone();
                    files.push((TemplateFile { name, chart: at, base_path }, file.data.clone()));
                }
            }
        }
        // Of files with one path the last counts, as in a Go map.
        files.sort_by(|(a, _), (b, _)| depth(&b.name).cmp(&depth(&a.name)).then_with(|| b.name.cmp(&a.name)));
        files.reverse();
        files.dedup_by(|(a, _), (b, _)| a.name == b.name);
        files.reverse();
        let templates = compile(&files);
        let rendered = files.into_iter().map(|(file, _)| file);
        let files = rendered.filter(|file| !base(&file.name).starts_with('_')).collect();
        Compiled { family, templates, files, charts, warnings }
    }

    /// `.Values` of the root chart with what `given` overrides.
    ///
    /// # Errors
    /// `type mismatch on ...`
    pub(crate) fn values(&self, given: &Map, warnings: &mut Vec<String>) -> Result<Map> {
        let mut heap = Heap::new(true);
        let values =
            Coalescing { charts: &self.family, heap: &mut heap, warnings }.coalesce(0, given.clone())?;
        match heap.freeze(&values, usize::MAX)? {
            Value::Map(map) => Ok(map),
            _ => Ok(Map::new()),
        }
    }

    /// Renders all files on `values`, those of the root chart, which `given` made; says whether random values were drawn.
    ///
    /// # Errors
    /// Helm's; limits.
    pub(crate) fn render(&self, values: &Map, given: &Map, release: &Release) -> Result<(Outputs, bool)> {
        let templates = self.templates.as_ref().map_err(Clone::clone)?;
        templates.run(&release.template, |session| {
            let mut data = if session.mutates() {
                Data::on_heap(self, session, given, release)?
            } else {
                Data::frozen(self, values, release)
            };
            let mut outputs = Vec::with_capacity(self.files.len());
            let mut bytes = 0usize;
            for file in &self.files {
                let dot = data.of(self, file, session);
                let text = session.execute(&file.name, &dot).map_err(errors::executing)?;
                let text = functions::without_no_value(&text);
                bytes = bytes.saturating_add(text.len());
                if bytes > release.template.limits.output_bytes {
                    return Err(Error::limit("the output of the chart is too long"));
                }
                outputs.push((file.name.clone(), text));
            }
            Ok((outputs, session.has_drawn()))
        })
    }
}

fn compile(files: &[(TemplateFile, Arc<[u8]>)]) -> Result<Templates> {
    let mut set = TemplateSet::new(functions::functions(), MissingKey::Zero);
    for (file, data) in files {
        let text = String::from_utf8_lossy(data);
        set.add(&file.name, &text).map_err(|error| errors::parsing(&file.name, error))?;
    }
    Ok(set.compile_set(ROOT))
}

fn depth(path: &str) -> usize {
    path.bytes().filter(|b| *b == b'/').count()
}

fn base(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, base)| base)
}

/// What templates of each chart get as dot.
enum Data {
    /// As data, made anew for each file.
    Frozen { charts: Vec<FrozenChart> },
    /// As maps that templates change, one for each chart.
    OnHeap { charts: Vec<Value> },
}

struct FrozenChart {
    /// All members but `Subcharts` and `Template`.
    members: Map,
    subcharts: Vec<usize>,
    /// The name and the dot of the last file, for the charts above.
    name: Text,
    template: Option<Value>,
}

impl Data {
    fn frozen(compiled: &Compiled, values: &Map, release: &Release) -> Data {
        let shared = Shared::new(release);
        let mut all: Vec<Map> = Vec::with_capacity(compiled.charts.len());
        let mut charts: Vec<FrozenChart> = Vec::with_capacity(compiled.charts.len());
        for chart in &compiled.charts {
            let own = match chart.parent.and_then(|parent| all.get(parent)) {
                None => values.clone(),
                Some(parent) => table(parent, &chart.name).unwrap_or_default(),
            };
            let own = own.with_kind(MapKind::HelmValues);
            let members = Map::from_iter([
                ("Capabilities", shared.capabilities.clone()),
                ("Chart", chart.chart.clone()),
                ("Files", chart.files.clone()),
                ("Release", shared.release.clone()),
                ("Values", Value::Map(own.clone())),
            ]);
            all.push(own);
            let (place, name) = (charts.len(), Text::from(chart.name.as_str()));
            charts.push(FrozenChart { members, subcharts: Vec::new(), name, template: None });
            if let Some(parent) = chart.parent.and_then(|parent| charts.get_mut(parent)) {
                parent.subcharts.push(place);
            }
        }
        Data::Frozen { charts }
    }

    fn on_heap(
        compiled: &Compiled,
        session: &mut Session<'_>,
        given: &Map,
        release: &Release,
    ) -> Result<Data> {
        let heap = session.heap();
        let mut warnings = Vec::new();
        let root = Coalescing { charts: &compiled.family, heap, warnings: &mut warnings }
            .coalesce(0, given.clone())?;
        let shared = Shared::new(release);
        let release = heap.thaw(shared.release);
        let mut values: Vec<Value> = Vec::with_capacity(compiled.charts.len());
        let mut charts: Vec<Value> = Vec::with_capacity(compiled.charts.len());
        let mut subcharts: Vec<Value> = Vec::with_capacity(compiled.charts.len());
        for chart in &compiled.charts {
            let own = match chart.parent.and_then(|parent| values.get(parent)) {
                None => root.clone(),
                Some(parent) => table_on_heap(heap, &parent.clone(), &chart.name),
            };
            let below = heap.new_map(Map::new());
            let metadata = heap.thaw(chart.chart.clone());
            let own_values = heap.with_kind(own.clone(), MapKind::HelmValues);
            let dot = heap.new_map(Map::from_iter([
                ("Capabilities", shared.capabilities.clone()),
                ("Chart", metadata),
                ("Files", chart.files.clone()),
                ("Release", release.clone()),
                ("Subcharts", below.clone()),
                ("Values", own_values),
            ]));
            if let Some(above) = chart.parent.and_then(|parent| subcharts.get(parent)) {
                let _ = heap.set_entry(above, Text::from(chart.name.as_str()), dot.clone());
            }
            values.push(own);
            subcharts.push(below);
            charts.push(dot);
        }
        Ok(Data::OnHeap { charts })
    }

    /// Dot of a file: what `Subcharts` shows of it is the same map without the methods.
    fn of(&mut self, compiled: &Compiled, file: &TemplateFile, session: &mut Session<'_>) -> Value {
        let template = Map::from_iter([
            ("Name", Value::from(&*file.name)),
            ("BasePath", Value::String(file.base_path.clone())),
        ]);
        let template = Value::Map(template.with_kind(MapKind::HelmValues));
        match self {
            Data::Frozen { charts } => {
                if let Some(chart) = charts.get_mut(file.chart) {
                    chart.template = Some(template);
                }
                match frozen_dot(charts, file.chart, compiled.charts.len()) {
                    Value::Map(dot) => Value::Map(dot.with_kind(MapKind::HelmValues)),
                    other => other,
                }
            }
            Data::OnHeap { charts } => {
                let dot = charts.get(file.chart).cloned().unwrap_or_default();
                let heap = session.heap();
                let template = heap.thaw(template);
                let _ = heap.set_entry(&dot, Text::from("Template"), template);
                heap.with_kind(dot, MapKind::HelmValues)
            }
        }
    }
}

/// Dot of a chart as its files and those of its subcharts left it; charts lie within each other no deeper than loading
/// allows.
fn frozen_dot(charts: &[FrozenChart], chart: usize, depth: usize) -> Value {
    let Some(chart) = charts.get(chart).filter(|_| depth > 0) else { return Value::Null };
    let below = chart.subcharts.iter().filter_map(|subchart| {
        let name = charts.get(*subchart)?.name.clone();
        Some((name, frozen_dot(charts, *subchart, depth - 1)))
    });
    let mut members = chart.members.clone().into_builder();
    members.insert("Subcharts", Value::Map(below.collect()));
    if let Some(template) = &chart.template {
        members.insert("Template", template.clone());
    }
    Value::Map(members.build())
}

/// What all charts of a release see.
struct Shared {
    capabilities: Value,
    release: Value,
}

impl Shared {
    fn new(release: &Release) -> Shared {
        let is_upgrade = release.action == Action::Upgrade;
        Shared {
            capabilities: Value::from(CapabilitiesObject::new(&release.capabilities)),
            release: Value::map([
                ("Name", Value::from(release.name.as_str())),
                ("Namespace", Value::from(release.namespace.as_str())),
                ("IsUpgrade", Value::Bool(is_upgrade)),
                ("IsInstall", Value::Bool(!is_upgrade)),
                ("Revision", Value::int(1)),
                ("Service", Value::from("Helm")),
            ]),
        }
    }
}

/// The values of the subchart `name`: dots in the name are read as a path.
fn table(values: &Map, name: &str) -> Option<Map> {
    let mut table = values.clone();
    for key in name.split('.') {
        table = match table.get(key)? {
            Value::Map(inner) => inner.clone(),
            _ => return None,
        };
    }
    Some(table)
}

fn table_on_heap(heap: &mut Heap, values: &Value, name: &str) -> Value {
    let mut table = values.clone();
    for key in name.split('.') {
        match heap.entry(&table, key.as_bytes()) {
            Some(inner) if matches!(heap.shape(&inner), Shape::Map { .. }) => table = inner,
            _ => return heap.new_map(Map::new()),
        }
    }
    table
}
