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
    let read = read(kind.name(), object, Mode::Kubernetes)?;
    Ok(if kind == Kind::AppProject { with_empty_whitelist(read, object) } else { read })
}

/// Go leaves out empty lists when it writes, but an `AppProject` whose list of permitted kinds is there and empty permits
/// none (`IsGroupKindNamePermitted` of Argo CD 3.5.7).
fn with_empty_whitelist(read: Value, object: &Value) -> Value {
    const LIST: &str = "namespaceResourceWhitelist";
    let given = object.at(&["spec", LIST]).and_then(Value::as_list);
    match (read, given.is_some_and(|list| list.as_slice().is_empty())) {
        (Value::Map(read), true) => {
            let spec = read.get("spec").and_then(Value::as_map).cloned().unwrap_or_default();
            let spec = spec.with(LIST, Value::list(Vec::new()));
            Value::Map(read.with("spec", Value::Map(spec)))
        }
        (read, _) => read,
    }
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
