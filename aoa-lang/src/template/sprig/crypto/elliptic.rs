//! Keys on elliptic curves: P-256, P-384, P-521 and Ed25519.

use p256::ecdsa::signature::Signer;

use super::der::{OCTET_STRING, OID, Reader, SEQUENCE, bits, context, element, nest, oid, sequence, small};
use crate::template::Call;
use crate::template::sprig::random;

/// A curve of NIST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

/// The curves, with their object identifiers.
const CURVES: [(Curve, &[u8]); 3] = [
    (Curve::P256, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]),
    (Curve::P384, &[0x2b, 0x81, 0x04, 0x00, 0x22]),
    (Curve::P521, &[0x2b, 0x81, 0x04, 0x00, 0x23]),
];

impl Curve {
    pub(super) fn oid(self) -> &'static [u8] {
        CURVES.iter().find(|(curve, _)| *curve == self).map(|(_, oid)| *oid).unwrap_or_default()
    }

    fn of_oid(content: &[u8]) -> Option<Curve> {
        CURVES.iter().find(|(_, oid)| *oid == content).map(|(curve, _)| *curve)
    }

    /// The length of a secret in bytes.
    fn size(self) -> usize {
        match self {
            Curve::P256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }
}

/// A private key on a curve.
pub(super) struct EcKey {
    pub(super) curve: Curve,
    secret: Vec<u8>,
    /// The public point, uncompressed.
    pub(super) public: Vec<u8>,
}

impl EcKey {
    pub(super) fn generate(call: &mut Call<'_>) -> EcKey {
        loop {
            // Nearly every number of 32 bytes is below the order of the curve.
            let secret = random::bytes(call, Curve::P256.size());
            if let Some(key) = EcKey::of_secret(Curve::P256, secret) {
                return key;
            }
        }
    }

    fn of_secret(curve: Curve, secret: Vec<u8>) -> Option<EcKey> {
        let public = match curve {
            Curve::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&secret).ok()?;
                key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
            }
            Curve::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(&secret).ok()?;
                key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
            }
            Curve::P521 => {
                let key = p521::ecdsa::SigningKey::from_slice(&secret).ok()?;
                key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
            }
        };
        Some(EcKey { curve, secret, public })
    }

    /// Reads `ECPrivateKey`; the curve may be named around it. The text of an error is that of Go.
    pub(super) fn parse(named: Option<&[u8]>, der: &[u8]) -> Result<EcKey, String> {
        let malformed =
            || "x509: failed to parse EC private key: asn1: structure error: malformed key".to_owned();
        let mut inner = Reader::new(der).enter(SEQUENCE).ok_or_else(malformed)?;
        let version = inner.unsigned().ok_or_else(malformed)?;
        let secret = inner.content(OCTET_STRING).ok_or_else(malformed)?;
        let inner_name = inner.enter(context(0)).and_then(|mut name| name.content(OID));
        if version != 1_u8.into() {
            return Err(format!("x509: unknown EC private key version {version}"));
        }
        let curve = named.or(inner_name).and_then(Curve::of_oid);
        let curve = curve.ok_or_else(|| "x509: unknown elliptic curve".to_owned())?;
        // Leading zeros may be too many or left out, as OpenSSL once did.
        let zeros = secret.len().saturating_sub(curve.size());
        let (padding, digits) = secret.split_at_checked(zeros).unwrap_or((b"", secret));
        if padding.iter().any(|b| *b != 0) {
            return Err("x509: invalid private key length".to_owned());
        }
        let mut full = vec![0; curve.size() - digits.len()];
        full.extend_from_slice(digits);
        EcKey::of_secret(curve, full).ok_or_else(|| "ecdsa: invalid private key".to_owned())
    }

    /// `ECPrivateKey`.
    pub(super) fn to_der(&self) -> Vec<u8> {
        sequence(&[
            &small(1),
            &element(OCTET_STRING, &self.secret),
            &nest(context(0), &[&oid(self.curve.oid())]),
            &nest(context(1), &[&bits(&self.public)]),
        ])
    }

    /// Signs the digest of `message` that goes with the curve.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        Some(match self.curve {
            Curve::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&self.secret).ok()?;
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Curve::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(&self.secret).ok()?;
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Curve::P521 => {
                let key = p521::ecdsa::SigningKey::from_slice(&self.secret).ok()?;
                let signature: p521::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
        })
    }
}

/// An Ed25519 key, by its seed.
pub(super) struct EdKey {
    seed: [u8; 32],
}

impl EdKey {
    pub(super) fn generate(call: &mut Call<'_>) -> EdKey {
        EdKey::of_seed(&random::bytes(call, 32)).unwrap_or(EdKey { seed: [0; 32] })
    }

    /// The key of a seed of 32 bytes.
    pub(super) fn of_seed(seed: &[u8]) -> Option<EdKey> {
        Some(EdKey { seed: seed.try_into().ok()? })
    }

    pub(super) fn seed(&self) -> &[u8] {
        &self.seed
    }

    pub(super) fn public(&self) -> Vec<u8> {
        ed25519_dalek::SigningKey::from_bytes(&self.seed).verifying_key().to_bytes().to_vec()
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        use ed25519_dalek::Signer as _;
        ed25519_dalek::SigningKey::from_bytes(&self.seed).sign(message).to_bytes().to_vec()
    }
}
