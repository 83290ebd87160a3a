//! Replacing aliases by what they stand for, as kyaml's `DeAnchor` does.

use std::collections::HashMap;

use super::{Node, NodeKind};
use crate::value::Text;
use crate::{Error, Limits, Result};

impl Node {
    /// Replaces every alias by its anchored node, carries out merge keys (`<<`), and removes the anchors, as kyaml
    /// 0.21.1 `DeAnchor` does.
    ///
    /// Merged entries go behind the map's own, which win. A merge key is only carried out where it stands: one that a
    /// merged map brings along stays, until a further alias to the same node. Expanded nodes are shared, so that the result takes little more memory than the
    /// text did.
    ///
    /// # Errors
    /// If a merge key has something else than maps, or a map has two; if an anchored node contains an alias to
    /// itself, which the real tool does not survive; if the aliases expand to more than [`Limits::alias_values`].
    pub fn resolve_aliases(&mut self, limits: &Limits) -> Result<()> {
        if has_something_to_resolve(self) {
            let mut resolver = Resolver::new(self, limits);
            *self = resolver.resolve(self.clone())?;
        }
        Ok(())
    }
}

/// Finds out which anchored node each alias stands for: the last one of its name in front of it. Returns the anchored nodes.
pub(super) fn find_anchored(root: &mut Node) -> Vec<Node> {
    if !has_alias(root) {
        return Vec::new();
    }
    let mut names: HashMap<Text, usize> = HashMap::new();
    let mut count = 0;
    let mut pending = vec![&mut *root];
    while let Some(node) = pending.pop() {
        if node.kind == NodeKind::Alias {
            let target = names.get(&node.text).copied();
            node.extras.get_or_insert_default().target = target;
        } else if !node.anchor().is_empty() {
            names.insert(node.anchor().clone(), count);
            count += 1;
        }
        if !node.content.as_slice().is_empty() {
            pending.extend(node.content.to_mut().iter_mut().rev());
        }
    }
    // The same walk again, now that the aliases inside the anchored nodes know their targets.
    let mut anchored = Vec::with_capacity(count);
    let mut pending = vec![&*root];
    while let Some(node) = pending.pop() {
        if node.kind != NodeKind::Alias && !node.anchor().is_empty() {
            anchored.push(node.clone());
        }
        pending.extend(node.content.as_slice().iter().rev());
    }
    anchored
}

/// Whether resolving changes anything: there are anchors and aliases, merge keys, or null keys, which are written anew.
fn has_something_to_resolve(root: &Node) -> bool {
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        let is_plain = node.kind != NodeKind::Alias && node.anchor().is_empty();
        if !is_plain
            || node.entries().any(|(key, _)| key.text == "<<" || key.is_null() || key.tag == "!!merge")
        {
            return true;
        }
        pending.extend(node.content.as_slice().iter().filter(|child| {
            !child.content.as_slice().is_empty() || child.kind == NodeKind::Alias || child.extras.is_some()
        }));
    }
    false
}

fn has_alias(root: &Node) -> bool {
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        if node.kind == NodeKind::Alias {
            return true;
        }
        pending.extend(node.content.as_slice());
    }
    false
}

/// Resolves the aliases in parts of one document.
pub(super) struct Resolver {
    /// The anchored nodes: as they are written, and resolved once an alias stood for them.
    anchored: Vec<Node>,
    progress: Vec<Progress>,
    /// How many nodes aliases may still expand to.
    budget: usize,
}

/// How far an anchored node was resolved on behalf of aliases.
#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Waiting,
    Running,
    Done {
        /// The number of nodes in it.
        size: usize,
        /// Whether merge keys are left that came with a merged map: kyaml carries them out at the next alias.
        has_merges: bool,
    },
}

/// A node whose children are being resolved.
struct Level {
    node: Node,
    children: std::vec::IntoIter<Node>,
    resolved: Vec<Node>,
    /// The number of nodes so far.
    size: usize,
    has_merges: bool,
    /// The anchored node that this is, if it stands for an alias.
    target: Option<usize>,
}

impl Resolver {
    /// Looks for the anchors of a document, and tells its aliases what they stand for.
    pub(super) fn new(document: &mut Node, limits: &Limits) -> Self {
        let anchored = find_anchored(document);
        let progress = vec![Progress::Waiting; anchored.len()];
        Resolver { anchored, progress, budget: limits.alias_values }
    }

