//! Macros: `has`, the loops over one and two variables, optional mapping, `sortBy`.

use super::ast::{Element, Expr, Fold, Id, Name, Presence, SelectKind};
use super::issues::Place;
use super::parse::Parser;
use super::value::Val;

/// A call of `name`, or what the macro of that name and number of arguments makes of it.
pub(super) fn call(
    parser: &mut Parser<'_>,
    place: Place,
    name: &Name,
    target: Option<Id>,
    arguments: Vec<Id>,
) -> Result<Id, ()> {
    let mut expansion = Expansion { parser, place };
    let expanded = match (target, arguments.as_slice()) {
        (None, [argument]) if &**name == "has" => expansion.has(*argument),
        (Some(target), arguments) => expansion.member(name, target, arguments),
        _ => Ok(None),
    };
    match expanded {
        Ok(Some(id)) => Ok(id),
        Ok(None) => parser.add_node(Expr::Call { function: name.clone(), target, arguments }, place),
        Err(Refusal::Misuse(at, message)) => {
            parser.issues.report(at, message);
            parser.add_node(Expr::Nothing, at)
        }
        Err(Refusal::TooLarge) => Err(()),
    }
}

/// The variable that loops collect in; no expression can write it.
const ACCUMULATOR: &str = "@result";
/// What it was called once: no variable may be called so.
const OLD_ACCUMULATOR: &str = "__result__";

enum Refusal {
    Misuse(Place, String),
    TooLarge,
}

impl From<()> for Refusal {
    fn from((): ()) -> Self {
        Refusal::TooLarge
    }
}

type Expanded = Result<Option<Id>, Refusal>;

struct Expansion<'p, 't> {
    parser: &'p mut Parser<'t>,
    /// Where the macro stands: all nodes that it makes stand there.
    place: Place,
}

/// The variables of a loop.
struct Variables {
    first: Name,
    second: Option<Name>,
}

impl Expansion<'_, '_> {
    fn has(&mut self, argument: Id) -> Expanded {
        match self.parser.ast.expr(argument) {
            Expr::Select { operand, field, .. } => {
                let (operand, field) = (*operand, field.clone());
                Ok(Some(self.add(Expr::Select { operand, field, kind: SelectKind::Presence })?))
            }
            _ => self.misuse(argument, "invalid argument to has() macro"),
        }
    }

    fn member(&mut self, name: &str, target: Id, arguments: &[Id]) -> Expanded {
        let id = match (name, arguments) {
            ("all", [first, predicate]) => {
                let variables = self.one(*first, "argument must be a simple name")?;
                self.all(target, variables, *predicate)?
            }
            ("exists", [first, predicate]) => {
                let variables = self.one(*first, "argument must be a simple name")?;
                self.exists(target, variables, *predicate)?
            }
            ("exists_one", [first, predicate]) => {
                let variables = self.one(*first, "argument must be a simple name")?;
                self.exists_one(target, variables, *predicate)?
            }
            ("map", [first, transform]) => {
                let variables = self.one(*first, "argument is not an identifier")?;
                self.transform_list(target, variables, None, *transform)?
            }
            ("map", [first, filter, transform]) => {
                let variables = self.one(*first, "argument is not an identifier")?;
                self.transform_list(target, variables, Some(*filter), *transform)?
            }
            ("filter", [first, filter]) => {
                let variables = self.one(*first, "argument is not an identifier")?;
                self.transform_list(target, variables, Some(*filter), *first)?
            }
            ("all", [first, second, predicate]) => {
                let variables = self.two(*first, *second)?;
                self.all(target, variables, *predicate)?
            }
            ("exists", [first, second, predicate]) => {
                let variables = self.two(*first, *second)?;
                self.exists(target, variables, *predicate)?
            }
            ("existsOne" | "exists_one", [first, second, predicate]) => {
                let variables = self.two(*first, *second)?;
                self.exists_one(target, variables, *predicate)?
            }
            ("transformList", [first, second, transform]) => {
                let variables = self.two(*first, *second)?;
                self.transform_list(target, variables, None, *transform)?
            }
            ("transformList", [first, second, filter, transform]) => {
                let variables = self.two(*first, *second)?;
                self.transform_list(target, variables, Some(*filter), *transform)?
            }
            ("transformMap" | "transformMapEntry", [first, second, transform]) => {
                let variables = self.two(*first, *second)?;
                self.transform_map(target, variables, None, *transform, name == "transformMap")?
            }
            ("transformMap" | "transformMapEntry", [first, second, filter, transform]) => {
                let variables = self.two(*first, *second)?;
                self.transform_map(target, variables, Some(*filter), *transform, name == "transformMap")?
            }
            ("optMap" | "optFlatMap", [variable, mapped]) => {
                self.opt_map(name, target, *variable, *mapped)?
            }
            ("sortBy", [variable, key]) => self.sort_by(target, *variable, *key)?,
            _ => return Ok(None),
        };
        Ok(Some(id))
    }

