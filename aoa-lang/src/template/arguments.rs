//! Arguments against parameter types: constants take the type that is asked for, values must be assignable to it.

use super::ast::{Ast, NodeId, NodeKind, Number};
use super::heap::{Heap, Shape};
use super::program::Slot;
use crate::Value;
use crate::value::{
    FloatKind, GoType, IntKind, ListKind, MapKind, Object, Signature, Structure, Text, UintKind,
};

/// What a constant is as an argument.
pub(super) enum Constant {
    /// A value of the type.
    Value(Value),
    /// Go refuses it with this message.
    Wrong(String),
    /// The node is no constant.
    None,
}

/// How many arguments are taken.
#[derive(Clone, Copy)]
pub(super) struct Arity {
    pub(super) params: usize,
    pub(super) variadic: bool,
}

impl Arity {
    /// What Go says of a call of `name` with `written` arguments and `finals` from the pipeline, if it refuses it.
    pub(super) fn complaint(self, name: &str, written: usize, finals: usize) -> Option<String> {
        let given = written.saturating_add(finals);
        if self.variadic {
            let fixed = self.params.saturating_sub(1);
            return (given < fixed)
                .then(|| format!("wrong number of args for {name}: want at least {fixed} got {written}"));
        }
        let wanted = self.params;
        (given != wanted).then(|| format!("wrong number of args for {name}: want {wanted} got {given}"))
    }

    /// That of a method.
    pub(super) fn of(signature: &Signature) -> Self {
        Arity { params: signature.params.len(), variadic: signature.variadic }
    }
}

/// The constant `id` as an argument of type `of`.
pub(super) fn constant(ast: &Ast, id: NodeId, of: GoType) -> Constant {
    let Some(kind) = ast.kind(id) else { return Constant::None };
    if matches!(kind, NodeKind::Nil) {
        return if of.has_nil() {
            Constant::Value(of.zero())
        } else {
            Constant::Wrong(format!("cannot assign nil to {}", of.name()))
        };
    }
    let value = match (of, kind) {
        (GoType::Any, NodeKind::Bool(b)) | (GoType::Bool, NodeKind::Bool(b)) => Some(Value::Bool(*b)),
        (GoType::Any | GoType::String, NodeKind::String { text, .. }) => Some(Value::String(text.clone())),
        (GoType::Any, NodeKind::Number(number)) => return ideal(number),
        (GoType::Int(kind), NodeKind::Number(n)) => n.int.map(|n| Value::Int(kind, narrow_int(kind, n))),
        (GoType::Uint(kind), NodeKind::Number(n)) => n.uint.map(|n| Value::Uint(kind, narrow_uint(kind, n))),
        (GoType::Float(kind), NodeKind::Number(n)) => {
            n.float.map(|n| Value::Float(kind, narrow_float(kind, n)))
        }
        _ => None,
    };
    match value {
        Some(value) => Constant::Value(value),
        None => Constant::Wrong(wrong_constant(&ast.describe(id), of)),
    }
}

fn wrong_constant(node: &str, of: GoType) -> String {
    let wanted = match of {
        GoType::Bool => "bool",
        GoType::String => "string",
        GoType::Int(_) => "integer",
        GoType::Uint(_) => "unsigned integer",
        GoType::Float(_) => "float",
        GoType::Named("complex128" | "complex64") => "complex",
        GoType::Any | GoType::List(_) | GoType::Map(_) | GoType::Named(_) => {
            return format!("can't handle {node} for arg of type {}", of.name());
        }
    };
    format!("expected {wanted}; found {node}")
}

/// A number where no type is asked for: how it is written decides.
fn ideal(number: &Number) -> Constant {
    if let Some((real, imaginary)) = number.complex {
        return Constant::Value(Value::from(Complex { real, imaginary }));
    }
    let text = &*number.text;
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let hex_int = hexadecimal && text.len() > 2 && !text.contains(['p', 'P']);
    let looks_like_float = !hex_int && !text.starts_with('\'') && text.contains(['.', 'e', 'E', 'p', 'P']);
    match (number.float, number.int) {
        (Some(float), _) if looks_like_float => Constant::Value(Value::float(float)),
        (_, Some(int)) => Constant::Value(Value::int(int)),
        _ => Constant::Wrong(format!("{text} overflows int")),
    }
}

