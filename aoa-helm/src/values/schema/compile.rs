//! Schemas made ready for checking (compiler.go and objcompiler.go upstream).

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use aoa_lang::json::{self, Numbers};
use aoa_lang::text::regexp::Regexp;
use aoa_lang::value::{List, Map};
use aoa_lang::{Error, Value};

use super::Failure;
use super::address::{Address, encoded, escaped, is_pointer, join, quoted, refused, split_fragment};
use super::documents::{Documents, Draft};
use super::format::{self, Format};
use super::number::Number;

/// What Helm calls the schema of a chart.
const VALUES: &str = "file:///values.schema.json";

/// The most schemas within one.
const MOST_SCHEMAS: usize = 200_000;

/// Compiled schemas that refer to each other by their places.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) schemas: Vec<Schema>,
}

#[derive(Debug, Default)]
pub(super) struct Schema {
    pub(super) location: String,
    pub(super) draft: Option<Draft>,
    /// The schema with a URL of its own that this is part of.
    pub(super) resource: usize,
    pub(super) dynamic_anchors: BTreeMap<String, usize>,
    pub(super) bool: Option<bool>,
    pub(super) reference: Option<usize>,
    pub(super) recursive_ref: Option<usize>,
    pub(super) recursive_anchor: bool,
    pub(super) dynamic_ref: Option<(usize, String)>,
    pub(super) dynamic_anchor: String,
    pub(super) types: Types,
    pub(super) constant: Option<Value>,
    pub(super) values: Option<List>,
    pub(super) format: Option<Format>,
    pub(super) not: Option<usize>,
    pub(super) all_of: Vec<usize>,
    pub(super) any_of: Vec<usize>,
    pub(super) one_of: Vec<usize>,
    pub(super) condition: Option<usize>,
    pub(super) then: Option<usize>,
    pub(super) otherwise: Option<usize>,
    pub(super) object: ObjectRules,
    pub(super) array: ArrayRules,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) pattern: Option<Regexp>,
    pub(super) minimum: Option<Number>,
    pub(super) maximum: Option<Number>,
    pub(super) exclusive_minimum: Option<Number>,
    pub(super) exclusive_maximum: Option<Number>,
    pub(super) multiple_of: Option<Number>,
}

/// Rules for objects.
#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) required: Vec<String>,
    pub(super) properties: HashMap<String, usize>,
    pub(super) patterns: Vec<(Regexp, usize)>,
    pub(super) additional: Option<Additional>,
    pub(super) names: Option<usize>,
    pub(super) dependencies: BTreeMap<String, Dependency>,
    pub(super) dependent_schemas: BTreeMap<String, usize>,
    pub(super) dependent_required: BTreeMap<String, Vec<String>>,
    pub(super) unevaluated: Option<usize>,
}

/// Rules for arrays.
#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) unique: bool,
    /// For the first items, each its own.
    pub(super) first: Vec<usize>,
    /// For all others.
    pub(super) rest: Option<Additional>,
    pub(super) contains: Option<usize>,
    pub(super) min_contains: Option<usize>,
    pub(super) max_contains: Option<usize>,
    pub(super) unevaluated: Option<usize>,
}

/// What holds for what is not named.
#[derive(Debug)]
pub(super) enum Additional {
    Allowed(bool),
    Schema(usize),
}

/// What a property asks for.
#[derive(Debug)]
pub(super) enum Dependency {
    Properties(Vec<String>),
    Schema(usize),
}

/// A set of types of JSON, as the bits of [`TYPES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(pub(super) u8);

/// The types in the order in which messages name them.
pub(super) const TYPES: [&str; 7] = ["null", "boolean", "number", "integer", "string", "array", "object"];

impl Types {
    fn of(value: &Value) -> Types {
        let bit = |name: &str| TYPES.iter().position(|t| *t == name).map_or(0, |at| 1 << at);
        Types(match value {
            Value::String(text) => bit(&text.to_str_lossy()),
            Value::List(list) => list.iter().fold(0, |bits, item| bits | item.as_str().map_or(0, bit)),
            _ => 0,
        })
    }
}

