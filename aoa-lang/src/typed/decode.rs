//! Reading a value into a Go type as encoding/json does: the first type error is kept and reading goes on, members
//! that are named twice are merged, null leaves plain fields alone.

use super::codec;
use super::table::{Case, Codec, Field, Shape, Type};
use super::{Unknown, coerce, encode};
use crate::base64;
use crate::json::format_float;
use crate::value::{FloatKind, IntKind, List, Map, Rewrite, Text, UintKind};
use crate::{Error, Result, Value};

/// A Go variable while it is being read.
#[derive(Debug, Default)]
pub(super) enum Slot {
    /// The zero value: "", 0, false, nil, a struct of these.
    #[default]
    Unset,
    /// A scalar, or what a codec holds.
    Value(Value),
    /// In the order of the type's fields.
    Struct(Box<[Slot]>),
    List(Vec<Slot>),
    /// Sorted by key, no key twice.
    Map(Vec<(Text, Slot)>),
}

/// How a value is read.
pub(super) struct Decoder {
    pub(super) case: Case,
    pub(super) unknown: Unknown,
    /// What a number in an `interface{}` becomes.
    pub(super) numbers: Numbers,
    saved: Option<Error>,
    /// What Kubernetes' strict decoder complains about, each once.
    strict: Vec<String>,
    /// The struct that is being read, and the JSON names that lead to the place.
    inside: Option<&'static str>,
    path: Vec<&'static str>,
    /// The place as Kubernetes' strict errors write it: `.spec`, `[0]`.
    strict_path: String,
}

/// What a number in an `interface{}` becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// `float64`
    Floats,
    /// `int64` where it is a whole number that fits, as sigs.k8s.io/json reads.
    Integers,
}

/// The most strict errors that are collected (sigs.k8s.io/json `kubernetes_patch.go`).
const STRICT_ERRORS: usize = 100;

impl Decoder {
    pub(super) fn new(case: Case, unknown: Unknown, numbers: Numbers) -> Self {
        Decoder {
            case,
            unknown,
            numbers,
            saved: None,
            strict: Vec::new(),
            inside: None,
            path: Vec::new(),
            strict_path: String::new(),
        }
    }

    /// Reads `value` into a new variable of `shape`.
    pub(super) fn decode(mut self, shape: &'static Shape, value: &Value) -> Result<(Slot, Vec<String>)> {
        let mut slot = Slot::Unset;
        self.value(shape, &mut slot, value)?;
        match self.saved {
            Some(error) => Err(error),
            None => Ok((slot, self.strict)),
        }
    }

    /// Reads one value. Recursion follows the type, so its depth is bounded.
    fn value(&mut self, shape: &'static Shape, slot: &mut Slot, value: &Value) -> Result<()> {
        let value = match value {
            Value::List(list) if list.is_nil() => &Value::Null,
            Value::Map(map) if map.is_nil() => &Value::Null,
            Value::Object(object) => match object.to_data() {
                Value::Object(_) => &Value::Null,
                data => return self.value(shape, slot, &data),
            },
            value => value,
        };
        if let Shape::Pointer(inner) = shape {
            if value.is_null() {
                *slot = Slot::Unset;
                return Ok(());
            }
            self.value(inner, slot, value)?;
            if matches!(slot, Slot::Unset) {
                // The variable that it points to exists now, even if it is zero.
                *slot = encode::empty(inner);
            }
            return Ok(());
        }
        if let Some(of) = shape.named().filter(|t| !matches!(t.codec, Codec::Plain | Codec::Parameter)) {
            return codec::decode(of.codec, slot, value);
        }
        match (value, shape.underlying()) {
            (Value::Map(map), Shape::Struct) => match shape.named() {
                Some(of) => self.structure(of, slot, map),
                None => Ok(()),
            },
            (Value::Map(map), Shape::Map(pair)) => self.map(&pair.1, slot, map),
            (Value::List(list), Shape::List(item)) => self.list(item, slot, list),
            (_, Shape::Any) => {
                *slot = Slot::Value(self.interface(value)?);
                Ok(())
            }
            (value, underlying) => self.scalar(shape, underlying, slot, value),
        }
    }

