//! Values against schemas (validator.go upstream).

use std::collections::{BTreeSet, HashMap};

use aoa_lang::Value;
use aoa_lang::fmt;
use aoa_lang::value::{List, Map, Text};

use super::Failure;
use super::address::{escaped, quoted};
use super::compile::{Additional, Dependency, Program, Schema, TYPES, Types, meta_program};
use super::documents::{Draft, Resources};
use super::number::{Number, grouped};
use super::violation::{Violation, all_in_quotes, in_quotes};

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

    #[inline(never)]
    fn object(&mut self, value: &Value, map: &Map, frame: &mut Frame<'_, '_>, draft: Draft) -> Done {
        let at = frame.scope.schema;
        let rules = &at.schema().object;
        let count = |n: usize| grouped(&n.to_string());
        if let Some(min) = rules.min.filter(|min| map.len() < *min) {
            self.add(frame, || format!("minProperties: got {}, want {}", count(map.len()), count(min)));
        }
        if let Some(max) = rules.max.filter(|max| map.len() > *max) {
            self.add(frame, || format!("maxProperties: got {}, want {}", count(map.len()), count(max)));
        }
        let missing = missing(map, &rules.required);
        match missing.as_slice() {
            [] => {}
            [one] => self.add(frame, || format!("missing property {}", in_quotes(one))),
            all => self.add(frame, || format!("missing properties {}", all_in_quotes(all.iter().copied()))),
        }
        if frame.is_decided() {
            return Ok(());
        }
        for (name, dependency) in rules.dependencies.iter().filter(|(name, _)| map.contains_key(name)) {
            match dependency {
                Dependency::Properties(asked) => self.required_by(map, name, asked, frame),
                Dependency::Schema(place) => self.same(value, frame, at.other(*place), frame.care)?,
            }
        }
        self.properties(map, frame)?;
        if let Some(names) = rules.names {
            for name in map.keys() {
                let name = Value::String(name.clone());
                if let Some(violation) = self.whole(at.other(names), &name, None)? {
                    let text =
                        format!("invalid propertyName {}", in_quotes(name.as_str().unwrap_or_default()));
                    let causes = violation.ungrouped().into_iter().flat_map(Violation::into_causes);
                    frame.violations.push(Violation::new(String::new(), text).because(causes.collect()));
                }
            }
        }
        if draft < Draft::Of2019 {
            return Ok(());
        }
        for (_, place) in rules.dependent_schemas.iter().filter(|(name, _)| map.contains_key(name)) {
            self.same(value, frame, at.other(*place), frame.care)?;
        }
        for (name, asked) in rules.dependent_required.iter().filter(|(name, _)| map.contains_key(name)) {
            self.required_by(map, name, asked, frame);
        }
        Ok(())
    }

    fn required_by(&mut self, map: &Map, name: &str, asked: &[String], frame: &mut Frame<'_, '_>) {
        let missing = missing(map, asked);
        if !missing.is_empty() {
            self.add(frame, || {
                let missing = all_in_quotes(missing.iter().copied());
                format!("properties {missing} required, if {} exists", in_quotes(name))
            });
        }
    }

    #[inline(never)]
    fn properties(&mut self, map: &Map, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let rules = &at.schema().object;
        let mut refused = Vec::new();
        for (name, value) in map.iter() {
            if frame.is_decided() {
                return Ok(());
            }
            let key = name.to_str_lossy();
            let mut evaluated = false;
            if let Some(place) = rules.properties.get(&*key) {
                evaluated = true;
                self.inner(value, &key, frame, at.other(*place))?;
            }
            for (_, place) in rules.patterns.iter().filter(|(pattern, _)| pattern.is_match(name.as_bytes())) {
                evaluated = true;
                self.inner(value, &key, frame, at.other(*place))?;
            }
            if let (false, Some(additional)) = (evaluated, &rules.additional) {
                evaluated = true;
                match additional {
                    Additional::Allowed(true) => {}
                    Additional::Allowed(false) => refused.push(key.into_owned()),
                    Additional::Schema(place) => self.inner(value, &key, frame, at.other(*place))?,
                }
            }
            if evaluated {
                frame.unevaluated.properties.remove(name);
            }
        }
        if !refused.is_empty() {
            self.add(frame, || {
                let refused = all_in_quotes(refused.iter().map(String::as_str));
                format!("additional properties {refused} not allowed")
            });
        }
        Ok(())
    }

    #[inline(never)]
    fn array(&mut self, list: &List, frame: &mut Frame<'_, '_>, draft: Draft) -> Done {
        let at = frame.scope.schema;
        let rules = &at.schema().array;
        let count = |n: usize| grouped(&n.to_string());
        if let Some(min) = rules.min.filter(|min| list.len() < *min) {
            self.add(frame, || format!("minItems: got {}, want {}", count(list.len()), count(min)));
        }
        if let Some(max) = rules.max.filter(|max| list.len() > *max) {
            self.add(frame, || format!("maxItems: got {}, want {}", count(list.len()), count(max)));
        }
        if rules.unique
            && let Some((a, b)) = equal_items(list)?
        {
            self.add(frame, || format!("items at {} and {} are equal", count(a), count(b)));
        }
        for (item, (at_item, place)) in list.iter().zip(rules.first.iter().enumerate()) {
            self.inner(item, &at_item.to_string(), frame, at.other(*place))?;
        }
        let evaluated = rules.first.len().min(list.len());
        match &rules.rest {
            None | Some(Additional::Allowed(true)) => {}
            Some(Additional::Allowed(false)) => {
                let more = list.len() - evaluated;
                if more > 0 {
                    self.add(frame, || format!("last {} additionalItem(s) not allowed", count(more)));
                }
            }
            Some(Additional::Schema(place)) => {
                // Upstream counts from the first of these.
                for (at_item, item) in list.iter().skip(evaluated).enumerate() {
                    self.inner(item, &at_item.to_string(), frame, at.other(*place))?;
                }
            }
        }
        match rules.contains {
            Some(place) => self.contains(list, frame, at.other(place), draft),
            None => Ok(()),
        }
    }

    fn contains(&mut self, list: &List, frame: &mut Frame<'_, '_>, at: At<'_>, draft: Draft) -> Done {
        let (mut failed, mut matched) = (Vec::new(), Vec::new());
        for (place, item) in list.iter().enumerate() {
            match self.inner_result(item, &place.to_string(), frame, at)? {
                Some(violation) => failed.push(violation),
                None => {
                    matched.push(place);
                    if draft >= Draft::Of2020 {
                        frame.unevaluated.items.remove(&place);
                    }
                }
            }
        }
        let rules = &frame.scope.schema.schema().array;
        let (min, max) = (rules.min_contains, rules.max_contains);
        let count = |n: usize| grouped(&n.to_string());
        let places = || matched.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        let wanted = "items required to match contains schema, but";
        let text = match min {
            Some(min) if matched.len() >= min => None,
            Some(min) if matched.is_empty() => Some(format!("min {} {wanted} none matched", count(min))),
            Some(min) => {
                let got = count(matched.len());
                Some(format!("min {} {wanted} matched {got} items at {}", count(min), places()))
            }
            None => matched.is_empty().then(|| "no items match contains schema".to_owned()),
        };
        if let Some(text) = text {
            let violation = self.violation(frame.care, || text).because(failed);
            frame.violations.push(violation);
        }
        if let Some(max) = max.filter(|max| matched.len() > *max) {
            let (want, got) = (count(max), count(matched.len()));
            self.add(frame, || format!("max {want} {wanted} matched {got} items at {}", places()));
        }
        Ok(())
    }

    #[inline(never)]
    fn string(&mut self, text: &Text, frame: &mut Frame<'_, '_>) {
        let schema = frame.scope.schema.schema();
        let count = |n: usize| grouped(&n.to_string());
        if schema.min_length.is_some() || schema.max_length.is_some() {
            let length = aoa_lang::unicode::chars(text.as_bytes()).count();
            if let Some(min) = schema.min_length.filter(|min| length < *min) {
                self.add(frame, || format!("minLength: got {}, want {}", count(length), count(min)));
            }
            if let Some(max) = schema.max_length.filter(|max| length > *max) {
                self.add(frame, || format!("maxLength: got {}, want {}", count(length), count(max)));
            }
        }
        if let Some(pattern) = &schema.pattern
            && !pattern.is_match(text.as_bytes())
        {
            self.add(frame, || {
                format!(
                    "{} does not match pattern {}",
                    in_quotes(&text.to_str_lossy()),
                    in_quotes(pattern.as_str())
                )
            });
        }
    }

    #[inline(never)]
    fn number(&mut self, value: &Value, frame: &mut Frame<'_, '_>) {
        use std::cmp::Ordering::{Greater, Less};
        let schema = frame.scope.schema.schema();
        let Some(number) = Number::of(value) else { return };
        let mut refuse = |name: &str, wanted: &Option<Number>, fits: &dyn Fn(&Number) -> bool| {
            if let Some(wanted) = wanted.as_ref().filter(|wanted| !fits(wanted)) {
                self.add(frame, || format!("{name}: got {}, want {}", number.shown(), wanted.shown()));
            }
        };
        refuse("minimum", &schema.minimum, &|wanted| number.compare(wanted) != Less);
        refuse("maximum", &schema.maximum, &|wanted| number.compare(wanted) != Greater);
        refuse("exclusiveMinimum", &schema.exclusive_minimum, &|wanted| number.compare(wanted) == Greater);
        refuse("exclusiveMaximum", &schema.exclusive_maximum, &|wanted| number.compare(wanted) == Less);
        refuse("multipleOf", &schema.multiple_of, &|wanted| number.is_multiple_of(wanted));
    }

    #[inline(never)]
    fn combinations(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let schema = at.schema();
        if let Some(place) = schema.not
            && self.same_result(value, frame, at.other(place), "", Care::Fit)?.is_none()
        {
            self.add(frame, || "'not' failed".to_owned());
        }
        let mut failed = Vec::new();
        for place in &schema.all_of {
            let violation = self.same_result(value, frame, at.other(*place), "", frame.care)?;
            failed.extend(violation);
            if frame.care == Care::Fit && !failed.is_empty() {
                break;
            }
        }
        if !failed.is_empty() {
            self.add_because(frame, "'allOf' failed", failed);
        }
        if !schema.any_of.is_empty() {
            let (mut failed, mut matched) = (Vec::new(), false);
            for place in &schema.any_of {
                match self.same_result(value, frame, at.other(*place), "", frame.care)? {
                    Some(violation) => failed.push(violation),
                    None => {
                        matched = true;
                        // What is evaluated all of them say.
                        if frame.unevaluated.is_empty() {
                            break;
                        }
                    }
                }
            }
            if !matched {
                self.add_because(frame, "'anyOf' failed", failed);
            }
        }
        self.one_of(value, frame)
    }

    fn one_of(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let (mut failed, mut matched) = (Vec::new(), None);
        for (index, place) in at.schema().one_of.iter().enumerate() {
            let care = if matched.is_some() { Care::Fit } else { frame.care };
            match (self.same_result(value, frame, at.other(*place), "", care)?, matched) {
                (Some(violation), None) => failed.push(violation),
                (Some(_), Some(_)) => {}
                (None, None) => matched = Some(index),
                (None, Some(first)) => {
                    self.add(frame, || format!("'oneOf' failed, subschemas {first}, {index} matched"));
                    return Ok(());
                }
            }
        }
        if matched.is_none() && !at.schema().one_of.is_empty() {
            self.add_because(frame, "'oneOf' failed, none matched", failed);
        }
        Ok(())
    }

    #[inline(never)]
    fn conditions(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let schema = at.schema();
        let Some(condition) = schema.condition else { return Ok(()) };
        let holds = self.same_result(value, frame, at.other(condition), "", Care::Fit)?.is_none();
        match if holds { schema.then } else { schema.otherwise } {
            Some(place) => self.same(value, frame, at.other(place), frame.care),
            None => Ok(()),
        }
    }

    #[inline(never)]
    fn unevaluated(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let schema = at.schema();
        if let (Value::Map(map), Some(place)) = (value, schema.object.unevaluated) {
            for name in std::mem::take(&mut frame.unevaluated.properties) {
                if let Some(value) = map.get_bytes(name.as_bytes()) {
                    self.inner(value, &name.to_str_lossy(), frame, at.other(place))?;
                }
            }
        }
        if let (Value::List(list), Some(place)) = (value, schema.array.unevaluated) {
            for item in std::mem::take(&mut frame.unevaluated.items) {
                if let Some(value) = list.get(item) {
                    self.inner(value, &item.to_string(), frame, at.other(place))?;
                }
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn dynamic_references(&mut self, value: &Value, frame: &mut Frame<'_, '_>) -> Done {
        let at = frame.scope.schema;
        let schema = at.schema();
        if let Some(place) = schema.recursive_ref {
            let mut target = at.other(place);
            if target.schema().recursive_anchor {
                for scope in frame.scope.ways() {
                    let resource = scope.schema.other(scope.schema.schema().resource);
                    if resource.schema().recursive_anchor {
                        target = scope.schema;
                    }
                }
            }
            self.reference(value, frame, target, "$recursiveRef")?;
        }
        if let Some((place, anchor)) = &schema.dynamic_ref {
            let mut target = at.other(*place);
            if !anchor.is_empty() && target.schema().dynamic_anchor == *anchor {
                for scope in frame.scope.ways() {
                    let resource = scope.schema.other(scope.schema.schema().resource);
                    if let Some(place) = resource.schema().dynamic_anchors.get(anchor) {
                        target = scope.schema.other(*place);
                    }
                }
            }
            self.reference(value, frame, target, "$dynamicRef")?;
        }
        Ok(())
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

/// Whether the value is of a type, or one of the values, that the schema wants.
fn kind_rules(value: &Value, schema: &Schema) -> Result<Option<String>, Failure> {
    let Some(name) = type_of(value) else {
        return Ok(Some(format!("invalid jsonType {}", value.type_name())));
    };
    let wanted = schema.types;
    if wanted != Types::default() {
        let is = |name: &str| TYPES.iter().enumerate().any(|(at, t)| *t == name && wanted.0 & (1 << at) != 0);
        let whole = || Number::of(value).is_some_and(|number| number.is_integer());
        let is_whole = name == "number" && is("integer") && whole();
        if !(is(name) || is_whole) {
            let names: Vec<&str> = TYPES.into_iter().filter(|name| is(name)).collect();
            return Ok(Some(format!("got {name}, want {}", names.join(" or "))));
        }
    }
    let is_simple = |value: &Value| !matches!(value, Value::Map(_) | Value::List(_));
    if let Some(constant) = &schema.constant
        && !equal(value, constant)?
    {
        return Ok(Some(match is_simple(constant) {
            true => format!("value must be {}", shown(constant)),
            false => "'const' failed".to_owned(),
        }));
    }
    if let Some(values) = &schema.values {
        for other in values.iter() {
            if equal(value, other)? {
                return Ok(None);
            }
        }
        let all: Vec<String> = values.iter().map(shown).collect();
        return Ok(Some(match (values.iter().all(is_simple), all.as_slice()) {
            (false, _) => "'enum' failed".to_owned(),
            (true, [one]) => format!("value must be {one}"),
            (true, all) => format!("value must be one of {}", all.join(", ")),
        }));
    }
    Ok(None)
}

fn type_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(..) | Value::Uint(..) | Value::Float(..) | Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        Value::Object(_) | Value::Handle(_) => return None,
    })
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => in_quotes(&text.to_str_lossy()),
        Value::Map(_) | Value::List(_) => "value".to_owned(),
        other => fmt::display(other),
    }
}

