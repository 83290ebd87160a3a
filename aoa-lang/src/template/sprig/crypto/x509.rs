//! X.509 certificates: writing them as `x509.CreateCertificate` does, and reading what is needed of an issuer.

use std::net::IpAddr;

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use super::der::{
    BIT_STRING, BOOLEAN, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, PRINTABLE_STRING, Reader, SEQUENCE,
    SET, UTC_TIME, UTF8_STRING, bits, context, element, integer, nest, oid, sequence, small,
};
use super::keys::PrivateKey;
use crate::time::{Time, Zone};

/// What a new certificate says.
pub(super) struct Template {
    pub(super) serial: BigUint,
    pub(super) common_name: String,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) names: Vec<String>,
    pub(super) from: Time,
    pub(super) until: Time,
    pub(super) usage: Usage,
}

/// What a certificate is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Usage {
    /// Signing other certificates.
    Authority,
    /// TLS servers and clients.
    Leaf,
}

/// What a certificate that signs others gives to them.
pub(super) struct Issuer {
    subject: Vec<u8>,
    key_id: Vec<u8>,
    key_info: Vec<u8>,
}

/// Signs a certificate for `key`. Without an issuer it is its own.
pub(super) fn create(
    template: &Template,
    key: &PrivateKey,
    issuer: Option<&Issuer>,
    signer: &PrivateKey,
) -> Result<Vec<u8>, String> {
    let algorithm = signer.signature_algorithm()?;
    let (public, key_info) = key.to_public()?;
    let subject = name(&template.common_name);
    let issuer_name = issuer.map_or(subject.as_slice(), |issuer| &issuer.subject);
    if let Some(issuer) = issuer
        && signer.to_public()?.1 != issuer.key_info
    {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".to_owned());
    }
    let key_id = match template.usage {
        // RFC 7093: the first bytes of the key's SHA-256.
        Usage::Authority => Sha256::digest(&public).get(..20).unwrap_or_default().to_vec(),
        Usage::Leaf => Vec::new(),
    };
    let authority_id = match issuer {
        Some(issuer) if issuer.subject != subject => issuer.key_id.clone(),
        _ => Vec::new(),
    };
    let extensions = extensions(template, &key_id, &authority_id)?;
    let signed = sequence(&[
        &nest(context(0), &[&small(2)]),
        &integer(&template.serial),
        &algorithm,
        issuer_name,
        &sequence(&[&time(&template.from)?, &time(&template.until)?]),
        &subject,
        &key_info,
        &nest(context(3), &[&extensions]),
    ]);
    let signature =
        signer.sign(&signed).ok_or("x509: certificate private key does not implement crypto.Signer")?;
    Ok(sequence(&[&signed, &algorithm, &bits(&signature)]))
}

/// A name that is at most a common name.
fn name(common: &str) -> Vec<u8> {
    if common.is_empty() {
        return sequence(&[]);
    }
    let printable = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'\''..=b')' | b'+'..=b'/' | b' ' | b':' | b'=' | b'?')
    };
    let tag = if common.bytes().all(printable) { PRINTABLE_STRING } else { UTF8_STRING };
    let attribute = sequence(&[&oid(&[0x55, 0x04, 0x03]), &element(tag, common.as_bytes())]);
    sequence(&[&nest(SET, &[&attribute])])
}

fn time(time: &Time) -> Result<Vec<u8>, String> {
    let utc = time.to_zone(Zone::Utc);
    match utc.date().year {
        1950..2050 => Ok(element(UTC_TIME, &utc.format(b"060102150405Z"))),
        0..=9999 => Ok(element(GENERALIZED_TIME, &utc.format(b"20060102150405Z"))),
        _ => Err("asn1: structure error: cannot represent time as GeneralizedTime".to_owned()),
    }
}

const YES: &[u8] = &[BOOLEAN, 1, 0xff];

