//! A stack that can be turned back: what was on it at a fork stays as it was, whatever is pushed and popped behind.

/// See the [module](self). Nodes know the one below; those that a fork may still need are not written over.
#[derive(Debug)]
pub(super) struct Stack<T> {
    nodes: Vec<(T, usize)>,
    /// The top, counted from 1; 0 where there is none.
    top: usize,
    /// The highest node that a fork needs, counted alike.
    kept: usize,
}

/// How a stack was at a fork.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saved {
    top: usize,
    kept: usize,
}

impl<T> Default for Stack<T> {
    fn default() -> Self {
        Stack { nodes: Vec::new(), top: 0, kept: 0 }
    }
}

impl<T> Stack<T> {
    pub(super) fn push(&mut self, item: T) {
        let below = self.top;
        let at = self.top.max(self.kept);
        match self.nodes.get_mut(at) {
            Some(node) => *node = (item, below),
            None => self.nodes.push((item, below)),
        }
        self.top = at + 1;
    }

    /// Goes below the top, which is left for whoever may turn back to it.
    pub(super) fn drop_top(&mut self) {
        self.top = self.node().map_or(0, |(_, below)| *below);
    }

    pub(super) fn peek(&self) -> Option<&T> {
        self.node().map(|(item, _)| item)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.top == 0
    }

    pub(super) fn top(&self) -> usize {
        self.top
    }

    /// The node at a place that [`Stack::top`] gave.
    pub(super) fn at(&self, place: usize) -> Option<&T> {
        self.nodes.get(place.checked_sub(1)?).map(|(item, _)| item)
    }

    /// Makes a node the top that is below it.
    pub(super) fn return_to(&mut self, place: usize) {
        self.top = place;
    }

    /// Whether no fork needs the top.
    pub(super) fn is_free(&self) -> bool {
        self.top > self.kept
    }

    pub(super) fn save(&mut self) -> Saved {
        let saved = Saved { top: self.top, kept: self.kept };
        self.kept = self.kept.max(self.top);
        saved
    }

    pub(super) fn restore(&mut self, saved: Saved) {
        self.top = saved.top;
        self.kept = saved.kept;
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn node(&self) -> Option<&(T, usize)> {
        self.nodes.get(self.top.checked_sub(1)?)
    }
}

impl<T: Clone + Default> Stack<T> {
    /// Takes the top off; it is moved out if no fork needs it.
    pub(super) fn pop(&mut self) -> Option<T> {
        let free = self.is_free();
        let (item, below) = self.nodes.get_mut(self.top.checked_sub(1)?)?;
        self.top = *below;
        Some(if free { std::mem::take(item) } else { item.clone() })
    }
}
