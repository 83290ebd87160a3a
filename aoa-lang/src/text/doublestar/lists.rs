//! Lists that share storage as Go's slices do: adding to one may write over what another holds.

use std::rc::Rc;

/// A list: the first items of a storage.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    storage: Option<usize>,
    pub(super) len: usize,
}

impl List {
    pub(super) const EMPTY: List = List { storage: None, len: 0 };
}

/// The storages, each as long as its capacity.
#[derive(Debug)]
pub(super) struct Lists {
    storages: Vec<Vec<Rc<str>>>,
    bytes: usize,
    /// What stands where nothing is yet.
    nothing: Rc<str>,
}

/// What a text takes beside its bytes.
const TEXT: usize = 48;

impl Lists {
    pub(super) fn new() -> Self {
        Lists { storages: Vec::new(), bytes: 0, nothing: Rc::from("") }
    }

    /// What all lists so far take, roughly: Go's `append` leaves the old ones behind.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn items(&self, list: List) -> &[Rc<str>] {
        list.storage.and_then(|at| self.storages.get(at)?.get(..list.len)).unwrap_or_default()
    }

    pub(super) fn item(&self, list: List, index: usize) -> Rc<str> {
        self.items(list).get(index).unwrap_or(&self.nothing).clone()
    }

    /// Go's `append`: into the same storage while there is room, into a new one of twice the size when there is none.
    pub(super) fn push(&mut self, list: List, item: &str) -> List {
        self.bytes = self.bytes.saturating_add(item.len()).saturating_add(TEXT);
        self.share(list, Rc::from(item))
    }

    /// [`push`](Lists::push) of an item that another list has already.
    pub(super) fn share(&mut self, list: List, item: Rc<str>) -> List {
        let len = list.len.saturating_add(1);
        if let Some(place) = list
            .storage
            .and_then(|at| self.storages.get_mut(at))
            .and_then(|storage| storage.get_mut(list.len))
        {
            *place = item;
            return List { len, ..list };
        }
        let mut storage = self.items(list).to_vec();
        storage.push(item);
        let capacity = match list.len {
            0 => 1,
            len if len < 256 => len.saturating_mul(2),
            len => len.saturating_add(len.saturating_add(768) / 4),
        };
        storage.resize(capacity, self.nothing.clone());
        self.bytes = self.bytes.saturating_add(capacity.saturating_mul(size_of::<Rc<str>>()));
        self.storages.push(storage);
        List { storage: Some(self.storages.len().saturating_sub(1)), len }
    }

    /// Merges what begins at `middle` into what begins at `first`, both in order, and drops repeated items: in place, as
    /// `sortAndRemoveDups` does.
    pub(super) fn merge(&mut self, list: List, first: usize, middle: usize) -> List {
        let items = list.storage.and_then(|at| self.storages.get_mut(at)?.get_mut(..list.len));
        let Some(items) = items.filter(|_| first < middle && middle < list.len) else { return list };
        let mut len = list.len;
        let mut at = first;
        while at < middle {
            match items.get(at).cmp(&items.get(middle)) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Greater => {
                    items.swap(at, middle);
                    // Up to where it belongs.
                    let mut place = middle;
                    while place.saturating_add(1) < len
                        && items.get(place.saturating_add(1)) < items.get(place)
                    {
                        items.swap(place, place.saturating_add(1));
                        place = place.saturating_add(1);
                    }
                }
                std::cmp::Ordering::Equal => {
                    if let Some(tail) = items.get_mut(middle..len) {
                        tail.rotate_left(1);
                    }
                    len = len.saturating_sub(1);
                    if middle == len {
                        break;
                    }
                }
            }
            at = at.saturating_add(1);
        }
        List { len, ..list }
    }
}
