//! Documents with schemas, and the resources in them: schemas with a URL of their own (root.go, roots.go, draft.go upstream).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use aoa_lang::value::Map;
use aoa_lang::{Value, url::Url};

use super::address::{Address, Reference, escaped, is_pointer, join, quoted, refused, split, split_fragment};
use super::{Failure, check};

/// How deep schemas may lie within each other.
const MOST_DEPTH: usize = 500;

/// A version of JSON schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Draft {
    Four,
    Six,
    Seven,
    Of2019,
    Of2020,
}

impl Draft {
    pub(super) fn url(self) -> &'static str {
        match self {
            Draft::Four => "http://json-schema.org/draft-04/schema",
            Draft::Six => "http://json-schema.org/draft-06/schema",
            Draft::Seven => "http://json-schema.org/draft-07/schema",
            Draft::Of2019 => "https://json-schema.org/draft/2019-09/schema",
            Draft::Of2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    fn named(url: &str) -> Option<Draft> {
        let (url, fragment) = split(url);
        if !fragment.is_empty() {
            return None;
        }
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).unwrap_or(url);
        Some(match rest {
            "json-schema.org/schema" | "json-schema.org/draft/2020-12/schema" => Draft::Of2020,
            "json-schema.org/draft/2019-09/schema" => Draft::Of2019,
            "json-schema.org/draft-07/schema" => Draft::Seven,
            "json-schema.org/draft-06/schema" => Draft::Six,
            "json-schema.org/draft-04/schema" => Draft::Four,
            _ => return None,
        })
    }

    fn id_key(self) -> &'static str {
        if self == Draft::Four { "id" } else { "$id" }
    }

    /// The URL that a schema gives itself.
    fn id(self, schema: &Map) -> Option<&str> {
        if self < Draft::Of2019 && schema.contains_key("$ref") {
            return None;
        }
        let (id, _) = split(schema.get(self.id_key())?.as_str()?);
        (!id.is_empty()).then_some(id)
    }
}

/// Where schemas lie within a schema.
enum Inside {
    One,
    Members,
    Items,
    OneOrItems,
}

const PLACES: &[(&str, Draft, Inside)] = &[
    ("definitions", Draft::Four, Inside::Members),
    ("not", Draft::Four, Inside::One),
    ("allOf", Draft::Four, Inside::Items),
    ("anyOf", Draft::Four, Inside::Items),
    ("oneOf", Draft::Four, Inside::Items),
    ("properties", Draft::Four, Inside::Members),
    ("additionalProperties", Draft::Four, Inside::One),
    ("patternProperties", Draft::Four, Inside::Members),
    ("items", Draft::Four, Inside::OneOrItems),
    ("additionalItems", Draft::Four, Inside::One),
    ("dependencies", Draft::Four, Inside::Members),
    ("propertyNames", Draft::Six, Inside::One),
    ("contains", Draft::Six, Inside::One),
    ("if", Draft::Seven, Inside::One),
    ("then", Draft::Seven, Inside::One),
    ("else", Draft::Seven, Inside::One),
    ("$defs", Draft::Of2019, Inside::Members),
    ("dependentSchemas", Draft::Of2019, Inside::Members),
    ("unevaluatedProperties", Draft::Of2019, Inside::One),
    ("unevaluatedItems", Draft::Of2019, Inside::One),
    ("contentSchema", Draft::Of2019, Inside::One),
    ("prefixItems", Draft::Of2020, Inside::Items),
];

/// All documents that were needed so far.
#[derive(Default)]
pub(super) struct Documents {
    roots: HashMap<String, Document>,
    /// What was given before it was asked for.
    given: HashMap<String, Value>,
    pub(super) warnings: Vec<String>,
}

pub(super) struct Document {
    url: String,
    pub(super) value: Arc<Value>,
    pub(super) resources: Resources,
    /// The URLs of the resources, and where they stand.
    by_id: HashMap<String, String>,
    /// The pointers of schemas whose resources and anchors are known.
    processed: HashSet<String>,
}

/// By their pointers.
pub(super) type Resources = BTreeMap<String, Resource>;

#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) pointer: String,
    pub(super) id: String,
    pub(super) draft: Draft,
    pub(super) anchors: BTreeMap<String, String>,
    pub(super) dynamic_anchors: Vec<String>,
}

