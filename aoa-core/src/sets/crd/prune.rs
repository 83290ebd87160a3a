//! Dropping what the schema does not know.

use aoa_lang::value::{List, Map, Text};
use aoa_lang::{Error, Result, Value};

use super::schema::{Schema, Shape};
use super::{ROOT, schema_at};

/// Deepest nesting below a field that the schema takes for a scalar.
const MAX_DEPTH: usize = 500;

/// An object without its unknown fields.
#[derive(Clone, Debug)]
pub struct Pruned {
    /// The object.
    pub object: Value,
    /// The paths of the dropped fields, sorted.
    pub unknown_fields: Vec<String>,
}

/// Drops the fields of an ApplicationSet that the schema does not know (`pruning.PruneWithOptions`); `apiVersion`, `kind`
/// and `metadata` stay as they are.
///
/// # Errors
///
/// `Limit` if lists are nested too deeply.
pub fn prune(set: &Value) -> Result<Pruned> {
    let mut run = Run { path: String::new(), unknown: Vec::new(), depth: 0 };
    let object = run.prune(set, schema_at(ROOT), IsRoot::Yes)?;
    run.unknown.sort_unstable();
    Ok(Pruned { object, unknown_fields: run.unknown })
}

/// Drops nulls; no field of the schema allows them. Nulls in lists stay, and are refused by validation
/// (`defaulting.PruneNonNullableNullsWithoutDefaults`).
#[must_use]
pub fn drop_nulls(set: &Value) -> Value {
    drop_nulls_below(set, schema_at(ROOT))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum IsRoot {
    Yes,
    No,
}

struct Run {
    path: String,
    unknown: Vec<String>,
    depth: usize,
}

const TYPE_AND_METADATA: [&str; 3] = ["apiVersion", "kind", "metadata"];

impl Run {
    fn prune(&mut self, value: &Value, schema: Option<&Schema>, root: IsRoot) -> Result<Value> {
        if self.depth > MAX_DEPTH {
            return Err(Error::limit(format!(
                "lists are nested more than {MAX_DEPTH} deep below `{}`",
                self.path
            )));
        }
        self.depth = self.depth.saturating_add(1);
        let pruned = match value {
            Value::Map(map) => self.prune_map(map, schema, root),
            Value::List(list) => self.prune_list(list, schema),
            scalar => Ok(scalar.clone()),
        };
        self.depth = self.depth.saturating_sub(1);
        pruned
    }

    fn prune_map(&mut self, map: &Map, schema: Option<&Schema>, root: IsRoot) -> Result<Value> {
        let mut kept: Vec<(Text, Value)> = Vec::with_capacity(map.len());
        for (key, value) in map.iter() {
            let name = key.to_str_lossy();
            if root == IsRoot::Yes && TYPE_AND_METADATA.contains(&&*name) {
                kept.push((key.clone(), value.clone()));
                continue;
            }
            let length = self.path.len();
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(&name);
            match schema.and_then(|s| s.shape.field(&name)) {
                Some(at) => kept.push((key.clone(), self.prune(value, schema_at(at), IsRoot::No)?)),
                None if schema.is_some_and(|s| s.preserves_unknown) => {
                    kept.push((key.clone(), value.clone()))
                }
                None => self.unknown.push(self.path.clone()),
            }
            self.path.truncate(length);
        }
        Ok(Value::Map(Map::of(map.kind(), kept)))
    }

    fn prune_list(&mut self, list: &List, schema: Option<&Schema>) -> Result<Value> {
        let items = match schema.map(|s| s.shape) {
            Some(Shape::Array(items)) => schema_at(items),
            _ if schema.is_some_and(|s| s.preserves_unknown) => return Ok(Value::List(list.clone())),
            _ => None,
        };
        let mut kept = Vec::with_capacity(list.len());
        for (index, item) in list.iter().enumerate() {
            let length = self.path.len();
            self.path.push_str(&format!("[{index}]"));
            kept.push(self.prune(item, items, IsRoot::No)?);
            self.path.truncate(length);
        }
        Ok(Value::List(List::of(list.kind(), kept)))
    }
}

/// Recursion ends where the schema does.
fn drop_nulls_below(value: &Value, schema: Option<&Schema>) -> Value {
    let Some(schema) = schema else { return value.clone() };
    match (value, schema.shape) {
        (Value::Map(map), shape @ (Shape::Object(_) | Shape::Map(_))) => {
            let kept = map.iter().filter_map(|(key, value)| {
                let field = shape.field(&key.to_str_lossy()).and_then(schema_at);
                if value.is_null() && field.is_some() {
                    return None;
                }
                Some((key.clone(), drop_nulls_below(value, field)))
            });
            Value::Map(Map::of(map.kind(), kept.collect()))
        }
        (Value::List(list), Shape::Array(items)) => {
            let kept = list.iter().map(|item| drop_nulls_below(item, schema_at(items)));
            Value::List(List::of(list.kind(), kept.collect()))
        }
        _ => value.clone(),
    }
}
