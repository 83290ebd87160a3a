//! Running a program: values, errors and costs as cel-go's interpreter has them.

use std::sync::Arc;

use super::compare::equal;
use super::cost::{NEW_LIST, NEW_MAP, NEW_MESSAGE, cost};
use super::declare::Overload;
use super::failure::Failure;
use super::library::operators::add;
use super::library::standard::insert_into;
use super::library::text::{all_matches, first_match};
use super::map::ComputedMap;
use super::messages;
use super::plan::is_guarded;
use super::program::{
    Asks, Attribute, Base, Call, FoldNode, FoldVariables, ListNode, Local, LocalRole, MapNode, MessageNode,
    Need, Node, Order, Program, Qualifier, QualifierKey, Variables, list_of, set_entry,
};
use super::types::Type;
use super::value::{Key, Val};

/// One evaluation.
pub(super) struct Run<'r> {
    program: &'r Program,
    variables: &'r dyn Variables,
    /// The variables that were read.
    read: Vec<Option<Val>>,
    frames: Vec<Frame<'r>>,
    cost: u64,
    limit: u64,
}

/// The variables of a loop.
#[derive(Default)]
struct Frame<'r> {
    /// `None` until it is read for the first time.
    accumulator: Option<Evaluated>,
    init: Option<&'r Node>,
    first: Option<Val>,
    second: Option<Val>,
}

type Evaluated = Result<Val, Failure>;

impl<'r> Run<'r> {
    pub(super) fn new(program: &'r Program, variables: &'r dyn Variables, limit: u64) -> Self {
        let mut frames = Vec::new();
        frames.resize_with(program.frames, Frame::default);
        Run { program, variables, read: vec![None; program.variables.len()], frames, cost: 0, limit }
    }

    pub(super) fn cost(&self) -> u64 {
        self.cost
    }

    pub(super) fn eval(&mut self, node: &'r Node) -> Evaluated {
        match node {
            Node::Const(value) => Ok(value.clone()),
            Node::Fail(failure) => Err(failure.clone()),
            Node::Attribute(attribute) => self.attribute(attribute),
            Node::Call(call) => self.call(call),
            Node::And(terms) => self.logic(terms, false),
            Node::Or(terms) => self.logic(terms, true),
            Node::Equal(pair) => self.equality(pair, super::cost::Rule::Equal, |equal| equal.map(Val::Bool)),
            // What cannot be compared is not equal.
            Node::NotEqual(pair) => {
                self.equality(pair, super::cost::Rule::Shorter, |equal| Ok(Val::Bool(equal != Ok(true))))
            }
            Node::NotStrictlyFalse(node) => {
                let value = match self.eval(node) {
                    Ok(Val::Bool(b)) => b,
                    Err(failure) if !failure.is_absorbable() => return Err(failure),
                    _ => true,
                };
                self.charge(1)?;
                Ok(Val::Bool(value))
            }
            Node::Among(among) => {
                let value = self.eval(&among.0)?;
                Ok(Val::Bool(among.1.contains(&Key(value))))
            }
            Node::List(list) => self.list(list),
            Node::Map(map) => self.map(map),
            Node::Message(message) => self.message(message),
            Node::Fold(fold) => self.fold(fold),
            Node::OptionalOr(pair) => {
                let [left, right] = &**pair;
                match self.eval(left)? {
                    Val::Optional(None) => self.eval(right),
                    other => Ok(other),
                }
            }
            Node::OptionalOrValue(pair) => {
                let [left, right] = &**pair;
                match self.eval(left)? {
                    Val::Optional(None) => self.eval(right),
                    Val::Optional(Some(value)) => Ok((*value).clone()),
                    other => Ok(other),
                }
            }
        }
    }

    fn charge(&mut self, cost: u64) -> Result<(), Failure> {
        self.cost = self.cost.saturating_add(cost);
        if self.cost > self.limit { Err(Failure::over_budget()) } else { Ok(()) }
    }

