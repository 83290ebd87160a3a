//! `import-values`: `processDependencyImportValues`.

use aoa_lang::template::{Heap, Shape};
use aoa_lang::value::Map;
use aoa_lang::{Result, Value, fmt, strconv};

use super::Family;
use crate::values::{Charts, Coalescing, coalesce_tables};

/// Works out the values of `chart` after those of its subcharts; charts lie within each other no deeper than loading allows.
pub(super) fn import(family: &mut Family, chart: usize, warnings: &mut Vec<String>) -> Result<()> {
    for subchart in family.subcharts(chart).to_vec() {
        import(family, subchart, warnings)?;
    }
    let Some(dependencies) = family.dependencies(chart).cloned() else { return Ok(()) };
    let mut heap = Heap::new(true);
    let values = Coalescing { charts: &*family, heap: &mut heap, warnings }.merge(chart)?;
    let imported = heap.new_map(Map::new());
    for (at, dependency) in dependencies.iter().enumerate() {
        let mut done = Vec::new();
        for import in &dependency.import_values {
            let Some(import) = Import::read(import) else { continue };
            done.push(import.to_value());
            let path = format!("{}.{}", dependency.name, import.child);
            match table(&mut heap, &values, &path) {
                Ok(found) => {
                    let found = import.nested(&mut heap, found);
                    coalesce_tables(&mut heap, warnings, &imported, found);
                }
                Err(key) => {
                    let key = strconv::quote(key.as_bytes());
                    warnings.push(match import.parent {
                        Some(_) => format!(
                            "WARN ImportValues missing table from chart chart={} error={key} is not a table",
                            dependency.name
                        ),
                        None => format!("WARN ImportValues missing table error={key} is not a table"),
                    });
                }
            }
        }
        let papers = family.papers_mut(chart).and_then(|papers| papers.dependencies.as_mut()?.get_mut(at));
        if let Some(dependency) = papers {
            dependency.import_values = done;
        }
    }
    // A deep copy, so that nothing stands in two places any more.
    let values = heap.freeze(&values, usize::MAX)?;
    let values = heap.thaw(values);
    let imported = heap.freeze(&imported, usize::MAX)?;
    coalesce_tables(&mut heap, warnings, &values, imported);
    let values = heap.freeze(&values, usize::MAX)?;
    family.set_values(chart, values);
    Ok(())
}

/// One entry of `import-values`.
struct Import {
    /// The path below the dependency's values.
    child: String,
    /// Where it goes; `None` for the short form, which goes to the top.
    parent: Option<String>,
}

impl Import {
    fn read(value: &Value) -> Option<Import> {
        match value {
            Value::String(name) => {
                Some(Import { child: format!("exports.{}", name.to_str_lossy()), parent: None })
            }
            // What was worked through before is a map of strings, which upstream passes over.
            Value::Map(map) if map.kind() == aoa_lang::value::MapKind::Any => {
                let text = |key: &str| fmt::display(map.get(key).unwrap_or(&Value::Null));
                Some(Import { child: text("child"), parent: Some(text("parent")) })
            }
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        let parent = self.parent.as_deref().unwrap_or(".");
        Value::Map(Map::strings([("child", self.child.as_str()), ("parent", parent)]))
    }

    /// The table within the tables of the parent's path.
    fn nested(&self, heap: &mut Heap, table: Value) -> Value {
        let path = self.parent.as_deref().unwrap_or(".");
        if path == "." {
            return table;
        }
        path.split('.').rev().fold(table, |inner, name| {
            let outer = heap.new_map(Map::new());
            let _ = heap.set_entry(&outer, name.into(), inner);
            outer
        })
    }
}

/// `Values.Table`; `Err` is the key that is no table.
fn table<'p>(heap: &mut Heap, values: &Value, path: &'p str) -> std::result::Result<Value, &'p str> {
    let mut table = values.clone();
    for key in path.split('.') {
        table = heap
            .entry(&table, key.as_bytes())
            .filter(|value| matches!(heap.shape(value), Shape::Map { .. }))
            .ok_or(key)?;
    }
    Ok(table)
}
