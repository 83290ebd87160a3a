//! From events to values, as go-yaml v2 decodes into an `interface{}` and sigs.k8s.io/yaml makes JSON of it.
//!
//! go-yaml reads a whole document before it decodes it, so an error of the text comes before any error of its
//! content, wherever they stand. Here both happen in one pass: the first error of the content waits for the end.
//!
//! An alias shares the value of its anchor, so that no alias costs more than its own place; go-yaml's counting of
//! what it would decode is kept, because it refuses documents.

mod alias;
mod json;
mod key;
mod options;
mod scalar;

use std::rc::Rc;

use super::{Collection, Event, EventKind, Parser};
use crate::value::{List, Map, MapKind, Text};
use crate::{Error, ErrorKind, Result, Value};
use alias::{Anchor, Anchors};
use key::KeyLog;

pub(crate) use options::Keeps;
pub use options::{Duplicates, LoadOptions, Numbers};

pub(super) use alias::Counter;
pub(super) use json::replace_invalid;
pub(super) use key::Key;

/// A document that go-yaml has decoded, before it becomes JSON.
pub(super) struct Composed {
    pub(super) value: Value,
    /// How deep the value is.
    pub(super) height: usize,
    /// Whether a key is of a type that JSON has not.
    has_bad_keys: bool,
    /// Whether there is an infinite number or NaN.
    has_unwritable_numbers: bool,
    /// Whether the value, written as JSON and read as YAML again, may not be the same: see `yaml::split`.
    pub(super) may_not_survive: bool,
    /// Whether something that was left out may have mattered, so that the document has to be read with all it holds.
    pub(super) misses_something: bool,
}

/// Reads the next document.
///
/// `None` at the end of the stream.
pub(super) fn compose(parser: &mut Parser<'_>, options: &LoadOptions) -> Result<Option<Composed>> {
    loop {
        match parser.next_event()?.kind {
            EventKind::StreamStart => {}
            EventKind::DocumentStart => break,
            _ => return Ok(None),
        }
    }
    let mut composer = Composer::new(options);
    // go-yaml counts the document itself, too.
    composer.count();
    loop {
        let event = parser.next_event()?;
        if matches!(event.kind, EventKind::DocumentEnd) {
            return composer.finish().map(Some);
        }
        composer.feed(event)?;
    }
}

/// Keys from this length on may be too long for a simple key, with their quotes and escapes.
const LONG_KEY: usize = 150;

struct Composer<'a, 'o> {
    options: &'o LoadOptions,
    strict: bool,
    stack: Vec<Frame<'a>>,
    /// The items of the open lists, and the entries of the open maps.
    items: Vec<Value>,
    entries: Vec<(Text, Value)>,
    anchors: Anchors<'a>,
    counter: Counter,
    failure: Option<Error>,
    /// What strict reading complains of.
    complaints: Vec<String>,
    done: Composed,
    /// Whether what is read stands behind a key of the root that nobody will look at.
    leaves_out: bool,
}

/// A collection that is being read.
struct Frame<'a> {
    /// What its next node is.
    next: Next,
    /// Where its items or entries begin.
    start: usize,
    height: usize,
    anchor: Option<(&'a str, u64)>,
    line: u32,
    /// Its keys, for strict reading; of a list that `<<` merges, those of its items.
    log: Option<Box<KeyLog>>,
}

/// What the next node of a collection is.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    /// An item of a list.
    Item,
    Key,
    /// The value of the last entry.
    Value,
    /// What stands behind `<<`.
    Merged,
}

/// A node that is complete.
struct Node {
    value: Value,
    key: Option<Key>,
    height: usize,
    is_alias: bool,
    line: u32,
    log: Option<Rc<KeyLog>>,
}

impl<'a, 'o> Composer<'a, 'o> {
    fn new(options: &'o LoadOptions) -> Self {
        Composer {
            options,
            strict: options.duplicates == Duplicates::Refused,
            stack: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            anchors: Anchors::default(),
            counter: Counter::default(),
            failure: None,
            complaints: Vec::new(),
            done: Composed {
                value: Value::Null,
                height: 0,
                has_bad_keys: false,
                has_unwritable_numbers: false,
                may_not_survive: false,
                misses_something: false,
            },
            leaves_out: false,
        }
    }

