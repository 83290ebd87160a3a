//! From nodes to data, as go-yaml v3's decoder and kyaml's `MarshalJSON` do it.
//!
//! What Go's JSON encoder would then refuse (maps with keys of other types, infinite numbers) is refused here.

mod map;
mod scalar;
mod survival;

pub(in crate::yaml) use scalar::resolve_scalar;
pub(in crate::yaml) use survival::{is_plain_key, survives};

use map::{Keys, has_string_keys};
use scalar::short_tag;

use super::anchors::find_anchored;
use super::{Node, NodeKind};
use crate::value::{Map, MapKind, Text, Value};
use crate::yaml::compose::Counter;
use crate::yaml::resolve::KnownTag;
use crate::{Error, ErrorKind, Limits, Result};

impl Node {
    /// The data of a list or map, as kyaml 0.21.1 `MarshalJSON` makes it: the node is printed and read again.
    ///
    /// Whole numbers are int64 or uint64, others float64; times are texts; merge keys are carried out. The keys of
    /// the outermost map may be of any type, and a null one is dropped; in maps below they must be strings.
    ///
    /// # Errors
    /// If the node is a scalar other than null, a key stands twice, a tag does not fit its text, or JSON cannot say
    /// it: keys that are no strings, infinite numbers.
    pub fn to_value(&self) -> Result<Value> {
        self.to_value_within(&Limits::default())
    }

    /// [`Node::to_value`] within `limits`.
    ///
    /// # Errors
    /// As [`Node::to_value`].
    pub fn to_value_within(&self, limits: &Limits) -> Result<Value> {
        // Errors name lines of the printed text.
        if survival::survives_printing(self.root())
            && let Ok(value) = decode(self.root(), Root::MapOrList, limits)
        {
            return Ok(value);
        }
        let text = self.to_text_within(limits)?;
        match Node::parse_within(text.as_bytes(), limits)? {
            Some(document) => decode(document.root(), Root::MapOrList, limits),
            None => Ok(Value::Map(Map::new())),
        }
    }

    /// The data of the node as it is, as go-yaml v3's `Decode` into an `interface{}` makes it; a map with other keys
    /// than strings is refused as in [`Node::to_value`].
    ///
    /// # Errors
    /// As [`Node::to_value`], but scalars are accepted.
    pub fn decode(&self, limits: &Limits) -> Result<Value> {
        decode(self.root(), Root::Any, limits)
    }

    /// The data of the node, and why JSON cannot say it.
    pub(super) fn decode_for_go(&self, limits: &Limits) -> Result<(Value, Option<Error>)> {
        decode_for_go(self.root(), Root::MapOrList, limits)
    }
}

/// What the outermost node is read into.
#[derive(Clone, Copy, PartialEq)]
enum Root {
    /// `[]interface{}` for a list, else `map[string]interface{}`
    MapOrList,
    /// `interface{}`
    Any,
}

fn decode(root: &Node, wanted: Root, limits: &Limits) -> Result<Value> {
    match decode_for_go(root, wanted, limits)? {
        (_, Some(unsupported)) => Err(unsupported),
        (value, None) => Ok(value),
    }
}

fn decode_for_go(root: &Node, wanted: Root, limits: &Limits) -> Result<(Value, Option<Error>)> {
    let mut copy = root.clone();
    let anchored = find_anchored(&mut copy);
    let results = anchored.iter().map(|_| Progress::Waiting).collect();
    let mut decoder = Decoder {
        anchored: &anchored,
        limits,
        results,
        counter: Counter::default(),
        complaints: Vec::new(),
        unsupported: None,
    };
    // go-yaml counts the document, too.
    decoder.counter.count();
    let value = decoder.decode(&copy, wanted)?;
    if !decoder.complaints.is_empty() {
        let complaints = decoder.complaints.join("\n  ");
        return Err(Error::invalid(format!("yaml: unmarshal errors:\n  {complaints}")));
    }
    let unsupported = decoder.unsupported.map(|what| Error::invalid(format!("json: unsupported {what}")));
    Ok((value, unsupported))
}

struct Decoder<'n> {
    anchored: &'n [Node],
    limits: &'n Limits,
    /// What the anchored nodes became, where an alias stands for them.
    results: Vec<Progress>,
    counter: Counter,
    /// What go-yaml goes on after, and reports in the end.
    complaints: Vec<String>,
    /// What JSON cannot say.
    unsupported: Option<String>,
}

enum Progress {
    Waiting,
    Running,
    /// The result, and how many nodes were decoded for it.
    Done(Value, u64),
}

/// A collection that is being read.
struct Level<'n> {
    kind: LevelKind<'n>,
    /// The anchored node that this is, if it stands for an alias; and the count in front of it.
    target: Option<(usize, u64)>,
    origin: Through,
}

