//! Stands in for keys and certificates where the crate is built without the feature `sprig-crypto`.

use crate::Value;
use crate::template::sprig::args::Answer;
use crate::template::{Call, FnError};

/// Each function says that it is not there.
macro_rules! unavailable {
    ($($function:ident $name:literal),*) => {
        $(pub(super) fn $function(_: &mut Call<'_>, _: &[Value]) -> Answer {
            Err(FnError::unsupported(concat!("`", $name, "` is built with the feature `sprig-crypto` only")))
        })*
    };
}

unavailable!(
    gen_private_key "genPrivateKey",
    build_custom_cert "buildCustomCert",
    gen_ca "genCA",
    gen_ca_with_key "genCAWithKey",
    gen_self_signed_cert "genSelfSignedCert",
    gen_self_signed_cert_with_key "genSelfSignedCertWithKey",
    gen_signed_cert "genSignedCert",
    gen_signed_cert_with_key "genSignedCertWithKey"
);
