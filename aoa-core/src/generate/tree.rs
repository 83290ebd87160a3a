//! A typed object whose texts are templates: compiled once, filled in often, sharing what no parameter touches.

use aoa_lang::strconv::quote;
use aoa_lang::typed::{Content, Field, Place, Type, rewrite};
use aoa_lang::value::{List, ListKind, Map, MapKind, Text};
use aoa_lang::{Error, Result, Value};

use super::dialect::{CompiledText, Dialect};

/// Deepest nesting of free-form data in a template; bounds the recursion.
const DEPTH: usize = 300;

/// A compiled object: `deeplyReplace` of Argo CD 3.5.7, its walk done ahead.
#[derive(Debug)]
pub(super) struct Tree {
    root: Node,
    /// Every text with something to fill in, in the order in which upstream fills them in.
    slots: Vec<Slot>,
}

/// One text of a [`Tree`].
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) text: CompiledText,
    rule: Rule,
}

/// How errors of a slot are treated.
#[derive(Debug)]
enum Rule {
    Plain,
    /// It stands in free-form data.
    InJson,
    /// An entry of a generator's `values`: if a parameter is missing, the text stays for a later pass.
    PreResolved {
        key: Text,
        text: Text,
    },
}

/// A part of a [`Tree`].
#[derive(Debug)]
pub(super) enum Node {
    /// The same for all parameters.
    Fixed(Value),
    /// The text of a slot.
    Slot(usize),
    Struct(Vec<Member>),
    List(Vec<Node>),
    /// Keys can be templates too.
    Map(Vec<(Node, Node)>),
}

/// A member of a struct.
#[derive(Debug)]
pub(super) struct Member {
    name: &'static str,
    node: Node,
    /// Left out when its text turns out empty.
    omits_empty: bool,
}

/// What becomes of `values` maps while a generator is interpolated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValuesMaps {
    /// They are filled in as everything else.
    AsEverything,
    /// As far as the parameters go: entries that need others stay for the generator itself.
    PreResolved,
}

impl Tree {
    /// Compiles `value`, data of type `of` as [`aoa_lang::typed::read`] gives it.
    ///
    /// # Errors
    ///
    /// Free-form data is nested too deeply.
    pub(super) fn compile(
        value: &Value,
        of: &'static Type,
        dialect: &Dialect,
        values: ValuesMaps,
    ) -> Result<Tree> {
        let mut compiler = Compiler { dialect, slots: Vec::new(), values, in_json: false };
        let root = compiler.structure(value, of)?;
        Ok(Tree { root, slots: compiler.slots })
    }

    /// A text by itself.
    pub(super) fn of_text(text: CompiledText) -> Tree {
        Tree { root: Node::Slot(0), slots: vec![Slot { text, rule: Rule::Plain }] }
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    /// The object with every slot filled in by `text`.
    ///
    /// # Errors
    ///
    /// The first error of `text`, in the order of the slots.
    pub(super) fn fill(&self, text: &mut impl FnMut(usize) -> Result<Text>) -> Result<Value> {
        let texts = (0..self.slots.len()).map(text).collect::<Result<Vec<Text>>>()?;
        Ok(self.build(&texts))
    }

    /// The object with these texts in its slots.
    pub(super) fn build(&self, texts: &[Text]) -> Value {
        self.root.build(texts)
    }

    /// The object for these parameters.
    ///
    /// # Errors
    ///
    /// A text cannot be filled in.
    pub(super) fn fill_map(&self, params: &Map) -> Result<Value> {
        self.fill(&mut |slot| self.slots.get(slot).map_or(Ok(Text::EMPTY), |slot| slot.fill(params)))
    }
}

impl Slot {
    /// The text for these parameters.
    ///
    /// # Errors
    ///
    /// It cannot be filled in.
    pub(super) fn fill(&self, params: &Map) -> Result<Text> {
        self.judge(self.text.fill(params))
    }

