//! The keys and values of generated data: literals, files, and files of variables (`kv/kv.go`).

use std::collections::BTreeMap;

use aoa_lang::value::Text;

use crate::error::{Error, Result};
use crate::file::GeneratorArgs;
use crate::load::Loader;

/// The data of a generator by key.
///
/// # Errors
/// If a source cannot be read or is malformed, or a key stands twice.
pub(crate) fn load(args: &GeneratorArgs, loader: &Loader) -> Result<BTreeMap<Text, Text>> {
    let listed = |sources: &[Text]| {
        sources.iter().map(|source| source.to_str_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    };
    let failed = |what: &'static str, sources: &[Text]| {
        let prefix = format!("loading KV pairs: {what} [{}]: ", listed(sources));
        move |e: Error| e.prefixed(&prefix)
    };
    let mut pairs = Vec::new();
    for path in &args.envs {
        from_env_file(&path.to_str_lossy(), loader, &mut pairs)
            .map_err(failed("env source files:", &args.envs))?;
    }
    for literal in &args.literals {
        pairs.push(from_literal(&literal.to_str_lossy()).map_err(failed("literal sources", &args.literals))?);
    }
    for file in &args.files {
        let pair = from_file(&file.to_str_lossy(), loader).map_err(failed("file sources:", &args.files))?;
        pairs.push(pair);
    }
    let mut data = BTreeMap::new();
    for (key, value) in pairs {
        if data.contains_key(&key) {
            let name = &args.name;
            return Err(Error::invalid(format!("configmap {name} illegally repeats the key `{key}`")));
        }
        data.insert(key, value);
    }
    Ok(data)
}

fn from_literal(source: &str) -> Result<(Text, Text)> {
    let malformed = || Error::invalid(format!("invalid literal source {source}, expected key=value"));
    let (key, value) = source.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(malformed)?;
    let unquoted = ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(value);
    Ok((Text::from(key), Text::from(unquoted)))
}

fn from_file(source: &str, loader: &Loader) -> Result<(Text, Text)> {
    let (key, path) = match source.split_once('=') {
        None => (base_name(source), source),
        Some((_, path)) if path.contains('=') => {
            let message = format!("source \"{source}\" key name or file path contains '='");
            return Err(Error::invalid(message));
        }
        Some(("", path)) => {
            let message = format!("missing key name for file path \"{path}\" in source \"{source}\"");
            return Err(Error::invalid(message));
        }
        Some((key, "")) => {
            let message = format!("missing file path for key name \"{key}\" in source \"{source}\"");
            return Err(Error::invalid(message));
        }
        Some((key, path)) => (key, path),
    };
    let content = loader.load(path)?;
    Ok((Text::from(key), Text::from_bytes(&content)))
}

/// Go's `path.Base`
fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (path.is_empty(), trimmed.is_empty()) {
        (true, _) => ".",
        (false, true) => "/",
        (false, false) => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

/// The longest line that Go's scanner reads; it stops silently at a longer one.
const LINE: usize = 64 * 1024;

fn from_env_file(path: &str, loader: &Loader, pairs: &mut Vec<(Text, Text)>) -> Result<()> {
    let content = loader.load(path)?;
    let lines = content.strip_suffix(b"\n").unwrap_or(&content).split(|b| *b == b'\n');
    for (number, line) in lines.enumerate() {
        if line.len() >= LINE {
            break;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(line) = std::str::from_utf8(line) else {
            let shown = String::from_utf8_lossy(line);
            return Err(Error::invalid(format!("line {} has invalid utf8 bytes : {shown}", number + 1)));
        };
        let line = if number == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if !key.is_empty() {
            pairs.push((Text::from(key), Text::from(value)));
        }
    }
    Ok(())
}
