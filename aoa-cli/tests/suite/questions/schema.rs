//! Whether JSON fits a JSON schema, and what of the schema it makes use of.
//!
//! Only the words that our schemas use are known; any other is refused, so that nothing goes unchecked.

use std::collections::BTreeSet;

use aoa_core::lang::json::{self, Numbers};
use aoa_core::lang::text::regexp::Regexp;
use aoa_core::lang::{Value, json::to_string};

pub(super) struct Schema {
    root: Value,
}

/// Words that say nothing of what fits.
const NOTES: [&str; 5] = ["$schema", "title", "description", "$defs", "definitions"];
const WORDS: [&str; 12] = [
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "enum",
    "items",
    "maximum",
    "minimum",
    "oneOf",
    "properties",
    "required",
    "type",
];

impl Schema {
    pub(super) fn new(text: &str) -> Self {
        Schema { root: json::read(text.as_bytes(), Numbers::PreserveInts).unwrap() }
    }

    /// What does not fit. Into `used` go the values of enumerations and the fields that `value` makes use of, each with its place in
    /// the schema.
    pub(super) fn check(&self, value: &Value, used: &mut BTreeSet<String>) -> Vec<String> {
        let mut wrong = Vec::new();
        self.walk(("", &self.root), ("", value), used, &mut wrong);
        wrong
    }

    /// All that could be made use of.
    pub(super) fn all(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        collect("", &self.root, &mut all);
        all
    }

    fn walk(
        &self,
        (at, schema): (&str, &Value),
        (place, value): (&str, &Value),
        used: &mut BTreeSet<String>,
        wrong: &mut Vec<String>,
    ) {
        let Some(schema) = schema.as_map() else {
            if schema == &Value::Bool(false) {
                wrong.push(format!("{place}: must not be there"));
            }
            return;
        };
        for (word, of) in schema.iter() {
            let word = word.as_str().unwrap();
            match word {
                "$ref" => {
                    let to = of.as_str().and_then(|to| to.strip_prefix('#')).unwrap();
                    let keys: Vec<&str> = to.split('/').skip(1).collect();
                    let target = self.root.at(&keys).unwrap_or_else(|| panic!("there is no {to}"));
                    self.walk((to, target), (place, value), used, wrong);
                }
                "anyOf" | "oneOf" => self.one_of((at, word), of, (place, value), used, wrong),
                "const" if of != value => wrong.push(format!("{place}: is not {}", written(of))),
                "enum" => {
                    let values = of.as_list().unwrap();
                    if values.iter().any(|one| one == value) {
                        used.insert(format!("{at}: {}", written(value)));
                    } else {
                        wrong.push(format!("{place}: {} is not among {}", written(value), written(of)));
                    }
                }
                "type" => {
                    let is = |name: &Value| has_type(value, name.as_str().unwrap());
                    let fits = of.as_list().map_or_else(|| is(of), |names| names.iter().any(is));
                    if !fits {
                        wrong.push(format!("{place}: {} is no {}", written(value), written(of)));
                    }
                }
                "pattern" => {
                    let pattern = Regexp::new(of.as_str().unwrap()).unwrap();
                    if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                        wrong.push(format!("{place}: {} does not match {}", written(value), written(of)));
                    }
                }
                "minimum" if value.as_i64() < of.as_i64() => wrong.push(format!("{place}: is too small")),
                "maximum" if value.as_i64() > of.as_i64() => wrong.push(format!("{place}: is too large")),
                "required" => {
                    let names = of.as_list().unwrap().iter().filter_map(Value::as_str);
                    let missing = names.filter(|name| value.as_map().is_some() && value.get(name).is_none());
                    wrong.extend(missing.map(|name| format!("{place}: has no `{name}`")));
                }
                "items" => {
                    for (number, item) in value.as_list().into_iter().flatten().enumerate() {
                        let (at, place) = (format!("{at}/items"), format!("{place}/{number}"));
                        self.walk((&at, of), (&place, item), used, wrong);
                    }
                }
                "properties" => {
                    for (key, part) in value.as_map().into_iter().flat_map(|map| map.iter()) {
                        let key = key.as_str().unwrap();
                        let Some(schema) = of.get(key) else { continue };
                        let (at, place) = (format!("{at}/properties/{key}"), format!("{place}/{key}"));
                        used.insert(at.clone());
                        self.walk((&at, schema), (&place, part), used, wrong);
                    }
                }
                "additionalProperties" => {
                    let known = schema.get("properties");
                    for (key, part) in value.as_map().into_iter().flat_map(|map| map.iter()) {
                        let key = key.as_str().unwrap();
                        if known.is_some_and(|known| known.get(key).is_some()) {
                            continue;
                        }
                        let (at, place) = (format!("{at}/additionalProperties"), format!("{place}/{key}"));
                        self.walk((&at, of), (&place, part), used, wrong);
                    }
                }
                word => assert!(
                    WORDS.contains(&word) || NOTES.contains(&word),
                    "{at}: the test does not know `{word}`"
                ),
            }
        }
    }

    /// The alternative that fits, or what is wrong with the one that comes nearest.
    fn one_of(
        &self,
        (at, word): (&str, &str),
        of: &Value,
        (place, value): (&str, &Value),
        used: &mut BTreeSet<String>,
        wrong: &mut Vec<String>,
    ) {
        let tries = of.as_list().unwrap().iter().enumerate().map(|(number, schema)| {
            let (mut used, mut wrong) = (BTreeSet::new(), Vec::new());
            self.walk((&format!("{at}/{word}/{number}"), schema), (place, value), &mut used, &mut wrong);
            (used, wrong)
        });
        let mut tries: Vec<_> = tries.collect();
        let fitting = tries.iter().filter(|(_, wrong)| wrong.is_empty()).count();
        if word == "oneOf" && fitting > 1 {
            wrong.push(format!("{place}: fits several of {at}"));
        }
        tries.sort_by_key(|(_, wrong)| wrong.len());
        let (nearest, why) = tries.swap_remove(0);
        wrong.extend(why);
        if fitting > 0 {
            used.extend(nearest);
        }
    }
}

fn written(value: &Value) -> String {
    to_string(value).unwrap()
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => matches!(value, Value::Bool(_)),
        "integer" => value.as_i64().is_some(),
        "number" => matches!(value, Value::Int(..) | Value::Uint(..) | Value::Float(..)),
        "string" => matches!(value, Value::String(_)),
        "array" => value.as_list().is_some(),
        "object" => value.as_map().is_some(),
        _ => panic!("there is no type `{name}`"),
    }
}

fn collect(at: &str, schema: &Value, all: &mut BTreeSet<String>) {
    for value in schema.get("enum").and_then(Value::as_list).into_iter().flatten() {
        all.insert(format!("{at}: {}", written(value)));
    }
    for (key, schema) in
        schema.get("properties").and_then(Value::as_map).into_iter().flat_map(|map| map.iter())
    {
        let at = format!("{at}/properties/{key}");
        collect(&at, schema, all);
        all.insert(at);
    }
    for word in ["$defs", "definitions"] {
        for (key, schema) in schema.get(word).and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
            collect(&format!("{at}/{word}/{key}"), schema, all);
        }
    }
    for word in ["items", "additionalProperties"] {
        if let Some(schema) = schema.get(word) {
            collect(&format!("{at}/{word}"), schema, all);
        }
    }
    for word in ["anyOf", "oneOf"] {
        for (number, schema) in schema.get(word).and_then(Value::as_list).into_iter().flatten().enumerate() {
            collect(&format!("{at}/{word}/{number}"), schema, all);
        }
    }
}
