//! JSON patches (RFC 6902) as evanphx/json-patch 4.13.0 and 5.9.11 apply them; the code of the two is the same.

use super::literal;
use crate::value::{MapBuilder, Text};
use crate::{Error, Limits, Result, Value, json};

/// A JSON patch: a list of operations.
///
/// Upstream's oddities: indices may be negative, signed or have leading zeros; `replace` of a missing key adds it, an
/// absent value is null; the first part of a path is not looked at (`x/a` is `/a`); scalars are compared as they are
/// spelt (1 is not 1.0, nor `"é"` `"\u00e9"`); `test` of a missing key passes against null.
///
/// ```
/// use aoa_lang::{Value, patch::JsonPatch};
/// let patch = JsonPatch::parse(br#"[{"op": "add", "path": "/list/-1", "value": 3}]"#)?;
/// assert_eq!(patch.apply_text(br#"{"list": [1, 2]}"#)?, r#"{"list":[1,2,3]}"#);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct JsonPatch(Vec<Operation>);

#[derive(Clone, Debug, Default)]
struct Operation {
    op: Option<Value>,
    path: Option<Value>,
    from: Option<Value>,
    /// The tree of literals; `None` is a member that is not there.
    value: Option<Value>,
}

impl JsonPatch {
    /// Reads a patch from JSON text.
    ///
    /// # Errors
    ///
    /// Go's message if the text is no JSON, or no list of objects.
    pub fn parse(text: &[u8]) -> Result<Self> {
        JsonPatch::of(&literal::read(text)?)
    }

    /// The patch that data, read from YAML for example, is.
    ///
    /// # Errors
    ///
    /// Go's message if it is no list of maps.
    pub fn from_value(value: &Value) -> Result<Self> {
        JsonPatch::of(value)
    }

    fn of(tree: &Value) -> Result<Self> {
        if literal::is_null(tree) {
            return Ok(JsonPatch(Vec::new()));
        }
        let Value::List(operations) = tree else { return Err(mismatch(tree, "jsonpatch.Patch")) };
        operations.iter().map(Operation::of).collect::<Result<_>>().map(JsonPatch)
    }

    /// Applies the patch to data.
    ///
    /// # Errors
    ///
    /// Upstream's message for the first operation that does not apply; where upstream crashes, one of ours.
    pub fn apply(&self, document: &Value) -> Result<Value> {
        literal::plain(&self.run(document.clone())?)
    }

    /// Applies the patch to JSON text and gives JSON text; what is not changed keeps its spelling.
    ///
    /// # Errors
    ///
    /// As [`apply`](JsonPatch::apply), and Go's message if the text is no JSON.
    pub fn apply_text(&self, document: &[u8]) -> Result<String> {
        if document.is_empty() {
            return Ok(String::new());
        }
        let patched = self.run(literal::read(document)?)?;
        json::to_string(&literal::escaped(&patched)?)
    }

    fn run(&self, mut document: Value) -> Result<Value> {
        if !is_container(&document) && !literal::is_null(&document) {
            return Err(mismatch(&document, "jsonpatch.partialDoc"));
        }
        let mut work = Work { left: Limits::default().patch_steps };
        for operation in &self.0 {
            operation.apply(&mut document, &mut work)?;
        }
        Ok(document)
    }
}

/// What a patch may still do: copies of copies double what there is, and every test compares.
struct Work {
    left: u64,
}

/// What a copied value costs: it is there for good.
const COPY: u64 = 32;

impl Work {
    fn spend(&mut self, steps: u64) -> Result<()> {
        let left = self.left.checked_sub(steps);
        self.left = left.ok_or_else(|| Error::limit("the JSON patch takes too many steps"))?;
        Ok(())
    }

