//! Reads the objects that drive a fleet as Argo CD's Go types do.

use aoa_lang::typed::{self, Mode};
use aoa_lang::{Error, Result, Value};

use super::Kind;

const API_VERSION: &str = "argoproj.io/v1alpha1";

/// Reads `object` as the Go type of `kind`: names of fields to the letter, unknown fields dropped, as the API server
/// and Kubernetes' own decoder do.
///
/// # Errors
///
/// `Invalid`, with Kubernetes' message, if a field has a wrong type.
pub fn read_object(kind: Kind, object: &Value) -> Result<Value> {
    read(kind.name(), object, Mode::Kubernetes)
}

/// Reads an ApplicationSource as Argo CD's own JSON does: names of fields match without case.
///
/// # Errors
///
/// As [`read_object`].
pub fn read_source(source: &Value) -> Result<Value> {
    read("ApplicationSource", source, Mode::Json)
}

fn read(name: &str, value: &Value, mode: Mode) -> Result<Value> {
    let of = typed::schema(API_VERSION, name)
        .ok_or_else(|| Error::new(aoa_lang::ErrorKind::Internal, format!("no table for {name}")))?;
    typed::read(of, value, mode)
}