/// Compiles the schema of a chart; also what Helm logs about it.
///
/// # Errors
/// Upstream's, where it is none.
pub(super) fn values_schema(schema: Value) -> Result<(Program, Vec<String>), Failure> {
    let mut compiler = Compiler {
        documents: Documents::with(VALUES, schema),
        program: Program::default(),
        places: HashMap::new(),
        addresses: Vec::new(),
        formats: Formats::OfOldDrafts,
    };
    compiler.run(&Address::new(VALUES, ""))?;
    Ok((compiler.program, compiler.documents.warnings))
}

/// A metaschema, compiled once.
pub(super) fn meta_program(draft: Draft) -> &'static Program {
    static PROGRAMS: [LazyLock<Program>; 5] = [
        LazyLock::new(|| compile_meta(Draft::Four)),
        LazyLock::new(|| compile_meta(Draft::Six)),
        LazyLock::new(|| compile_meta(Draft::Seven)),
        LazyLock::new(|| compile_meta(Draft::Of2019)),
        LazyLock::new(|| compile_meta(Draft::Of2020)),
    ];
    let [four, six, seven, of2019, of2020] = &PROGRAMS;
    match draft {
        Draft::Four => four,
        Draft::Six => six,
        Draft::Seven => seven,
        Draft::Of2019 => of2019,
        Draft::Of2020 => of2020,
    }
}

fn compile_meta(draft: Draft) -> Program {
    let mut compiler = Compiler {
        documents: Documents::default(),
        program: Program::default(),
        places: HashMap::new(),
        addresses: Vec::new(),
        formats: Formats::All,
    };
    // The metaschemas are part of this crate; a test compiles each.
    let _ = compiler.run(&Address::new(draft.url(), ""));
    compiler.program
}

/// The metaschema of a URL.
pub(super) fn metaschema(url: &str) -> Option<Value> {
    let path = url
        .strip_prefix("http://json-schema.org/")
        .or_else(|| url.strip_prefix("https://json-schema.org/"))?;
    let path = if path == "schema" { "draft/2020-12/schema" } else { path };
    let (_, text) = METASCHEMAS.iter().find(|(name, _)| *name == path)?;
    json::read(text.as_bytes(), Numbers::Text).ok()
}

const METASCHEMAS: &[(&str, &str)] = &[
    ("draft-04/schema", include_str!("meta/draft-04_schema.json")),
    ("draft-06/schema", include_str!("meta/draft-06_schema.json")),
    ("draft-07/schema", include_str!("meta/draft-07_schema.json")),
    ("draft/2019-09/schema", include_str!("meta/draft_2019-09_schema.json")),
    ("draft/2019-09/meta/applicator", include_str!("meta/draft_2019-09_meta_applicator.json")),
    ("draft/2019-09/meta/content", include_str!("meta/draft_2019-09_meta_content.json")),
    ("draft/2019-09/meta/core", include_str!("meta/draft_2019-09_meta_core.json")),
    ("draft/2019-09/meta/format", include_str!("meta/draft_2019-09_meta_format.json")),
    ("draft/2019-09/meta/meta-data", include_str!("meta/draft_2019-09_meta_meta-data.json")),
    ("draft/2019-09/meta/validation", include_str!("meta/draft_2019-09_meta_validation.json")),
    ("draft/2020-12/schema", include_str!("meta/draft_2020-12_schema.json")),
    ("draft/2020-12/meta/applicator", include_str!("meta/draft_2020-12_meta_applicator.json")),
    ("draft/2020-12/meta/content", include_str!("meta/draft_2020-12_meta_content.json")),
    ("draft/2020-12/meta/core", include_str!("meta/draft_2020-12_meta_core.json")),
    ("draft/2020-12/meta/format-annotation", include_str!("meta/draft_2020-12_meta_format-annotation.json")),
    ("draft/2020-12/meta/format-assertion", include_str!("meta/draft_2020-12_meta_format-assertion.json")),
    ("draft/2020-12/meta/meta-data", include_str!("meta/draft_2020-12_meta_meta-data.json")),
    ("draft/2020-12/meta/unevaluated", include_str!("meta/draft_2020-12_meta_unevaluated.json")),
    ("draft/2020-12/meta/validation", include_str!("meta/draft_2020-12_meta_validation.json")),
];

