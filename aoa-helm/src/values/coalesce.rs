//! How values of users are laid over those of charts (Helm 4.2.1, pkg/chart/common/util/coalesce.go).
//!
//! Upstream does it on Go maps, some of which stand in two places afterwards: a table below `global` that a subchart's
//! values reach into changes for the parent, too. So it happens on a [`Heap`] here. What is only taken over from a chart
//! stays frozen and shared.

use aoa_lang::template::Heap;
use aoa_lang::value::{Map, MapBuilder, MapKind, Text};
use aoa_lang::{Error, Result, Value, fmt, strconv};

/// The key of the values that all charts see.
const GLOBAL: &str = "global";

/// The values that a chart brings along.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    /// As they are.
    values: Map,
    /// Without nulls within tables; those at the top stay.
    cleaned: Map,
}

impl Defaults {
    pub(crate) fn new(values: Map) -> Defaults {
        let clean = |value: &Value| match value {
            Value::Map(map) => Value::Map(without_nulls(map)),
            other => other.clone(),
        };
        let same = |value: &Value| value.as_map().is_none_or(|map| without_nulls(map).shares(map));
        let cleaned = if values.values().all(same) {
            values.clone()
        } else {
            values.iter().map(|(key, value)| (key.clone(), clean(value))).collect()
        };
        Defaults { values, cleaned }
    }
}

/// Charts as coalescing sees them.
pub(crate) trait Charts {
    /// The name of a chart, or its alias.
    fn name(&self, chart: usize) -> &str;
    /// Its own values.
    fn defaults(&self, chart: usize) -> &Defaults;
    /// Its subcharts.
    fn subcharts(&self, chart: usize) -> &[usize];
}

/// What happens to nulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nulls {
    /// `CoalesceValues`: they delete.
    Delete,
    /// `MergeValues`: they stay.
    Keep,
}

/// One run over charts.
pub(crate) struct Coalescing<'c, C> {
    pub(crate) charts: &'c C,
    pub(crate) heap: &'c mut Heap,
    pub(crate) warnings: &'c mut Vec<String>,
}

