//! The allocator of the command, which counts the bytes that are allocated, while asked to.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed};

use mimalloc::MiMalloc;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static NOW: AtomicIsize = AtomicIsize::new(0);
static MOST: AtomicIsize = AtomicIsize::new(0);

fn count(bytes: isize) {
    let now = NOW.fetch_add(bytes, Relaxed) + bytes;
    MOST.fetch_max(now, Relaxed);
}

fn size(bytes: usize) -> isize {
    isize::try_from(bytes).unwrap_or(isize::MAX)
}

// SAFETY: every call goes to the allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Relaxed) {
            count(size(layout.size()));
        }
        // SAFETY: the caller's promises are those that the allocator asks for.
        unsafe { MiMalloc.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if COUNTS.load(Relaxed) {
            count(-size(layout.size()));
        }
        // SAFETY: as above.
        unsafe { MiMalloc.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, new: usize) -> *mut u8 {
        if COUNTS.load(Relaxed) {
            count(size(new) - size(layout.size()));
        }
        // SAFETY: as above.
        unsafe { MiMalloc.realloc(place, layout, new) }
    }
}

/// What `work` gives, the most bytes that were allocated at one time while it ran, and those that its result keeps.
pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> (T, Memory) {
    NOW.store(0, Relaxed);
    MOST.store(0, Relaxed);
    COUNTS.store(true, Relaxed);
    let given = work();
    COUNTS.store(false, Relaxed);
    let bytes = |n: &AtomicIsize| usize::try_from(n.load(Relaxed)).unwrap_or(0);
    (given, Memory { most: bytes(&MOST), kept: bytes(&NOW) })
}

/// Bytes beyond those that were there before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) most: usize,
    pub(crate) kept: usize,
}
