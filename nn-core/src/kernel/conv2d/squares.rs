//! The kernel of a pointwise convolution in squares: as many filters as are summed up at a time, for as many channels as
//! have a bit in a word. A square stays in the first cache while it is multiplied.

use super::ConvolutionSizes;
use crate::kernel::{Isa, singles};

/// The filters of a sum: four vectors of sixteen lanes.
pub(super) const FILTERS: usize = 64;
/// The values, or the outputs, of a square: a bit in a word for each.
pub(super) const SQUARE: usize = 64;

/// Rows of one factor of sums of products, so that no line of the cache cuts a vector.
#[repr(align(64))]
pub(super) struct Square(pub(super) [[f32; FILTERS]; SQUARE]);

impl Square {
    /// A copy of `count` rows that begin at each `step`th float.
    #[inline(always)]
    pub(super) fn of<I: Isa>(isa: I, rows: &[f32], step: usize, count: usize) -> Self {
        let mut square = Self([[0.0; FILTERS]; SQUARE]);
        for (index, to) in square.0.iter_mut().enumerate().take(count) {
            let row = &rows[index * step..][..FILTERS];
            for (from, to) in row.chunks_exact(I::LANES).zip(to.chunks_exact_mut(I::LANES)) {
                isa.store(isa.load(from), to);
            }
        }
        square
    }
}

/// Rows that lie one behind the other already, and so that no line of the cache cuts a vector.
#[inline(always)]
pub(super) fn in_place(rows: &[f32], step: usize, count: usize) -> Option<&[[f32; FILTERS]]> {
    rows.as_chunks().0.get(..count).filter(|_| step == FILTERS && is_aligned(rows))
}

#[inline(always)]
fn is_aligned(values: &[f32]) -> bool {
    values.as_ptr().addr().is_multiple_of(align_of::<Square>())
}

/// Copies of all squares of a kernel, made once for many samples.
#[derive(Clone, Copy, Debug)]
pub struct Squares<'a> {
    copies: &'a [[[f32; FILTERS]; SQUARE]],
    /// Squares side by side.
    columns: usize,
}

impl<'a> Squares<'a> {
    /// The floats in which the copies have room, wherever they begin; none where no sum is made of squares.
    pub const fn room(sizes: &ConvolutionSizes) -> usize {
        let ConvolutionSizes { geometry, channels, filters, groups } = *sizes;
        let is_pointwise = geometry.kernel[0] == 1 && geometry.kernel[1] == 1 && groups == 1;
        let is_whole = channels > 0 && channels.is_multiple_of(SQUARE) && filters.is_multiple_of(FILTERS);
        // A chip has no room for copies.
        if singles::ARE_TAKEN || !is_pointwise || !is_whole {
            return 0;
        }
        sizes.kernel_len().saturating_add(align_of::<Square>() / size_of::<f32>() - 1)
    }

    /// Copies the squares of a kernel, if it has some and the memory has [`Squares::room`].
    pub fn write(sizes: &ConvolutionSizes, kernel: &[f32], memory: &mut [f32]) {
        let (room, begin) = (Self::room(sizes), begin(memory));
        let Some(copies) = memory.get_mut(begin..room) else { return };
        let (columns, copies) = (sizes.filters / FILTERS, copies.as_chunks_mut().0.as_chunks_mut().0);
        for (number, copy) in copies.iter_mut().enumerate().take(sizes.kernel_len() / (SQUARE * FILTERS)) {
            let rows = kernel[number / columns * SQUARE * sizes.filters..].chunks_exact(sizes.filters);
            write_square(copy, rows, number % columns * FILTERS);
        }
    }

    /// What was written to this memory; nothing if it has no room.
    pub fn written(sizes: &ConvolutionSizes, memory: &'a [f32]) -> Option<Self> {
        let room = Self::room(sizes);
        let memory = memory.get(begin(memory)..room).filter(|_| room > 0)?;
        let copies = memory.as_chunks().0.as_chunks().0;
        Some(Self { copies, columns: sizes.filters / FILTERS })
    }

    /// The square of these channels and filters, which are multiples of its sides.
    #[inline(always)]
    pub(super) fn at(&self, channel: usize, filter: usize) -> &'a [[f32; FILTERS]] {
        &self.copies[channel / SQUARE * self.columns + filter / FILTERS]
    }
}

fn write_square<'a>(copy: &mut [[f32; FILTERS]; SQUARE], rows: impl Iterator<Item = &'a [f32]>, column: usize) {
    for (copy, row) in copy.iter_mut().zip(rows) {
        copy.copy_from_slice(&row[column..][..FILTERS]);
    }
}

/// Where the first line of the cache begins.
fn begin(memory: &[f32]) -> usize {
    let lines = memory.as_ptr().addr().next_multiple_of(align_of::<Square>()) - memory.as_ptr().addr();
    lines / size_of::<f32>()
}
