//! From the tree of a glob to matchers: `compiler/compiler.go` of gobwas/glob.
//!
//! Which shortcut is taken decides some answers, so the choices are made in the library's order; only the search for the
//! longest run is done in linear time.

use std::sync::Arc;

use super::matcher::{Matcher, Split};
use super::parse::Node;
use crate::{Error, Result};

type Separators = Arc<[char]>;

/// Compiles a node. The parser bounds the depth of `node`.
pub(super) fn compile(node: &Node, separators: &Separators) -> Result<Matcher> {
    let matcher = match node {
        Node::AnyOf(alternatives) => {
            if let Some(factored) = factor(alternatives) {
                return compile(&factored, separators);
            }
            return Ok(simplify(Matcher::AnyOf(compile_all(alternatives, separators)?)));
        }
        Node::Pattern(parts) if parts.is_empty() => return Ok(Matcher::Nothing),
        Node::Pattern(parts) => combine(minimize(compile_all(parts, separators)?))?,
        Node::Any => Matcher::Any(separators.clone()),
        Node::Super => Matcher::Super,
        Node::Single => Matcher::Single(separators.clone()),
        Node::Nothing => Matcher::Nothing,
        Node::List { chars, not } => Matcher::List { chars: chars.chars().collect(), not: *not },
        Node::Range { lo, hi, not } => Matcher::Range { lo: *lo, hi: *hi, not: *not },
        Node::Text(text) => Matcher::text(text),
    };
    Ok(simplify(matcher))
}

fn compile_all(nodes: &[Node], separators: &Separators) -> Result<Vec<Matcher>> {
    nodes.iter().map(|node| compile(node, separators)).collect()
}

/// Takes out what all alternatives begin or end with; `None` if there is nothing.
fn factor(alternatives: &[Node]) -> Option<Node> {
    let parts: Vec<&[Node]> = alternatives
        .iter()
        .map(|node| match node {
            Node::Pattern(parts) => parts.as_slice(),
            _ => &[],
        })
        .collect();
    let (left, right) = common_ends(&parts);
    if left == 0 && right == 0 {
        return None;
    }
    let shortest = parts.iter().min_by_key(|parts| parts.len()).copied().unwrap_or_default();
    let mut rests: Vec<Node> = Vec::new();
    for part in &parts {
        let rest = part.get(left..part.len().saturating_sub(right)).unwrap_or_default();
        let rest = if rest.is_empty() { Node::Nothing } else { Node::Pattern(rest.to_vec()) };
        if !rests.contains(&rest) {
            rests.push(rest);
        }
    }
    let mut result = Vec::new();
    if left > 0 {
        result.push(Node::Pattern(shortest.get(..left).unwrap_or_default().to_vec()));
    }
    match rests.as_slice() {
        [Node::Nothing] => {}
        [_] => result.append(&mut rests),
        _ => result.push(Node::AnyOf(rests)),
    }
    if right > 0 {
        let start = shortest.len().saturating_sub(right);
        result.push(Node::Pattern(shortest.get(start..).unwrap_or_default().to_vec()));
    }
    Some(Node::Pattern(result))
}

/// How many parts all alternatives share at the left and at the right.
fn common_ends(alternatives: &[&[Node]]) -> (usize, usize) {
    if alternatives.len() <= 1 {
        return (0, 0);
    }
    // The first of the shortest.
    let Some((shortest_index, shortest)) = alternatives.iter().enumerate().min_by_key(|(_, p)| p.len())
    else {
        return (0, 0);
    };
    let length = shortest.len();
    let (mut left, mut right) = (0usize, 0usize);
    let (mut left_ended, mut right_ended) = (false, false);
    for i in 0..length {
        if left.saturating_add(right) >= length || (left_ended && right_ended) {
            break;
        }
        let j = length.saturating_sub(i).saturating_sub(1);
        for (index, other) in alternatives.iter().enumerate() {
            if left_ended && right_ended {
                break;
            }
            if index == shortest_index {
                continue;
            }
            left_ended = left_ended || shortest.get(i) != other.get(i);
            // The right side ends where the left has reached it.
            right_ended = right_ended || (!left_ended && j <= i);
            let from_end = j.saturating_add(other.len()).saturating_sub(length);
            right_ended = right_ended || shortest.get(j) != other.get(from_end);
        }
        left = left.saturating_add(usize::from(!left_ended));
        right = right.saturating_add(usize::from(!right_ended));
    }
    (left, right)
}