/// The extensions in the order in which Go writes them.
fn extensions(template: &Template, key_id: &[u8], authority_id: &[u8]) -> Result<Vec<u8>, String> {
    let extension = |number: u8, critical: bool, content: &[u8]| {
        let critical: &[u8] = if critical { YES } else { b"" };
        sequence(&[&oid(&[0x55, 0x1d, number]), critical, &element(OCTET_STRING, content)])
    };
    // Digital signature and key encipherment, for an authority signing of certificates as well.
    let (usage, constraints): (&[u8], Vec<u8>) = match template.usage {
        Usage::Authority => (&[2, 0xa4], sequence(&[YES])),
        Usage::Leaf => (&[5, 0xa0], sequence(&[])),
    };
    let purpose = |number: u8| oid(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, number]);
    let mut all = vec![
        extension(15, true, &element(BIT_STRING, usage)),
        extension(37, false, &sequence(&[&purpose(1), &purpose(2)])),
        extension(19, true, &constraints),
    ];
    if !key_id.is_empty() {
        all.push(extension(14, false, &element(OCTET_STRING, key_id)));
    }
    if !authority_id.is_empty() {
        all.push(extension(35, false, &sequence(&[&element(0x80, authority_id)])));
    }
    if !template.names.is_empty() || !template.addresses.is_empty() {
        all.push(extension(17, template.common_name.is_empty(), &alternative_names(template)?));
    }
    Ok(sequence(&all.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

fn alternative_names(template: &Template) -> Result<Vec<u8>, String> {
    let mut names = Vec::new();
    for name in &template.names {
        if !name.is_ascii() {
            return Err(format!(
                "x509: {} cannot be encoded as an IA5String",
                crate::strconv::quote(name.as_bytes())
            ));
        }
        names.push(element(0x82, name.as_bytes()));
    }
    for address in &template.addresses {
        names.push(match address.to_canonical() {
            IpAddr::V4(address) => element(0x87, &address.octets()),
            IpAddr::V6(address) => element(0x87, &address.octets()),
        });
    }
    Ok(sequence(&names.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

/// Reads a certificate, with the messages of `x509.ParseCertificate` for what is malformed.
pub(super) fn parse(der: &[u8]) -> Result<Issuer, String> {
    let malformed = |what: &str| format!("x509: malformed {what}");
    let need = |what: &'static str| move || malformed(what);
    let mut outer = Reader::new(der);
    let mut input = outer.enter(SEQUENCE).ok_or_else(need("certificate"))?;
    let mut signed = input.enter(SEQUENCE).ok_or_else(need("tbs certificate"))?;
    let mut version = BigUint::ZERO;
    if signed.tag() == Some(context(0)) {
        let number =
            signed.enter(context(0)).and_then(|mut inner| inner.unsigned().filter(|_| inner.is_empty()));
        version = number.ok_or_else(need("version"))?;
    }
    if version > BigUint::from(2_u8) {
        return Err("x509: invalid version".to_owned());
    }
    if signed.tag() == Some(INTEGER) && signed.integer().ok_or_else(need("serial number"))?.1 {
        return Err("x509: negative serial number".to_owned());
    }
    let inner_algorithm = signed.content(SEQUENCE).ok_or_else(need("signature algorithm identifier"))?;
    let outer_algorithm = input.content(SEQUENCE).ok_or_else(need("algorithm identifier"))?;
    if inner_algorithm != outer_algorithm {
        return Err("x509: inner and outer signature algorithm identifiers don't match".to_owned());
    }
    signed.content(SEQUENCE).ok_or_else(need("issuer"))?;
    let mut validity = signed.enter(SEQUENCE).ok_or_else(need("validity"))?;
    for _ in 0..2 {
        let found = validity.content(UTC_TIME).or_else(|| validity.content(GENERALIZED_TIME));
        found.ok_or_else(|| "x509: unsupported time format".to_owned())?;
    }
    let (_, subject) = signed.whole(SEQUENCE).ok_or_else(need("issuer"))?;
    let (mut key, key_info) = {
        let (content, all) = signed.whole(SEQUENCE).ok_or_else(need("spki"))?;
        (Reader::new(content), all)
    };
    key.content(SEQUENCE).ok_or_else(need("public key algorithm identifier"))?;
    key.content(BIT_STRING).ok_or_else(need("subjectPublicKey"))?;
    let mut key_id = Vec::new();
    if version == BigUint::from(2_u8) {
        if !signed.skip_optional(0x81) {
            return Err(malformed("issuerUniqueID"));
        }
        if !signed.skip_optional(0x82) {
            return Err(malformed("subjectUniqueID"));
        }
        if signed.tag() == Some(context(3)) {
            let mut list = signed.enter(context(3)).ok_or_else(need("extensions"))?;
            key_id = subject_key_id(list.enter(SEQUENCE).ok_or_else(need("extensions"))?)?;
        }
    }
    input.content(BIT_STRING).ok_or_else(need("signature"))?;
    if !outer.is_empty() {
        return Err("x509: trailing data".to_owned());
    }
    Ok(Issuer { subject: subject.to_vec(), key_id, key_info: key_info.to_vec() })
}

/// The extension with the identifier of the key, among all.
fn subject_key_id(mut list: Reader<'_>) -> Result<Vec<u8>, String> {
    let mut found = Vec::new();
    while !list.is_empty() {
        let mut extension = list.enter(SEQUENCE).ok_or("x509: malformed extension")?;
        let name = extension.content(OID).ok_or("x509: malformed extension OID field")?;
        if !extension.skip_optional(BOOLEAN) {
            return Err("x509: malformed extension critical field".to_owned());
        }
        let value = extension.content(OCTET_STRING).ok_or("x509: malformed extension value field")?;
        if name == [0x55, 0x1d, 14] {
            let id =
                Reader::new(value).content(OCTET_STRING).ok_or("x509: invalid subject key identifier")?;
            found = id.to_vec();
        }
    }
    Ok(found)
}
