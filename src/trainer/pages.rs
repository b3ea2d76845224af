//! Large pages for large buffers. A processor knows where some thousand pages lie: 12 MiB or less of the usual ones of
//! 4 KiB. Training runs through more than that in every step, and then looks up each page anew.

use core::mem::MaybeUninit;

/// Asks for large pages for memory to which nothing has been written yet. The system may decline: nothing but the time
/// hangs on it.
#[cfg(target_os = "linux")]
pub(super) fn ask_for_large<T>(memory: &mut [MaybeUninit<T>]) {
    /// Less is found with the usual pages.
    const LEAST: usize = 4 << 20;
    /// The system takes the beginning of a page only: of the largest usual ones, so that it is that of any.
    const PAGE: usize = 64 << 10;
    let bytes = size_of_val(memory);
    let begin = memory.as_mut_ptr().cast::<u8>();
    let before = begin.align_offset(PAGE);
    if bytes < LEAST || before >= bytes {
        return;
    }
    // SAFETY: the range lies within memory that is borrowed mutably, and the advice changes none of its contents, only the
    // size of the pages that hold them.
    unsafe {
        libc::madvise(begin.add(before).cast(), bytes - before, libc::MADV_HUGEPAGE);
    }
}

/// Other systems choose by themselves.
#[cfg(not(target_os = "linux"))]
pub(super) fn ask_for_large<T>(_memory: &mut [MaybeUninit<T>]) {}
