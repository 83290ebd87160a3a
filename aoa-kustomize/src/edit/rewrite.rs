//! Writing a kustomization file anew: its fields in their old order, each behind the comments it had.

use aoa_lang::value::Map;
use aoa_lang::{Value, yaml};

use crate::error::Result;

/// The fields in the order in which new ones are added (`determineFieldOrder`).
const FIELDS: [&str; 33] = [
    "apiVersion",
    "kind",
    "metadata",
    "sortOptions",
    "resources",
    "bases",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "crds",
    "commonLabels",
    "labels",
    "commonAnnotations",
    "patchesStrategicMerge",
    "patchesJson6902",
    "patches",
    "configMapGenerator",
    "secretGenerator",
    "helmCharts",
    "helmChartInflationGenerator",
    "helmGlobals",
    "generatorOptions",
    "vars",
    "images",
    "replacements",
    "replicas",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "components",
    "openapi",
    "buildMetadata",
];

/// The text of a file with these fields in place of its own.
///
/// Comments are what looks like one, even inside a text of several lines, and go before the field in whose lines they
/// stand: so does the tool (`parseCommentedFields` of its `kustfile`), and a comment that thus lands behind a text can become part of it.
///
/// # Errors
/// If the fields cannot be written.
pub(super) fn rewrite(text: &[u8], fields: &Map) -> Result<String> {
    let written = commented_fields(text);
    let mut out = String::with_capacity(text.len());
    for (field, comment) in &written {
        out.push_str(&String::from_utf8_lossy(comment));
        push_field(&mut out, field, fields)?;
    }
    for field in FIELDS.into_iter().filter(|field| written.iter().all(|(known, _)| known != field)) {
        push_field(&mut out, field, fields)?;
    }
    Ok(out)
}

/// The fields of a text by line, with the comments and empty lines before them and within their lines. A last line without
/// an end is overlooked.
fn commented_fields(text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut fields: Vec<(&'static str, Vec<u8>)> = Vec::new();
    let mut comments = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
        if is_comment_or_blank(line) {
            comments.extend_from_slice(line);
        } else if let Some(field) = field_of(line) {
            fields.push((field, std::mem::take(&mut comments)));
        } else if let Some((_, comment)) = fields.last_mut() {
            comment.append(&mut comments);
        }
    }
    fields
}

fn is_comment_or_blank(line: &[u8]) -> bool {
    let rest = line.iter().find(|byte| **byte != b' ');
    rest.is_none_or(|byte| matches!(byte, b'\n' | b'#'))
}

fn field_of(line: &[u8]) -> Option<&'static str> {
    let name = line.split(|byte| *byte == b':').next()?;
    FIELDS.into_iter().find(|field| field.as_bytes().eq_ignore_ascii_case(name))
}

fn push_field(out: &mut String, field: &'static str, fields: &Map) -> Result<()> {
    let Some(value) = fields.get(field) else { return Ok(()) };
    out.push_str(&yaml::emit(&Value::map([(field, value.clone())]))?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str, fields: &[(&'static str, Value)]) -> String {
        let Value::Map(fields) = Value::map(fields.iter().cloned()) else { return String::new() };
        rewrite(text.as_bytes(), &fields).unwrap()
    }

    #[test]
    fn comments_stay_with_their_fields() {
        let text = "# head\nRESOURCES:\n- a\n# inner\n- b\n# of the prefix\nnamePrefix: x\n# at the end\n";
        let resources = Value::list(vec![Value::string("a")]);
        let fields =
            [("kind", Value::string("K")), ("namePrefix", Value::string("y")), ("resources", resources)];
        assert_eq!(
            rewritten(text, &fields),
            "# head\n# inner\nresources:\n- a\n# of the prefix\nnamePrefix: \"y\"\nkind: K\n"
        );
    }

    #[test]
    fn a_last_line_without_an_end_is_overlooked() {
        let fields = [("namePrefix", Value::string("x")), ("kind", Value::string("K"))];
        assert_eq!(rewritten("namePrefix: a", &fields), "kind: K\nnamePrefix: x\n");
        assert_eq!(rewritten("namePrefix: a\n", &fields), "namePrefix: x\nkind: K\n");
    }
}
