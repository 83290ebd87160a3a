//! Whether two patterns have a text in common: `.`, classes, `*` and `+` behind a character.

/// A character of a pattern, and how often it may come.
pub(super) struct Piece {
    is_any: bool,
    chars: Vec<(char, char)>,
    /// Whether it may be left out, and whether it may come again.
    may_skip: bool,
    may_repeat: bool,
}

pub(super) fn read(pattern: &str) -> Option<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let mut piece = Piece { is_any: false, chars: Vec::new(), may_skip: false, may_repeat: false };
        match c {
            '.' => piece.is_any = true,
            '[' => loop {
                let mut from = chars.next()?;
                if from == ']' {
                    break;
                }
                if from == '\\' {
                    from = chars.next()?;
                }
                let mut to = from;
                if chars.peek() == Some(&'-') {
                    chars.next();
                    to = chars.next()?;
                    if to == ']' || to < from {
                        return None;
                    }
                }
                piece.chars.push((from, to));
            },
            '*' | '+' | ']' => return None,
            '\\' => {
                let c = chars.next()?;
                piece.chars.push((c, c));
            }
            c => piece.chars.push((c, c)),
        }
        match chars.peek() {
            Some('*') => {
                chars.next();
                (piece.may_skip, piece.may_repeat) = (true, true);
            }
            Some('+') => {
                chars.next();
                piece.may_repeat = true;
            }
            _ => {}
        }
        pieces.push(piece);
    }
    Some(pieces)
}

impl Piece {
    fn meets(&self, other: &Piece) -> bool {
        let of = |piece: &Piece| piece.is_any || !piece.chars.is_empty();
        if self.is_any || other.is_any {
            return of(self) && of(other);
        }
        self.chars.iter().any(|(a, b)| other.chars.iter().any(|(c, d)| a <= d && c <= b))
    }
}

/// Walks both patterns at once.
pub(super) fn meet(a: &[Piece], b: &[Piece]) -> bool {
    let width = b.len() + 1;
    let mut seen = vec![false; (a.len() + 1) * width];
    let mut open = vec![(0, 0)];
    while let Some((i, j)) = open.pop() {
        match seen.get_mut(i * width + j) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let (x, y) = (a.get(i), b.get(j));
        if x.is_none() && y.is_none() {
            return true;
        }
        if x.is_some_and(|piece| piece.may_skip) {
            open.push((i + 1, j));
        }
        if y.is_some_and(|piece| piece.may_skip) {
            open.push((i, j + 1));
        }
        if let (Some(x), Some(y)) = (x, y)
            && x.meets(y)
        {
            open.push((i + 1, j + 1));
            if x.may_repeat {
                open.push((i, j + 1));
            }
            if y.may_repeat {
                open.push((i + 1, j));
            }
        }
    }
    false
}
