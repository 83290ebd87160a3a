//! Jsonnet, evaluated by jrsonnet in a thread of its own.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use aoa_core::inputs::{EvaluationError, JsonnetEvaluator, JsonnetFiles, JsonnetProgram, JsonnetVariable};
use aoa_core::lang::source::TreePath;
use jrsonnet_evaluator::error::ErrorKind;
use jrsonnet_evaluator::manifest::JsonFormat;
use jrsonnet_evaluator::stack::limit_stack_depth;
use jrsonnet_evaluator::tla::{TlaArg, apply_tla};
use jrsonnet_evaluator::trace::PathResolver;
use jrsonnet_evaluator::{AsPathLike, Error, ImportResolver, Result, State};
use jrsonnet_gcmodule::Acyclic;
use jrsonnet_ir::{SourceFifo, SourceFile, SourcePath, Span};

use super::library::Library;

/// An evaluator of Jsonnet: jrsonnet, in this process.
///
/// Programs see the files of their repository and nothing else. Calls may be as deep as go-jsonnet lets them be; time and
/// memory are not bounded, so programs that nobody trusts belong into another process.
///
/// ```
/// use std::sync::Arc;
///
/// use aoa_core::lang::source::Tree;
/// use aoa_core::{Inputs, resolve};
///
/// let app = "apiVersion: argoproj.io/v1alpha1
/// kind: Application
/// metadata: {name: web, namespace: argocd}
/// spec:
///   source: {repoURL: https://git.example.com/fleet, path: web}
///   destination: {name: in-cluster, namespace: shop}
/// ";
/// let main = "{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a' + 1}}";
/// let tree = Tree::in_memory([("app.yaml", app), ("web/main.jsonnet", main)]);
/// let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// inputs.jsonnet = Some(Arc::new(aoa_host::Jrsonnet::default()));
/// let fleet = resolve(&inputs, &Default::default())?;
/// let web = fleet.apps().find(|app| app.name() == "web").and_then(|app| app.content());
/// assert_eq!(web.unwrap().manifests().get(0).unwrap().object.str_at(&["metadata", "name"]), Some("a1"));
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Jrsonnet {
    /// How deep calls may be. go-jsonnet, which Argo CD uses, has 500.
    pub max_depth: usize,
}

/// What 500 calls take, and some more.
const STACK_BYTES: usize = 256 << 20;

impl Default for Jrsonnet {
    fn default() -> Self {
        Jrsonnet { max_depth: 500 }
    }
}

impl JsonnetEvaluator for Jrsonnet {
    fn evaluate(&self, program: &JsonnetProgram<'_>) -> std::result::Result<String, EvaluationError> {
        std::thread::scope(|scope| {
            let run = || {
                let _depth = limit_stack_depth(self.max_depth);
                let text = run(program);
                text.map_err(|error| EvaluationError::Failed(message(&error, program.files.as_ref())))
            };
            let thread = std::thread::Builder::new().name("jsonnet".to_owned()).stack_size(STACK_BYTES);
            let handle = thread
                .spawn_scoped(scope, run)
                .map_err(|error| EvaluationError::Stopped(format!("no thread for Jsonnet: {error}")))?;
            handle
                .join()
                .unwrap_or_else(|_| Err(EvaluationError::Stopped("the evaluator crashed".to_owned())))
        })
    }
}

fn run(program: &JsonnetProgram<'_>) -> Result<String> {
    FILES.set(Some(program.files.clone()));
    let library = Library::new(PathResolver::Absolute, |settings| {
        for variable in program.external {
            let name = variable.name.to_str_lossy();
            settings.ext_vars.insert(name.as_ref().into(), argument(variable));
        }
    });
    let mut builder = State::builder();
    builder.import_resolver(Confined).context_initializer(library);
    let state = builder.build();
    let _entered = state.enter();
    let value = state.import_resolved(source_path(program.path))?;
    #[expect(clippy::mutable_key_type, reason = "jrsonnet asks for it; nothing mutates its texts")]
    let arguments: std::collections::HashMap<_, _> = program
        .arguments
        .iter()
        .map(|variable| (variable.name.to_str_lossy().as_ref().into(), argument(variable)))
        .collect();
    apply_tla(&arguments, value)?.manifest(JsonFormat::cli(3))
}

fn argument(variable: &JsonnetVariable) -> TlaArg {
    let value = variable.value.to_str_lossy();
    if variable.code { TlaArg::InlineCode(value.into_owned()) } else { TlaArg::String(value.as_ref().into()) }
}

