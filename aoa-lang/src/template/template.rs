//! The templates that callers hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::{Ast, NodeId, NodeKind};
use super::compile::{builtin, compile};
use super::function::Functions;
use super::looks::{Touches, paths, touches};
use super::options::{MissingKey, TemplateOptions};
use super::parse::{Tree, parse};
use super::program::Program;
use super::run::run;
use crate::value::Text;
use crate::{Error, Limits, Result, Value};

/// A compiled template; clones share.
#[derive(Clone, Debug)]
pub struct Template {
    program: Arc<Program>,
    missing: MissingKey,
    touches: Touches,
    constant: Option<Text>,
}

impl Template {
    /// Compiles one template.
    ///
    /// # Errors
    /// Go's text of what is wrong, such as `template: t:1: unclosed action`.
    pub fn parse(name: &str, text: &str, functions: &Functions, missing: MissingKey) -> Result<Template> {
        let mut set = TemplateSet::new(functions, missing);
        set.add(name, text)?;
        set.compile(name)
    }

    /// Runs the template. Bytes of the output that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// Go's text of what is wrong, such as `template: t:1:3: executing "t" at <.x>: map has no entry for key "x"`,
    /// or that a limit is passed.
    pub fn render(&self, data: &Value, options: &TemplateOptions) -> Result<String> {
        self.render_text(data, options).map(|t| t.to_str_lossy().into_owned())
    }

    /// Runs the template.
    ///
    /// # Errors
    /// As [`render`](Template::render).
    pub fn render_text(&self, data: &Value, options: &TemplateOptions) -> Result<Text> {
        if let Some(text) = &self.constant {
            return Ok(text.clone());
        }
        let mut out = Vec::new();
        self.render_into(data, options, &mut out)?;
        Ok(Text::from(out))
    }

    /// Runs the template and writes behind what `out` holds; after an error the part that was written stays there.
    ///
    /// # Errors
    /// As [`render`](Template::render).
    pub fn render_into(&self, data: &Value, options: &TemplateOptions, out: &mut Vec<u8>) -> Result<()> {
        run(&self.program, self.missing, data, options, out).map(|_| ())
    }

    /// Runs the template on data that it may change, as functions such as sprig's `set` do: in Go these changes stay
    /// behind in the caller's maps.
    ///
    /// # Errors
    /// As [`render`](Template::render).
    pub fn render_changing(&self, data: &mut Value, options: &TemplateOptions) -> Result<Text> {
        let mut out = Vec::new();
        if let Some(changed) = run(&self.program, self.missing, data, options, &mut out)? {
            *data = changed;
        }
        Ok(Text::from(out))
    }

    /// Which keys of the data the template can look at.
    #[must_use]
    pub fn touches(&self) -> &Touches {
        &self.touches
    }

    /// Whether the template can change the data, so that [`render_changing`](Template::render_changing) differs.
    #[must_use]
    pub fn mutates(&self) -> bool {
        self.program.mutates
    }

    /// The output, if it is the same for all data because there are no actions.
    #[must_use]
    pub fn constant(&self) -> Option<&Text> {
        self.constant.as_ref()
    }
}

/// Templates that can call each other.
#[derive(Debug)]
pub struct TemplateSet<'f> {
    functions: &'f Functions,
    missing: MissingKey,
    ast: Ast,
    /// What `{{ template "name" }}` finds.
    trees: BTreeMap<String, Tree>,
    /// The trees of the texts themselves: an empty one does not replace what others define under its name.
    own: BTreeMap<String, Tree>,
    limits: Limits,
}

impl<'f> TemplateSet<'f> {
    /// An empty set.
    #[must_use]
    pub fn new(functions: &'f Functions, missing: MissingKey) -> Self {
        TemplateSet {
            functions,
            missing,
            ast: Ast::default(),
            trees: BTreeMap::new(),
            own: BTreeMap::new(),
            limits: Limits::default(),
        }
    }

    /// Adds a template, and those that its text defines; a later one of a name replaces an earlier one, unless it is empty.
    ///
    /// # Errors
    /// Go's text of what is wrong.
    pub fn add(&mut self, name: &str, text: &str) -> Result<()> {
        if text.len() > self.limits.input_bytes.min(u32::MAX as usize) {
            return Err(Error::limit("the template is too long"));
        }
        let functions = self.functions;
        let known = |name: &str| {
            functions.get(name).is_some() || matches!(name, "and" | "or") || builtin(name).is_some()
        };
        let trees = parse(&mut self.ast, name, text, &known)?;
        for (defined, tree) in trees {
            if defined == name {
                self.own.insert(defined.clone(), tree.clone());
            }
            if self.trees.contains_key(&defined) && self.ast.is_empty(&tree) {
                continue;
            }
            self.trees.insert(defined, tree);
        }
        Ok(())
    }

    /// Compiles the template `name`, with all that it can call.
    ///
    /// # Errors
    /// If there is no template of this name.
    pub fn compile(self, name: &str) -> Result<Template> {
        let Some(main) = self.own.get(name).or_else(|| self.trees.get(name)) else {
            let message = format!("template: no template {}", crate::strconv::quote(name.as_bytes()));
            return Err(Error::new(crate::ErrorKind::NotFound, message));
        };
        let main = main.clone();
        let touches = touches(&self.ast, &main);
        let constant = constant(&self.ast, &main);
        let program = compile(self.ast, Some((name, &main)), &self.trees, self.functions);
        Ok(Template { program: Arc::new(program), missing: self.missing, touches, constant })
    }

    /// The paths into the data at which the text `name` looks, each as far as it is written down, in the order of the text:
    /// `.a.b`, `$.a`, `index .a "b"` and `get .a "b"`.
    #[must_use]
    pub fn paths(&self, name: &str) -> Vec<Vec<Box<str>>> {
        self.own
            .get(name)
            .or_else(|| self.trees.get(name))
            .map_or_else(Vec::new, |main| paths(&self.ast, main))
    }

    pub(super) fn functions(&self) -> &'f Functions {
        self.functions
    }

    pub(super) fn missing(&self) -> MissingKey {
        self.missing
    }

    /// Compiles all templates.
    pub(super) fn compile_all(self) -> Program {
        compile(self.ast, None, &self.trees, self.functions)
    }

    /// Compiles all templates; the text `name` comes first, whatever else is defined under its name.
    pub(super) fn compile_text(self, name: &str) -> Program {
        let TemplateSet { functions, ast, trees, own, .. } = self;
        let main = own.get(name).or_else(|| trees.get(name)).cloned().unwrap_or_default();
        compile(ast, Some((name, &main)), &trees, functions)
    }
}

fn constant(ast: &Ast, main: &[NodeId]) -> Option<Text> {
    let texts: Option<Vec<&str>> = main
        .iter()
        .map(|id| match ast.kind(*id) {
            Some(NodeKind::Text(text)) => Some(&**text),
            _ => None,
        })
        .collect();
    texts.map(|t| Text::from(t.concat()))
}