    /// Charges for a copy of `value`. However often its parts are shared, no more is looked at than can be paid for.
    fn copy(&mut self, value: &Value) -> Result<()> {
        let mut pending = vec![value];
        while let Some(value) = pending.pop() {
            let bytes = match value {
                Value::List(list) => {
                    pending.extend(list.iter());
                    0
                }
                Value::Map(map) => {
                    pending.extend(map.values());
                    map.keys().map(Text::len).sum()
                }
                Value::String(text) => text.len(),
                Value::Number(text) => text.len(),
                _ => 0,
            };
            self.spend(COPY.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX)))?;
        }
        Ok(())
    }

    /// Charges for taking apart what lies on the way of `at`, and for putting it together again.
    fn walk(&mut self, at: &Pointer, document: &Value) -> Result<()> {
        let mut value = Some(document);
        for key in at.parents.iter().map(Some).chain([None]) {
            let size = match value {
                Some(Value::List(list)) => list.len(),
                Some(Value::Map(map)) => map.len(),
                _ => break,
            };
            self.spend(u64::try_from(size / 8).unwrap_or(u64::MAX).saturating_add(1))?;
            value = value.zip(key).and_then(|(value, key)| child(value, key).ok().flatten());
        }
        Ok(())
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::Map(map) if !map.is_nil()) || matches!(value, Value::List(list) if !list.is_nil())
}

fn mismatch(value: &Value, wanted: &str) -> Error {
    let what = match value {
        Value::Map(_) => "object",
        Value::List(_) => "array",
        Value::Bool(_) => "bool",
        Value::Number(literal) if literal.starts_with(['t', 'f']) => "bool",
        value if literal::text(value).is_some() => "string",
        _ => "number",
    };
    Error::invalid(format!("json: cannot unmarshal {what} into Go value of type {wanted}"))
}

impl Operation {
    fn of(tree: &Value) -> Result<Self> {
        if literal::is_null(tree) {
            return Ok(Operation::default());
        }
        let Value::Map(members) = tree else { return Err(mismatch(tree, "jsonpatch.Operation")) };
        let member = |name: &str| members.get(name).filter(|value| !literal::is_null(value)).cloned();
        let value =
            members.get("value").map(|v| if literal::is_null(v) { literal::null() } else { v.clone() });
        Ok(Operation { op: member("op"), path: member("path"), from: member("from"), value })
    }

    fn apply(&self, document: &mut Value, work: &mut Work) -> Result<()> {
        for pointer in
            [self.path(), self.from()].into_iter().flatten().filter_map(|path| Pointer::parse(&path))
        {
            work.walk(&pointer, document)?;
        }
        let kind = self.op.as_ref().and_then(literal::text).unwrap_or_else(|| "unknown".to_owned());
        match kind.as_str() {
            "add" => self.add(document),
            "remove" => self.remove(document),
            "replace" => self.replace(document),
            "move" => self.relocate(document),
            "test" => self.test(document, work),
            "copy" => self.copy(document, work),
            _ => Err(Error::invalid(format!("Unexpected kind: {kind}"))),
        }
    }

    fn path(&self) -> Result<String> {
        let path = self.path.as_ref().ok_or_else(|| missing("operation missing path field"))?;
        literal::text(path).ok_or_else(|| mismatch(path, "string"))
    }

    fn from(&self) -> Result<String> {
        let from = self.from.as_ref().ok_or_else(|| missing("operation, missing from field"))?;
        literal::text(from).ok_or_else(|| mismatch(from, "string"))
    }

    /// What `add` and `replace` put in place: an absent value is null.
    fn new_value(&self) -> Value {
        self.value.clone().unwrap_or_default()
    }

    fn add(&self, document: &mut Value) -> Result<()> {
        let path = self.path().map_err(|_| missing("add operation failed to decode path"))?;
        let at = Pointer::parse(&path).filter(|at| at.parent(document).is_some()).ok_or_else(|| {
            missing(&format!("add operation does not apply: doc is missing path: \"{path}\""))
        })?;
        at.change(document, |parent, key| parent.add(key, self.new_value()))
            .map_err(|e| e.prefixed(&format!("error in add for path: '{path}': ")))
    }

    fn remove(&self, document: &mut Value) -> Result<()> {
        let path = self.path().map_err(|_| missing("remove operation failed to decode path"))?;
        let at = Pointer::parse(&path).filter(|at| at.parent(document).is_some()).ok_or_else(|| {
            missing(&format!("remove operation does not apply: doc is missing path: \"{path}\""))
        })?;
        at.change(document, |parent, key| parent.remove(key).map(drop))
            .map_err(|e| e.prefixed(&format!("error in remove for path: '{path}': ")))
    }

