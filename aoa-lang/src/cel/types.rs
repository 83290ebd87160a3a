//! CEL's types: what the checker computes with, and how error texts write them.

use std::fmt;
use std::sync::Arc;

/// A type of an expression, as cel-go 0.26.0 has it.
///
/// ```
/// use aoa_lang::cel::Type;
/// assert_eq!(Type::map(Type::String, Type::list(Type::Int)).to_string(), "map(string, list(int))");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// `google.protobuf.Any`
    Any,
    /// `bool`
    Bool,
    /// `bytes`
    Bytes,
    /// `double`
    Double,
    /// `google.protobuf.Duration`
    Duration,
    /// Known only when the expression is evaluated.
    Dyn,
    /// The type of an expression that does not check.
    Error,
    /// `int`
    Int,
    /// `list(T)`
    List(Arc<Type>),
    /// `map(K, V)`
    Map(Arc<(Type, Type)>),
    /// `null_type`
    Null,
    /// A primitive or null: what `google.protobuf.Int64Value` and its like stand for.
    Nullable(Arc<Type>),
    /// A type without fields, such as `optional_type(T)` and `net.IP`.
    Opaque(Arc<str>, Arc<[Type]>),
    /// `string`
    String,
    /// A type with declared fields.
    Struct(Arc<str>),
    /// `google.protobuf.Timestamp`
    Timestamp,
    /// A type parameter.
    Param(Param),
    /// `type(T)`
    Type(Option<Arc<Type>>),
    /// `uint`
    Uint,
}

/// A type parameter of a declaration, or a variable that the checker solves for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// Of a declaration: `A`.
    Named(char),
    /// Of one check.
    Variable(usize),
}

/// The name of the type of optional values.
pub(super) const OPTIONAL: &str = "optional_type";

impl Type {
    /// `list(element)`
    #[must_use]
    pub fn list(element: Type) -> Self {
        Type::List(Arc::new(element))
    }

    /// `map(key, value)`
    #[must_use]
    pub fn map(key: Type, value: Type) -> Self {
        Type::Map(Arc::new((key, value)))
    }

    /// `optional_type(value)`
    #[must_use]
    pub fn optional(value: Type) -> Self {
        Type::Opaque(Arc::from(OPTIONAL), Arc::from([value]))
    }

    /// An opaque type without parameters.
    #[must_use]
    pub fn opaque(name: &str) -> Self {
        Type::Opaque(Arc::from(name), Arc::from([]))
    }

    /// A type with fields.
    #[must_use]
    pub fn structure(name: &str) -> Self {
        Type::Struct(Arc::from(name))
    }

