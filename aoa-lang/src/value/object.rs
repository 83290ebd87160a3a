//! Go values that are neither scalars, lists nor maps: times, versions, Helm's objects.

use std::any::Any;
use std::sync::Arc;

use super::{GoType, Signature, Text, Value};

/// What Go's reflection sees in a value of its own type.
#[non_exhaustive]
pub enum Structure {
    /// A struct with these exported fields, or a pointer to one.
    Struct(Vec<(&'static str, Value)>),
    /// A map whose keys are no strings: `map[int]interface {}`, `map[interface {}]interface {}`; the entries in the
    /// order in which Go prints them.
    Map {
        /// The type of the keys.
        key: GoType,
        /// The type of the values.
        element: GoType,
        /// The entries.
        entries: Vec<(Value, Value)>,
    },
    /// `complex128`
    Complex(f64, f64),
    /// A named scalar type, such as `time.Duration`: its kind, and the value that arithmetic and `%d` see.
    Scalar(Value),
}

/// A Go value with its own type: it can have fields and methods that templates use, and its own printing.
///
/// The defaults describe an opaque value without fields.
pub trait Object: Any + Send + Sync {
    /// Go's name of the type, as `%T` prints it: `time.Time`, `*semver.Version`.
    fn type_name(&self) -> &'static str;

    /// Field `name`, or `None` if the type has no such field.
    fn field(&self, name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// The signature of method `name`, or `None` if the type has no such method.
    fn method(&self, name: &str) -> Option<Signature> {
        let _ = name;
        None
    }

    /// Calls method `name` with arguments of the types of its signature.
    ///
    /// # Errors
    /// The text of the error that the method returns or panics with.
    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        let _ = args;
        Err(format!("no method {name}"))
    }

    /// The text that `%v` prints: what the method `String` or `Error` returns, if the type has one.
    fn text(&self) -> Text;

    /// Whether the type has a method `String` or `Error`, so that `%s` and `%q` print [`text`](Object::text).
    fn is_stringer(&self) -> bool {
        true
    }

    /// What the method `GoString` returns, if the type has one: `%#v` prints it.
    fn go_syntax(&self) -> Option<Text> {
        None
    }

    /// What reflection sees: for printing with verbs that `text` is not for, for ranging and indexing.
    fn structure(&self) -> Structure {
        Structure::Struct(Vec::new())
    }

    /// Go's truth: whether the value is not the zero value of its type.
    fn truth(&self) -> bool {
        true
    }

    /// The data that Go's JSON encoder makes of it.
    fn to_data(&self) -> Value {
        Value::String(self.text())
    }

    /// The members in the order in which Go's JSON encoder writes them, where that is not the order of their names.
    fn json_members(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// What a function gets if the value is that of a field of a struct behind a pointer: Go then passes a copy, which lacks
    /// the methods of the pointer. `None` where the copy behaves the same.
    fn passed(&self) -> Option<Value> {
        None
    }

    /// Whether `other` is an equal value of the same type.
    fn equals(&self, other: &dyn Object) -> bool {
        self.type_name() == other.type_name() && self.text() == other.text()
    }
}

impl dyn Object {
    /// This object as a `T`.
    #[must_use]
    pub fn downcast_ref<T: Object>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }
}

impl<T: Object> From<T> for Value {
    fn from(object: T) -> Self {
        Value::Object(Arc::new(object))
    }
}
