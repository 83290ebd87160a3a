//! The files of a packed chart (Helm 4.2.1, pkg/chart/loader/archive): none outside of the chart, not too many, not too large.

use std::io::{self, Read};

use aoa_lang::{Error, Result, strconv};
use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::file::File;
use super::load::LoadLimits;

/// Unpacks a `.tgz`.
///
/// # Errors
/// As Helm: no gzip or tar, paths that lead outside, sizes beyond the limits.
pub(super) fn files(bytes: &[u8], limits: &LoadLimits) -> Result<Vec<File>> {
    if !bytes.starts_with(b"\x1f\x8b\x08") {
        let message = if bytes.len() < 10 { short(bytes) } else { "gzip: invalid header" };
        return Err(Error::invalid(message));
    }
    // Headers and padding count, too, so that nothing can be unpacked for ever.
    let most = limits.chart_bytes.saturating_mul(2).saturating_add(1 << 20);
    let mut archive = Archive::new(MultiGzDecoder::new(bytes).take(most));
    let mut files = Vec::new();
    let mut remaining = limits.chart_bytes;
    let mut count = 0usize;
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        count += 1;
        if count > limits.entries {
            return Err(Error::limit(format!("a chart archive has more than {} entries", limits.entries)));
        }
        let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        if kind == EntryType::Directory || raw.ends_with('/') || kind == EntryType::XGlobalHeader {
            continue;
        }
        let name = name_inside(&raw)?;
        let size = entry.header().size().map_err(unreadable)?;
        if size > remaining {
            return Err(too_large(limits));
        }
        if size > limits.file_bytes {
            let (name, most) = (strconv::quote(raw.as_bytes()), limits.file_bytes);
            let message =
                format!("decompressed chart file {name} is larger than the maximum file size {most}");
            return Err(Error::invalid(message));
        }
        let mut data = Vec::new();
        (&mut entry).take(remaining).read_to_end(&mut data).map_err(unreadable)?;
        let written = u64::try_from(data.len()).unwrap_or(u64::MAX);
        remaining = remaining.saturating_sub(written);
        if written < size || remaining == 0 {
            return Err(too_large(limits));
        }
        files.push(File::new(&name, &data));
    }
    if files.is_empty() {
        return Err(Error::invalid("no files in chart archive"));
    }
    Ok(files)
}

fn short(bytes: &[u8]) -> &'static str {
    if bytes.is_empty() { "EOF" } else { "unexpected EOF" }
}

fn too_large(limits: &LoadLimits) -> Error {
    Error::invalid(format!("decompressed chart is larger than the maximum size {}", limits.chart_bytes))
}

fn unreadable(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::invalid("unexpected EOF"),
        _ => Error::invalid(format!("the chart archive cannot be read: {error}")),
    }
}

/// The path of an entry inside the chart: the first part is the chart's own folder.
fn name_inside(raw: &str) -> Result<String> {
    let delimiter = if raw.contains('\\') { '\\' } else { '/' };
    let (first, rest) = raw.split_once(delimiter).unwrap_or((raw, ""));
    let name = rest.replace(delimiter, "/");
    if name.starts_with('/') {
        return Err(Error::invalid("chart illegally contains absolute paths"));
    }
    let name = clean(&name);
    if name == "." {
        let raw = strconv::quote(raw.as_bytes());
        return Err(Error::invalid(format!(
            "chart illegally contains content outside the base directory: {raw}"
        )));
    }
    if name.starts_with("..") {
        return Err(Error::invalid("chart illegally references parent directory"));
    }
    if let [letter, b':', b'/', ..] = name.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        return Err(Error::invalid("chart contains illegally named files"));
    }
    if first == "Chart.yaml" {
        return Err(Error::invalid("chart yaml not in base directory"));
    }
    Ok(name)
}

/// Go's `path.Clean` of a relative path.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}
