//! Data as Go's dynamic types see it.
//!
//! The tools that are imitated hold data in `interface{}`: what a template prints, whether two things compare, which
//! function accepts which argument depends on the Go type behind it. [`Value`] keeps exactly as much of that type
//! as can be observed: the width of numbers, the element type of lists and maps, nil lists and maps.
//!
//! A value is frozen: it is never changed in place, and clones share. It takes 24 bytes.

mod drop;
mod equal;
mod go_type;
mod list;
mod map;
mod object;
mod rewrite;
mod text;

pub use go_type::{GoType, Signature};
pub use list::{List, ListKind};
pub use map::{Map, MapBuilder, MapKind};
pub use object::{Object, Structure};
pub use rewrite::{Place, Rewrite};
pub use text::Text;

use std::sync::Arc;

/// A Go value. See the [module documentation](self).
///
/// ```
/// use aoa_lang::{Value, yaml};
///
/// let object = yaml::load(b"{kind: Service, spec: {ports: [80, 443]}}")?;
/// assert_eq!(object.str_at(&["kind"]), Some("Service"));
/// let ports = object.at(&["spec", "ports"]).and_then(Value::as_list).unwrap();
/// assert_eq!(ports.iter().filter_map(Value::as_i64).sum::<i64>(), 523);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Default)]
pub enum Value {
    /// The nil interface: JSON and YAML `null`.
    #[default]
    Null,
    /// `bool`
    Bool(bool),
    /// `int`, `int8` ... `int64`
    Int(IntKind, i64),
    /// `uint`, `uint8` ... `uint64`
    Uint(UintKind, u64),
    /// `float32`, `float64`
    Float(FloatKind, f64),
    /// `json.Number`: a number kept as its text.
    Number(Arc<str>),
    /// `string`; its bytes need not be UTF-8.
    String(Text),
    /// A slice.
    List(List),
    /// A map with string keys.
    Map(Map),
    /// Anything else that Go code can hand to a template: times, versions, complex numbers, Helm's objects.
    Object(Arc<dyn Object>),
    /// A mutable list or map on the heap of one template run; never seen outside of it.
    Handle(u32),
}

const _: () = assert!(size_of::<Value>() == 24);

/// The width of a signed Go integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntKind {
    /// `int`
    Int,
    /// `int8`
    Int8,
    /// `int16`
    Int16,
    /// `int32`
    Int32,
    /// `int64`
    Int64,
}

/// The width of an unsigned Go integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UintKind {
    /// `uint`
    Uint,
    /// `uint8`
    Uint8,
    /// `uint16`
    Uint16,
    /// `uint32`
    Uint32,
    /// `uint64`
    Uint64,
}

/// The width of a Go float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FloatKind {
    /// `float32`
    Float32,
    /// `float64`
    Float64,
}

impl Value {
    /// A `string`.
    #[must_use]
    pub fn string(text: impl Into<Text>) -> Self {
        Value::String(text.into())
    }

    /// An `int`.
    #[must_use]
    pub fn int(number: i64) -> Self {
        Value::Int(IntKind::Int, number)
    }

    /// An `int64`.
    #[must_use]
    pub fn int64(number: i64) -> Self {
        Value::Int(IntKind::Int64, number)
    }

    /// A `float64`.
    #[must_use]
    pub fn float(number: f64) -> Self {
        Value::Float(FloatKind::Float64, number)
    }

    /// A `[]any`.
    #[must_use]
    pub fn list(items: Vec<Value>) -> Self {
        Value::List(List::new(items))
    }

    /// A `map[string]any`; of equal keys the last counts.
    pub fn map<K: Into<Text>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Value::Map(entries.into_iter().collect())
    }

    /// Whether this is the nil interface.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text of a `string` that is UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => text.as_str(),
            _ => None,
        }
    }

    /// The `bool`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The integer of any width, if it fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(_, n) => Some(*n),
            Value::Uint(_, n) => i64::try_from(*n).ok(),
            _ => None,
        }
    }

    /// The map.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list.
    #[must_use]
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The entry `key` of a map; `None` for anything else.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The value behind `keys`, one map inside another.
    #[must_use]
    pub fn at(&self, keys: &[&str]) -> Option<&Value> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The text behind `keys`; `None` if it is no string.
    #[must_use]
    pub fn str_at(&self, keys: &[&str]) -> Option<&str> {
        self.at(keys)?.as_str()
    }
}

impl std::fmt::Debug for Value {
    /// Short: lists and maps only say how long they are, so that printing cannot overflow a stack.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(_, n) => write!(f, "{n}"),
            Value::Uint(_, n) => write!(f, "{n}u"),
            Value::Float(_, n) => write!(f, "{n:?}"),
            Value::Number(text) => write!(f, "number {text:?}"),
            Value::String(text) => write!(f, "{text:?}"),
            Value::List(list) => write!(f, "list of {}", list.len()),
            Value::Map(map) => write!(f, "map of {}", map.len()),
            Value::Object(object) => write!(f, "{}", object.type_name()),
            Value::Handle(id) => write!(f, "handle {id}"),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::string(text)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Map(map)
    }
}

impl From<List> for Value {
    fn from(list: List) -> Self {
        Value::List(list)
    }
}
