//! The shape of a matrix of versions.

use std::io::{self, Write};

use aoa_lang::Result;

use super::object::{write_list, write_object, write_text};
use super::parts::write_object_ref;
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use crate::matrix::{By, Cell, Matrix, Row};

/// Writes `matrix` as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_matrix(matrix: &Matrix<'_>, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let mut text = String::new();
    write_all(&mut text, redactor, matrix).map_err(io::Error::other)?;
    text.push('\n');
    out.write_all(text.as_bytes())
}

fn write_all(out: &mut String, redactor: &Redactor, matrix: &Matrix<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text(
            "by",
            match &matrix.by {
                By::Cluster => "cluster",
                By::Label(label) => label,
            },
        );
        let (out, redactor) = fields.key("columns");
        write_list(out, &matrix.columns, |out, column| {
            write_text(out, redactor, column);
            Ok(())
        })?;
        let (out, redactor) = fields.key("rows");
        write_list(out, &matrix.rows, |out, row| {
            out.push('\n');
            write_row(out, redactor, row)
        })?;
        fields.count("schemaVersion", SCHEMA_VERSION as usize);
        let (out, redactor) = fields.key("summary");
        write_object(out, redactor, |fields| {
            fields.count("apps", matrix.rows.iter().map(|row| row.cells.len()).sum());
            fields.count("rows", matrix.rows.len());
            fields.count("skewed", matrix.rows.iter().filter(|row| row.is_skewed).count());
            Ok(())
        })
    })
}

fn write_row(out: &mut String, redactor: &Redactor, row: &Row<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("cells");
        write_list(out, &row.cells, |out, cell| write_cell(out, redactor, cell))?;
        fields.text("name", &row.name);
        fields.flag("skewed", row.is_skewed);
        Ok(())
    })
}

fn write_cell(out: &mut String, redactor: &Redactor, cell: &Cell<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("app");
        write_object_ref(out, redactor, &cell.app.object_ref())?;
        if let Some((name, version)) = &cell.version.chart {
            let (out, redactor) = fields.key("chart");
            write_object(out, redactor, |fields| {
                fields.text("name", name);
                fields.text("version", version);
                Ok(())
            })?;
        }
        fields.text("column", &cell.column);
        let (out, redactor) = fields.key("images");
        write_list(out, &cell.version.images, |out, (name, tags)| {
            write_object(out, redactor, |fields| {
                fields.text("name", name);
                let (out, redactor) = fields.key("tags");
                write_list(out, tags, |out, tag| {
                    write_text(out, redactor, tag);
                    Ok(())
                })
            })
        })?;
        if cell.version.is_partial {
            fields.flag("partial", true);
        }
        let (out, redactor) = fields.key("revisions");
        write_list(out, &cell.version.revisions, |out, revision| {
            write_text(out, redactor, revision);
            Ok(())
        })?;
        fields.text("version", &cell.version.shown);
        Ok(())
    })
}
