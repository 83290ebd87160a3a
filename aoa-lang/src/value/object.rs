//! Go values that are neither scalars, lists nor maps: times, versions, Helm's objects.

use std::any::Any;
use std::sync::Arc;

use super::{Text, Value};

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

    /// Whether the type has a method `name`.
    fn has_method(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Calls method `name`; `None` if the type has no such method, an error text if the call fails.
    fn call(&self, name: &str, args: &[Value]) -> Option<Result<Value, String>> {
        let _ = (name, args);
        None
    }

    /// The text that `%v` prints.
    fn text(&self) -> Text;

    /// Go's truth: whether the value is not the zero value of its type.
    fn truth(&self) -> bool {
        true
    }

    /// The data that Go's JSON encoder makes of it.
    fn to_data(&self) -> Value {
        Value::String(self.text())
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