/// Which drafts `format` is more than a remark in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Formats {
    OfOldDrafts,
    All,
}

struct Compiler {
    documents: Documents,
    program: Program,
    places: HashMap<Address, usize>,
    addresses: Vec<Address>,
    formats: Formats,
}

/// The schema that is compiled.
struct Here<'v> {
    map: &'v Map,
    at: Address,
    /// The URL that references begin from.
    base: String,
    draft: Draft,
}

type Done<T = ()> = Result<T, Failure>;

impl Compiler {
    fn run(&mut self, first: &Address) -> Done {
        let first = self.documents.resolve(&super::address::Reference {
            url: first.url.clone(),
            fragment: first.pointer.clone(),
        })?;
        self.enqueue(first);
        let mut compiled = 0;
        while let Some(at) = self.addresses.get(compiled).cloned() {
            if compiled >= MOST_SCHEMAS {
                return Err(Failure::Limit("a values.schema.json has too many schemas"));
            }
            self.documents.ensure(&at)?;
            let value = self.documents.open(&at.url)?.value.clone();
            let schema = self.compile(at.lookup(&value)?, at.clone())?;
            if let Some(place) = self.program.schemas.get_mut(compiled) {
                *place = schema;
            }
            compiled += 1;
        }
        Ok(())
    }

    fn enqueue(&mut self, at: Address) -> usize {
        if let Some(place) = self.places.get(&at) {
            return *place;
        }
        let place = self.program.schemas.len();
        self.program.schemas.push(Schema { location: at.to_string(), ..Schema::default() });
        self.places.insert(at.clone(), place);
        self.addresses.push(at);
        place
    }

    fn compile(&mut self, value: &Value, at: Address) -> Done<Schema> {
        let document = self.documents.open(&at.url)?;
        let resource = document.resource(&at.pointer);
        let (draft, base, start) = (resource.draft, resource.id.clone(), resource.pointer.clone());
        let mut anchors = BTreeMap::new();
        if draft >= Draft::Of2020 && start == at.pointer {
            for anchor in &resource.dynamic_anchors {
                if let Some(pointer) = resource.anchors.get(anchor) {
                    anchors.insert(anchor.clone(), Address::new(&at.url, pointer));
                }
            }
        }
        let mut schema = Schema { location: at.to_string(), draft: Some(draft), ..Schema::default() };
        schema.resource = self.enqueue(Address::new(&at.url, &start));
        for (anchor, at) in anchors {
            schema.dynamic_anchors.insert(anchor, self.enqueue(at));
        }
        match value {
            Value::Bool(b) => schema.bool = Some(*b),
            Value::Map(map) if map.is_empty() => schema.bool = Some(true),
            Value::Map(map) => self.rules(&Here { map, at, base, draft }, &mut schema)?,
            _ => {}
        }
        Ok(schema)
    }

