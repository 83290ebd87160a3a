//! Values against schemas (validator.go upstream): how schemas are entered from each other (here), and their rules for
//! `objects`, `arrays`, `scalars`, and for what is made of other schemas (`combine`).

mod arrays;
mod combine;
mod equal;
mod objects;
mod scalars;

use std::collections::BTreeSet;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::Failure;
use super::address::{escaped, quoted};
use super::compile::{Program, Schema, meta_program};
use super::documents::{Draft, Resources};
use super::violation::Violation;
use scalars::{kind_rules, shown};

/// How deep schemas may be entered from each other.
const MOST_DEPTH: usize = 400;

/// How often schemas may be entered in all.
const MOST_STEPS: usize = 1_000_000;

/// Checks a value; `None` if it fits, else what does not, below the violation that is returned.
///
/// # Errors
/// Limits.
pub(super) fn check(program: &Program, value: &Value) -> Result<Option<Violation>, Failure> {
    Checker { resources: None, steps: 0, depth: 0, path: Vec::new() }.whole(
        At { program, place: 0 },
        value,
        None,
    )
}

/// Checks whether a value is a schema; parts with URLs of their own are checked by the draft that they name.
///
/// # Errors
/// Limits.
pub(super) fn check_schema(
    draft: Draft,
    value: &Value,
    resources: &Resources,
) -> Result<Option<Violation>, Failure> {
    let meta = At { program: meta_program(draft), place: 0 };
    Checker { resources: Some(resources), steps: 0, depth: 0, path: Vec::new() }.whole(
        meta,
        value,
        Some(meta),
    )
}

/// A compiled schema.
#[derive(Clone, Copy)]
struct At<'p> {
    program: &'p Program,
    place: usize,
}

impl<'p> At<'p> {
    fn schema(self) -> &'p Schema {
        static NONE: std::sync::LazyLock<Schema> =
            std::sync::LazyLock::new(|| Schema { bool: Some(true), ..Schema::default() });
        match self.program.schemas.get(self.place) {
            Some(schema) => schema,
            None => &NONE,
        }
    }

    fn other(self, place: usize) -> At<'p> {
        At { program: self.program, place }
    }

    fn is(self, other: At<'_>) -> bool {
        std::ptr::eq(self.program, other.program) && self.place == other.place
    }
}

/// The schemas through which one was reached.
struct Scope<'s, 'p> {
    schema: At<'p>,
    /// The keyword of the reference, if there was one.
    keyword: &'static str,
    /// Which value is looked at.
    value: usize,
    parent: Option<&'s Scope<'s, 'p>>,
}

/// A value that is held against a schema.
struct Frame<'s, 'p> {
    scope: Scope<'s, 'p>,
    /// The metaschema of the resource that the value belongs to, if the value is a schema.
    meta: Option<At<'p>>,
    care: Care,
    unevaluated: Unevaluated,
    violations: Vec<Violation>,
}

/// What the caller wants to know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    /// What is wrong.
    All,
    /// Whether anything is.
    Fit,
}

/// What no rule has looked at yet, where that is asked for.
#[derive(Default)]
struct Unevaluated {
    properties: BTreeSet<Text>,
    items: BTreeSet<usize>,
}

struct Checker<'r> {
    resources: Option<&'r Resources>,
    steps: usize,
    depth: usize,
    /// Where the value stands: tokens of a pointer.
    path: Vec<String>,
}

type Checked = Result<Result<Unevaluated, Violation>, Failure>;
type Done = Result<(), Failure>;

