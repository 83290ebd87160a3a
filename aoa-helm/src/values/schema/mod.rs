//! `values.schema.json`: whether values are what a chart expects (santhosh-tekuri/jsonschema 6.0.2, as Helm 4.2.1 uses it).
//!
//! A schema is JSON, in which schemas lie within schemas and refer to each other (`documents`, with `address` for URLs and
//! pointers). It must itself fit its metaschema (`meta/`); then it is compiled (`compile`), and values are checked
//! (`check`, with `number` and `format`). What does not fit is a tree of violations (`violation`), printed as Helm
//! prints it; where upstream's order is that of a Go map, it is sorted. Regular expressions are Go's, and so take linear
//! time.

mod address;
mod check;
mod compile;
mod documents;
mod format;
mod number;
mod violation;

use std::sync::{Arc, OnceLock};

use aoa_lang::value::Map;
use aoa_lang::{Error, ErrorKind, Value};

use compile::Program;

/// The schema of a chart, compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct ValuesSchema {
    text: Arc<[u8]>,
    program: OnceLock<Result<Compiled, Failure>>,
}

#[derive(Debug)]
struct Compiled {
    program: Program,
    warnings: Vec<String>,
}

/// Why values were not found to fit.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// They do not, or the schema is none: what Helm prints.
    Refused(String),
    /// Upstream would fetch this from the network.
    NotAtHand(String),
    /// A budget is used up.
    Limit(&'static str),
}

impl ValuesSchema {
    pub(crate) fn new(text: Arc<[u8]>) -> ValuesSchema {
        ValuesSchema { text, program: OnceLock::new() }
    }

    /// Checks values; what Helm logs on the way is added to `warnings`.
    ///
    /// # Errors
    /// Why they do not fit.
    pub(crate) fn check(&self, values: &Map, warnings: &mut Vec<String>) -> Result<(), Failure> {
        let compiled = self.program.get_or_init(|| compile(&self.text)).as_ref().map_err(Clone::clone)?;
        warnings.extend_from_slice(&compiled.warnings);
        let values = Value::Map(values.clone());
        match check::check(&compiled.program, &values)? {
            None => Ok(()),
            // What says that there is a schema, Helm takes away again.
            Some(violation) => Err(Failure::Refused(violation.causes_text() + "\n")),
        }
    }
}

fn compile(text: &[u8]) -> Result<Compiled, Failure> {
    let refused = |error: Error| match error.kind() {
        ErrorKind::Limit => Failure::Limit("a values.schema.json is too large"),
        _ => Failure::Refused(error.message().to_owned()),
    };
    let limits = aoa_lang::Limits::default();
    let (schema, rest) =
        aoa_lang::json::read_first(text, aoa_lang::json::Numbers::Text, &limits).map_err(refused)?;
    if !rest.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')) {
        return Err(Failure::Refused("invalid character after top-level value".to_owned()));
    }
    let (program, warnings) = compile::values_schema(schema)?;
    Ok(Compiled { program, warnings })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: &str, values: &str) -> Result<(), Failure> {
        let values = aoa_lang::yaml::load_helm_values(values.as_bytes()).unwrap();
        ValuesSchema::new(schema.as_bytes().into()).check(&values, &mut Vec::new())
    }

    #[test]
    fn all_metaschemas_accept_themselves() {
        use documents::{Draft, Resources};
        for draft in [Draft::Four, Draft::Six, Draft::Seven, Draft::Of2019, Draft::Of2020] {
            let meta = compile::metaschema(draft.url()).unwrap();
            let refused = check::check_schema(draft, &meta, &Resources::new()).unwrap();
            assert!(refused.is_none(), "{draft:?}: {refused:?}");
            let wrong = Value::map([("type", Value::int(1))]);
            assert!(check::check_schema(draft, &wrong, &Resources::new()).unwrap().is_some(), "{draft:?}");
        }
    }

    #[test]
    fn what_is_on_the_network_is_not_at_hand() {
        let failed = check(r#"{"$ref": "https://example.com/x.json"}"#, "a: 1").unwrap_err();
        assert!(matches!(failed, Failure::NotAtHand(url) if url == "https://example.com/x.json"));
    }

    #[test]
    fn schemas_that_multiply_end_in_a_limit() {
        let mut schema = String::from(r##"{"$ref": "#/$defs/a0", "$defs": {"##);
        for at in 0..40 {
            let next = at + 1;
            let twice = format!(r##"{{"$ref": "#/$defs/a{next}"}}"##);
            schema.push_str(&format!(r#""a{at}": {{"allOf": [{twice}, {twice}]}},"#));
        }
        schema.push_str(r#""a40": {}}}"#);
        assert!(matches!(check(&schema, "a: 1").unwrap_err(), Failure::Limit(_)));
    }

    #[test]
    fn deep_values_end_in_a_limit_on_a_small_stack() {
        let run = || {
            let schema = r##"{"properties": {"a": {"$ref": "#"}}, "type": "object"}"##;
            let values = "{a: ".repeat(900) + "{}" + &"}".repeat(900);
            check(schema, &values)
        };
        let found = std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
        assert!(matches!(found.unwrap_err(), Failure::Limit(_)));
    }
}
