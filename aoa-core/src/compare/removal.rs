//! Taking one thing out of an object: by a JSON pointer, or by a jq expression within `del(...)`.

use aoa_lang::patch::JsonPatch;
use aoa_lang::time::Duration;
use aoa_lang::value::{FloatKind, IntKind, ListKind, Rewrite};
use aoa_lang::{Error, ErrorKind, Result, Value, jq, strconv};

use super::ignore::IgnoreOptions;

/// One thing to be taken out.
#[derive(Clone, Debug)]
pub struct Removal(How);

#[derive(Clone, Debug)]
enum How {
    Pointer(JsonPatch),
    Jq { program: jq::Program, settings: jq::Settings, timeout: Duration },
}

/// What gojq does in a millisecond, about.
const STEPS_A_MILLISECOND: u64 = 20_000;

impl Removal {
    /// What a JSON pointer names.
    ///
    /// # Errors
    ///
    /// Those of [`JsonPatch::from_value`].
    pub fn pointer(pointer: &str) -> Result<Self> {
        let operation = Value::map([("op", Value::from("remove")), ("path", Value::from(pointer))]);
        JsonPatch::from_value(&Value::list(vec![operation])).map(|patch| Removal(How::Pointer(patch)))
    }

    /// All that a jq expression gives a path to.
    ///
    /// # Errors
    ///
    /// Those of [`jq::Program::compile`] for the expression in `del(...)`.
    pub fn jq(expression: &str, options: &IgnoreOptions) -> Result<Self> {
        let program = jq::Program::compile(&format!("del({expression})"))?;
        let mut settings = jq::Settings::default();
        let milliseconds = u64::try_from(options.jq_timeout.0 / 1_000_000).unwrap_or(0).max(1);
        settings.steps = milliseconds.saturating_mul(STEPS_A_MILLISECOND);
        settings.now = options.now;
        Ok(Removal(How::Jq { program, settings, timeout: options.jq_timeout }))
    }

    /// `object` without it.
    ///
    /// # Errors
    ///
    /// Why it cannot be taken out, with Argo CD's text; the object then stays as it is.
    pub fn apply(&self, object: &Value) -> Result<Value> {
        match &self.0 {
            How::Pointer(patch) => patch.apply(object),
            How::Jq { program, settings, timeout } => delete(program, settings, *timeout, object),
        }
    }
}

fn delete(
    program: &jq::Program,
    settings: &jq::Settings,
    timeout: Duration,
    object: &Value,
) -> Result<Value> {
    let failed = |error: Error| match error.kind() {
        ErrorKind::Unsupported => error,
        ErrorKind::Limit => Error::invalid(format!("JQ patch execution timed out ({})", shown(timeout))),
        _ => error.prefixed("JQ patch returned error: "),
    };
    let mut outputs = program.run(as_floats(object)?, settings);
    let left = match outputs.next() {
        None => return Err(Error::invalid("JQ patch did not return any data")),
        Some(output) => output.map_err(failed)?,
    };
    if outputs.next().is_some() {
        return Err(Error::invalid("JQ patch returned multiple objects"));
    }
    from_json(&left)
}

fn shown(timeout: Duration) -> String {
    timeout.to_string()
}

/// The object as `encoding/json` reads it: all numbers are floats, and nil lists and maps are null.
#[allow(clippy::cast_precision_loss, reason = "Go reads the text as a float, which is as near")]
fn as_floats(object: &Value) -> Result<Value> {
    object.rewrite(&mut |value, _| {
        Ok(match value {
            Value::Int(_, n) => Rewrite::Replace(Value::float(*n as f64)),
            Value::Uint(_, n) => Rewrite::Replace(Value::float(*n as f64)),
            Value::Float(FloatKind::Float32, n) => Rewrite::Replace(Value::float(*n)),
            Value::Number(text) => {
                Rewrite::Replace(Value::float(strconv::parse_float(text, 64).unwrap_or(f64::INFINITY)))
            }
            Value::List(list) if list.is_nil() => Rewrite::Replace(Value::Null),
            Value::Map(map) if map.is_nil() => Rewrite::Replace(Value::Null),
            Value::List(list) if list.kind() != ListKind::Any => Rewrite::Untyped,
            Value::Map(_) => Rewrite::Untyped,
            _ => Rewrite::Keep,
        })
    })
}

/// The object as Kubernetes reads its JSON: whole numbers that fit are integers.
fn from_json(object: &Value) -> Result<Value> {
    object.rewrite(&mut |value, _| {
        Ok(match value {
            Value::Float(_, n) => Rewrite::Replace(number(*n)?),
            Value::Int(_, n) => Rewrite::Replace(Value::Int(IntKind::Int64, *n)),
            Value::Number(text) => match strconv::parse_int(text, 10, 64) {
                Ok(n) => Rewrite::Replace(Value::Int(IntKind::Int64, n)),
                Err(_) => {
                    Rewrite::Replace(Value::float(strconv::parse_float(text, 64).unwrap_or(f64::INFINITY)))
                }
            },
            _ => Rewrite::Keep,
        })
    })
}

fn number(float: f64) -> Result<Value> {
    if !float.is_finite() {
        let text = strconv::format_float(float, strconv::FloatFormat::General, None, 64);
        return Err(Error::invalid(format!("json: unsupported value: {text}")));
    }
    // Above 1e21 the text has an exponent, and is no integer.
    let text = strconv::format_float(float, strconv::FloatFormat::Fixed, None, 64);
    Ok(match strconv::parse_int(&text, 10, 64) {
        Ok(int) if float.abs() < 1e21 => Value::Int(IntKind::Int64, int),
        _ => Value::float(float),
    })
}