impl Checker<'_> {
    /// A value that does not stand within another.
    fn whole(
        &mut self,
        at: At<'_>,
        value: &Value,
        meta: Option<At<'_>>,
    ) -> Result<Option<Violation>, Failure> {
        let path = std::mem::take(&mut self.path);
        let scope = Scope { schema: at, keyword: "", value: 0, parent: None };
        let unevaluated = Unevaluated::of(value, at.schema(), false);
        let checked =
            self.run(value, Frame { scope, meta, care: Care::All, unevaluated, violations: Vec::new() })?;
        self.path = path;
        let failed = |violation: Violation| {
            Violation::new(String::new(), "jsonschema validation failed").because(violation.ungrouped())
        };
        Ok(checked.err().map(failed))
    }

    fn run(&mut self, value: &Value, mut frame: Frame<'_, '_>) -> Checked {
        self.steps += 1;
        self.depth += 1;
        if self.steps > MOST_STEPS {
            return Err(Failure::Limit("checking values against a values.schema.json takes too long"));
        }
        if self.depth > MOST_DEPTH {
            return Err(Failure::Limit("values and their values.schema.json are too deep"));
        }
        let checked = self.rules(value, &mut frame)?;
        self.depth -= 1;
        if let Some(violation) = checked {
            return Ok(Err(violation));
        }
        Ok(match frame.violations.len() {
            0 => Ok(frame.unevaluated),
            1 => Err(frame.violations.remove(0)),
            _ => Err(Violation::group(self.at(), frame.violations)),
        })
    }

    /// A violation that leaves no other to be found.
    fn rules(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Result<Option<Violation>, Failure> {
        let schema = frame.scope.schema.schema();
        match schema.bool {
            Some(true) => return Ok(None),
            Some(false) => return Ok(Some(self.violation(frame.care, || "false schema".to_owned()))),
            None => {}
        }
        if let Some(other) = frame.scope.cycle() {
            return Ok(Some(self.violation(frame.care, || {
                let (here, there) = (frame.scope.path(), other.path());
                let at = quoted(&schema.location);
                format!("both {here} and {there} resolve to {at} causing reference cycle")
            })));
        }
        if let Some(text) = kind_rules(value, schema)? {
            return Ok(Some(self.violation(frame.care, || text)));
        }
        if let Some(format) = &schema.format
            && let Err(why) = format.check(value)
        {
            let text = || format!("{} is not valid {}: {why}", shown(value), format.name());
            return Ok(Some(self.violation(frame.care, text)));
        }
        let draft = schema.draft.unwrap_or(Draft::Of2020);
        if let Some(place) = schema.reference {
            self.reference(value, frame, frame.scope.schema.other(place), "$ref")?;
            if draft < Draft::Of2019 {
                return Ok(None);
            }
        }
        match value {
            Value::Map(map) => self.object(value, map, frame, draft)?,
            Value::List(list) => self.array(list, frame, draft)?,
            Value::String(text) => self.string(text, frame),
            _ => self.number(value, frame),
        }
        if frame.violations.is_empty() || frame.care == Care::All {
            if draft >= Draft::Of2019 {
                self.dynamic_references(value, frame)?;
            }
            self.combinations(value, frame)?;
            self.conditions(value, frame)?;
            if draft >= Draft::Of2019 {
                self.unevaluated(value, frame)?;
            }
        }
        Ok(None)
    }

    fn reference(
        &mut self,
        value: &Value,
        frame: &mut Frame<'_, '_>,
        target: At<'_>,
        keyword: &'static str,
    ) -> Done {
        if let Some(violation) = self.same_result(value, frame, target, keyword, frame.care)? {
            frame.violations.push(Violation::reference(self.at(), violation));
        }
        Ok(())
    }

    /// The same value against another schema.
    fn same(&mut self, value: &Value, frame: &mut Frame<'_, '_>, at: At<'_>, care: Care) -> Done {
        let violation = self.same_result(value, frame, at, "", care)?;
        frame.violations.extend(violation);
        Ok(())
    }

    fn same_result(
        &mut self,
        value: &Value,
        frame: &mut Frame<'_, '_>,
        at: At<'_>,
        keyword: &'static str,
        care: Care,
    ) -> Result<Option<Violation>, Failure> {
        let unevaluated = Unevaluated::of(value, at.schema(), !frame.unevaluated.is_empty());
        let (schema, meta) = self.meta(at, frame.meta);
        let scope = Scope { schema, keyword, value: frame.scope.value, parent: Some(&frame.scope) };
        let care = if frame.care == Care::Fit { Care::Fit } else { care };
        let inner = Frame { scope, meta, care, unevaluated, violations: Vec::new() };
        Ok(match self.run(value, inner)? {
            Ok(unevaluated) => {
                frame.unevaluated.merge(&unevaluated);
                None
            }
            Err(violation) => Some(violation),
        })
    }

    /// A value within this one.
    fn inner(&mut self, value: &Value, token: &str, frame: &mut Frame<'_, '_>, at: At<'_>) -> Done {
        let violation = self.inner_result(value, token, frame, at)?;
        frame.violations.extend(violation);
        Ok(())
    }

    fn inner_result(
        &mut self,
        value: &Value,
        token: &str,
        frame: &Frame<'_, '_>,
        at: At<'_>,
    ) -> Result<Option<Violation>, Failure> {
        self.path.push(token.to_owned());
        let unevaluated = Unevaluated::of(value, at.schema(), false);
        let (schema, meta) = self.meta(at, frame.meta);
        let scope = Scope { schema, keyword: "", value: frame.scope.value + 1, parent: Some(&frame.scope) };
        let inner = Frame { scope, meta, care: frame.care, unevaluated, violations: Vec::new() };
        let checked = self.run(value, inner)?;
        self.path.pop();
        Ok(checked.err())
    }

    /// A part of a schema with a URL of its own has a metaschema of its own.
    fn meta<'p>(&self, at: At<'p>, meta: Option<At<'p>>) -> (At<'p>, Option<At<'p>>) {
        let Some(resources) = self.resources.filter(|_| meta.is_some_and(|meta| meta.is(at))) else {
            return (at, meta);
        };
        match resources.get(&self.at()) {
            Some(resource) => {
                let meta = At { program: meta_program(resource.draft), place: 0 };
                (meta, Some(meta))
            }
            None => (at, meta),
        }
    }

    fn at(&self) -> String {
        self.path.iter().flat_map(|token| ["/".to_owned(), escaped(token)]).collect()
    }

    fn violation(&self, care: Care, text: impl FnOnce() -> String) -> Violation {
        match care {
            Care::All => Violation::new(self.at(), text()),
            Care::Fit => Violation::new(String::new(), ""),
        }
    }

    fn add(&self, frame: &mut Frame<'_, '_>, text: impl FnOnce() -> String) {
        let violation = self.violation(frame.care, text);
        frame.violations.push(violation);
    }

    fn add_because(&self, frame: &mut Frame<'_, '_>, text: &str, causes: Vec<Violation>) {
        let violation = self.violation(frame.care, || text.to_owned()).because(causes);
        frame.violations.push(violation);
    }
}

