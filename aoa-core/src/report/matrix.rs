//! Versions side by side, for people.

use std::collections::{BTreeMap, BTreeSet};

use super::style::{Role, Text};
use super::table::{Align, table};
use crate::matrix::{By, Cell, Matrix, Row};

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatrixOptions {
    /// The version that was asked for; `None` asks how they differ.
    pub version: Option<String>,
}

impl MatrixOptions {
    /// Who runs this version?
    #[must_use]
    pub fn with_version(mut self, version: Option<String>) -> Self {
        self.version = version;
        self
    }
}

/// Columns that fit beside each other; of more, clusters are named behind their versions.
const COLUMNS: usize = 6;
/// Names that are shown behind a version.
const NAMES: usize = 4;

/// The text of a matrix.
#[must_use]
pub fn matrix_text(matrix: &Matrix<'_>, options: &MatrixOptions) -> Text {
    let mut out = verdict(matrix, options);
    if !matrix.rows.is_empty() {
        let wide = matrix.columns.len() <= COLUMNS;
        out.append(if wide { side_by_side(matrix) } else { by_version(matrix) });
    }
    let next = match options.version {
        Some(_) => "next: aoa matrix shows all versions side by side",
        None if matrix.rows.iter().any(|row| row.is_skewed) => {
            "next: aoa matrix --skewed leaves out what is the same everywhere · aoa matrix --version VERSION names who runs it"
        }
        None => "next: aoa matrix --version VERSION names who runs it",
    };
    out.push(Role::Help, next).end_line();
    out
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn columns_word(by: &By) -> &str {
    match by {
        By::Cluster => "cluster",
        By::Label(label) => label,
    }
}

fn verdict(matrix: &Matrix<'_>, options: &MatrixOptions) -> Text {
    let mut out = Text::default();
    let apps: usize = matrix.rows.iter().map(|row| row.cells.len()).sum();
    // Nobody knows where those without a name are.
    let named = matrix.columns.iter().filter(|name| !name.is_empty()).count();
    if let (By::Label(label), 0, 1..) = (&matrix.by, named, apps) {
        let words = format!("no cluster has a label `{label}`, and no Application");
        out.push(Role::Warning, words).end_line();
        return out;
    }
    let columns = plural(named, columns_word(&matrix.by));
    if let Some(version) = &options.version {
        if apps == 0 {
            out.push(Role::Good, format!("nobody runs {version}")).end_line();
        } else {
            let runs = if apps == 1 { "1 app runs".to_owned() } else { format!("{apps} apps run") };
            out.push(Role::Name, format!("{runs} {version} on {columns}")).end_line();
        }
        return out;
    }
    let skewed = matrix.rows.iter().filter(|row| row.is_skewed).count();
    let several = matrix.rows.iter().filter(|row| row.cells.len() > 1).count();
    if skewed == 0 {
        let words =
            format!("no skew: {} on {columns}, each in one version", plural(matrix.rows.len(), "app"));
        out.push(Role::Good, words).end_line();
    } else {
        let words = format!(
            "SKEW: {skewed} of {several} apps that run more than once differ between their {columns}"
        );
        out.push(Role::Warning, words).end_line();
    }
    out
}

fn cell(role: Role, text: impl AsRef<str>) -> Text {
    let mut cell = Text::default();
    cell.push(role, text);
    cell
}

/// How an Application's version is said: what counts, or that nothing does.
fn said<'c>(cell: &'c Cell<'_>) -> &'c str {
    match cell.version.shown.as_str() {
        "" if cell.version.is_partial => "?",
        "" => "·",
        version => version,
    }
}

fn side_by_side(matrix: &Matrix<'_>) -> Text {
    let mut headings = vec![("APP", Align::Left)];
    let shown = |column: &String| if column.is_empty() { "-".to_owned() } else { column.clone() };
    let names: Vec<String> = matrix.columns.iter().map(shown).collect();
    headings.extend(names.iter().map(|column| (column.as_str(), Align::Left)));
    headings.push(("", Align::Left));
    let rows = matrix.rows.iter().map(|row| {
        let mut cells = vec![cell(Role::Name, &row.name)];
        for column in &matrix.columns {
            let here: BTreeSet<&str> = row.cells.iter().filter(|c| c.column == *column).map(said).collect();
            let text = here.into_iter().collect::<Vec<_>>().join(", ");
            let role = if is_odd(row, &text) { Role::Warning } else { Role::Plain };
            cells.push(cell(role, text));
        }
        cells.push(cell(Role::Warning, if row.is_skewed { "skew" } else { "" }));
        cells
    });
    table(&headings, rows.collect())
}

/// Whether a version is not that of most.
fn is_odd(row: &Row<'_>, version: &str) -> bool {
    row.is_skewed && !version.is_empty() && most(row) != Some(version)
}

/// The version that most of a row run.
fn most<'r>(row: &'r Row<'_>) -> Option<&'r str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in &row.cells {
        *counts.entry(said(cell)).or_default() += 1;
    }
    let most = counts.values().max().copied()?;
    let mut first = counts.iter().filter(|(_, count)| **count == most).map(|(version, _)| *version);
    // Where none leads, none is odd.
    let version = first.next()?;
    first.next().is_none().then_some(version)
}

fn by_version(matrix: &Matrix<'_>) -> Text {
    let rows = matrix.rows.iter().map(|row| {
        let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for cell in &row.cells {
            let column = if cell.column.is_empty() { "-" } else { cell.column.as_str() };
            versions.entry(said(cell)).or_default().insert(column);
        }
        let mut versions: Vec<(&str, BTreeSet<&str>)> = versions.into_iter().collect();
        versions.sort_by_key(|(version, columns)| (std::cmp::Reverse(columns.len()), *version));
        let text: Vec<String> = versions
            .iter()
            .map(|(version, columns)| {
                let names: Vec<&str> = columns.iter().copied().take(NAMES).collect();
                if columns.len() > NAMES {
                    format!("{version} ({})", columns.len())
                } else {
                    format!("{version} ({})", names.join(" "))
                }
            })
            .collect();
        let role = if row.is_skewed { Role::Warning } else { Role::Plain };
        vec![
            cell(Role::Name, &row.name),
            cell(role, text.join("  ")),
            cell(Role::Warning, if row.is_skewed { "skew" } else { "" }),
        ]
    });
    table(&[("APP", Align::Left), ("VERSIONS", Align::Left), ("", Align::Left)], rows.collect())
}
