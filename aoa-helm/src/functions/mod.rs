//! The functions of Helm's templates: sprig's, without those that look at the machine, and Helm's own
//! (Helm 4.2.1, pkg/engine/funcs.go and engine.go).

mod capabilities;
mod convert;
mod files;
mod templates;
mod toml;

pub(crate) use capabilities::CapabilitiesObject;
pub(crate) use files::FilesObject;
pub(crate) use templates::{MESSAGE_END, MESSAGE_START, ROOT, without_no_value};

use std::sync::LazyLock;

use aoa_lang::template::{Functions, sprig};

/// All functions.
pub(crate) fn functions() -> &'static Functions {
    static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| {
        sprig::functions()
            .without(&["env", "expandenv"])
            .with(convert::TABLE)
            .with(toml::TABLE)
            .with(templates::TABLE)
    });
    &FUNCTIONS
}