impl Frame<'_, '_> {
    /// Whether nobody cares for more.
    fn is_decided(&self) -> bool {
        self.care == Care::Fit && !self.violations.is_empty()
    }
}

impl<'s, 'p> Scope<'s, 'p> {
    /// From here outwards.
    fn ways(&self) -> impl Iterator<Item = &Scope<'s, 'p>> {
        std::iter::successors(Some(self), |scope| scope.parent)
    }

    /// The place where this schema was entered before with the same value.
    fn cycle(&self) -> Option<&Scope<'s, 'p>> {
        let same = self.ways().skip(1).take_while(|scope| scope.value == self.value);
        same.into_iter().find(|scope| scope.schema.is(self.schema))
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for scope in self.ways() {
            let Some(parent) = scope.parent else { break };
            let (location, outer) = (&scope.schema.schema().location, &parent.schema.schema().location);
            path = match scope.keyword {
                "" => format!("{}{path}", location.get(outer.len()..).unwrap_or_default()),
                keyword => format!("/{}{path}", escaped(keyword)),
            };
        }
        path
    }
}

impl Unevaluated {
    fn of(value: &Value, schema: &Schema, asked: bool) -> Unevaluated {
        let (object, array) = (&schema.object, &schema.array);
        let mut all = Unevaluated::default();
        match value {
            Value::Map(map) if object.additional.is_none() && (asked || object.unevaluated.is_some()) => {
                all.properties = map.keys().cloned().collect();
            }
            Value::List(list) if array.rest.is_none() && (asked || array.unevaluated.is_some()) => {
                all.items = (array.first.len()..list.len()).collect();
            }
            _ => {}
        }
        all
    }

    fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.items.is_empty()
    }

    fn merge(&mut self, other: &Unevaluated) {
        self.properties.retain(|name| other.properties.contains(name));
        self.items.retain(|item| other.items.contains(item));
    }
}
