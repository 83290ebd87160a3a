//! Mutators: Assign and AssignMetadata, which change what is expanded (`pkg/mutation`).

use std::collections::BTreeMap;

use aoa_lang::value::Map;
use aoa_lang::{Error, ErrorKind, Result, Value};

use super::expansion::kind_of;
use super::matching::{Match, Source};
use super::template::group_version;

const GROUP: &str = "mutations.gatekeeper.sh";

/// A step of a location.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Field(String),
    /// The elements of a list whose `key` has this value; all of them, if it is open.
    Items(String, Option<String>),
}

/// Groups, versions and kinds of one entry of `applyTo`.
type AppliesTo = (Vec<String>, Vec<String>, Vec<String>);

#[derive(Clone, Debug)]
struct Mutator {
    name: String,
    kind: String,
    path: Vec<Step>,
    applies: Option<Vec<AppliesTo>>,
    matching: Option<Match>,
    value: Value,
    /// `metadata.name` or `metadata.namespace` of the object, instead of a value.
    from_metadata: Option<String>,
    tests: Vec<(Vec<Step>, bool)>,
}

/// All mutators, in the order of their kind and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Mutators(BTreeMap<(String, String), Mutator>);

pub(super) fn is_mutator(object: &Value) -> bool {
    let kind = object.str_at(&["kind"]).unwrap_or_default();
    group_version(object).0 == GROUP
        && matches!(kind, "Assign" | "AssignMetadata" | "ModifySet" | "AssignImage")
}

impl Mutators {
    /// Adds a mutator.
    ///
    /// # Errors
    /// `Invalid` for one that is not well formed; `Unsupported` for kinds that are not imitated.
    pub(super) fn add(&mut self, object: &Value) -> Result<()> {
        let mutator = Mutator::read(object)?;
        self.0.insert((mutator.kind.clone(), mutator.name.clone()), mutator);
        Ok(())
    }

    /// The object as mutators leave it.
    ///
    /// # Errors
    /// `Invalid` where a location does not fit the object.
    pub(super) fn apply(&self, object: &Value, source: Source) -> Result<Value> {
        let mut object = object.clone();
        for _ in 0..=self.0.len() {
            let before = object.clone();
            for mutator in self.0.values() {
                if mutator.means(&object, source)? {
                    object = mutator.run(&object)?;
                }
            }
            if object == before {
                return Ok(object);
            }
        }
        Err(Error::invalid("mutation not converging"))
    }
}

