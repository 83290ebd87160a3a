//! Rules by their path: conflicts, functions and recursion.

use std::collections::{BTreeMap, HashSet};

use super::super::tree::{
    Kind, Rule, Term, ground_prefix, is_data, operator_name, shown_ref, walk_body, walk_exprs, walk_term,
};
use super::{Compiler, Defined};

/// A part of the path of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Key {
    Name(String),
    /// Another scalar, as it is written.
    Other(String),
}

/// A document, or a package, by its path.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Node {
    pub(in super::super) children: BTreeMap<Key, Node>,
    /// Numbers of the rules that define it.
    pub(in super::super) rules: Vec<usize>,
}

impl Key {
    pub(in super::super) fn of(term: &Term) -> Option<Key> {
        match &term.kind {
            Kind::String(text) => Some(Key::Name(text.to_str_lossy().into_owned())),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => Some(Key::Other(term.shown())),
            _ => None,
        }
    }
}

/// The path of a function as one text.
pub(in super::super) fn key_of(reference: &[Term]) -> Option<String> {
    if !is_data(reference) {
        return None;
    }
    let mut key = String::new();
    for part in reference.iter().skip(1) {
        key.push('\u{0}');
        key.push_str(part.as_string()?);
    }
    Some(key)
}

impl Node {
    pub(in super::super) fn find(&self, path: &[Term]) -> Option<&Node> {
        path.iter().try_fold(self, |node, term| node.children.get(&Key::of(term)?))
    }

    fn add(&mut self, path: &[Term], rule: usize) {
        let mut node = self;
        for term in path {
            let Some(key) = Key::of(term) else { return };
            node = node.children.entry(key).or_default();
        }
        node.rules.push(rule);
    }

    /// The rules that a reference may mean.
    fn meant(&self, path: &[Term], out: &mut Vec<usize>) {
        out.extend(&self.rules);
        let Some((first, rest)) = path.split_first() else {
            self.children.values().for_each(|child| child.meant(&[], out));
            return;
        };
        match Key::of(first) {
            Some(key) => self.children.get(&key).into_iter().for_each(|child| child.meant(rest, out)),
            None => self.children.values().for_each(|child| child.meant(rest, out)),
        }
    }

    fn below<'n>(&'n self, out: &mut Vec<&'n Node>) {
        for child in self.children.values() {
            out.push(child);
            child.below(out);
        }
    }
}

impl Compiler {
    pub(super) fn set_tree(&mut self) {
        for (at, defined) in self.rules.iter().enumerate() {
            let prefix = ground_prefix(&defined.path);
            let path = defined.path.get(1..prefix).unwrap_or_default();
            self.tree.add(path, at);
            if prefix == defined.path.len()
                && let Some(key) = key_of(&defined.path)
            {
                self.arities.entry(key).or_insert(defined.rule.head.args.len());
            }
        }
    }

    pub(super) fn conflicts(&mut self) {
        let tree = std::mem::take(&mut self.tree);
        let mut nodes = vec![&tree];
        tree.below(&mut nodes);
        for node in nodes {
            self.conflict(node);
        }
        self.tree = tree;
    }

    fn conflict(&mut self, node: &Node) {
        let rules: Vec<&Defined> = node.rules.iter().filter_map(|at| self.rules.get(*at)).collect();
        let Some(first) = rules.first() else { return };
        let is_ground = |defined: &&Defined| defined.path.iter().skip(1).all(Term::is_ground);
        let mut inside = Vec::new();
        node.below(&mut inside);
        let children: Vec<&Defined> = inside
            .iter()
            .flat_map(|node| &node.rules)
            .filter_map(|at| self.rules.get(*at))
            .filter(|child| rules.iter().any(&is_ground) || !child.rule.head.args.is_empty())
            .collect();
        let name = shown_ref(&first.path);
        let any = |test: &dyn Fn(&Rule) -> bool| rules.iter().any(|defined| test(&defined.rule));
        let arity = first.rule.head.args.len();
        let is_complete = |defined: &&&Defined| !defined.rule.head.is_multi_value() && is_ground(defined);
        let complete = rules.iter().filter(is_complete).count();
        let defaults: Vec<u32> =
            rules.iter().filter(|defined| defined.rule.is_default).map(|defined| defined.rule.row).collect();
        let (module, row) = (first.module, first.rule.row);
        let file = self.files.get(module).cloned().unwrap_or_default();
        let problem = if !children.is_empty() {
            let mut names: Vec<String> = children.iter().map(|child| shown_ref(&child.path)).collect();
            names.sort();
            Some(format!("rule {name} conflicts with [{}]", names.join(" ")))
        } else if (any(&|rule| rule.head.is_multi_value()) && any(&|rule| !rule.head.is_multi_value()))
            || any(&|rule| rule.head.args.len() != arity)
            || (complete >= 1 && complete < rules.len())
        {
            Some(format!("conflicting rules {name} found"))
        } else if defaults.len() > 1 {
            let places: Vec<String> = defaults.iter().map(|row| format!("{file}:{row}")).collect();
            Some(format!("multiple default rules {name} found at {}", places.join(", ")))
        } else {
            None
        };
        if let Some(message) = problem {
            self.error(module, row, "rego_type_error", message);
        }
    }

