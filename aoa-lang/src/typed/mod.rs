//! Reading data as Go programs read it into their structs, and writing it back.
//!
//! What the tools make of a manifest depends on the Go type they read it into: `targetRevision: 1.20` is the string
//! `1.2`, unknown members vanish, `SPEC` is `spec`, zero values come and go with `omitempty`. [`schema`] finds the table
//! of a type, [`read`] takes data through it. The tables also say how lists are patched (see [`Field`]).
//!
//! | part | what it does |
//! |---|---|
//! | `table` | the types, from a list that `conformance/oracles/typed` prints |
//! | `coerce` | sigs.k8s.io/yaml's step from YAML to JSON |
//! | `decode` | encoding/json's way into a variable |
//! | `encode` | the way out |
//! | `direct` | both in one pass, for what fits |
//!
//! ```
//! use aoa_lang::{Value, typed};
//! let app = typed::schema("argoproj.io/v1alpha1", "ApplicationSource").ok_or("no such type")?;
//! let written = Value::map([("TargetRevision", Value::float(1.20)), ("typo", Value::Null)]);
//! let read = typed::read(app, &written, typed::Mode::Yaml)?;
//! assert_eq!(read.str_at(&["targetRevision"]), Some("1.2"));
//! assert!(read.get("typo").is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod table;

mod codec;
mod coerce;
mod decode;
mod direct;
mod encode;
mod place;
mod plain;
mod quantity;

pub use place::{Content, Place};
pub use plain::rewrite;
pub use table::{Field, Type};
pub(crate) use table::{Form, TypeExpr};

use decode::{Decoder, Numbers};
use table::Case;

use crate::yaml::{self, Duplicates, LoadOptions};
use crate::{Error, Result, Value};

/// Which of the tools' readers is imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// sigs.k8s.io/yaml 1.6.0 `Unmarshal`: numbers and booleans become text where text is expected, names match
    /// without case, unknown members are dropped.
    Yaml,
    /// sigs.k8s.io/yaml `UnmarshalStrict`: the same, unknown members are refused.
    YamlStrict,
    /// encoding/json (Go 1.26) `Unmarshal`: nothing is turned into text.
    Json,
    /// encoding/json with `DisallowUnknownFields`; this is how Kustomize reads its file.
    JsonStrict,
    /// sigs.k8s.io/json as Kubernetes decodes objects: names match exactly, unknown members are dropped.
    Kubernetes,
    /// The same with strict field validation: unknown members are refused, all of them named.
    KubernetesStrict,
}

/// What happens to members that a type does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unknown {
    Prune,
    /// The first one is the error.
    Refuse,
    /// They are collected.
    Collect,
}

/// The type of `kind` in `api_version`.
///
/// There are all kinds of Argo CD 3.5.7 (`argoproj.io/v1alpha1`) with the parts of an ApplicationSet that are read on
/// their own (`ApplicationSpec`, `ApplicationSource`, `ApplicationSetTemplate`, `ApplicationSetGenerator`, ...), the
/// built-in kinds of Kubernetes 1.36 (`v1`, `apps/v1`, ...), `helm` `Chart` (Helm's `chart.Metadata`), `ChartLock` and
/// `ManifestHead` (what it reads of each manifest), and `kustomize`
/// `Kustomization`.
#[must_use]
pub fn schema(api_version: &str, kind: &str) -> Option<&'static Type> {
    table::find(api_version, kind)
}

/// The names of all types that [`schema`] knows, as `apiVersion/Kind`, sorted.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    table::roots()
}

/// Reads `value` into a variable of type `of` and gives what Go's JSON encoder prints of it: known members under
/// their own names, of the right type, zero values as the tags of the type want it.
///
/// Null is the zero value. Values of free form (`valuesObject`, a list generator's elements) stay as they are.
///
/// # Errors
///
/// [`Invalid`](crate::ErrorKind::Invalid) with the message of the imitated reader when a value does not fit its field,
/// or when the mode refuses unknown members.
pub fn read(of: &'static Type, value: &Value, mode: Mode) -> Result<Value> {
    match read_directly(of, value, mode, mode.direct()) {
        Some(printed) => Ok(printed),
        None => read_in_full(of, value, mode),
    }
}

