//! The table of upstream types: facts printed by `conformance/oracles/typed`, parsed piece by piece when first used.

use std::fmt::Write as _;
use std::sync::OnceLock;

use crate::Value;
use crate::yaml::Keeps;

static DATA: &str = include_str!("types.txt");
static TABLE: OnceLock<Table> = OnceLock::new();

/// A named Go type: its JSON fields, and how each is encoded and patched.
#[derive(Debug)]
pub struct Type {
    name: &'static str,
    /// How other types refer to this one.
    reference: Shape,
    pub(super) shape: Shape,
    pub(super) codec: Codec,
    fields: Vec<Field>,
    /// The fields' names, sorted, with their places.
    sorted: Vec<(&'static str, usize)>,
    /// What the zero value encodes to.
    pub(super) zero: OnceLock<Value>,
    /// The fields that are printed even if nothing is in them.
    always: OnceLock<Vec<&'static Field>>,
}

/// A JSON member of a struct.
#[derive(Debug)]
pub struct Field {
    name: &'static str,
    pub(super) shape: Shape,
    pub(super) omit_empty: bool,
    pub(super) omit_zero: bool,
    strategies: Vec<&'static str>,
    merge_key: &'static str,
    pub(super) embedded: Option<Embedded>,
}

/// The embedded structs that a field comes from.
#[derive(Debug)]
pub(super) struct Embedded {
    /// The Go names, joined by dots.
    pub(super) names: &'static str,
    /// The outermost.
    pub(super) shape: Shape,
}

/// A Go type as a field or list has it: what strategic merges walk along.
#[derive(Clone, Copy)]
pub(crate) struct TypeExpr(&'static Shape);

/// What a Go type is in the API's schema.
pub(crate) enum Form {
    Text,
    Bool,
    Integer,
    Number,
    Bytes,
    Time,
    IntOrString,
    /// An object without known members.
    Object,
    List(TypeExpr),
    /// From texts to this.
    Map(TypeExpr),
    Struct(&'static Type),
    /// Of no single type.
    Untyped,
}

/// A Go type expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    String,
    Bool,
    Any,
    Bytes,
    /// Width in bytes; 0 is `int`.
    Int(u8),
    Uint(u8),
    Float(u8),
    Pointer(Box<Shape>),
    List(Box<Shape>),
    /// Key and element.
    Map(Box<(Shape, Shape)>),
    Named(u16),
    Struct,
}

/// How a type reads and writes JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    /// As encoding/json does by itself.
    Plain,
    /// `runtime.RawExtension`, `apiextensions.JSON`, `metav1.FieldsV1`: the text as it stands.
    Raw,
    /// Argo CD's plugin parameter, which only writes itself.
    Parameter,
    Time,
    MicroTime,
    Quantity,
    IntOrString,
}

struct Table {
    /// Sorted by name.
    roots: Vec<(&'static str, u16)>,
    lines: Vec<&'static str>,
    types: Vec<OnceLock<Type>>,
}

/// The type of `kind` in `api_version`, as in [`super::schema`].
pub(super) fn find(api_version: &str, kind: &str) -> Option<&'static Type> {
    let table = table();
    let key = |name: &'static str| name.rsplit_once('/').unwrap_or(("", name));
    // The list is sorted as whole names; `/` sorts differently inside of them, so it is searched by the same text.
    let full = [api_version, "/", kind].concat();
    let at = table.roots.binary_search_by(|(name, _)| (**name).cmp(full.as_str())).ok()?;
    let (name, number) = table.roots.get(at)?;
    (key(name) == (api_version, kind)).then(|| named(*number)).flatten()
}

/// The names of all types that can be looked up, as `apiVersion/Kind`.
pub(super) fn roots() -> impl Iterator<Item = &'static str> {
    table().roots.iter().map(|(name, _)| *name)
}

/// Type `number` of the table.
pub(super) fn named(number: u16) -> Option<&'static Type> {
    let at = usize::from(number);
    let (place, line) = (table().types.get(at)?, table().lines.get(at)?);
    Some(place.get_or_init(|| Type::parse(line, number)))
}

fn table() -> &'static Table {
    TABLE.get_or_init(|| {
        let (roots, lines) = DATA.split_once("\n\n").unwrap_or_default();
        let lines: Vec<_> = lines.lines().collect();
        Table {
            roots: roots
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .filter_map(|(name, number)| Some((name, number.parse().ok()?)))
                .collect(),
            types: lines.iter().map(|_| OnceLock::new()).collect(),
            lines,
        }
    })
}

