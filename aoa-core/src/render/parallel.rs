//! Does independent work on several cores, results in the order of the input.

/// `work` done on each of `items`. With the feature `rayon` on `threads` threads (0: one for each core), else on this
/// one; the results are the same.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        if threads != 1 && items.len() > 1 {
            let run = || items.par_iter().map(&work).collect();
            if threads == 0 {
                return run();
            }
            if let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
                return pool.install(run);
            }
        }
    }
    let _ = threads;
    items.iter().map(work).collect()
}
