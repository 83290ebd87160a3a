//! Private keys of all kinds: `genPrivateKey`, and keys in PEM.

use super::der::{NULL, OCTET_STRING, OID, Reader, SEQUENCE, bits, dotted, element, oid, sequence, small};
use super::dsa::DsaKey;
use super::elliptic::{Curve, EcKey, EdKey};
use super::pem;
use super::rsa::RsaKey;
use crate::Value;
use crate::template::sprig::args::{Answer, Args};
use crate::template::sprig::text::string;
use crate::template::{Call, FnError};
use crate::value::Text;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A private key.
pub(super) enum PrivateKey {
    Rsa(RsaKey),
    Ec(EcKey),
    Ed25519(EdKey),
    Dsa(DsaKey),
}

pub(super) fn gen_private_key(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let key = match args.text(0) {
        b"" | b"rsa" => PrivateKey::Rsa(RsaKey::generate(call, 4_096)?),
        b"dsa" => PrivateKey::Dsa(DsaKey::generate(call)?),
        b"ecdsa" => PrivateKey::Ec(EcKey::generate(call)),
        b"ed25519" => PrivateKey::Ed25519(EdKey::generate(call)),
        other => return Ok(string([b"Unknown type ", other].concat())),
    };
    Ok(string(key.to_pem()))
}

impl PrivateKey {
    /// A new RSA key for a certificate.
    pub(super) fn for_certificate(call: &mut Call<'_>) -> Result<PrivateKey, FnError> {
        Ok(PrivateKey::Rsa(RsaKey::generate(call, 2_048)?))
    }

    /// Reads a key in PEM: sprig's `parsePrivateKeyPEM` with its messages.
    pub(super) fn parse(text: &[u8]) -> Result<PrivateKey, String> {
        let block = pem::decode(text).ok_or("no PEM data in input")?;
        if block.kind == b"PRIVATE KEY" {
            return pkcs8(&block.bytes).map_err(|e| format!("decoding PEM as PKCS#8: {e}"));
        }
        let shown = Text::from_bytes(&block.kind).to_str_lossy().into_owned();
        let kind = block.kind.strip_suffix(b" PRIVATE KEY");
        match kind.ok_or_else(|| format!("no private key data in PEM block of type {shown}"))? {
            b"RSA" => RsaKey::parse(&block.bytes)
                .map(PrivateKey::Rsa)
                .map_err(|e| format!("parsing RSA private key from PEM: {e}")),
            b"EC" => EcKey::parse(None, &block.bytes)
                .map(PrivateKey::Ec)
                .map_err(|e| format!("parsing EC private key from PEM: {e}")),
            b"DSA" => DsaKey::parse(&block.bytes).map(PrivateKey::Dsa).ok_or_else(|| {
                "parsing DSA private key from PEM: asn1: structure error: malformed key".to_owned()
            }),
            _ => Err(format!("invalid private key type {shown}")),
        }
    }

    /// The key in PEM, each kind in its own form.
    pub(super) fn to_pem(&self) -> Vec<u8> {
        match self {
            PrivateKey::Rsa(key) => pem::encode("RSA PRIVATE KEY", &key.to_pkcs1()),
            PrivateKey::Dsa(key) => pem::encode("DSA PRIVATE KEY", &key.to_der()),
            PrivateKey::Ec(key) => pem::encode("EC PRIVATE KEY", &key.to_der()),
            PrivateKey::Ed25519(key) => {
                let seed = element(OCTET_STRING, key.seed());
                let algorithm = sequence(&[&oid(ED25519)]);
                pem::encode("PRIVATE KEY", &sequence(&[&small(0), &algorithm, &element(OCTET_STRING, &seed)]))
            }
        }
    }

