//! Keys of maps: go-yaml knows their type, JSON only their text.

use std::collections::HashSet;
use std::rc::Rc;

use foldhash::fast::FixedState;

use crate::Value;
use crate::fmt;
use crate::strconv::{self, FloatFormat};
use crate::value::{Object, Text, UintKind};

/// A key as go-yaml sees it.
#[derive(Clone, Debug)]
pub(in crate::yaml) enum Key {
    Str(Text),
    Int(i64),
    Uint(u64),
    Float(f64),
    Bool(bool),
    Null,
}

/// The first bytes of the text that stands for a key which JSON cannot have; no text of YAML begins so.
const PLACEHOLDER: &[u8] = b"\xFF\xFFkey ";

impl Key {
    /// The key in JSON.
    pub(in crate::yaml) fn text(&self) -> Text {
        match self {
            Key::Str(text) => text.clone(),
            Key::Int(n) => Text::from(n.to_string()),
            Key::Bool(b) => Text::from_static(if *b { "true" } else { "false" }),
            // From sigs.k8s.io/yaml: 32 bits of precision.
            Key::Float(n) => {
                let text = strconv::format_float(*n, FloatFormat::General, None, 32);
                match text.as_str() {
                    "+Inf" => Text::from_static(".inf"),
                    "-Inf" => Text::from_static("-.inf"),
                    "NaN" => Text::from_static(".nan"),
                    _ => Text::from(text),
                }
            }
            Key::Uint(n) => Text::from_bytes(&[PLACEHOLDER, n.to_string().as_bytes()].concat()),
            Key::Null => Text::from_bytes(PLACEHOLDER),
        }
    }

    pub(super) fn is_unsupported(&self) -> bool {
        matches!(self, Key::Null | Key::Uint(_))
    }

    /// The key as `%#v` prints it.
    fn go_syntax(&self) -> String {
        match self {
            Key::Str(text) => strconv::quote(text.as_bytes()),
            Key::Int(n) => n.to_string(),
            Key::Uint(n) => format!("{n:#x}"),
            Key::Float(n) => go_syntax(&Value::float(*n)),
            Key::Bool(b) => b.to_string(),
            Key::Null => "interface {}(nil)".to_owned(),
        }
    }

    /// What makes the key the same as another; NaN is never.
    fn identity(&self) -> Option<Identity> {
        Some(match self {
            Key::Str(text) => Identity::Str(text.clone()),
            Key::Int(n) => Identity::Int(*n),
            Key::Uint(n) => Identity::Uint(*n),
            Key::Float(n) if n.is_nan() => return None,
            Key::Float(n) => Identity::Float(if *n == 0.0 { 0 } else { n.to_bits() }),
            Key::Bool(b) => Identity::Bool(*b),
            Key::Null => Identity::Null,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Identity {
    Str(Text),
    Int(i64),
    Uint(u64),
    Float(u64),
    Bool(bool),
    Null,
}

/// The keys that were set in a map, in order, for strict reading.
#[derive(Default)]
pub(super) struct KeyLog {
    /// The key of the entry whose value is being read.
    waiting: Option<Key>,
    set: Vec<(Key, u32)>,
    seen: HashSet<Identity, FixedState>,
    /// Of a list of maps: their logs.
    items: Vec<Rc<KeyLog>>,
}

impl KeyLog {
    /// Adds the log of an item.
    pub(super) fn add_item(&mut self, log: Rc<KeyLog>) {
        self.items.push(log);
    }

    pub(super) fn items(&self) -> &[Rc<KeyLog>] {
        &self.items
    }

    /// Notes the key of the entry that has begun.
    pub(super) fn wait_for(&mut self, key: Key) {
        self.waiting = Some(key);
    }

    /// Notes that the entry is set by the value on `line`; the complaint if its key was set before.
    pub(super) fn set(&mut self, line: u32) -> Option<String> {
        self.waiting.take().and_then(|key| self.add(key, line))
    }

    /// Notes that `key` is set by the value on `line`; the complaint if it was set before.
    fn add(&mut self, key: Key, line: u32) -> Option<String> {
        let is_new = key.identity().is_none_or(|identity| self.seen.insert(identity));
        let complaint = (!is_new).then(|| format!("line {line}: key {} already set in map", key.go_syntax()));
        self.set.push((key, line));
        complaint
    }

    /// Sets all that `other` sets, again.
    pub(super) fn merge(&mut self, other: &KeyLog) -> Vec<String> {
        other.set.iter().filter_map(|(key, line)| self.add(key.clone(), *line)).collect()
    }
}

/// Whether a key stands for one that JSON cannot have.
pub(super) fn is_placeholder(text: &Text) -> bool {
    text.as_bytes().starts_with(PLACEHOLDER)
}

/// What the value of such a key becomes: the complaint about it.
pub(super) fn unsupported(key: &Text, value: Value) -> Value {
    let number = key.as_bytes().get(PLACEHOLDER.len()..).unwrap_or_default();
    let number = std::str::from_utf8(number).ok().and_then(|n| n.parse().ok());
    let key = number.map_or(Value::Null, |n| Value::Uint(UintKind::Uint64, n));
    UnsupportedKey { key, value }.into()
}

/// An entry whose key has no text in JSON.
pub(super) struct UnsupportedKey {
    key: Value,
    value: Value,
}

impl UnsupportedKey {
    /// The message of sigs.k8s.io/yaml.
    pub(super) fn message(&self) -> String {
        let kind = if self.key.is_null() { "%!s(<nil>)" } else { "uint64" };
        let (key, value) = (printed(b"%+#v", &self.key), printed(b"%+#v", &self.value));
        format!("unsupported map key of type: {kind}, key: {key}, value: {value}")
    }
}

impl Object for UnsupportedKey {
    fn type_name(&self) -> &'static str {
        "unsupported map key"
    }

    fn text(&self) -> Text {
        Text::from(self.message())
    }
}

/// A value as `%#v` prints what go-yaml v2 makes: its maps have keys of any type.
pub(super) fn go_syntax(value: &Value) -> String {
    printed(b"%#v", value)
}

fn printed(format: &[u8], value: &Value) -> String {
    const LONGEST: usize = 64 << 10;
    let text = fmt::sprintf(format, std::slice::from_ref(value), LONGEST).unwrap_or_else(|_| b"...".to_vec());
    String::from_utf8_lossy(&text).replace("map[string]interface {}{", "map[interface {}]interface {}{")
}
