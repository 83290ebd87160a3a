//! One entry of `generators`: the generators it holds, their order, its post-selector, and its interpolation as the
//! second child of a matrix.

use std::borrow::Cow;

use aoa_lang::typed::{self, Type};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value};

use super::context::Context;
use super::dialect::Dialect;
use super::params::{ParamSets, Row};
use super::selectors::PostSelector;
use super::tree::{Tree, ValuesMaps};
use super::{clusters, decision, git, list, matrix, merge, plugin, pull_request, scm_provider};

/// The generators, in the order in which upstream asks them (that of the Go struct).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Clusters,
    Git,
    ScmProvider,
    ClusterDecisionResource,
    PullRequest,
    Matrix,
    Merge,
    Plugin,
}

const KINDS: [Kind; 9] = [
    Kind::List,
    Kind::Clusters,
    Kind::Git,
    Kind::ScmProvider,
    Kind::ClusterDecisionResource,
    Kind::PullRequest,
    Kind::Matrix,
    Kind::Merge,
    Kind::Plugin,
];

impl Kind {
    /// The member of a generator entry that holds it.
    pub(super) fn member(self) -> &'static str {
        match self {
            Kind::List => "list",
            Kind::Clusters => "clusters",
            Kind::Git => "git",
            Kind::ScmProvider => "scmProvider",
            Kind::ClusterDecisionResource => "clusterDecisionResource",
            Kind::PullRequest => "pullRequest",
            Kind::Matrix => "matrix",
            Kind::Merge => "merge",
            Kind::Plugin => "plugin",
        }
    }

    fn generate(self, context: &Context<'_>, generator: &Value) -> Result<ParamSets> {
        match self {
            Kind::List => list::generate(context, generator),
            Kind::Clusters => clusters::generate(context, generator),
            Kind::Git => git::generate(context, generator),
            Kind::ScmProvider => scm_provider::generate(context, generator),
            Kind::ClusterDecisionResource => decision::generate(context, generator),
            Kind::PullRequest => pull_request::generate(context, generator),
            Kind::Matrix => matrix::generate(context, generator),
            Kind::Merge => merge::generate(context, generator),
            Kind::Plugin => plugin::generate(context, generator),
        }
    }
}

/// An entry of `generators`: data of type `ApplicationSetGenerator`.
pub(super) struct Entry<'v> {
    value: Cow<'v, Value>,
}

/// The type whose data the entries of a kind are read as.
///
/// # Errors
///
/// The table has no such type, which would be a bug.
pub(super) fn argo_type(name: &str) -> Result<&'static Type> {
    typed::schema("argoproj.io/v1alpha1", name)
        .ok_or_else(|| Error::new(aoa_lang::ErrorKind::Internal, format!("no table of the type `{name}`")))
}