/// Puts the longest run that one shortcut can stand for into its place, until there is none.
fn minimize(mut matchers: Vec<Matcher>) -> Vec<Matcher> {
    while let Some((start, end, glued)) = longest_glued(&matchers) {
        matchers.splice(start..end, [glued]);
    }
    matchers
}

fn longest_glued(matchers: &[Matcher]) -> Option<(usize, usize, Matcher)> {
    let ends = run_ends(matchers);
    let mut done: Option<(usize, usize, Matcher)> = None;
    for (start, end) in ends.iter().copied().enumerate() {
        let count = end.saturating_sub(start);
        let better = match &done {
            None => count > 1,
            Some((done_start, done_end, done)) => {
                let longer = count > done_end.saturating_sub(*done_start);
                // Only rows have a length, and a row within a row is shorter.
                longer || (count > 1 && row_runes(matchers, start, end) > done.runes().or(Some(usize::MAX)))
            }
        };
        if better && let Some(glued) = matchers.get(start..end).and_then(glue) {
            done = Some((start, end, glued));
        }
    }
    done
}

/// The runes of the row from `start` to `end`; `None` if another shortcut would take it.
fn row_runes(matchers: &[Matcher], start: usize, end: usize) -> Option<usize> {
    matchers.get(start..end).and_then(glue).and_then(|glued| glued.runes())
}

/// For each matcher, the end of the longest run from there that one shortcut can stand for.
fn run_ends(matchers: &[Matcher]) -> Vec<usize> {
    let mut ends = vec![0; matchers.len()];
    let (mut row_end, mut every_end) = (matchers.len(), matchers.len());
    for (index, matcher) in matchers.iter().enumerate().rev() {
        let next = index.saturating_add(1);
        let separators = matchers.get(next).and_then(separators_of);
        if separators_of(matcher).is_none() {
            every_end = index;
        } else if separators.is_none() || separators != separators_of(matcher) {
            every_end = next;
        }
        if matcher.runes().is_none() {
            row_end = index;
        }
        if let Some(end) = ends.get_mut(index) {
            *end = row_end.max(every_end).max(next);
        }
    }
    ends
}

/// What a matcher of single runes or of any text does not match; `None` for the other matchers.
fn separators_of(matcher: &Matcher) -> Option<&[char]> {
    match matcher {
        Matcher::Super => Some(&[]),
        Matcher::Any(separators) | Matcher::Single(separators) => Some(separators),
        Matcher::List { chars, not: true } => Some(chars),
        _ => None,
    }
}

fn glue(matchers: &[Matcher]) -> Option<Matcher> {
    if matchers.len() <= 1 {
        return None;
    }
    glue_every(matchers).or_else(|| glue_row(matchers))
}

fn glue_row(matchers: &[Matcher]) -> Option<Matcher> {
    let runes = matchers
        .iter()
        .try_fold(0usize, |sum, matcher| matcher.runes().map(|runes| sum.saturating_add(runes)))?;
    Some(Matcher::Row { matchers: matchers.to_vec(), runes })
}

