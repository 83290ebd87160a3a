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
//! [`direct`] and [`from_node`] write what most texts are made of without steps.

mod analysis;
mod block;
mod comments;
mod direct;
pub(crate) mod emitter;
mod flow;
mod from_node;
mod node;
mod order;
mod pieces;
mod plain;
mod scalar;
mod through_json;
mod value;
mod writer;

pub(crate) use plain::is_string_word;

use crate::yaml::node::Node;
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
    emit_within(value, &Limits::default())
}

/// [`emit`] within other limits.
///
/// # Errors
/// As [`emit`].
pub fn emit_within(value: &Value, limits: &Limits) -> Result<String> {
    direct::write(value, limits)
}

/// [`emit_within`] of the data of a list or map, as [`Node::to_value_within`] makes it: what `kustomize build` prints of a resource.
///
/// # Errors
/// As [`Node::to_value`] and [`emit`].
///
/// ```
/// use aoa_lang::{Limits, yaml};
/// let node = yaml::Node::parse("b: 0x10 # sixteen\na: 'yes'\n").unwrap().unwrap();
/// assert_eq!(yaml::emit_data(&node, &Limits::default()).unwrap(), "a: \"yes\"\nb: 16\n");
/// ```
pub fn emit_data(node: &Node, limits: &Limits) -> Result<String> {
    match from_node::write(node.root(), limits) {
        Some(text) => Ok(text),
        None => emit_within(&node.to_value_within(limits)?, limits),
    }
}

/// The YAML text of `value`, as kyaml 0.21.1 `yaml.Marshal` writes it: like [`emit`], but lines are never folded,
/// floats are always floats (`1e+06`), `[]byte` is a list, and bytes that are not UTF-8 are `!!binary`.
///
/// # Errors
/// If the text gets longer than [`Limits::output_bytes`], or the nesting deeper than [`Limits::depth`].
pub fn emit_kyaml(value: &Value) -> Result<String> {
    value::write(value, Layout::KYAML, &Limits::default())
}

/// The YAML text of `value` as go-yaml 3.0.4 writes it with an indent of 2: [`emit_kyaml`] with lists indented
/// below their keys.
///
/// # Errors
/// As [`emit_kyaml`].
pub fn emit_pretty(value: &Value) -> Result<String> {
    value::write(value, Layout::WIDE, &Limits::default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ErrorKind;
    use crate::value::Text;
    use crate::yaml::load;

    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[ -~]{0,12}",
            "[a-z ]{60,90}",
            Just("\n".to_owned()),
            Just("\t".to_owned()),
            Just("\r\n".to_owned()),
            Just("\u{2028}".to_owned()),
            Just("\u{feff}".to_owned()),
            Just("😀".to_owned()),
            Just("- é: #".to_owned()),
            Just("0x1F".to_owned()),
            Just("2001-01-01".to_owned()),
            Just("null".to_owned()),
        ];
        prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
    }

    pub(super) fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::int64),
            text().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::list),
                prop::collection::vec((text(), inner), 0..5).prop_map(Value::map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in value()) {
            let text = emit(&value).unwrap();
            prop_assert!(load(text.as_bytes()).unwrap() == value, "{text}");
        }
    }

    fn nested(depth: usize) -> Value {
        (0..depth).fold(Value::Null, |inner, i| match i % 2 {
            0 => Value::list(vec![inner]),
            _ => Value::map([("k", inner)]),
        })
    }

    #[test]
    fn deep_values_need_no_stack_and_end_at_the_depth_of_go_yaml() {
        let run = || {
            assert!(emit(&nested(10_000)).is_ok());
            let error = emit(&nested(10_001)).unwrap_err();
            assert_eq!(error.message(), "yaml: exceeded max depth of 10000");
            assert!(emit_kyaml(&nested(10_000)).is_ok());
            assert_eq!(emit_kyaml(&nested(10_001)).unwrap_err().kind(), ErrorKind::Limit);
        };
        std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn long_texts_end_in_a_limit() {
        let limits = Limits { output_bytes: 1 << 20, ..Limits::default() };
        // Two to the power of forty items, shared.
        let huge = (0..40).fold(Value::Null, |inner, _| Value::list(vec![inner.clone(), inner]));
        let error = emit_within(&huge, &limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        // A deep block scalar is indented in each line.
        let lines =
            (0..5_000).fold(Value::from("a\n".repeat(1_000_000)), |inner, _| Value::map([("k", inner)]));
        let error = emit_within(&lines, &limits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
    }

    #[test]
    fn circular_key_orders_have_one_result() {
        let keys = ["v1beta1", "v2", "v10", "v1", "v3alpha2"];
        let map = |keys: &mut dyn Iterator<Item = &str>| Value::map(keys.map(|k| (k, Value::int(1))));
        let text = emit(&map(&mut keys.into_iter())).unwrap();
        assert_eq!(text, emit(&map(&mut keys.into_iter().rev())).unwrap());
        assert_eq!(text, "v1: 1\nv10: 1\nv1beta1: 1\nv2: 1\nv3alpha2: 1\n");
    }

    #[test]
    fn bytes_are_written_as_each_tool_does() {
        let raw = Value::String(Text::from_bytes(b"a\xff\xfe"));
        assert_eq!(emit(&raw).unwrap(), "a\u{fffd}\u{fffd}\n");
        assert_eq!(emit_kyaml(&raw).unwrap(), "!!binary Yf/+\n");
        let bytes = Value::List(crate::value::List::bytes(b"a\xff\xfe"));
        assert_eq!(emit(&bytes).unwrap(), "Yf/+\n");
        assert_eq!(emit_kyaml(&bytes).unwrap(), "- 97\n- 255\n- 254\n");
    }

    #[test]
    fn wide_lists_are_indented_below_their_keys() {
        let value = Value::map([("a", Value::list(vec![Value::int(1), Value::list(vec![Value::int(2)])]))]);
        assert_eq!(emit_pretty(&value).unwrap(), "a:\n  - 1\n  - - 2\n");
        assert_eq!(emit_kyaml(&value).unwrap(), "a:\n- 1\n- - 2\n");
    }
}
