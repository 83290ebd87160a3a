//! The exact small languages of GitOps, in safe Rust and without I/O.
//!
//! Each module imitates one tool's language to the letter, oddities included, and stands on its own:
//!
//! | module | what it reads or does | imitated |
//! |---|---|---|
//! | [`typed`] | data as the tools' Go structs read it | Argo CD 3.5.7, Kubernetes 1.36 |
//! | [`value`] | data as Go's dynamic types see it | Go 1.26 |
//! | [`url`] | URLs | Go 1.26 `net/url` |
//! | [`strconv`] | numbers and quoted strings as text | Go 1.26 `strconv` |
//! | [`jq`] | jq expressions | gojq 0.12.19 |
//! | [`json`] | JSON | Go 1.26 `encoding/json` |
//! | [`yaml`] | YAML | go-yaml 2.4.4 and 3.0.4, sigs.k8s.io/yaml 1.6.0, kyaml 0.21.1 |
//! | [`fmt`] | printing values with all verbs and flags | Go 1.26 `fmt` |
//! | [`unicode`] | classes and cases of characters | Go 1.26 `unicode` |
//! | [`time`] | times, durations and zones | Go 1.26 `time` |
//! | [`patch`] | JSON patches, merge patches, strategic merges | evanphx/json-patch, Kubernetes 1.36 |
//! | [`template`] | Go templates with their function tables, and `{{name}}` placeholders | Go 1.26 `text/template`, sprig 3.3.0, fasttemplate 1.2.2 |
//! | [`rego`] | policies | OPA 1.17.1 |
//! | [`cel`] | expressions of admission policies | cel-go 0.26.0, Kubernetes 1.36 |
//! | [`text`] | regular expressions, globs, selectors, versions | Go 1.26, gobwas, doublestar, Kubernetes 1.36, Masterminds |
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(clippy::indexing_slicing)]
#![cfg_attr(
    not(test),
    deny(
        clippy::string_slice,
        clippy::unreachable,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss
    )
)]

pub mod base64;
pub mod cel;
pub mod error;
pub mod fmt;
pub mod jq;
pub mod json;
pub mod limits;
pub mod patch;
pub mod rego;
pub mod source;
pub mod strconv;
pub mod template;
pub mod text;
pub mod time;
pub mod typed;
pub mod unicode;
pub mod url;
pub mod value;
pub mod yaml;

pub use error::{Error, ErrorKind, Result};
pub use limits::Limits;
pub use value::Value;