impl Keeps for Type {
    fn keeps(&self, key: &str) -> bool {
        self.field(key).is_some()
    }
}

impl Type {
    /// The name as Go prints it: `v1alpha1.ApplicationSpec`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name without its package: `ApplicationSpec`; empty for a struct without a name.
    #[must_use]
    pub fn struct_name(&self) -> &'static str {
        if self.name.starts_with("struct {") {
            return "";
        }
        self.name.rsplit_once('.').map_or(self.name, |(_, name)| name)
    }

    /// The JSON members, embedded structs opened, in the order of the Go source.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The member that encoding/json chooses for `name`: the exact one, else the first that differs in case only.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(self.position(name.as_bytes(), Case::Insensitive)?)
    }

    /// [`field`](Type::field) for a name that need not be UTF-8.
    pub(crate) fn field_bytes(&self, name: &[u8]) -> Option<&Field> {
        self.fields.get(self.position(name, Case::Insensitive)?)
    }

    /// The place of the member that is chosen for `name`.
    pub(super) fn position(&self, name: &[u8], case: Case) -> Option<usize> {
        let exact = self.sorted.binary_search_by(|(known, _)| known.as_bytes().cmp(name)).ok();
        let exact = exact.and_then(|at| self.sorted.get(at)).map(|(_, place)| *place);
        match case {
            Case::Sensitive => exact,
            Case::Insensitive => exact.or_else(|| self.fields.iter().position(|f| folds_to(f.name, name))),
        }
    }

    /// The expression that means this type.
    pub(super) fn expression(&'static self) -> &'static Shape {
        &self.reference
    }

    /// The fields that are printed even if nothing is in them.
    pub(super) fn always(&'static self) -> &'static [&'static Field] {
        self.always.get_or_init(|| self.fields.iter().filter(|field| field.is_always_there()).collect())
    }

    /// Whether this is a Go struct.
    #[must_use]
    pub fn is_struct(&self) -> bool {
        self.shape == Shape::Struct
    }

    /// Whether it reads its members, and nothing else.
    pub(super) fn has_members(&self) -> bool {
        self.is_struct() && self.codec == Codec::Plain
    }

    fn parse(line: &'static str, number: u16) -> Type {
        let mut parts = line.split('\t');
        let (name, head) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let codec = match head {
            "raw" => Codec::Raw,
            "parameter" => Codec::Parameter,
            "time" => Codec::Time,
            "microtime" => Codec::MicroTime,
            "quantity" => Codec::Quantity,
            "intstr" => Codec::IntOrString,
            _ => Codec::Plain,
        };
        let shape =
            if codec != Codec::Plain || head == "struct" { Shape::Struct } else { Shape::parse(&mut &*head) };
        let fields: Vec<Field> = parts.map(Field::parse).collect();
        let mut sorted: Vec<_> = fields.iter().enumerate().map(|(at, field)| (field.name, at)).collect();
        sorted.sort_unstable();
        Type {
            name,
            reference: Shape::Named(number),
            shape,
            codec,
            fields,
            sorted,
            zero: OnceLock::new(),
            always: OnceLock::new(),
        }
    }
}

/// How member names are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Sensitive,
    Insensitive,
}

/// Whether `key` equals the ASCII `name` under Unicode's simple folding: beside ASCII case, U+017F is an `s` and
/// U+212A a `k`.
fn folds_to(name: &str, key: &[u8]) -> bool {
    let mut key = key;
    for want in name.bytes() {
        let (got, rest) = match key {
            [0xc5, 0xbf, rest @ ..] => (b's', rest),
            [0xe2, 0x84, 0xaa, rest @ ..] => (b'k', rest),
            [first, rest @ ..] => (*first, rest),
            [] => return false,
        };
        if !want.eq_ignore_ascii_case(&got) {
            return false;
        }
        key = rest;
    }
    key.is_empty()
}

impl Field {
    /// The JSON name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Go's `patchStrategy` tag: `merge`, `retainKeys`, `replace`.
    #[must_use]
    pub fn patch_strategies(&self) -> &[&'static str] {
        &self.strategies
    }

