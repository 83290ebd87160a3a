//! Runs a [`Program`].
//!
//! The machine takes a step at a time and has stacks of its own, so that no nesting of a template reaches the thread's.

mod call;
mod enter;
mod lookup;
mod loops;
mod machine;
mod output;
mod straight;

use std::sync::{Arc, LazyLock};

use super::ast::NodeId;
use super::function::{Failing, Finish, Meter, Nesting};
use super::heap::Heap;
use super::iterate::Iteration;
use super::options::{MissingKey, TemplateOptions};
use super::program::{Index, Layer, Program, Slot};
use crate::value::{Object, Signature, Text};
use crate::{Result, Value};

/// The layer of templates that no others can be run among.
static NO_LAYER: LazyLock<Arc<Layer>> = LazyLock::new(Arc::default);

/// Makes the layer of a text that a function wants to be run as a template within a layer.
pub(super) type CompileText<'s> = &'s dyn Fn(&Arc<Layer>, &str, &Text) -> Result<Arc<Layer>>;

/// What runs of the same templates share.
pub(super) struct State<'s> {
    pub(super) options: &'s TemplateOptions,
    pub(super) missing: MissingKey,
    pub(super) meter: Meter,
    pub(super) heap: Heap,
    pub(super) nesting: Nesting,
    /// What the set of templates is called.
    pub(super) root: &'s str,
    /// `None` where no function can ask for it.
    pub(super) compile_text: Option<CompileText<'s>>,
}

/// Runs the first template of `program` with `data` and writes behind what is in `out`; gives the data as the program leaves
/// it, if the program can change it.
///
/// # Errors
/// Go's, and limits.
pub(super) fn run(
    program: &Arc<Program>,
    missing: MissingKey,
    data: &Value,
    options: &TemplateOptions,
    out: &mut Vec<u8>,
) -> Result<Option<Value>> {
    if straight::write_straight(program, data, options, out).is_some() {
        return Ok(None);
    }
    let mut state = State {
        options,
        missing,
        meter: Meter::new(options),
        heap: Heap::new(program.mutates),
        nesting: Nesting::default(),
        root: "",
        compile_text: None,
    };
    let root = Slot::of(state.heap.thaw(data.clone()));
    let before = out.len();
    let ran = run_template(&mut state, &NO_LAYER, program, 0, root.clone(), out);
    let settled = state.meter.settle(options, out.len().saturating_sub(before));
    ran.and(settled)?;
    if !program.mutates {
        return Ok(None);
    }
    state.heap.freeze(&root.value, options.limits.depth).map(Some)
}

/// Runs template `template` of `program`, which is one of the programs of `layer`, and writes behind what is in `out`.
///
/// # Errors
/// Go's, and limits.
pub(super) fn run_template(
    state: &mut State<'_>,
    layer: &Arc<Layer>,
    program: &Arc<Program>,
    template: Index,
    data: Slot,
    out: &mut Vec<u8>,
) -> Result<()> {
    let most = out.len().saturating_add(state.options.limits.template_output);
    let mut run = Run {
        program: program.clone(),
        layer: layer.clone(),
        state,
        out,
        most,
        stack: Vec::new(),
        interface: Vec::new(),
        dot: data.clone(),
        data,
        variables: Vec::new(),
        base: 0,
        marks: Vec::new(),
        dots: Vec::new(),
        loops: Vec::new(),
        frames: Vec::new(),
        depth: 0,
        callees: Vec::new(),
        node: NodeId::NONE,
        template,
    };
    run.execute()
}

struct Run<'r, 's> {
    program: Arc<Program>,
    layer: Arc<Layer>,
    state: &'r mut State<'s>,
    out: &'r mut Vec<u8>,
    /// The longest that `out` may become.
    most: usize,
    stack: Vec<Value>,
    /// Beside each value of the stack, whether it stands in a place of type `interface {}`.
    interface: Vec<bool>,
    dot: Slot,
    /// `$`
    data: Slot,
    variables: Vec<(Index, Slot)>,
    /// Where the variables of the template that runs begin.
    base: usize,
    marks: Vec<usize>,
    dots: Vec<Slot>,
    loops: Vec<Loop>,
    frames: Vec<Frame>,
    /// How deep templates are nested since a function entered one.
    depth: usize,
    callees: Vec<Callee>,
    node: NodeId,
    template: Index,
}

/// An iteration, and how many marks, dots and variables there were before it.
struct Loop {
    iteration: Iteration,
    marks: usize,
    dots: usize,
    variables: usize,
}

/// What a template goes back to.
struct Frame {
    place: usize,
    /// Where it is another program than the template's.
    program: Option<Arc<Program>>,
    template: Index,
    data: Slot,
    dot: Slot,
    base: usize,
    depth: usize,
    entered: Option<Box<Entered>>,
}

/// What a template that a function entered goes back to.
struct Entered {
    /// The call, and the function.
    node: NodeId,
    function: &'static str,
    /// The name or text of the template.
    subject: Text,
    failing: Option<Failing>,
    finish: Option<Finish>,
    /// Whether the subject counts as nested.
    counts: bool,
    layer: Arc<Layer>,
    /// Where the output begins.
    from: usize,
}

/// A method whose arguments are being evaluated.
struct Callee {
    object: Arc<dyn Object>,
    signature: Signature,
}

/// Where the run goes on.
enum Next {
    Behind,
    At(Index),
    /// In the program that is now the run's own.
    Program(usize),
    End,
}

impl From<Option<Index>> for Next {
    fn from(to: Option<Index>) -> Self {
        to.map_or(Next::Behind, Next::At)
    }
}
