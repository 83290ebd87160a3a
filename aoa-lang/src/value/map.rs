//! A Go map with string keys, frozen: entries sorted by the bytes of their keys, as Go prints and encodes maps.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::drop::drop_flat;
use super::{Text, Value};

/// The type of a Go map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MapKind {
    /// `map[string]interface {}`
    #[default]
    Any,
    /// `map[string]string`
    String,
    /// `map[string][]interface {}`
    List,
    /// `v1alpha1.PluginParameters`: a map of `apiextensions.JSON`.
    PluginParameters,
    /// `map[string]v1alpha1.PluginParameters`
    PluginInput,
    /// Helm's `common.Values`, which is a `map[string]interface {}` with methods.
    HelmValues,
}

/// A frozen Go map; clones share.
#[derive(Clone, Default)]
pub struct Map {
    kind: MapKind,
    /// `None` is Go's nil map.
    entries: Option<Arc<Entries>>,
}

/// Sorted by key, no key twice.
struct Entries(Vec<(Text, Value)>);

impl Map {
    /// The empty `map[string]any`.
    #[must_use]
    pub fn new() -> Self {
        Map::from_sorted(MapKind::Any, Vec::new())
    }

    /// The nil map of `kind`.
    #[must_use]
    pub fn nil(kind: MapKind) -> Self {
        Map { kind, entries: None }
    }

    /// A map of `kind` of these entries in any order; of equal keys the last counts.
    #[must_use]
    pub fn of(kind: MapKind, mut entries: Vec<(Text, Value)>) -> Self {
        if !entries.is_sorted_by(|a, b| a.0 < b.0) {
            // Stable, so that of equal keys the last written stands last.
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    std::mem::swap(later, earlier);
                }
                same
            });
        }
        Map::from_sorted(kind, entries)
    }

    fn from_sorted(kind: MapKind, entries: Vec<(Text, Value)>) -> Self {
        Map { kind, entries: Some(Arc::new(Entries(entries))) }
    }

    /// A `map[string]string`.
    pub fn strings<K: Into<Text>, V: Into<Text>>(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let entries = entries.into_iter().map(|(k, v)| (k.into(), Value::string(v))).collect();
        Map::of(MapKind::String, entries)
    }

    /// The type of the map.
    #[must_use]
    pub fn kind(&self) -> MapKind {
        self.kind
    }

    /// The same entries as a map of `kind`.
    #[must_use]
    pub fn with_kind(mut self, kind: MapKind) -> Self {
        self.kind = kind;
        self
    }

    /// Whether this is Go's nil map.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.entries.is_none()
    }

    /// The entries, sorted by key.
    #[must_use]
    pub fn as_slice(&self) -> &[(Text, Value)] {
        self.entries.as_ref().map_or(&[], |entries| &entries.0)
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.get_bytes(key.as_bytes())
    }

    /// The value of a key that need not be UTF-8.
    #[must_use]
    pub fn get_bytes(&self, key: &[u8]) -> Option<&Value> {
        find(self.as_slice(), key)
    }

    /// The value of a key that likely stands at `hint`, where that of such maps stood the last time.
    pub(crate) fn get_near(&self, key: &[u8], hint: &AtomicUsize) -> Option<&Value> {
        let entries = self.as_slice();
        if let Some((found, value)) = entries.get(hint.load(Ordering::Relaxed))
            && found.as_bytes() == key
        {
            return Some(value);
        }
        let at = place(entries, key)?;
        hint.store(at, Ordering::Relaxed);
        entries.get(at).map(|(_, value)| value)
    }

    /// Whether there is an entry `key`.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The entries, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Value)> + DoubleEndedIterator + Clone {
        self.as_slice().iter().map(|(k, v)| (k, v))
    }

    /// The keys, sorted.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Text> + DoubleEndedIterator + Clone {
        self.as_slice().iter().map(|(k, _)| k)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> + DoubleEndedIterator + Clone {
        self.as_slice().iter().map(|(_, v)| v)
    }

    /// Whether both are one map in memory.
    #[must_use]
    pub fn shares(&self, other: &Map) -> bool {
        match (&self.entries, &other.entries) {
            (Some(a), Some(b)) => self.kind == other.kind && Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// This map with one entry set.
    #[must_use]
    pub fn with(self, key: impl Into<Text>, value: Value) -> Self {
        let mut builder = self.into_builder();
        builder.insert(key, value);
        builder.build()
    }

    /// This map without one entry.
    #[must_use]
    pub fn without(self, key: &str) -> Self {
        let mut builder = self.into_builder();
        builder.remove(key);
        builder.build()
    }

    /// Takes the entries out for changes, copying them only if they are shared.
    #[must_use]
    pub fn into_builder(mut self) -> MapBuilder {
        let entries = match self.entries.take() {
            None => Vec::new(),
            Some(entries) => match Arc::try_unwrap(entries) {
                Ok(mut entries) => std::mem::take(&mut entries.0),
                Err(shared) => shared.0.clone(),
            },
        };
        MapBuilder { kind: self.kind, entries }
    }

    pub(super) fn take_unique(&mut self) -> Option<Vec<(Text, Value)>> {
        let mut entries = Arc::into_inner(self.entries.take()?)?;
        Some(std::mem::take(&mut entries.0))
    }
}

/// Most entries that are looked at one after the other: lengths mostly tell keys apart, so that few are compared.
const FEW: usize = 16;

fn find<'e>(entries: &'e [(Text, Value)], key: &[u8]) -> Option<&'e Value> {
    entries.get(place(entries, key)?).map(|(_, value)| value)
}