    /// Calls of what is no function, or with another number of arguments.
    pub(super) fn functions(&mut self) {
        let mut found = Vec::new();
        for defined in &self.rules {
            for rule in std::iter::once(&defined.rule).chain(&defined.rule.branches) {
                let mut visit = |expr: &super::super::tree::Expr| {
                    let super::super::tree::ExprKind::Call(terms) = &expr.kind else { return true };
                    let Some(operator) = expr.operator() else { return true };
                    let given = terms.len().saturating_sub(1);
                    match self.arity(operator) {
                        None => {
                            let message = format!("undefined function {}", self.shown(operator));
                            found.push((defined.module, expr.row, message));
                        }
                        Some(arity) => {
                            let fits = match expr.generated {
                                true => expr.is_equality() || given == arity + 1,
                                false => given == arity || given == arity + 1,
                            };
                            let is_print = operator_name(operator).as_deref() == Some("print");
                            if !fits && !is_print {
                                let name = self.shown(operator);
                                let given = given - usize::from(expr.generated);
                                let plural = if given == 1 { "" } else { "s" };
                                found.push((
                                    defined.module,
                                    expr.row,
                                    format!(
                                        "function {name} has arity {arity}, got {given} argument{plural}"
                                    ),
                                ));
                            }
                        }
                    }
                    true
                };
                walk_exprs(&rule.body, &mut visit);
            }
        }
        for (module, row, message) in found {
            self.error(module, row, "rego_type_error", message);
        }
    }

    /// A reference with the names that the user gave.
    pub(super) fn shown(&self, reference: &[Term]) -> String {
        let named = reference.iter().map(|part| match &part.kind {
            Kind::Var(name) => Term::new(Kind::Var(self.known_as(name)), part.row),
            _ => part.clone(),
        });
        shown_ref(&named.collect::<Vec<_>>())
    }

    /// The rules that each rule refers to.
    pub(super) fn dependencies(&self) -> Vec<Vec<usize>> {
        let of = |defined: &Defined| {
            let mut found = Vec::new();
            let mut visit = |term: &Term| {
                if let Kind::Ref(parts) = &term.kind
                    && is_data(parts)
                {
                    self.tree.meant(parts.get(1..).unwrap_or_default(), &mut found);
                }
                true
            };
            for rule in std::iter::once(&defined.rule).chain(&defined.rule.branches) {
                let head = &rule.head;
                for term in head.args.iter().chain(&head.key).chain(&head.value) {
                    walk_term(term, &mut visit);
                }
                walk_body(&rule.body, &mut visit);
            }
            found.sort_unstable();
            found.dedup();
            found
        };
        self.rules.iter().map(of).collect()
    }

    /// The rules, each behind what it refers to; `None` where they go in circles.
    pub(super) fn sorted(&self) -> Option<Vec<usize>> {
        let edges = self.dependencies();
        let mut order = Vec::new();
        let mut done = vec![false; edges.len()];
        let mut open = HashSet::new();
        for start in 0..edges.len() {
            let mut stack = vec![(start, 0)];
            while let Some((at, next)) = stack.pop() {
                if done.get(at).copied().unwrap_or(true) {
                    continue;
                }
                open.insert(at);
                match edges.get(at).and_then(|targets| targets.get(next)) {
                    Some(target) => {
                        stack.push((at, next + 1));
                        if open.contains(target) {
                            return None;
                        }
                        stack.push((*target, 0));
                    }
                    None => {
                        open.remove(&at);
                        if let Some(done) = done.get_mut(at) {
                            *done = true;
                        }
                        order.push(at);
                    }
                }
            }
        }
        Some(order)
    }

    pub(super) fn recursion(&mut self) {
        if self.sorted().is_some() {
            return;
        }
        let edges = self.dependencies();
        let mut found = Vec::new();
        for start in 0..edges.len() {
            // The first way back to itself.
            let mut seen = HashSet::new();
            let mut path: Vec<(usize, usize)> = vec![(start, 0)];
            while let Some((at, next)) = path.pop() {
                let Some(target) = edges.get(at).and_then(|targets| targets.get(next)) else { continue };
                path.push((at, next + 1));
                if *target == start {
                    let names = path.iter().map(|(at, _)| *at).chain([start]);
                    let names: Vec<String> =
                        names.filter_map(|at| self.rules.get(at)).map(|d| shown_ref(&d.path)).collect();
                    found.push((start, names));
                    break;
                }
                if seen.insert(*target) {
                    path.push((*target, 0));
                }
            }
            if found.len() > 10 {
                break;
            }
        }
        for (at, names) in found {
            if let Some(defined) = self.rules.get(at) {
                let name = names.first().cloned().unwrap_or_default();
                let message = format!("rule {name} is recursive: {}", names.join(" -> "));
                let (module, row) = (defined.module, defined.rule.row);
                self.error(module, row, "rego_recursion_error", message);
            }
        }
    }
}