    /// Go's `patchMergeKey` tag, or the empty text.
    #[must_use]
    pub fn merge_key(&self) -> &'static str {
        self.merge_key
    }

    /// Whether it is printed even if nothing is in it.
    pub(super) fn is_always_there(&'static self) -> bool {
        let is_struct = *self.shape.underlying() == Shape::Struct;
        !self.omit_zero && (!self.omit_empty || is_struct)
    }

    /// The type of the member.
    pub(crate) fn type_expr(&'static self) -> TypeExpr {
        TypeExpr(&self.shape)
    }

    fn parse(text: &'static str) -> Field {
        let (text, embedded) = match text.split_once('^') {
            None => (text, None),
            Some((text, embedded)) => {
                let (names, mut shape) = embedded.split_once('^').unwrap_or_default();
                (text, Some(Embedded { names, shape: Shape::parse(&mut shape) }))
            }
        };
        let (text, patch) = text.split_once('~').unwrap_or((text, ""));
        let (strategies, merge_key) = patch.split_once('~').unwrap_or_default();
        let (name, mut shape) = text.split_once(' ').unwrap_or_default();
        Field {
            name: name.trim_start_matches(['?', '!']),
            shape: Shape::parse(&mut shape),
            omit_empty: name.starts_with('?'),
            omit_zero: name.starts_with('!') || name.starts_with("?!"),
            strategies: strategies.split(',').filter(|s| !s.is_empty()).collect(),
            merge_key,
            embedded,
        }
    }
}

impl TypeExpr {
    pub(crate) fn of(of: &'static Type) -> TypeExpr {
        TypeExpr(&of.reference)
    }

    /// What a pointer points to.
    pub(crate) fn pointee(self) -> Option<TypeExpr> {
        match self.0.underlying() {
            Shape::Pointer(inner) => Some(TypeExpr(inner)),
            _ => None,
        }
    }

    /// What a slice is made of.
    pub(crate) fn item(self) -> Option<TypeExpr> {
        match self.0.underlying() {
            Shape::List(item) => Some(TypeExpr(item)),
            Shape::Bytes => Some(TypeExpr(&Shape::Uint(1))),
            _ => None,
        }
    }

    /// The struct, if it is one.
    pub(crate) fn as_struct(self) -> Option<&'static Type> {
        match self.0 {
            Shape::Named(number) => named(*number).filter(|t| t.is_struct()),
            _ => None,
        }
    }

    /// What the API's schema says of it, pointers passed over.
    pub(crate) fn form(self) -> Form {
        if let Some(named) = self.0.named() {
            match named.codec {
                Codec::Plain if named.is_struct() => return Form::Struct(named),
                Codec::Plain => {}
                Codec::Raw => return Form::Object,
                Codec::Time | Codec::MicroTime => return Form::Time,
                Codec::IntOrString => return Form::IntOrString,
                Codec::Quantity | Codec::Parameter => return Form::Untyped,
            }
        }
        match self.0.underlying() {
            Shape::String => Form::Text,
            Shape::Bool => Form::Bool,
            Shape::Int(_) | Shape::Uint(_) => Form::Integer,
            Shape::Float(_) => Form::Number,
            Shape::Bytes => Form::Bytes,
            Shape::Pointer(inner) => TypeExpr(inner).form(),
            Shape::List(item) => Form::List(TypeExpr(item)),
            Shape::Map(entry) => Form::Map(TypeExpr(&entry.1)),
            Shape::Any | Shape::Named(_) | Shape::Struct => Form::Untyped,
        }
    }

    /// Go's `reflect.Kind` by name.
    pub(crate) fn kind(self) -> &'static str {
        match self.0.underlying() {
            Shape::String => "string",
            Shape::Bool => "bool",
            Shape::Any => "interface",
            Shape::Bytes | Shape::List(_) => "slice",
            Shape::Int(width) => {
                ["int", "int8", "int16", "", "int32"].get(usize::from(*width)).unwrap_or(&"int64")
            }
            Shape::Uint(width) => {
                ["uint", "uint8", "uint16", "", "uint32"].get(usize::from(*width)).unwrap_or(&"uint64")
            }
            Shape::Float(4) => "float32",
            Shape::Float(_) => "float64",
            Shape::Pointer(_) => "ptr",
            Shape::Map(_) => "map",
            Shape::Named(_) | Shape::Struct => "struct",
        }
    }
}

