//! Certificates in templates: `genCA`, `genSelfSignedCert`, `genSignedCert`, `buildCustomCert`.

use std::net::IpAddr;

use num_bigint::BigUint;

use super::keys::PrivateKey;
use super::pem;
use super::x509::{Issuer, Template, Usage, create, parse};
use crate::Value;
use crate::template::sprig::args::{Answer, Args};
use crate::template::sprig::encoding::from_base64;
use crate::template::sprig::random;
use crate::template::sprig::text::print;
use crate::template::{Call, FnError};
use crate::time::{Duration, Time};
use crate::value::{Object, Structure, Text};

/// A certificate and its key in PEM: sprig's struct `certificate`.
struct Certificate {
    cert: Text,
    key: Text,
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::String(self.cert.clone())),
            "Key" => Some(Value::String(self.key.clone())),
            _ => None,
        }
    }

    fn text(&self) -> Text {
        Text::from([b"{", self.cert.as_bytes(), b" ", self.key.as_bytes(), b"}"].concat())
    }

    fn is_stringer(&self) -> bool {
        false
    }

    fn structure(&self) -> Structure {
        Structure::Struct(vec![
            ("Cert", Value::String(self.cert.clone())),
            ("Key", Value::String(self.key.clone())),
        ])
    }

    fn to_data(&self) -> Value {
        Value::map([("Cert", Value::String(self.cert.clone())), ("Key", Value::String(self.key.clone()))])
    }
}

pub(super) fn build_custom_cert(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let cert = from_base64(args.text(0)).map_err(|_| "unable to decode base64 certificate")?;
    let key = from_base64(args.text(1)).map_err(|_| "unable to decode base64 private key")?;
    let block = pem::decode(&cert).ok_or("unable to decode certificate")?;
    parse(&block.bytes).map_err(|e| format!("error parsing certificate: decodedCert.Bytes: {e}"))?;
    PrivateKey::parse(&key).map_err(|e| format!("error parsing private key: {e}"))?;
    Ok(Certificate { cert: cert.into(), key: key.into() }.into())
}

pub(super) fn gen_ca(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let key = PrivateKey::for_certificate(call)?;
    authority(call, args, &key)
}

pub(super) fn gen_ca_with_key(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let key = given_key(args.text(2))?;
    authority(call, args, &key)
}

pub(super) fn gen_self_signed_cert(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let key = PrivateKey::for_certificate(call)?;
    self_signed(call, args, &key)
}

pub(super) fn gen_self_signed_cert_with_key(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let key = given_key(args.text(4))?;
    self_signed(call, args, &key)
}

pub(super) fn gen_signed_cert(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let key = PrivateKey::for_certificate(call)?;
    signed(call, args, &key)
}

pub(super) fn gen_signed_cert_with_key(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let key = given_key(args.text(5))?;
    signed(call, args, &key)
}

fn given_key(text: &[u8]) -> Result<PrivateKey, FnError> {
    PrivateKey::parse(text).map_err(|e| FnError::message(format!("parsing private key: {e}")))
}

fn authority(call: &mut Call<'_>, args: &[Value], key: &PrivateKey) -> Answer {
    let template = template(call, args.text(0), (Vec::new(), Vec::new()), args.int(1), Usage::Authority);
    issue(&template, key, None, key)
}

fn self_signed(call: &mut Call<'_>, args: &[Value], key: &PrivateKey) -> Answer {
    let names = alternatives(call, args)?;
    let template = template(call, args.text(0), names, args.int(3), Usage::Leaf);
    issue(&template, key, None, key)
}

fn signed(call: &mut Call<'_>, args: &[Value], key: &PrivateKey) -> Answer {
    let authority = match args.any(4) {
        Value::Object(object) => object.downcast_ref::<Certificate>(),
        _ => None,
    };
    let authority = authority.ok_or("unable to decode certificate")?;
    let block = pem::decode(authority.cert.as_bytes()).ok_or("unable to decode certificate")?;
    let issuer = parse(&block.bytes)
        .map_err(|e| format!("error parsing certificate: decodedSignerCert.Bytes: {e}"))?;
    let signer =
        PrivateKey::parse(authority.key.as_bytes()).map_err(|e| format!("error parsing private key: {e}"))?;
    let names = alternatives(call, args)?;
    let template = template(call, args.text(0), names, args.int(3), Usage::Leaf);
    issue(&template, key, Some(&issuer), &signer)
}

fn issue(template: &Template, key: &PrivateKey, issuer: Option<&Issuer>, signer: &PrivateKey) -> Answer {
    let der =
        create(template, key, issuer, signer).map_err(|e| format!("error creating certificate: {e}"))?;
    Ok(Certificate { cert: pem::encode("CERTIFICATE", &der).into(), key: key.to_pem().into() }.into())
}

/// IP addresses and DNS names, the second and the third argument.
fn alternatives(call: &mut Call<'_>, args: &[Value]) -> Result<(Vec<IpAddr>, Vec<String>), FnError> {
    let mut addresses = Vec::new();
    for item in call.items(args.any(1)) {
        let Value::String(text) = &item else {
            let shown = Text::from(print(call, &item)?);
            return Err(FnError::message(format!("error parsing ip: {shown} is not a string")));
        };
        let address = text.as_str().and_then(|text| text.parse().ok());
        addresses.push(address.ok_or_else(|| format!("error parsing ip: {text}"))?);
    }
    let mut names = Vec::new();
    for item in call.items(args.any(2)) {
        let Value::String(text) = &item else {
            let shown = Text::from(print(call, &item)?);
            return Err(FnError::message(format!(
                "error processing alternate dns name: {shown} is not a string"
            )));
        };
        names.push(text.to_str_lossy().into_owned());
    }
    Ok((addresses, names))
}

fn template(
    call: &mut Call<'_>,
    common_name: &[u8],
    (addresses, names): (Vec<IpAddr>, Vec<String>),
    days: i64,
    usage: Usage,
) -> Template {
    let (seconds, nanos) = call.options().now;
    let from = Time::unix(seconds, nanos);
    let until = from.add(Duration(days.wrapping_mul(24 * 3_600 * 1_000_000_000)));
    Template {
        serial: BigUint::from_bytes_be(&random::bytes(call, 16)),
        common_name: Text::from_bytes(common_name).to_str_lossy().into_owned(),
        addresses,
        names,
        from,
        until,
        usage,
    }
}
