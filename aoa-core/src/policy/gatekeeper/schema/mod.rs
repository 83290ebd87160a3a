//! The schemas of parameters (`apiextensions` of Kubernetes 1.36): what they may say, what they refuse, defaults.

mod structure;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aoa_lang::text::regexp::Regexp;
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value, json, yaml};

use structure::{Level, check_structure, check_types, preserving};

/// How deep a schema may nest.
const DEEPEST: usize = 60;

/// What every constraint looks like; `parameters` comes from the template.
const BASE: &str = "
type: object
properties:
  metadata: {type: object, properties: {name: {type: string, maxLength: 63}}}
  spec:
    type: object
    properties:
      enforcementAction: {type: string, default: deny}
      scopedEnforcementActions:
        type: array
        items:
          type: object
          properties:
            action: {type: string}
            enforcementPoints: {type: array, items: {type: object, properties: {name: {type: string}}}}
      match:
        type: object
        properties:
          excludedNamespaces: {type: array, items: {type: string, pattern: '^\\*?[-:a-z0-9]*\\*?$'}}
          namespaces: {type: array, items: {type: string, pattern: '^\\*?[-:a-z0-9]*\\*?$'}}
          name: {type: string, pattern: '^\\*?[-:a-z0-9]*\\*?$'}
          scope: {type: string}
          source: {type: string, enum: [All, Generated, Original]}
          kinds:
            type: array
            items:
              type: object
              properties:
                apiGroups: {type: array, items: {type: string}}
                kinds: {type: array, items: {type: string}}
          labelSelector: &selector
            type: object
            properties:
              matchLabels: {type: object, additionalProperties: {type: string}}
              matchExpressions:
                type: array
                items:
                  type: object
                  required: [key, operator]
                  properties:
                    key: {type: string}
                    operator: {type: string}
                    values: {type: array, items: {type: string}}
          namespaceSelector: *selector
  status: {x-kubernetes-preserve-unknown-fields: true}
";

static CONSTRAINT: LazyLock<Schema> =
    LazyLock::new(|| yaml::load(BASE.as_bytes()).map(|base| Schema::of(&base)).unwrap_or_default());

/// A schema, its patterns compiled.
#[derive(Clone, Debug, Default)]
pub(in crate::policy::gatekeeper) struct Schema {
    type_: String,
    properties: BTreeMap<String, Schema>,
    additional: Option<Box<Schema>>,
    items: Option<Box<Schema>>,
    required: Vec<String>,
    choices: Option<Vec<Value>>,
    pattern: Option<Regexp>,
    format: String,
    bounds: BTreeMap<&'static str, f64>,
    excludes: (bool, bool),
    junctors: BTreeMap<&'static str, Vec<Schema>>,
    nullable: bool,
    preserves: bool,
    int_or_string: bool,
    default: Option<Value>,
}