impl Mutator {
    fn read(object: &Value) -> Result<Mutator> {
        let text = |path: &[&str]| object.str_at(path).unwrap_or_default().to_owned();
        let (kind, name) = (text(&["kind"]), text(&["metadata", "name"]));
        if kind == "AssignImage" || kind == "ModifySet" {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("mutators of kind {kind} are not imitated"),
            ));
        }
        let location = text(&["spec", "location"]);
        let located = |message: String| {
            Error::invalid(format!("invalid location format `{location}` for {kind} {name}: {message}"))
        };
        let path = parse(&location).map_err(located)?;
        let is_metadata = kind == "AssignMetadata";
        if is_metadata {
            let fits = matches!(path.as_slice(), [Step::Field(a), Step::Field(b), Step::Field(_)]
                if a == "metadata" && (b == "labels" || b == "annotations"));
            if !fits {
                return Err(Error::invalid(format!("invalid location for assignmetadata: {location}")));
            }
        } else if matches!(path.first(), Some(Step::Field(field)) if field == "metadata") {
            return Err(Error::invalid(format!("assign {name} can't change metadata")));
        }
        let applies = object.at(&["spec", "applyTo"]).and_then(Value::as_list);
        if !is_metadata && applies.is_none_or(|list| list.is_empty()) {
            return Err(Error::invalid(format!(
                "applyTo required for {kind} mutator, but not defined for {kind} mutator /{name}"
            )));
        }
        let texts = |value: &Value, key: &str| {
            let items = value.get(key).and_then(Value::as_list);
            let items = items.into_iter().flat_map(|items| items.iter());
            items.map(|item| item.as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let applies = applies.map(|list| {
            list.iter().map(|to| (texts(to, "groups"), texts(to, "versions"), texts(to, "kinds"))).collect()
        });
        let assign = object.at(&["spec", "parameters", "assign"]);
        let from_metadata =
            assign.and_then(|assign| assign.str_at(&["fromMetadata", "field"])).map(str::to_owned);
        let value = assign.and_then(|assign| assign.get("value")).cloned();
        if value.is_none() && from_metadata.is_none() {
            return Err(Error::invalid(format!(
                "assign.value or assign.fromMetadata is required for {kind} {name}"
            )));
        }
        let mut tests = Vec::new();
        let list = object.at(&["spec", "parameters", "pathTests"]).and_then(Value::as_list);
        for test in list.into_iter().flat_map(|list| list.iter()) {
            let path = parse(test.str_at(&["subPath"]).unwrap_or_default()).map_err(located)?;
            tests.push((path, test.str_at(&["condition"]) == Some("MustExist")));
        }
        Ok(Mutator {
            matching: Match::of(object)?,
            value: value.unwrap_or(Value::Null),
            name,
            kind,
            path,
            applies: if is_metadata { None } else { applies },
            from_metadata,
            tests,
        })
    }

    fn means(&self, object: &Value, source: Source) -> Result<bool> {
        let (group, version, kind) = kind_of(object);
        if let Some(applies) = &self.applies {
            let fits = applies.iter().any(|(groups, versions, kinds)| {
                groups.contains(&group) && versions.contains(&version) && kinds.contains(&kind)
            });
            if !fits {
                return Ok(false);
            }
        }
        match &self.matching {
            None => Ok(true),
            Some(matching) => matching.matches(object, None, source).map_err(Error::invalid),
        }
    }

    fn run(&self, object: &Value) -> Result<Value> {
        let value = match self.from_metadata.as_deref() {
            Some("namespace") => Value::from(object.str_at(&["metadata", "namespace"]).unwrap_or_default()),
            Some(_) => Value::from(object.str_at(&["metadata", "name"]).unwrap_or_default()),
            None => self.value.clone(),
        };
        if self.kind == "AssignMetadata" {
            // What is there already stays.
            let path: Vec<&str> = self
                .path
                .iter()
                .map(|step| match step {
                    Step::Field(field) | Step::Items(field, _) => field.as_str(),
                })
                .collect();
            if object.at(&path).is_some() {
                return Ok(object.clone());
            }
        }
        let changed = self.set(Some(object), &self.path, &value, &mut Vec::new())?;
        Ok(changed.unwrap_or_else(|| object.clone()))
    }

    /// Whether the tests allow a change at this place.
    fn allowed(&self, at: &[Step], exists: bool) -> bool {
        self.tests.iter().all(|(path, must)| path != at || *must == exists)
    }

    /// The changed value; `None` to leave it.
    fn set(
        &self,
        current: Option<&Value>,
        path: &[Step],
        value: &Value,
        at: &mut Vec<Step>,
    ) -> Result<Option<Value>> {
        let Some((first, rest)) = path.split_first() else { return Ok(Some(value.clone())) };
        at.push(first.clone());
        let result = match first {
            Step::Field(field) => {
                let empty = Map::new();
                let map = match current {
                    None | Some(Value::Null) => &empty,
                    Some(Value::Map(map)) => map,
                    Some(_) => {
                        return Err(Error::invalid(format!("mismatch between path and object: {field}")));
                    }
                };
                let inner = map.get(field);
                // The list that follows is the value of this field.
                match rest.first() {
                    Some(Step::Items(..)) => self.set(inner, rest, value, at)?,
                    _ if !self.allowed(at, inner.is_some()) => None,
                    _ => self.set(inner, rest, value, at)?,
                }
                .map(|inner| map.clone().with(field.as_str(), inner).into())
            }
            Step::Items(key, wanted) => {
                let items: Vec<Value> = match current {
                    None | Some(Value::Null) => Vec::new(),
                    Some(Value::List(list)) => list.iter().cloned().collect(),
                    Some(_) => {
                        return Err(Error::invalid("mismatch between path and object: a list is needed"));
                    }
                };
                let mut out = Vec::with_capacity(items.len());
                let mut found = false;
                for item in items {
                    let fits = match wanted {
                        None => true,
                        Some(wanted) => item.str_at(&[key]) == Some(wanted.as_str()),
                    };
                    found |= fits;
                    let changed = match fits && self.allowed(at, true) {
                        true => self.set(Some(&item), rest, value, at)?,
                        false => None,
                    };
                    out.push(changed.unwrap_or(item));
                }
                if let (false, Some(wanted)) = (found, wanted)
                    && self.allowed(at, false)
                {
                    let fresh = Value::map([(key.as_str(), Value::from(wanted.as_str()))]);
                    out.extend(self.set(Some(&fresh), rest, value, at)?);
                }
                Some(Value::list(out))
            }
        };
        at.pop();
        Ok(result)
    }
}

/// `spec.containers[name: *].image`
fn parse(text: &str) -> std::result::Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut rest = text;
    let mut expects_field = true;
    loop {
        if rest.is_empty() {
            return if expects_field && !steps.is_empty() {
                Err("trailing separators are forbidden".to_owned())
            } else if steps.is_empty() {
                Err("empty path".to_owned())
            } else {
                Ok(steps)
            };
        }
        if !expects_field {
            let Some(after) = rest.strip_prefix('.') else {
                return Err(format!("unexpected token: expected separator or eof, got: {rest}"));
            };
            rest = after;
        }
        let (field, after) = word(rest).ok_or_else(|| {
            format!(
                "unexpected token: expected field name or eof, got: {}",
                rest.chars().take(1).collect::<String>()
            )
        })?;
        steps.push(Step::Field(field));
        rest = after;
        expects_field = false;
        if let Some(inner) = rest.strip_prefix('[') {
            let inner = inner.trim_start();
            let (key, after) = word(inner).ok_or("expected keyField in listSpec")?;
            let after =
                after.trim_start().strip_prefix(':').ok_or("expected ':' following key in listSpec")?;
            let after = after.trim_start();
            let (value, after) = match after.strip_prefix('*') {
                Some(after) => (None, after),
                None => {
                    let (value, after) = word(after).ok_or("expected key value or glob in listSpec")?;
                    (Some(value), after)
                }
            };
            rest = after.trim_start().strip_prefix(']').ok_or("expected ']' following listSpec")?;
            steps.push(Step::Items(key, value));
        }
        if rest == "." {
            expects_field = true;
            rest = "";
        }
    }
}

/// A name, or a text in quotes.
fn word(text: &str) -> Option<(String, &str)> {
    let first = text.chars().next()?;
    if first == '"' || first == '\'' {
        let inner = text.get(1..)?;
        let mut out = String::new();
        let mut chars = inner.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => out.push(chars.next()?.1),
                c if c == first => return Some((out, inner.get(at + 1..)?)),
                c => out.push(c),
            }
        }
        return None;
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_/".contains(c))).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    if name.is_empty() { None } else { Some((name.to_owned(), rest)) }
}
