//! What the innermost loop reads of the right factor in each step of the depth.

use super::Matrix;
use crate::kernel::Isa;
use crate::kernel::ahead::fetch_floats;
use core::slice::{ChunksExact, ChunksExactMut};

/// Vectors of columns, step by step of the depth.
pub(super) trait Columns<I: Isa, const VECTORS: usize> {
    /// Those of the next step; `None` after the last one.
    fn next(&mut self, isa: I) -> Option<[I::Vector; VECTORS]>;
}

/// The vectors at the beginning of a slice.
#[inline(always)]
pub(super) fn load<I: Isa, const VECTORS: usize>(isa: I, from: &[f32]) -> [I::Vector; VECTORS] {
    let mut columns = [isa.splat(0.0); VECTORS];
    for (vector, columns) in columns.iter_mut().enumerate() {
        *columns = isa.load(&from[vector * I::LANES..]);
    }
    columns
}

/// A copy, in which the steps lie one behind the other.
pub(super) struct Copied<'a>(ChunksExact<'a, f32>);

impl<'a> Copied<'a> {
    /// Steps of so many floats each.
    #[inline(always)]
    pub(super) fn new(copy: &'a [f32], width: usize) -> Self {
        Self(copy.chunks_exact(width))
    }
}

impl<I: Isa, const VECTORS: usize> Columns<I, VECTORS> for Copied<'_> {
    #[inline(always)]
    fn next(&mut self, isa: I) -> Option<[I::Vector; VECTORS]> {
        Some(load(isa, self.0.next()?))
    }
}

/// How many steps before they are read rows are fetched once more: they may be so far apart that few of them stay in a cache
/// at a time.
const AHEAD: usize = 16;

/// The factor where it lies, copied while it is read: the arithmetic of a step takes so long that its copy costs nothing.
pub(super) struct Copying<'a> {
    /// What is left.
    from: Matrix<'a>,
    to: ChunksExactMut<'a, f32>,
}

impl<'a> Copying<'a> {
    /// Rows of which so many floats are copied, one behind the other, until there is no more room.
    #[inline(always)]
    pub(super) fn new(from: Matrix<'a>, to: &'a mut [f32], width: usize) -> Self {
        Self { from, to: to.chunks_exact_mut(width) }
    }
}

impl<I: Isa, const VECTORS: usize> Columns<I, VECTORS> for Copying<'_> {
    #[inline(always)]
    fn next(&mut self, isa: I) -> Option<[I::Vector; VECTORS]> {
        let to = self.to.next()?;
        let columns = load(isa, self.from.values);
        for (vector, &columns) in columns.iter().enumerate() {
            isa.store(columns, &mut to[vector * I::LANES..]);
        }
        if self.to.len() >= AHEAD {
            let place = self.from.values.as_ptr().wrapping_add(AHEAD * self.from.row_stride);
            fetch_floats(isa, place, VECTORS * I::LANES);
        }
        self.from = self.from.from(1, 0);
        Some(columns)
    }
}
