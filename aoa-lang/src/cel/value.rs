//! What expressions evaluate to.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::authorization::{Authorizer, Decision, GroupCheck, PathCheck, ResourceCheck};
use super::network::{Address, Prefix};
use super::quantity::Quantity;
use super::semver::Semver;
use super::types::Type;
use super::{formats::NamedFormat, map::ComputedMap};
use crate::time::Time;
use crate::url::Url;
use crate::value::{List, Map, Text};

/// A value of CEL. Data is seen in place: a [`Data`](crate::Value) list or map is not converted before an expression asks for an
/// element of it.
#[derive(Clone)]
#[non_exhaustive]
pub enum Val {
    /// `null`
    Null,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `uint`
    Uint(u64),
    /// `double`
    Double(f64),
    /// `string`
    String(Text),
    /// `bytes`
    Bytes(Arc<[u8]>),
    /// `duration`, in nanoseconds.
    Duration(i64),
    /// `timestamp`
    Timestamp(Arc<Time>),
    /// A list that an expression made.
    List(Arc<Vec<Val>>),
    /// A list of data.
    Data(List),
    /// A map that an expression made.
    Map(Arc<ComputedMap>),
    /// A map of data.
    DataMap(Map),
    /// `optional_type`
    Optional(Option<Arc<Val>>),
    /// A type.
    Type(Arc<Type>),
    /// A value of the Kubernetes libraries.
    Object(Arc<Special>),
    /// An object whose fields the [`Variables`](super::Variables) are asked for when an expression reads them.
    Lazy(u32),
}

/// Values of the Kubernetes libraries.
#[non_exhaustive]
pub enum Special {
    /// `kubernetes.Quantity`
    Quantity(Quantity),
    /// `kubernetes.URL`
    Url(Url),
    /// `net.IP`
    Ip(Address),
    /// `net.CIDR`
    Cidr(Prefix),
    /// `kubernetes.Semver`
    Semver(Semver),
    /// `kubernetes.NamedFormat`
    Format(&'static NamedFormat),
    /// `kubernetes.authorization.Authorizer`
    Authorizer(Authorizer),
    /// `kubernetes.authorization.PathCheck`
    PathCheck(PathCheck),
    /// `kubernetes.authorization.GroupCheck`
    GroupCheck(GroupCheck),
    /// `kubernetes.authorization.ResourceCheck`
    ResourceCheck(ResourceCheck),
    /// `kubernetes.authorization.Decision`
    Decision(Decision),
}

impl Val {
    /// A `string`.
    #[must_use]
    pub fn string(text: impl Into<Text>) -> Self {
        Val::String(text.into())
    }

    /// A list.
    #[must_use]
    pub fn list(items: Vec<Val>) -> Self {
        Val::List(Arc::new(items))
    }

    /// An optional with a value.
    #[must_use]
    pub fn some(value: Val) -> Self {
        Val::Optional(Some(Arc::new(value)))
    }

    /// An optional without a value.
    pub const NONE: Val = Val::Optional(None);

    /// The `authorizer` of a request; it has no opinion on anything.
    #[must_use]
    pub fn authorizer() -> Self {
        Val::special(Special::Authorizer(Authorizer::default()))
    }

    /// `authorizer.requestResource`
    #[must_use]
    pub fn resource_check() -> Self {
        Val::special(Special::ResourceCheck(Authorizer::default().request_resource()))
    }

    pub(super) fn special(value: Special) -> Self {
        Val::Object(Arc::new(value))
    }

    /// The value of data: scalars as they are, lists and maps shared.
    #[must_use]
    pub fn of(data: &crate::Value) -> Self {
        match data {
            crate::Value::Null | crate::Value::Handle(_) => Val::Null,
            crate::Value::Bool(b) => Val::Bool(*b),
            crate::Value::Int(_, n) => Val::Int(*n),
            crate::Value::Uint(_, n) => Val::Uint(*n),
            crate::Value::Float(_, n) => Val::Double(*n),
            crate::Value::Number(text) => {
                text.parse().map_or_else(|_| Val::Double(text.parse().unwrap_or(f64::NAN)), Val::Int)
            }
            crate::Value::String(text) => Val::String(text.clone()),
            crate::Value::List(list) if list.is_nil() => Val::Data(List::new(Vec::new())),
            crate::Value::List(list) => Val::Data(list.clone()),
            crate::Value::Map(map) => Val::DataMap(map.clone()),
            crate::Value::Object(object) => Val::of(&object.to_data()),
        }
    }