    /// The name at run time, without parameters: `list`, `google.protobuf.Duration`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Type::Any => "google.protobuf.Any",
            Type::Bool => "bool",
            Type::Bytes => "bytes",
            Type::Double => "double",
            Type::Duration => "google.protobuf.Duration",
            Type::Dyn => "dyn",
            Type::Error => "error",
            Type::Int => "int",
            Type::List(_) => "list",
            Type::Map(_) => "map",
            Type::Null => "null_type",
            Type::Nullable(inner) => inner.name(),
            Type::Opaque(name, _) | Type::Struct(name) => name,
            Type::String => "string",
            Type::Timestamp => "google.protobuf.Timestamp",
            Type::Param(_) => "",
            Type::Type(_) => "type",
            Type::Uint => "uint",
        }
    }

    /// The parameters in order.
    pub(super) fn parameters(&self) -> Parameters<'_> {
        match self {
            Type::List(element) => [Some(&**element), None].into_iter().flatten().chain([].iter()),
            Type::Map(pair) => [Some(&pair.0), Some(&pair.1)].into_iter().flatten().chain([].iter()),
            Type::Type(Some(inner)) => [Some(&**inner), None].into_iter().flatten().chain([].iter()),
            Type::Opaque(_, parameters) => [None, None].into_iter().flatten().chain(parameters.iter()),
            _ => [None, None].into_iter().flatten().chain([].iter()),
        }
    }

    pub(super) fn is_dyn(&self) -> bool {
        matches!(self, Type::Dyn | Type::Any)
    }

    pub(super) fn is_error(&self) -> bool {
        matches!(self, Type::Error)
    }

    pub(super) fn is_dyn_or_error(&self) -> bool {
        self.is_dyn() || self.is_error()
    }

    /// The value type of an optional.
    pub(super) fn unwrap_optional(&self) -> Option<&Type> {
        match self {
            Type::Opaque(name, parameters) if &**name == OPTIONAL => parameters.first(),
            _ => None,
        }
    }

    /// Whether both are of the same kind (`types.Kind` of cel-go).
    pub(super) fn same_kind(&self, other: &Type) -> bool {
        std::mem::discriminant(self.base()) == std::mem::discriminant(other.base())
    }

    /// The primitive behind a nullable.
    pub(super) fn base(&self) -> &Type {
        match self {
            Type::Nullable(inner) => inner,
            other => other,
        }
    }

    /// Equal but for the names of type parameters (`IsEquivalentType`).
    pub(super) fn is_equivalent(&self, other: &Type) -> bool {
        match (self.base(), other.base()) {
            (Type::Param(_), Type::Param(_)) => true,
            (Type::Opaque(a, _), Type::Opaque(b, _)) if a != b => false,
            (a @ (Type::Opaque(..) | Type::List(_) | Type::Map(_) | Type::Type(_)), b) => {
                a.same_kind(b)
                    && a.parameters().count() == b.parameters().count()
                    && a.parameters().zip(b.parameters()).all(|(a, b)| a.is_equivalent(b))
            }
            (a, b) => a == b,
        }
    }

    /// Equal (`IsExactType`).
    pub(super) fn is_exact(&self, other: &Type) -> bool {
        self.base() == other.base()
    }

    /// Whether a value of type `from` may stand where this type is asked for (`IsAssignableType`).
    pub(super) fn is_assignable_from(&self, from: &Type) -> bool {
        if let Type::Nullable(inner) = self {
            return matches!(from, Type::Null) || inner.is_assignable_from(from);
        }
        if matches!(self, Type::Dyn | Type::Any | Type::Param(_)) {
            return true;
        }
        let from = from.base();
        self.same_kind(from)
            && self.name() == from.name()
            && self.parameters().count() == from.parameters().count()
            && self.parameters().zip(from.parameters()).all(|(a, b)| a.is_assignable_from(b))
    }

    /// As `types.Type.String` of cel-go writes it: names at run time.
    #[must_use]
    pub fn declared(&self) -> String {
        match self {
            Type::Nullable(inner) => format!("wrapper({})", inner.name()),
            Type::Param(param) => format!("<{param}>"),
            _ => self.with_parameters(Type::declared),
        }
    }

    fn with_parameters(&self, write: fn(&Type) -> String) -> String {
        let parameters: Vec<_> = self.parameters().map(write).collect();
        if parameters.is_empty() {
            self.name().to_owned()
        } else {
            format!("{}({})", self.name(), parameters.join(", "))
        }
    }
}

/// Iterator over the parameters of a type.
pub(super) type Parameters<'t> = std::iter::Chain<
    std::iter::Flatten<std::array::IntoIter<Option<&'t Type>, 2>>,
    std::slice::Iter<'t, Type>,
>;

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Param::Named(name) => write!(f, "{name}"),
            Param::Variable(number) => write!(f, "_var{number}"),
        }
    }
}

impl fmt::Display for Type {
    /// As the checker's messages write it (`FormatCELType` of cel-go).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::Duration => f.write_str("duration"),
            Type::Error => f.write_str("!error!"),
            Type::Null => f.write_str("null"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Param(param) => write!(f, "{param}"),
            Type::Nullable(inner) => write!(f, "wrapper({})", inner.name()),
            _ => f.write_str(&self.with_parameters(Type::to_string)),
        }
    }
}

/// How the argument types of a call are written in messages: `string.(int)` for a member call.
pub(super) fn signature(arguments: &[Type], is_member: bool) -> String {
    let (target, arguments) = match arguments.split_first() {
        Some((target, rest)) if is_member => (format!("{target}."), rest),
        _ => (String::new(), arguments),
    };
    let arguments: Vec<_> = arguments.iter().map(Type::to_string).collect();
    format!("{target}({})", arguments.join(", "))
}