fn glue_every(matchers: &[Matcher]) -> Option<Matcher> {
    let separators = separators_of(matchers.first()?)?;
    let (mut any, mut any_text, mut min) = (false, false, 0usize);
    for matcher in matchers {
        if separators_of(matcher)? != separators {
            return None;
        }
        match matcher {
            Matcher::Super => any_text = true,
            Matcher::Any(_) => any = true,
            _ => min = min.saturating_add(1),
        }
    }
    match (any, any_text, min) {
        (false, true, 0) => return Some(Matcher::Super),
        (true, false, 0) => return Some(Matcher::Any(separators.into())),
        _ => {}
    }
    if (any || any_text) && min > 0 && separators.is_empty() {
        return Some(Matcher::Min(min));
    }
    let mut every = Vec::new();
    if min > 0 {
        every.push(Matcher::Min(min));
        if !any && !any_text {
            every.push(Matcher::Max(min));
        }
    }
    if !separators.is_empty() {
        // All separators in a row are looked for, not each of them.
        let needle: String = separators.iter().collect();
        every.push(Matcher::Contains { needle: needle.into_bytes().into(), not: true });
    }
    Some(Matcher::EveryOf(every))
}

/// One matcher for all of `matchers`, one behind the other.
fn combine(mut matchers: Vec<Matcher>) -> Result<Matcher> {
    if let Some(glued) = glue(&matchers) {
        return Ok(glued);
    }
    if matchers.len() <= 1 {
        return matchers.pop().ok_or_else(|| Error::syntax("compile error: need at least one matcher"));
    }
    // The last of the longest ones splits the rest.
    let longest =
        matchers.iter().enumerate().filter_map(|(i, m)| Some((i, m.runes()?))).max_by_key(|(_, r)| *r);
    let at = longest.map_or(0, |(index, _)| index);
    let right = matchers.split_off(at.saturating_add(1));
    let Some(value) = matchers.pop() else { return Ok(Matcher::Nothing) };
    let side = |side: Vec<Matcher>| if side.is_empty() { Ok(None) } else { combine(side).map(Some) };
    Ok(Matcher::Split(Arc::new(Split::new(value, side(matchers)?, side(right)?))))
}

/// A simpler matcher in the place of one that allows it.
fn simplify(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::Any(separators) if separators.is_empty() => Matcher::Super,
        Matcher::AnyOf(mut matchers) if matchers.len() == 1 => matchers.pop().unwrap_or(Matcher::Nothing),
        Matcher::List { chars, not: false } if chars.len() == 1 => {
            Matcher::text(&chars.iter().collect::<String>())
        }
        Matcher::Split(split) => simplify_split(&split),
        other => other,
    }
}

fn simplify_split(split: &Split) -> Matcher {
    let left = split.left.clone().map(simplify);
    let right = split.right.clone().map(simplify);
    let Matcher::Text { text, .. } = &split.value else { return rebuilt(split, left, right) };
    let text = text.clone();
    match (left, right) {
        (None, None) => split.value.clone(),
        (Some(Matcher::Super), Some(Matcher::Super)) => Matcher::Contains { needle: text, not: false },
        (Some(Matcher::Super), None) => Matcher::Suffix(text),
        (None, Some(Matcher::Super)) => Matcher::Prefix(text),
        (None, Some(Matcher::Suffix(suffix))) => Matcher::PrefixSuffix(text, suffix),
        (Some(Matcher::Prefix(prefix)), None) => Matcher::PrefixSuffix(prefix, text),
        (Some(Matcher::Any(separators)), None) => Matcher::SuffixAny(text, separators),
        (None, Some(Matcher::Any(separators))) => Matcher::PrefixAny(text, separators),
        (left, right) => rebuilt(split, left, right),
    }
}

/// The same split with simpler sides; their lengths stay what they were.
fn rebuilt(split: &Split, left: Option<Matcher>, right: Option<Matcher>) -> Matcher {
    Matcher::Split(Arc::new(Split {
        value: split.value.clone(),
        left,
        right,
        left_runes: split.left_runes,
        right_runes: split.right_runes,
        runes: split.runes,
    }))
}