/// What [`read`] gives of data that fits the type as it is, without what is dropped: `None` where there is more to do than to
/// look, such as with numbers that are not whole, times, nulls and free-form data.
///
/// ```
/// use aoa_lang::{Value, typed};
/// let of = typed::schema("v1", "ConfigMap").ok_or("no such type")?;
/// let of_text = |value| Value::map([("data", Value::map([("a", value)]))]);
/// let fitting = |value| typed::fitting(of, &of_text(value), typed::Mode::Kubernetes);
/// assert!(fitting("1".into()).is_some());
/// assert!(fitting(Value::int64(1)).is_none());
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn fitting(of: &'static Type, value: &Value, mode: Mode) -> Option<Value> {
    read_directly(of, value, mode, direct::Reader { keeps_raw: false, ..mode.direct() })
}

/// The short way, if there is one; builds with debug assertions go the whole way too.
fn read_directly(of: &'static Type, value: &Value, mode: Mode, reader: direct::Reader) -> Option<Value> {
    let printed = reader.read(of.expression(), value)?;
    debug_assert!(
        read_in_full(of, value, mode).is_ok_and(|whole| whole == printed),
        "{} {mode:?}",
        of.name()
    );
    Some(printed)
}

fn read_in_full(of: &'static Type, value: &Value, mode: Mode) -> Result<Value> {
    let decoder = Decoder::new(mode.case(), mode.unknown(), mode.numbers());
    if !mode.is_yaml() {
        return decode(of, value, decoder);
    }
    let value =
        coerce::coerce(value, of.expression()).map_err(|e| e.prefixed("error converting YAML to JSON: "))?;
    decode(of, &value, decoder).map_err(|e| e.prefixed("error unmarshaling JSON: while decoding JSON: "))
}

impl Mode {
    fn is_yaml(self) -> bool {
        matches!(self, Mode::Yaml | Mode::YamlStrict)
    }

    fn case(self) -> Case {
        match self {
            Mode::Kubernetes | Mode::KubernetesStrict => Case::Sensitive,
            _ => Case::Insensitive,
        }
    }

    fn numbers(self) -> Numbers {
        match self {
            Mode::Kubernetes | Mode::KubernetesStrict => Numbers::Integers,
            _ => Numbers::Floats,
        }
    }

    fn unknown(self) -> Unknown {
        match self {
            Mode::Yaml | Mode::Json | Mode::Kubernetes => Unknown::Prune,
            Mode::YamlStrict | Mode::JsonStrict => Unknown::Refuse,
            Mode::KubernetesStrict => Unknown::Collect,
        }
    }

    fn direct(self) -> direct::Reader {
        // Names that differ in case only may be the same member's.
        let leaves_unknown = self.case() == Case::Sensitive && self.unknown() == Unknown::Prune;
        direct::Reader { leaves_unknown, keeps_raw: !self.is_yaml() }
    }
}

/// Reads the first document of a YAML text into a variable of type `of`, as [`read`] does with data.
///
/// This is sigs.k8s.io/yaml's `Unmarshal` whole: only here do `.inf` and `.nan` become text where text is expected.
///
/// # Errors
///
/// Those of [`yaml::load`] and of [`read`].
pub fn read_yaml(of: &'static Type, text: &[u8], mode: Mode) -> Result<Value> {
    let options = match mode {
        // Members that the type has not vanish.
        Mode::Yaml if of.has_members() => {
            LoadOptions::new().with_numbers(yaml::Numbers::BeforeJson).with_kept(of)
        }
        Mode::Yaml => LoadOptions::new().with_numbers(yaml::Numbers::BeforeJson),
        Mode::YamlStrict => {
            LoadOptions::new().with_numbers(yaml::Numbers::BeforeJson).with_duplicates(Duplicates::Refused)
        }
        Mode::Json | Mode::JsonStrict | Mode::Kubernetes | Mode::KubernetesStrict => LoadOptions::new(),
    };
    read(of, &yaml::load_with(text, &options)?, mode)
}