const BOUNDS: [&str; 9] = [
    "minimum",
    "maximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];
const JUNCTORS: [&str; 4] = ["allOf", "anyOf", "oneOf", "not"];

fn invalid(path: &str, problem: impl std::fmt::Display) -> Error {
    Error::invalid(format!("invalid ConstraintTemplate: spec.validation.openAPIV3Schema{path}: {problem}"))
}

impl Schema {
    /// Reads the schema of a template; a legacy one takes unknown fields everywhere.
    ///
    /// # Errors
    /// `Invalid` for what the API server refuses in a custom kind.
    pub(in crate::policy::gatekeeper) fn read(object: &Value, legacy: bool) -> Result<Self> {
        check_types(object, 0)?;
        let path = ".properties[spec].properties[parameters]";
        let object = if legacy { preserving(object, 0)? } else { object.clone() };
        check_structure(&object, path, Level::Field, 0)?;
        let schema = Schema::of(&object);
        schema.check_defaults(path)?;
        Ok(schema)
    }

    /// A schema that was checked.
    fn of(object: &Value) -> Schema {
        let text = |key: &str| object.str_at(&[key]).unwrap_or_default().to_owned();
        let truth = |key: &str| object.get(key).and_then(Value::as_bool).unwrap_or(false);
        let inner = Schema::of;
        let map = |key: &str| object.get(key).and_then(Value::as_map);
        let list = |key: &str| object.get(key).and_then(Value::as_list);
        let properties = map("properties").into_iter().flat_map(|map| map.iter());
        let mut junctors = BTreeMap::new();
        for key in JUNCTORS {
            let schemas: Vec<Schema> = match object.get(key) {
                Some(Value::List(schemas)) => schemas.iter().map(Schema::of).collect(),
                Some(schema @ Value::Map(_)) => vec![Schema::of(schema)],
                _ => continue,
            };
            junctors.insert(key, schemas);
        }
        Schema {
            type_: text("type"),
            properties: properties
                .map(|(key, value)| (key.to_str_lossy().into_owned(), inner(value)))
                .collect(),
            additional: object
                .get("additionalProperties")
                .filter(|schema| schema.as_map().is_some())
                .map(|schema| Box::new(inner(schema)))
                .or_else(|| {
                    let any = object.get("additionalProperties") == Some(&Value::Bool(true));
                    any.then(|| Box::new(Schema { preserves: true, ..Schema::default() }))
                }),
            items: object
                .get("items")
                .filter(|items| items.as_map().is_some())
                .map(|items| Box::new(inner(items))),
            required: list("required")
                .into_iter()
                .flat_map(|list| list.iter())
                .map(|name| name.as_str().unwrap_or_default().to_owned())
                .collect(),
            choices: list("enum").map(|list| list.iter().cloned().collect()),
            pattern: object.str_at(&["pattern"]).filter(|p| !p.is_empty()).and_then(|p| Regexp::new(p).ok()),
            format: text("format"),
            bounds: BOUNDS.into_iter().filter_map(|key| Some((key, number(object.get(key)?)?))).collect(),
            excludes: (truth("exclusiveMinimum"), truth("exclusiveMaximum")),
            junctors,
            nullable: truth("nullable"),
            preserves: truth("x-kubernetes-preserve-unknown-fields"),
            int_or_string: truth("x-kubernetes-int-or-string"),
            default: object.get("default").filter(|value| !value.is_null()).cloned(),
        }
    }

    fn check_defaults(&self, path: &str) -> Result<()> {
        if let Some(default) = &self.default {
            let mut problems = Vec::new();
            self.validate(default, "", &mut problems);
            if let Some(problem) = problems.first() {
                return Err(invalid(&format!("{path}.default"), problem));
            }
            let mut unknown = Vec::new();
            self.unknown(default, "", &mut unknown);
            if !unknown.is_empty() {
                return Err(invalid(
                    &format!("{path}.default"),
                    "Invalid value: must not have unknown fields",
                ));
            }
        }
        for (name, schema) in &self.properties {
            schema.check_defaults(&format!("{path}.properties[{name}]"))?;
        }
        for (name, schema) in [("items", &self.items), ("additionalProperties", &self.additional)] {
            if let Some(schema) = schema {
                schema.check_defaults(&format!("{path}.{name}"))?;
            }
        }
        Ok(())
    }

    fn validate(&self, value: &Value, path: &str, problems: &mut Vec<String>) {
        let mut say = |message: String| problems.push(format!("{path}: {message}"));
        if value.is_null() && self.nullable {
            return;
        }
        let kind = kind_of(value);
        let has_type = match self.type_.as_str() {
            "" if self.int_or_string => matches!(value, Value::String(_)) || is_integer(value),
            "" => true,
            "integer" => is_integer(value),
            "number" => number(value).is_some(),
            wanted => wanted == kind,
        };
        if !has_type {
            let wanted = if self.type_.is_empty() { "integer,string" } else { &self.type_ };
            say(format!("Invalid value: \"{kind}\": {path} in body must be of type {wanted}: \"{kind}\""));
            return;
        }
        if value.is_null() {
            return;
        }
        if let Some(choices) = &self.choices
            && !choices.iter().any(|choice| same(choice, value))
        {
            let shown = json::to_string(value).unwrap_or_default();
            let choices: Vec<String> =
                choices.iter().map(|c| json::to_string(c).unwrap_or_default()).collect();
            say(format!("Unsupported value: {shown}: supported values: {}", choices.join(", ")));
        }
        self.validate_bounds(value, path, problems);
        match value {
            Value::Map(map) => {
                for name in &self.required {
                    if !map.contains_key(name) {
                        problems.push(format!("{path}.{name}: Required value"));
                    }
                }
                for (key, value) in map.iter() {
                    let key = key.to_str_lossy();
                    let schema = self.properties.get(&*key).or(self.additional.as_deref());
                    if let Some(schema) = schema {
                        schema.validate(value, &format!("{path}.{key}"), problems);
                    }
                }
            }
            Value::List(list) => {
                if let Some(schema) = &self.items {
                    for (at, value) in list.iter().enumerate() {
                        schema.validate(value, &format!("{path}[{at}]"), problems);
                    }
                }
            }
            _ => {}
        }
        for (junctor, schemas) in &self.junctors {
            let fits = schemas
                .iter()
                .filter(|schema| {
                    let mut inner = Vec::new();
                    schema.validate(value, path, &mut inner);
                    inner.is_empty()
                })
                .count();
            let holds = match *junctor {
                "allOf" => fits == schemas.len(),
                "anyOf" => fits > 0,
                "oneOf" => fits == 1,
                _ => fits == 0,
            };
            if !holds && !schemas.is_empty() {
                problems.push(format!("{path}: Invalid value: {path} in body must validate {junctor}"));
            }
        }
    }

    fn validate_bounds(&self, value: &Value, path: &str, problems: &mut Vec<String>) {
        let mut say = |message: String| problems.push(format!("{path}: {message}"));
        #[expect(clippy::cast_precision_loss, reason = "lengths are small")]
        let (what, size) = match value {
            Value::String(text) => ("Length", aoa_lang::unicode::chars(text.as_bytes()).count() as f64),
            Value::List(list) => ("Items", list.len() as f64),
            Value::Map(map) => ("Properties", map.len() as f64),
            other => {
                let Some(number) = number(other) else { return };
                let bound = |key: &str| self.bounds.get(key).copied();
                if let Some(least) = bound("minimum")
                    && (number < least || (self.excludes.0 && number <= least))
                {
                    let more = if self.excludes.0 { "greater than" } else { "greater than or equal to" };
                    say(format!("Invalid value: {number}: {path} in body should be {more} {least}"));
                }
                if let Some(most) = bound("maximum")
                    && (number > most || (self.excludes.1 && number >= most))
                {
                    let less = if self.excludes.1 { "less than" } else { "less than or equal to" };
                    say(format!("Invalid value: {number}: {path} in body should be {less} {most}"));
                }
                if let Some(factor) = bound("multipleOf")
                    && factor != 0.0
                    && (number / factor).fract() != 0.0
                {
                    say(format!("Invalid value: {number}: {path} in body should be a multiple of {factor}"));
                }
                return;
            }
        };
        if self.bounds.get(&*format!("min{what}")).is_some_and(|least| size < *least) {
            say(format!("Invalid value: {path} in body is too small ({what})"));
        }
        if let Some(most) = self.bounds.get(&*format!("max{what}")).filter(|most| size > **most) {
            say(format!("Too long: may not be more than {most} bytes"));
        }
        if let Value::String(text) = value {
            if let Some(pattern) = &self.pattern
                && !pattern.is_match(text.as_bytes())
            {
                let pattern = pattern.as_str();
                say(format!("Invalid value: {path} in body should match '{pattern}'"));
            }
            let text = text.to_str_lossy();
            let fits = match self.format.as_str() {
                "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
                "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
                "cidr" => aoa_lang::cel::Prefix::parse(&text).is_ok(),
                _ => true,
            };
            if !fits {
                say(format!("Invalid value: {path} in body must be of type {}", self.format));
            }
        }
    }

    /// Fields that the schema does not have.
    fn unknown(&self, value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Map(map) => {
                for (key, value) in map.iter() {
                    let key = key.to_str_lossy();
                    let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
                    match self.properties.get(&*key).or(self.additional.as_deref()) {
                        Some(schema) => schema.unknown(value, &path, found),
                        None if self.preserves => {}
                        None => found.push(path),
                    }
                }
            }
            Value::List(list) => {
                if let Some(schema) = &self.items {
                    for (at, value) in list.iter().enumerate() {
                        schema.unknown(value, &format!("{path}[{at}]"), found);
                    }
                }
            }
            _ => {}
        }
    }

    fn defaulted(&self, value: &Value) -> Value {
        match value {
            Value::Map(map) => {
                let mut entries: Vec<(Text, Value)> = Vec::with_capacity(map.len());
                for (key, value) in map.iter() {
                    let schema = self.properties.get(&*key.to_str_lossy()).or(self.additional.as_deref());
                    let value = match schema {
                        Some(schema) => match &schema.default {
                            Some(default) if value.is_null() && !schema.nullable => schema.defaulted(default),
                            _ => schema.defaulted(value),
                        },
                        None => value.clone(),
                    };
                    entries.push((key.clone(), value));
                }
                for (key, schema) in &self.properties {
                    if let Some(default) = &schema.default
                        && !map.contains_key(key)
                    {
                        entries.push((Text::from(key.as_str()), schema.defaulted(default)));
                    }
                }
                Value::map(entries)
            }
            Value::List(list) => match &self.items {
                Some(schema) => Value::list(list.iter().map(|value| schema.defaulted(value)).collect()),
                None => value.clone(),
            },
            other => other.clone(),
        }
    }
}