/// What go-jsonnet would say: its words where it is known to have others than jrsonnet, and its form. The frames are
/// jrsonnet's.
fn message(error: &Error, files: &dyn JsonnetFiles) -> String {
    if let ErrorKind::ImportSyntaxError { path, error } = error.error() {
        let at = tree_path(path.source_path()).map(|path| files.display(&path)).unwrap_or_default();
        return format!("{at}: {error}");
    }
    let what = match error.error() {
        ErrorKind::RuntimeError(text) | ErrorKind::AssertionFailed(text) => text.to_string(),
        ErrorKind::NoSuchField(name, _) => format!("Field does not exist: {name}"),
        ErrorKind::UndefinedExternalVariable(name) => format!("Undefined external variable: {name}"),
        ErrorKind::FunctionParameterNotBoundInCall(name, _) => format!("Missing argument: {name}"),
        ErrorKind::DivisionByZero => "Division by zero.".to_owned(),
        ErrorKind::StackOverflow | ErrorKind::InfiniteRecursionDetected => {
            "max stack frames exceeded.".to_owned()
        }
        other => other.to_string(),
    };
    let mut text = format!("RUNTIME ERROR: {what}");
    for span in error.trace().0.iter().filter_map(|frame| frame.location.as_ref()).take(MOST_FRAMES) {
        text.push_str(&format!("\n\t{}", place(span, files)));
    }
    text
}

/// How many frames a message has at most.
const MOST_FRAMES: usize = 20;

fn place(Span(source, start, _): &Span, files: &dyn JsonnetFiles) -> String {
    let file = tree_path(source.source_path()).map(|path| files.display(&path)).unwrap_or_default();
    let [start] = source.map_source_locations(&[*start]);
    format!("{file}:{}:{}", start.line, start.column)
}

thread_local! {
    /// The files of the program that this thread evaluates. jrsonnet's resolvers can hold nothing but what its garbage
    /// collector knows.
    static FILES: RefCell<Option<Arc<dyn JsonnetFiles>>> = const { RefCell::new(None) };
}

/// Finds imports where the repository's importer does.
#[derive(Acyclic)]
struct Confined;

impl Confined {
    fn files() -> Result<Arc<dyn JsonnetFiles>> {
        let files = FILES.with_borrow(Clone::clone);
        files.ok_or_else(|| ErrorKind::RuntimeError("no files".into()).into())
    }
}

impl ImportResolver for Confined {
    fn resolve_from(&self, from: &SourcePath, path: &dyn AsPathLike) -> Result<SourcePath> {
        // Code of arguments and external variables has no file: it is taken to stand at the root.
        let from = tree_path(from).unwrap_or_else(TreePath::root);
        let path = path.as_path();
        let path = path.as_ref().to_string_lossy().into_owned();
        let found =
            Confined::files()?.find(&from, &path).map_err(|why| ErrorKind::RuntimeError(why.into()))?;
        Ok(source_path(&found))
    }

    fn load_file_contents(&self, path: &SourcePath) -> Result<Vec<u8>> {
        // The code of an argument or an external variable.
        if let Some(code) = path.downcast_ref::<SourceFifo>() {
            return Ok(code.1.to_vec());
        }
        let files = Confined::files()?;
        let text = tree_path(path)
            .ok_or_else(|| format!("{path} is no file of the repository"))
            .and_then(|path| files.read(&path));
        Ok(text.map_err(|why| ErrorKind::RuntimeError(why.into()))?.to_vec())
    }
}

fn source_path(path: &TreePath) -> SourcePath {
    SourcePath::new(SourceFile::new(PathBuf::from(path.as_str())))
}

fn tree_path(path: &SourcePath) -> Option<TreePath> {
    TreePath::new(path.downcast_ref::<SourceFile>()?.path().to_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct One(&'static str);

    impl JsonnetFiles for One {
        fn find(&self, _: &TreePath, path: &str) -> std::result::Result<TreePath, String> {
            Err(format!("couldn't open import \"{path}\""))
        }

        fn read(&self, _: &TreePath) -> std::result::Result<Arc<[u8]>, String> {
            Ok(self.0.as_bytes().into())
        }
    }

    fn evaluate(
        text: &'static str,
        arguments: &[JsonnetVariable],
    ) -> std::result::Result<String, EvaluationError> {
        let path = TreePath::new("app/a.jsonnet").unwrap();
        let program =
            JsonnetProgram { path: &path, arguments, external: arguments, files: Arc::new(One(text)) };
        Jrsonnet::default().evaluate(&program)
    }

    #[test]
    fn programs_take_arguments_and_external_variables() {
        let variable = |name: &'static str, value: &'static str, code| JsonnetVariable {
            name: name.into(),
            value: value.into(),
            code,
        };
        let given = [variable("a", "1 + 1", true), variable("b", "1 + 1", false)];
        let text = evaluate("function(a, b) [a, b, std.extVar('a')]", &given).unwrap();
        assert_eq!(text, "[\n   2,\n   \"1 + 1\",\n   2\n]");
    }

    #[test]
    fn endless_recursion_and_errors_are_told() {
        let failed = |text| match evaluate(text, &[]) {
            Err(EvaluationError::Failed(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            failed("error 'boom'"),
            "RUNTIME ERROR: boom\n\t<path to cached source>/app/a.jsonnet:1:1"
        );
        assert_eq!(failed("{}.a"), "RUNTIME ERROR: Field does not exist: a");
        assert_eq!(failed("function(n) n + 1"), "RUNTIME ERROR: Missing argument: n");
        assert!(evaluate("local f(x) = f(x + 1) + 1; f(0)", &[]).is_err());
        assert!(evaluate("import '/etc/passwd'", &[]).is_err());
        assert!(evaluate("{", &[]).is_err());
    }
}