    fn all(&mut self, target: Id, variables: Variables, predicate: Id) -> Result<Id, Refusal> {
        let init = self.literal(Val::Bool(true))?;
        let so_far = self.accumulator()?;
        let condition = self.call("@not_strictly_false", vec![so_far])?;
        let so_far = self.accumulator()?;
        let step = self.call("_&&_", vec![so_far, predicate])?;
        let result = self.accumulator()?;
        self.fold(target, variables, [init, condition, step, result])
    }

    fn exists(&mut self, target: Id, variables: Variables, predicate: Id) -> Result<Id, Refusal> {
        let init = self.literal(Val::Bool(false))?;
        let so_far = self.accumulator()?;
        let not = self.call("!_", vec![so_far])?;
        let condition = self.call("@not_strictly_false", vec![not])?;
        let so_far = self.accumulator()?;
        let step = self.call("_||_", vec![so_far, predicate])?;
        let result = self.accumulator()?;
        self.fold(target, variables, [init, condition, step, result])
    }

    fn exists_one(&mut self, target: Id, variables: Variables, predicate: Id) -> Result<Id, Refusal> {
        let init = self.literal(Val::Int(0))?;
        let condition = self.literal(Val::Bool(true))?;
        let (so_far, one) = (self.accumulator()?, self.literal(Val::Int(1))?);
        let more = self.call("_+_", vec![so_far, one])?;
        let so_far = self.accumulator()?;
        let step = self.call("_?_:_", vec![predicate, more, so_far])?;
        let (count, one) = (self.accumulator()?, self.literal(Val::Int(1))?);
        let result = self.call("_==_", vec![count, one])?;
        self.fold(target, variables, [init, condition, step, result])
    }

    fn transform_list(
        &mut self,
        target: Id,
        variables: Variables,
        filter: Option<Id>,
        transform: Id,
    ) -> Result<Id, Refusal> {
        let init = self.add(Expr::List(Vec::new()))?;
        let so_far = self.accumulator()?;
        let item = self.add(Expr::List(vec![Element { value: transform, presence: Presence::Always }]))?;
        let step = self.call("_+_", vec![so_far, item])?;
        self.collect(target, variables, filter, [init, step])
    }

    fn transform_map(
        &mut self,
        target: Id,
        variables: Variables,
        filter: Option<Id>,
        transform: Id,
        keeps_key: bool,
    ) -> Result<Id, Refusal> {
        let init = self.add(Expr::Map(Vec::new()))?;
        let mut arguments = vec![self.accumulator()?];
        if keeps_key {
            arguments.push(self.add(Expr::Ident(variables.first.clone()))?);
        }
        arguments.push(transform);
        let step = self.call("cel.@mapInsert", arguments)?;
        self.collect(target, variables, filter, [init, step])
    }

    fn collect(
        &mut self,
        target: Id,
        variables: Variables,
        filter: Option<Id>,
        [init, mut step]: [Id; 2],
    ) -> Result<Id, Refusal> {
        if let Some(filter) = filter {
            let so_far = self.accumulator()?;
            step = self.call("_?_:_", vec![filter, step, so_far])?;
        }
        let condition = self.literal(Val::Bool(true))?;
        let result = self.accumulator()?;
        self.fold(target, variables, [init, condition, step, result])
    }

    fn opt_map(&mut self, name: &str, target: Id, variable: Id, mapped: Id) -> Result<Id, Refusal> {
        let Expr::Ident(variable) = self.parser.ast.expr(variable).clone() else {
            let message = format!("{name}() variable name must be a simple identifier");
            return Err(Refusal::Misuse(self.parser.ast.place(variable), message));
        };
        let copy = self.parser.ast.copy(target);
        let has_value = self.member_call("hasValue", target, Vec::new())?;
        let init = self.member_call("value", copy, Vec::new())?;
        let mut bound = self.bind(&variable, init, mapped)?;
        if name == "optMap" {
            bound = self.call("optional.of", vec![bound])?;
        }
        let none = self.call("optional.none", Vec::new())?;
        self.call("_?_:_", vec![has_value, bound, none])
    }

