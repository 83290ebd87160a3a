//! A Go slice, frozen.

use std::sync::Arc;

use super::Value;
use super::drop::drop_flat;

/// The element type of a Go slice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListKind {
    /// `[]interface {}`
    #[default]
    Any,
    /// `[]string`
    String,
    /// `[]int`
    Int,
    /// `[]int64`
    Int64,
    /// `[]float64`
    Float64,
    /// `[]bool`
    Bool,
    /// `[]uint8`, which is `[]byte`
    Byte,
    /// `[]map[string]interface {}`
    Map,
    /// `[][]interface {}`
    List,
    /// Helm's `common.VersionSet`, which is a `[]string` with a method.
    VersionSet,
}

/// A frozen Go slice; clones share.
#[derive(Clone, Default)]
pub struct List {
    kind: ListKind,
    /// `None` is Go's nil slice.
    items: Option<Arc<Items>>,
}

struct Items {
    values: Vec<Value>,
    /// How many items Go's slice has room for.
    capacity: usize,
}

impl List {
    /// A `[]any`.
    #[must_use]
    pub fn new(items: Vec<Value>) -> Self {
        List::of(ListKind::Any, items)
    }

    /// A slice of `kind`, whose items the caller has made of that type.
    #[must_use]
    pub fn of(kind: ListKind, items: Vec<Value>) -> Self {
        let capacity = items.len();
        List { kind, items: Some(Arc::new(Items { values: items, capacity })) }
    }

    /// The nil slice of `kind`.
    #[must_use]
    pub fn nil(kind: ListKind) -> Self {
        List { kind, items: None }
    }

    /// A `[]byte`.
    #[must_use]
    pub fn bytes(bytes: &[u8]) -> Self {
        let items = bytes.iter().map(|b| Value::Uint(super::UintKind::Uint8, u64::from(*b))).collect();
        List::of(ListKind::Byte, items)
    }

    /// A `[]string`.
    pub fn strings<T: Into<super::Text>>(texts: impl IntoIterator<Item = T>) -> Self {
        List::of(ListKind::String, texts.into_iter().map(Value::string).collect())
    }

    /// The element type.
    #[must_use]
    pub fn kind(&self) -> ListKind {
        self.kind
    }

    /// Whether this is Go's nil slice.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    /// The items.
    #[must_use]
    pub fn as_slice(&self) -> &[Value] {
        self.items.as_ref().map_or(&[], |items| &items.values)
    }

    /// The items in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.as_slice().iter()
    }

    /// Item `at`.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Value> {
        self.as_slice().get(at)
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// The bytes of a `[]byte`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.iter()
            .map(|v| match v {
                Value::Uint(_, n) => u8::try_from(*n).unwrap_or(u8::MAX),
                _ => 0,
            })
            .collect()
    }

    /// The same list with the capacity that Go's slice has when its items were appended one by one, as `encoding/json` does:
    /// `slice` in templates can reach behind the items that there are.
    #[must_use]
    pub fn appended(self) -> Self {
        let mut capacity = 0;
        while capacity < self.len() {
            capacity = grown(capacity, capacity + 1);
        }
        self.with_capacity(capacity)
    }

    /// The same list as Go's slice that had room for `capacity` items before these were appended all at once.
    pub(crate) fn appended_to(self, capacity: usize) -> Self {
        let len = self.len();
        self.with_capacity(if len > capacity { grown(capacity, len) } else { capacity })
    }

    fn with_capacity(mut self, capacity: usize) -> Self {
        if let Some(items) = self.items.as_mut().and_then(Arc::get_mut) {
            items.capacity = capacity;
        }
        self
    }

    /// How many items Go's slice has room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.items.as_ref().map_or(0, |items| items.capacity)
    }

    /// Whether both are one slice in memory.
    #[must_use]
    pub fn shares(&self, other: &List) -> bool {
        match (&self.items, &other.items) {
            (Some(a), Some(b)) => self.kind == other.kind && Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Takes the items out, copying them only if they are shared.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<Value> {
        match self.items.take() {
            None => Vec::new(),
            Some(items) => match Arc::try_unwrap(items) {
                Ok(mut items) => std::mem::take(&mut items.values),
                Err(shared) => shared.values.clone(),
            },
        }
    }

    pub(super) fn take_unique(&mut self) -> Option<Vec<Value>> {
        let mut items = Arc::into_inner(self.items.take()?)?;
        Some(std::mem::take(&mut items.values))
    }
}

/// The sizes in which Go 1.26's allocator gives memory (internal/runtime/gc/sizeclasses.go), from that of one item on.
const SIZE_CLASSES: [u16; 66] = [
    16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416,
    448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200,
    3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336,
    16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
];

/// Go's `growslice` (runtime/slice.go) for items of 16 bytes that hold pointers: the new capacity for `len` items.
fn grown(capacity: usize, len: usize) -> usize {
    let mut wanted = capacity;
    if len > capacity.saturating_mul(2) {
        wanted = len;
    } else if capacity < 256 {
        wanted *= 2;
    } else {
        while wanted < len {
            wanted += (wanted + 768) / 4;
        }
    }
    let bytes = wanted.saturating_mul(16);
    // Larger memory begins with a word that says where its pointers are.
    let header = if bytes > 512 { 8 } else { 0 };
    let class = SIZE_CLASSES.iter().map(|class| usize::from(*class)).find(|class| *class >= bytes + header);
    class.map_or(bytes.next_multiple_of(8192), |class| class - header) / 16
}

impl Drop for Items {
    fn drop(&mut self) {
        drop_flat(self.values.drain(..));
    }
}

impl FromIterator<Value> for List {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        List::new(items.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a List {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::fmt::Debug for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        Value::List(self.clone()) == Value::List(other.clone())
    }
}
