//! Sets of templates that are run one after another on shared data, and that functions can enter: Helm's engine.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::function::{Functions, Meter, Nesting};
use super::heap::Heap;
use super::options::{MissingKey, TemplateOptions};
use super::program::{Layer, Program, Slot};
use super::run::{State, run_template};
use super::template::TemplateSet;
use crate::value::Text;
use crate::{Error, ErrorKind, Result, Value};

/// How many bytes of texts are kept compiled for [`Entry::source`](super::Entry::source).
const KEPT_TEXTS: usize = 1 << 20;

/// A compiled set of templates, each of which can be run by its name.
///
/// ```
/// use aoa_lang::Value;
/// use aoa_lang::template::{Call, Entry, FnError, Function, Functions, MissingKey, TemplateOptions, TemplateSet};
/// use aoa_lang::value::{GoType, Text};
///
/// fn include(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
///     let [Value::String(name), data] = args else { return Err("two arguments".into()) };
///     Err(Entry::named(name.clone(), data.clone()).into())
/// }
///
/// let table = [Function::new("include", &[GoType::String, GoType::Any], GoType::String, include).shares()];
/// let functions = Functions::new().with(&table);
/// let mut set = TemplateSet::new(&functions, MissingKey::Zero);
/// set.add("_name", "{{ define \"name\" }}web-{{ . }}{{ end }}")?;
/// set.add("app", "name: {{ include \"name\" .id | printf \"%q\" }}")?;
/// let templates = set.compile_set("root");
/// let text = templates.run(&TemplateOptions::default(), |session| {
///     session.execute("app", &Value::map([("id", Value::int(7))]))
/// })?;
/// assert_eq!(text.as_str(), Some("name: \"web-7\""));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub struct Templates {
    layer: Arc<Layer>,
    root: Box<str>,
    functions: Functions,
    missing: MissingKey,
    /// Whether the program can change data, or a text that it ran could.
    mutates: AtomicBool,
    texts: Mutex<Texts>,
}

#[derive(Default)]
struct Texts {
    bytes: usize,
    compiled: HashMap<Text, Arc<Layer>>,
}

impl TemplateSet<'_> {
    /// Compiles all templates of the set, which is called `root`.
    #[must_use]
    pub fn compile_set(self, root: &str) -> Templates {
        let (functions, missing) = (self.functions().clone(), self.missing());
        let program = self.compile_all();
        Templates {
            mutates: AtomicBool::new(program.mutates),
            layer: Arc::new(Layer::new(program, 0, None, root)),
            root: root.into(),
            functions,
            missing,
            texts: Mutex::default(),
        }
    }
}

impl Templates {
    /// Whether there is a template of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.layer.find(name).is_some()
    }

    /// Lets `work` run templates. If a text that is only known meanwhile changes data, everything is done once more in a
    /// session that allows it.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn run<T>(
        &self,
        options: &TemplateOptions,
        mut work: impl FnMut(&mut Session<'_>) -> Result<T>,
    ) -> Result<T> {
        if !self.mutates.load(Ordering::Relaxed) {
            let surprised = Cell::new(false);
            let answer = work(&mut Session::new(self, options, false, &surprised));
            if !surprised.get() {
                return answer;
            }
            self.mutates.store(true, Ordering::Relaxed);
        }
        work(&mut Session::new(self, options, true, &Cell::new(false)))
    }

    /// The layer of `text` as a template within `outer`.
    fn compile_text(&self, outer: &Arc<Layer>, name: &str, text: &Text) -> Result<Arc<Layer>> {
        // Layers that define nothing hide nothing.
        let outer = if outer.is_plain() { &self.layer } else { outer };
        let keeps = Arc::ptr_eq(outer, &self.layer);
        if keeps {
            let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(layer) = texts.compiled.get(text) {
                return Ok(layer.clone());
            }
        }
        let mut set = TemplateSet::new(&self.functions, self.missing);
        set.add(name, &text.to_str_lossy())?;
        let layer = Arc::new(Layer::new(set.compile_text(name), 1, Some(outer.clone()), name));
        if keeps {
            let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
            if texts.bytes.saturating_add(text.len()) > KEPT_TEXTS {
                *texts = Texts::default();
            }
            texts.bytes += text.len();
            texts.compiled.insert(text.clone(), layer.clone());
        }
        Ok(layer)
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "templates of {}", self.root)
    }
}

/// Runs of templates that share budgets, random numbers and data: what one changes the next one sees.
pub struct Session<'s> {
    templates: &'s Templates,
    options: &'s TemplateOptions,
    surprised: &'s Cell<bool>,
    meter: Meter,
    heap: Heap,
    nesting: Nesting,
}

impl<'s> Session<'s> {
    fn new(
        templates: &'s Templates,
        options: &'s TemplateOptions,
        mutates: bool,
        surprised: &'s Cell<bool>,
    ) -> Self {
        Session {
            templates,
            options,
            surprised,
            meter: Meter::new(options),
            heap: Heap::new(mutates),
            nesting: Nesting::default(),
        }
    }

    /// Whether templates of this session can change data: then data has to come as handles of its [`heap`](Session::heap).
    #[must_use]
    pub fn mutates(&self) -> bool {
        self.heap.active
    }

    /// The lists and maps that templates of this session can change.
    pub fn heap(&mut self) -> &mut Heap {
        &mut self.heap
    }

    /// Whether random values were drawn so far.
    #[must_use]
    pub fn has_drawn(&self) -> bool {
        self.meter.has_drawn(self.options)
    }

    /// Runs the template `name`.
    ///
    /// # Errors
    /// Go's text of what is wrong, in [links](Error::links) where templates were entered by functions; or that a limit is
    /// passed.
    pub fn execute(&mut self, name: &str, data: &Value) -> Result<Text> {
        let Some((program, template)) = self.templates.layer.find(name) else {
            let (name, root) = (quoted(name), quoted(&self.templates.root));
            let message = format!("template: no template {name} associated with template {root}");
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        let (templates, surprised, active) = (self.templates, self.surprised, self.heap.active);
        let compile = |outer: &Arc<Layer>, name: &str, text: &Text| {
            let layer = templates.compile_text(outer, name, text)?;
            if layer.program.mutates && !active {
                surprised.set(true);
                return Err(Error::new(
                    ErrorKind::Internal,
                    "a text changes data in a session that forbids it",
                ));
            }
            Ok(layer)
        };
        let mut state = State {
            options: self.options,
            missing: templates.missing,
            meter: std::mem::take(&mut self.meter),
            heap: std::mem::take(&mut self.heap),
            nesting: std::mem::take(&mut self.nesting),
            root: &templates.root,
            compile_text: Some(&compile),
        };
        let mut out = Vec::with_capacity(1024);
        let ran =
            run_template(&mut state, &templates.layer, program, template, Slot::of(data.clone()), &mut out);
        (self.meter, self.heap, self.nesting) = (state.meter, state.heap, state.nesting);
        ran.map(|()| Text::from(out))
    }
}

fn quoted(name: &str) -> String {
    crate::strconv::quote(name.as_bytes())
}

/// Templates are shared between threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Templates>();
    shared::<Program>();
};