fn decode(of: &'static Type, value: &Value, decoder: Decoder) -> Result<Value> {
    let shape = of.expression();
    let (slot, strict) = decoder.decode(shape, value)?;
    if strict.is_empty() {
        Ok(encode::encode(shape, &slot))
    } else {
        Err(Error::invalid(format!("strict decoding error: {}", strict.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn application(spec: Value, mode: Mode) -> String {
        let of = schema("argoproj.io/v1alpha1", "Application").unwrap();
        match read(of, &Value::map([("spec", spec)]), mode) {
            Ok(value) => json::to_string(value.get("spec").unwrap()).unwrap(),
            Err(error) => error.message().to_owned(),
        }
    }

    fn nested<const N: usize>(keys: [&'static str; N], value: Value) -> Value {
        keys.into_iter().rev().fold(value, |value, key| Value::map([(key, value)]))
    }

    #[test]
    fn scalars_become_text_only_on_the_way_from_yaml() {
        let spec = nested(["SOURCE", "targetRevision"], Value::float(1.2));
        let read = r#"{"destination":{},"project":"","source":{"repoURL":"","targetRevision":"1.2"}}"#;
        assert_eq!(application(spec.clone(), Mode::Yaml), read);
        assert_eq!(
            application(nested(["source", "targetRevision"], Value::float(1.2)), Mode::Json),
            "json: cannot unmarshal number into Go struct field ApplicationSource.spec.source.targetRevision of type string"
        );
        assert_eq!(application(spec.clone(), Mode::Kubernetes), r#"{"destination":{},"project":""}"#);
        assert_eq!(
            application(
                nested(["sources"], Value::list(vec![nested(["Path"], Value::Null)])),
                Mode::KubernetesStrict
            ),
            r#"strict decoding error: unknown field "spec.sources[0].Path""#
        );
    }

    #[test]
    fn free_form_data_is_kept_however_deep() {
        let deep = (0..100_000).fold(Value::Null, |inner, _| Value::list(vec![inner]));
        let spec = nested(["source", "helm", "valuesObject"], nested(["a"], deep));
        let run = move || {
            let of = schema("argoproj.io/v1alpha1", "Application").unwrap();
            let value = Value::map([("spec", spec)]);
            let read = read(of, &value, Mode::Yaml).unwrap();
            let path = ["spec", "source", "helm", "valuesObject"];
            assert!(read.at(&path) == value.at(&path));
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn every_type_reads_nothing_and_its_own_output() {
        for kind in kinds() {
            let (api_version, kind) = kind.rsplit_once('/').unwrap();
            let of = schema(api_version, kind).unwrap();
            let zero = read(of, &Value::Null, Mode::YamlStrict).unwrap();
            assert!(read(of, &zero, Mode::KubernetesStrict).unwrap() == zero, "{kind}");
        }
    }

    #[test]
    fn what_a_type_has_no_member_for_is_read_all_the_same() {
        let head = schema("helm", "ManifestHead").unwrap();
        let read = |text: &str| match read_yaml(head, text.as_bytes(), Mode::Yaml) {
            Ok(value) => json::to_string(&value).unwrap(),
            Err(error) => error.message().to_owned(),
        };
        let whole = |text: &str| match yaml::load(text.as_bytes())
            .and_then(|value| super::read(head, &value, Mode::Yaml))
        {
            Ok(value) => json::to_string(&value).unwrap(),
            Err(error) => error.message().to_owned(),
        };
        for text in [
            "data: {a: [1, {b: c}], d: e}\nKIND: Job\nmetadata: {name: n}\nspec:\n- x\n",
            "data: &d {name: n}\nkind: Job\nmetadata: *d\n",
            "data: {x: &d n}\nkind: *d\n",
            "data: {<<: {a: b}, c: d}\nkind: Job\n",
            "data: {<<: x}\nkind: Job\n",
            "data: {? [a] : b}\nkind: Job\n",
            "data: {1.5: x, null: y, 2020-01-01: z}\nkind: Job\n",
            "data: {null: {a: .inf}}\nkind: Job\n",
            "data: [.inf]\nkind: Job\n",
            "data: !!binary '?'\nkind: Job\n",
            "data: [a\nkind: Job\n",
            "data: *nothing\nkind: Job\n",
            "- kind: Job\n",
            "data: a\ndata: {b: c}\nkind: A\nkind: B\n",
        ] {
            assert_eq!(read(text), whole(text), "{text}");
        }
    }
}
