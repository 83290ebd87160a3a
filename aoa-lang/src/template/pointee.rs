//! What templates print of a pointer: the struct behind it, unless the pointer says its text (text/template/exec.go,
//! `printableValue`). `print` and `printf` get the pointer itself.

use crate::value::{Object, Structure, Text};
use crate::{Value, fmt};

/// What is printed instead of `value`, if it is such a pointer.
pub(super) fn pointee(value: &Value) -> Option<Value> {
    let Value::Object(object) = value else { return None };
    let name = object.type_name().strip_prefix('*').filter(|_| !object.is_stringer())?;
    match object.structure() {
        Structure::Struct(fields) => Some(Value::from(Pointee { name, fields })),
        _ => None,
    }
}

#[derive(Clone)]
struct Pointee {
    name: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl Object for Pointee {
    fn type_name(&self) -> &'static str {
        self.name
    }

    fn text(&self) -> Text {
        Text::from(fmt::display(&Value::from(self.clone())))
    }

    fn is_stringer(&self) -> bool {
        false
    }

    fn structure(&self) -> Structure {
        Structure::Struct(self.fields.clone())
    }
}