impl Documents {
    pub(super) fn with(url: &str, value: Value) -> Documents {
        Documents { given: HashMap::from([(url.to_owned(), value)]), ..Documents::default() }
    }

    /// The document at a URL.
    ///
    /// # Errors
    /// Where it cannot be had, or is no schema.
    pub(super) fn open(&mut self, url: &str) -> Result<&mut Document, Failure> {
        if !self.roots.contains_key(url) {
            let value = self.load(url)?;
            let mut document = Document {
                url: url.to_owned(),
                value: Arc::new(value),
                resources: Resources::new(),
                by_id: HashMap::new(),
                processed: HashSet::new(),
            };
            let value = document.value.clone();
            document.collect(&value, url, "", Draft::Of2020, self)?;
            let is_meta = ["http://json-schema.org/", "https://json-schema.org/"];
            if !is_meta.iter().any(|start| url.starts_with(start)) {
                document.check(&value, "")?;
            }
            self.roots.insert(url.to_owned(), document);
        }
        self.roots.get_mut(url).ok_or(Failure::Limit("a schema that was lost"))
    }

    /// Sees to it that a schema is known, also where none is expected.
    ///
    /// # Errors
    /// As [`open`](Documents::open), and where there is nothing.
    pub(super) fn ensure(&mut self, at: &Address) -> Result<(), Failure> {
        self.open(&at.url)?;
        let Some(mut document) = self.roots.remove(&at.url) else { return Ok(()) };
        let done = document.ensure(at, self);
        self.roots.insert(at.url.clone(), document);
        done
    }

    /// Where the root resource of a document has what a reference names.
    ///
    /// # Errors
    /// Where it has nothing of that name.
    pub(super) fn resolve(&mut self, reference: &Reference) -> Result<Address, Failure> {
        let document = self.open(&reference.url)?;
        let resource = document.resource("");
        document.resolve_in(&reference.fragment, resource)
    }

    fn load(&mut self, url: &str) -> Result<Value, Failure> {
        if let Some(value) = self.given.get(url) {
            return Ok(value.clone());
        }
        if let Some(value) = super::compile::metaschema(url) {
            return Ok(value);
        }
        let failing = |why: String| refused(format!("failing loading {}: {why}", quoted(url)));
        let parsed = Url::parse(url.as_bytes()).map_err(|error| failing(error.message().to_owned()))?;
        match parsed.scheme.as_slice() {
            b"http" | b"https" => Err(Failure::NotAtHand(url.to_owned())),
            b"urn" => {
                let text = "unresolved URN reference ignored; using permissive schema";
                self.warnings.push(format!("WARN {text} urn={url}"));
                self.given.insert(url.to_owned(), Value::Bool(true));
                Ok(Value::Bool(true))
            }
            b"file" => {
                let path = String::from_utf8_lossy(&parsed.path).into_owned();
                Err(failing(format!("open {path}: no such file or directory")))
            }
            _ => Err(failing(format!("no URLLoader registered for {}", quoted(url)))),
        }
    }

    /// The version that a schema says it is written in.
    fn draft(&mut self, at: &Address, schema: &Map, fallback: Draft) -> Result<Draft, Failure> {
        let mut seen = HashSet::new();
        let (mut at, mut schema) = (at.clone(), schema.clone());
        loop {
            let Some(named) = schema.get("$schema").and_then(Value::as_str) else { return Ok(fallback) };
            if let Some(draft) = Draft::named(named) {
                return Ok(draft);
            }
            let (url, _) = split(named);
            if let Err(error) = Url::parse(url.as_bytes()) {
                let at = quoted(&at.to_string());
                return Err(refused(format!("invalid $schema in {at}: {}", error.message())));
            }
            if at.pointer.is_empty() && at.url == url {
                return Err(refused(format!("draft {} is not supported", quoted(url))));
            }
            if !seen.insert(url.to_owned()) {
                return Err(refused(format!("cycle in resolving $schema in {}", quoted(url))));
            }
            at = Address::new(url, "");
            match self.load(url)? {
                Value::Map(map) => schema = map,
                _ => return Ok(fallback),
            }
        }
    }
}

