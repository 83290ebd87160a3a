//! Templates that put texts and fields of the data one behind the other, without setting up a run.

use super::super::fields::walk;
use super::super::options::TemplateOptions;
use super::super::program::{Op, Program, at};
use crate::Value;

/// Writes what the program gives for `data`. `None`: something is not as it mostly is; nothing was written, and a run will
/// tell.
pub(super) fn write_straight(
    program: &Program,
    data: &Value,
    options: &TemplateOptions,
    out: &mut Vec<u8>,
) -> Option<()> {
    let ops = program.straight.clone().and_then(|ops| program.ops.get(ops))?;
    if u64::try_from(ops.len()).ok()? >= options.limits.template_steps {
        return None;
    }
    let from = out.len();
    let most = from.saturating_add(options.limits.template_output);
    out.reserve(ops.len().saturating_mul(8).min(1 << 10));
    for op in ops {
        let text = match op {
            Op::Text(text) => at(&program.texts, *text).map(|text| text.as_bytes()),
            Op::PrintPath { path, .. } => match at(&program.paths, *path).map(|path| walk(data, false, path))
            {
                Some(Ok((Value::String(text), _))) => Some(text.as_bytes()),
                _ => None,
            },
            _ => None,
        };
        match text {
            Some(text) if text.len() <= most.saturating_sub(out.len()) => out.extend_from_slice(text),
            _ => {
                out.truncate(from);
                return None;
            }
        }
    }
    Some(())
}