/// A constraint that its schema takes, with its defaults.
///
/// # Errors
/// `Invalid` with upstream's texts.
pub(in crate::policy::gatekeeper) fn admit(constraint: &Value, parameters: Option<&Schema>) -> Result<Value> {
    let mut schema = CONSTRAINT.clone();
    if let (Some(spec), Some(parameters)) = (schema.properties.get_mut("spec"), parameters) {
        spec.properties.insert("parameters".to_owned(), parameters.clone());
    }
    let mut problems = Vec::new();
    schema.validate(constraint, "", &mut problems);
    if !problems.is_empty() {
        let problems: Vec<String> = problems.iter().map(|problem| format!("[]{problem}")).collect();
        let text = match problems.as_slice() {
            [only] => only.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        return Err(Error::invalid(format!("schema validation failed: {text}")));
    }
    let mut unknown = Vec::new();
    if let Some(map) = constraint.as_map() {
        for (key, value) in map.iter() {
            match &*key.to_str_lossy() {
                "apiVersion" | "kind" | "metadata" => {}
                key => match schema.properties.get(key) {
                    Some(schema) => schema.unknown(value, key, &mut unknown),
                    None => unknown.push(key.to_owned()),
                },
            }
        }
    }
    if !unknown.is_empty() {
        unknown.sort();
        return Err(Error::invalid(format!("invalid Constraint: unknown fields: [{}]", unknown.join(" "))));
    }
    Ok(schema.defaulted(constraint))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        other if is_integer(other) => "integer",
        _ => "number",
    }
}

fn number(value: &Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "as Go's validation does")]
    match value {
        Value::Int(_, number) => Some(*number as f64),
        Value::Uint(_, number) => Some(*number as f64),
        Value::Float(_, number) => Some(*number),
        Value::Number(text) => text.parse().ok(),
        _ => None,
    }
}

/// A whole number that float64 holds exactly.
fn is_integer(value: &Value) -> bool {
    match value {
        Value::Int(..) => true,
        other => number(other)
            .is_some_and(|n| n.abs() <= 9_007_199_254_740_991.0 && (n - n.trunc()).abs() <= 1e-9 * n.abs()),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}
