//! The modules of a template.

use aoa_lang::rego::{Module, Program, Query, Val, Version};
use aoa_lang::{Error, Result, Value};

/// The rule that runs a template under each constraint; what its message and details are is decided here.
const HOOK: &str = r#"package hooks

violation[response] {
	key := input.constraints[_]
	inner := {"review": input.review, "parameters": data.constraints[key.kind][key.name]}
	data.template.violation[found] with input as inner
	response := {"key": key, "details": object.get(found, "details", {}), "msg": found.msg}
}
"#;

/// Compiled Rego.
#[derive(Debug)]
pub(super) struct Code {
    program: Program,
    /// What it asks that nobody knows offline.
    pub(super) unknowable: Option<&'static str>,
    /// Whether it looks at the namespace of the object.
    pub(super) asks_namespace: bool,
}

/// That it matters who asks.
pub(super) const ASKS_SENDER: &str = "it asks who sends the request";

/// A violation as Rego gives it.
pub(super) struct Found {
    pub(super) name: String,
    pub(super) message: String,
    pub(super) details: Value,
}

/// What a template says of an object.
pub(super) enum Answer {
    Found(Vec<Found>, Vec<String>),
    /// The evaluation ended with this error: every constraint is violated by it.
    Failed(String),
}

fn invalid(message: impl std::fmt::Display) -> Error {
    Error::invalid(format!("invalid ConstraintTemplate: {message}"))
}

impl Code {
    /// Reads a source with its libraries.
    ///
    /// # Errors
    /// `Invalid` with upstream's texts; `Limit` for what is too large.
    pub(super) fn compile(source: &Value) -> Result<Self> {
        let text = source
            .get("rego")
            .and_then(Value::as_str)
            .ok_or_else(|| Error::invalid("rego source missing required field: rego"))?;
        let version = match source.get("version") {
            None | Some(Value::Null) => Version::V0,
            Some(Value::String(text)) if *text == "v1" => Version::V1,
            Some(Value::String(_)) => Version::V0,
            Some(_) => return Err(Error::invalid("while extracting Rego version")),
        };
        let parse = |file: &str, text: &str| {
            Module::parse(file, text, version).map_err(|error| error.prefixed("invalid ConstraintTemplate: "))
        };
        let mut entry = parse("template", text)?;
        entry.set_package(&["template"]);
        if !entry.defines("violation") {
            return Err(invalid("invalid rego: invalid module: missing required rules: [violation]"));
        }
        let mut libraries = Vec::new();
        match source.get("libs") {
            None | Some(Value::Null) => {}
            Some(Value::List(texts)) => {
                for (at, text) in texts.iter().enumerate() {
                    let text = text.as_str().ok_or_else(|| Error::invalid("while extracting Rego libs"))?;
                    libraries.push(parse(&format!("libs[\"lib_{at}\"]"), text)?);
                }
            }
            Some(_) => return Err(Error::invalid("while extracting Rego libs")),
        }
        check(&entry, &libraries)?;
        let all = || std::iter::once(&entry).chain(&libraries);
        let unknowable = unknowable(all());
        let asks_namespace = all().any(|module| refers_to(module, &["input", "review", "namespaceObject"]));
        for library in &mut libraries {
            library.move_data("libs", &["inventory"], true);
        }
        entry.move_data("libs", &["inventory"], false);
        let hook = Module::parse("hooks.hooks_builtin", HOOK, Version::V0)?;
        let modules = [hook, entry].into_iter().chain(libraries).collect();
        let program =
            Program::compile(modules).map_err(|error| error.prefixed("unable to compile modules: "))?;
        Ok(Code { program, unknowable, asks_namespace })
    }