impl<C: Charts> Coalescing<'_, C> {
    /// `CoalesceValues`: the values of `chart` and its subcharts below `given`, as a map on the heap.
    ///
    /// # Errors
    /// `type mismatch on ...` where a subchart's place holds no table.
    pub(crate) fn coalesce(&mut self, chart: usize, given: Map) -> Result<Value> {
        self.start(chart, given, Nulls::Delete)
    }

    /// `MergeValues` below nothing: the values of `chart` and its subcharts with their nulls.
    ///
    /// # Errors
    /// As [`coalesce`](Coalescing::coalesce).
    pub(crate) fn merge(&mut self, chart: usize) -> Result<Value> {
        self.start(chart, Map::new(), Nulls::Keep)
    }

    fn start(&mut self, chart: usize, given: Map, nulls: Nulls) -> Result<Value> {
        let given = if given.is_nil() { Map::new() } else { given.with_kind(MapKind::Any) };
        let values = self.heap.thaw(Value::Map(given));
        self.chart(chart, &values, "", nulls)?;
        Ok(values)
    }

    /// A chart and its subcharts; charts lie within each other no deeper than loading allows.
    fn chart(&mut self, chart: usize, values: &Value, prefix: &str, nulls: Nulls) -> Result<()> {
        self.own_values(chart, values, prefix, nulls);
        let charts = self.charts;
        for subchart in charts.subcharts(chart) {
            let name = charts.name(*subchart);
            let inner = match self.heap.peek(values, name.as_bytes()) {
                None => {
                    let empty = self.heap.new_map(Map::new());
                    set(self.heap, values, name.into(), empty.clone());
                    empty
                }
                Some(other) if !is_table(self.heap, other) => {
                    let other = other.clone();
                    let other = self.heap.freeze(&other, usize::MAX)?;
                    let shown = fmt::sprintf(b"%t", &[other], 1 << 20)?;
                    let shown = String::from_utf8_lossy(&shown).into_owned();
                    return Err(Error::invalid(format!("type mismatch on {name}: {shown}")));
                }
                Some(_) => self.heap.entry(values, name.as_bytes()).unwrap_or_default(),
            };
            let prefix = joined(prefix, charts.name(chart));
            self.globals(&inner, values, &prefix);
            self.chart(*subchart, &inner, &prefix, nulls)?;
        }
        Ok(())
    }

    /// Lays a chart's own values below those that there are.
    fn own_values(&mut self, chart: usize, values: &Value, prefix: &str, nulls: Nulls) {
        let charts = self.charts;
        let defaults = charts.defaults(chart);
        let is_subchart = |key: &Text| {
            charts.subcharts(chart).iter().any(|sub| charts.name(*sub).as_bytes() == key.as_bytes())
        };
        for ((key, value), (_, cleaned)) in defaults.values.iter().zip(defaults.cleaned.iter()) {
            let there = self.heap.peek(values, key.as_bytes()).cloned();
            match there {
                Some(Value::Null) if nulls == Nulls::Delete => remove(self.heap, values, key),
                Some(there) if is_table(self.heap, &there) => {
                    let nulls = if is_subchart(key) { Nulls::Keep } else { nulls };
                    match (value, nulls) {
                        (Value::Map(_), nulls) => {
                            let over = self.heap.entry(values, key.as_bytes()).unwrap_or_default();
                            let below = if nulls == Nulls::Delete { cleaned } else { value };
                            let prefix = joined(&joined(prefix, charts.name(chart)), &key.to_str_lossy());
                            tables(self.heap, self.warnings, over, below.clone(), prefix, nulls);
                        }
                        (Value::Null, _) => {}
                        _ => {
                            let place = joined(prefix, charts.name(chart));
                            let key = key.to_str_lossy();
                            self.warnings
                                .push(format!("INFO warning: skipped value for {place}.{key}: Not a table."));
                        }
                    }
                }
                Some(_) => {}
                None if nulls == Nulls::Keep => set(self.heap, values, key.clone(), value.clone()),
                None if value.is_null() => {}
                None => set(self.heap, values, key.clone(), cleaned.clone()),
            }
        }
    }

    /// Takes `global` of `from` over into `values`.
    fn globals(&mut self, values: &Value, from: &Value, prefix: &str) {
        let into = match self.heap.entry(values, GLOBAL.as_bytes()) {
            None => self.heap.new_map(Map::new()),
            Some(table) if is_table(self.heap, &table) => table,
            Some(_) => {
                let text = "INFO warning: skipping globals because destination global is not a table.";
                return self.warnings.push(text.to_owned());
            }
        };
        let given = match self.heap.entry(from, GLOBAL.as_bytes()) {
            None => Vec::new(),
            Some(table) if is_table(self.heap, &table) => self.heap.entries(&table),
            Some(_) => {
                let text = "INFO warning: skipping globals because source global is not a table.";
                return self.warnings.push(text.to_owned());
            }
        };
        for (key, value) in given {
            let there = self.heap.entry(&into, key.as_bytes());
            let there_is_table = there.as_ref().is_some_and(|there| is_table(self.heap, there));
            if is_table(self.heap, &value) {
                // The copy is not deep: tables within are those of both.
                let copy = self.heap.entries(&value).into_iter().collect::<Map>();
                let copy = self.heap.new_map(copy);
                match there {
                    None => set(self.heap, &into, key, copy),
                    Some(there) if there_is_table => {
                        let prefix = joined(prefix, &key.to_str_lossy());
                        tables(self.heap, self.warnings, copy.clone(), there, prefix, Nulls::Keep);
                        set(self.heap, &into, key, copy);
                    }
                    Some(_) => {
                        let key = strconv::quote(key.as_bytes());
                        self.warnings.push(format!(
                            "INFO Conflict: cannot merge map onto non-map for {key}. Skipping."
                        ));
                    }
                }
            } else if there_is_table {
                self.warnings.push(format!("INFO key {} is table. Skipping", key.to_str_lossy()));
            } else {
                set(self.heap, &into, key, value);
            }
        }
        set(self.heap, values, GLOBAL.into(), into);
    }
}

/// `MergeTables`: lays the table `over` over the table `below`; both keep their nulls.
pub(crate) fn coalesce_tables(heap: &mut Heap, warnings: &mut Vec<String>, over: &Value, below: Value) {
    tables(heap, warnings, over.clone(), below, String::new(), Nulls::Keep);
}