    fn rules(&mut self, here: &Here<'_>, schema: &mut Schema) -> Done {
        schema.reference = self.reference(here, "$ref")?;
        if here.draft < Draft::Of2019 && schema.reference.is_some() {
            // All else is ignored then.
            return Ok(());
        }
        schema.all_of = self.list(here, "allOf");
        schema.any_of = self.list(here, "anyOf");
        schema.one_of = self.list(here, "oneOf");
        schema.not = self.member(here, "not");
        self.array_rules(here, schema);
        self.object_rules(here, schema)?;
        scalar_rules(here, schema)?;
        if here.draft < Draft::Of2019 || self.formats == Formats::All {
            schema.format = here.text("format").and_then(format::named);
        }
        if here.draft >= Draft::Six {
            schema.constant = here.map.get("const").cloned();
        }
        if here.draft >= Draft::Seven {
            schema.condition = self.member(here, "if");
            let constant = here.map.get("if").and_then(Value::as_bool);
            if schema.condition.is_some() && constant != Some(false) {
                schema.then = self.member(here, "then");
            }
            if schema.condition.is_some() && constant != Some(true) {
                schema.otherwise = self.member(here, "else");
            }
        }
        if here.draft >= Draft::Of2019 {
            schema.recursive_ref = self.reference(here, "$recursiveRef")?;
            schema.recursive_anchor = here.flag("$recursiveAnchor");
        }
        if here.draft >= Draft::Of2020 {
            if let Some(place) = self.reference(here, "$dynamicRef")? {
                let (_, fragment) = split_fragment(here.text("$dynamicRef").unwrap_or_default())?;
                let anchor = if is_pointer(&fragment) { String::new() } else { fragment };
                schema.dynamic_ref = Some((place, anchor));
            }
            schema.dynamic_anchor = here.text("$dynamicAnchor").unwrap_or_default().to_owned();
        }
        Ok(())
    }

    fn array_rules(&mut self, here: &Here<'_>, schema: &mut Schema) {
        let rules = &mut schema.array;
        rules.min = here.count("minItems");
        rules.max = here.count("maxItems");
        rules.unique = here.flag("uniqueItems");
        let items = here.map.get("items");
        if here.draft >= Draft::Of2020 {
            rules.first = self.list(here, "prefixItems");
            rules.rest = self.member(here, "items").map(Additional::Schema);
        } else if items.is_some_and(|items| items.as_list().is_some()) {
            rules.first = self.list(here, "items");
            rules.rest = self.additional(here, "additionalItems");
        } else {
            rules.rest = self.member(here, "items").map(Additional::Schema);
        }
        if here.draft >= Draft::Six {
            rules.contains = self.member(here, "contains");
        }
        if here.draft >= Draft::Of2019 {
            if rules.contains.is_some() {
                rules.min_contains = here.count("minContains");
                rules.max_contains = here.count("maxContains");
            }
            rules.unevaluated = self.member(here, "unevaluatedItems");
        }
    }

    fn object_rules(&mut self, here: &Here<'_>, schema: &mut Schema) -> Done {
        let rules = &mut schema.object;
        rules.min = here.count("minProperties");
        rules.max = here.count("maxProperties");
        rules.required = here.map.get("required").map(texts).unwrap_or_default();
        rules.properties = self.members(here, "properties").into_iter().collect();
        for (pattern, place) in self.members(here, "patternProperties") {
            let regexp = here.regexp("patternProperties", &pattern)?;
            rules.patterns.push((regexp, place));
        }
        rules.additional = self.additional(here, "additionalProperties");
        let dependencies = here.map.get("dependencies").and_then(Value::as_map);
        for (name, asked) in dependencies.into_iter().flat_map(|map| map.iter()) {
            let name = name.to_str_lossy().into_owned();
            let dependency = match asked {
                list @ Value::List(_) => Dependency::Properties(texts(list)),
                _ => Dependency::Schema(self.enqueue(here.inside(&["dependencies", &name]))),
            };
            rules.dependencies.insert(name, dependency);
        }
        if here.draft >= Draft::Six {
            rules.names = self.member(here, "propertyNames");
        }
        if here.draft >= Draft::Of2019 {
            rules.dependent_schemas = self.members(here, "dependentSchemas").into_iter().collect();
            let required = here.map.get("dependentRequired").and_then(Value::as_map);
            for (name, asked) in required.into_iter().flat_map(|map| map.iter()) {
                if asked.as_list().is_some() {
                    rules.dependent_required.insert(name.to_str_lossy().into_owned(), texts(asked));
                }
            }
            rules.unevaluated = self.member(here, "unevaluatedProperties");
        }
        Ok(())
    }

