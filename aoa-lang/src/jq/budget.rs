//! What an evaluation may cost, in steps: gojq is stopped by a clock, which would not give the same answer twice.

use crate::Error;

use super::failure::{Failure, Outcome};

/// The steps that are left.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
}

impl Budget {
    pub(super) fn new(steps: u64) -> Self {
        Budget { left: steps }
    }

    /// Takes steps away.
    #[inline]
    pub(super) fn charge(&mut self, steps: u64) -> Outcome<()> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(spent())
            }
        }
    }

    /// What it costs to look at or copy that many items.
    pub(super) fn charge_items(&mut self, items: usize) -> Outcome<()> {
        self.charge(u64::try_from(items).unwrap_or(u64::MAX))
    }

    /// What it costs to look at or copy that many bytes.
    pub(super) fn charge_bytes(&mut self, bytes: usize) -> Outcome<()> {
        self.charge(u64::try_from(bytes / 8).unwrap_or(u64::MAX))
    }

    /// How many bytes a text may have that is built now.
    pub(super) fn bytes(&self) -> usize {
        usize::try_from(self.left.saturating_mul(2)).unwrap_or(usize::MAX)
    }
}

#[cold]
fn spent() -> Failure {
    Failure::Stopped(Error::limit("the jq expression takes too long"))
}
