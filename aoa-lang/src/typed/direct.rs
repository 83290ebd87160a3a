//! The short way through a type. What fits it is printed as it stands: in one pass, sharing what stays.
//!
//! Wherever a reader has rules of its own (nulls, names that differ in case, free-form data, times, numbers that are not
//! whole) there is no short way; `decode` and `encode` are the whole one, and the only one with errors. Where both give an
//! answer it is the same, which builds with debug assertions check at every reading.

use super::table::{Case, Codec, Field, Shape, Type};
use super::{encode, quantity};
use crate::Value;
use crate::base64;
use crate::value::{IntKind, List, ListKind, Map, MapKind, Text};

/// What differs between the readers, as far as data that fits is concerned.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    /// Whether members that the type does not have vanish.
    pub(super) leaves_unknown: bool,
    /// Whether free-form data stays as it is.
    pub(super) keeps_raw: bool,
}

/// What becomes of a value.
enum Fit {
    Stays,
    Becomes(Value),
}

impl Reader {
    /// What `read` and `print` make of `value`, if there is a short way.
    pub(super) fn read(self, shape: &'static Shape, value: &Value) -> Option<Value> {
        Some(match self.fit(shape, value)? {
            Fit::Stays => value.clone(),
            Fit::Becomes(value) => value,
        })
    }

    /// Recursion follows the type, so its depth is bounded.
    fn fit(self, shape: &'static Shape, value: &Value) -> Option<Fit> {
        if let Shape::Pointer(inner) = shape {
            return self.fit(inner, value);
        }
        let named = shape.named();
        if let Some(codec) = named.map(|of| of.codec).filter(|codec| *codec != Codec::Plain) {
            return self.codec(codec, value);
        }
        match (shape.underlying(), value) {
            (Shape::Struct, Value::Map(map)) if map.kind() == MapKind::Any && !map.is_nil() => {
                self.structure(named?, map)
            }
            (Shape::Map(pair), Value::Map(map)) if map.kind() == MapKind::Any && !map.is_nil() => {
                self.map(&pair.1, map)
            }
            (Shape::List(item), Value::List(list)) if list.kind() == ListKind::Any && !list.is_nil() => {
                self.list(item, list)
            }
            (Shape::String, Value::String(text)) => text.as_str().map(|_| Fit::Stays),
            (Shape::Bool, Value::Bool(_)) => Some(Fit::Stays),
            (Shape::Int(width), Value::Int(IntKind::Int64, n)) => fits(*width, *n).then_some(Fit::Stays),
            (Shape::Bytes, Value::String(text)) => {
                let bytes = base64::decode(text.as_bytes()).ok()?;
                Some(text_or(text, &base64::encode(&bytes)))
            }
            _ => None,
        }
    }

    fn codec(self, codec: Codec, value: &Value) -> Option<Fit> {
        match (codec, value) {
            (Codec::Raw, value) if self.keeps_raw && !value.is_null() => Some(Fit::Stays),
            (Codec::IntOrString, Value::String(_)) => Some(Fit::Stays),
            (Codec::IntOrString, Value::Int(IntKind::Int64, n)) => fits(4, *n).then_some(Fit::Stays),
            (Codec::Quantity, Value::String(text)) => {
                Some(text_or(text, &quantity::canonical(text.as_str()?).ok()?))
            }
            (Codec::Quantity, Value::Int(_, n)) => {
                Some(Fit::Becomes(Value::string(&*quantity::canonical(&n.to_string()).ok()?)))
            }
            _ => None,
        }
    }

    fn structure(self, of: &'static Type, map: &Map) -> Option<Fit> {
        let entries = map.as_slice();
        let mut out = Out::new(entries);
        let mut always = 0;
        for (at, (key, value)) in entries.iter().enumerate() {
            let Some(field) = of.position(key.as_bytes(), Case::Sensitive).and_then(|at| of.fields().get(at))
            else {
                if self.leaves_unknown {
                    out.leave(at);
                    continue;
                }
                return None;
            };
            if field.embedded.as_ref().is_some_and(|embedded| matches!(embedded.shape, Shape::Pointer(_))) {
                return None;
            }
            let fit = self.fit(&field.shape, value)?;
            let printed = match &fit {
                Fit::Stays => value,
                Fit::Becomes(value) => value,
            };
            if is_omitted(field, printed)? {
                out.leave(at);
                continue;
            }
            always += usize::from(field.is_always_there());
            out.take(at, key, fit);
        }
        let due = of.always();
        if always == due.len() {
            return Some(out.fit());
        }
        let mut entries = out.into_entries();
        for field in due {
            if let Err(at) = entries.binary_search_by(|(key, _)| key.as_bytes().cmp(field.name().as_bytes()))
            {
                entries.insert(at, (Text::from_static(field.name()), encode::zero(&field.shape)));
            }
        }
        Some(Fit::Becomes(Value::map(entries)))
    }

