//! What OpenAPI says about lists: which are merged, and by which keys (kyaml 0.21.1 `openapi`).

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::value::Map;
use crate::{Error, Result, Value};

/// Printed by `conformance/oracles/typed openapi` from Kustomize's built-in document of Kubernetes 1.21.
static DATA: &str = include_str!("openapi.txt");
static BUILT_IN: OnceLock<MergeSchemas> = OnceLock::new();

/// The schemas of resources, as far as merging lists needs them.
pub struct MergeSchemas {
    /// By `apiVersion/Kind`.
    kinds: HashMap<Box<str>, usize>,
    definitions: Vec<Schema>,
}

/// The schema of a place.
pub(super) type Schema = Arc<Shape>;

/// What may stand at a place, and how it is merged if it is a list.
#[derive(Debug, Default)]
pub(super) struct Shape {
    content: Content,
    strategy: Box<str>,
    /// Empty for lists of scalars.
    keys: Vec<Box<str>>,
}

#[derive(Debug, Default)]
enum Content {
    /// Nothing is known about what is below.
    #[default]
    Opaque,
    Definition(usize),
    List(Schema),
    /// Members by name, sorted; and what holds for all others.
    Map(Vec<(Box<str>, Schema)>, Option<Schema>),
}

/// References that lead to references: beyond any real use.
const HOPS: usize = 32;
/// Nesting of inline schemas: beyond any real use.
const DEPTH: usize = 100;

impl MergeSchemas {
    /// Those of Kubernetes 1.21, which Kustomize 5.8.1 has built in.
    #[must_use]
    pub fn built_in() -> &'static MergeSchemas {
        BUILT_IN.get_or_init(|| {
            let (kinds, definitions) = DATA.split_once("\n\n").unwrap_or_default();
            let kinds = kinds
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .filter_map(|(name, number)| Some((name.into(), number.parse().ok()?)))
                .collect();
            MergeSchemas { kinds, definitions: definitions.lines().map(parse_definition).collect() }
        })
    }

    /// Those of an OpenAPI document: `openapi.path` of a kustomization, which takes the place of the built-in ones.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) if the document or its `definitions` are no maps.
    pub fn from_openapi(document: &Value) -> Result<Self> {
        let map = |value: &Value, what: &str| match value {
            Value::Map(map) => Ok(map.clone()),
            Value::Null => Ok(Map::new()),
            _ => Err(Error::invalid(format!("the OpenAPI schema: {what} is not a map"))),
        };
        let document = map(document, "the document")?;
        let definitions = map(document.get("definitions").unwrap_or(&Value::Null), "`definitions`")?;
        let numbers: HashMap<Vec<u8>, usize> =
            definitions.keys().enumerate().map(|(at, name)| (name.as_bytes().to_vec(), at)).collect();
        let mut kinds = HashMap::new();
        for (at, definition) in definitions.values().enumerate() {
            let list = definition.get("x-kubernetes-group-version-kind").and_then(Value::as_list);
            for kind in list.into_iter().flatten() {
                let text = |key: &str| kind.get(key).and_then(Value::as_str).unwrap_or_default();
                let group = text("group");
                let slash = if group.is_empty() { "" } else { "/" };
                kinds.insert([group, slash, text("version"), "/", text("kind")].concat().into(), at);
            }
        }
        let definitions = definitions.values().map(|d| Arc::new(shape_of(d, &numbers, 0))).collect();
        Ok(MergeSchemas { kinds, definitions })
    }

    /// The schema of a kind of resource.
    pub(super) fn of_kind(&self, api_version: &str, kind: &str) -> Option<Schema> {
        let number = self.kinds.get([api_version, "/", kind].concat().as_str())?;
        self.definitions.get(*number).cloned()
    }

    /// The schema of a field.
    pub(super) fn field(&self, schema: &Shape, name: &[u8]) -> Option<Schema> {
        let Content::Map(members, rest) = &schema.content else { return None };
        let found = match members.binary_search_by(|(key, _)| key.as_bytes().cmp(name)) {
            Ok(at) => members.get(at).map(|(_, schema)| schema),
            Err(_) => rest.as_ref(),
        };
        self.resolve(found?.clone())
    }

    /// The schema of the items of a list.
    pub(super) fn item(&self, schema: &Shape) -> Option<Schema> {
        match &schema.content {
            Content::List(item) => self.resolve(item.clone()),
            Content::Opaque | Content::Definition(_) | Content::Map(..) => None,
        }
    }

    /// The schema that a comment in the text gives to its place.
    pub(super) fn of_comment(&self, schema: &Value) -> Option<Schema> {
        let shape = Arc::new(shape_of(schema, &HashMap::new(), 0));
        self.resolve(shape)
    }

    fn resolve(&self, mut schema: Schema) -> Option<Schema> {
        for _ in 0..HOPS {
            let Content::Definition(number) = schema.content else { return Some(schema) };
            schema = self.definitions.get(number)?.clone();
        }
        None
    }
}

impl Shape {
    /// Whether the items of a list are merged.
    pub(super) fn merges(&self) -> bool {
        self.strategy.split(',').any(|strategy| strategy == "merge")
    }

