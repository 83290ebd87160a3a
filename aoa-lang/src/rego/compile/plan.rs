//! Programs: variables become places in a frame.

use std::collections::{BTreeMap, HashMap};

use super::super::builtins;
use super::super::tree::{
    Body, Expr, ExprKind, Kind, Name, Rule, Term, ground_prefix, is_data, is_input, operator_name,
};
use super::super::value::Val;
use super::tree::Key;
use super::{Compiler, Node, key_of};
use crate::{Error, ErrorKind, Result};

/// A term to be evaluated, or a pattern.
#[derive(Clone, Debug)]
pub(in super::super) enum Plan {
    Value(Val),
    Slot(u32),
    Array(Vec<Plan>),
    Object(Vec<(Plan, Plan)>),
    Set(Vec<Plan>),
    Ref(Box<RefPlan>),
    Of(Box<OfPlan>),
}

#[derive(Clone, Debug)]
pub(in super::super) struct RefPlan {
    pub(in super::super) root: Root,
    pub(in super::super) path: Vec<Plan>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Root {
    Input,
    Data,
    Slot(u32),
}

/// A comprehension.
#[derive(Clone, Debug)]
pub(in super::super) struct OfPlan {
    pub(in super::super) shape: Shape,
    pub(in super::super) key: Plan,
    pub(in super::super) value: Plan,
    pub(in super::super) body: Vec<Step>,
    pub(in super::super) place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Shape {
    Array,
    Set,
    Object,
}

/// A row of a module.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Place {
    pub(in super::super) file: usize,
    pub(in super::super) row: u32,
}

#[derive(Clone, Debug)]
pub(in super::super) struct Step {
    pub(in super::super) kind: StepKind,
    pub(in super::super) negated: bool,
    pub(in super::super) with: Vec<WithPlan>,
    pub(in super::super) place: Place,
}

#[derive(Clone, Debug)]
pub(in super::super) enum StepKind {
    Unify(Plan, Plan),
    Test(Plan),
    Call { function: Function, args: Vec<Plan>, result: Option<Plan> },
    Every { key: Plan, value: Plan, domain: Plan, body: Vec<Step> },
    Not(Vec<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Function {
    Builtin(usize),
    /// A document that takes arguments.
    Rule(usize),
}

#[derive(Clone, Debug)]
pub(in super::super) struct WithPlan {
    pub(in super::super) target: Target,
    pub(in super::super) value: Replacement,
}

#[derive(Clone, Debug)]
pub(in super::super) enum Target {
    Input(Vec<Plan>),
    Data(Vec<Plan>),
    Function(Function),
}

#[derive(Clone, Debug)]
pub(in super::super) enum Replacement {
    Value(Plan),
    Function(Function),
}

/// A document that rules define.
#[derive(Clone, Debug)]
pub(in super::super) struct Document {
    pub(in super::super) rules: Vec<RulePlan>,
    pub(in super::super) shape: DocumentShape,
    /// Whether all rules give the same constant, so that the first that holds is enough.
    pub(in super::super) is_constant: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum DocumentShape {
    Complete,
    Function,
    Set,
    Object,
}

#[derive(Clone, Debug)]
pub(in super::super) struct RulePlan {
    pub(in super::super) slots: u32,
    pub(in super::super) args: Vec<Plan>,
    /// What follows the document's own path.
    pub(in super::super) path: Vec<Plan>,
    pub(in super::super) key: Option<Plan>,
    pub(in super::super) value: Option<Plan>,
    pub(in super::super) body: Vec<Step>,
    pub(in super::super) is_default: bool,
    pub(in super::super) branches: Vec<RulePlan>,
    pub(in super::super) place: Place,
}

/// Documents by their path.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Branch {
    pub(in super::super) document: Option<usize>,
    pub(in super::super) children: BTreeMap<String, Branch>,
}

/// All documents of a program.
#[derive(Clone, Debug)]
pub(in super::super) struct Plans {
    pub(in super::super) root: Branch,
    pub(in super::super) documents: Vec<Document>,
    pub(in super::super) files: Vec<String>,
}

struct Planner<'c> {
    compiler: &'c Compiler,
    /// The number of the document of each function.
    functions: HashMap<String, usize>,
}

struct Frame<'p> {
    planner: &'p Planner<'p>,
    slots: HashMap<Name, u32>,
    file: usize,
}

impl Compiler {
    pub(in super::super) fn plans(self) -> Result<Plans> {
        let mut planner = Planner { compiler: &self, functions: HashMap::new() };
        let mut order = Vec::new();
        let root = planner.number(&self.tree, &mut order);
        for (at, defined) in self.rules.iter().enumerate() {
            if let (Some(key), Some(number)) =
                (key_of(&defined.path), order.iter().position(|node: &Vec<usize>| node.contains(&at)))
            {
                planner.functions.insert(key, number);
            }
        }
        let mut documents = Vec::with_capacity(order.len());
        for rules in &order {
            documents.push(planner.document(rules)?);
        }
        drop(planner);
        Ok(Plans { root, documents, files: self.files })
    }
}

impl Planner<'_> {
    fn number(&mut self, node: &Node, order: &mut Vec<Vec<usize>>) -> Branch {
        let document = (!node.rules.is_empty()).then(|| {
            order.push(node.rules.clone());
            order.len() - 1
        });
        let children = node.children.iter().map(|(key, child)| {
            let key = match key {
                Key::Name(name) => name.clone(),
                Key::Other(text) => format!("\u{0}{text}"),
            };
            (key, self.number(child, order))
        });
        Branch { document, children: children.collect() }
    }