    /// The bits of the public key, and all of its `SubjectPublicKeyInfo`.
    pub(super) fn to_public(&self) -> Result<(Vec<u8>, Vec<u8>), String> {
        let (algorithm, public) = match self {
            PrivateKey::Rsa(key) => (sequence(&[&oid(RSA), &element(NULL, b"")]), key.to_public()),
            PrivateKey::Ec(key) => (sequence(&[&oid(ECDSA), &oid(key.curve.oid())]), key.public.clone()),
            PrivateKey::Ed25519(key) => (sequence(&[&oid(ED25519)]), key.public()),
            PrivateKey::Dsa(_) => return Err("x509: unsupported public key type: *dsa.PublicKey".to_owned()),
        };
        let info = sequence(&[&algorithm, &bits(&public)]);
        Ok((public, info))
    }

    /// The identifier of the algorithm that this key signs with.
    pub(super) fn signature_algorithm(&self) -> Result<Vec<u8>, String> {
        const ECDSA_WITH: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
        let ecdsa = |digest: u8| sequence(&[&oid(&[ECDSA_WITH.as_slice(), &[digest]].concat())]);
        Ok(match self {
            PrivateKey::Rsa(_) => {
                let sha256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
                sequence(&[&oid(&sha256), &element(NULL, b"")])
            }
            PrivateKey::Ec(key) => ecdsa(match key.curve {
                Curve::P256 => 2,
                Curve::P384 => 3,
                Curve::P521 => 4,
            }),
            PrivateKey::Ed25519(_) => sequence(&[&oid(ED25519)]),
            PrivateKey::Dsa(_) => {
                return Err("x509: certificate private key does not implement crypto.Signer".to_owned());
            }
        })
    }

    /// The signature of `message`.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            PrivateKey::Rsa(key) => Some(key.sign(message)),
            PrivateKey::Ec(key) => key.sign(message),
            PrivateKey::Ed25519(key) => Some(key.sign(message)),
            PrivateKey::Dsa(_) => None,
        }
    }
}

/// Reads `PrivateKeyInfo`; the text of an error is that of `x509.ParsePKCS8PrivateKey`.
fn pkcs8(der: &[u8]) -> Result<PrivateKey, String> {
    let read = || {
        let mut inner = Reader::new(der).enter(SEQUENCE)?;
        inner.integer()?;
        let mut algorithm = inner.enter(SEQUENCE)?;
        Some((algorithm.content(OID)?, algorithm, inner.content(OCTET_STRING)?))
    };
    let Some((name, mut parameters, key)) = read() else {
        return Err(other_format(der).unwrap_or("asn1: structure error: malformed PKCS#8 key").to_owned());
    };
    match name {
        RSA => RsaKey::parse(key)
            .map(PrivateKey::Rsa)
            .map_err(|e| format!("x509: failed to parse RSA private key embedded in PKCS#8: {e}")),
        ECDSA => EcKey::parse(parameters.content(OID), key)
            .map(PrivateKey::Ec)
            .map_err(|e| format!("x509: failed to parse EC private key embedded in PKCS#8: {e}")),
        ED25519 if !parameters.is_empty() => Err("x509: invalid Ed25519 private key parameters".to_owned()),
        ED25519 => {
            let seed = Reader::new(key).content(OCTET_STRING);
            let seed =
                seed.ok_or("x509: invalid Ed25519 private key: asn1: structure error: malformed key")?;
            let wrong = || format!("x509: invalid Ed25519 private key length: {}", seed.len());
            EdKey::of_seed(seed).map(PrivateKey::Ed25519).ok_or_else(wrong)
        }
        other => {
            let shown = dotted(other);
            Err(format!("x509: PKCS#8 wrapping contained private key with unknown algorithm: {shown}"))
        }
    }
}

/// Go's hint for a key that is in another form than its PEM block says.
fn other_format(der: &[u8]) -> Option<&'static str> {
    let mut inner = Reader::new(der).enter(SEQUENCE)?;
    inner.integer()?;
    match inner.tag()? {
        OCTET_STRING => {
            Some("x509: failed to parse private key (use ParseECPrivateKey instead for this key format)")
        }
        super::der::INTEGER => {
            Some("x509: failed to parse private key (use ParsePKCS1PrivateKey instead for this key format)")
        }
        _ => None,
    }
}