    /// Treats the outcome of [`CompiledText::fill`] as the place of the text wants it.
    pub(super) fn judge(&self, filled: Result<Text>) -> Result<Text> {
        filled.or_else(|error| match &self.rule {
            Rule::Plain => Err(error),
            Rule::InJson => Err(error.prefixed("failed to deeply replace JSON field contents: ")),
            Rule::PreResolved { text, .. } if is_missing_key(&error) => Ok(text.clone()),
            Rule::PreResolved { key, .. } => {
                Err(error.prefixed(&format!("failed to pre-resolve Values key {}: ", quote(key.as_bytes()))))
            }
        })
    }
}

/// Upstream tells by the text (`isMissingKeyError`).
fn is_missing_key(error: &Error) -> bool {
    let text = error.message();
    text.contains("map has no entry for key") || text.contains("can't evaluate field")
}

impl Node {
    /// The part behind these member names.
    pub(super) fn at(&self, path: &[&str]) -> NodeAt<'_> {
        let mut node = self;
        for (depth, name) in path.iter().enumerate() {
            match node {
                Node::Struct(members) => match members.iter().find(|m| m.name == *name) {
                    Some(member) => node = &member.node,
                    None => return NodeAt::Missing,
                },
                Node::Fixed(value) => {
                    let rest = path.get(depth..).unwrap_or_default();
                    return value.at(rest).map_or(NodeAt::Missing, NodeAt::Fixed);
                }
                Node::Slot(_) | Node::List(_) | Node::Map(_) => return NodeAt::Missing,
            }
        }
        match node {
            Node::Fixed(value) => NodeAt::Fixed(value),
            Node::Slot(slot) => NodeAt::Slot(*slot),
            Node::Struct(_) | Node::List(_) | Node::Map(_) => NodeAt::Missing,
        }
    }

    fn build(&self, texts: &[Text]) -> Value {
        match self {
            Node::Fixed(value) => value.clone(),
            Node::Slot(slot) => Value::String(texts.get(*slot).cloned().unwrap_or_default()),
            Node::List(items) => Value::list(items.iter().map(|node| node.build(texts)).collect()),
            Node::Struct(members) => {
                let entries = members.iter().filter_map(|member| {
                    let value = member.node.build(texts);
                    let empty = matches!(&value, Value::String(text) if text.is_empty());
                    (!(member.omits_empty && empty)).then(|| (Text::from_static(member.name), value))
                });
                Value::Map(entries.collect())
            }
            Node::Map(entries) => {
                let entries = entries.iter().filter_map(|(key, node)| match key.build(texts) {
                    Value::String(key) => Some((key, node.build(texts))),
                    _ => None,
                });
                Value::Map(entries.collect())
            }
        }
    }
}

/// What [`Node::at`] finds.
#[derive(Clone, Copy, Debug)]
pub(super) enum NodeAt<'n> {
    /// Nothing, or no single text.
    Missing,
    Fixed(&'n Value),
    Slot(usize),
}

struct Compiler<'d> {
    dialect: &'d Dialect,
    slots: Vec<Slot>,
    values: ValuesMaps,
    in_json: bool,
}