    /// Asks for the violations of `names`, constraints of `kind`.
    ///
    /// # Errors
    /// `Invalid` for a violation whose message is no text; `Limit` where the policy takes too much.
    pub(super) fn review(
        &self,
        kind: &str,
        names: &[&str],
        review: &Val,
        data: &Val,
        now: Option<i64>,
    ) -> Result<Answer> {
        let text = |text: &str| Value::from(text);
        let keys = names.iter().map(|name| Value::map([("kind", text(kind)), ("name", text(name))]));
        let constraints = Val::of_json(&Value::list(keys.collect()))?;
        let input = object([
            ("target", Val::of_json(&text(super::template::TARGET))?),
            ("constraints", constraints),
            ("review", review.clone()),
        ])?;
        let mut query = Query::new(&["hooks", "violation"]).with_input(input).with_data(data.clone());
        if let Some(now) = now {
            query = query.with_now(now);
        }
        let answer = match self.program.run(&query) {
            Ok(answer) => answer,
            Err(error) if error.kind() == aoa_lang::ErrorKind::Invalid => {
                return Ok(Answer::Failed(error.message().to_owned()));
            }
            Err(error) => return Err(error),
        };
        let Some(Val::Set(responses)) = answer.value else {
            return Ok(Answer::Found(Vec::new(), answer.unknown));
        };
        let mut found = Vec::new();
        for response in responses.items() {
            let name = response.field("key").and_then(|key| key.field("name")).and_then(Val::as_text);
            let message = match response.field("msg") {
                Some(Val::String(text)) => text.to_str_lossy().into_owned(),
                other => {
                    let shown = other.map(Val::written).unwrap_or_default();
                    return Err(Error::invalid(format!(
                        "Rego: extracting message binding: .msg accessor error: {shown} is not a string"
                    )));
                }
            };
            found.push(Found {
                name: name.map(|name| name.to_str_lossy().into_owned()).unwrap_or_default(),
                message,
                details: response.field("details").map_or(Value::Null, Val::to_json),
            });
        }
        Ok(Answer::Found(found, answer.unknown))
    }
}

/// An object of Rego.
pub(super) fn object<const N: usize>(entries: [(&str, Val); N]) -> Result<Val> {
    let keyed = entries.into_iter().map(|(key, value)| (Val::String(key.into()), value));
    Val::object(keyed.collect())
}

/// What modules ask that only a cluster knows.
fn unknowable<'m>(mut modules: impl Iterator<Item = &'m Module>) -> Option<&'static str> {
    modules.find_map(|module| {
        if !module.references_to("external_data").is_empty() {
            return Some("it asks a provider of external data");
        }
        if refers_to(module, &["data", "inventory"]) {
            return Some("it looks up other objects of the cluster");
        }
        refers_to(module, &["input", "review", "userInfo"]).then_some(ASKS_SENDER)
    })
}

fn refers_to(module: &Module, path: &[&str]) -> bool {
    let root = path.first().copied().unwrap_or_default();
    module.references_to(root).iter().any(|found| found.begins_with(path))
}

/// What modules may import and refer to (`regorewriter`).
fn check(entry: &Module, libraries: &[Module]) -> Result<()> {
    for library in libraries {
        let package = library.package();
        if !package.begins_with(&["data", "lib"]) || package.steps.len() < 3 {
            return Err(invalid(format!(
                "invalid lib prefix: path {} not found in lib prefixes",
                package.shown
            )));
        }
    }
    let all = || libraries.iter().chain([entry]);
    for import in all().flat_map(Module::imports) {
        if import.begins_with(&["input"]) {
            return Err(invalid(format!("invalid import: cannot import input: \"{}\"", import.shown)));
        }
        if !import.begins_with(&["data", "lib"]) && !import.begins_with(&["future"]) {
            return Err(invalid(format!("invalid import: bad import: \"{}\"", import.shown)));
        }
    }
    for module in all() {
        let refused: Vec<String> = module
            .data_references()
            .into_iter()
            .filter(|path| !path.begins_with(&["data", "inventory"]) && !path.begins_with(&["data", "lib"]))
            .map(|path| format!("disallowed ref {}\n", path.shown))
            .collect();
        if !refused.is_empty() {
            return Err(invalid(format!(
                "invalid data references: check refs failed on module: errors ({}):\n{}",
                refused.len(),
                refused.concat()
            )));
        }
    }
    Ok(())
}