impl Shape {
    /// Reads one expression from the front of `text`.
    fn parse(text: &mut &str) -> Shape {
        let Some(first) = text.chars().next() else { return Shape::Any };
        if first.is_ascii_digit() {
            let (number, rest) = text.split_once('.').unwrap_or((text, ""));
            *text = rest;
            return number.parse().map_or(Shape::Any, Shape::Named);
        }
        *text = text.get(first.len_utf8()..).unwrap_or_default();
        match first {
            's' => Shape::String,
            'b' => Shape::Bool,
            'y' => Shape::Bytes,
            'i' => Shape::Int(width(text)),
            'u' => Shape::Uint(width(text)),
            'f' => Shape::Float(width(text)),
            '*' => Shape::Pointer(Box::new(Shape::parse(text))),
            '[' => Shape::List(Box::new(Shape::parse(text))),
            '{' => {
                let key = Shape::parse(text);
                Shape::Map(Box::new((key, Shape::parse(text))))
            }
            _ => Shape::Any,
        }
    }

    /// The named type behind this expression, pointers passed over.
    pub(super) fn named(&self) -> Option<&'static Type> {
        match self {
            Shape::Named(number) => named(*number),
            Shape::Pointer(inner) => inner.named(),
            _ => None,
        }
    }

    /// The shape behind a name; pointers stay.
    pub(super) fn underlying(&'static self) -> &'static Shape {
        match self {
            Shape::Named(number) => named(*number).map_or(self, |t| &t.shape),
            _ => self,
        }
    }

    /// The type as Go prints it.
    pub(super) fn go_name(&self) -> String {
        let mut out = String::new();
        self.write_go_name(&mut out);
        out
    }

    fn write_go_name(&self, out: &mut String) {
        let number = |out: &mut String, kind: &str, width: u8| {
            out.push_str(kind);
            if width > 0 {
                let _ = write!(out, "{}", u16::from(width) * 8);
            }
        };
        match self {
            Shape::String => out.push_str("string"),
            Shape::Bool => out.push_str("bool"),
            Shape::Any => out.push_str("interface {}"),
            Shape::Bytes => out.push_str("[]uint8"),
            Shape::Struct => out.push_str("struct"),
            Shape::Int(n) => number(out, "int", *n),
            Shape::Uint(n) => number(out, "uint", *n),
            Shape::Float(n) => number(out, "float", *n),
            Shape::Named(n) => out.push_str(named(*n).map_or("", |t| t.name)),
            Shape::Pointer(inner) => {
                out.push('*');
                inner.write_go_name(out);
            }
            Shape::List(inner) => {
                out.push_str("[]");
                inner.write_go_name(out);
            }
            Shape::Map(pair) => {
                out.push_str("map[");
                pair.0.write_go_name(out);
                out.push(']');
                pair.1.write_go_name(out);
            }
        }
    }
}

fn width(text: &mut &str) -> u8 {
    let Some(digit) = text.bytes().next().filter(u8::is_ascii_digit) else { return 0 };
    *text = text.get(1..).unwrap_or_default();
    digit - b'0'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_parses_and_none_contains_itself() {
        for line in 0..table().lines.len() {
            let number = u16::try_from(line).unwrap();
            assert!(named(number).is_some_and(|t| !t.name.is_empty()));
            // Reading and writing recurse along the types, so their depth bounds the stack.
            assert!(depth(&Shape::Named(number), 0) < 40);
        }
        assert!(table().lines.len() > 800 && table().roots.len() > 300);
    }

    fn depth(shape: &Shape, above: usize) -> usize {
        assert!(above < 40, "{} contains itself", shape.go_name());
        match shape {
            Shape::Named(n) => {
                let t = named(*n).unwrap();
                let fields = t.fields().iter().map(|f| depth(&f.shape, above + 1));
                fields.chain([depth(&t.shape, above + 1)]).max().unwrap_or(above)
            }
            Shape::Pointer(inner) | Shape::List(inner) => depth(inner, above + 1),
            Shape::Map(pair) => depth(&pair.1, above + 1),
            _ => above,
        }
    }

    #[test]
    fn names_are_found_and_fold() {
        let app = find("argoproj.io/v1alpha1", "Application").unwrap();
        assert_eq!(app.name(), "v1alpha1.Application");
        assert_eq!(app.field("SPEC").unwrap().name(), "spec");
        assert!(app.field("spex").is_none());
        assert!(folds_to("kind", "\u{212a}ind".as_bytes()));
        assert!(find("v1", "Pod").is_some() && find("", "Pod").is_none() && find("helm", "Chart").is_some());
        assert!(roots().any(|name| name == "kustomize/Kustomization"));
    }
}
