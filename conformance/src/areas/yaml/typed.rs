//! Reading YAML into Go types.

use aoa_lang::typed::{self, Mode, Type};
use aoa_lang::{Error, Value, yaml};
use serde_json::Value as Json;

use crate::areas::convert::to_json;
use crate::case::{Answer, Refusal};

pub(super) fn load_typed(input: &Json) -> Option<Answer> {
    let (kind, text) = (input.get("type")?.as_str()?, input.get("yaml")?.as_str()?);
    let of = find(kind)?;
    let result = if kind == "kustomize/Kustomization" {
        kustomization(of, text)
    } else {
        typed::read_yaml(of, text.as_bytes(), Mode::Yaml)
    };
    Some(result.map(|value| to_json(&value)).map_err(Refusal::from))
}

/// The type that a case names as `apiVersion/Kind`.
pub(super) fn find(kind: &str) -> Option<&'static Type> {
    let (api_version, kind) = kind.rsplit_once('/')?;
    typed::schema(api_version, kind)
}

/// `Kustomization.Unmarshal` of Kustomize.
fn kustomization(of: &'static Type, text: &str) -> Result<Value, Error> {
    let read = yaml::load(text.as_bytes()).and_then(|value| typed::read(of, &value, Mode::JsonStrict));
    read.map_err(|e| e.prefixed("invalid Kustomization: "))
}
