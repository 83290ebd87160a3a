//! Passwords, encryption, keys and certificates. What is random comes from the seed of the options, so none of it is
//! secret: it has the shape of what a cluster would draw.

mod aes;
mod passwords;

#[cfg(feature = "sprig-crypto")]
mod certificates;
#[cfg(feature = "sprig-crypto")]
mod der;
#[cfg(feature = "sprig-crypto")]
mod dsa;
#[cfg(feature = "sprig-crypto")]
mod elliptic;
#[cfg(feature = "sprig-crypto")]
mod keys;
#[cfg(feature = "sprig-crypto")]
mod pem;
#[cfg(feature = "sprig-crypto")]
mod primes;
#[cfg(feature = "sprig-crypto")]
mod rsa;
#[cfg(feature = "sprig-crypto")]
mod x509;

#[cfg(not(feature = "sprig-crypto"))]
mod unavailable;
#[cfg(not(feature = "sprig-crypto"))]
use unavailable as certificates;
#[cfg(not(feature = "sprig-crypto"))]
use unavailable as keys;

use crate::template::Function;
use crate::value::{GoType, UintKind};

const STRING: GoType = GoType::String;
const INT: GoType = GoType::INT;
const LIST: GoType = GoType::LIST;
const CERTIFICATE: GoType = GoType::Named("sprig.certificate");

pub(in crate::template::sprig) const TABLE: &[Function] = &[
    Function::new("bcrypt", &[STRING], STRING, passwords::bcrypt),
    Function::new("htpasswd", &[STRING, STRING], STRING, passwords::htpasswd),
    Function::new(
        "derivePassword",
        &[GoType::Uint(UintKind::Uint32), STRING, STRING, STRING, STRING],
        STRING,
        passwords::derive_password,
    ),
    Function::new("encryptAES", &[STRING, STRING], STRING, aes::encrypt),
    Function::new("decryptAES", &[STRING, STRING], STRING, aes::decrypt),
    Function::new("genPrivateKey", &[STRING], STRING, keys::gen_private_key),
    Function::new("buildCustomCert", &[STRING, STRING], CERTIFICATE, certificates::build_custom_cert),
    Function::new("genCA", &[STRING, INT], CERTIFICATE, certificates::gen_ca),
    Function::new("genCAWithKey", &[STRING, INT, STRING], CERTIFICATE, certificates::gen_ca_with_key),
    Function::new(
        "genSelfSignedCert",
        &[STRING, LIST, LIST, INT],
        CERTIFICATE,
        certificates::gen_self_signed_cert,
    ),
    Function::new(
        "genSelfSignedCertWithKey",
        &[STRING, LIST, LIST, INT, STRING],
        CERTIFICATE,
        certificates::gen_self_signed_cert_with_key,
    ),
    Function::new(
        "genSignedCert",
        &[STRING, LIST, LIST, INT, CERTIFICATE],
        CERTIFICATE,
        certificates::gen_signed_cert,
    ),
    Function::new(
        "genSignedCertWithKey",
        &[STRING, LIST, LIST, INT, CERTIFICATE, STRING],
        CERTIFICATE,
        certificates::gen_signed_cert_with_key,
    ),
];