    /// The name of the value's type: `int`, `kubernetes.Quantity`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Val::Null => "null_type",
            Val::Bool(_) => "bool",
            Val::Int(_) => "int",
            Val::Uint(_) => "uint",
            Val::Double(_) => "double",
            Val::String(_) => "string",
            Val::Bytes(_) => "bytes",
            Val::Duration(_) => "google.protobuf.Duration",
            Val::Timestamp(_) => "google.protobuf.Timestamp",
            Val::List(_) | Val::Data(_) => "list",
            Val::Map(_) | Val::DataMap(_) => "map",
            Val::Optional(_) => super::types::OPTIONAL,
            Val::Type(_) => "type",
            Val::Lazy(_) => "kubernetes.variables",
            Val::Object(object) => object.type_name(),
        }
    }

    /// The value's type, parameters left open.
    pub(super) fn type_of(&self) -> Type {
        match self {
            Val::Null => Type::Null,
            Val::Bool(_) => Type::Bool,
            Val::Int(_) => Type::Int,
            Val::Uint(_) => Type::Uint,
            Val::Double(_) => Type::Double,
            Val::String(_) => Type::String,
            Val::Bytes(_) => Type::Bytes,
            Val::Duration(_) => Type::Duration,
            Val::Timestamp(_) => Type::Timestamp,
            Val::List(_) | Val::Data(_) => Type::list(Type::Dyn),
            Val::Map(_) | Val::DataMap(_) => Type::map(Type::Dyn, Type::Dyn),
            Val::Optional(_) => Type::opaque(super::types::OPTIONAL),
            Val::Type(_) => Type::Type(None),
            Val::Object(_) | Val::Lazy(_) => Type::structure(self.type_name()),
        }
    }

    /// The text of a `string` that is UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Val::String(text) => text.as_str(),
            _ => None,
        }
    }

    /// The number of elements, if this is a list.
    pub(super) fn list_len(&self) -> Option<usize> {
        match self {
            Val::List(items) => Some(items.len()),
            Val::Data(items) => Some(items.len()),
            _ => None,
        }
    }

    /// Element `at` of a list.
    pub(super) fn item(&self, at: usize) -> Option<Val> {
        match self {
            Val::List(items) => items.get(at).cloned(),
            Val::Data(items) => items.get(at).map(Val::of),
            _ => None,
        }
    }

    /// The elements of a list; nothing for other values.
    pub(super) fn items(&self) -> impl Iterator<Item = Val> + '_ {
        (0..self.list_len().unwrap_or(0)).filter_map(|at| self.item(at))
    }

    /// Whether this is a map.
    pub(super) fn is_map(&self) -> bool {
        matches!(self, Val::Map(_) | Val::DataMap(_))
    }

    /// The number of entries of a map.
    pub(super) fn map_len(&self) -> Option<usize> {
        match self {
            Val::Map(map) => Some(map.len()),
            Val::DataMap(map) => Some(map.len()),
            _ => None,
        }
    }

    /// Entry `at` of a map.
    pub(super) fn entry(&self, at: usize) -> Option<(Val, Val)> {
        match self {
            Val::Map(map) => map.entry(at).cloned(),
            Val::DataMap(map) => {
                map.as_slice().get(at).map(|(key, value)| (Val::String(key.clone()), Val::of(value)))
            }
            _ => None,
        }
    }

    /// The value of `key` in a map; numbers find equal numbers of other types.
    pub(super) fn find(&self, key: &Val) -> Option<Val> {
        match (self, key) {
            (Val::DataMap(map), Val::String(key)) => map.get_bytes(key.as_bytes()).map(Val::of),
            (Val::Map(map), key) => map.find(key).cloned(),
            _ => None,
        }
    }

    /// What `size()` says: characters, bytes, elements or entries.
    pub(super) fn size(&self) -> Option<usize> {
        match self {
            Val::String(text) => Some(char_count(text)),
            Val::Bytes(bytes) => Some(bytes.len()),
            _ => self.list_len().or_else(|| self.map_len()),
        }
    }

    /// Whether this is the zero value of its type; `None` for types that have none.
    pub(super) fn is_zero(&self) -> bool {
        match self {
            Val::Null => true,
            Val::Bool(b) => !b,
            Val::Int(n) => *n == 0,
            Val::Uint(n) => *n == 0,
            Val::Double(n) => *n == 0.0,
            Val::Duration(n) => *n == 0,
            Val::Timestamp(time) => time.is_zero(),
            Val::String(text) => text.is_empty(),
            _ => self.size() == Some(0),
        }
    }

    /// How error texts show the value (`%v` of Go).
    pub(super) fn shown(&self) -> String {
        match self {
            Val::Null => "NULL_VALUE".to_owned(),
            Val::Bool(b) => b.to_string(),
            Val::Int(n) => n.to_string(),
            Val::Uint(n) => n.to_string(),
            Val::Double(n) => crate::strconv::format_float_verb(*n, 'g', None, 64),
            Val::String(text) => text.to_str_lossy().into_owned(),
            Val::Type(name) => name.name().to_owned(),
            Val::Optional(None) => "optional.none()".to_owned(),
            Val::Optional(Some(value)) => format!("optional({})", value.shown()),
            other => other.type_name().to_owned(),
        }
    }
}