/// A schema whose resources are still to be found: it, its pointer, and what is around it.
struct Found<'v> {
    value: &'v Value,
    base: String,
    pointer: String,
    fallback: Draft,
}

impl Document {
    /// The resource that a place belongs to.
    pub(super) fn resource(&self, pointer: &str) -> &Resource {
        let mut pointer = pointer;
        loop {
            if let Some(resource) = self.resources.get(pointer) {
                return resource;
            }
            match pointer.rfind('/').and_then(|at| pointer.get(..at)) {
                Some(outer) => pointer = outer,
                None => break,
            }
        }
        static NONE: std::sync::LazyLock<Resource> =
            std::sync::LazyLock::new(|| Resource::new("", "", Draft::Of2020));
        self.resources.get("").unwrap_or(&NONE)
    }

    /// Where a reference leads, if into this document.
    ///
    /// # Errors
    /// Where there is no such anchor.
    pub(super) fn resolve(&self, reference: &Reference) -> Result<Option<Address>, Failure> {
        let resource = if reference.url == self.url {
            self.resource("")
        } else {
            let Some(pointer) = self.by_id.get(&reference.url) else { return Ok(None) };
            self.resource(pointer)
        };
        self.resolve_in(&reference.fragment, resource).map(Some)
    }

    fn resolve_in(&self, fragment: &str, resource: &Resource) -> Result<Address, Failure> {
        if is_pointer(fragment) {
            return Ok(Address::new(&self.url, &format!("{}{fragment}", resource.pointer)));
        }
        match resource.anchors.get(fragment) {
            Some(pointer) => Ok(Address::new(&self.url, pointer)),
            None => {
                let reference = Reference { url: resource.id.clone(), fragment: fragment.to_owned() };
                let reference = quoted(&reference.to_string());
                Err(refused(format!("anchor in {reference} not found in schema {}", quoted(&self.url))))
            }
        }
    }

    fn ensure(&mut self, at: &Address, documents: &mut Documents) -> Result<(), Failure> {
        if self.processed.contains(&at.pointer) {
            return Ok(());
        }
        let whole = self.value.clone();
        let value = at.lookup(&whole)?;
        let (base, draft) = {
            let resource = self.resource(&at.pointer);
            (resource.id.clone(), resource.draft)
        };
        self.collect(value, &base, &at.pointer, draft, documents)?;
        self.check(value, &at.pointer)
    }

    /// Whether what stands here is a schema.
    fn check(&self, value: &Value, pointer: &str) -> Result<(), Failure> {
        let draft = self.resource(pointer).draft;
        match check::check_schema(draft, value, &self.resources)? {
            None => Ok(()),
            Some(violation) => {
                let at = quoted(&Address::new(&self.url, pointer).to_string());
                let meta = super::violation::in_quotes(&format!("{}#", draft.url()));
                let failed = format!("jsonschema validation failed with {meta}");
                let causes = violation.causes_text();
                Err(refused(format!("{at} is not valid against metaschema: {failed}\n{causes}")))
            }
        }
    }

    /// Finds the resources and anchors in a schema and those within it.
    fn collect(
        &mut self,
        value: &Value,
        base: &str,
        pointer: &str,
        fallback: Draft,
        documents: &mut Documents,
    ) -> Result<(), Failure> {
        let mut work = vec![Found { value, base: base.to_owned(), pointer: pointer.to_owned(), fallback }];
        while let Some(found) = work.pop() {
            if !self.processed.insert(found.pointer.clone()) {
                continue;
            }
            if found.pointer.split('/').count() > 2 * MOST_DEPTH {
                return Err(Failure::Limit("a values.schema.json is too deep"));
            }
            self.collect_one(found, &mut work, documents)?;
        }
        Ok(())
    }

