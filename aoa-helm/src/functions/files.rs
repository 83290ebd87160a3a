//! `.Files`: the files of a chart that are neither templates nor known to Helm (Helm 4.2.1, pkg/engine/files.go).

use std::collections::BTreeMap;
use std::sync::Arc;

use aoa_lang::text::glob::Glob;
use aoa_lang::value::{GoType, List, ListKind, Map, Object, Signature, Structure, Text};
use aoa_lang::{Value, yaml};

use crate::chart::File;

const BYTES: GoType = GoType::List(ListKind::Byte);
const TYPE: &str = "engine.files";

/// Files by their paths.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilesObject {
    files: BTreeMap<Arc<str>, Arc<[u8]>>,
}

impl FilesObject {
    /// Of files with one path the last counts.
    pub(crate) fn new(files: &[File]) -> FilesObject {
        FilesObject { files: files.iter().map(|file| (file.name.clone(), file.data.clone())).collect() }
    }

    fn get(&self, path: &str) -> &[u8] {
        self.files.get(path).map_or(&[], |data| data)
    }

    fn glob(&self, pattern: &str) -> FilesObject {
        // A pattern that is none matches all.
        let Ok(glob) = Glob::new(pattern, "/") else { return self.clone() };
        let matches = |path: &str| glob.matches(path).unwrap_or(false);
        let found = self.files.iter().filter(|(path, _)| matches(path));
        FilesObject { files: found.map(|(path, data)| (path.clone(), data.clone())).collect() }
    }

    /// The files by the last parts of their paths, as YAML; of equal ones the last by path counts, where Helm leaves it to chance.
    fn as_yaml(&self, text: impl Fn(&[u8]) -> Text) -> String {
        let entries = self.files.iter().map(|(path, data)| {
            let name = path.rsplit_once('/').map_or(&**path, |(_, name)| name);
            (Text::from(name), text(data))
        });
        let text = yaml::emit(&Value::Map(Map::strings(entries))).unwrap_or_default();
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    fn lines(&self, path: &str) -> Result<Value, String> {
        let Some(data) = self.files.get(path) else { return Ok(Value::List(List::strings([""; 0]))) };
        if data.is_empty() {
            return Err("runtime error: index out of range [-1]".to_owned());
        }
        let text = data.strip_suffix(b"\n").unwrap_or(data);
        Ok(Value::List(List::strings(text.split(|b| *b == b'\n').map(Text::from_bytes))))
    }
}

impl Object for FilesObject {
    fn type_name(&self) -> &'static str {
        TYPE
    }

    fn method(&self, name: &str) -> Option<Signature> {
        const PATH: &[GoType] = &[GoType::String];
        Some(match name {
            "AsConfig" | "AsSecrets" => Signature::new(&[], GoType::String),
            "Get" => Signature::new(PATH, GoType::String),
            "GetBytes" => Signature::new(PATH, BYTES),
            "Glob" => Signature::new(PATH, GoType::Named(TYPE)),
            "Lines" => Signature::new(PATH, GoType::STRINGS),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        let path = match args.first() {
            Some(Value::String(text)) => text.to_str_lossy().into_owned(),
            _ => String::new(),
        };
        match name {
            "AsConfig" => Ok(Value::from(self.as_yaml(Text::from_bytes))),
            "AsSecrets" => Ok(Value::from(self.as_yaml(|data| Text::from(base64(data))))),
            "Get" => Ok(Value::String(Text::from_bytes(self.get(&path)))),
            "GetBytes" => Ok(Value::List(List::bytes(self.get(&path)))),
            "Glob" => Ok(Value::from(self.glob(&path))),
            "Lines" => self.lines(&path),
            _ => Err(format!("no method {name}")),
        }
    }

    fn text(&self) -> Text {
        let entries = self.files.iter().map(|(path, data)| {
            let bytes: Vec<String> = data.iter().map(u8::to_string).collect();
            format!("{path}:[{}]", bytes.join(" "))
        });
        Text::from(format!("map[{}]", entries.collect::<Vec<_>>().join(" ")))
    }

    fn is_stringer(&self) -> bool {
        false
    }

    fn structure(&self) -> Structure {
        let entry =
            |(path, data): (&Arc<str>, &Arc<[u8]>)| (Value::from(&**path), Value::List(List::bytes(data)));
        Structure::Map {
            key: GoType::String,
            element: BYTES,
            entries: self.files.iter().map(entry).collect(),
        }
    }

    fn truth(&self) -> bool {
        !self.files.is_empty()
    }

    fn to_data(&self) -> Value {
        Value::map(self.files.iter().map(|(path, data)| (&**path, Value::from(base64(data)))))
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4u32 {
            let place = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or(0);
            let digit = DIGITS.get(place).copied().unwrap_or(b'A');
            out.push(if at as usize <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}