fn missing<'a>(map: &Map, asked: &'a [String]) -> Vec<&'a str> {
    asked.iter().map(String::as_str).filter(|name| !map.contains_key(name)).collect()
}

fn equal(a: &Value, b: &Value) -> Result<bool, Failure> {
    if type_of(a) != type_of(b) {
        return Ok(false);
    }
    match (a, b) {
        (Value::String(a), Value::String(b)) => Ok(a == b),
        _ => Ok(fingerprint(a)? == fingerprint(b)?),
    }
}

/// The first two items that are equal.
fn equal_items(list: &List) -> Result<Option<(usize, usize)>, Failure> {
    let mut seen = HashMap::new();
    for (at, item) in list.iter().enumerate() {
        if let Some(first) = seen.insert(fingerprint(item)?, at) {
            return Ok(Some((first, at)));
        }
    }
    Ok(None)
}

/// A text that is the same for equal values.
fn fingerprint(value: &Value) -> Result<String, Failure> {
    let mut out = String::new();
    write_fingerprint(value, 0, &mut out)?;
    Ok(out)
}

fn write_fingerprint(value: &Value, depth: usize, out: &mut String) -> Done {
    if depth > MOST_DEPTH {
        return Err(Failure::Limit("values and their values.schema.json are too deep"));
    }
    match value {
        Value::Map(map) => {
            out.push('{');
            for (name, value) in map.iter() {
                out.push_str(&quoted(&name.to_str_lossy()));
                write_fingerprint(value, depth + 1, out)?;
            }
            out.push('}');
        }
        Value::List(list) => {
            out.push('[');
            for value in list.iter() {
                write_fingerprint(value, depth + 1, out)?;
                out.push(',');
            }
            out.push(']');
        }
        Value::String(text) => out.push_str(&quoted(&text.to_str_lossy())),
        other => match Number::of(other) {
            Some(number) => out.push_str(&number.fingerprint()),
            None => out.push_str(&fmt::display(other)),
        },
    }
    Ok(())
}
