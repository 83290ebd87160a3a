//! One node of a structural schema, as far as Argo CD's CustomResourceDefinitions use them.

/// A node; children are given by their place in the table.
pub(super) struct Schema {
    pub(super) shape: Shape,
    pub(super) format: Format,
    pub(super) required: &'static [&'static str],
    /// The values of an enumeration; none means any.
    pub(super) values: &'static [&'static str],
    pub(super) min_length: usize,
    pub(super) pattern: &'static str,
    /// `x-kubernetes-preserve-unknown-fields`
    pub(super) preserves_unknown: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Shape {
    Any,
    String,
    Boolean,
    Integer,
    IntOrString,
    Array(usize),
    /// `additionalProperties` with a schema.
    Map(usize),
    /// `properties`, sorted by name.
    Object(&'static [(&'static str, usize)]),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    None,
    Int64,
    DateTime,
}

impl Format {
    pub(super) fn name(self) -> &'static str {
        match self {
            Format::None => "",
            Format::Int64 => "int64",
            Format::DateTime => "date-time",
        }
    }
}

impl Shape {
    /// The schema of field `name`, if there is one.
    pub(super) fn field(self, name: &str) -> Option<usize> {
        match self {
            Shape::Object(fields) => {
                let at = fields.binary_search_by(|(field, _)| (*field).cmp(name)).ok()?;
                fields.get(at).map(|(_, schema)| *schema)
            }
            Shape::Map(values) => Some(values),
            _ => None,
        }
    }

    /// The names of the types, as errors list them.
    pub(super) fn type_names(self) -> &'static str {
        match self {
            Shape::Any => "",
            Shape::String => "string",
            Shape::Boolean => "boolean",
            Shape::Integer => "integer",
            Shape::IntOrString => "integer,string",
            Shape::Array(_) => "array",
            Shape::Map(_) | Shape::Object(_) => "object",
        }
    }
}

impl Schema {
    const fn new(shape: Shape) -> Self {
        Schema {
            shape,
            format: Format::None,
            required: &[],
            values: &[],
            min_length: 0,
            pattern: "",
            preserves_unknown: false,
        }
    }

    pub(super) const fn required(mut self, names: &'static [&'static str]) -> Self {
        self.required = names;
        self
    }

    pub(super) const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    pub(super) const fn min_length(mut self, length: usize) -> Self {
        self.min_length = length;
        self
    }

    pub(super) const fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = pattern;
        self
    }

    pub(super) const fn int64(mut self) -> Self {
        self.format = Format::Int64;
        self
    }

    pub(super) const fn date_time(mut self) -> Self {
        self.format = Format::DateTime;
        self
    }

    pub(super) const fn preserve_unknown(mut self) -> Self {
        self.preserves_unknown = true;
        self
    }
}

pub(super) const fn any() -> Schema {
    Schema::new(Shape::Any)
}

pub(super) const fn string() -> Schema {
    Schema::new(Shape::String)
}

pub(super) const fn boolean() -> Schema {
    Schema::new(Shape::Boolean)
}

pub(super) const fn integer() -> Schema {
    Schema::new(Shape::Integer)
}

pub(super) const fn int_or_string() -> Schema {
    Schema::new(Shape::IntOrString)
}

pub(super) const fn array(items: usize) -> Schema {
    Schema::new(Shape::Array(items))
}

pub(super) const fn map(values: usize) -> Schema {
    Schema::new(Shape::Map(values))
}

pub(super) const fn object(fields: &'static [(&'static str, usize)]) -> Schema {
    Schema::new(Shape::Object(fields))
}
