//! Semantic versions of `Masterminds/semver` 3.4.0.

use super::args::{Answer, Args};
use crate::template::{Call, FnError, Function};
use crate::text::semver::{Constraint, Version};
use crate::value::{GoType, Object, Signature, Structure, Text, UintKind};
use crate::{Error, ErrorKind, Value};

const STRING: GoType = GoType::String;
const POINTER: &str = "*semver.Version";

pub(super) const TABLE: &[Function] = &[
    Function::new("semver", &[STRING], GoType::Named(POINTER), semver),
    Function::new("semverCompare", &[STRING, STRING], GoType::Bool, semver_compare),
];

fn semver(_: &mut Call<'_>, args: &[Value]) -> Answer {
    Ok(SemVer { version: version(args.text(0))?, form: Form::Pointer }.into())
}

fn semver_compare(call: &mut Call<'_>, args: &[Value]) -> Answer {
    call.steps(args.text(0).len())?;
    let constraint = Constraint::parse(&Text::from_bytes(args.text(0)).to_str_lossy()).map_err(failed)?;
    Ok(Value::Bool(constraint.check(&version(args.text(1))?)))
}

fn version(text: &[u8]) -> Result<Version, FnError> {
    // Bytes that are not UTF-8 are in no version; what replaces them is in none either.
    Version::parse(&Text::from_bytes(text).to_str_lossy()).map_err(failed)
}

fn failed(error: Error) -> FnError {
    match error.kind() {
        ErrorKind::Limit | ErrorKind::Internal => FnError::Abort(error),
        _ => FnError::message(error.message()),
    }
}

/// A version in a template: what `semver` returns is a pointer, what its methods `IncMajor` ... return is none.
struct SemVer {
    version: Version,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Pointer,
    Struct,
}

impl Object for SemVer {
    fn type_name(&self) -> &'static str {
        match self.form {
            Form::Pointer => POINTER,
            Form::Struct => "semver.Version",
        }
    }

    fn method(&self, name: &str) -> Option<Signature> {
        const OTHER: &[GoType] = &[GoType::Named(POINTER)];
        let form = self.form;
        Some(match name {
            "Major" | "Minor" | "Patch" => Signature::new(&[], GoType::Uint(UintKind::Uint64)),
            "Prerelease" | "Metadata" | "String" => Signature::new(&[], STRING),
            "IncMajor" | "IncMinor" | "IncPatch" => Signature::new(&[], GoType::Named("semver.Version")),
            "SetPrerelease" | "SetMetadata" => Signature::new(&[STRING], GoType::Named("semver.Version")),
            // Methods of pointers: a struct that a method returned has no address.
            "Original" if form == Form::Pointer => Signature::new(&[], STRING),
            "Compare" if form == Form::Pointer => Signature::new(OTHER, GoType::INT),
            "Equal" | "LessThan" | "LessThanEqual" | "GreaterThan" | "GreaterThanEqual"
                if form == Form::Pointer =>
            {
                Signature::new(OTHER, GoType::Bool)
            }
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Result<Value, String> {
        let version = &self.version;
        let uint = |n: u64| Value::Uint(UintKind::Uint64, n);
        let plain = |version: Version| Value::from(SemVer { version, form: Form::Struct });
        let text = || Text::from_bytes(args.text(0)).to_str_lossy().into_owned();
        let order = || match args.any(0) {
            Value::Object(other) => match other.downcast_ref::<SemVer>() {
                Some(other) => Ok(version.compare(&other.version)),
                None => Err("the argument is no version".to_owned()),
            },
            _ => Err(super::args::NIL_DEREFERENCE.to_owned()),
        };
        let set = |result: Result<Version, Error>| result.map(plain).map_err(|e| e.message().to_owned());
        Ok(match name {
            "Major" => uint(version.major()),
            "Minor" => uint(version.minor()),
            "Patch" => uint(version.patch()),
            "Prerelease" => Value::from(version.prerelease()),
            "Metadata" => Value::from(version.metadata()),
            "String" => Value::String(self.text()),
            "Original" => Value::from(version.original()),
            "IncMajor" => plain(version.inc_major()),
            "IncMinor" => plain(version.inc_minor()),
            "IncPatch" => plain(version.inc_patch()),
            "SetPrerelease" => set(version.with_prerelease(&text()))?,
            "SetMetadata" => set(version.with_metadata(&text()))?,
            "Compare" => Value::int(order()? as i64),
            "Equal" => Value::Bool(order()?.is_eq()),
            "LessThan" => Value::Bool(order()?.is_lt()),
            "LessThanEqual" => Value::Bool(order()?.is_le()),
            "GreaterThan" => Value::Bool(order()?.is_gt()),
            "GreaterThanEqual" => Value::Bool(order()?.is_ge()),
            _ => return Err(format!("no method {name}")),
        })
    }

    fn text(&self) -> Text {
        self.version.to_string().into()
    }

    fn structure(&self) -> Structure {
        let version = &self.version;
        Structure::Struct(vec![
            ("major", Value::Uint(UintKind::Uint64, version.major())),
            ("minor", Value::Uint(UintKind::Uint64, version.minor())),
            ("patch", Value::Uint(UintKind::Uint64, version.patch())),
            ("pre", Value::from(version.prerelease())),
            ("metadata", Value::from(version.metadata())),
            ("original", Value::from(version.original())),
        ])
    }

    /// Versions that were written differently are not the same.
    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<SemVer>().is_some_and(|other| {
            self.form == other.form
                && self.text() == other.text()
                && self.version.original() == other.version.original()
        })
    }
}
