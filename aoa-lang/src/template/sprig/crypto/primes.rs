//! Random primes.

use num_bigint::BigUint;

use crate::template::sprig::random;
use crate::template::{Call, FnError};

/// Rounds of the Miller-Rabin test: enough for random numbers of these sizes.
const ROUNDS: usize = 16;
/// The primes that candidates are divided by first are below this.
const SIEVE: u32 = 8_192;

/// A random number of exactly `bits` bits, its two highest bits set, so that products have full length.
pub(super) fn number(call: &mut Call<'_>, bits: u64) -> BigUint {
    let bytes = random::bytes(call, usize::try_from(bits.div_ceil(8)).unwrap_or(0));
    let mut number = BigUint::from_bytes_be(&bytes) >> (bytes.len() as u64 * 8 - bits);
    number.set_bit(bits - 1, true);
    number.set_bit(bits - 2, true);
    number
}

/// A random number from 1 to `bound - 1`.
pub(super) fn below(call: &mut Call<'_>, bound: &BigUint) -> BigUint {
    let bytes = random::bytes(call, usize::try_from(bound.bits() / 8 + 9).unwrap_or(0));
    let one = BigUint::from(1_u8);
    BigUint::from_bytes_be(&bytes) % (bound - &one) + one
}

/// Small odd primes.
pub(super) fn small_primes() -> Vec<u32> {
    let mut primes: Vec<u32> = Vec::new();
    for candidate in (3..SIEVE).step_by(2) {
        if primes.iter().take_while(|p| **p * **p <= candidate).all(|p| candidate % p != 0) {
            primes.push(candidate);
        }
    }
    primes
}

/// A random prime of `bits` bits that satisfies `fits`.
pub(super) fn prime(
    call: &mut Call<'_>,
    bits: u64,
    small: &[u32],
    fits: impl Fn(&BigUint) -> bool,
) -> Result<BigUint, FnError> {
    loop {
        let mut start = number(call, bits);
        start.set_bit(0, true);
        // The remainders tell which of the next odd numbers have small factors.
        let remainders: Vec<u32> = small.iter().map(|p| remainder(&start, *p)).collect();
        for step in (0..4_096_u32).step_by(2) {
            if small.iter().zip(&remainders).any(|(p, r)| (r + step) % p == 0) {
                continue;
            }
            call.steps(1_000)?;
            let candidate = &start + step;
            if candidate.bits() == bits && fits(&candidate) && is_prime(call, &candidate) {
                return Ok(candidate);
            }
        }
    }
}

pub(super) fn remainder(number: &BigUint, divisor: u32) -> u32 {
    (number % divisor).try_into().unwrap_or(0)
}

/// Miller-Rabin for odd numbers that have no small factor.
pub(super) fn is_prime(call: &mut Call<'_>, number: &BigUint) -> bool {
    let one = BigUint::from(1_u8);
    let minus_one = number - &one;
    let zeros = minus_one.trailing_zeros().unwrap_or(0);
    let odd = &minus_one >> zeros;
    for round in 0..ROUNDS {
        // Nearly all composites fail for base 2.
        let base = if round == 0 { BigUint::from(2_u8) } else { below(call, &minus_one) };
        let mut power = base.modpow(&odd, number);
        if power == one || power == minus_one {
            continue;
        }
        let mut squares = 1;
        while squares < zeros && power != minus_one {
            power = &power * &power % number;
            squares += 1;
        }
        if power != minus_one {
            return false;
        }
    }
    true
}