    fn document(&self, rules: &[usize]) -> Result<Document> {
        let mut plans = Vec::new();
        let mut shape = DocumentShape::Complete;
        for at in rules {
            let Some(defined) = self.compiler.rules.get(*at) else { continue };
            let head = &defined.rule.head;
            let dynamic = defined.path.get(ground_prefix(&defined.path)..).unwrap_or_default();
            shape = if !head.args.is_empty() {
                DocumentShape::Function
            } else if !dynamic.is_empty() {
                DocumentShape::Object
            } else if head.is_multi_value() {
                DocumentShape::Set
            } else {
                DocumentShape::Complete
            };
            let mut plan = self.rule(&defined.rule, dynamic, defined.module)?;
            for branch in &defined.rule.branches {
                plan.branches.push(self.rule(branch, dynamic, defined.module)?);
            }
            plans.push(plan);
        }
        let constants = plans.iter().flat_map(|plan| std::iter::once(plan).chain(&plan.branches));
        let mut first = None;
        let mut is_constant = true;
        for plan in constants.filter(|plan| !plan.is_default) {
            match (&plan.value, &first) {
                (Some(Plan::Value(value)), None) => first = Some(value.clone()),
                (Some(Plan::Value(value)), Some(known)) if value == known => {}
                _ => is_constant = false,
            }
        }
        Ok(Document { rules: plans, shape, is_constant })
    }

    fn rule(&self, rule: &Rule, dynamic: &[Term], file: usize) -> Result<RulePlan> {
        let mut frame = Frame { planner: self, slots: HashMap::new(), file };
        let args = frame.terms(&rule.head.args)?;
        let body = frame.body(&rule.body)?;
        let path = frame.terms(dynamic)?;
        let optional = |frame: &mut Frame<'_>, term: &Option<Term>| {
            term.as_ref().map(|term| frame.term(term)).transpose()
        };
        let key = optional(&mut frame, &rule.head.key)?;
        let value = optional(&mut frame, &rule.head.value)?;
        Ok(RulePlan {
            slots: u32::try_from(frame.slots.len()).unwrap_or(u32::MAX),
            args,
            path,
            key,
            value,
            body,
            is_default: rule.is_default,
            branches: Vec::new(),
            place: Place { file, row: rule.row },
        })
    }
}

fn unplanned(what: &str) -> Error {
    Error::new(ErrorKind::Internal, format!("rego: {what} remained"))
}