impl<'v> Entry<'v> {
    /// An entry of the set itself.
    pub(super) fn of_set(value: &'v Value) -> Entry<'v> {
        Entry { value: Cow::Borrowed(value) }
    }

    /// A child of a matrix or merge: a matrix or merge inside of it is free-form data up to here.
    ///
    /// # Errors
    ///
    /// That data does not fit its type: the text of encoding/json.
    pub(super) fn of_child(child: &'v Value) -> Result<Entry<'v>> {
        let mut value = Cow::Borrowed(child);
        let nested = [
            ("matrix", "NestedMatrixGenerator", ""),
            ("merge", "NestedMergeGenerator", "error converting to nested merge generator: "),
        ];
        for (member, name, prefix) in nested {
            let Some(raw) = child.get(member).filter(|raw| !raw.is_null()) else { continue };
            let read =
                typed::read(argo_type(name)?, raw, typed::Mode::Json).map_err(|e| e.prefixed(prefix))?;
            if let Value::Map(map) = value.into_owned() {
                value = Cow::Owned(Value::Map(map.with(Text::from_static(member), read)));
            } else {
                value = Cow::Owned(Value::Null);
            }
        }
        Ok(Entry { value })
    }

    /// The generators in the entry.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        KINDS.into_iter().filter(|kind| self.generator(*kind).is_some())
    }

    /// The object of one generator.
    pub(super) fn generator(&self, kind: Kind) -> Option<&Value> {
        self.value.get(kind.member()).filter(|generator| !generator.is_null())
    }

    /// What each generator of the entry gives, post-selector applied.
    ///
    /// # Errors
    ///
    /// The first error of any of them; the others have run all the same.
    pub(super) fn results(&self, context: &Context<'_>) -> Result<Vec<(Kind, ParamSets)>> {
        self.results_of(context, None)
    }

    fn results_of(
        &self,
        context: &Context<'_>,
        interpolated: Option<&Value>,
    ) -> Result<Vec<(Kind, ParamSets)>> {
        let selector = PostSelector::compile(self.value.get("selector"))?;
        let source = interpolated.unwrap_or(&self.value);
        let mut results = Vec::new();
        for kind in self.kinds() {
            let generator = source.get(kind.member()).unwrap_or(&Value::Null);
            let mut sets = kind.generate(context, generator)?;
            selector.apply(&mut sets);
            results.push((kind, sets));
        }
        Ok(results)
    }

    /// What the one generator of a child gives; `interpolated` replaces the child's text, but not its selector.
    ///
    /// # Errors
    ///
    /// It fails, or the child has none or several: Argo CD's texts.
    pub(super) fn only_result(
        &self,
        context: &Context<'_>,
        interpolated: Option<&Value>,
    ) -> Result<ParamSets> {
        let mut results = self.results_of(context, interpolated).map_err(of_child)?.into_iter();
        match (results.next(), results.next()) {
            (None, _) => Err(Error::invalid("child generator generated no parameters")),
            (Some((_, sets)), None) => Ok(sets),
            (Some(_), Some(_)) => Err(Error::invalid("found more than one generator in matrix.Generators")),
        }
    }

    /// The entry as the second child of a matrix, ready to take parameters.
    ///
    /// # Errors
    ///
    /// Its selector is wrong, or it has no generator, which both show before any parameter is filled in.
    pub(super) fn interpolation(&self, dialect: &Dialect) -> Result<Interpolation> {
        PostSelector::compile(self.value.get("selector")).map_err(of_child)?;
        if self.kinds().next().is_none() {
            return Err(Error::invalid("child generator generated no parameters"));
        }
        Interpolation::compile(&self.value, dialect)
    }
}

/// The error of a child as matrix and merge pass it on.
fn of_child(error: Error) -> Error {
    error.prefixed("child generator returned an error on parameter generation: ")
}

/// A generator entry whose texts take the parameters of a matrix's first child.
pub(super) struct Interpolation {
    tree: Tree,
    go: bool,
}

/// The texts of an [`Interpolation`] for one set of parameters.
pub(super) enum Texts {
    /// There are no parameters: the entry stays as it is.
    Untouched,
    Filled(Vec<Text>),
}

impl Interpolation {
    /// Compiles `generator`, data of type `ApplicationSetGenerator`.
    pub(super) fn compile(generator: &Value, dialect: &Dialect) -> Result<Interpolation> {
        let of = argo_type("ApplicationSetGenerator")?;
        let generator = &with_selector_maps(generator);
        let tree = Tree::compile(generator, of, dialect, ValuesMaps::PreResolved)?;
        Ok(Interpolation { tree, go: dialect.is_go() })
    }

    /// The texts for the parameters of a row.
    ///
    /// # Errors
    ///
    /// A text cannot be filled in.
    pub(super) fn texts(&self, row: &Row<'_>) -> Result<Texts> {
        if row.is_empty() {
            return Ok(Texts::Untouched);
        }
        if self.tree.slots().is_empty() {
            return Ok(Texts::Filled(Vec::new()));
        }
        let combined = if self.go { row.combined()? } else { Map::new() };
        let texts = self.tree.slots().iter().map(|slot| match slot.text.fill_from(row) {
            Some(filled) => slot.judge(filled),
            None => slot.fill(&combined),
        });
        let texts = texts.collect::<Result<_>>().map_err(|e| of_child(failed(e)))?;
        Ok(Texts::Filled(texts))
    }

    /// The entry with these texts; `None` if it stays as it is.
    pub(super) fn generator(&self, texts: &Texts) -> Option<Value> {
        match texts {
            Texts::Untouched => None,
            Texts::Filled(texts) => Some(self.tree.build(texts)),
        }
    }

    /// The entry for these parameters.
    ///
    /// # Errors
    ///
    /// A text cannot be filled in.
    pub(super) fn fill(&self, params: &Map) -> Result<Value> {
        self.tree.fill_map(params).map_err(failed)
    }
}

/// Interpolation makes new maps and lists where there were none, which the clusterDecisionResource generator takes as
/// a selector that was given.
fn with_selector_maps(generator: &Value) -> Cow<'_, Value> {
    let member = Kind::ClusterDecisionResource.member();
    let (Value::Map(entry), Some(Value::Map(decision))) = (generator, generator.get(member)) else {
        return Cow::Borrowed(generator);
    };
    let selector = decision.get("labelSelector").and_then(Value::as_map).cloned().unwrap_or_default();
    let mut full = selector.into_builder();
    for (key, empty) in
        [("matchExpressions", Value::list(Vec::new())), ("matchLabels", Value::Map(Map::new()))]
    {
        if full.get(key).is_none_or(Value::is_null) {
            full.insert(key, empty);
        }
    }
    let decision = decision.clone().with("labelSelector", Value::Map(full.build()));
    Cow::Owned(Value::Map(entry.clone().with(member, Value::Map(decision))))
}

fn failed(error: Error) -> Error {
    error.prefixed("failed to replace parameters in generator: ")
}