    fn collect_one<'v>(
        &mut self,
        found: Found<'v>,
        work: &mut Vec<Found<'v>>,
        documents: &mut Documents,
    ) -> Result<(), Failure> {
        let Found { value, mut base, pointer, fallback } = found;
        let Value::Map(schema) = value else {
            if pointer.is_empty() {
                self.add(Resource::new(&pointer, &base, fallback));
            }
            return Ok(());
        };
        let at = Address::new(&self.url, &pointer);
        let mut draft = documents.draft(&at, schema, fallback)?;
        let mut says_draft = schema.get("$schema").and_then(Value::as_str).is_some();
        let mut id = draft.id(schema);
        if id.is_none() && !pointer.is_empty() {
            // What only a resource may say.
            (draft, says_draft) = (fallback, false);
            id = draft.id(schema);
        }
        let is_resource = id.is_some() || pointer.is_empty();
        if let Some(id) = id {
            let joined = join(&base, id).map_err(|failure| match failure {
                Failure::Refused(_) => refused(format!("error in parsing id at {}", quoted(&at.to_string()))),
                other => other,
            })?;
            base = joined.url;
        }
        if is_resource {
            match self.by_id.get(&base) {
                Some(other) if *other != pointer => {
                    let (id, url) = (quoted(&base), quoted(&self.url));
                    let (here, there) = (quoted(&pointer), quoted(other));
                    return Err(refused(format!("duplicate id {id} in {url} at {here} and {there}")));
                }
                Some(_) => {}
                None => self.add(Resource::new(&pointer, &base, if says_draft { draft } else { fallback })),
            }
        }
        let owner = self.by_id.get(&base).cloned().unwrap_or_default();
        self.collect_anchors(schema, &pointer, &owner)?;
        let inner = self.resources.get(&owner).map_or(fallback, |resource| resource.draft);
        for (keyword, _, inside) in PLACES.iter().filter(|(_, since, _)| *since <= draft) {
            let Some(there) = schema.get(keyword) else { continue };
            let place = format!("{pointer}/{}", escaped(keyword));
            let mut add = |value: &'v Value, pointer: String| {
                work.push(Found { value, base: base.clone(), pointer, fallback: inner });
            };
            match (inside, there) {
                (Inside::One, there) => add(there, place),
                (Inside::Members, Value::Map(map)) => {
                    map.iter().for_each(|(k, v)| add(v, format!("{place}/{}", escaped(&k.to_str_lossy()))));
                }
                (Inside::Items | Inside::OneOrItems, Value::List(list)) => {
                    list.iter().enumerate().for_each(|(at, v)| add(v, format!("{place}/{at}")));
                }
                (Inside::OneOrItems, there) => add(there, place),
                _ => {}
            }
        }
        Ok(())
    }

    fn add(&mut self, resource: Resource) {
        self.by_id.insert(resource.id.clone(), resource.pointer.clone());
        self.resources.insert(resource.pointer.clone(), resource);
    }

    fn collect_anchors(&mut self, schema: &Map, pointer: &str, owner: &str) -> Result<(), Failure> {
        let url = self.url.clone();
        let Some(resource) = self.resources.get_mut(owner) else { return Ok(()) };
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        let mut anchors: Vec<String> = Vec::new();
        if resource.draft < Draft::Of2019 {
            if schema.contains_key("$ref") {
                return Ok(());
            }
            if let Some(id) = text(resource.draft.id_key()) {
                let (_, fragment) = split_fragment(id).map_err(|_| {
                    let at = quoted(&Address::new(&url, pointer).to_string());
                    refused(format!("error in parsing anchor at {at}"))
                })?;
                anchors.extend((!is_pointer(&fragment)).then_some(fragment));
            }
        } else {
            anchors.extend(text("$anchor").map(str::to_owned));
        }
        if resource.draft >= Draft::Of2020
            && let Some(anchor) = text("$dynamicAnchor")
        {
            anchors.push(anchor.to_owned());
            resource.dynamic_anchors.push(anchor.to_owned());
        }
        for anchor in anchors {
            let there = resource.anchors.entry(anchor.clone()).or_insert_with(|| pointer.to_owned());
            if there != pointer {
                let (anchor, url) = (quoted(&anchor), quoted(&url));
                let (there, here) = (quoted(there), quoted(pointer));
                return Err(refused(format!("duplicate anchor {anchor} in {url} at {there} and {here}")));
            }
        }
        Ok(())
    }
}

impl Resource {
    fn new(pointer: &str, id: &str, draft: Draft) -> Resource {
        Resource {
            pointer: pointer.to_owned(),
            id: id.to_owned(),
            draft,
            anchors: BTreeMap::new(),
            dynamic_anchors: Vec::new(),
        }
    }
}