impl Compiler<'_> {
    fn text(&mut self, text: &Text) -> Node {
        let compiled = self.dialect.compile(text);
        if let Some(constant) = compiled.constant() {
            return Node::Fixed(Value::String(constant.clone()));
        }
        self.slot(compiled, if self.in_json { Rule::InJson } else { Rule::Plain })
    }

    fn slot(&mut self, text: CompiledText, rule: Rule) -> Node {
        self.slots.push(Slot { text, rule });
        Node::Slot(self.slots.len().saturating_sub(1))
    }

    /// The keys of `values` maps stay as they are.
    fn values_map(&mut self, values: &Value) -> Node {
        let Some(map) = values.as_map() else { return Node::Fixed(values.clone()) };
        let strict = self.dialect.strict();
        let mut entries = Vec::with_capacity(map.len());
        for (key, value) in map.iter() {
            let node = match value {
                Value::String(text) => {
                    let compiled = strict.compile(text);
                    match compiled.constant() {
                        Some(constant) => Node::Fixed(Value::String(constant.clone())),
                        None => {
                            self.slot(compiled, Rule::PreResolved { key: key.clone(), text: text.clone() })
                        }
                    }
                }
                other => Node::Fixed(other.clone()),
            };
            entries.push((Node::Fixed(Value::String(key.clone())), node));
        }
        map_node(entries)
    }

    fn structure(&mut self, value: &Value, of: &'static Type) -> Result<Node> {
        let Some(map) = value.as_map() else { return Ok(Node::Fixed(value.clone())) };
        let pre_resolves = self.values == ValuesMaps::PreResolved && of.struct_name().ends_with("Generator");
        let mut members = Vec::with_capacity(map.len());
        for field in of.fields() {
            let Some(value) = map.get(field.name()) else { continue };
            let node = if pre_resolves && field.name() == "values" {
                self.values_map(value)
            } else {
                self.value(value, field.place())?
            };
            members.push(Member { name: field.name(), node, omits_empty: omits_empty_text(field) });
        }
        if members.iter().all(|m| matches!(m.node, Node::Fixed(_))) {
            let entries = members.into_iter().filter_map(|m| match m.node {
                Node::Fixed(value) => Some((Text::from_static(m.name), value)),
                _ => None,
            });
            return Ok(Node::Fixed(Value::Map(entries.collect())));
        }
        Ok(Node::Struct(members))
    }

    fn value(&mut self, value: &Value, place: Place) -> Result<Node> {
        if place.is_pointer() && value.is_null() {
            return Ok(Node::Fixed(Value::Null));
        }
        match (place.content(), value) {
            (Content::Text | Content::NumberOrText, Value::String(text)) => Ok(self.text(text)),
            (Content::Struct(of), _) => self.structure(value, of),
            // Upstream makes new lists and maps, so that nil ones become empty.
            (Content::List(_), Value::Null) => Ok(Node::Fixed(Value::list(Vec::new()))),
            (Content::List(item), Value::List(list)) => {
                let nodes = list.iter().map(|v| self.value(v, item)).collect::<Result<Vec<_>>>()?;
                Ok(list_node(nodes))
            }
            (Content::Map(_), Value::Null) => Ok(Node::Fixed(Value::Map(Map::new()))),
            (Content::Map(item), Value::Map(map)) => {
                let mut entries = Vec::with_capacity(map.len());
                for (key, value) in map.iter() {
                    // The value is filled in before its key.
                    let node = self.value(value, item)?;
                    entries.push((self.text(key), node));
                }
                Ok(map_node(entries))
            }
            (Content::Free, value) => {
                self.in_json = true;
                let node = self.free(&rewrite(value, &mut through_json)?, 0);
                self.in_json = false;
                node
            }
            _ => Ok(Node::Fixed(value.clone())),
        }
    }

    /// Free-form data goes through JSON text: null entries of maps vanish, numbers are float64.
    fn free(&mut self, value: &Value, depth: usize) -> Result<Node> {
        if depth > DEPTH {
            return Err(Error::limit("free-form data in a template is nested too deeply"));
        }
        match value {
            Value::String(text) => Ok(self.text(text)),
            Value::List(list) => {
                let nodes = list.iter().map(|v| self.free(v, depth + 1)).collect::<Result<Vec<_>>>()?;
                Ok(list_node(nodes))
            }
            Value::Map(map) => {
                let mut entries = Vec::with_capacity(map.len());
                for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
                    let node = self.free(value, depth + 1)?;
                    entries.push((self.text(key), node));
                }
                Ok(map_node(entries))
            }
            other => Ok(Node::Fixed(other.clone())),
        }
    }
}

fn omits_empty_text(field: &'static Field) -> bool {
    let place = field.place();
    field.omits_empty() && !place.is_pointer() && matches!(place.content(), Content::Text)
}

fn list_node(nodes: Vec<Node>) -> Node {
    if nodes.iter().any(|node| !matches!(node, Node::Fixed(_))) {
        return Node::List(nodes);
    }
    let items = nodes.into_iter().filter_map(|node| match node {
        Node::Fixed(value) => Some(value),
        _ => None,
    });
    Node::Fixed(Value::List(List::of(ListKind::Any, items.collect())))
}

fn map_node(entries: Vec<(Node, Node)>) -> Node {
    if entries.iter().any(|(key, node)| !matches!((key, node), (Node::Fixed(_), Node::Fixed(_)))) {
        return Node::Map(entries);
    }
    let entries = entries.into_iter().filter_map(|entry| match entry {
        (Node::Fixed(Value::String(key)), Node::Fixed(value)) => Some((key, value)),
        _ => None,
    });
    Node::Fixed(Value::Map(Map::of(MapKind::Any, entries.collect())))
}

/// A scalar after a trip through Go's JSON decoder and encoder: numbers lose what float64 cannot hold.
fn through_json(value: &Value) -> Result<Value> {
    Ok(match value {
        Value::Int(_, n) => whole(*n as f64).map_or_else(|| Value::float(*n as f64), Value::int64),
        Value::Uint(_, n) => whole(*n as f64).map_or_else(|| Value::float(*n as f64), Value::int64),
        Value::Float(_, n) => whole(*n).map_or(Value::float(*n), Value::int64),
        Value::Number(text) => match text.parse::<f64>() {
            Ok(n) => whole(n).map_or(Value::float(n), Value::int64),
            Err(_) => value.clone(),
        },
        other => other.clone(),
    })
}

/// The integer that JSON prints for `n` without a point.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(n: f64) -> Option<i64> {
    let fits =
        n.fract() == 0.0 && n.abs() < 9_000_000_000_000_000_000.0 && !(n == 0.0 && n.is_sign_negative());
    fits.then_some(n as i64)
}
