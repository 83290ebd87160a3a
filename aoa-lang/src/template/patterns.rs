//! Compiled regular expressions of one template, kept between its runs: compiling costs far more than matching.

use std::sync::{Arc, Mutex, PoisonError};

use crate::Result;
use crate::text::regexp::Regexp;

/// How many are kept. Patterns are mostly constants of the template; those beyond are compiled each time.
const MOST: usize = 64;

/// The regular expressions that a template has used so far.
#[derive(Default)]
pub(super) struct Patterns {
    known: Mutex<Vec<Known>>,
}

struct Known {
    pattern: Box<[u8]>,
    regexp: Arc<Regexp>,
}

impl Patterns {
    /// The regular expression of `pattern`.
    ///
    /// # Errors
    /// As [`Regexp::new`].
    pub(super) fn get(&self, pattern: &[u8]) -> Result<Arc<Regexp>> {
        let find = |known: &[Known]| known.iter().find(|k| *k.pattern == *pattern).map(|k| k.regexp.clone());
        // A panic of another thread leaves a list that is whole.
        if let Some(regexp) = find(&self.known.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(regexp);
        }
        let regexp = Arc::new(Regexp::new(pattern)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST && find(&known).is_none() {
            known.push(Known { pattern: pattern.into(), regexp: regexp.clone() });
        }
        Ok(regexp)
    }
}

impl std::fmt::Debug for Patterns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patterns")
    }
}
