//! Functions that templates call: how they are declared, what they are given, how they fail.
//!
//! A function is a row of a table: its Go signature and a Rust body. The engine checks and converts arguments
//! against the signature exactly as `text/template` does, so that a body receives values of those types: a
//! `string` parameter gets a [`Value::String`], an `interface {}` parameter anything, nil included.
//!
//! ```
//! use aoa_lang::Value;
//! use aoa_lang::template::{Call, FnError, Function};
//! use aoa_lang::value::GoType;
//!
//! fn shout(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
//!     let text = args.first().and_then(Value::as_str).unwrap_or_default();
//!     Ok(Value::from(text.to_uppercase() + "!"))
//! }
//!
//! const SHOUT: Function = Function::new("shout", &[GoType::String], GoType::String, shout);
//! assert_eq!(SHOUT.name, "shout");
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use super::heap::{Heap, NotMutable, Shape};
use super::options::TemplateOptions;
use super::patterns::Patterns;
use crate::text::regexp::Regexp;
use crate::value::{GoType, List, ListKind, Map, MapKind, Text};
use crate::{Error, Value};

/// The Rust body of a function. `args` are as many, and of the types, as the signature says.
pub type Body = fn(&mut Call<'_>, &[Value]) -> Result<Value, FnError>;

/// How a function treats the lists and maps that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It looks at them. They arrive frozen, and the result shares no memory with them that a later change of them
    /// could show in.
    Reads,
    /// Its result *is*, or holds, a list or map that it was given, or a part of one: in Go a later change shows in both.
    /// In programs that mutate lists and maps arrive as [`Value::Handle`]s, and are looked into through [`Call`].
    Shares,
    /// As `Shares`, and it changes what it is given.
    Mutates,
}

/// A function that templates can call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Function {
    /// The name in templates.
    pub name: &'static str,
    /// The types of the parameters; of a variadic function the last is the type of one argument.
    pub params: &'static [GoType],
    /// Whether the last parameter takes any number of arguments.
    pub variadic: bool,
    /// The type of the (first) result.
    pub result: GoType,
    /// How it treats lists and maps.
    pub access: Access,
    /// What it does.
    pub body: Body,
}

impl Function {
    /// A function that takes exactly `params` and only reads them.
    #[must_use]
    pub const fn new(name: &'static str, params: &'static [GoType], result: GoType, body: Body) -> Self {
        Function { name, params, variadic: false, result, access: Access::Reads, body }
    }

    /// The same function, its last parameter taking any number of arguments.
    #[must_use]
    pub const fn variadic(mut self) -> Self {
        self.variadic = true;
        self
    }

    /// The same function with [`Access::Shares`].
    #[must_use]
    pub const fn shares(mut self) -> Self {
        self.access = Access::Shares;
        self
    }

    /// The same function with [`Access::Mutates`].
    #[must_use]
    pub const fn mutates(mut self) -> Self {
        self.access = Access::Mutates;
        self
    }
}

/// A set of functions by name.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    by_name: BTreeMap<&'static str, Function>,
}

impl Functions {
    /// The empty set: templates then have Go's builtins only.
    #[must_use]
    pub fn new() -> Self {
        Functions::default()
    }

    /// The same set with these functions, which replace those of the same name.
    #[must_use]
    pub fn with(mut self, functions: &[Function]) -> Self {
        self.by_name.extend(functions.iter().map(|f| (f.name, *f)));
        self
    }

    /// The same set without the functions of these names.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.by_name.retain(|name, _| !names.contains(name));
        self
    }

    /// The function `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Function> {
        self.by_name.get(name)
    }

    /// The functions, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Function> {
        self.by_name.values()
    }
}

/// How a call fails.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FnError {
    /// The text of the error that the Go function returns, or of the value that it panics with: the template
    /// engine recovers, and says `error calling f: text` for both.
    Message(String),
    /// The run ends with this error: a budget is used up, something is not supported.
    Abort(Error),
    /// No failure: a template is to be run first, and its output is the result of the call.
    Enter(Box<Entry>),
}

/// A template that a function wants to be run: Helm's `include` and `tpl`.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) template: EntryTemplate,
    pub(super) data: Value,
    pub(super) finish: Option<Finish>,
    pub(super) failing: Option<Failing>,
}

/// What is done with the output of an [`Entry`].
pub(super) type Finish = fn(Text) -> Text;

/// What stands before the message of an error inside.
pub(super) type Failing = fn(&Text) -> String;

/// What an [`Entry`] runs.
#[derive(Clone, Debug)]
pub(super) enum EntryTemplate {
    /// The template of this name.
    Named(Text),
    /// A text, as a template of this name; it sees all templates, and what it defines is seen until it ends.
    Source { name: &'static str, text: Text },
}

impl Entry {
    /// The template `name` of the set, run on `data`.
    #[must_use]
    pub fn named(name: Text, data: Value) -> Self {
        Entry { template: EntryTemplate::Named(name), data, finish: None, failing: None }
    }

