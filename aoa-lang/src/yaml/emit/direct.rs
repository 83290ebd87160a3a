//! From a [`Value`] to the text of `sigs.k8s.io/yaml`, without recursion and without the steps of an emitter.

use std::borrow::Cow;
use std::sync::Arc;

use super::emitter::Context;
use super::order::key_order;
use super::pieces::Pieces;
use super::through_json;
use crate::value::{List, ListKind, Map, Object, Text, Value};
use crate::yaml::event::Dialect;
use crate::{Error, ErrorKind, Limits, Result, base64, json};

/// The text of one document with `value`.
pub(super) fn write(value: &Value, limits: &Limits) -> Result<String> {
    let mut walk = Walk { out: Pieces::new(limits), levels: Vec::new() };
    walk.value(Cow::Borrowed(value), None, Context::Root)?;
    while let Some(level) = walk.levels.last_mut() {
        let indent = level.indent;
        match level.next() {
            Some((None, item)) => {
                walk.out.item(indent);
                walk.value(item, Some(indent), Context::Item)?;
            }
            Some((Some(key), value)) => {
                walk.out.key(&key, indent)?;
                walk.value(value, Some(indent), Context::Value)?;
            }
            None => drop(walk.levels.pop()),
        }
        walk.out.check_length()?;
    }
    Ok(walk.out.into_text())
}

struct Walk<'l, 'v> {
    out: Pieces<'l>,
    levels: Vec<Level<'v>>,
}

/// A list or map that is being written.
struct Level<'v> {
    of: Collection<'v>,
    next: usize,
    indent: usize,
}

enum Collection<'v> {
    List(Cow<'v, List>),
    Map { map: Cow<'v, Map>, order: Option<Vec<usize>> },
}

type Entry<'v> = (Option<Cow<'v, Text>>, Cow<'v, Value>);

impl<'v> Level<'v> {
    /// The next key, if it is a map, and the next value.
    fn next(&mut self) -> Option<Entry<'v>> {
        let at = self.next;
        self.next += 1;
        match &self.of {
            Collection::List(Cow::Borrowed(list)) => Some((None, Cow::Borrowed(list.get(at)?))),
            Collection::List(Cow::Owned(list)) => Some((None, Cow::Owned(list.get(at)?.clone()))),
            Collection::Map { map, order } => {
                let at = match order {
                    Some(order) => *order.get(at)?,
                    None => at,
                };
                match map {
                    Cow::Borrowed(map) => {
                        let (key, value) = map.as_slice().get(at)?;
                        Some((Some(Cow::Borrowed(key)), Cow::Borrowed(value)))
                    }
                    Cow::Owned(map) => {
                        let (key, value) = map.as_slice().get(at)?.clone();
                        Some((Some(Cow::Owned(key)), Cow::Owned(value)))
                    }
                }
            }
        }
    }
}

