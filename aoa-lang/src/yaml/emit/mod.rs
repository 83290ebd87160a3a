//! Writing YAML: the same bytes as the real tools, for the same values.
//!
//! | function | imitated | who prints so |
//! |---|---|---|
//! | [`emit`] | `sigs.k8s.io/yaml` 1.6.0 `Marshal` | Kubernetes, Argo CD, `toYaml` of Argo CD and Helm, `kustomize build` |
//! | [`emit_kyaml`] | `kyaml` 0.21.1 `yaml.Marshal` | Kustomize where it edits files |
//! | [`emit_pretty`] | go-yaml v3 with an indent of 2 | Helm's `toYamlPretty` |
//!
//! A value is walked into the steps of a document; the [`emitter`] is libyaml's state machine, which decides on
//! style and white space; the key order is go-yaml's natural one. [`super::node`] feeds the same emitter with comments.

mod analysis;
mod comments;
pub(crate) mod emitter;
mod order;
mod plain;
mod scalar;
mod through_json;
mod value;
mod writer;

use std::fmt;

use crate::{Limits, Result, Value};
use emitter::Layout;

/// The YAML text of `value`, as `sigs.k8s.io/yaml` 1.6.0 `Marshal` writes it.
///
/// Keys are sorted naturally (`a2` before `a10`); long lines are folded behind column 80; nil lists and maps are
/// `null`, `[]byte` is base64, whole floats below 2^64 are integers. Where the natural order of a set of keys
/// is circular the real tool's order is random; here it is always the same.
///
/// # Errors
/// As upstream, where a value cannot pass through JSON and YAML: infinite numbers, the control characters
/// U+007F to U+009F, U+FFFE and U+FFFF, keys of more than 1022 characters, nesting beyond 10,000. A text beyond
/// [`Limits::output_bytes`] is a limit.
///
/// ```
/// use aoa_lang::{Value, yaml};
/// let value = Value::map([("on", Value::from("1.20")), ("l", Value::list(vec![Value::int(1)]))]);
/// assert_eq!(yaml::emit(&value).unwrap(), "l:\n- 1\n\"on\": \"1.20\"\n");
/// ```
pub fn emit(value: &Value) -> Result<String> {
    value::write(value, Layout::KUBERNETES, &Limits::default(), None)
}

/// [`emit`] piece by piece into `sink`, within `limits`.
///
/// # Errors
/// As [`emit`], and a limit if the sink fails. Some of the text may have reached the sink by then.
pub fn emit_to(value: &Value, sink: &mut dyn fmt::Write, limits: &Limits) -> Result<()> {
    value::write(value, Layout::KUBERNETES, limits, Some(sink)).map(drop)
}

/// The YAML text of `value`, as kyaml 0.21.1 `yaml.Marshal` writes it: like [`emit`], but lines are never folded,
/// floats are always floats (`1e+06`), `[]byte` is a list, and bytes that are not UTF-8 are `!!binary`.
///
/// # Errors
/// If the text gets longer than [`Limits::output_bytes`], or the nesting deeper than [`Limits::depth`].
pub fn emit_kyaml(value: &Value) -> Result<String> {
    value::write(value, Layout::KYAML, &Limits::default(), None)
}

/// The YAML text of `value` as go-yaml 3.0.4 writes it with an indent of 2: [`emit_kyaml`] with lists indented
/// below their keys.
///
/// # Errors
/// As [`emit_kyaml`].
pub fn emit_pretty(value: &Value) -> Result<String> {
    value::write(value, Layout::WIDE, &Limits::default(), None)
}