    fn structure(&mut self, of: &'static Type, slot: &mut Slot, map: &Map) -> Result<()> {
        if !matches!(slot, Slot::Struct(_)) {
            *slot = Slot::Struct(of.fields().iter().map(|_| Slot::Unset).collect());
        }
        let Slot::Struct(slots) = slot else { return Ok(()) };
        let (inside, depth, strict) = (self.inside, self.path.len(), self.strict_path.len());
        for (key, value) in map.iter() {
            let position = of.position(key.as_bytes(), self.case);
            let Some((field, slot)) =
                position.and_then(|at| Some((of.fields().get(at)?, slots.get_mut(at)?)))
            else {
                self.unknown_member(key);
                continue;
            };
            if self.case == Case::Sensitive {
                push_key(&mut self.strict_path, field.name());
            }
            self.enter(of, field);
            self.value(&field.shape, slot, value)?;
            if field.embedded.as_ref().is_some_and(|e| matches!(e.shape, Shape::Pointer(_)))
                && matches!(slot, Slot::Unset)
            {
                // The embedded struct was allocated on the way, which a codec can see.
                *slot = Slot::Value(Value::Null);
            }
            self.inside = inside;
            self.path.truncate(depth);
            self.strict_path.truncate(strict);
        }
        Ok(())
    }

    fn enter(&mut self, of: &'static Type, field: &'static Field) {
        self.inside = Some(of.struct_name());
        if let Some(embedded) = &field.embedded {
            self.path.push(embedded.names);
        }
        self.path.push(field.name());
    }

    fn unknown_member(&mut self, key: &Text) {
        match self.unknown {
            Unknown::Prune => {}
            Unknown::Refuse => {
                let quoted = crate::strconv::quote(key.as_bytes());
                self.save(|_| Error::invalid(format!("json: unknown field {quoted}")));
            }
            Unknown::Collect => {
                let kept = self.strict_path.len();
                push_key(&mut self.strict_path, &key.to_str_lossy());
                let message = format!("unknown field {}", crate::strconv::quote(self.strict_path.as_bytes()));
                self.strict_path.truncate(kept);
                if self.strict.len() < STRICT_ERRORS && !self.strict.contains(&message) {
                    self.strict.push(message);
                }
            }
        }
    }

    fn map(&mut self, item: &'static Shape, slot: &mut Slot, map: &Map) -> Result<()> {
        if !matches!(slot, Slot::Map(_)) {
            *slot = Slot::Map(Vec::with_capacity(map.len()));
        }
        let Slot::Map(entries) = slot else { return Ok(()) };
        let strict = self.strict_path.len();
        for (key, value) in map.iter() {
            // An element never starts from what stood there.
            let mut element = Slot::Unset;
            if self.unknown == Unknown::Collect {
                push_key(&mut self.strict_path, &key.to_str_lossy());
            }
            self.value(item, &mut element, value)?;
            self.strict_path.truncate(strict);
            match entries.binary_search_by(|(k, _)| k.cmp(key)) {
                Ok(at) => {
                    if let Some(entry) = entries.get_mut(at) {
                        entry.1 = element;
                    }
                }
                Err(at) => entries.insert(at, (key.clone(), element)),
            }
        }
        Ok(())
    }

