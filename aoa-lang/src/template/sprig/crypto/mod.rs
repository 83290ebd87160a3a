//! Passwords, encryption, keys and certificates. What is random comes from the seed of the options, so none of it is
//! secret: it has the shape of what a cluster would draw.

mod aes;
mod passwords;

use crate::template::Function;
use crate::value::GoType;

const STRING: GoType = GoType::String;

pub(in crate::template::sprig) const TABLE: &[Function] = &[
    Function::new("bcrypt", &[STRING], STRING, passwords::bcrypt),
    Function::new("htpasswd", &[STRING, STRING], STRING, passwords::htpasswd),
    Function::new(
        "derivePassword",
        &[GoType::Uint(crate::value::UintKind::Uint32), STRING, STRING, STRING, STRING],
        STRING,
        passwords::derive_password,
    ),
    Function::new("encryptAES", &[STRING, STRING], STRING, aes::encrypt),
    Function::new("decryptAES", &[STRING, STRING], STRING, aes::decrypt),
];