    fn feed(&mut self, event: Event<'a>) -> Result<()> {
        let line = event.start.line + 1;
        match event.kind {
            EventKind::Scalar(scalar) => self.scalar(scalar, line),
            EventKind::Alias(name) => self.alias(name, line)?,
            EventKind::SequenceStart(head) => {
                let is_merged = self.next() == Some(Next::Merged);
                if !is_merged {
                    self.count();
                }
                let log = (is_merged && self.strict).then(Box::default);
                self.open(Next::Item, log, &head, line)?;
            }
            EventKind::MappingStart(head) => {
                self.count();
                let log = self.strict.then(Box::default);
                self.open(Next::Key, log, &head, line)?;
            }
            EventKind::SequenceEnd | EventKind::MappingEnd => self.close(),
            EventKind::StreamStart
            | EventKind::StreamEnd
            | EventKind::DocumentStart
            | EventKind::DocumentEnd => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Composed> {
        if self.options.kept.is_some() && (self.failure.is_some() || self.done.has_bad_keys) {
            self.done.misses_something = true;
            return Ok(self.done);
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.complaints.is_empty() {
            return Ok(self.done);
        }
        Err(Error::invalid(format!("yaml: unmarshal errors:\n  {}", self.complaints.join("\n  "))))
    }

    #[inline]
    fn next(&self) -> Option<Next> {
        self.stack.last().map(|frame| frame.next)
    }

    fn set_next(&mut self, next: Next) {
        if let Some(frame) = self.stack.last_mut() {
            frame.next = next;
        }
    }

    fn alias(&mut self, name: &'a str, line: u32) -> Result<()> {
        let Some(anchor) = self.anchors.get(name) else {
            return Err(Error::invalid(format!("yaml: unknown anchor '{name}' referenced")));
        };
        let (size, node) = match anchor {
            Anchor::Open => (0, None),
            Anchor::Complete { size, node } => (*size, Some(node.as_alias(line))),
        };
        self.count();
        self.counter.count_aliased(size);
        self.check_aliasing();
        let node = node.unwrap_or_else(|| {
            self.fail(Error::invalid(format!("yaml: anchor '{name}' value contains itself")));
            Node { value: Value::Null, key: Some(Key::Null), height: 0, is_alias: true, line, log: None }
        });
        if self.failure.is_none() && self.counter.aliased() > self.options.limits.alias_values as u64 {
            let limit = self.options.limits.alias_values;
            return Err(Error::limit(format!("yaml: aliases stand for more than {limit} values")));
        }
        self.complete(node);
        Ok(())
    }

    fn open(&mut self, next: Next, log: Option<Box<KeyLog>>, head: &Collection<'a>, line: u32) -> Result<()> {
        let depth = self.options.limits.depth;
        if self.stack.len() >= depth && depth < json::MAX_DEPTH {
            return Err(Error::limit(format!("yaml: nesting is deeper than {depth}")));
        }
        let name = head.properties.as_ref().and_then(|p| p.anchor);
        if let Some(name) = name {
            self.anchors.insert(name, Anchor::Open);
            self.done.misses_something |= self.leaves_out;
        }
        let anchor = name.map(|name| (name, self.counter.decoded()));
        let start = if next == Next::Item { self.items.len() } else { self.entries.len() };
        self.stack.push(Frame { next, start, height: 1, anchor, line, log });
        Ok(())
    }

    fn close(&mut self) {
        let Some(frame) = self.stack.pop() else { return };
        let is_merged = self.stack.last().is_some_and(|outer| {
            outer.next == Next::Merged || (outer.next == Next::Item && outer.log.is_some())
        });
        let log = frame.log.filter(|_| is_merged || frame.anchor.is_some()).map(Rc::from);
        let value = if self.leaves_out {
            self.items.truncate(if frame.next == Next::Item { frame.start } else { self.items.len() });
            self.entries.truncate(if frame.next == Next::Item { self.entries.len() } else { frame.start });
            Value::Null
        } else if frame.next == Next::Item {
            // Go reads YAML by way of JSON.
            Value::List(List::new(self.items.split_off(frame.start.min(self.items.len()))).appended())
        } else {
            let entries = self.entries.split_off(frame.start.min(self.entries.len()));
            Value::Map(Map::of(MapKind::Any, entries))
        };
        let node = Node { value, key: None, height: frame.height, is_alias: false, line: frame.line, log };
        if let Some((name, before)) = frame.anchor {
            // The collection itself was counted before it was opened.
            let size = self.counter.decoded().saturating_sub(before).saturating_add(1);
            self.anchors.close(name, &node, size);
        }
        self.complete(node);
    }

    /// Puts a complete node where it belongs.
    #[inline]
    fn complete(&mut self, node: Node) {
        let Some(frame) = self.stack.last_mut() else {
            self.done.height = node.height;
            self.done.value = node.value;
            return;
        };
        frame.height = frame.height.max(node.height + 1);
        match frame.next {
            Next::Item => {
                if let Some(log) = &mut frame.log {
                    log.add_item(node.log.unwrap_or_default());
                }
                self.items.push(node.value);
            }
            Next::Key => self.key(node),
            Next::Value => {
                if let Some(log) = &mut frame.log {
                    self.complaints.extend(log.set(node.line));
                }
                self.set_value(node.value);
            }
            Next::Merged => self.merge(node),
        }
    }

    /// Completes the last entry.
    #[inline]
    fn set_value(&mut self, value: Value) {
        if let Some((key, place)) = self.entries.last_mut() {
            let is_bad = self.done.has_bad_keys && key::is_placeholder(key);
            *place = if is_bad { key::unsupported(key, value) } else { value };
        }
        self.set_next(Next::Key);
        self.leaves_out &= self.stack.len() > 1;
    }

    /// Whether the value of a key can be left out.
    #[inline]
    fn looks_away(&mut self, key: &str) {
        if self.stack.len() == 1
            && let Some(kept) = self.options.kept
        {
            self.leaves_out = !kept.keeps(key);
        }
    }

    /// Begins an entry with the key that a node is.
    fn key(&mut self, node: Node) {
        let key = node.key.unwrap_or_else(|| {
            let shown = key::go_syntax(&node.value);
            self.fail(Error::invalid(format!("yaml: invalid map key: {shown}")));
            Key::Str(Text::EMPTY)
        });
        let text = key.text();
        self.done.has_bad_keys |= key.is_unsupported();
        self.done.may_not_survive |= text.len() >= LONG_KEY;
        self.looks_away(&text.to_str_lossy());
        self.entries.push((text, Value::Null));
        if let Some(frame) = self.stack.last_mut() {
            frame.next = Next::Value;
            if let Some(log) = &mut frame.log {
                log.wait_for(key);
            }
        }
    }

    /// Takes the entries of what stands behind `<<`; they override what stands before, and are overridden.
    fn merge(&mut self, node: Node) {
        let mut logs = Vec::new();
        match &node.value {
            Value::Map(map) => {
                self.entries.extend_from_slice(map.as_slice());
                logs.extend(node.log);
            }
            // An alias of a list is none of the things that can be merged.
            Value::List(list) if !node.is_alias && list.iter().all(|item| matches!(item, Value::Map(_))) => {
                // From decode.go: backwards, as earlier maps take precedence.
                for map in list.iter().rev().filter_map(Value::as_map) {
                    self.entries.extend_from_slice(map.as_slice());
                }
                logs.extend(node.log.iter().flat_map(|log| log.items().iter().rev().cloned()));
            }
            _ => self.fail(Error::invalid("yaml: map merge requires map or sequence of maps as the value")),
        }
        self.set_next(Next::Key);
        if let Some(Frame { log: Some(log), .. }) = self.stack.last_mut() {
            for merged in logs {
                self.complaints.extend(log.merge(&merged));
            }
        }
    }

    // --- counting and failing ---

    #[inline]
    fn count(&mut self) {
        self.counter.count();
        if self.counter.aliased() > 0 {
            self.check_aliasing();
        }
    }

    fn check_aliasing(&mut self) {
        if self.counter.is_excessive() {
            self.fail(Error::invalid("yaml: document contains excessive aliasing"));
        }
    }

    /// Keeps the first failure for the end of the document.
    fn fail(&mut self, error: Error) {
        debug_assert!(error.kind() == ErrorKind::Invalid);
        self.failure.get_or_insert(error);
    }
}

impl Node {
    fn as_alias(&self, line: u32) -> Node {
        Node {
            value: self.value.clone(),
            key: self.key.clone(),
            height: self.height,
            is_alias: true,
            line,
            log: self.log.clone(),
        }
    }
}
