//! The transformers, each as its built-in plugin of Kustomize 5.8.1 works.

mod hash;
mod images;
mod labels;
mod names;
mod namespace;
mod patches;
mod replacements;
mod replicas;
mod sort;
mod value_add;

pub(crate) use hash::add_hashes;
pub(crate) use images::{ImageTransformer, split_image};
pub(crate) use labels::{LabelTransformer, MetaField};
pub(crate) use names::{Affix, AffixTransformer};
pub(crate) use namespace::{NamespaceTransformer, SubjectMode};
pub(crate) use patches::{
    History, JsonPatcher, PatchText, Patcher, Schemas, StrategicPatcher, Wording, allow, read_json_patch,
    read_patch, source_of,
};
pub(crate) use replacements::ReplacementTransformer;
pub(crate) use replicas::ReplicaTransformer;
pub(crate) use sort::sort;
pub(crate) use value_add::{ValueAddTarget, ValueAddTransformer};

use aoa_lang::patch::kustomize::put_scalar;
use aoa_lang::value::{Rewrite, Text};
use aoa_lang::yaml::{Node, NodeKind};
use aoa_lang::{Value, json};

use crate::error::Result;
use crate::node::{Made, expect_kind};

/// What is made for a scalar.
const SCALAR: Made = Made { kind: NodeKind::Scalar, tag: "!!str" };

/// Puts a text into the place of a scalar, which keeps its style (`SetEntry` without a name).
///
/// # Errors
/// If the place is a list or a map.
fn set_scalar(place: &mut Node, tag: &'static str, text: impl Into<Text>) -> Result<()> {
    expect_kind(place, NodeKind::Scalar)?;
    put_scalar(place, Node::scalar(Text::from_static(tag), text));
    Ok(())
}

/// The data as Go reads JSON into an `interface{}`: all numbers are floats.
///
/// # Errors
/// If a number is none.
fn as_floats(value: &Value) -> Result<Value> {
    let rewritten = value.rewrite(&mut |value, _| {
        Ok(match value {
            #[expect(clippy::cast_precision_loss, reason = "Go's float64 loses it, too")]
            Value::Int(_, number) => Rewrite::Replace(Value::float(*number as f64)),
            #[expect(clippy::cast_precision_loss, reason = "Go's float64 loses it, too")]
            Value::Uint(_, number) => Rewrite::Replace(Value::float(*number as f64)),
            Value::Number(text) => Rewrite::Replace(json::read(text.as_bytes(), json::Numbers::Float64)?),
            _ => Rewrite::Keep,
        })
    });
    Ok(rewritten?)
}