    /// A node of the document without aliases and anchors.
    pub(super) fn resolve(&mut self, root: Node) -> Result<Node> {
        let mut stack = vec![self.open(root, None)?];
        loop {
            let Some(level) = stack.last_mut() else {
                return Err(Error::new(crate::ErrorKind::Internal, "no node is being resolved"));
            };
            if let Some(child) = level.children.next() {
                match self.expand(child)? {
                    Expanded::Complete(child, size) => {
                        level.size += size;
                        level.resolved.push(child);
                    }
                    Expanded::Open(child, target) => stack.push(self.open(child, target)?),
                }
                continue;
            }
            let Some(level) = stack.pop() else { continue };
            let (node, size, has_merges) = self.close(level);
            match stack.last_mut() {
                Some(parent) => {
                    parent.size += size;
                    parent.has_merges |= has_merges;
                    parent.resolved.push(node);
                }
                None => return Ok(node),
            }
        }
    }

    /// What stands in place of a child.
    fn expand(&mut self, child: Node) -> Result<Expanded> {
        if child.kind != NodeKind::Alias {
            return Ok(Expanded::Open(child, None));
        }
        let name = child.text.to_str_lossy();
        let target = child.extras.as_ref().and_then(|extras| extras.target);
        let found = target.and_then(|at| Some((at, self.anchored.get(at)?, self.progress.get_mut(at)?)));
        let Some((at, node, progress)) = found else {
            return Err(Error::invalid(format!("yaml: unknown anchor '{name}' referenced")));
        };
        let (node, before) = (node.clone(), *progress);
        let size = match before {
            Progress::Running => {
                return Err(Error::invalid(format!("yaml: anchor '{name}' value contains itself")));
            }
            Progress::Waiting => 1,
            Progress::Done { size, .. } => size,
        };
        if let Progress::Done { has_merges: false, .. } = before {
            self.spend(size)?;
            return Ok(Expanded::Complete(node, size));
        }
        *progress = Progress::Running;
        self.spend(size)?;
        Ok(Expanded::Open(node, Some(at)))
    }

    fn close(&mut self, level: Level) -> (Node, usize, bool) {
        let Level { mut node, resolved, size, has_merges, target, .. } = level;
        node.content = resolved.into();
        let has_merges = has_merges || node.entries().any(|(key, _)| key.tag == "!!merge");
        if let Some(at) = target
            && let (Some(anchored), Some(progress)) = (self.anchored.get_mut(at), self.progress.get_mut(at))
        {
            *anchored = node.clone();
            *progress = Progress::Done { size, has_merges };
        }
        (node, size, has_merges)
    }

    fn spend(&mut self, nodes: usize) -> Result<()> {
        let left = self.budget.checked_sub(nodes);
        self.budget = left.ok_or_else(|| Error::limit("the aliases expand to too many values"))?;
        Ok(())
    }

    fn open(&mut self, mut node: Node, target: Option<usize>) -> Result<Level> {
        node.set_anchor(Text::EMPTY);
        if node.kind == NodeKind::Map {
            self.merge(&mut node)?;
        }
        let children = std::mem::take(&mut node.content).into_vec();
        let resolved = Vec::with_capacity(children.len());
        Ok(Level { node, children: children.into_iter(), resolved, size: 1, has_merges: false, target })
    }

    /// `removeMergeTags` and `mergeAll` of rnode.go.
    fn merge(&mut self, map: &mut Node) -> Result<()> {
        let mut merge_keys = map.entries().filter(|(key, _)| key.tag == "!!merge");
        let merged = merge_keys.next().map(|(_, value)| value.clone());
        if merge_keys.next().is_some() {
            return Err(Error::invalid("duplicate merge key"));
        }
        drop(merge_keys);
        let sources = match merged {
            Some(value) => self.merge_sources(value)?,
            None => Vec::new(),
        };
        // kyaml clears the entry by its text, so that a quoted "<<" goes as well.
        map.remove_field("<<");
        let has_null_key = map.entries().any(|(key, _)| key.is_null());
        if sources.is_empty() && !has_null_key {
            return Ok(());
        }
        let own = map.clone();
        let mut positions = Positions::new(map);
        for source in sources.iter().chain([&own]) {
            self.spend(source.content.as_slice().len() / 2)?;
            let fields = Positions::new(source);
            for (key, _) in source.entries() {
                // Of equal keys the first counts, as often as there are some.
                if let Some((key, value)) = fields.entry(source, &key.text) {
                    positions.set(map, key, value);
                }
            }
        }
        Ok(())
    }

