//! From a [`Value`] to the emitter's steps as go-yaml v3 takes them, without recursion.

use super::emitter::{Emitter, Layout, Properties, Step, StepComments};
use super::order::key_order;
use super::plain::reads_as_string;
use crate::base64;
use crate::value::{FloatKind, List, Map, Text, Value};
use crate::yaml::event::{CollectionStyle, Dialect, ScalarStyle};
use crate::{Error, Limits, Result, strconv};

/// The text of one document with `value`.
pub(super) fn write(value: &Value, layout: Layout, limits: &Limits) -> Result<String> {
    let emitter = Emitter::new(layout, limits.output_bytes);
    let mut walk = Walk { emitter, limits, stack: Vec::new() };
    walk.emitter.emit(Step::DocumentStart)?;
    walk.value(value.clone())?;
    while let Some(level) = walk.stack.last_mut() {
        match level.next() {
            Next::Key(key) => walk.text(&key)?,
            Next::Value(value) => walk.value(value)?,
            Next::End(step) => {
                walk.stack.pop();
                walk.emitter.emit(step)?;
            }
        }
    }
    walk.emitter.emit(Step::DocumentEnd)?;
    Ok(walk.emitter.into_text())
}

struct Walk<'l> {
    emitter: Emitter<'static>,
    limits: &'l Limits,
    stack: Vec<Level>,
}

/// A list or map that is being written.
enum Level {
    List { list: List, next: usize },
    Map { map: Map, order: Option<Vec<usize>>, next: usize, key_is_written: bool },
}

enum Next {
    Key(Text),
    Value(Value),
    End(Step<'static>),
}

impl Level {
    fn next(&mut self) -> Next {
        match self {
            Level::List { list, next } => match list.get(*next) {
                Some(item) => {
                    *next += 1;
                    Next::Value(item.clone())
                }
                None => Next::End(Step::ListEnd),
            },
            Level::Map { map, order, next, key_is_written } => {
                let at = match order {
                    Some(order) => order.get(*next).copied(),
                    None => Some(*next),
                };
                match at.and_then(|at| map.as_slice().get(at)) {
                    None => Next::End(Step::MapEnd),
                    Some((_, value)) if *key_is_written => {
                        (*next, *key_is_written) = (*next + 1, false);
                        Next::Value(value.clone())
                    }
                    Some((key, _)) => {
                        *key_is_written = true;
                        Next::Key(key.clone())
                    }
                }
            }
        }
    }
}

impl Walk<'_> {
    fn value(&mut self, mut value: Value) -> Result<()> {
        while let Value::Object(object) = &value {
            value = object.to_data();
        }
        match &value {
            Value::Null | Value::Object(_) => self.plain("null"),
            Value::Bool(b) => self.plain(if *b { "true" } else { "false" }),
            Value::Int(_, n) => self.plain(&n.to_string()),
            Value::Uint(_, n) => self.plain(&n.to_string()),
            Value::Float(kind, n) => self.plain(&go_float(*n, *kind)),
            // go-yaml v3 knows nothing of json.Number, which is a string to it.
            Value::Number(text) => self.string(text),
            Value::String(text) => self.text(text),
            Value::List(list) => self.list(list),
            Value::Map(map) => self.map(map),
            Value::Handle(_) => {
                Err(Error::new(crate::ErrorKind::Internal, "a template's mutable value cannot be written"))
            }
        }
    }

    fn text(&mut self, text: &Text) -> Result<()> {
        match text.as_str() {
            Some(text) => self.string(text),
            None => self.binary(text.as_bytes()),
        }
    }

    fn list(&mut self, list: &List) -> Result<()> {
        self.check_depth()?;
        self.emitter.emit(Step::ListStart { style: CollectionStyle::Block, is_empty: list.is_empty() })?;
        self.stack.push(Level::List { list: list.clone(), next: 0 });
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Result<()> {
        self.check_depth()?;
        let order = key_order(map.as_slice(), Dialect::V3);
        self.emitter.emit(Step::MapStart { style: CollectionStyle::Block, is_empty: map.is_empty() })?;
        self.stack.push(Level::Map { map: map.clone(), order, next: 0, key_is_written: false });
        Ok(())
    }

    /// go-yaml v3 writes any depth.
    fn check_depth(&self) -> Result<()> {
        if self.stack.len() < self.limits.depth {
            return Ok(());
        }
        Err(Error::limit("the value to write is nested too deeply"))
    }

    fn plain(&mut self, text: &str) -> Result<()> {
        self.emitter.emit(Step::Scalar { text, style: ScalarStyle::Plain })
    }

    fn string(&mut self, text: &str) -> Result<()> {
        let style = if text.contains('\n') {
            ScalarStyle::Literal
        } else if reads_as_string(text, Dialect::V3) {
            ScalarStyle::Plain
        } else {
            ScalarStyle::DoubleQuoted
        };
        self.emitter.emit(Step::Scalar { text, style })
    }

    /// Bytes that are not UTF-8: base64 with a tag.
    fn binary(&mut self, bytes: &[u8]) -> Result<()> {
        let text = base64_lines(bytes);
        let style = if text.contains('\n') { ScalarStyle::Literal } else { ScalarStyle::Plain };
        let properties = Properties { anchor: "", tag: "tag:yaml.org,2002:binary" };
        self.emitter.emit_with(Step::Scalar { text: &text, style }, properties, StepComments::default())
    }
}

fn go_float(number: f64, kind: FloatKind) -> String {
    let bits = if kind == FloatKind::Float32 { 32 } else { 64 };
    match number {
        n if n.is_nan() => ".nan".to_owned(),
        f64::INFINITY => ".inf".to_owned(),
        f64::NEG_INFINITY => "-.inf".to_owned(),
        n => strconv::format_float(n, strconv::FloatFormat::General, None, bits),
    }
}

/// `encodeBase64` of go-yaml's resolve.go: lines of 70 characters, each ended if there is more than one.
fn base64_lines(bytes: &[u8]) -> String {
    const LINE: usize = 70;
    let text = base64::encode(bytes);
    // go-yaml counts one line too many when the text fills its last one.
    if text.len() < LINE {
        return text;
    }
    text.as_bytes().chunks(LINE).flat_map(|line| line.iter().map(|b| char::from(*b)).chain(['\n'])).collect()
}