    fn replace(&self, document: &mut Value) -> Result<()> {
        let path = self.path().map_err(|e| e.prefixed("replace operation failed to decode path: "))?;
        if path.is_empty() {
            return match &self.value {
                Some(value) if is_container(value) => {
                    *document = value.clone();
                    Ok(())
                }
                Some(_) => Err(Error::invalid("replace operation value must be object or array: %!w(<nil>)")),
                None => Err(Error::invalid("replace operation of the whole document has no value")),
            };
        }
        let no_path = || missing(&format!("replace operation does not apply: doc is missing path: {path}"));
        let at = Pointer::parse(&path).ok_or_else(no_path)?;
        let parent = at.parent(document).ok_or_else(no_path)?;
        if child(parent, &at.key).is_err() {
            return Err(missing(&format!("replace operation does not apply: doc is missing key: {path}")));
        }
        at.change(document, |parent, key| parent.set(key, self.new_value()))
            .map_err(|e| e.prefixed(&format!("error in remove for path: '{path}': ")))
    }

    fn relocate(&self, document: &mut Value) -> Result<()> {
        let from = self.from().map_err(|e| e.prefixed("move operation failed to decode from: "))?;
        let source = Pointer::parse(&from).filter(|at| at.parent(document).is_some()).ok_or_else(|| {
            missing(&format!("move operation does not apply: doc is missing from path: {from}"))
        })?;
        let value = source
            .change(document, |parent, key| parent.remove(key))
            .map_err(|e| e.prefixed(&format!("error in move for path: '{}': ", source.key)))?;
        let path = self.path().map_err(|e| e.prefixed("move operation failed to decode path: "))?;
        let target = Pointer::parse(&path).filter(|at| at.parent(document).is_some()).ok_or_else(|| {
            missing(&format!("move operation does not apply: doc is missing destination path: {path}"))
        })?;
        target
            .change(document, |parent, key| parent.add(key, value))
            .map_err(|e| e.prefixed(&format!("error in move for path: '{path}': ")))
    }

    fn copy(&self, document: &mut Value, work: &mut Work) -> Result<()> {
        let from = self.from().map_err(|e| e.prefixed("copy operation failed to decode from: "))?;
        let no_path = || missing(&format!("copy operation does not apply: doc is missing from path: {from}"));
        let source = Pointer::parse(&from).ok_or_else(no_path)?;
        let value = child(source.parent(document).ok_or_else(no_path)?, &source.key)
            .map_err(|e| e.prefixed(&format!("error in copy for from: '{from}': ")))?
            .cloned()
            .unwrap_or_default();
        let path = self.path().map_err(|_| missing("copy operation failed to decode path"))?;
        let target = Pointer::parse(&path).filter(|at| at.parent(document).is_some()).ok_or_else(|| {
            missing(&format!("copy operation does not apply: doc is missing destination path: {path}"))
        })?;
        work.copy(&value)?;
        let copy = literal::escaped(&value)?;
        target
            .change(document, |parent, key| parent.add(key, copy))
            .map_err(|e| e.prefixed("error while adding value during copy: "))
    }

    fn test(&self, document: &Value, work: &mut Work) -> Result<()> {
        let path = self.path().map_err(|e| e.prefixed("test operation failed to decode path: "))?;
        let failed = || Error::invalid(format!("testing value {path} failed: test failed"));
        let found = if path.is_empty() {
            Some(document)
        } else {
            let no_path = || missing(&format!("test operation does not apply: is missing path: {path}"));
            let at = Pointer::parse(&path).ok_or_else(no_path)?;
            child(at.parent(document).ok_or_else(no_path)?, &at.key)
                .map_err(|e| e.prefixed(&format!("error in test for path: '{path}': ")))?
        };
        let same = match (found.filter(|value| !matches!(value, Value::Null)), &self.value) {
            (None, value) => value.as_ref().is_none_or(literal::is_null),
            (Some(_), None) => false,
            (Some(found), Some(value)) => equal(found, value, work)?,
        };
        if same { Ok(()) } else { Err(failed()) }
    }
}

fn missing(what: &str) -> Error {
    Error::invalid(format!("{what}: missing value"))
}

