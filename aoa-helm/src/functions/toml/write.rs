//! Values as TOML text (BurntSushi/toml 1.6.0, encode.go).

use aoa_lang::strconv::{FloatFormat, format_float};
use aoa_lang::time::Time;
use aoa_lang::value::{FloatKind, GoType, ListKind, Object, Structure, Text};
use aoa_lang::{Error, Result, Value, strconv};

/// What Go's reflection says of a nil interface; it is no error of the encoder.
pub(super) const NO_VALUE: &str = "reflect: call of reflect.Value.Type on zero Value";

/// How deep values may lie within each other.
const MOST_DEPTH: usize = 250;

/// Writes a value, at most `most` bytes.
///
/// # Errors
/// Those of the encoder, as messages; limits.
pub(super) fn to_text(value: &Value, most: usize) -> Result<String> {
    if value.is_null() {
        return Err(Error::invalid(NO_VALUE));
    }
    let mut writer = Writer { out: Vec::new(), most, depth: 0 };
    writer.entry(&mut Vec::new(), value)?;
    Ok(String::from_utf8_lossy(&writer.out).into_owned())
}

/// What TOML calls a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nil,
    Scalar,
    Array,
    Table,
    Tables,
}

struct Writer {
    out: Vec<u8>,
    most: usize,
    depth: usize,
}

type Key = Vec<Text>;

impl Writer {
    /// A value below a key; without a key it is the whole document.
    fn entry(&mut self, key: &mut Key, value: &Value) -> Result<()> {
        match value {
            _ if is_nil(value) => Ok(()),
            Value::Map(_) => self.table(key, value),
            Value::List(_) if kind(value, 0)? == Kind::Tables => self.tables(key, value),
            Value::Object(object) if !is_text(&**object) => match object.structure() {
                Structure::Struct(_) | Structure::Map { .. } => self.table(key, value),
                Structure::Complex(..) => {
                    let key = dotted(key);
                    Err(Error::invalid(format!("unsupported type for key '{key}': complex128")))
                }
                Structure::Scalar(_) => self.pair(key, value),
                _ => self.table(key, value),
            },
            _ => self.pair(key, value),
        }
    }

    fn table(&mut self, key: &mut Key, value: &Value) -> Result<()> {
        if key.len() == 1 {
            self.line_end();
        }
        if !key.is_empty() {
            let head = format!("{}[{}]", indent(key), dotted(key));
            self.put(head.as_bytes())?;
            self.line_end();
        }
        self.members(key, value)
    }

    fn tables(&mut self, key: &mut Key, value: &Value) -> Result<()> {
        if key.is_empty() {
            return Err(Error::invalid("toml: top-level values must be Go maps or structs"));
        }
        for item in value.as_list().into_iter().flat_map(|list| list.iter()) {
            self.line_end();
            let head = format!("{}[[{}]]", indent(key), dotted(key));
            self.put(head.as_bytes())?;
            self.line_end();
            self.members(key, item)?;
        }
        Ok(())
    }

    /// First what stands directly below a key, then the tables.
    fn members(&mut self, key: &mut Key, value: &Value) -> Result<()> {
        self.enter()?;
        let (direct, tables) = split(value, self.depth)?;
        for (name, value) in direct.iter().chain(&tables) {
            key.push(name.clone());
            self.entry(key, value)?;
            key.pop();
        }
        self.depth -= 1;
        Ok(())
    }

    fn pair(&mut self, key: &Key, value: &Value) -> Result<()> {
        let Some(name) = key.last() else { return self.element(value) };
        let head = format!("{}{} = ", indent(key), quoted_key(name));
        self.put(head.as_bytes())?;
        self.element(value)?;
        self.line_end();
        Ok(())
    }

    fn element(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Null => Err(Error::invalid("reflect: call of reflect.Value.Interface on zero Value")),
            Value::Bool(b) => self.put(if *b { b"true" } else { b"false" }),
            Value::Int(_, n) => self.put(n.to_string().as_bytes()),
            Value::Uint(_, n) => self.put(n.to_string().as_bytes()),
            Value::Float(kind, n) => self.put(float(*n, *kind).as_bytes()),
            Value::Number(text) => self.number(text),
            Value::String(text) => self.quoted(text),
            Value::List(list) => {
                self.enter()?;
                self.put(b"[")?;
                for (at, item) in list.iter().enumerate() {
                    if at > 0 {
                        self.put(b", ")?;
                    }
                    self.element(item)?;
                }
                self.depth -= 1;
                self.put(b"]")
            }
            Value::Map(_) => self.inline(value),
            Value::Object(object) => self.object(value, &**object),
            Value::Handle(_) => Ok(()),
        }
    }

    /// `{a = 1, b = 2}`; commas are counted upstream as if nothing were left out.
    fn inline(&mut self, value: &Value) -> Result<()> {
        self.enter()?;
        let (direct, tables) = split(value, self.depth)?;
        let all = direct.len() + tables.len();
        self.put(b"{")?;
        for (at, (name, value)) in direct.iter().chain(&tables).enumerate() {
            if is_nil(value) {
                continue;
            }
            self.put(format!("{} = ", quoted_key(name)).as_bytes())?;
            self.element(value)?;
            if at + 1 != all {
                self.put(b", ")?;
            }
        }
        self.depth -= 1;
        self.put(b"}")
    }

    fn object(&mut self, value: &Value, object: &dyn Object) -> Result<()> {
        if let Some(time) = object.downcast_ref::<Time>() {
            let layout: &[u8] = match time.zone().name().as_str() {
                "datetime-local" => b"2006-01-02T15:04:05.999999999",
                "date-local" => b"2006-01-02",
                "time-local" => b"15:04:05.999999999",
                _ => b"2006-01-02T15:04:05.999999999Z07:00",
            };
            return self.put(&time.format(layout));
        }
        if is_text(object) || object.type_name() == "time.Duration" {
            return self.quoted(&object.text());
        }
        match object.structure() {
            Structure::Struct(_) | Structure::Map { .. } => self.inline(value),
            Structure::Scalar(value) => self.element(&value),
            _ => Err(Error::invalid(format!("unexpected type: {}", object.type_name()))),
        }
    }

    fn number(&mut self, text: &str) -> Result<()> {
        if text.is_empty() {
            return self.put(b"0");
        }
        if let Ok(number) = strconv::parse_int(text, 10, 64) {
            return self.put(number.to_string().as_bytes());
        }
        match strconv::parse_float(text, 64) {
            Ok(number) => self.put(float(number, FloatKind::Float64).as_bytes()),
            Err(_) => {
                let text = strconv::quote(text.as_bytes());
                Err(Error::invalid(format!("unable to convert {text} to int64 or float64")))
            }
        }
    }

    fn quoted(&mut self, text: &Text) -> Result<()> {
        self.put(b"\"")?;
        self.put(&escaped(text.as_bytes()))?;
        self.put(b"\"")
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        if self.out.len().saturating_add(bytes.len()) > self.most {
            return Err(Error::limit(format!("a TOML text is longer than {} bytes", self.most)));
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// The document does not begin with an empty line.
    fn line_end(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(too_deep());
        }
        Ok(())
    }
}

