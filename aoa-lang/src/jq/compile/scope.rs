//! Names and what they mean while an expression is compiled.

use super::super::op::Place;

/// What a function sees.
#[derive(Debug, Default)]
pub(super) struct Scope {
    variables: Vec<Variable>,
    functions: Vec<Known>,
    depth: usize,
    pub(super) slots: usize,
}

#[derive(Debug)]
struct Variable {
    name: String,
    slot: usize,
    depth: usize,
}

/// A function that was defined.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) arity: usize,
    pub(super) id: usize,
}

/// What a name without arguments is.
pub(super) enum Meaning {
    Function { id: usize, hops: u32 },
    Variable(Place),
}

/// Where a block began.
pub(super) struct Mark {
    variables: usize,
    functions: usize,
}

impl Scope {
    /// A variable without a name.
    pub(super) fn fresh(&mut self) -> Place {
        self.create("")
    }

    /// A new variable.
    pub(super) fn create(&mut self, name: &str) -> Place {
        let slot = self.slots;
        self.slots += 1;
        self.variables.push(Variable { name: name.to_owned(), slot, depth: self.depth });
        Place { hops: 0, slot }
    }

    /// The variable of that name in this block, which patterns may bind several times.
    pub(super) fn declare(&mut self, name: &str) -> Place {
        let here = self.variables.iter().find(|v| v.name == name && v.depth == self.depth);
        match here {
            Some(variable) => Place { hops: 0, slot: variable.slot },
            None => self.create(name),
        }
    }

    pub(super) fn define(&mut self, name: &str, arity: usize, id: usize) {
        self.functions.push(Known { name: name.to_owned(), arity, id });
    }

    pub(super) fn enter(&mut self) -> Mark {
        self.depth += 1;
        Mark { variables: self.variables.len(), functions: self.functions.len() }
    }

    pub(super) fn leave(&mut self, mark: &Mark) {
        self.depth = self.depth.saturating_sub(1);
        self.variables.truncate(mark.variables);
        self.functions.truncate(mark.functions);
    }

    fn function(&self, name: &str, arity: usize) -> Option<usize> {
        self.functions.iter().rev().find(|f| f.name == name && f.arity == arity).map(|f| f.id)
    }

    fn variable(&self, name: &str) -> Option<usize> {
        self.variables.iter().rev().find(|v| v.name == name).map(|v| v.slot)
    }
}

/// A variable, from the innermost function out.
pub(super) fn variable(scopes: &[Scope], name: &str) -> Option<Place> {
    let mut outwards = (0..).zip(scopes.iter().rev());
    outwards.find_map(|(hops, scope)| Some(Place { hops, slot: scope.variable(name)? }))
}

/// A function with its arity, from the innermost function out.
pub(super) fn function(scopes: &[Scope], name: &str, arity: usize) -> Option<(usize, u32)> {
    let mut outwards = (0..).zip(scopes.iter().rev());
    outwards.find_map(|(hops, scope)| Some((scope.function(name, arity)?, hops)))
}

/// A function without arguments, or a variable or parameter, whichever is nearer.
pub(super) fn meaning(scopes: &[Scope], name: &str) -> Option<Meaning> {
    (0..).zip(scopes.iter().rev()).find_map(|(hops, scope)| {
        let function = scope.function(name, 0).map(|id| Meaning::Function { id, hops });
        function.or_else(|| scope.variable(name).map(|slot| Meaning::Variable(Place { hops, slot })))
    })
}
