//! Where the generators of an ApplicationSet stand: for those who explain what one of them did.

use aoa_lang::text::selector::Selector;
use aoa_lang::yaml::Step;
use aoa_lang::{Result, Value};

use super::selectors::{clusters_selector, label_selector};
use super::transform::Entry;

/// Deepest nesting of generators that is looked at.
const DEPTH: usize = 8;

/// The place of a generator in a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GeneratorPath {
    /// The number of its entry in `generators` of the set.
    entry: usize,
    /// The generators around it with the number of the child that leads to it.
    around: Vec<(&'static str, usize)>,
    /// Its own kind, as the member of its entry is called.
    pub(crate) kind: &'static str,
}

impl GeneratorPath {
    /// The kind of the generator in the set's own list.
    pub(crate) fn top(&self) -> &'static str {
        self.around.first().map_or(self.kind, |(kind, _)| kind)
    }

    /// `matrix[0] clusters`
    pub(crate) fn label(&self) -> String {
        let around: Vec<String> =
            self.around.iter().map(|(kind, child)| format!("{kind}[{child}]")).collect();
        match around.is_empty() {
            true => self.kind.to_owned(),
            false => format!("{} {}", around.join(" "), self.kind),
        }
    }

    /// The steps to its entry, which also holds its selector.
    pub(crate) fn entry_steps(&self) -> Vec<Step<'static>> {
        let mut steps = vec![Step::Key("spec"), Step::Key("generators"), Step::Index(self.entry)];
        for (kind, child) in &self.around {
            steps.extend([Step::Key(kind), Step::Key("generators"), Step::Index(*child)]);
        }
        steps
    }

    /// The steps to the generator itself.
    pub(crate) fn steps(&self) -> Vec<Step<'static>> {
        let mut steps = self.entry_steps();
        steps.push(Step::Key(self.kind));
        steps
    }

    /// The generator.
    pub(crate) fn generator<'v>(&self, set: &'v Value) -> Option<&'v Value> {
        at(set, &self.steps())
    }

    /// Child `number` of a merge generator; itself where there is none.
    pub(crate) fn child(&self, set: &Value, number: usize) -> GeneratorPath {
        let mut steps = self.steps();
        steps.extend([Step::Key("generators"), Step::Index(number)]);
        let kind = at(set, &steps).and_then(|entry| Entry::of_child(entry).ok()?.kinds().next());
        match kind {
            Some(kind) => {
                let mut around = self.around.clone();
                around.push((self.kind, number));
                GeneratorPath { entry: self.entry, around, kind: kind.member() }
            }
            None => self.clone(),
        }
    }
}

/// The generators that make the elements of Applications of branch `branch`: in the order of the origins. A merge is one.
pub(crate) fn leaf_generators(set: &Value, branch: usize) -> Vec<GeneratorPath> {
    let mut number = 0;
    for (entry, value) in entries(set).iter().enumerate() {
        for kind in Entry::of_set(value).kinds() {
            if number == branch {
                let mut found = Vec::new();
                let path = GeneratorPath { entry, around: Vec::new(), kind: kind.member() };
                below(set, path, Below::Matrix, &mut found);
                return found;
            }
            number += 1;
        }
    }
    Vec::new()
}

/// All generators of a set: those that others hold, too.
pub(crate) fn all_generators(set: &Value) -> Vec<GeneratorPath> {
    let mut found = Vec::new();
    for (entry, value) in entries(set).iter().enumerate() {
        for kind in Entry::of_set(value).kinds() {
            let path = GeneratorPath { entry, around: Vec::new(), kind: kind.member() };
            below(set, path, Below::Everything, &mut found);
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    /// The children of a matrix in its place.
    Matrix,
    /// The children of all beside them.
    Everything,
}

fn below(set: &Value, path: GeneratorPath, below: Below, into: &mut Vec<GeneratorPath>) {
    let mut pending = vec![path];
    while let Some(path) = pending.pop() {
        let holds = path.kind == "matrix" || (path.kind == "merge" && below == Below::Everything);
        if !holds || path.around.len() >= DEPTH {
            into.push(path);
            continue;
        }
        let children = path.generator(set).and_then(|g| g.get("generators")).and_then(Value::as_list);
        let count = children.map_or(0, |list| list.len());
        let children = (0..count).map(|number| path.child(set, number)).filter(|child| *child != path);
        let children: Vec<GeneratorPath> = children.collect();
        if below == Below::Everything {
            into.push(path);
        }
        pending.extend(children.into_iter().rev());
    }
}

fn entries(set: &Value) -> &[Value] {
    set.at(&["spec", "generators"]).and_then(Value::as_list).map(|list| list.as_slice()).unwrap_or_default()
}

/// The selector with which a clusters generator chooses.
pub(crate) fn cluster_selector(set: &Value, path: &GeneratorPath) -> Option<Selector> {
    let generator = path.generator(set).filter(|_| path.kind == "clusters")?;
    clusters_selector(generator).ok()
}

/// The selector of an entry over parameters, if it has one.
pub(crate) fn post_selector(set: &Value, path: &GeneratorPath) -> Option<Result<Selector>> {
    let object = at(set, &path.entry_steps())?.get("selector").filter(|object| !object.is_null())?;
    Some(Selector::from_object_with_any_values(&label_selector(Some(object))))
}

/// The set without element `index` of a list generator; `None` where it has no such element.
pub(crate) fn list_without(set: &Value, path: &GeneratorPath, index: usize) -> Option<Value> {
    let elements = path.generator(set)?.get("elements")?.as_list()?;
    elements.get(index)?;
    let rest = elements.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, element)| element.clone());
    let mut steps = path.steps();
    steps.push(Step::Key("elements"));
    edited(set, &steps, &mut |_| Some(Value::list(rest.clone().collect())))
}

/// The value behind `steps`.
pub(crate) fn at<'v>(value: &'v Value, steps: &[Step<'_>]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(at) => value.as_list()?.get(*at),
    })
}

/// `value` with what is behind `steps` changed; `None` from `change` takes it out.
pub(crate) fn edited(
    value: &Value,
    steps: &[Step<'_>],
    change: &mut dyn FnMut(Option<&Value>) -> Option<Value>,
) -> Option<Value> {
    // As deep as a path of a set, which is bounded.
    let Some((step, rest)) = steps.split_first() else { return change(Some(value)) };
    match step {
        Step::Key(key) => {
            let map = value.as_map().cloned().unwrap_or_default();
            let new = match (map.get(key), rest) {
                (None, []) => change(None),
                (None, _) => edited(&Value::Null, rest, change),
                (Some(below), _) => edited(below, rest, change),
            };
            Some(Value::Map(match new {
                Some(new) => map.with(*key, new),
                None => map.without(key),
            }))
        }
        Step::Index(index) => {
            let list = value.as_list()?;
            let mut items = Vec::with_capacity(list.len());
            for (at, item) in list.iter().enumerate() {
                if at != *index {
                    items.push(item.clone());
                } else if let Some(new) = edited(item, rest, change) {
                    items.push(new);
                }
            }
            Some(Value::list(items))
        }
    }
}