    /// `text` as a template that is called `name`, run on `data`. It sees all templates of the set; what it defines is seen
    /// until it ends.
    #[must_use]
    pub fn source(name: &'static str, text: Text, data: Value) -> Self {
        Entry { template: EntryTemplate::Source { name, text }, data, finish: None, failing: None }
    }

    /// The same, its output taken through `finish`.
    #[must_use]
    pub fn with_finish(mut self, finish: fn(Text) -> Text) -> Self {
        self.finish = Some(finish);
        self
    }

    /// The same, with what `prefix` makes of the name or text of the template before the message of an error inside.
    #[must_use]
    pub fn with_failing(mut self, prefix: fn(&Text) -> String) -> Self {
        self.failing = Some(prefix);
        self
    }
}

impl From<Entry> for FnError {
    fn from(entry: Entry) -> Self {
        FnError::Enter(Box::new(entry))
    }
}

impl FnError {
    /// The Go function returns this error or panics with it.
    pub fn message(text: impl Into<String>) -> Self {
        FnError::Message(text.into())
    }

    /// The tool does this, and this library does not.
    pub fn unsupported(text: impl Into<String>) -> Self {
        FnError::Abort(Error::new(crate::ErrorKind::Unsupported, text))
    }
}

impl From<String> for FnError {
    fn from(text: String) -> Self {
        FnError::Message(text)
    }
}

impl From<&str> for FnError {
    fn from(text: &str) -> Self {
        FnError::Message(text.to_owned())
    }
}

/// The budgets and random numbers of one run.
#[derive(Debug, Default)]
pub(super) struct Meter {
    steps: u64,
    output: usize,
    random: u64,
}

impl Meter {
    pub(super) fn new(options: &TemplateOptions) -> Self {
        Meter { steps: Meter::allowed(options), output: options.limits.template_output, random: options.seed }
    }

    fn allowed(options: &TemplateOptions) -> u64 {
        let shared = options.shared.as_ref().map_or(u64::MAX, |shared| shared.steps());
        options.limits.template_steps.min(shared)
    }

    /// Charges the shared budget, if there is one, for what was used since [`Meter::new`].
    ///
    /// # Errors
    /// It is used up.
    pub(super) fn settle(&self, options: &TemplateOptions, written: usize) -> Result<(), Error> {
        let Some(shared) = &options.shared else { return Ok(()) };
        let used = Meter::allowed(options).saturating_sub(self.steps);
        shared.spend(used, u64::try_from(written).unwrap_or(u64::MAX))
    }

    /// Uses `count` steps.
    pub(super) fn steps(&mut self, count: u64) -> Result<(), Error> {
        match self.steps.checked_sub(count) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(Error::limit("the template takes too many steps")),
        }
    }

    /// Accounts for a text or list of `bytes` that is about to be built.
    pub(super) fn build(&mut self, bytes: usize) -> Result<(), Error> {
        if bytes > self.output {
            return Err(Error::limit("the template builds too long a value"));
        }
        self.steps(u64::try_from(bytes / 64).unwrap_or(u64::MAX))
    }

    /// Whether random values were drawn.
    pub(super) fn has_drawn(&self, options: &TemplateOptions) -> bool {
        self.random != options.seed
    }

    pub(super) fn output_limit(&self) -> usize {
        self.output
    }
}

/// The templates that are being run by way of [`Entry::named`], the innermost last, each with how often it runs by then.
#[derive(Default)]
pub(super) struct Nesting(Vec<(Text, usize)>);

impl Nesting {
    /// How often `name` is being run. Mostly little is being run, and what runs within itself stands near the end.
    pub(super) fn count(&self, name: &Text) -> usize {
        self.0.iter().rev().find(|(other, _)| other == name).map_or(0, |(_, count)| *count)
    }

    pub(super) fn enter(&mut self, name: Text) {
        let count = self.count(&name) + 1;
        self.0.push((name, count));
    }

    pub(super) fn leave(&mut self) {
        self.0.pop();
    }

    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }
}

/// What a function can use while it is called: budgets, clock, randomness, and the lists and maps of the run.
pub struct Call<'r> {
    pub(super) heap: &'r mut Heap,
    pub(super) nesting: &'r Nesting,
    pub(super) meter: &'r mut Meter,
    pub(super) patterns: &'r Patterns,
    pub(super) options: &'r TemplateOptions,
}