impl Frame<'_> {
    fn slot(&mut self, name: &Name) -> u32 {
        let next = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        *self.slots.entry(name.clone()).or_insert(next)
    }

    fn terms(&mut self, terms: &[Term]) -> Result<Vec<Plan>> {
        terms.iter().map(|term| self.term(term)).collect()
    }

    fn term(&mut self, term: &Term) -> Result<Plan> {
        let values = |plans: &[Plan]| {
            let value = |plan: &Plan| match plan {
                Plan::Value(value) => Some(value.clone()),
                _ => None,
            };
            plans.iter().map(value).collect::<Option<Vec<Val>>>()
        };
        Ok(match &term.kind {
            Kind::Null => Plan::Value(Val::Null),
            Kind::Bool(value) => Plan::Value(Val::Bool(*value)),
            Kind::Number(number) => Plan::Value(Val::Number(number.clone())),
            Kind::String(text) => Plan::Value(Val::String(text.clone())),
            Kind::Var(name) => Plan::Slot(self.slot(name)),
            Kind::Array(items) => {
                let items = self.terms(items)?;
                match values(&items) {
                    Some(values) => Plan::Value(Val::array(values)?),
                    None => Plan::Array(items),
                }
            }
            Kind::Set(items) => {
                let items = self.terms(items)?;
                match values(&items) {
                    Some(values) => Plan::Value(Val::set(values)?),
                    None => Plan::Set(items),
                }
            }
            Kind::Object(entries) => {
                let mut plans = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    plans.push((self.term(key)?, self.term(value)?));
                }
                let fixed = |(key, value): &(Plan, Plan)| match (key, value) {
                    (Plan::Value(key), Plan::Value(value)) => Some((key.clone(), value.clone())),
                    _ => None,
                };
                match plans.iter().map(fixed).collect::<Option<Vec<_>>>() {
                    Some(entries) => Plan::Value(Val::object(entries)?),
                    None => Plan::Object(plans),
                }
            }
            Kind::Ref(parts) => self.reference(parts)?,
            Kind::ArrayOf(of) => self.comprehension(Shape::Array, None, &of.0, &of.1, term.row)?,
            Kind::SetOf(of) => self.comprehension(Shape::Set, None, &of.0, &of.1, term.row)?,
            Kind::ObjectOf(of) => self.comprehension(Shape::Object, Some(&of.0), &of.1, &of.2, of.0.row)?,
            Kind::Call(_) => return Err(unplanned("a call")),
            Kind::Template(_) => return Err(unplanned("a template string")),
        })
    }

    fn reference(&mut self, parts: &[Term]) -> Result<Plan> {
        let (head, tail) = parts.split_first().ok_or_else(|| unplanned("an empty reference"))?;
        let root = match head.as_var() {
            _ if is_input(parts) => Root::Input,
            _ if is_data(parts) => Root::Data,
            Some(name) => Root::Slot(self.slot(name)),
            None => return Err(unplanned("a reference without a variable")),
        };
        Ok(Plan::Ref(Box::new(RefPlan { root, path: self.terms(tail)? })))
    }

    fn comprehension(
        &mut self,
        shape: Shape,
        key: Option<&Term>,
        value: &Term,
        body: &Body,
        row: u32,
    ) -> Result<Plan> {
        let key = key.map(|key| self.term(key)).transpose()?.unwrap_or(Plan::Value(Val::Null));
        let value = self.term(value)?;
        let place = Place { file: self.file, row };
        Ok(Plan::Of(Box::new(OfPlan { shape, key, value, body: self.body(body)?, place })))
    }

    fn body(&mut self, body: &[Expr]) -> Result<Vec<Step>> {
        body.iter().map(|expr| self.expr(expr)).collect()
    }

    fn expr(&mut self, expr: &Expr) -> Result<Step> {
        let kind = match &expr.kind {
            ExprKind::Term(term) => StepKind::Test(self.term(term)?),
            ExprKind::Call(terms) => match terms.as_slice() {
                [_, a, b] if expr.is_equality() => StepKind::Unify(self.term(a)?, self.term(b)?),
                [operator, args @ ..] => {
                    let operator = operator.as_ref().ok_or_else(|| unplanned("a call of no name"))?;
                    let function =
                        self.function(operator).ok_or_else(|| unplanned("a call of an unknown function"))?;
                    let arity = self.planner.compiler.arity(operator).unwrap_or(args.len());
                    let mut plans = self.terms(args)?;
                    let result = if plans.len() > arity { plans.pop() } else { None };
                    StepKind::Call { function, args: plans, result }
                }
                [] => return Err(unplanned("an empty call")),
            },
            ExprKind::Some(_) => return Err(unplanned("a declaration")),
            ExprKind::Every(every) => StepKind::Every {
                key: every.key.as_ref().map_or(Ok(Plan::Value(Val::Null)), |key| self.term(key))?,
                value: self.term(&every.value)?,
                domain: self.term(&every.domain)?,
                body: self.body(&every.body)?,
            },
            ExprKind::Not(body) => StepKind::Not(self.body(body)?),
        };
        let mut with = Vec::with_capacity(expr.with.len());
        for replacement in &expr.with {
            with.push(self.replacement(&replacement.target, &replacement.value)?);
        }
        let place = Place { file: self.file, row: expr.row };
        Ok(Step { kind, negated: expr.negated, with, place })
    }

    fn replacement(&mut self, target: &Term, value: &Term) -> Result<WithPlan> {
        let parts = target.as_ref().ok_or_else(|| unplanned("a replacement of no reference"))?;
        let path = parts.get(1..).unwrap_or_default();
        let target = match self.function(parts) {
            Some(function) => Target::Function(function),
            None if is_input(parts) => Target::Input(self.terms(path)?),
            None => Target::Data(self.terms(path)?),
        };
        let named = match (&target, value.as_ref()) {
            (Target::Function(_), Some(parts)) => self.function(parts),
            _ => None,
        };
        let value = match named {
            Some(function) => Replacement::Function(function),
            None => Replacement::Value(self.term(value)?),
        };
        Ok(WithPlan { target, value })
    }

    fn function(&self, operator: &[Term]) -> Option<Function> {
        if is_data(operator) {
            let key = key_of(operator)?;
            let number = *self.planner.functions.get(&key)?;
            let arity = self.planner.compiler.arity(operator)?;
            return (arity > 0 || self.is_function(operator)).then_some(Function::Rule(number));
        }
        operator_name(operator).and_then(|name| builtins::position(&name)).map(Function::Builtin)
    }

    fn is_function(&self, operator: &[Term]) -> bool {
        let node = self.planner.compiler.tree.find(operator.get(1..).unwrap_or_default());
        let rules = node.map(|node| node.rules.as_slice()).unwrap_or_default();
        rules
            .iter()
            .filter_map(|at| self.planner.compiler.rules.get(*at))
            .any(|defined| !defined.rule.head.args.is_empty())
    }
}
