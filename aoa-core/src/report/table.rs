//! Columns as wide as their longest cell; the last column is never padded.

use super::style::{Role, Text};

/// Which side of a column its cells stand on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Lays `rows` out under `headings`.
pub(super) fn table(headings: &[(&str, Align)], rows: Vec<Vec<Text>>) -> Text {
    let heading = |(text, _): &(&str, Align)| {
        let mut cell = Text::default();
        cell.push(Role::Heading, text);
        cell
    };
    let mut all = vec![headings.iter().map(heading).collect::<Vec<_>>()];
    all.extend(rows);
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| all.iter().filter_map(|row| row.get(column)).map(Text::width).max().unwrap_or_default())
        .collect();
    let mut out = Text::default();
    for row in all {
        let last = row.iter().rposition(|cell| cell.width() > 0).unwrap_or_default();
        for (at, (cell, (_, align))) in row.into_iter().zip(headings).enumerate().take(last + 1) {
            let width = widths.get(at).copied().unwrap_or_default();
            let gap = " ".repeat(width.saturating_sub(cell.width()));
            if at > 0 {
                out.push(Role::Plain, "  ");
            }
            match align {
                Align::Right => out.push(Role::Plain, &gap).append(cell),
                Align::Left if at == last => out.append(cell),
                Align::Left => out.append(cell).push(Role::Plain, &gap),
            };
        }
        out.end_line();
    }
    out
}
