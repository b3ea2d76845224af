//! Work shared between threads: the trait, and the team of one.
//!
//! No task adds to what another one wrote, and sums that are made in parts are cut by the sizes of the data and never by
//! the number of threads. So the results are the same bits whoever runs them.

use core::marker::PhantomData;

/// Runs independent tasks, on one thread or on several.
pub trait Team: Sync {
    /// How many threads work at once.
    fn threads(&self) -> usize;

    /// Calls `task` once with each number of `0..count`, in any order and on any thread, and returns when all are done.
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync));
}

/// The team of one: every task on the calling thread, in order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Team for Sequential {
    fn threads(&self) -> usize {
        1
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        for number in 0..count {
            task(number);
        }
    }
}

impl dyn Team + '_ {
    /// Cuts `parts` and calls `task` once with each piece, each on whichever thread is free.
    ///
    /// ```
    /// use nn_core::team::{Chunks, Sequential, Team};
    ///
    /// let team: &dyn Team = &Sequential;
    /// let mut squares = [0.0; 5];
    /// team.split(Chunks::new(&mut squares, 2), |number, piece| {
    ///     for (index, square) in piece.iter_mut().enumerate() {
    ///         *square = ((number * 2 + index) as f32).powi(2);
    ///     }
    /// });
    /// assert_eq!(squares, [0.0, 1.0, 4.0, 9.0, 16.0]);
    /// ```
    pub fn split<P: Parts>(&self, parts: P, task: impl Fn(usize, P::Part) + Sync) {
        self.run(parts.count(), &|number| {
            // SAFETY: `run` hands out each number once, so each piece is asked for once.
            task(number, unsafe { parts.part(number) });
        });
    }
}

/// Something that falls into pieces which do not overlap.
///
/// # Safety
///
/// Pieces of different numbers must not overlap.
pub unsafe trait Parts: Sync {
    /// One piece.
    type Part;

    /// The number of pieces.
    fn count(&self) -> usize;

    /// The piece of this number.
    ///
    /// # Safety
    ///
    /// Each number may be asked for once only.
    unsafe fn part(&self, number: usize) -> Self::Part;
}

/// A mutable slice cut into pieces of `size`; the last one may be shorter.
#[derive(Debug)]
pub struct Chunks<'a, T> {
    start: *mut T,
    len: usize,
    size: usize,
    slice: PhantomData<&'a mut [T]>,
}

impl<'a, T> Chunks<'a, T> {
    /// Cuts `slice` into pieces of `size`, which is taken as one if it is zero.
    pub fn new(slice: &'a mut [T], size: usize) -> Self {
        Self { start: slice.as_mut_ptr(), len: slice.len(), size: size.max(1), slice: PhantomData }
    }
}

// SAFETY: the pieces are handed out under the contract of `Parts`, as disjoint mutable slices of `T: Send`.
unsafe impl<T: Send> Sync for Chunks<'_, T> {}

// SAFETY: piece `n` covers the elements from `n * size` up to `(n + 1) * size`.
unsafe impl<'a, T: Send> Parts for Chunks<'a, T> {
    type Part = &'a mut [T];

    fn count(&self) -> usize {
        self.len.div_ceil(self.size)
    }

    unsafe fn part(&self, number: usize) -> &'a mut [T] {
        let begin = (number * self.size).min(self.len);
        let len = self.size.min(self.len - begin);
        // SAFETY: the range lies within the slice that is borrowed mutably for `'a`, and no number is asked for twice.
        unsafe { core::slice::from_raw_parts_mut(self.start.add(begin), len) }
    }
}

// SAFETY: both halves keep their pieces apart. Both must have the same number of pieces; the smaller counts.
unsafe impl<A: Parts, B: Parts> Parts for (A, B) {
    type Part = (A::Part, B::Part);

    fn count(&self) -> usize {
        self.0.count().min(self.1.count())
    }

    unsafe fn part(&self, number: usize) -> Self::Part {
        // SAFETY: the caller's promise holds for both halves.
        unsafe { (self.0.part(number), self.1.part(number)) }
    }
}

// SAFETY: all three keep their pieces apart.
unsafe impl<A: Parts, B: Parts, C: Parts> Parts for (A, B, C) {
    type Part = (A::Part, B::Part, C::Part);

    fn count(&self) -> usize {
        self.0.count().min(self.1.count()).min(self.2.count())
    }

    unsafe fn part(&self, number: usize) -> Self::Part {
        // SAFETY: the caller's promise holds for all three.
        unsafe { (self.0.part(number), self.1.part(number), self.2.part(number)) }
    }
}

/// The largest number of blocks into which sums over a batch are cut.
pub const MOST_BLOCKS: usize = 16;

/// How many samples of a batch are added up by one owner, in order, before the blocks' sums are added in order.
///
/// It depends on the size of the batch alone, so that sums are the same for any number of threads.
pub const fn block_size(batch: usize) -> usize {
    batch.div_ceil(MOST_BLOCKS)
}

/// Into how many blocks of [`block_size`] samples a batch falls.
pub const fn blocks(batch: usize) -> usize {
    if batch == 0 { 0 } else { batch.div_ceil(block_size(batch)) }
}

/// A team that claims to be many and takes the tasks in the opposite order.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backwards;

#[cfg(test)]
impl Team for Backwards {
    fn threads(&self) -> usize {
        7
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).rev().for_each(task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_the_slice_once() {
        for len in 0..20 {
            for size in 1..7 {
                let mut touched = std::vec![0u32; len];
                let team: &dyn Team = &Sequential;
                team.split(Chunks::new(&mut touched, size), |_, piece| {
                    piece.iter_mut().for_each(|touch| *touch += 1);
                });
                assert!(touched.iter().all(|&touch| touch == 1));
            }
        }
    }

    #[test]
    fn blocks_cover_the_batch() {
        assert_eq!((blocks(0), blocks(1), blocks(16), blocks(17), blocks(128)), (0, 1, 16, 9, 16));
        for batch in 1..500 {
            assert!(blocks(batch) <= MOST_BLOCKS);
            assert!(block_size(batch) * blocks(batch) >= batch);
            assert!(block_size(batch) * (blocks(batch) - 1) < batch);
        }
    }
}