fn too_deep() -> Error {
    Error::limit(format!("a value for TOML is deeper than {MOST_DEPTH}"))
}

type Members = Vec<(Text, Value)>;

/// The members of a table: those that are no tables, and those that are.
fn split(value: &Value, depth: usize) -> Result<(Members, Members)> {
    let members = match value {
        Value::Map(map) => map.as_slice().to_vec(),
        Value::Object(object) => match object.structure() {
            Structure::Struct(fields) => {
                let exported = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase());
                fields.into_iter().filter(|(n, _)| exported(n)).map(|(n, v)| (Text::from(n), v)).collect()
            }
            Structure::Map { key: GoType::String, entries, .. } => {
                let name = |key| if let Value::String(text) = key { text } else { Text::EMPTY };
                entries.into_iter().map(|(key, value)| (name(key), value)).collect()
            }
            _ => return Err(Error::invalid("toml: cannot encode a map with non-string key type")),
        },
        _ => Vec::new(),
    };
    let (mut direct, mut tables) = (Vec::new(), Vec::new());
    for (name, value) in members {
        let list = match kind(&value, depth)? {
            Kind::Table | Kind::Tables => &mut tables,
            _ => &mut direct,
        };
        list.push((name, value));
    }
    Ok((direct, tables))
}

/// `tomlTypeOfGo`; lists must not hold nil.
fn kind(value: &Value, depth: usize) -> Result<Kind> {
    if depth > MOST_DEPTH {
        return Err(too_deep());
    }
    Ok(match value {
        _ if is_nil(value) => Kind::Nil,
        Value::Map(_) => Kind::Table,
        Value::List(list) => {
            let mut tables = !list.is_empty();
            if !matches!(list.kind(), ListKind::Byte | ListKind::String | ListKind::VersionSet) {
                for item in list.iter() {
                    match kind(item, depth + 1)? {
                        Kind::Nil => {
                            return Err(Error::invalid("toml: cannot encode array with nil element"));
                        }
                        kind => tables &= kind == Kind::Table,
                    }
                }
            } else {
                tables = false;
            }
            if tables { Kind::Tables } else { Kind::Array }
        }
        Value::Object(object) if is_text(&**object) => Kind::Scalar,
        Value::Object(object) => match object.structure() {
            Structure::Scalar(_) => Kind::Scalar,
            Structure::Complex(..) => return Err(Error::invalid("unsupported type: complex128")),
            _ => Kind::Table,
        },
        _ => Kind::Scalar,
    })
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Map(map) => map.is_nil(),
        Value::List(list) => list.is_nil(),
        _ => false,
    }
}

/// Whether Go's type has a method `MarshalText`.
fn is_text(object: &dyn Object) -> bool {
    matches!(object.type_name(), "time.Time" | "*time.Time" | "*semver.Version" | "semver.Version")
}

fn float(number: f64, kind: FloatKind) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number.is_nan() {
        return format!("{sign}nan");
    }
    if number.is_infinite() {
        return format!("{sign}inf");
    }
    let bits = if kind == FloatKind::Float32 { 32 } else { 64 };
    let text = format_float(number, FloatFormat::General, None, bits);
    if text.contains(['e', '.']) { text } else { text + ".0" }
}

fn indent(key: &Key) -> String {
    "  ".repeat(key.len().saturating_sub(1))
}

fn dotted(key: &Key) -> String {
    let parts: Vec<String> = key.iter().map(quoted_key).collect();
    parts.join(".")
}

/// A part of a key, in quotes where it needs them.
pub(super) fn quoted_key(part: &Text) -> String {
    let bare = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let shown = String::from_utf8_lossy(&escaped(part.as_bytes())).into_owned();
    let plain = part.as_bytes().iter().all(bare) && !part.is_empty();
    if plain { shown } else { format!("\"{shown}\"") }
}

fn escaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            0..=0x1f | 0x7f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            other => out.push(*other),
        }
    }
    out
}
