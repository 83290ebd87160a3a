//! Does independent work on several cores, results in the order of the input.

/// The threads that work is spread over: made once, used for all of a resolver's runs.
pub(crate) struct Workers {
    #[cfg(feature = "rayon")]
    pool: Pool,
}

#[cfg(feature = "rayon")]
enum Pool {
    /// Only the thread that asks.
    Here,
    /// One thread for each core, shared with whoever else uses them.
    Shared,
    Own(rayon::ThreadPool),
}

impl Workers {
    /// `threads` threads; 0: one for each core. Without the feature `rayon` there is just the thread that asks.
    pub(crate) fn new(threads: usize) -> Self {
        #[cfg(feature = "rayon")]
        {
            let own = || rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = match threads {
                0 => Pool::Shared,
                1 => Pool::Here,
                _ => own().map_or(Pool::Here, Pool::Own),
            };
            Workers { pool }
        }
        #[cfg(not(feature = "rayon"))]
        {
            let _ = threads;
            Workers {}
        }
    }

    /// `work` done on each of `items`; the results are the same however many threads there are.
    ///
    /// While it waits for others a thread takes on other work that was given here: `work` that does so in turn must hold
    /// nothing then that the other could wait for.
    pub(crate) fn map<T: Sync, R: Send>(&self, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        #[cfg(feature = "rayon")]
        {
            use rayon::prelude::*;
            let run = || items.par_iter().map(&work).collect();
            match &self.pool {
                Pool::Own(pool) if items.len() > 1 => return pool.install(run),
                Pool::Shared if items.len() > 1 => return run(),
                _ => {}
            }
        }
        items.iter().map(work).collect()
    }

    /// Whether there is more than one thread.
    pub(crate) fn are_several(&self) -> bool {
        #[cfg(feature = "rayon")]
        return match &self.pool {
            Pool::Here => false,
            Pool::Shared => rayon::current_num_threads() > 1,
            Pool::Own(pool) => pool.current_num_threads() > 1,
        };
        #[cfg(not(feature = "rayon"))]
        false
    }
}