    /// By which fields they are told apart; none for scalars.
    pub(super) fn keys(&self) -> &[Box<str>] {
        &self.keys
    }
}

fn parse_definition(line: &'static str) -> Schema {
    let mut members = Vec::new();
    let mut rest = None;
    for (name, mut text) in line.split('\t').filter_map(|member| member.split_once(' ')) {
        let schema = parse_shape(&mut text);
        if name == "*" {
            rest = Some(schema);
        } else {
            members.push((name.into(), schema));
        }
    }
    Arc::new(Shape { content: Content::Map(members, rest), ..Shape::default() })
}

fn parse_shape(text: &mut &'static str) -> Schema {
    let mut shape = Shape::default();
    if let Some(inner) = text.strip_prefix('[') {
        *text = inner;
        shape.content = Content::List(parse_shape(text));
        if let Some((strategy, keys)) = text.strip_prefix('~').and_then(|patch| patch.split_once('~')) {
            shape.strategy = strategy.into();
            shape.keys = keys.split(',').filter(|key| !key.is_empty()).map(Box::from).collect();
            *text = "";
        }
    } else if let Some(inner) = text.strip_prefix('{') {
        *text = inner;
        shape.content = Content::Map(Vec::new(), Some(parse_shape(text)));
    } else if let Some((number, inner)) = text.split_once('.') {
        *text = inner;
        shape.content = number.parse().map_or(Content::Opaque, Content::Definition);
    } else {
        *text = text.strip_prefix('o').unwrap_or(text);
    }
    Arc::new(shape)
}

/// Recursion is capped: what is deeper is opaque.
fn shape_of(schema: &Value, numbers: &HashMap<Vec<u8>, usize>, depth: usize) -> Shape {
    let Value::Map(map) = schema else { return Shape::default() };
    let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default();
    let inner = |schema: &Value| Arc::new(shape_of(schema, numbers, depth + 1));
    let mut shape = Shape::default();
    let reference = text("$ref");
    let is_array = match map.get("type") {
        Some(Value::List(types)) => types.len() == 1 && types.get(0).and_then(Value::as_str) == Some("array"),
        _ => text("type") == "array",
    };
    if !reference.is_empty() {
        let name = reference.strip_prefix("#/definitions/").unwrap_or(reference);
        // A reference to nothing leads nowhere, as a missing schema does.
        shape.content = Content::Definition(numbers.get(name.as_bytes()).copied().unwrap_or(usize::MAX));
    } else if depth < DEPTH && is_array {
        shape.content = map.get("items").map_or(Content::Opaque, |items| Content::List(inner(items)));
    } else if depth < DEPTH {
        let properties = map.get("properties").and_then(Value::as_map).cloned().unwrap_or_default();
        let members = properties.iter().map(|(name, schema)| (name.to_str_lossy().into(), inner(schema)));
        let rest = map.get("additionalProperties").filter(|schema| schema.as_map().is_some()).map(inner);
        shape.content = Content::Map(members.collect(), rest);
    }
    shape.strategy = text("x-kubernetes-patch-strategy").into();
    if !shape.strategy.is_empty() {
        let several = map.get("x-kubernetes-list-map-keys").and_then(Value::as_list);
        shape.keys = match several {
            Some(keys) => keys.iter().filter_map(Value::as_str).map(Box::from).collect(),
            None => Some(text("x-kubernetes-patch-merge-key"))
                .filter(|k| !k.is_empty())
                .map(Box::from)
                .into_iter()
                .collect(),
        };
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_built_in_kinds_have_their_keys() {
        let schemas = MergeSchemas::built_in();
        let service = schemas.of_kind("v1", "Service").unwrap();
        let ports = schemas.field(&schemas.field(&service, b"spec").unwrap(), b"ports").unwrap();
        assert!(ports.merges());
        assert_eq!(ports.keys(), [Box::from("port"), Box::from("protocol")]);
        assert!(schemas.item(&ports).is_some());
        let metadata = schemas.field(&service, b"metadata").unwrap();
        let finalizers = schemas.field(&metadata, b"finalizers").unwrap();
        assert!(finalizers.merges() && finalizers.keys().is_empty());
        assert!(schemas.of_kind("autoscaling/v2", "HorizontalPodAutoscaler").is_none());
    }

    #[test]
    fn a_document_of_its_own_is_read() {
        let text = br##"{"definitions": {"W": {"x-kubernetes-group-version-kind": [{"group": "g", "version": "v1", "kind": "W"}],
            "properties": {"spec": {"$ref": "#/definitions/S"}}},
            "S": {"properties": {"l": {"type": "array", "items": {}, "x-kubernetes-patch-strategy": "merge",
            "x-kubernetes-patch-merge-key": "id"}}}}}"##;
        let schemas =
            MergeSchemas::from_openapi(&crate::json::read(text, Default::default()).unwrap()).unwrap();
        let spec = schemas.field(&schemas.of_kind("g/v1", "W").unwrap(), b"spec").unwrap();
        assert_eq!(schemas.field(&spec, b"l").unwrap().keys(), [Box::from("id")]);
    }
}
