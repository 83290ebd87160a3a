//! The parameter sets of a generator, kept apart by where they come from.
//!
//! A matrix of 500 clusters and 100 folders is two pools of 500 and 100 elements and 50,000 *rows*, each a pair of
//! indices. The parameters of a row are combined when they are asked for; most templates look at one pool only and
//! are filled in once per element.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use aoa_lang::template::Params;
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value, fmt};

use super::flatten::leaf;
use super::override_maps::override_map;

/// Elements that come from one place: the clusters, the folders of one repository, the items of one list.
#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) elements: Vec<Element>,
    /// Every top-level key of any element.
    keys: OnceLock<HashSet<Text>>,
}

/// One set of parameters, and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) params: Map,
    pub(super) origin: Origin,
}

/// Where a parameter set comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Item of `list.elements` (or of `elementsYaml`, counted on).
    List {
        /// The index, from 0.
        index: usize,
    },
    /// A registered cluster.
    Cluster {
        /// Its name.
        name: Text,
        /// Its address.
        server: Text,
    },
    /// All selected clusters at once (`flatList`).
    Clusters {
        /// How many.
        count: usize,
    },
    /// A folder of a repository.
    GitDirectory {
        /// The repository.
        repository: Text,
        /// The revision as asked for.
        revision: Text,
        /// The folder.
        path: Text,
    },
    /// An object in a file of a repository.
    GitFile {
        /// The repository.
        repository: Text,
        /// The revision as asked for.
        revision: Text,
        /// The file.
        path: Text,
        /// Which object of the file, from 0.
        index: usize,
    },
    /// A repository that a source code host lists.
    Repository {
        /// Its URL.
        url: Text,
        /// The branch.
        branch: Text,
    },
    /// A pull request.
    PullRequest {
        /// Its number.
        number: i64,
    },
    /// A parameter set that a plugin gave.
    Plugin {
        /// The plugin's ConfigMap.
        config_map: Text,
        /// The index in its answer, from 0.
        index: usize,
    },
    /// A decision about a cluster.
    Decision {
        /// The name of the cluster.
        cluster: Text,
    },
    /// Sets that a merge generator put together, the base first.
    Merged(Arc<[Origin]>),
}

/// How the pools of a row combine to one set of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The pool at this place.
    Pool(usize),
    /// A matrix: the left child's parameters win.
    Matrix(Box<(Shape, Shape)>),
}

/// The result of a generator.
#[derive(Clone, Debug)]
pub(super) struct ParamSets {
    pub(super) pools: Vec<Arc<Pool>>,
    pub(super) shape: Shape,
    /// `pools.len()` element indices per row.
    pub(super) rows: Vec<u32>,
    /// Whether nested values are merged (Go templates).
    pub(super) go: bool,
}

impl Pool {
    pub(super) fn new(elements: Vec<Element>) -> Self {
        Pool { elements, keys: OnceLock::new() }
    }

    /// Every top-level key of any element.
    pub(super) fn keys(&self) -> &HashSet<Text> {
        self.keys.get_or_init(|| {
            let mut keys = HashSet::new();
            for key in self.elements.iter().flat_map(|e| e.params.keys()) {
                if !keys.contains(key) {
                    keys.insert(key.clone());
                }
            }
            keys
        })
    }
}

impl ParamSets {
    /// One row per element.
    pub(super) fn of_pool(pool: Arc<Pool>, go: bool) -> Result<ParamSets> {
        let count = index(pool.elements.len())?;
        Ok(ParamSets { pools: vec![pool], shape: Shape::Pool(0), rows: (0..count).collect(), go })
    }

    pub(super) fn of_elements(elements: Vec<Element>, go: bool) -> Result<ParamSets> {
        ParamSets::of_pool(Arc::new(Pool::new(elements)), go)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len() / self.pools.len().max(1)
    }