impl Call<'_> {
    /// How many runs of template `name` that functions [entered](Entry::named) have not ended yet.
    #[must_use]
    pub fn nesting(&self, name: &Text) -> usize {
        self.nesting.count(name)
    }

    /// Clock, zone and limits.
    #[must_use]
    pub fn options(&self) -> &TemplateOptions {
        self.options
    }

    /// The regular expression of `pattern`, compiled once for all runs of the template.
    ///
    /// # Errors
    /// As [`Regexp::new`].
    pub fn regexp(&self, pattern: &[u8]) -> crate::Result<Arc<Regexp>> {
        self.patterns.get(pattern)
    }

    /// The next random number of the run.
    pub fn random(&mut self) -> u64 {
        // splitmix64
        self.meter.random = self.meter.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.meter.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uses `count` steps of the budget; a loop that input can lengthen calls this.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn steps(&mut self, count: usize) -> Result<(), FnError> {
        self.meter.steps(u64::try_from(count).unwrap_or(u64::MAX)).map_err(FnError::Abort)
    }

    /// Announces that a text of `bytes` bytes, or a list of that size, is about to be built.
    ///
    /// # Errors
    /// If that is too much.
    pub fn build(&mut self, bytes: usize) -> Result<(), FnError> {
        self.meter.build(bytes).map_err(FnError::Abort)
    }

    /// Whether `value` is a list, a map or neither.
    #[must_use]
    pub fn shape(&self, value: &Value) -> Shape {
        self.heap.shape(value)
    }

    /// Go's name of the value's type, as [`Value::type_name`], also for handles.
    #[must_use]
    pub fn type_name(&self, value: &Value) -> &'static str {
        match self.shape(value) {
            Shape::List { kind, .. } => kind.name(),
            Shape::Map { kind, .. } => kind.name(),
            Shape::Other => value.type_name(),
        }
    }

    /// `value` with nothing mutable in it, as it is now.
    ///
    /// # Errors
    /// If it contains itself.
    pub fn freeze(&mut self, value: &Value) -> Result<Value, FnError> {
        self.heap.freeze(value, self.options.limits.depth).map_err(FnError::Abort)
    }

    /// The items of a list; none for anything else.
    pub fn items(&mut self, list: &Value) -> Vec<Value> {
        self.heap.items(list)
    }

    /// Item `at` of a list.
    pub fn item(&mut self, list: &Value, at: usize) -> Option<Value> {
        self.heap.item(list, at)
    }

    /// The entries of a map, sorted by key; none for anything else.
    pub fn entries(&mut self, map: &Value) -> Vec<(Text, Value)> {
        self.heap.entries(map)
    }

    /// The keys of a map, sorted.
    pub fn keys(&mut self, map: &Value) -> Vec<Text> {
        self.heap.keys(map)
    }

    /// The entry `key` of a map.
    pub fn entry(&mut self, map: &Value, key: &[u8]) -> Option<Value> {
        self.heap.entry(map, key)
    }

    /// A new list of these items.
    pub fn new_list(&mut self, kind: ListKind, items: Vec<Value>) -> Value {
        self.heap.new_list(kind, items)
    }

    /// A new list with the capacity it has.
    pub(super) fn new_roomy(&mut self, list: List) -> Value {
        self.heap.thaw(Value::List(list))
    }

    /// A new map of these entries; of equal keys the last counts.
    pub fn new_map(&mut self, kind: MapKind, entries: Vec<(Text, Value)>) -> Value {
        self.heap.new_map(Map::of(kind, entries))
    }

    /// The items `from..to` as a list that shares memory with `list`, as Go's `list[from:to]`; `None` if out of range.
    pub fn sub_list(&mut self, list: &Value, from: usize, to: usize) -> Option<Value> {
        self.heap.sub_list(list, from, to)
    }

    /// Sets an entry of a map, for everybody who holds the map.
    ///
    /// # Errors
    /// Go's panic for a nil map.
    pub fn set_entry(&mut self, map: &Value, key: Text, value: Value) -> Result<(), FnError> {
        self.heap.set_entry(map, key, value).map_err(refusal)
    }

    /// Removes an entry of a map, for everybody who holds the map.
    ///
    /// # Errors
    /// If `map` is no map.
    pub fn remove_entry(&mut self, map: &Value, key: &[u8]) -> Result<Option<Value>, FnError> {
        self.heap.remove_entry(map, key).map_err(refusal)
    }

    /// Sets item `at` of a list, for everybody who holds the list.
    ///
    /// # Errors
    /// If `at` is out of range.
    pub fn set_item(&mut self, list: &Value, at: usize, value: Value) -> Result<(), FnError> {
        self.heap.set_item(list, at, value).map_err(refusal)
    }
}

fn refusal(reason: NotMutable) -> FnError {
    match reason {
        NotMutable::Nil => FnError::message("assignment to entry in nil map"),
        NotMutable::Frozen => FnError::Abort(Error::new(
            crate::ErrorKind::Internal,
            "a function changes a value and is not declared to",
        )),
    }
}
