//! Rules in Rego: a module whose `deny` or `violation` says what is wrong, as Conftest and Gatekeeper have it.

use aoa_lang::rego::{Module, Path, Program, Query, Step, Val, Version};
use aoa_lang::value::Text;
use aoa_lang::{Error, ErrorKind, Limits};

use super::Answer;
use super::sight::{Name, Names, Sight};

/// The most steps that one asking takes.
const STEPS: u64 = 1_000_000;
/// The most memory that one asking takes, in bytes.
const BYTES: u64 = 64 << 20;

/// What messages of the compiler call the module.
const FILE: &str = "rule";

/// The documents that say what is wrong.
const DOCUMENTS: [&str; 2] = ["deny", "violation"];

/// A module, compiled.
pub(super) struct RegoCode {
    program: Program,
    package: Vec<String>,
    /// Those of [`DOCUMENTS`] that it defines.
    documents: Vec<&'static str>,
    pub(super) sees: Names,
}

/// What is wrong with a module, and on which of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) row: Option<u32>,
    pub(super) what: String,
}

impl RegoCode {
    pub(super) fn compile(text: &str, version: Version) -> Result<Self, Vec<Fault>> {
        let module = Module::parse(FILE, text, version).map_err(|error| faults(&error))?;
        let package = module.package();
        let sees = seen(&module, &package)?;
        let documents: Vec<&str> = DOCUMENTS.into_iter().filter(|name| module.defines(name)).collect();
        if documents.is_empty() {
            return Err(vec![Fault { row: None, what: "it has neither `deny` nor `violation`".to_owned() }]);
        }
        let names = package.steps.iter().skip(1).map(|step| match step {
            Step::Name(name) | Step::Other(name) => name.clone(),
        });
        let package = names.collect();
        let program = Program::compile(vec![module]).map_err(|error| faults(&error))?;
        Ok(RegoCode { program, package, documents, sees })
    }

    /// What takes too many steps is not decided; neither is what takes something that cannot be known as undefined.
    pub(super) fn ask(&self, sight: &Sight<'_>, now: Option<i64>, said: impl Fn() -> Text) -> Answer {
        let input = match sight.input(self.sees) {
            Ok(input) => input,
            Err(error) => return Answer::undecided(error.message()),
        };
        let mut answer = Answer::default();
        for document in &self.documents {
            let path: Vec<&str> = self.package.iter().map(String::as_str).chain([*document]).collect();
            let mut query = Query::new(&path).with_input(input.clone()).with_limits(limits());
            if let Some(now) = now {
                query = query.with_now(now);
            }
            match self.program.run(&query) {
                Ok(found) => {
                    answer.undecided.extend(found.unknown);
                    add(&mut answer, document, found.value.as_ref(), &said);
                }
                Err(error) => {
                    answer.is_over_budget |= error.kind() == ErrorKind::Limit;
                    answer.undecided.push(one_line(error.message()));
                }
            }
        }
        answer
    }
}

/// What a document says: texts, objects with a text as `msg`, or that it holds at all.
fn add(answer: &mut Answer, document: &str, value: Option<&Val>, said: &dyn Fn() -> Text) {
    let items = match value {
        None | Some(Val::Bool(false)) => return,
        Some(Val::Bool(true)) => return answer.violations.push(said()),
        Some(Val::Set(items) | Val::Array(items)) => items.items(),
        Some(one) => std::slice::from_ref(one),
    };
    for item in items {
        match item.as_text().or_else(|| item.field("msg").and_then(Val::as_text)) {
            Some(text) => answer.violations.push(text.clone()),
            None => {
                let shown: String = item.written().chars().take(80).collect();
                answer
                    .undecided
                    .push(format!("`{document}` holds {shown}, which is no text and has none as `msg`"));
            }
        }
    }
}

/// What of the input it looks at; what is never given would make it hold for ever.
fn seen(module: &Module, package: &Path) -> Result<Names, Vec<Fault>> {
    let mut names = Names::default();
    let mut faults = Vec::new();
    for reference in module.references_to("input") {
        match reference.steps.get(1) {
            Some(Step::Name(name)) => match Name::find(name) {
                Some(name) => names.insert(name),
                None => {
                    let known = Name::ALL.map(|name| format!("`input.{}`", name.text())).join(", ");
                    let what = format!("there is no `input.{name}`: rules see {known}");
                    faults.push(Fault { row: Some(reference.row), what });
                }
            },
            Some(Step::Other(_)) | None => names = Names::ALL,
        }
    }
    let own: Vec<&Step> = package.steps.iter().collect();
    let is_own = |path: &Path| path.steps.iter().zip(&own).all(|(step, own)| step == *own);
    for path in module.references_to("data").into_iter().filter(|path| !is_own(path)) {
        let what = format!("there is no `{}`: a rule is one module, and sees no data", path.shown);
        faults.push(Fault { row: Some(path.row), what });
    }
    faults.dedup();
    if faults.is_empty() { Ok(names) } else { Err(faults) }
}

/// The errors of the compiler, each with its line: they are written `rule:3: rego_parse_error: ...`.
fn faults(error: &Error) -> Vec<Fault> {
    let message = error.message();
    let message = message.strip_prefix("1 error occurred: ").unwrap_or(message);
    let lines = message.lines().filter(|line| !line.ends_with(" errors occurred:"));
    let fault = |line: &str| {
        let behind = line.strip_prefix(FILE).and_then(|rest| rest.strip_prefix(':')).map(str::trim_start);
        let numbered = behind.and_then(|rest| rest.split_once(": "));
        match numbered.and_then(|(row, what)| Some((row.parse().ok()?, what))) {
            Some((row, what)) => Fault { row: Some(row), what: what.to_owned() },
            None => Fault { row: None, what: behind.unwrap_or(line).to_owned() },
        }
    };
    lines.map(fault).collect()
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    (limits.rego_steps, limits.rego_bytes) = (STEPS, BYTES);
    limits
}

fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