    fn reference(&mut self, here: &Here<'_>, keyword: &str) -> Done<Option<usize>> {
        let Some(text) = here.text(keyword) else { return Ok(None) };
        let reference = join(&here.base, text)?;
        let at = match self.documents.open(&here.at.url)?.resolve(&reference)? {
            Some(at) => at,
            None => self.documents.resolve(&reference)?,
        };
        Ok(Some(self.enqueue(at)))
    }

    fn member(&mut self, here: &Here<'_>, keyword: &str) -> Option<usize> {
        here.map.contains_key(keyword).then(|| self.enqueue(here.inside(&[keyword])))
    }

    fn list(&mut self, here: &Here<'_>, keyword: &str) -> Vec<usize> {
        let count = here.map.get(keyword).and_then(Value::as_list).map_or(0, List::len);
        (0..count).map(|at| self.enqueue(here.inside(&[keyword, &at.to_string()]))).collect()
    }

    fn members(&mut self, here: &Here<'_>, keyword: &str) -> Vec<(String, usize)> {
        let map = here.map.get(keyword).and_then(Value::as_map);
        let names = map.into_iter().flat_map(|map| map.keys()).map(|key| key.to_str_lossy().into_owned());
        names.map(|name| (name.clone(), self.enqueue(here.inside(&[keyword, &name])))).collect()
    }

    fn additional(&mut self, here: &Here<'_>, keyword: &str) -> Option<Additional> {
        match here.map.get(keyword)? {
            Value::Bool(allowed) => Some(Additional::Allowed(*allowed)),
            _ => self.member(here, keyword).map(Additional::Schema),
        }
    }
}

fn scalar_rules(here: &Here<'_>, schema: &mut Schema) -> Done {
    schema.types = here.map.get("type").map(Types::of).unwrap_or_default();
    schema.values = here.map.get("enum").and_then(Value::as_list).cloned();
    schema.multiple_of = here.number("multipleOf");
    schema.maximum = here.number("maximum");
    schema.exclusive_maximum = here.number("exclusiveMaximum");
    if here.flag("exclusiveMaximum") {
        schema.exclusive_maximum = schema.maximum.take();
    }
    schema.minimum = here.number("minimum");
    schema.exclusive_minimum = here.number("exclusiveMinimum");
    if here.flag("exclusiveMinimum") {
        schema.exclusive_minimum = schema.minimum.take();
    }
    schema.min_length = here.count("minLength");
    schema.max_length = here.count("maxLength");
    if let Some(pattern) = here.text("pattern") {
        schema.pattern = Some(here.regexp("pattern", pattern)?);
    }
    Ok(())
}

impl Here<'_> {
    fn text(&self, keyword: &str) -> Option<&str> {
        self.map.get(keyword)?.as_str()
    }

    fn flag(&self, keyword: &str) -> bool {
        self.map.get(keyword).and_then(Value::as_bool).unwrap_or(false)
    }

    fn number(&self, keyword: &str) -> Option<Number> {
        Number::of(self.map.get(keyword)?)
    }

    fn count(&self, keyword: &str) -> Option<usize> {
        self.number(keyword)?.to_count()
    }

    fn inside(&self, tokens: &[&str]) -> Address {
        let mut pointer = self.at.pointer.clone();
        for token in tokens {
            pointer.push('/');
            pointer.push_str(&escaped(token));
        }
        Address { url: self.at.url.clone(), pointer }
    }

    fn regexp(&self, keyword: &str, pattern: &str) -> Done<Regexp> {
        Regexp::new(pattern).map_err(|error: Error| {
            let at = quoted(&format!("{}/{}", self.at, encoded(&escaped(keyword))));
            refused(format!("invalid regex {} at {at}: {}", quoted(pattern), error.message()))
        })
    }
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_list().into_iter().flat_map(|list| list.iter());
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
