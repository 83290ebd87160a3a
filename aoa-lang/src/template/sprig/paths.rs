//! Paths: Go's `path`, and `path/filepath` as it is on Linux.

use super::args::{Answer, Args};
use super::text::string;
use crate::Value;
use crate::template::{Call, Function};
use crate::text::path;
use crate::value::GoType;

const STRING: GoType = GoType::String;

pub(super) const TABLE: &[Function] = &[
    Function::new("base", &[STRING], STRING, base),
    Function::new("osBase", &[STRING], STRING, base),
    Function::new("dir", &[STRING], STRING, dir),
    Function::new("osDir", &[STRING], STRING, dir),
    Function::new("clean", &[STRING], STRING, |_, args| Ok(string(path::clean(args.text(0))))),
    Function::new("osClean", &[STRING], STRING, |_, args| Ok(string(path::clean(args.text(0))))),
    Function::new("ext", &[STRING], STRING, ext),
    Function::new("osExt", &[STRING], STRING, ext),
    Function::new("isAbs", &[STRING], GoType::Bool, is_abs),
    Function::new("osIsAbs", &[STRING], GoType::Bool, is_abs),
];

fn base(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let path = args.text(0);
    let end = path.iter().rposition(|b| *b != b'/').map_or(0, |at| at + 1);
    let last = path.get(..end).and_then(|path| path.rsplit(|b| *b == b'/').next()).unwrap_or_default();
    Ok(string(match (path, last) {
        ([], _) => b".",
        (_, []) => b"/",
        (_, last) => last,
    }))
}

fn dir(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(string(path::dir(args.text(0))))
}

fn ext(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let path = args.text(0);
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let at = name.iter().rposition(|b| *b == b'.');
    Ok(string(at.and_then(|at| name.get(at..)).unwrap_or_default()))
}

fn is_abs(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(Value::Bool(args.text(0).starts_with(b"/")))
}
