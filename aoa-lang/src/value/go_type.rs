//! Go's types, as far as signatures of functions and methods name them.

use super::{FloatKind, IntKind, ListKind, MapKind, UintKind, Value};

/// The type of a parameter or a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GoType {
    /// `interface {}`
    Any,
    /// `bool`
    Bool,
    /// `int` ... `int64`
    Int(IntKind),
    /// `uint` ... `uint64`
    Uint(UintKind),
    /// `float32`, `float64`
    Float(FloatKind),
    /// `string`
    String,
    /// A slice.
    List(ListKind),
    /// A map with string keys.
    Map(MapKind),
    /// A type of its own, by the name that [`Object::type_name`](super::Object::type_name) gives: `time.Time`, `*semver.Version`.
    Named(&'static str),
}

impl GoType {
    /// `int`
    pub const INT: GoType = GoType::Int(IntKind::Int);
    /// `int64`
    pub const INT64: GoType = GoType::Int(IntKind::Int64);
    /// `float64`
    pub const FLOAT64: GoType = GoType::Float(FloatKind::Float64);
    /// `[]interface {}`
    pub const LIST: GoType = GoType::List(ListKind::Any);
    /// `[]string`
    pub const STRINGS: GoType = GoType::List(ListKind::String);
    /// `map[string]interface {}`
    pub const MAP: GoType = GoType::Map(MapKind::Any);
    /// `time.Time`
    pub const TIME: GoType = GoType::Named("time.Time");

    /// The type's name as `reflect.Type` prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            GoType::Any => "interface {}",
            GoType::Bool => "bool",
            GoType::Int(kind) => kind.name(),
            GoType::Uint(kind) => kind.name(),
            GoType::Float(kind) => kind.name(),
            GoType::String => "string",
            GoType::List(kind) => kind.name(),
            GoType::Map(kind) => kind.name(),
            GoType::Named(name) => name,
        }
    }

    /// Whether nil is a value of the type.
    #[must_use]
    pub fn has_nil(self) -> bool {
        match self {
            GoType::Any | GoType::List(_) | GoType::Map(_) => true,
            GoType::Named(name) => name.starts_with('*'),
            GoType::Bool | GoType::Int(_) | GoType::Uint(_) | GoType::Float(_) | GoType::String => false,
        }
    }

    /// The zero value of the type; [`Value::Null`] for named types.
    #[must_use]
    pub fn zero(self) -> Value {
        match self {
            GoType::Any | GoType::Named(_) => Value::Null,
            GoType::Bool => Value::Bool(false),
            GoType::Int(kind) => Value::Int(kind, 0),
            GoType::Uint(kind) => Value::Uint(kind, 0),
            GoType::Float(kind) => Value::Float(kind, 0.0),
            GoType::String => Value::string(""),
            GoType::List(kind) => Value::List(super::List::nil(kind)),
            GoType::Map(kind) => Value::Map(super::Map::nil(kind)),
        }
    }
}

/// The signature of a method of an [`Object`](super::Object).
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The types of the parameters; of a variadic method the last is the type of one argument.
    pub params: &'static [GoType],
    /// Whether the last parameter takes any number of arguments.
    pub variadic: bool,
    /// The type of the result.
    pub result: GoType,
}

impl Signature {
    /// A method that takes exactly `params`.
    #[must_use]
    pub const fn new(params: &'static [GoType], result: GoType) -> Self {
        Signature { params, variadic: false, result }
    }
}

impl IntKind {
    /// Go's name of the type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            IntKind::Int => "int",
            IntKind::Int8 => "int8",
            IntKind::Int16 => "int16",
            IntKind::Int32 => "int32",
            IntKind::Int64 => "int64",
        }
    }
}

impl UintKind {
    /// Go's name of the type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            UintKind::Uint => "uint",
            UintKind::Uint8 => "uint8",
            UintKind::Uint16 => "uint16",
            UintKind::Uint32 => "uint32",
            UintKind::Uint64 => "uint64",
        }
    }
}

impl FloatKind {
    /// Go's name of the type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FloatKind::Float32 => "float32",
            FloatKind::Float64 => "float64",
        }
    }
}

impl ListKind {
    /// Go's name of the slice type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ListKind::Any => "[]interface {}",
            ListKind::String => "[]string",
            ListKind::Int => "[]int",
            ListKind::Int64 => "[]int64",
            ListKind::Float64 => "[]float64",
            ListKind::Bool => "[]bool",
            ListKind::Byte => "[]uint8",
            ListKind::Map => "[]map[string]interface {}",
            ListKind::List => "[][]interface {}",
            ListKind::VersionSet => "common.VersionSet",
        }
    }

    /// The type of an element.
    #[must_use]
    pub fn element(self) -> GoType {
        match self {
            ListKind::Any => GoType::Any,
            ListKind::String | ListKind::VersionSet => GoType::String,
            ListKind::Int => GoType::INT,
            ListKind::Int64 => GoType::INT64,
            ListKind::Float64 => GoType::FLOAT64,
            ListKind::Bool => GoType::Bool,
            ListKind::Byte => GoType::Uint(UintKind::Uint8),
            ListKind::Map => GoType::MAP,
            ListKind::List => GoType::LIST,
        }
    }
}

impl MapKind {
    /// Go's name of the map type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            MapKind::Any => "map[string]interface {}",
            MapKind::String => "map[string]string",
            MapKind::List => "map[string][]interface {}",
            MapKind::PluginParameters => "v1alpha1.PluginParameters",
            MapKind::PluginInput => "map[string]v1alpha1.PluginParameters",
            MapKind::HelmValues => "common.Values",
        }
    }

    /// The type of an element.
    #[must_use]
    pub fn element(self) -> GoType {
        match self {
            MapKind::Any | MapKind::HelmValues => GoType::Any,
            MapKind::String => GoType::String,
            MapKind::List => GoType::LIST,
            MapKind::PluginParameters => GoType::Named("v1.JSON"),
            MapKind::PluginInput => GoType::Map(MapKind::PluginParameters),
        }
    }
}

impl Value {
    /// Go's name of the dynamic type, as `%T` prints it; `<nil>` for the nil interface.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null | Value::Handle(_) => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(kind, _) => kind.name(),
            Value::Uint(kind, _) => kind.name(),
            Value::Float(kind, _) => kind.name(),
            Value::Number(_) => "json.Number",
            Value::String(_) => "string",
            Value::List(list) => list.kind().name(),
            Value::Map(map) => map.kind().name(),
            Value::Object(object) => object.type_name(),
        }
    }
}