/// The number of characters; a byte that is no UTF-8 counts as one, as in Go.
pub(super) fn char_count(text: &Text) -> usize {
    match text.as_str() {
        Some(text) if text.is_ascii() => text.len(),
        Some(text) => text.chars().count(),
        None => crate::unicode::chars(text.as_bytes()).count(),
    }
}

impl Special {
    /// The name of the type.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Special::Quantity(_) => "kubernetes.Quantity",
            Special::Url(_) => "kubernetes.URL",
            Special::Ip(_) => "net.IP",
            Special::Cidr(_) => "net.CIDR",
            Special::Semver(_) => "kubernetes.Semver",
            Special::Format(_) => "kubernetes.NamedFormat",
            Special::Authorizer(_) => "kubernetes.authorization.Authorizer",
            Special::PathCheck(_) => "kubernetes.authorization.PathCheck",
            Special::GroupCheck(_) => "kubernetes.authorization.GroupCheck",
            Special::ResourceCheck(_) => "kubernetes.authorization.ResourceCheck",
            Special::Decision(_) => "kubernetes.authorization.Decision",
        }
    }
}

/// A value as the key of a map: equal only to a key of the same type, as Go compares interface values.
pub(super) struct Key(pub(super) Val);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.0).hash(state);
        match &self.0 {
            Val::Bool(b) => b.hash(state),
            Val::Int(n) | Val::Duration(n) => n.hash(state),
            Val::Uint(n) => n.hash(state),
            // Zero and negative zero are equal.
            Val::Double(n) if *n != 0.0 => n.to_bits().hash(state),
            Val::String(text) => text.hash(state),
            _ => {}
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Val::Null, Val::Null) => true,
            (Val::Bool(a), Val::Bool(b)) => a == b,
            (Val::Int(a), Val::Int(b)) | (Val::Duration(a), Val::Duration(b)) => a == b,
            (Val::Uint(a), Val::Uint(b)) => a == b,
            (Val::Double(a), Val::Double(b)) => a == b,
            (Val::String(a), Val::String(b)) => a == b,
            // Go compares pointers.
            (Val::List(a), Val::List(b)) => Arc::ptr_eq(a, b),
            (Val::Map(a), Val::Map(b)) => Arc::ptr_eq(a, b),
            (Val::Timestamp(a), Val::Timestamp(b)) => a.compare(b).is_eq(),
            (Val::Type(a), Val::Type(b)) => a.name() == b.name(),
            _ => false,
        }
    }
}

impl Eq for Key {}
