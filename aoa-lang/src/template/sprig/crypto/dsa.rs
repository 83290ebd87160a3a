//! DSA keys: drawing, and the form in which OpenSSL keeps them. Certificates cannot be signed with them.

use num_bigint::BigUint;

use super::der::{Reader, SEQUENCE, integer, sequence, small};
use super::primes;
use crate::template::{Call, FnError};

/// A private key with its parameters.
pub(super) struct DsaKey {
    p: BigUint,
    q: BigUint,
    g: BigUint,
    y: BigUint,
    x: BigUint,
}

/// `dsa.L2048N256`.
const P_BITS: u64 = 2_048;
const Q_BITS: u64 = 256;

impl DsaKey {
    pub(super) fn generate(call: &mut Call<'_>) -> Result<DsaKey, FnError> {
        let sieve = primes::small_primes();
        let one = BigUint::from(1_u8);
        let q = primes::prime(call, Q_BITS, &sieve, |_| true)?;
        // A prime p of which q divides p - 1.
        let p = loop {
            let mut candidate = primes::number(call, P_BITS);
            candidate.set_bit(0, true);
            let double = &q * 2_u8;
            candidate -= &candidate % &double - &one;
            call.steps(1_000)?;
            let sieved = sieve.iter().all(|prime| primes::remainder(&candidate, *prime) != 0);
            if sieved && candidate.bits() == P_BITS && primes::is_prime(call, &candidate) {
                break candidate;
            }
        };
        let exponent = (&p - &one) / &q;
        let g =
            (2_u8..).map(|h| BigUint::from(h).modpow(&exponent, &p)).find(|g| *g != one).unwrap_or_default();
        let x = primes::below(call, &q);
        let y = g.modpow(&x, &p);
        Ok(DsaKey { p, q, g, y, x })
    }

    /// Reads the sequence of version, parameters and keys.
    pub(super) fn parse(der: &[u8]) -> Option<DsaKey> {
        let mut inner = Reader::new(der).enter(SEQUENCE)?;
        inner.integer()?;
        let mut next = || inner.unsigned();
        let [p, q, g, y, x] = [next()?, next()?, next()?, next()?, next()?];
        Some(DsaKey { p, q, g, y, x })
    }

    /// The sequence of version, parameters and keys.
    pub(super) fn to_der(&self) -> Vec<u8> {
        let numbers = [&self.p, &self.q, &self.g, &self.y, &self.x].map(integer);
        let [p, q, g, y, x] = &numbers;
        sequence(&[&small(0), p, q, g, y, x])
    }
}
