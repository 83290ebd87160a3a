//! RSA keys: drawing, PKCS #1, and signatures of PKCS #1 v1.5.

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use super::der::{Reader, SEQUENCE, integer, sequence, small};
use super::primes;
use crate::template::{Call, FnError};

/// A private key of two primes.
pub(super) struct RsaKey {
    n: BigUint,
    e: BigUint,
    d: BigUint,
    p: BigUint,
    q: BigUint,
}

const EXPONENT: u32 = 65_537;
/// The prefix of a SHA-256 digest in a signature: its algorithm and length.
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

impl RsaKey {
    pub(super) fn generate(call: &mut Call<'_>, bits: u64) -> Result<RsaKey, FnError> {
        let sieve = primes::small_primes();
        let fits = |prime: &BigUint| primes::remainder(prime, EXPONENT) != 1;
        let (e, one) = (BigUint::from(EXPONENT), BigUint::from(1_u8));
        loop {
            let p = primes::prime(call, bits / 2, &sieve, fits)?;
            let q = primes::prime(call, bits / 2, &sieve, fits)?;
            if p == q {
                continue;
            }
            let totient = (&p - &one) * (&q - &one);
            if let Some(d) = e.modinv(&totient) {
                return Ok(RsaKey { n: &p * &q, e, d, p, q });
            }
        }
    }

    /// Reads `RSAPrivateKey`. The text of an error is that of `x509.ParsePKCS1PrivateKey`.
    pub(super) fn parse(der: &[u8]) -> Result<RsaKey, String> {
        let malformed = || "asn1: structure error: malformed RSA private key".to_owned();
        let mut outer = Reader::new(der);
        let mut inner = outer.enter(SEQUENCE).ok_or_else(malformed)?;
        if !outer.is_empty() {
            return Err("asn1: syntax error: trailing data".to_owned());
        }
        let version = inner.unsigned().ok_or_else(malformed)?;
        let mut next = || inner.integer().ok_or_else(malformed);
        let numbers = [next()?, next()?, next()?, next()?, next()?];
        if version > BigUint::from(1_u8) {
            return Err("x509: unsupported private key version".to_owned());
        }
        let zero = BigUint::ZERO;
        if numbers.iter().any(|(number, negative)| *negative || *number == zero) {
            return Err("x509: private key contains zero or negative value".to_owned());
        }
        let [n, e, d, p, q] = numbers.map(|(number, _)| number);
        if &p * &q != n {
            return Err("crypto/rsa: p * q != n".to_owned());
        }
        Ok(RsaKey { n, e, d, p, q })
    }

    /// `RSAPrivateKey`.
    pub(super) fn to_pkcs1(&self) -> Vec<u8> {
        let one = BigUint::from(1_u8);
        let inverse = self.q.modinv(&self.p).unwrap_or_default();
        let numbers = [
            small(0),
            integer(&self.n),
            integer(&self.e),
            integer(&self.d),
            integer(&self.p),
            integer(&self.q),
            integer(&(&self.d % (&self.p - &one))),
            integer(&(&self.d % (&self.q - &one))),
            integer(&inverse),
        ];
        sequence(&numbers.each_ref().map(Vec::as_slice))
    }

    /// `RSAPublicKey`.
    pub(super) fn to_public(&self) -> Vec<u8> {
        sequence(&[&integer(&self.n), &integer(&self.e)])
    }

    /// Signs the SHA-256 digest of `message`.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let length = usize::try_from(self.n.bits().div_ceil(8)).unwrap_or(0);
        let digest = [SHA256_PREFIX.as_slice(), &Sha256::digest(message)].concat();
        let mut padded = vec![0, 1];
        padded.resize(length.saturating_sub(digest.len() + 1).max(2), 0xff);
        padded.push(0);
        padded.extend_from_slice(&digest);
        let signature = BigUint::from_bytes_be(&padded).modpow(&self.d, &self.n).to_bytes_be();
        let mut out = vec![0; length.saturating_sub(signature.len())];
        out.extend_from_slice(&signature);
        out
    }
}