    /// `&&` ends with the first `false`, `||` with the first `true`; errors count only where neither comes.
    fn logic(&mut self, terms: &'r [Node; 2], ends_with: bool) -> Evaluated {
        let mut failure = None;
        for term in terms {
            match self.eval(term) {
                Ok(Val::Bool(b)) if b == ends_with => return Ok(Val::Bool(b)),
                Ok(Val::Bool(_)) => {}
                Ok(_) => failure = failure.or(Some(Failure::no_overload())),
                Err(error) if !error.is_absorbable() => return Err(error),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(Val::Bool(!ends_with)), Err)
    }

    fn equality(
        &mut self,
        pair: &'r [Node; 2],
        rule: super::cost::Rule,
        result: fn(Result<bool, Failure>) -> Evaluated,
    ) -> Evaluated {
        let [left, right] = pair;
        let left = self.operand(left)?;
        let right = self.operand(right)?;
        self.charge(cost(rule, &[left.as_ref().ok(), right.as_ref().ok()], None))?;
        let (left, right) = (left?, right?);
        result(equal(&left, &right))
    }

    /// Evaluates an argument; only the end of the budget ends the call at once.
    fn operand(&mut self, node: &'r Node) -> Result<Evaluated, Failure> {
        match self.eval(node) {
            Err(failure) if !failure.is_absorbable() => Err(failure),
            evaluated => Ok(evaluated),
        }
    }

    fn list(&mut self, list: &'r ListNode) -> Evaluated {
        let mut values = Vec::with_capacity(list.elements.len());
        let mut failure = None;
        for (node, presence) in &list.elements {
            match self.operand(node)? {
                Ok(value) => values.push((value, *presence)),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        self.charge(NEW_LIST)?;
        failure.map_or_else(|| list_of(values), Err)
    }

    fn map(&mut self, map: &'r MapNode) -> Evaluated {
        let mut entries = ComputedMap::default();
        let mut failure = None;
        for (key, value, presence) in &map.entries {
            let key = self.operand(key)?;
            let entry = match key {
                Ok(key) => {
                    self.operand(value)?.and_then(|value| set_entry(&mut entries, key, value, *presence))
                }
                Err(error) => Err(error),
            };
            if let Err(error) = entry {
                failure = Some(error);
                break;
            }
        }
        self.charge(NEW_MAP)?;
        failure.map_or_else(|| Ok(Val::Map(Arc::new(entries))), Err)
    }

    fn message(&mut self, message: &'r MessageNode) -> Evaluated {
        let mut fields = Vec::with_capacity(message.fields.len());
        for (name, node, presence) in &message.fields {
            let value = self.eval(node)?;
            match list_of(vec![(value, *presence)])?.item(0) {
                Some(value) => fields.push((name.clone(), value)),
                None => fields.retain(|(known, _)| known != name),
            }
        }
        self.charge(NEW_MESSAGE)?;
        messages::make(&message.name, &fields)
    }

    fn fold(&mut self, fold: &'r FoldNode) -> Evaluated {
        let range = self.eval(&fold.range)?;
        let count = range
            .list_len()
            .or_else(|| range.map_len())
            .ok_or_else(|| not_iterable(&range, fold.variables))?;
        if let Some(frame) = self.frames.get_mut(fold.frame) {
            *frame = Frame { init: Some(&fold.init), ..Frame::default() };
        }
        for at in 0..count {
            let (first, second) = match (fold.variables, range.entry(at)) {
                (FoldVariables::One, None) => (range.item(at), None),
                (FoldVariables::Two, None) => (i64::try_from(at).ok().map(Val::Int), range.item(at)),
                (_, Some((key, value))) => (Some(key), Some(value)),
            };
            if let Some(frame) = self.frames.get_mut(fold.frame) {
                (frame.first, frame.second) = (first, second);
            }
            if let Ok(Val::Bool(false)) = self.operand(&fold.condition)? {
                break;
            }
            let value = self.operand(&fold.step)?;
            if let Some(frame) = self.frames.get_mut(fold.frame) {
                frame.accumulator = Some(value);
            }
        }
        self.eval(&fold.result)
    }

    fn local(&mut self, local: Local) -> Evaluated {
        let frame = self.frames.get(local.frame).ok_or_else(Failure::no_overload)?;
        let value = match local.role {
            LocalRole::First => frame.first.clone(),
            LocalRole::Second => frame.second.clone(),
            LocalRole::Accumulator => {
                return match (&frame.accumulator, frame.init) {
                    (Some(value), _) => value.clone(),
                    (None, Some(init)) => self.initialize(local.frame, init),
                    (None, None) => Err(Failure::no_overload()),
                };
            }
        };
        value.ok_or_else(Failure::no_overload)
    }

    /// The collection of a loop has its first value when it is first read.
    fn initialize(&mut self, frame: usize, init: &'r Node) -> Evaluated {
        let value = self.operand(init)?;
        if let Some(frame) = self.frames.get_mut(frame) {
            frame.accumulator = Some(value.clone());
        }
        value
    }

    // Attributes.

    fn attribute(&mut self, attribute: &'r Attribute) -> Evaluated {
        let resolved = self.resolve(attribute);
        if let Err(failure) = &resolved
            && !failure.is_absorbable()
        {
            return resolved;
        }
        match (&attribute.base, attribute.asks) {
            (Base::Conditional(_), Asks::Value) => {}
            // Presence tests are free, and take back one step.
            (Base::Conditional(_), Asks::Presence) => self.cost = self.cost.saturating_sub(1),
            (_, Asks::Value) => self.charge(1)?,
            (_, Asks::Presence) => {}
        }
        match (attribute.asks, resolved?) {
            (Asks::Presence, Val::Optional(value)) => Ok(Val::Bool(value.is_some())),
            (_, value) => Ok(value),
        }
    }

    fn resolve(&mut self, attribute: &'r Attribute) -> Evaluated {
        let base = match &attribute.base {
            Base::Variable(number) => {
                if let Some(found) = self.resolve_fast(*number, &attribute.qualifiers)? {
                    return Ok(found);
                }
                self.variable(*number)?
            }
            Base::Local(local) => self.local(*local)?,
            Base::Node(node) => self.eval(node)?,
            Base::Conditional(branches) => {
                let (condition, truthy, falsy) = &**branches;
                match self.eval(condition)? {
                    Val::Bool(true) => self.resolve(truthy)?,
                    Val::Bool(false) => self.resolve(falsy)?,
                    _ => return Err(Failure::no_overload()),
                }
            }
        };
        if attribute.qualifiers.is_empty() { Ok(base) } else { self.qualify(base, &attribute.qualifiers) }
    }

    /// A chain of fields in data, without touching what lies between. `None` if it is anything else.
    fn resolve_fast(&mut self, number: usize, qualifiers: &[Qualifier]) -> Result<Option<Val>, Failure> {
        let Some(Some(Val::DataMap(map))) = self.read.get(number) else { return Ok(None) };
        let mut found: Option<&crate::Value> = None;
        let mut steps = 0;
        for qualifier in qualifiers {
            let (Need::Required, QualifierKey::Constant(Val::String(key))) = (qualifier.need, &qualifier.key)
            else {
                return Ok(None);
            };
            let map = match found {
                None => map,
                Some(crate::Value::Map(map)) => map,
                Some(_) => return Ok(None),
            };
            let Some(value) = map.get_bytes(key.as_bytes()) else { return Ok(None) };
            found = Some(value);
            steps += 1;
        }
        let Some(found) = found.map(Val::of) else { return Ok(None) };
        self.charge(steps)?;
        Ok(Some(found))
    }

    fn variable(&mut self, number: usize) -> Evaluated {
        if let Some(Some(value)) = self.read.get(number) {
            return Ok(value.clone());
        }
        let name = self.program.variables.get(number).map_or("", |name| &**name);
        let value = match self.variables.variable(name) {
            Some(value) => value?,
            None => return Err(Failure::new(format!("no such attribute(s): {name}"))),
        };
        if let Some(place) = self.read.get_mut(number) {
            *place = Some(value.clone());
        }
        Ok(value)
    }

    fn qualify(&mut self, base: Val, qualifiers: &'r [Qualifier]) -> Evaluated {
        let (mut object, mut optional) = match base {
            Val::Optional(None) => return Ok(Val::NONE),
            Val::Optional(Some(value)) => ((*value).clone(), true),
            value => (value, false),
        };
        for qualifier in qualifiers {
            optional = optional || qualifier.need == Need::Optional;
            let computed;
            let key = match &qualifier.key {
                QualifierKey::Constant(key) => key,
                QualifierKey::Computed(index) => {
                    computed = self.resolve(index);
                    if let Err(failure) = &computed
                        && !failure.is_absorbable()
                    {
                        return computed;
                    }
                    match &computed {
                        Ok(key) => {
                            check_index(key)?;
                            key
                        }
                        Err(_) => {
                            if !optional {
                                self.charge(1)?;
                            }
                            return computed;
                        }
                    }
                }
            };
            let found = self.step(&object, key);
            match (found, qualifier.need) {
                (Ok(Some(value)), Need::Tested) if !optional => {
                    drop(value);
                    self.charge(1)?;
                    return Ok(Val::Bool(true));
                }
                (Ok(None), Need::Tested) if !optional => {
                    self.charge(1)?;
                    return Ok(Val::Bool(false));
                }
                (Ok(Some(value)), _) => {
                    self.charge(1)?;
                    object = value;
                }
                (Ok(None), _) if optional => return Ok(Val::NONE),
                (Ok(None), _) => {
                    self.charge(1)?;
                    return Err(missing(&object, key));
                }
                (Err(failure), _) => {
                    if !optional {
                        self.charge(1)?;
                    }
                    return Err(failure);
                }
            }
        }
        Ok(if optional { Val::some(object) } else { object })
    }

    /// One field or element; `None` if there is none.
    fn step(&self, object: &Val, key: &Val) -> Result<Option<Val>, Failure> {
        match object {
            Val::Map(_) | Val::DataMap(_) => Ok(object.find(key)),
            Val::List(_) | Val::Data(_) => {
                let at = list_index(key)?;
                Ok(usize::try_from(at).ok().and_then(|at| object.item(at)))
            }
            Val::Lazy(handle) => match key.as_str() {
                Some(name) => self.variables.field(*handle, name).transpose(),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    // Calls.

    fn call(&mut self, call: &'r Call) -> Evaluated {
        if let Some(frame) = call.collects {
            return self.collect(call, frame);
        }
        match call.arguments.as_slice() {
            [] => {
                let value = dispatch(call, &[]);
                self.charge(1)?;
                value
            }
            [argument] => {
                let argument = self.operand(argument)?;
                self.finish(call, [argument])
            }
            [left, right] => {
                let left = self.operand(left)?;
                if left.is_err() && call.order == Order::UntilFailure {
                    return left;
                }
                let right = self.operand(right)?;
                self.finish(call, [left, right])
            }
            arguments => self.variadic(call, arguments),
        }
    }

    fn finish<const N: usize>(&mut self, call: &Call, arguments: [Evaluated; N]) -> Evaluated {
        let failure = arguments.iter().find_map(|argument| argument.as_ref().err()).cloned();
        let values = arguments.each_ref().map(|argument| argument.as_ref().ok());
        let result = match failure {
            Some(failure) => Err(failure),
            None => dispatch(call, &arguments.each_ref().map(|a| a.clone().unwrap_or(Val::Null))),
        };
        self.charge_call(call, &values, &result)?;
        result
    }

    fn variadic(&mut self, call: &'r Call, arguments: &'r [Node]) -> Evaluated {
        let mut values = Vec::with_capacity(arguments.len());
        for (at, argument) in arguments.iter().enumerate() {
            match self.operand(argument)? {
                Ok(value) => values.push(value),
                Err(failure) => {
                    // Costs are counted where all arguments were evaluated, the last with an error.
                    if at + 1 == arguments.len() {
                        let mut seen: Vec<_> = values.iter().map(Some).collect();
                        seen.push(None);
                        self.charge(cost(call.rule, &seen, None))?;
                    }
                    return Err(failure);
                }
            }
        }
        let result = dispatch(call, &values);
        let seen: Vec<_> = values.iter().map(Some).collect();
        self.charge_call(call, &seen, &result)?;
        result
    }

    fn charge_call(
        &mut self,
        call: &Call,
        arguments: &[Option<&Val>],
        result: &Evaluated,
    ) -> Result<(), Failure> {
        if let Err(failure) = result
            && !failure.is_absorbable()
        {
            return Err(failure.clone());
        }
        self.charge(cost(call.rule, arguments, result.as_ref().ok()))
    }

    /// Adds to the collection of a loop in place.
    fn collect(&mut self, call: &'r Call, frame: usize) -> Evaluated {
        let mut arguments = call.arguments.iter();
        let first = arguments.next().map_or(Ok(Val::Null), |first| self.eval(first));
        if let Err(failure) = &first
            && !failure.is_absorbable()
        {
            return first;
        }
        let mut rest = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match self.operand(argument)? {
                Ok(value) => rest.push(value),
                Err(failure) => {
                    self.charge(1)?;
                    return first.and(Err(failure));
                }
            }
        }
        let first = first?;
        let sum = matches!(first, Val::Int(_) | Val::String(_) | Val::Bytes(_));
        if !sum && let Some(frame) = self.frames.get_mut(frame) {
            // The loop's own reference goes, so that ours is the only one.
            frame.accumulator = None;
        }
        let result = match (first, rest.as_slice()) {
            (Val::List(mut list), [more]) if more.list_len().is_some() => {
                Arc::make_mut(&mut list).extend(more.items());
                Ok(Val::List(list))
            }
            (Val::Map(mut map), rest) => insert_into(Arc::make_mut(&mut map), rest).map(|()| Val::Map(map)),
            (first, [more]) => add(&first, more),
            _ => Err(Failure::no_overload()),
        };
        self.charge(1)?;
        result
    }
}

pub(super) fn check_index(key: &Val) -> Result<(), Failure> {
    match key {
        Val::String(_) | Val::Int(_) | Val::Uint(_) | Val::Bool(_) | Val::Double(_) => Ok(()),
        other => Err(Failure::new(format!("invalid qualifier type: {}", go_type(other)))),
    }
}

fn list_index(key: &Val) -> Result<i64, Failure> {
    let unsupported = || Failure::new(format!("unsupported index value {} in list", key.shown()));
    match key {
        Val::Int(n) => Ok(*n),
        Val::Uint(n) => i64::try_from(*n).map_err(|_| unsupported()),
        Val::Double(n) => super::convert::double_to_int_exactly(*n).ok_or_else(unsupported),
        other => Err(Failure::new(format!("unsupported index type '{}' in list", other.type_name()))),
    }
}

fn missing(object: &Val, key: &Val) -> Failure {
    let what = if object.list_len().is_some() { "index out of bounds" } else { "no such key" };
    Failure::new(format!("{what}: {}", key.shown()))
}

fn not_iterable(value: &Val, variables: FoldVariables) -> Failure {
    let type_ = go_type(value);
    Failure::new(match variables {
        FoldVariables::One => format!("got '{type_}', expected iterable type"),
        FoldVariables::Two => format!("unsupported comprehension range type: {type_}"),
    })
}

/// The name of upstream's Go type, which some messages show.
fn go_type(value: &Val) -> &'static str {
    match value {
        Val::Null => "types.Null",
        Val::Bool(_) => "types.Bool",
        Val::Int(_) => "types.Int",
        Val::Uint(_) => "types.Uint",
        Val::Double(_) => "types.Double",
        Val::String(_) => "types.String",
        Val::Bytes(_) => "types.Bytes",
        Val::Duration(_) => "types.Duration",
        Val::Timestamp(_) => "types.Timestamp",
        Val::List(_) | Val::Data(_) => "*types.baseList",
        Val::Map(_) | Val::DataMap(_) => "*types.baseMap",
        Val::Optional(_) => "*types.Optional",
        Val::Type(_) => "*types.Type",
        Val::Lazy(_) => "*lazy.MapValue",
        Val::Object(object) => match object.type_name() {
            "kubernetes.Quantity" => "cel.Quantity",
            "kubernetes.URL" => "cel.URL",
            "net.IP" => "cel.IP",
            "net.CIDR" => "cel.CIDR",
            "kubernetes.Semver" => "cel.Semver",
            "kubernetes.NamedFormat" => "cel.Format",
            _ => "library.authorizerVal",
        },
    }
}

/// Runs the implementation that fits.
fn dispatch(call: &Call, arguments: &[Val]) -> Evaluated {
    if let Some(pattern) = &call.pattern {
        let Some(Val::String(text)) = arguments.first() else { return Err(Failure::no_overload()) };
        return match (call.function.name, arguments.get(2)) {
            ("matches", _) => Ok(Val::Bool(pattern.is_match(text.as_bytes()))),
            ("find", _) => Ok(first_match(pattern, text.as_bytes())),
            (_, None) => Ok(all_matches(pattern, text.as_bytes(), -1)),
            (_, Some(Val::Int(limit))) => Ok(all_matches(pattern, text.as_bytes(), *limit)),
            (_, Some(_)) => Err(Failure::no_overload()),
        };
    }
    if let Some(shared) = &call.function.shared {
        if arguments.first().is_none_or(|first| shared.ability.has(first)) {
            return (shared.native)(arguments);
        }
        let receives =
            matches!(arguments.first(), Some(Val::String(_) | Val::Duration(_) | Val::Timestamp(_)));
        return Err(if receives {
            Failure::no_overload()
        } else {
            Failure::new(format!("no such overload: {}", call.function.name))
        });
    }
    let fitting = match call.overload {
        Some(overload) => Some(overload).filter(|overload| fits(overload, arguments)),
        None => call.function.overloads.iter().find(|overload| fits(overload, arguments)),
    };
    if let Some(native) = fitting.and_then(|overload| overload.native) {
        return native(arguments);
    }
    let types: Vec<_> = arguments.iter().map(Val::type_name).collect();
    Err(Failure::new(format!("no such overload: {}({})", call.function.name, types.join(", "))))
}

fn fits(overload: &Overload, arguments: &[Val]) -> bool {
    overload.parameters.len() == arguments.len()
        && (!is_guarded(overload.guard)
            || overload.parameters.iter().zip(arguments).all(|(type_, value)| takes(type_, value)))
}

/// Whether a value may be given for a type; of lists and maps the first entry is looked at.
fn takes(type_: &Type, value: &Val) -> bool {
    match type_ {
        Type::Dyn | Type::Any | Type::Param(_) => true,
        Type::List(element) => match value.list_len() {
            None => false,
            Some(_) => value.item(0).is_none_or(|first| takes(element, &first)),
        },
        Type::Map(pair) => {
            value.is_map()
                && value.entry(0).is_none_or(|(key, value)| takes(&pair.0, &key) && takes(&pair.1, &value))
        }
        other => other.name() == value.type_name(),
    }
}
