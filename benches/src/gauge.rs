//! What a piece of work takes: processor time, which says more than the clock where others use the machine too.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The processor time that this process has used so far, all threads together.
#[must_use]
pub fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    let part = |n: i64| u64::try_from(n).unwrap_or(0);
    Duration::new(part(now.tv_sec), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// The least processor time of `runs` runs of `work`, and what the last one gave. Dropping what earlier ones gave does
/// not count.
pub fn least<T>(runs: usize, mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut timed = || {
        let before = cpu_time();
        let given = work();
        (cpu_time().saturating_sub(before), given)
    };
    let (mut least, mut last) = timed();
    for _ in 1..runs {
        drop(last);
        let (took, given) = timed();
        least = least.min(took);
        last = given;
    }
    (least, last)
}