    /// The rows in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.chunks_exact(self.pools.len().max(1)).map(|cells| Row { sets: self, cells })
    }

    /// How long the longest text is that parameter `key` has anywhere.
    pub(super) fn longest_text(&self, key: &Text) -> usize {
        let elements = self.pools.iter().flat_map(|pool| &pool.elements);
        let lengths = elements.filter_map(|element| match element.params.get_bytes(key.as_bytes()) {
            Some(Value::String(text)) => Some(text.len()),
            _ => None,
        });
        lengths.max().unwrap_or(0)
    }

    /// Row `at`.
    pub(super) fn row(&self, at: usize) -> Option<Row<'_>> {
        let width = self.pools.len();
        let cells = self.rows.get(at.checked_mul(width)?..at.checked_add(1)?.checked_mul(width)?)?;
        Some(Row { sets: self, cells })
    }

    /// The rows for which `keep` says so.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(Row<'_>) -> bool) {
        let mut kept = Vec::with_capacity(self.rows.len());
        for row in self.rows() {
            if keep(row) {
                kept.extend_from_slice(row.cells);
            }
        }
        self.rows = kept;
    }
}

/// An index into a pool.
///
/// # Errors
///
/// The pool has more elements than an index can count.
pub(super) fn index(at: usize) -> Result<u32> {
    u32::try_from(at).map_err(|_| too_many())
}

/// The set has more parameter sets than it may have.
pub(super) fn too_many() -> Error {
    Error::limit("the ApplicationSet has too many parameter sets")
}

/// One set of parameters, not yet combined.
#[derive(Clone, Copy)]
pub(super) struct Row<'s> {
    sets: &'s ParamSets,
    pub(super) cells: &'s [u32],
}

impl<'s> Row<'s> {
    /// The element of pool `at`.
    pub(super) fn element(&self, at: usize) -> Option<&'s Element> {
        let cell = usize::try_from(*self.cells.get(at)?).ok()?;
        self.sets.pools.get(at)?.elements.get(cell)
    }

    /// The elements of all pools.
    pub(super) fn elements(&self) -> impl Iterator<Item = &'s Element> + use<'s> {
        let row = *self;
        (0..self.cells.len()).filter_map(move |at| row.element(at))
    }

    /// Whether there are no parameters at all: such a row leaves templates as they are.
    pub(super) fn is_empty(&self) -> bool {
        self.elements().all(|element| element.params.is_empty())
    }

    /// All parameters in one map.
    ///
    /// # Errors
    ///
    /// Nested maps do not go together: see [`override_map`].
    pub(super) fn combined(&self) -> Result<Map> {
        if let [_] = self.cells {
            return Ok(self.element(0).map(|e| e.params.clone()).unwrap_or_default());
        }
        if self.sets.go {
            return self.combined_at(&self.sets.shape);
        }
        let entries = self.elements().flat_map(|e| e.params.iter());
        Ok(entries.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn combined_at(&self, shape: &Shape) -> Result<Map> {
        match shape {
            Shape::Pool(at) => Ok(self.element(*at).map(|e| e.params.clone()).unwrap_or_default()),
            Shape::Matrix(children) => {
                let left = self.combined_at(&children.0)?;
                let right = self.combined_at(&children.1)?;
                override_map(&right, &left)
            }
        }
    }

    /// The parameter `key` where only one pool has it, else of all parameters.
    pub(super) fn top_level(&self, key: &str) -> Option<Cow<'s, Value>> {
        let mut found = None;
        for element in self.elements() {
            if let Some(value) = element.params.get(key) {
                if self.sets.go && found.is_some() {
                    return self.combined().ok()?.get(key).cloned().map(Cow::Owned);
                }
                found.get_or_insert(value);
            }
        }
        found.map(Cow::Borrowed)
    }

    /// The flat text that a post-selector finds at `key`.
    pub(super) fn flat_text(&self, key: &str) -> Option<String> {
        if let [_] = self.cells {
            return self.element(0).and_then(|e| leaf(&e.params, key)).map(|v| fmt::display(&v));
        }
        let ends = key.match_indices('.').map(|(at, _)| at).chain([key.len()]);
        let names: Vec<&str> = ends.filter_map(|end| key.get(..end)).collect();
        names.iter().rev().find_map(|name| {
            let value = self.top_level(name)?.into_owned();
            let only: Map = [(*name, value)].into_iter().collect();
            leaf(&only, key).map(|v| fmt::display(&v))
        })
    }
}

impl Params for Row<'_> {
    fn param(&self, name: &[u8]) -> Option<&Value> {
        self.elements().find_map(|element| element.params.get_bytes(name))
    }
}