    /// The maps that a merge key stands for, the strongest last.
    fn merge_sources(&self, value: Node) -> Result<Vec<Node>> {
        match value.kind {
            NodeKind::List => {
                let mut sources = Vec::new();
                for item in value.items() {
                    if item.kind == NodeKind::List {
                        return Err(Error::invalid("invalid map merge: received a nested sequence"));
                    }
                    sources.push(self.merge_source(item)?);
                }
                sources.reverse();
                Ok(sources)
            }
            _ => Ok(vec![self.merge_source(&value)?]),
        }
    }

    fn merge_source(&self, value: &Node) -> Result<Node> {
        match value.kind {
            NodeKind::Map => Ok(value.clone()),
            NodeKind::Alias => {
                let target = value.extras.as_ref().and_then(|extras| self.anchored.get(extras.target?));
                target
                    .filter(|node| node.kind == NodeKind::Map)
                    .cloned()
                    .ok_or_else(|| Error::invalid("invalid map merge: received alias for a non-map value"))
            }
            _ => Err(Error::invalid("map merge requires map or sequence of maps as the value")),
        }
    }
}

enum Expanded {
    Complete(Node, usize),
    Open(Node, Option<usize>),
}

/// Where the first entry of each key stands.
struct Positions(HashMap<Text, usize>);

impl Positions {
    fn new(map: &Node) -> Self {
        let mut positions = HashMap::new();
        for (at, (key, _)) in map.entries().enumerate() {
            positions.entry(key.text.clone()).or_insert(at);
        }
        Positions(positions)
    }

    fn entry<'n>(&self, map: &'n Node, key: &Text) -> Option<(&'n Node, &'n Node)> {
        let at = self.0.get(key)? * 2;
        match map.content.as_slice().get(at..at + 2)? {
            [key, value] => Some((key, value)),
            _ => None,
        }
    }

    /// `MapEntrySetter` of fns.go, which takes a null key for the empty text.
    fn set(&mut self, map: &mut Node, key: &Node, value: &Node) {
        let name = if key.is_null() { Text::EMPTY } else { key.text.clone() };
        let content = map.content.to_mut();
        let entry = self.0.get(&name).and_then(|at| content.get_mut(at * 2..at * 2 + 2));
        if let Some([old_key, old_value]) = entry {
            let is_renamed = old_key.text != key.text;
            (*old_key, *old_value) = (key.clone(), value.clone());
            if is_renamed {
                *self = Positions::new(map);
            }
            return;
        }
        self.0.entry(key.text.clone()).or_insert(content.len() / 2);
        content.extend([key.clone(), value.clone()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn resolved(text: &str) -> Result<String> {
        let mut node = Node::parse(text)?.unwrap();
        node.resolve_aliases(&Limits::default())?;
        node.to_text()
    }

    #[test]
    fn aliases_stand_for_the_last_anchor_of_their_name() {
        let text = "a: &x 1\nb: *x\nc: &x {d: &y [*x]}\ne: *y\n";
        // The inner alias is one to the map that it stands in.
        assert_eq!(resolved(text).unwrap_err().message(), "yaml: anchor 'x' value contains itself");
        assert_eq!(resolved("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").unwrap(), "a: 1\nb: 1\nc: 2\nd: 2\n");
    }

    #[test]
    fn merge_keys_add_entries_behind_the_maps_own() {
        let text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  z: 5\n  <<: [*a, *b]\n  w: 6\n";
        let want = "a: {x: 1, y: 2}\nb: {y: 3, z: 4}\nc:\n  z: 5\n  w: 6\n  y: 2\n  x: 1\n";
        assert_eq!(resolved(text).unwrap(), want);
        let error = resolved("a: &a [1]\nb:\n  <<: *a\n").unwrap_err();
        assert_eq!(error.message(), "invalid map merge: received alias for a non-map value");
        assert_eq!(resolved("a:\n  <<: {}\n  <<: {}\n").unwrap_err().message(), "duplicate merge key");
    }

    #[test]
    fn many_aliases_end_in_a_limit() {
        let mut text = "a0: &a0 [x]\n".to_owned();
        for i in 1..40 {
            text.push_str(&format!("a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1));
        }
        assert_eq!(resolved(&text).unwrap_err().kind(), ErrorKind::Limit);
    }

    #[test]
    fn deep_nodes_need_no_stack() {
        let run = || {
            let flow = format!("{}1{}", "[".repeat(9_000), "]".repeat(9_000));
            let text = format!("a: &a {flow}\nb: *a\n");
            let mut node = Node::parse(&text).unwrap().unwrap();
            let copy = node.clone();
            node.resolve_aliases(&Limits::default()).unwrap();
            assert_eq!(copy.to_text().unwrap(), text);
            assert_eq!(node.to_text().unwrap(), format!("a: {flow}\nb: {flow}\n"));
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    }
}