    fn map(self, item: &'static Shape, map: &Map) -> Option<Fit> {
        let entries = map.as_slice();
        let mut out = Out::new(entries);
        for (at, (key, value)) in entries.iter().enumerate() {
            let fit = self.fit(item, value)?;
            out.take(at, key, fit);
        }
        Some(out.fit())
    }

    fn list(self, item: &'static Shape, list: &List) -> Option<Fit> {
        let mut changed: Option<Vec<Value>> = None;
        for (at, value) in list.iter().enumerate() {
            if let Fit::Becomes(new) = self.fit(item, value)? {
                let items = changed.get_or_insert_with(|| list.as_slice().to_vec());
                if let Some(place) = items.get_mut(at) {
                    *place = new;
                }
            }
        }
        Some(changed.map_or(Fit::Stays, |items| Fit::Becomes(Value::list(items))))
    }
}

/// The entries of a map as they are printed: those of the original until one differs.
struct Out<'m> {
    from: &'m [(Text, Value)],
    changed: Option<Vec<(Text, Value)>>,
}

impl<'m> Out<'m> {
    fn new(from: &'m [(Text, Value)]) -> Self {
        Out { from, changed: None }
    }

    /// The copy, of what stood before `at`.
    fn copy(&mut self, at: usize) -> &mut Vec<(Text, Value)> {
        let from = self.from;
        self.changed.get_or_insert_with(|| {
            // A few members come later: zero values, and the server's defaults.
            let mut copy = Vec::with_capacity(from.len() + 8);
            copy.extend_from_slice(from.get(..at).unwrap_or_default());
            copy
        })
    }

    fn leave(&mut self, at: usize) {
        self.copy(at);
    }

    fn take(&mut self, at: usize, key: &Text, fit: Fit) {
        match fit {
            Fit::Becomes(new) => self.copy(at).push((key.clone(), new)),
            Fit::Stays => {
                if let (Some(copy), Some((key, value))) = (&mut self.changed, self.from.get(at)) {
                    copy.push((key.clone(), value.clone()));
                }
            }
        }
    }

    fn fit(self) -> Fit {
        self.changed.map_or(Fit::Stays, |entries| Fit::Becomes(Value::map(entries)))
    }

    fn into_entries(mut self) -> Vec<(Text, Value)> {
        self.copy(self.from.len());
        self.changed.unwrap_or_default()
    }
}

/// The text itself where it is the same.
fn text_or(text: &Text, printed: &str) -> Fit {
    if printed.as_bytes() == text.as_bytes() { Fit::Stays } else { Fit::Becomes(Value::string(printed)) }
}

fn fits(width: u8, n: i64) -> bool {
    match u32::from(width) * 8 {
        0 | 64.. => true,
        bits => (-(1i64 << (bits - 1))..1i64 << (bits - 1)).contains(&n),
    }
}

/// Whether a field with this value is not printed; `None` where only the whole way can tell.
fn is_omitted(field: &'static Field, printed: &Value) -> Option<bool> {
    if matches!(field.shape, Shape::Pointer(_)) {
        return Some(false);
    }
    if field.omit_zero {
        return None;
    }
    Some(
        field.omit_empty
            && match (field.shape.underlying(), printed) {
                (Shape::Struct, _) => false,
                (_, Value::Map(map)) => map.is_empty(),
                (_, Value::List(list)) => list.is_empty(),
                (_, Value::String(text)) => text.is_empty(),
                (_, Value::Bool(b)) => !b,
                (_, Value::Int(_, n)) => *n == 0,
                _ => return None,
            },
    )
}