    fn list(&mut self, item: &'static Shape, slot: &mut Slot, list: &List) -> Result<()> {
        if !matches!(slot, Slot::List(_)) {
            *slot = Slot::List(Vec::with_capacity(list.len()));
        }
        let Slot::List(items) = slot else { return Ok(()) };
        // Elements that stand there already are read into, not replaced.
        items.resize_with(list.len(), Slot::default);
        let strict = self.strict_path.len();
        for (at, (slot, value)) in items.iter_mut().zip(list.iter()).enumerate() {
            if self.unknown == Unknown::Collect {
                self.strict_path.push_str(&format!("[{at}]"));
            }
            self.value(item, slot, value)?;
            self.strict_path.truncate(strict);
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        shape: &'static Shape,
        underlying: &Shape,
        slot: &mut Slot,
        value: &Value,
    ) -> Result<()> {
        let number = match value {
            Value::Null => None,
            value => number_text(value)?,
        };
        let read = match (value, underlying, number.as_deref()) {
            (Value::Null, Shape::Map(_) | Shape::List(_) | Shape::Bytes, _) => Some(Slot::Unset),
            (Value::Null, _, _) => return Ok(()),
            (Value::Bool(b), Shape::Bool, _) => Some(Slot::Value(Value::Bool(*b))),
            (Value::String(text), Shape::String, _) => Some(Slot::Value(Value::String(valid(text)))),
            (Value::String(text), Shape::Bytes, _) => match base64::decode(text.as_bytes()) {
                Ok(bytes) => Some(Slot::Value(Value::string(base64::encode(&bytes)))),
                Err(at) => {
                    self.save(|_| Error::invalid(format!("illegal base64 data at input byte {at}")));
                    return Ok(());
                }
            },
            (_, Shape::Int(_) | Shape::Uint(_) | Shape::Float(_), Some(text)) => {
                number_in(underlying, text).map(Slot::Value)
            }
            _ => None,
        };
        match read {
            Some(read) => *slot = read,
            None => {
                let what = match (value, number, underlying) {
                    (_, Some(text), Shape::Int(_) | Shape::Uint(_) | Shape::Float(_)) => {
                        format!("number {text}")
                    }
                    (_, Some(_), _) => "number".to_owned(),
                    (Value::Bool(_), ..) => "bool".to_owned(),
                    (Value::List(_), ..) => "array".to_owned(),
                    (Value::Map(_), ..) => "object".to_owned(),
                    _ => "string".to_owned(),
                };
                self.mismatch(&what, shape);
            }
        }
        Ok(())
    }

    fn mismatch(&mut self, what: &str, shape: &Shape) {
        self.save(|decoder| {
            let of = shape.go_name();
            Error::invalid(match decoder.inside {
                None => format!("json: cannot unmarshal {what} into Go value of type {of}"),
                Some(inside) => format!(
                    "json: cannot unmarshal {what} into Go struct field {inside}.{} of type {of}",
                    decoder.path.join(".")
                ),
            })
        });
    }

    fn save(&mut self, error: impl FnOnce(&Self) -> Error) {
        if self.saved.is_none() {
            self.saved = Some(error(self));
        }
    }

    /// Data as an `interface{}` holds it after JSON.
    fn interface(&self, value: &Value) -> Result<Value> {
        let numbers = self.numbers;
        value.rewrite(&mut |value, _| {
            Ok(match value {
                Value::Int(IntKind::Int64, _) if numbers == Numbers::Integers => Rewrite::Keep,
                Value::Null | Value::Bool(_) => Rewrite::Keep,
                Value::String(text) if text.as_str().is_some() => Rewrite::Keep,
                Value::String(text) => Rewrite::Replace(Value::String(valid(text))),
                Value::List(list) if list.is_nil() => Rewrite::Replace(Value::Null),
                Value::Map(map) if map.is_nil() => Rewrite::Replace(Value::Null),
                Value::Map(_) | Value::List(_) => Rewrite::Untyped,
                Value::Object(object) => Rewrite::Replace(object.to_data()),
                value => Rewrite::Replace(interface_number(value, numbers)?),
            })
        })
    }
}

/// A number as an `interface{}` holds it.
fn interface_number(value: &Value, numbers: Numbers) -> Result<Value> {
    let Some(text) = number_text(value)? else { return Ok(Value::Null) };
    if numbers == Numbers::Integers
        && let Ok(whole) = text.parse::<i64>()
    {
        return Ok(Value::int64(whole));
    }
    match text.parse::<f64>() {
        Ok(n) if n.is_finite() => Ok(Value::float(n)),
        _ => {
            Err(Error::invalid(format!("json: cannot unmarshal number {text} into Go value of type float64")))
        }
    }
}

fn push_key(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

/// Bytes that are not UTF-8 do not survive JSON.
fn valid(text: &Text) -> Text {
    if text.as_str().is_some() { text.clone() } else { Text::from(text.to_str_lossy()) }
}

/// The text of a number in JSON.
pub(super) fn number_text(value: &Value) -> Result<Option<String>> {
    Ok(Some(match value {
        Value::Int(_, n) => n.to_string(),
        Value::Uint(_, n) => n.to_string(),
        Value::Number(text) => text.to_string(),
        Value::Float(_, n) if !n.is_finite() => return Err(coerce::unsupported(*n)),
        Value::Float(kind, n) => format_float(*n, *kind),
        _ => return Ok(None),
    }))
}

/// A JSON number that fits a Go number of this width; its value is as wide as JSON's readers make it.
fn number_in(shape: &Shape, text: &str) -> Option<Value> {
    match shape {
        Shape::Int(width) => {
            let n: i64 = text.parse().ok()?;
            let bits = if *width == 0 { 64 } else { u32::from(*width) * 8 };
            let fits = bits >= 64 || (-(1i64 << (bits - 1))..1i64 << (bits - 1)).contains(&n);
            fits.then_some(Value::int64(n))
        }
        Shape::Uint(width) => {
            let n: u64 = text.parse().ok().filter(|_| !text.starts_with('-'))?;
            let bits = if *width == 0 { 64 } else { u32::from(*width) * 8 };
            (bits >= 64 || n < 1u64 << bits).then_some(Value::Uint(UintKind::Uint64, n))
        }
        Shape::Float(4) => {
            let n: f32 = text.parse().ok().filter(|n: &f32| n.is_finite())?;
            Some(Value::Float(FloatKind::Float32, f64::from(n)))
        }
        _ => text.parse().ok().filter(|n: &f64| n.is_finite()).map(Value::float),
    }
}