/// `complex128`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    /// The real part.
    pub real: f64,
    /// The imaginary part.
    pub imaginary: f64,
}

impl Object for Complex {
    fn type_name(&self) -> &'static str {
        "complex128"
    }

    fn text(&self) -> Text {
        Text::from(crate::fmt::display(&Value::from(*self)))
    }

    fn is_stringer(&self) -> bool {
        false
    }

    fn structure(&self) -> Structure {
        Structure::Complex(self.real, self.imaginary)
    }

    fn truth(&self) -> bool {
        self.real != 0.0 || self.imaginary != 0.0
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<Complex>() == Some(self)
    }
}

/// The slot as an argument of type `of`: Go's `validateType`.
///
/// # Errors
/// Go's message.
pub(super) fn validate(slot: Slot, of: GoType, heap: &Heap) -> Result<Slot, String> {
    if slot.is_invalid() {
        if of.has_nil() {
            return Ok(Slot { value: of.zero(), interface: of == GoType::Any });
        }
        return Err(format!("invalid value; expected {}", of.name()));
    }
    if of == GoType::Any {
        return Ok(slot);
    }
    if slot.value.is_null() {
        return Err(format!("wrong type for value; expected {}; got interface {{}}", of.name()));
    }
    if is_of(&slot.value, of, heap) {
        return Ok(Slot::of(slot.value));
    }
    let got = type_name(&slot.value, heap);
    Err(format!("wrong type for value; expected {}; got {got}", of.name()))
}

/// Go's name of the type of a value that may be on the heap.
pub(super) fn type_name(value: &Value, heap: &Heap) -> &'static str {
    match heap.shape(value) {
        Shape::List { kind, .. } => kind.name(),
        Shape::Map { kind, .. } => kind.name(),
        Shape::Other => value.type_name(),
    }
}

fn is_of(value: &Value, of: GoType, heap: &Heap) -> bool {
    match (of, value) {
        (GoType::Bool, Value::Bool(_)) | (GoType::String, Value::String(_)) => true,
        (GoType::Int(kind), Value::Int(k, _)) => kind == *k,
        (GoType::Uint(kind), Value::Uint(k, _)) => kind == *k,
        (GoType::Float(kind), Value::Float(k, _)) => kind == *k,
        (GoType::List(wanted), value) => {
            matches!(heap.shape(value), Shape::List { kind, .. } if kind == wanted
                || (kind, wanted) == (ListKind::VersionSet, ListKind::String))
        }
        (GoType::Map(wanted), value) => {
            matches!(heap.shape(value), Shape::Map { kind, .. } if kind == wanted
                || (kind, wanted) == (MapKind::HelmValues, MapKind::Any))
        }
        (GoType::Named(name), value) => value.type_name() == name,
        _ => false,
    }
}

/// Go's reflection drops the bits that do not fit.
fn narrow_int(kind: IntKind, number: i64) -> i64 {
    let bits = match kind {
        IntKind::Int | IntKind::Int64 => return number,
        IntKind::Int8 => 8,
        IntKind::Int16 => 16,
        IntKind::Int32 => 32,
    };
    (number << (64 - bits)) >> (64 - bits)
}

fn narrow_uint(kind: UintKind, number: u64) -> u64 {
    match kind {
        UintKind::Uint | UintKind::Uint64 => number,
        UintKind::Uint8 => number & 0xff,
        UintKind::Uint16 => number & 0xffff,
        UintKind::Uint32 => number & 0xffff_ffff,
    }
}

fn narrow_float(kind: FloatKind, number: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "this is what a float32 holds")]
    match kind {
        FloatKind::Float32 => f64::from(number as f32),
        FloatKind::Float64 => number,
    }
}
