//! The transform of a kernel.

use super::transforms::{Transform, both, cells};
use super::{CELLS, KernelBlock, Planes, SPAN, WIDTH, kernel_blocks_mut};
use crate::kernel::{Isa, Job};

/// Transforms the kernel of some filters: [`Planes::part_len`] floats, a block for some channels after the other.
#[derive(Debug)]
pub struct Filters<'a> {
    /// The sizes.
    pub planes: &'a Planes,
    /// The kernel, `[rows][columns][channels][filters]`.
    pub kernel: &'a [f32],
    /// Which of the parts of 16 filters.
    pub part: usize,
    /// Where they are written.
    pub transformed: &'a mut [f32],
}

impl Job for Filters<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { planes, kernel, part, transformed } = self;
        let blocks = kernel_blocks_mut(transformed);
        let cell = planes.channels * planes.filters;
        for (number, block) in blocks.iter_mut().enumerate().take(planes.blocks()) {
            for row in 0..WIDTH {
                let channel = number * WIDTH + row;
                for lane in (0..WIDTH).step_by(I::LANES) {
                    let first = part * WIDTH + lane;
                    let width = if channel < planes.channels { planes.filters.saturating_sub(first) } else { 0 };
                    let (place, width) = (channel * planes.filters + first, width.min(I::LANES));
                    both(isa, &mut OneChannel { kernel, place, cell, width, block, row, lane });
                }
            }
        }
    }
}

/// The kernel of a channel and a vector of filters.
struct OneChannel<'a> {
    kernel: &'a [f32],
    place: usize,
    /// From one cell to the next.
    cell: usize,
    /// How many filters there are.
    width: usize,
    block: &'a mut KernelBlock,
    row: usize,
    lane: usize,
}

impl<I: Isa> Transform<I, CELLS, SPAN> for OneChannel<'_> {
    #[inline(always)]
    fn row(&self, isa: I, row: usize) -> [I::Vector; CELLS] {
        let mut weights = [isa.splat(0.0); CELLS];
        if self.width > 0 {
            for (column, weights) in weights.iter_mut().enumerate() {
                let place = self.place + (row * CELLS + column) * self.cell;
                *weights = isa.load_some(&self.kernel[place..][..self.width]);
            }
        }
        weights
    }

    #[inline(always)]
    fn along(isa: I, values: [I::Vector; CELLS]) -> [I::Vector; SPAN] {
        cells(isa, values)
    }

    #[inline(always)]
    fn put(&mut self, isa: I, column: usize, values: [I::Vector; SPAN]) {
        for (row, &value) in values.iter().enumerate() {
            isa.store(value, &mut self.block[column * SPAN + row][self.row][self.lane..]);
        }
    }
}