enum LevelKind<'n> {
    List { rest: std::slice::Iter<'n, Node>, items: Vec<Value> },
    Map { rest: std::vec::IntoIter<Entry<'n>>, key: Option<Text>, entries: Vec<(Text, Value)> },
}

struct Entry<'n> {
    key: Text,
    value: &'n Node,
    origin: Through,
}

/// How a node was reached, for go-yaml's bound on aliases.
#[derive(Clone, Copy, PartialEq)]
enum Through {
    Document,
    Alias,
}

impl<'n> Decoder<'n> {
    fn decode(&mut self, root: &'n Node, wanted: Root) -> Result<Value> {
        let mut stack: Vec<Level<'n>> = Vec::new();
        let mut value = match (wanted, root.kind) {
            (Root::MapOrList, NodeKind::Map) => {
                self.count(Through::Document)?;
                let kind = self.open_map(root, Keys::Strings, Through::Document)?;
                stack.push(Level { kind, target: None, origin: Through::Document });
                None
            }
            (Root::MapOrList, NodeKind::Scalar) => Some(self.root_scalar(root)),
            _ => self.start(root, Through::Document, &mut stack)?,
        };
        loop {
            if stack.len() > self.limits.depth {
                return Err(Error::limit("the YAML nodes are nested too deeply"));
            }
            if let Some(complete) = value.take() {
                match stack.last_mut() {
                    None => return Ok(complete),
                    Some(level) => level.take(complete),
                }
            }
            let Some(level) = stack.last_mut() else {
                return Err(Error::new(ErrorKind::Internal, "no node is being decoded"));
            };
            value = match level.next() {
                Some((child, origin)) => self.start(child, origin, &mut stack)?,
                None => stack.pop().map(|level| self.finish(level)),
            };
        }
    }

    /// Only a null fits a `map[string]interface{}`, and makes it nil.
    fn root_scalar(&mut self, root: &Node) -> Value {
        if short_tag(root) != KnownTag::Null {
            let line = line_of(root);
            let (tag, text) = (&root.tag, &root.text);
            self.complaints
                .push(format!("line {line}: cannot unmarshal {tag} `{text}` into map[string]interface {{}}"));
        }
        Value::Map(Map::nil(MapKind::Any))
    }

    /// Reads a scalar, or opens a collection.
    fn start(
        &mut self,
        node: &'n Node,
        mut origin: Through,
        stack: &mut Vec<Level<'n>>,
    ) -> Result<Option<Value>> {
        self.count(origin)?;
        let before = self.counter.decoded();
        let (node, target) = match node.kind {
            NodeKind::Alias => match self.expand(node)? {
                Expanded::Value(value) => return Ok(Some(value)),
                Expanded::Node(at, target) => {
                    origin = Through::Alias;
                    self.count(origin)?;
                    (target, Some((at, before)))
                }
            },
            _ => (node, None),
        };
        let kind = match node.kind {
            NodeKind::List => {
                let items = Vec::with_capacity(node.items().len());
                LevelKind::List { rest: node.items().iter(), items }
            }
            NodeKind::Map => {
                let keys = if has_string_keys(node, self.anchored) { Keys::Strings } else { Keys::Any };
                self.open_map(node, keys, origin)?
            }
            NodeKind::Scalar | NodeKind::Document | NodeKind::Alias => {
                let value = self.scalar(node)?;
                self.complete(target, &value);
                return Ok(Some(value));
            }
        };
        stack.push(Level { kind, target, origin });
        Ok(None)
    }

    fn expand(&mut self, alias: &Node) -> Result<Expanded<'n>> {
        let name = alias.text.to_str_lossy();
        let Some((at, node)) = target_of(alias, self.anchored) else {
            return Err(Error::invalid(format!("yaml: unknown anchor '{name}' referenced")));
        };
        match self.results.get_mut(at) {
            Some(Progress::Done(value, size)) => {
                let value = value.clone();
                self.counter.count_aliased(*size);
                self.check_aliasing()?;
                Ok(Expanded::Value(value))
            }
            Some(progress @ Progress::Waiting) => {
                *progress = Progress::Running;
                Ok(Expanded::Node(at, node))
            }
            _ => Err(Error::invalid(format!("yaml: anchor '{name}' value contains itself"))),
        }
    }

    fn count(&mut self, origin: Through) -> Result<()> {
        match origin {
            Through::Document => {
                self.counter.count();
                Ok(())
            }
            Through::Alias => {
                self.counter.count_aliased(1);
                self.check_aliasing()
            }
        }
    }

    fn check_aliasing(&self) -> Result<()> {
        if self.counter.is_excessive() {
            return Err(Error::invalid("yaml: document contains excessive aliasing"));
        }
        if self.counter.aliased() > self.limits.alias_values as u64 {
            return Err(Error::limit("the aliases expand to too many values"));
        }
        Ok(())
    }

    /// Keeps what an alias became for the next one.
    fn complete(&mut self, target: Option<(usize, u64)>, value: &Value) {
        if let Some((at, before)) = target
            && let Some(progress) = self.results.get_mut(at)
        {
            *progress = Progress::Done(value.clone(), self.counter.decoded().saturating_sub(before));
        }
    }

    fn finish(&mut self, level: Level<'n>) -> Value {
        let value = match level.kind {
            LevelKind::List { items, .. } => Value::list(items),
            LevelKind::Map { entries, .. } => Value::Map(Map::of(MapKind::Any, entries)),
        };
        self.complete(level.target, &value);
        value
    }
}

