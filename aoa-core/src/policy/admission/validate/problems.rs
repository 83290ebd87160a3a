//! What is wrong, in upstream's order and words.

use aoa_lang::strconv::quote;
use aoa_lang::{Error, ErrorKind, Result, Value, json};

/// What is wrong, a line each.
#[derive(Default)]
pub(super) struct Problems(pub(super) Vec<String>);

impl Problems {
    pub(super) fn result(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::Invalid, self.0.join("\n"))) }
    }

    pub(super) fn required(&mut self, field: &str, why: &str) {
        let separator = if why.is_empty() { "" } else { ": " };
        self.0.push(format!("{field}: Required value{separator}{why}"));
    }

    pub(super) fn invalid(&mut self, field: &str, value: &str, why: &str) {
        self.0.push(format!("{field}: Invalid value: {}: {why}", quote(value.as_bytes())));
    }

    pub(super) fn invalid_list(&mut self, field: &str, value: &[String], why: &str) {
        let value = Value::list(value.iter().map(|text| Value::from(text.as_str())).collect());
        let value = json::to_string(&value).unwrap_or_default();
        self.0.push(format!("{field}: Invalid value: {value}: {why}"));
    }

    pub(super) fn forbidden(&mut self, field: &str, why: &str) {
        self.0.push(format!("{field}: Forbidden: {why}"));
    }

    pub(super) fn duplicate(&mut self, field: &str, value: &str) {
        self.0.push(format!("{field}: Duplicate value: {}", quote(value.as_bytes())));
    }

    pub(super) fn unsupported(&mut self, field: &str, value: &str, supported: &[&str]) {
        let supported: Vec<_> = supported.iter().map(|text| quote(text.as_bytes())).collect();
        let value = quote(value.as_bytes());
        self.0
            .push(format!("{field}: Unsupported value: {value}: supported values: {}", supported.join(", ")));
    }

    pub(super) fn all(&mut self, field: &str, value: &str, problems: Vec<String>) {
        for problem in problems {
            self.invalid(field, value, &problem);
        }
    }
}
