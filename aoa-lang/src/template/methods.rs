//! Methods of named list and map types, which templates can call as those of objects: Helm's `common.Values` and
//! `common.VersionSet` (Helm 4.2.1, pkg/chart/common).

use std::sync::Arc;

use super::heap::{Heap, Shape};
use crate::value::{GoType, ListKind, Map, MapKind, Object, Signature, Text};
use crate::{Result, Value, strconv, yaml};

/// Whether the type of a map has a method of this name, so that an entry of that name is hidden.
pub(super) fn hides(kind: MapKind, name: &str) -> bool {
    kind == MapKind::HelmValues && values_method(name).is_some()
}

/// The receiver of method `name` of `value`, if its type has such a method.
///
/// # Errors
/// If the value is nested too deep.
pub(super) fn receiver(
    heap: &mut Heap,
    value: &Value,
    name: &str,
    depth: usize,
) -> Result<Option<Arc<dyn Object>>> {
    Ok(match heap.shape(value) {
        Shape::Map { kind, .. } if hides(kind, name) => match heap.freeze(value, depth)? {
            Value::Map(map) => Some(Arc::new(Values(map))),
            _ => None,
        },
        Shape::List { kind: ListKind::VersionSet, .. } if name == "Has" => {
            Some(Arc::new(VersionSet(heap.freeze(value, depth)?)))
        }
        _ => None,
    })
}

struct Values(Map);

fn values_method(name: &str) -> Option<Signature> {
    const STRING: &[GoType] = &[GoType::String];
    Some(match name {
        "AsMap" => Signature::new(&[], GoType::MAP),
        "Encode" => Signature::new(&[GoType::Named("io.Writer")], GoType::Any),
        "PathValue" => Signature::new(STRING, GoType::Any),
        "Table" => Signature::new(STRING, GoType::Map(MapKind::HelmValues)),
        "YAML" => Signature::new(&[], GoType::String),
        _ => return None,
    })
}

impl Object for Values {
    fn type_name(&self) -> &'static str {
        MapKind::HelmValues.name()
    }

    fn method(&self, name: &str) -> Option<Signature> {
        values_method(name)
    }

    fn call(&self, name: &str, args: &[Value]) -> std::result::Result<Value, String> {
        let path = match args.first() {
            Some(Value::String(path)) => path.to_str_lossy().into_owned(),
            _ => String::new(),
        };
        match name {
            "AsMap" if self.0.is_empty() => Ok(Value::Map(Map::new())),
            "AsMap" => Ok(Value::Map(self.0.clone().with_kind(MapKind::Any))),
            "Table" => {
                let table = table(&self.0, path.split('.')).map_err(|key| format!("{key} is not a table"))?;
                Ok(Value::Map(table.with_kind(MapKind::HelmValues)))
            }
            "PathValue" => self.path_value(&path),
            "YAML" => yaml::emit(&Value::Map(self.0.clone()))
                .map(Value::from)
                .map_err(|error| error.message().to_owned()),
            _ => Err(format!("no method {name}")),
        }
    }

    fn text(&self) -> Text {
        Text::from(crate::fmt::display(&Value::Map(self.0.clone())))
    }
}

impl Values {
    fn path_value(&self, path: &str) -> std::result::Result<Value, String> {
        if path.is_empty() {
            return Err("YAML path cannot be empty".to_owned());
        }
        let (tables, key) = path.rsplit_once('.').unwrap_or(("", path));
        let table = match path.contains('.') {
            true => table(&self.0, tables.split('.')).ok(),
            false => Some(self.0.clone()),
        };
        match table.as_ref().and_then(|table| table.get(key)) {
            Some(value) if value.as_map().is_none() => Ok(value.clone()),
            _ => Err(format!("{} is not a value", strconv::quote(key.as_bytes()))),
        }
    }
}

/// The table at the end of a path; `Err` is the quoted key that is none.
fn table<'p>(map: &Map, path: impl Iterator<Item = &'p str>) -> std::result::Result<Map, String> {
    let mut table = map.clone();
    for key in path {
        table = match table.get(key) {
            Some(Value::Map(inner)) => inner.clone(),
            _ => return Err(strconv::quote(key.as_bytes())),
        };
    }
    Ok(table)
}

struct VersionSet(Value);

impl Object for VersionSet {
    fn type_name(&self) -> &'static str {
        ListKind::VersionSet.name()
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "Has").then_some(Signature::new(&[GoType::String], GoType::Bool))
    }

    fn call(&self, _: &str, args: &[Value]) -> std::result::Result<Value, String> {
        let wanted = args.first();
        let has = self.0.as_list().is_some_and(|list| list.iter().any(|version| Some(version) == wanted));
        Ok(Value::Bool(has))
    }

    fn text(&self) -> Text {
        Text::from(crate::fmt::display(&self.0))
    }
}