enum Expanded<'n> {
    Value(Value),
    Node(usize, &'n Node),
}

impl<'n> Level<'n> {
    fn next(&mut self) -> Option<(&'n Node, Through)> {
        match &mut self.kind {
            LevelKind::List { rest, .. } => rest.next().map(|item| (item, self.origin)),
            LevelKind::Map { rest, key: pending, .. } => {
                let Entry { key, value, origin } = rest.next()?;
                *pending = Some(key);
                Some((value, origin))
            }
        }
    }

    fn take(&mut self, value: Value) {
        match &mut self.kind {
            LevelKind::List { items, .. } => items.push(value),
            LevelKind::Map { key, entries, .. } => entries.extend(key.take().map(|key| (key, value))),
        }
    }
}

fn behind_alias<'n>(node: &'n Node, anchored: &'n [Node]) -> &'n Node {
    match node.kind {
        NodeKind::Alias => target_of(node, anchored).map_or(node, |(_, target)| target),
        _ => node,
    }
}

fn line_of(node: &Node) -> u32 {
    node.origin.map_or(0, |origin| origin.line)
}

fn target_of<'n>(alias: &Node, anchored: &'n [Node]) -> Option<(usize, &'n Node)> {
    let at = alias.extras.as_ref()?.target?;
    Some((at, anchored.get(at)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(text: &str) -> Result<Value> {
        Node::parse(text)?.unwrap().to_value()
    }

    #[test]
    fn keys_and_merges_are_those_of_go() {
        let text = "1: a\n~: b\nm: &m {x: 1, y: 2}\nn: {<<: *m, y: 3}\nt: 2001-01-01\n";
        let json = crate::json::to_string(&value_of(text).unwrap()).unwrap();
        let want = r#"{"1":"a","m":{"x":1,"y":2},"n":{"x":1,"y":3},"t":"2001-01-01T00:00:00Z"}"#;
        assert_eq!(json, want);
        let message = |text: &str| value_of(text).unwrap_err().message().to_owned();
        assert_eq!(message("a: {1: b}\n"), "json: unsupported type: map[interface {}]interface {}");
        assert_eq!(message("a: .inf\n"), "json: unsupported value: +Inf");
        assert_eq!(
            message("a: 1\na: 2\n"),
            "yaml: unmarshal errors:\n  line 2: mapping key \"a\" already defined at line 1"
        );
    }

    #[test]
    fn deep_and_repeated_nodes_are_bounded() {
        let run = || {
            let flow = format!("{}1{}", "[".repeat(9_000), "]".repeat(9_000));
            assert!(value_of(&format!("a: &a {flow}\nb: *a\n")).is_ok());
            let merges = format!("{}{{}}{}", "{<<: ".repeat(5_000), "}".repeat(5_000));
            assert!(value_of(&format!("a: {merges}\n")).is_ok());
            // A map of a thousand entries, merged ten thousand times.
            let entries: String = (0..1_000).map(|i| format!("k{i}: {i}, ")).collect();
            let mut text = format!("a: &a {{{entries}}}\n");
            (0..10_000).for_each(|i| text.push_str(&format!("m{i}: {{<<: *a}}\n")));
            assert!(value_of(&text).unwrap_err().message().ends_with("document contains excessive aliasing"));
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn what_survives_printing_decodes_the_same() {
        let texts = [
            "a: 1\nb: [x, 'y', \"z\", 1.5, true, ~]\nc: |\n  one\n  two\nd: {e: f}\n",
            "a:\nb: {c: }\n",
            "a: {t: 2001-01-01T00:00:00.50Z}\n",
            "a: >\n  x\n  y\n\n\nb: 1 # c\n",
            "a: !!str 1\nb: 0x1F\nc: '0x1F'\nd: 1_000\n",
        ];
        for text in texts {
            let node = Node::parse(text).unwrap().unwrap();
            let printed = Node::parse(&node.to_text().unwrap()).unwrap().unwrap();
            let slow = decode(printed.root(), Root::MapOrList, &Limits::default()).unwrap();
            assert!(node.to_value().unwrap() == slow, "{text}");
        }
        let survives = |text: &str| survival::survives_printing(Node::parse(text).unwrap().unwrap().root());
        assert_eq!(texts.map(survives), [true, false, false, false, false]);
    }
}
