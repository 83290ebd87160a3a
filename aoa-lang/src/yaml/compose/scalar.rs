//! Scalars: their values, and numbers as the options want them.

use super::alias::Anchor;
use super::{Composer, Key, LONG_KEY, Next, Node, Numbers, json, replace_invalid};
use crate::value::Text;
use crate::yaml::resolve::{KnownTag, Resolved, resolve_plain, resolve_tagged};
use crate::yaml::{Dialect, Properties, Scalar, ScalarStyle};
use crate::{Error, Value, base64};

impl<'a> Composer<'a, '_> {
    #[inline]
    pub(super) fn scalar(&mut self, scalar: Scalar<'a>, line: u32) {
        if scalar.properties.is_some() || self.strict {
            return self.any_scalar(scalar, line);
        }
        match self.next() {
            Some(Next::Value) => {
                self.count();
                let value = self.simple(scalar);
                self.set_value(value);
            }
            Some(Next::Item) => {
                self.count();
                let value = self.simple(scalar);
                self.items.push(value);
            }
            Some(Next::Key) if self.is_text_key(&scalar) => {
                self.count();
                self.done.may_not_survive |= scalar.value.len() >= LONG_KEY
                    || (scalar.style == ScalarStyle::DoubleQuoted && json::may_not_survive(&scalar.value));
                self.looks_away(&scalar.value);
                let key = if self.leaves_out { Text::EMPTY } else { Text::from(scalar.value) };
                self.entries.push((key, Value::Null));
                self.set_next(Next::Value);
            }
            _ => self.any_scalar(scalar, line),
        }
    }

    /// Whether a key without properties is its text.
    #[inline]
    fn is_text_key(&self, scalar: &Scalar<'_>) -> bool {
        scalar.style != ScalarStyle::Plain
            || (matches!(resolve_plain(&scalar.value, Dialect::V2), Resolved::Str) && scalar.value != "<<")
    }

    /// The value of a scalar without properties.
    #[inline]
    fn simple(&mut self, scalar: Scalar<'a>) -> Value {
        if scalar.style == ScalarStyle::DoubleQuoted {
            self.done.may_not_survive |= json::may_not_survive(&scalar.value);
        }
        if scalar.style != ScalarStyle::Plain {
            return if self.leaves_out { Value::Null } else { Value::String(Text::from(scalar.value)) };
        }
        match resolve_plain(&scalar.value, Dialect::V2) {
            Resolved::Str | Resolved::Timestamp(_) | Resolved::Binary if self.leaves_out => Value::Null,
            Resolved::Str | Resolved::Timestamp(_) | Resolved::Binary => {
                Value::String(Text::from(scalar.value))
            }
            Resolved::Null => Value::Null,
            Resolved::Bool(b) => Value::Bool(b),
            Resolved::Int(n) => self.integer(n),
            Resolved::Uint(n) => self.unsigned(n),
            Resolved::Float(n) => self.float(n),
        }
    }

    fn any_scalar(&mut self, scalar: Scalar<'a>, line: u32) {
        if self.next() == Some(Next::Key) && scalar.value == "<<" && is_merge(&scalar) {
            self.done.misses_something |= self.leaves_out;
            return self.set_next(Next::Merged);
        }
        self.count();
        let Scalar { value: text, style, properties } = scalar;
        let resolved = match &properties {
            None if style == ScalarStyle::Plain => resolve_plain(&text, Dialect::V2),
            None => Resolved::Str,
            Some(properties) => self.resolve(&text, style, properties),
        };
        let anchor = properties.and_then(|p| p.anchor);
        let keeps_key = self.next() == Some(Next::Key) || anchor.is_some();
        let (value, key) = match resolved {
            Resolved::Str | Resolved::Timestamp(_) => {
                if style == ScalarStyle::DoubleQuoted {
                    self.done.may_not_survive |= json::may_not_survive(&text);
                }
                let text = Text::from(text);
                (Value::String(text.clone()), keeps_key.then_some(Key::Str(text)))
            }
            Resolved::Binary => {
                let text = self.binary(&text);
                (Value::String(text.clone()), Some(Key::Str(text)))
            }
            Resolved::Null => (Value::Null, Some(Key::Null)),
            Resolved::Bool(b) => (Value::Bool(b), Some(Key::Bool(b))),
            Resolved::Int(n) => (self.integer(n), Some(Key::Int(n))),
            Resolved::Uint(n) => (self.unsigned(n), Some(Key::Uint(n))),
            Resolved::Float(n) => (self.float(n), Some(Key::Float(n))),
        };
        let node = Node { value, key, height: 0, is_alias: false, line, log: None };
        if let Some(name) = anchor {
            self.done.misses_something |= self.leaves_out;
            self.anchors.insert(name, Anchor::complete(&node, 1));
        }
        self.complete(node);
    }

    fn resolve(&mut self, text: &str, style: ScalarStyle, properties: &Properties<'_>) -> Resolved {
        let Some(tag) = &properties.tag else {
            return if style == ScalarStyle::Plain {
                resolve_plain(text, Dialect::V2)
            } else {
                Resolved::Str
            };
        };
        resolve_tagged(KnownTag::of(tag, Dialect::V2), text, Dialect::V2).unwrap_or_else(|error| {
            self.fail(error);
            Resolved::Str
        })
    }

    fn binary(&mut self, text: &str) -> Text {
        match base64::decode(text.as_bytes()) {
            Ok(bytes) => {
                self.done.may_not_survive = true;
                replace_invalid(&bytes)
            }
            Err(_) => {
                self.fail(Error::invalid("yaml: !!binary value contains invalid base64 data"));
                Text::EMPTY
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "Go's conversion, rounding to nearest, is meant")]
    pub(super) fn integer(&self, number: i64) -> Value {
        match self.options.numbers {
            Numbers::Exact | Numbers::BeforeJson | Numbers::Kubernetes => Value::int64(number),
            Numbers::Float64 => Value::float(number as f64),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "Go's conversion, rounding to nearest, is meant")]
    pub(super) fn unsigned(&self, number: u64) -> Value {
        match self.options.numbers {
            Numbers::Exact | Numbers::BeforeJson => Value::Uint(crate::value::UintKind::Uint64, number),
            Numbers::Kubernetes | Numbers::Float64 => Value::float(number as f64),
        }
    }

    pub(super) fn float(&mut self, number: f64) -> Value {
        let is_written = number.is_finite();
        self.done.has_unwritable_numbers |= !is_written && self.options.numbers != Numbers::BeforeJson;
        self.done.misses_something |= !is_written && self.leaves_out;
        match self.options.numbers {
            // JSON writes 1.0 as 1, which is read as an integer.
            Numbers::Kubernetes => json::whole(number).map_or(Value::float(number), Value::int64),
            Numbers::Exact | Numbers::BeforeJson | Numbers::Float64 => Value::float(number),
        }
    }
}

/// From decode.go `isMerge`.
fn is_merge(scalar: &Scalar<'_>) -> bool {
    scalar.is_implicit() || scalar.tag() == Some("tag:yaml.org,2002:merge")
}
