//! The shape of what Applications read and list.

use std::io::{self, Write};

use aoa_lang::Result;

use super::object::{ObjectWriter, write_list, write_object, write_text};
use super::parts::write_object_ref;
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use crate::paths::{AppPaths, Listing, SourcePaths};

/// Writes `paths` as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_paths(paths: &[AppPaths<'_>], redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let mut text = String::new();
    write_all(&mut text, redactor, paths).map_err(io::Error::other)?;
    text.push('\n');
    out.write_all(text.as_bytes())
}

fn write_all(out: &mut String, redactor: &Redactor, paths: &[AppPaths<'_>]) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("apps");
        write_list(out, paths, |out, app| {
            out.push('\n');
            write_app(out, redactor, app)
        })?;
        fields.count("schemaVersion", SCHEMA_VERSION as usize);
        let (out, redactor) = fields.key("summary");
        write_object(out, redactor, |fields| {
            let count = |listing| paths.iter().filter(|app| app.listing == listing).count();
            fields.count("apps", paths.len());
            fields.count("lists", count(Listing::Lists));
            fields.count("misses", count(Listing::Misses));
            fields.count("noAnnotation", count(Listing::NoAnnotation));
            fields.count("unknown", count(Listing::Unknown));
            Ok(())
        })
    })
}

fn write_app(out: &mut String, redactor: &Redactor, app: &AppPaths<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text("advice", app.advice.as_deref().unwrap_or_default());
        fields.text("annotation", app.annotation.as_deref().unwrap_or_default());
        let (out, redactor) = fields.key("app");
        write_object_ref(out, redactor, &app.app.object_ref())?;
        fields.text("listing", app.listing.name());
        let (out, redactor) = fields.key("sources");
        write_list(out, &app.sources, |out, source| write_source(out, redactor, source))?;
        texts(fields, "unlisted", &app.unlisted)?;
        texts(fields, "unlistedAbsent", &app.unlisted_absent)
    })
}

fn write_source(out: &mut String, redactor: &Redactor, source: &SourcePaths) -> Result<()> {
    write_object(out, redactor, |fields| {
        texts(fields, "absent", &source.absent)?;
        texts(fields, "lists", &source.lists)?;
        fields.text("path", &source.path.to_str_lossy());
        texts(fields, "reads", &source.reads)?;
        fields.text("repoURL", &source.repo_url.to_str_lossy());
        Ok(())
    })
}

fn texts(fields: &mut ObjectWriter<'_>, key: &'static str, texts: &[String]) -> Result<()> {
    let (out, redactor) = fields.key(key);
    write_list(out, texts, |out, text| {
        write_text(out, redactor, text);
        Ok(())
    })
}