/// Joins the rows of two generators as the matrix generator does; `pairs` says which rows of each go together.
pub(super) struct Joined {
    left: ParamSets,
    right: ParamSets,
    rows: Vec<u32>,
    /// Most rows that there may be.
    most: usize,
    /// Keys on both sides that can clash: all in the placeholder dialect, those of nested maps in Go's.
    shared: Vec<Text>,
}

impl Joined {
    pub(super) fn new(left: ParamSets, right: ParamSets, most: usize) -> Joined {
        let (left, right) = if left.go { (left, right) } else { (left.texts(), right.texts()) };
        let right_keys = right.keys();
        let mut shared: Vec<Text> = left.keys().intersection(&right_keys).cloned().collect();
        if left.go {
            shared.retain(|key| left.has_map_at(key) && right.has_map_at(key));
        }
        shared.sort();
        Joined { left, right, rows: Vec::new(), most, shared }
    }

    /// Adds the row made of `left` and `right`, rows of either side.
    ///
    /// # Errors
    ///
    /// Both have a parameter of one name with different values (placeholder dialect only).
    pub(super) fn push(&mut self, left: usize, right: usize) -> Result<()> {
        let (Some(a), Some(b)) = (self.left.row(left), self.right.row(right)) else { return Ok(()) };
        if self.left.go {
            if !self.shared.is_empty() {
                // Nested maps that do not go together fail here, before any template is filled in.
                override_map(&b.combined()?, &a.combined()?)?;
            }
        } else {
            self.shared.iter().try_for_each(|key| check_equal(&a, &b, key))?;
        }
        if self.rows.len() / (a.cells.len() + b.cells.len()).max(1) >= self.most {
            return Err(too_many());
        }
        self.rows.extend_from_slice(a.cells);
        self.rows.extend_from_slice(b.cells);
        Ok(())
    }

    pub(super) fn finish(self) -> ParamSets {
        let offset = self.left.pools.len();
        let shape = Shape::Matrix(Box::new((self.left.shape, self.right.shape.shifted(offset))));
        let go = self.left.go;
        let pools = self.left.pools.into_iter().chain(self.right.pools).collect();
        ParamSets { pools, shape, rows: self.rows, go }
    }
}

/// In the placeholder dialect both sides of a matrix may only have one parameter if it has one value.
fn check_equal(a: &Row<'_>, b: &Row<'_>, key: &Text) -> Result<()> {
    match (a.param(key.as_bytes()), b.param(key.as_bytes())) {
        (Some(x), Some(y)) if x != y => Err(Error::invalid(format!(
            "failed to combine string maps with merging params for the matrix generator: found duplicate key {key} with different value, a: {} ,b: {}",
            fmt::display(x),
            fmt::display(y)
        ))),
        _ => Ok(()),
    }
}

impl Shape {
    fn shifted(self, by: usize) -> Shape {
        match self {
            Shape::Pool(at) => Shape::Pool(at.saturating_add(by)),
            Shape::Matrix(children) => {
                let (left, right) = *children;
                Shape::Matrix(Box::new((left.shifted(by), right.shifted(by))))
            }
        }
    }
}

impl ParamSets {
    /// Every top-level key of any row.
    fn keys(&self) -> HashSet<Text> {
        self.pools.iter().flat_map(|pool| pool.keys().iter().cloned()).collect()
    }

    fn has_map_at(&self, key: &Text) -> bool {
        let name = key.as_str().unwrap_or_default();
        let mut elements = self.pools.iter().flat_map(|pool| &pool.elements);
        elements.any(|e| e.params.get(name).is_some_and(|v| v.as_map().is_some()))
    }

    /// The same sets, every value as the text that `%v` prints (`ConvertToMapStringString`).
    fn texts(self) -> ParamSets {
        let is_text = |value: &Value| matches!(value, Value::String(_));
        let pools = self
            .pools
            .into_iter()
            .map(|pool| {
                if pool.elements.iter().all(|e| e.params.values().all(is_text)) {
                    return pool;
                }
                let texts = pool.elements.iter().map(|e| {
                    let entries = e.params.iter().map(|(key, value)| {
                        let value =
                            if is_text(value) { value.clone() } else { Value::from(fmt::display(value)) };
                        (key.clone(), value)
                    });
                    Element { params: entries.collect(), origin: e.origin.clone() }
                });
                Arc::new(Pool::new(texts.collect()))
            })
            .collect();
        ParamSets { pools, ..self }
    }
}
