//! The gradient by the cells of a kernel, from the sums of products.

use super::transforms::{Transform, both, gradient};
use super::{CELLS, KernelBlock, Planes, SPAN, WIDTH};
use crate::kernel::{Isa, Job};
use core::ops::Range;

/// Transforms sums and adds them to the derivative by the kernel.
pub(super) struct Cells<'a> {
    pub(super) planes: &'a Planes,
    /// For each block of channels the blocks of filters.
    pub(super) sums: &'a [KernelBlock],
    /// The blocks of filters.
    pub(super) filters: Range<usize>,
    pub(super) kernel: &'a mut [f32],
}

impl Job for Cells<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Planes { channels, filters, .. } = *self.planes;
        for channel in 0..channels {
            let sums = &self.sums[channel / WIDTH * self.filters.len()..];
            for (sums, part) in sums.iter().zip(self.filters.clone()) {
                for lane in (0..WIDTH).step_by(I::LANES) {
                    let first = part * WIDTH + lane;
                    let width = filters.saturating_sub(first).min(I::LANES);
                    if width > 0 {
                        let (place, cell) = (channel * filters + first, channels * filters);
                        let (kernel, row) = (&mut *self.kernel, channel % WIDTH);
                        both(isa, &mut OneChannel { sums, row, lane, kernel, place, cell, width });
                    }
                }
            }
        }
    }
}

/// The kernel of a channel and a vector of filters.
struct OneChannel<'a> {
    sums: &'a KernelBlock,
    row: usize,
    lane: usize,
    kernel: &'a mut [f32],
    place: usize,
    /// From one cell to the next.
    cell: usize,
    /// How many filters there are.
    width: usize,
}

impl<I: Isa> Transform<I, SPAN, CELLS> for OneChannel<'_> {
    #[inline(always)]
    fn row(&self, isa: I, row: usize) -> [I::Vector; SPAN] {
        let mut values = [isa.splat(0.0); SPAN];
        for (column, value) in values.iter_mut().enumerate() {
            *value = isa.load(&self.sums[row * SPAN + column][self.row][self.lane..]);
        }
        values
    }

    #[inline(always)]
    fn along(isa: I, values: [I::Vector; SPAN]) -> [I::Vector; CELLS] {
        gradient(isa, values)
    }

    #[inline(always)]
    fn put(&mut self, isa: I, row: usize, values: [I::Vector; CELLS]) {
        for (column, &value) in values.iter().enumerate() {
            let place = self.place + (row * CELLS + column) * self.cell;
            let to = &mut self.kernel[place..][..self.width];
            isa.store_some(isa.add(isa.load_some(to), value), to);
        }
    }
}