    fn sort_by(&mut self, target: Id, variable: Id, key: Id) -> Result<Id, Refusal> {
        if matches!(
            self.parser.ast.expr(target),
            Expr::Literal(_) | Expr::Map(_) | Expr::Struct { .. } | Expr::Nothing
        ) {
            let message =
                "sortBy can only be applied to a list, identifier, comprehension, call or select expression";
            return Err(Refusal::Misuse(self.parser.ast.place(target), message.to_owned()));
        }
        let input = Name::from("@__sortBy_input__");
        let variables = self.one(variable, "argument is not an identifier")?;
        let range = self.add(Expr::Ident(input.clone()))?;
        let keys = self.transform_list(range, variables, None, key)?;
        let list = self.add(Expr::Ident(input.clone()))?;
        let sorted = self.member_call("@sortByAssociatedKeys", list, vec![keys])?;
        self.bind(&input, target, sorted)
    }

    /// `result` with `variable` standing for `init`: a loop over nothing.
    fn bind(&mut self, variable: &Name, init: Id, result: Id) -> Result<Id, Refusal> {
        let range = self.add(Expr::List(Vec::new()))?;
        let condition = self.literal(Val::Bool(false))?;
        let step = self.add(Expr::Ident(variable.clone()))?;
        self.add(Expr::Fold(Box::new(Fold {
            range,
            variable: Name::from("#unused"),
            second_variable: None,
            accumulator: variable.clone(),
            init,
            condition,
            step,
            result,
        })))
    }

    fn fold(
        &mut self,
        range: Id,
        variables: Variables,
        [init, condition, step, result]: [Id; 4],
    ) -> Result<Id, Refusal> {
        self.add(Expr::Fold(Box::new(Fold {
            range,
            variable: variables.first,
            second_variable: variables.second,
            accumulator: Name::from(ACCUMULATOR),
            init,
            condition,
            step,
            result,
        })))
    }

    fn one(&self, argument: Id, message: &str) -> Result<Variables, Refusal> {
        let first = self.variable(argument, message)?;
        self.check_free(argument, &first)?;
        Ok(Variables { first, second: None })
    }

    fn two(&self, first: Id, second: Id) -> Result<Variables, Refusal> {
        let first_name = self.variable(first, "argument must be a simple name")?;
        let second_name = self.variable(second, "argument must be a simple name")?;
        if first_name == second_name {
            let message = format!("duplicate variable name: {first_name}");
            return Err(Refusal::Misuse(self.parser.ast.place(second), message));
        }
        self.check_free(first, &first_name)?;
        self.check_free(second, &second_name)?;
        Ok(Variables { first: first_name, second: Some(second_name) })
    }

    fn variable(&self, argument: Id, message: &str) -> Result<Name, Refusal> {
        match self.parser.ast.expr(argument) {
            Expr::Ident(name) => Ok(name.clone()),
            _ => Err(Refusal::Misuse(self.parser.ast.place(argument), message.to_owned())),
        }
    }

    fn check_free(&self, argument: Id, name: &str) -> Result<(), Refusal> {
        if name == ACCUMULATOR || name == OLD_ACCUMULATOR {
            let message = "iteration variable overwrites accumulator variable".to_owned();
            return Err(Refusal::Misuse(self.parser.ast.place(argument), message));
        }
        Ok(())
    }

    fn misuse(&self, at: Id, message: &str) -> Expanded {
        Err(Refusal::Misuse(self.parser.ast.place(at), message.to_owned()))
    }

    fn accumulator(&mut self) -> Result<Id, Refusal> {
        self.add(Expr::Ident(Name::from(ACCUMULATOR)))
    }

    fn literal(&mut self, value: Val) -> Result<Id, Refusal> {
        self.add(Expr::Literal(value))
    }

    fn call(&mut self, function: &str, arguments: Vec<Id>) -> Result<Id, Refusal> {
        self.add(Expr::Call { function: Name::from(function), target: None, arguments })
    }

    fn member_call(&mut self, function: &str, target: Id, arguments: Vec<Id>) -> Result<Id, Refusal> {
        self.add(Expr::Call { function: Name::from(function), target: Some(target), arguments })
    }

    fn add(&mut self, expr: Expr) -> Result<Id, Refusal> {
        Ok(self.parser.add_node(expr, self.place)?)
    }
}
