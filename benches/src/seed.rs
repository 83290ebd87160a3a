//! Numbers that look drawn and are always the same.

/// A generator of numbers (xorshift64*), the same for the same seed everywhere.
#[derive(Clone, Debug)]
pub struct Seed(u64);

impl Seed {
    /// The generator of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn draw(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = bound.max(1) as u64;
        usize::try_from((self.draw() >> 16) % bound).unwrap_or(0)
    }

    /// One of `choices`; the empty text if there are none.
    pub fn pick<'c>(&mut self, choices: &[&'c str]) -> &'c str {
        let at = self.below(choices.len());
        choices.get(at).copied().unwrap_or_default()
    }
}
