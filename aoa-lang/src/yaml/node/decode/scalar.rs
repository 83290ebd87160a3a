//! Scalars: what their tags and texts mean.

use super::Decoder;
use crate::value::Value;
use crate::yaml::compose::replace_invalid;
use crate::yaml::event::{Dialect, ScalarStyle};
use crate::yaml::node::Node;
use crate::yaml::resolve::{KnownTag, Resolved, look_of, resolve_plain, resolve_tagged};
use crate::{Error, Result, base64, strconv};

impl Decoder<'_> {
    pub(super) fn scalar(&mut self, node: &Node) -> Result<Value> {
        Ok(match resolve_scalar(node)? {
            Resolved::Null => Value::Null,
            Resolved::Bool(b) => Value::Bool(b),
            Resolved::Int(n) => Value::int64(n),
            Resolved::Uint(n) => Value::Uint(crate::value::UintKind::Uint64, n),
            Resolved::Float(n) => {
                if !n.is_finite() {
                    let text = strconv::format_float(n, strconv::FloatFormat::General, None, 64);
                    self.unsupported.get_or_insert(format!("value: {text}"));
                }
                Value::float(n)
            }
            Resolved::Str => Value::String(replace_invalid(node.text.as_bytes())),
            Resolved::Binary => Value::String(replace_invalid(&self.binary(node)?)),
            Resolved::Timestamp(time) => Value::string(time.to_rfc3339().map_err(Error::invalid)?),
        })
    }

    pub(super) fn binary(&self, node: &Node) -> Result<Vec<u8>> {
        base64::decode(node.text.as_bytes())
            .map_err(|_| Error::invalid("yaml: !!binary value contains invalid base64 data"))
    }
}

/// What a scalar means.
///
/// # Errors
/// If its text does not fit its tag.
pub(in crate::yaml) fn resolve_scalar(node: &Node) -> Result<Resolved> {
    if is_indicated_string(node) {
        return Ok(Resolved::Str);
    }
    let text = node.text.to_str_lossy();
    match node.tag.as_str() {
        None | Some("" | "!") => Ok(resolve_plain(&text, Dialect::V3)),
        Some(tag) => resolve_tagged(KnownTag::of(tag, Dialect::V3), &text, Dialect::V3),
    }
}

/// `ShortTag` of yaml.go, for scalars.
pub(super) fn short_tag(node: &Node) -> KnownTag {
    if is_indicated_string(node) {
        return KnownTag::Str;
    }
    match node.tag.as_str() {
        None | Some("" | "!") => look_of(&node.text.to_str_lossy(), Dialect::V3),
        Some(tag) => KnownTag::of(tag, Dialect::V3),
    }
}

fn is_indicated_string(node: &Node) -> bool {
    match node.tag.as_str() {
        None | Some("" | "!") => node.scalar_style != ScalarStyle::Plain,
        Some(tag) => KnownTag::of(tag, Dialect::V3) == KnownTag::Str,
    }
}