/// Whether two trees are the same, scalars by their spelling.
fn equal(found: &Value, wanted: &Value, work: &mut Work) -> Result<bool> {
    let mut pending = vec![(found, wanted)];
    while let Some(pair) = pending.pop() {
        work.spend(1)?;
        match pair {
            (Value::Map(a), Value::Map(b)) => {
                if a.len() != b.len() || !a.keys().eq(b.keys()) {
                    return Ok(false);
                }
                for (a, b) in a.values().zip(b.values()) {
                    // A null that was read and one that was patched in differ here (patch.go, `equal`).
                    match (matches!(a, Value::Null), matches!(b, Value::Null)) {
                        (true, true) => {}
                        (false, false) => pending.push((a, b)),
                        _ => return Ok(false),
                    }
                }
            }
            (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                if a.iter().chain(b.iter()).any(|item| matches!(item, Value::Null)) {
                    return Err(Error::invalid("a list with null in it cannot be tested"));
                }
                pending.extend(a.iter().zip(b.iter()).rev());
            }
            (Value::Map(_) | Value::List(_), _) | (_, Value::Map(_) | Value::List(_)) => return Ok(false),
            (a, b) => {
                if literal::spelling(a)? != literal::spelling(b)? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// The way to a member: the keys of what contains it, and its own.
struct Pointer {
    parents: Vec<String>,
    key: String,
}

impl Pointer {
    /// `None` for a path without a slash.
    fn parse(path: &str) -> Option<Pointer> {
        let mut parents: Vec<String> = path.split('/').skip(1).map(unescape).collect();
        let key = parents.pop()?;
        Some(Pointer { parents, key })
    }

    /// What contains the member.
    fn parent<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        self.parents.iter().try_fold(document, |value, key| {
            child(value, key).ok().flatten().filter(|next| is_container(next))
        })
    }

    /// Changes what contains the member, which is known to exist. On the way down the tree is taken apart, so that
    /// parts which nobody shares are changed in place.
    fn change<T>(
        &self,
        document: &mut Value,
        change: impl FnOnce(&mut Container, &str) -> Result<T>,
    ) -> Result<T> {
        let mut above = Vec::with_capacity(self.parents.len());
        let mut container = Container::open(std::mem::take(document));
        for key in &self.parents {
            let inner = container.take(key);
            above.push((std::mem::replace(&mut container, Container::open(inner)), key));
        }
        let result = change(&mut container, &self.key);
        while let Some((mut outer, key)) = above.pop() {
            outer.put_back(key, container.close());
            container = outer;
        }
        *document = container.close();
        result
    }
}

fn unescape(part: &str) -> String {
    // One pass: `~01` is `~1`, not `/`.
    let mut out = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(at) = rest.find('~') {
        let (before, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let (c, behind) = match (tail.strip_prefix("~1"), tail.strip_prefix("~0")) {
            (Some(behind), _) => ('/', behind),
            (None, Some(behind)) => ('~', behind),
            (None, None) => ('~', tail.strip_prefix('~').unwrap_or_default()),
        };
        out.push(c);
        rest = behind;
    }
    out + rest
}

/// Member `key`; `None` is a key that a map does not have.
fn child<'v>(parent: &'v Value, key: &str) -> Result<Option<&'v Value>> {
    match parent {
        Value::List(list) => Ok(list.get(index(key, list.len(), 0)?)),
        parent => Ok(parent.get(key)),
    }
}

/// An index of `len` items, or of a place to insert if there is one `extra`; negative ones count from the end.
fn index(key: &str, len: usize, extra: usize) -> Result<usize> {
    let number: i64 = key.parse().map_err(|e: std::num::ParseIntError| {
        let why = match e.kind() {
            std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        Error::invalid(format!("strconv.Atoi: parsing {}: {why}", crate::strconv::quote(key.as_bytes())))
    })?;
    let places = i64::try_from(len + extra).unwrap_or(i64::MAX);
    let at = if number < 0 { number.saturating_add(places) } else { number };
    usize::try_from(at).ok().filter(|_| at < places).ok_or_else(|| {
        Error::invalid(format!("Unable to access invalid index: {number}: invalid index referenced"))
    })
}

/// A list or map that is being changed.
enum Container {
    Null,
    List(Vec<Value>),
    Map(MapBuilder),
}

impl Container {
    fn open(value: Value) -> Container {
        match value {
            Value::List(list) if !list.is_nil() => Container::List(list.into_vec()),
            Value::Map(map) if !map.is_nil() => Container::Map(map.into_builder()),
            _ => Container::Null,
        }
    }

    fn close(self) -> Value {
        match self {
            Container::Null => Value::Null,
            Container::List(items) => Value::list(items),
            Container::Map(map) => Value::Map(map.build()),
        }
    }

    fn slot(&mut self, key: &str) -> Option<&mut Value> {
        match self {
            Container::Null => None,
            Container::List(items) => {
                let at = index(key, items.len(), 0).ok()?;
                items.get_mut(at)
            }
            Container::Map(map) => map.get_mut(key),
        }
    }

    fn take(&mut self, key: &str) -> Value {
        self.slot(key).map(std::mem::take).unwrap_or_default()
    }

    fn put_back(&mut self, key: &str, value: Value) {
        if let Some(slot) = self.slot(key) {
            *slot = value;
        }
    }

    fn add(&mut self, key: &str, value: Value) -> Result<()> {
        match self {
            Container::Null => return Err(null_document()),
            Container::List(items) if key == "-" => items.push(value),
            Container::List(items) => {
                let at = index(key, items.len(), 1).map_err(|e| {
                    if e.message().starts_with("strconv.") {
                        return e.prefixed(&format!("value was not a proper array index: '{key}': "));
                    }
                    e
                })?;
                items.insert(at, value);
            }
            Container::Map(map) => drop(map.insert(Text::from(key), value)),
        }
        Ok(())
    }

    fn set(&mut self, key: &str, value: Value) -> Result<()> {
        match self {
            Container::Null => return Err(null_document()),
            Container::List(items) => {
                let at = index(key, items.len(), 0)?;
                if let Some(slot) = items.get_mut(at) {
                    *slot = value;
                }
            }
            Container::Map(map) => drop(map.insert(Text::from(key), value)),
        }
        Ok(())
    }

    fn remove(&mut self, key: &str) -> Result<Value> {
        let gone = || missing(&format!("Unable to remove nonexistent key: {key}"));
        match self {
            Container::Null => Err(gone()),
            Container::List(items) => {
                let at = index(key, items.len(), 0)?;
                Ok(items.remove(at))
            }
            Container::Map(map) => map.remove(key).ok_or_else(gone),
        }
    }
}

fn null_document() -> Error {
    Error::invalid("a document that is null cannot be patched")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_unescaped_in_one_pass() {
        for (part, want) in [("x~1y", "x/y"), ("x~0y", "x~y"), ("~01", "~1"), ("x~", "x~"), ("~~1", "~/")] {
            assert_eq!(unescape(part), want);
        }
    }

    #[test]
    fn spelling_decides_in_tests() {
        let patch = JsonPatch::parse(br#"[{"op": "test", "path": "/a", "value": "\u00e9"}]"#).unwrap();
        assert!(patch.apply_text("{\"a\": \"é\"}".as_bytes()).is_err());
        assert!(patch.apply_text(br#"{"a": "\u00e9"}"#).is_ok());
        assert!(patch.apply(&Value::map([("a", Value::from("é"))])).is_err());
        let null = JsonPatch::parse(
            br#"[{"op":"add","path":"/a","value":null},{"op":"test","path":"/a","value":null}]"#,
        );
        assert_eq!(null.unwrap().apply_text(b"{}").unwrap(), r#"{"a":null}"#);
    }

    #[test]
    fn copies_of_copies_run_out_of_steps() {
        let double = r#"{"op": "copy", "from": "/a", "path": "/a/-"}"#;
        let patch = format!("[{}]", vec![double; 100].join(","));
        let error = JsonPatch::parse(patch.as_bytes()).unwrap().apply_text(br#"{"a": [1]}"#).unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (crate::ErrorKind::Limit, "the JSON patch takes too many steps")
        );
        let test = r#"{"op": "test", "path": "", "value": {"a": []}}"#;
        let patch = format!("[{}]", vec![test; 100].join(","));
        assert_eq!(
            JsonPatch::parse(patch.as_bytes()).unwrap().apply_text(br#"{"a": []}"#).unwrap(),
            r#"{"a":[]}"#
        );
    }

    #[test]
    fn the_empty_patch_keeps_the_document() {
        let value = Value::map([("a", Value::list(vec![Value::float(1.5), Value::Null]))]);
        assert!(JsonPatch::parse(b"[]").unwrap().apply(&value).unwrap() == value);
        assert!(JsonPatch::parse(b"null").unwrap().apply(&value).unwrap() == value);
    }
}