impl<'v> Walk<'_, 'v> {
    /// A value within a level that is indented by `indent`.
    fn value(&mut self, value: Cow<'v, Value>, indent: Option<usize>, context: Context) -> Result<()> {
        match value {
            Cow::Borrowed(Value::List(list)) => self.list(Cow::Borrowed(list), indent, context),
            Cow::Owned(Value::List(list)) => self.list(Cow::Owned(list), indent, context),
            Cow::Borrowed(Value::Map(map)) => self.map(Cow::Borrowed(map), indent),
            Cow::Owned(Value::Map(map)) => self.map(Cow::Owned(map), indent),
            scalar => self.scalar(&scalar, indent, context),
        }
    }

    fn scalar(&mut self, value: &Value, indent: Option<usize>, context: Context) -> Result<()> {
        match value {
            Value::Null => self.out.token("null"),
            Value::Bool(value) => self.out.bool(*value),
            Value::Int(_, n) => self.out.int(*n),
            Value::Uint(_, n) => self.out.int(*n),
            Value::Float(kind, n) => self.out.token(&through_json::float(*n, *kind)?),
            Value::Number(text) => self.out.token(&through_json::number(text)?),
            Value::String(text) => return self.out.string(text, indent, context),
            Value::Object(object) => return self.object(object, indent, context),
            Value::Handle(_) => {
                let message = "a template's mutable value cannot be written";
                return Err(Error::new(ErrorKind::Internal, message));
            }
            // `value` has taken them.
            Value::List(_) | Value::Map(_) => {}
        }
        Ok(())
    }

    /// The data of an object, which may be an object again.
    fn object(&mut self, object: &Arc<dyn Object>, indent: Option<usize>, context: Context) -> Result<()> {
        let mut object = object.clone();
        loop {
            let data = json::object_data(&*object).map_err(|e| e.prefixed("error marshaling into JSON: "))?;
            match data {
                Value::Object(inner) => object = inner,
                data => return self.value(Cow::Owned(data), indent, context),
            }
        }
    }

    fn list(&mut self, list: Cow<'v, List>, indent: Option<usize>, context: Context) -> Result<()> {
        if list.is_nil() {
            self.out.token("null");
        } else if list.kind() == ListKind::Byte {
            self.out.quotable(&base64::encode(&list.to_bytes()), indent, context);
        } else if let Some(indent) = self.out.list(list.is_empty(), self.levels.len(), indent, context)? {
            self.levels.push(Level { of: Collection::List(list), next: 0, indent });
        }
        Ok(())
    }

    fn map(&mut self, map: Cow<'v, Map>, indent: Option<usize>) -> Result<()> {
        if map.is_nil() {
            self.out.token("null");
        } else if let Some(indent) = self.out.map(map.is_empty(), self.levels.len(), indent)? {
            let order = key_order(map.as_slice(), Dialect::V2);
            self.levels.push(Level { of: Collection::Map { map, order }, next: 0, indent });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::emitter::{Emitter, Step};
    use super::super::pieces::{LAYOUT, is_plain, style_of};
    use super::super::tests::value as data;
    use super::*;
    use crate::yaml::event::{CollectionStyle, ScalarStyle};

    /// The steps of `value`, taken by the state machine.
    fn by_steps(emitter: &mut Emitter<'_>, value: &Value) {
        let style = CollectionStyle::Block;
        let scalar = |emitter: &mut Emitter<'_>, text: &str, style| {
            emitter.emit(Step::Scalar { text, style }).unwrap();
        };
        match value {
            Value::String(text) => {
                let text = through_json::string(text).unwrap();
                scalar(emitter, &text, style_of(&text));
            }
            Value::List(list) => {
                emitter.emit(Step::ListStart { style, is_empty: list.is_empty() }).unwrap();
                list.iter().for_each(|item| by_steps(emitter, item));
                emitter.emit(Step::ListEnd).unwrap();
            }
            Value::Map(map) => {
                emitter.emit(Step::MapStart { style, is_empty: map.is_empty() }).unwrap();
                let order =
                    key_order(map.as_slice(), Dialect::V2).unwrap_or_else(|| (0..map.len()).collect());
                for at in order {
                    let (key, value) = &map.as_slice()[at];
                    let key = through_json::key(key).unwrap();
                    scalar(emitter, &key, style_of(&key));
                    by_steps(emitter, value);
                }
                emitter.emit(Step::MapEnd).unwrap();
            }
            other => scalar(emitter, emit_scalar(other).trim_end(), ScalarStyle::Plain),
        }
    }

    fn emit_scalar(value: &Value) -> String {
        write(value, &Limits::default()).unwrap()
    }

    proptest! {
        #[test]
        fn it_writes_what_the_state_machine_writes(data in data()) {
            let mut emitter = Emitter::new(LAYOUT, usize::MAX);
            emitter.emit(Step::DocumentStart).unwrap();
            by_steps(&mut emitter, &data);
            emitter.emit(Step::DocumentEnd).unwrap();
            prop_assert_eq!(write(&data, &Limits::default()).unwrap(), emitter.into_text());
        }

        #[test]
        fn what_is_plain_at_first_sight_is_plain(text in "[ -~\u{80}-\u{a0}]{0,8}") {
            if is_plain(&text) {
                let mut emitter = Emitter::new(LAYOUT, usize::MAX);
                emitter.emit(Step::DocumentStart).unwrap();
                emitter.emit(Step::Scalar { text: &text, style: style_of(&text) }).unwrap();
                emitter.emit(Step::DocumentEnd).unwrap();
                prop_assert_eq!(emitter.into_text(), format!("{text}\n"));
            }
        }
    }
}
