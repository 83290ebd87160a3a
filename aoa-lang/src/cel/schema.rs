//! Kinds of Kubernetes as types of expressions (`common.SchemaDeclType`).

use super::environment::{Environment, Fields};
use super::parse::RESERVED;
use super::types::Type;
use crate::typed::{self, Form, TypeExpr};

/// Types nest no deeper than this; what is deeper is left out.
const DEEPEST: usize = 40;

impl Environment {
    /// With the type `name` whose fields are those of a kind, and with the types of the fields: `Pod.spec`. What has
    /// no single type in the schema of Kubernetes, such as a quantity, is left out.
    #[must_use]
    pub fn with_kind(mut self, name: &str, kind: &'static typed::Type) -> Self {
        let mut fields = self.fields_of(name, kind, 0);
        let metadata = kind.fields().iter().find(|field| field.name() == "metadata");
        let is_object = metadata.is_some_and(|field| {
            matches!(field.type_expr().form(), Form::Struct(type_) if type_.field("generateName").is_some())
        });
        if !is_object {
            let metadata = [("name", Type::String), ("generateName", Type::String)];
            let metadata = metadata.into_iter().map(|(key, type_)| (key.to_owned(), type_)).collect();
            let inner = format!("{name}.metadata");
            fields.insert("metadata".to_owned(), Type::structure(&inner));
            self = self.with_structure(inner, metadata);
        }
        for key in ["apiVersion", "kind"] {
            fields.insert(key.to_owned(), Type::String);
        }
        self.with_structure(name, fields)
    }

    fn fields_of(&mut self, name: &str, of: &'static typed::Type, depth: usize) -> Fields {
        let mut fields = Fields::new();
        for field in of.fields() {
            let key = field.name();
            let Some(type_) = self.schema_type(&format!("{name}.{key}"), field.type_expr(), depth) else {
                continue;
            };
            if RESERVED.contains(&key) {
                fields.insert(format!("__{key}__"), type_.clone());
            }
            fields.insert(key.to_owned(), type_);
        }
        fields
    }

    fn schema_type(&mut self, name: &str, of: TypeExpr, depth: usize) -> Option<Type> {
        if depth > DEEPEST {
            return None;
        }
        Some(match of.form() {
            Form::Text => Type::String,
            Form::Bool => Type::Bool,
            Form::Integer => Type::Int,
            Form::Number => Type::Double,
            Form::Bytes => Type::Bytes,
            Form::Time => Type::Timestamp,
            Form::IntOrString => Type::Dyn,
            Form::Untyped => return None,
            Form::List(item) => Type::list(self.schema_type(&format!("{name}.@idx"), item, depth + 1)?),
            Form::Map(value) => {
                Type::map(Type::String, self.schema_type(&format!("{name}.@elem"), value, depth + 1)?)
            }
            Form::Object => self.add(name, Fields::new()),
            Form::Struct(of) => {
                let fields = self.fields_of(name, of, depth + 1);
                self.add(name, fields)
            }
        })
    }

    fn add(&mut self, name: &str, fields: Fields) -> Type {
        *self = std::mem::take(self).with_structure(name, fields);
        Type::structure(name)
    }
}
