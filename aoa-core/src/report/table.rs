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
    let aligns: Vec<Align> = headings.iter().map(|(_, align)| *align).collect();
    lay_out(all, &aligns)
}

/// Lays `rows` of three columns out, without headings.
pub(super) fn columns(rows: Vec<Vec<Text>>) -> Text {
    lay_out(rows, &[Align::Left; 3])
}

fn lay_out(all: Vec<Vec<Text>>, aligns: &[Align]) -> Text {
    let widths: Vec<usize> = (0..aligns.len())
        .map(|column| all.iter().filter_map(|row| row.get(column)).map(Text::width).max().unwrap_or_default())
        .collect();
    let mut out = Text::default();
    for row in all {
        let last = row.iter().rposition(|cell| cell.width() > 0).unwrap_or_default();
        for (at, (cell, align)) in row.into_iter().zip(aligns).enumerate().take(last + 1) {
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