fn place(entries: &[(Text, Value)], key: &[u8]) -> Option<usize> {
    if entries.len() <= FEW {
        return entries.iter().position(|(k, _)| k.as_bytes() == key);
    }
    entries.binary_search_by(|(k, _)| k.as_bytes().cmp(key)).ok()
}

impl Drop for Entries {
    fn drop(&mut self) {
        drop_flat(self.0.drain(..).map(|(_, value)| value));
    }
}

impl<K: Into<Text>> FromIterator<(K, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        Map::of(MapKind::Any, entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }
}

/// A map while it is being changed; each change costs a search, and a move of the entries behind it.
#[derive(Clone, Default)]
pub struct MapBuilder {
    kind: MapKind,
    entries: Vec<(Text, Value)>,
}

impl MapBuilder {
    /// Sets an entry and returns what stood there.
    pub fn insert(&mut self, key: impl Into<Text>, value: Value) -> Option<Value> {
        let key = key.into();
        // Keys mostly come sorted.
        if self.entries.last().is_none_or(|(last, _)| *last < key) {
            self.entries.push((key, value));
            return None;
        }
        match self.entries.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => self.entries.get_mut(at).map(|entry| std::mem::replace(&mut entry.1, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// Removes an entry and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.remove_bytes(key.as_bytes())
    }

    /// Removes an entry whose key need not be UTF-8.
    pub fn remove_bytes(&mut self, key: &[u8]) -> Option<Value> {
        let at = self.entries.binary_search_by(|(k, _)| k.as_bytes().cmp(key)).ok()?;
        Some(self.entries.remove(at).1)
    }

    /// The value of a key that need not be UTF-8.
    #[must_use]
    pub fn get_bytes(&self, key: &[u8]) -> Option<&Value> {
        find(&self.entries, key)
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        find(&self.entries, key.as_bytes())
    }

    /// The value of `key`, for changes.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.get_bytes_mut(key.as_bytes())
    }

    /// The value of a key that need not be UTF-8, for changes.
    pub fn get_bytes_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        let at = self.entries.binary_search_by(|(k, _)| k.as_bytes().cmp(key)).ok()?;
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Whether there is an entry `key`.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Value)> {
        self.entries.iter().map(|(k, v)| (k, v))
    }

    /// The frozen map.
    #[must_use]
    pub fn build(self) -> Map {
        Map::from_sorted(self.kind, self.entries)
    }
}

impl std::fmt::Debug for Map {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Map {
    /// As [`Value::is_identical`].
    #[must_use]
    pub fn is_identical(&self, other: &Self) -> bool {
        self.shares(other) || Value::Map(self.clone()).is_identical(&Value::Map(other.clone()))
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        Value::Map(self.clone()) == Value::Map(other.clone())
    }
}
