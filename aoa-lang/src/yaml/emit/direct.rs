//! From a [`Value`] to the text of `sigs.k8s.io/yaml`, without recursion: what the [`emitter`](super::emitter) would be led to
//! by the steps of a document that has neither comments nor anchors nor brackets, which is all that data needs.

use std::borrow::Cow;
use std::sync::Arc;

use super::emitter::{Context, Emitter, Layout};
use super::order::key_order;
use super::plain::reads_as_string;
use super::through_json;
use super::writer::Indicator;
use crate::value::{List, ListKind, Map, Object, Text, Value};
use crate::yaml::event::{Dialect, ScalarStyle};
use crate::{Error, ErrorKind, Limits, Result, base64, json};

/// Longest key that stands without `?`.
const SIMPLE_KEY: usize = 128;

const LAYOUT: Layout = Layout::KUBERNETES;

/// The text of one document with `value`.
pub(super) fn write(value: &Value, limits: &Limits) -> Result<String> {
    let mut walk = Walk { emitter: Emitter::new(LAYOUT, limits.output_bytes), limits, levels: Vec::new() };
    walk.value(Cow::Borrowed(value), None, Context::Root)?;
    while let Some(level) = walk.levels.last_mut() {
        let indent = level.indent;
        match level.next() {
            Some((None, item)) => walk.item(item, indent)?,
            Some((Some(key), value)) => walk.entry(&key, value, indent)?,
            None => drop(walk.levels.pop()),
        }
        let out = walk.emitter.writer();
        if out.is_over_limit() {
            return Err(Error::limit("the YAML text to write is too long"));
        }
    }
    walk.emitter.writer().put_indent(0);
    Ok(walk.emitter.into_text())
}

struct Walk<'l, 'v> {
    emitter: Emitter<'static>,
    limits: &'l Limits,
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
    fn item(&mut self, value: Cow<'v, Value>, indent: usize) -> Result<()> {
        let out = self.emitter.writer();
        out.put_indent(indent);
        out.put_indicator("-", Indicator::Indenting);
        self.value(value, Some(indent), Context::Item)
    }

    fn entry(&mut self, key: &Text, value: Cow<'v, Value>, indent: usize) -> Result<()> {
        let out = self.emitter.writer();
        out.put_indent(indent);
        if let Some(key) = key.as_str().filter(|key| key.len() <= SIMPLE_KEY && is_plain(key)) {
            out.put_token(key);
            out.put_indicator(":", Indicator::Glued);
            return self.value(value, Some(indent), Context::Value);
        }
        let key = through_json::key(key)?;
        let style = style_of(&key);
        if self.emitter.data(&key, style, Some(indent), Context::SimpleKey) {
            self.emitter.writer().put_indicator(":", Indicator::Glued);
        } else {
            let out = self.emitter.writer();
            out.put_indicator("?", Indicator::Indenting);
            self.emitter.data(&key, style, Some(indent), Context::Key);
            let out = self.emitter.writer();
            out.put_indent(indent);
            out.put_indicator(":", Indicator::Indenting);
        }
        self.value(value, Some(indent), Context::Value)
    }

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
        let out = self.emitter.writer();
        match value {
            Value::Null => out.put_token("null"),
            Value::Bool(true) => out.put_token("true"),
            Value::Bool(false) => out.put_token("false"),
            Value::Int(_, n) => out.put_token(itoa::Buffer::new().format(*n)),
            Value::Uint(_, n) => out.put_token(itoa::Buffer::new().format(*n)),
            Value::Float(kind, n) => out.put_token(&through_json::float(*n, *kind)?),
            Value::Number(text) => out.put_token(&through_json::number(text)?),
            Value::String(text) => return self.string(text, indent, context),
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

    fn string(&mut self, text: &Text, indent: Option<usize>, context: Context) -> Result<()> {
        if let Some(text) = text.as_str()
            && is_plain(text)
            && self.emitter.writer().put_short_token(text, LAYOUT.width)
        {
            return Ok(());
        }
        let text = through_json::string(text)?;
        self.emitter.data(&text, style_of(&text), indent, context);
        Ok(())
    }

    fn list(&mut self, list: Cow<'v, List>, indent: Option<usize>, context: Context) -> Result<()> {
        let out = self.emitter.writer();
        if list.is_nil() {
            out.put_token("null");
        } else if list.kind() == ListKind::Byte {
            let text = base64::encode(&list.to_bytes());
            self.emitter.data(&text, style_of(&text), indent, context);
        } else {
            self.check_depth()?;
            let out = self.emitter.writer();
            if list.is_empty() {
                out.put_token("[]");
                return Ok(());
            }
            // Below its key a list is not indented, behind `? ` it is.
            let compact = context == Context::Value && !out.indention();
            let indent = indent.map_or(0, |indent| if compact { indent } else { indent + LAYOUT.indent });
            self.levels.push(Level { of: Collection::List(list), next: 0, indent });
        }
        Ok(())
    }

    fn map(&mut self, map: Cow<'v, Map>, indent: Option<usize>) -> Result<()> {
        if map.is_nil() {
            self.emitter.writer().put_token("null");
            return Ok(());
        }
        self.check_depth()?;
        if map.is_empty() {
            self.emitter.writer().put_token("{}");
            return Ok(());
        }
        let order = key_order(&map, Dialect::V2);
        let indent = indent.map_or(0, |indent| indent + LAYOUT.indent);
        self.levels.push(Level { of: Collection::Map { map, order }, next: 0, indent });
        Ok(())
    }

    /// go-yaml v2 reads JSON up to this depth.
    fn check_depth(&self) -> Result<()> {
        if self.levels.len() < self.limits.depth {
            return Ok(());
        }
        Err(Error::invalid(format!("yaml: exceeded max depth of {}", self.limits.depth)))
    }
}

fn style_of(text: &str) -> ScalarStyle {
    if text.contains('\n') {
        ScalarStyle::Literal
    } else if reads_as_string(text, Dialect::V2) {
        ScalarStyle::Plain
    } else {
        ScalarStyle::DoubleQuoted
    }
}

/// Whether a text is plain at first sight: ASCII, nothing that could be an indicator where it stands, and a string when it
/// is read. Of others the full analysis decides.
fn is_plain(text: &str) -> bool {
    let [first, rest @ ..] = text.as_bytes() else { return false };
    // Numbers and times begin otherwise; a short word may be a boolean or null.
    let begins = matches!(first, b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'_' | b'$' | b'(');
    if !begins || rest.last() == Some(&b' ') {
        return false;
    }
    let mut before = *first;
    for byte in rest {
        let fits = match byte {
            b'#' => before != b' ',
            b' ' => before != b':',
            b'!'..=b'~' => true,
            _ => false,
        };
        if !fits {
            return false;
        }
        before = *byte;
    }
    before != b':' && (text.len() > 5 || reads_as_string(text, Dialect::V2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::emitter::Step;
    use super::super::tests::value as data;
    use super::*;
    use crate::yaml::event::CollectionStyle;

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
                let order = key_order(map, Dialect::V2).unwrap_or_else(|| (0..map.len()).collect());
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