/// `coalesceTablesFullKey`: what `below` has and `over` lacks comes into `over`. `below` is a map of the heap, or a frozen one
/// that nobody else looks at.
fn tables(
    heap: &mut Heap,
    warnings: &mut Vec<String>,
    over: Value,
    below: Value,
    prefix: String,
    nulls: Nulls,
) {
    let mut work = vec![(over, below, prefix)];
    while let Some((over, below, prefix)) = work.pop() {
        if let Value::Handle(_) = below {
            // Such a table keeps its nulls; upstream writes those of the upper one into it.
            for (key, value) in heap.entries(&over) {
                if value.is_null() {
                    set(heap, &below, key, value);
                }
            }
        }
        let entries = match &below {
            Value::Map(map) => map.as_slice().to_vec(),
            handle => heap.entries(handle),
        };
        for (key, value) in entries {
            let Some(there) = heap.peek(&over, key.as_bytes()).cloned() else {
                set(heap, &over, key, value);
                continue;
            };
            let there_is_table = is_table(heap, &there);
            if there.is_null() {
                if nulls == Nulls::Delete && !value.is_null() {
                    remove(heap, &over, &key);
                }
            } else if is_table(heap, &value) {
                let name = joined(&prefix, &key.to_str_lossy());
                if there_is_table {
                    let over = heap.entry(&over, key.as_bytes()).unwrap_or_default();
                    work.push((over, value, name));
                } else {
                    let shown = shown(heap, &value);
                    warnings.push(format!(
                        "INFO warning: cannot overwrite table with non table for {name} ({shown})"
                    ));
                }
            } else if there_is_table && !value.is_null() {
                let (name, shown) = (joined(&prefix, &key.to_str_lossy()), shown(heap, &value));
                warnings.push(format!(
                    "INFO warning: destination for {name} is a table. Ignoring non-table value ({shown})"
                ));
            }
        }
    }
}

fn shown(heap: &mut Heap, value: &Value) -> String {
    heap.freeze(value, 10_000).map(|value| fmt::display(&value)).unwrap_or_default()
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

fn is_table(heap: &Heap, value: &Value) -> bool {
    matches!(heap.shape(value), aoa_lang::template::Shape::Map { .. })
}

/// All maps that are changed here are of the heap and not nil.
fn set(heap: &mut Heap, map: &Value, key: Text, value: Value) {
    let _ = heap.set_entry(map, key, value);
}

fn remove(heap: &mut Heap, map: &Value, key: &Text) {
    let _ = heap.remove_entry(map, key.as_bytes());
}

/// A table without the nulls in it, at any depth of tables; the same one where there are none.
fn without_nulls(map: &Map) -> Map {
    struct Level<'m> {
        map: &'m Map,
        at: usize,
        changed: Option<MapBuilder>,
    }
    let mut levels = vec![Level { map, at: 0, changed: None }];
    let mut done: Option<Option<Map>> = None;
    loop {
        let Some(level) = levels.last_mut() else { return map.clone() };
        if let Some(inner) = done.take() {
            let entry = level.map.as_slice().get(level.at - 1);
            if let (Some((key, _)), Some(inner)) = (entry, inner) {
                let changed = level.changed.get_or_insert_with(|| level.map.clone().into_builder());
                changed.insert(key.clone(), Value::Map(inner));
            }
        }
        match level.map.as_slice().get(level.at) {
            Some((key, Value::Null)) => {
                level.at += 1;
                let changed = level.changed.get_or_insert_with(|| level.map.clone().into_builder());
                changed.remove_bytes(key.as_bytes());
            }
            Some((_, Value::Map(inner))) => {
                level.at += 1;
                levels.push(Level { map: inner, at: 0, changed: None });
            }
            Some(_) => level.at += 1,
            None => {
                let Some(level) = levels.pop() else { return map.clone() };
                let changed = level.changed.map(MapBuilder::build);
                if levels.is_empty() {
                    return changed.unwrap_or_else(|| map.clone());
                }
                done = Some(changed);
            }
        }
    }
}
