//! The transform of the derivatives by the outputs.

use super::transforms::{Transform, both, errors};
use super::{OUTPUTS, Planes, SPAN, TileBlock, WIDTH};
use crate::kernel::{Isa, Job};
use core::ops::Range;

/// Transforms the derivatives by the outputs of some tiles.
pub(super) struct Errors<'a> {
    pub(super) planes: &'a Planes,
    pub(super) output_gradient: &'a [f32],
    pub(super) tiles: Range<usize>,
    /// The first block of filters.
    pub(super) part: usize,
    /// For each block of filters there is room for so many tiles.
    pub(super) slots: usize,
    pub(super) transformed: &'a mut [TileBlock],
}

impl Job for Errors<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { planes, output_gradient, tiles, slots, part, transformed } = self;
        let len = planes.target_len();
        for (slot, tile) in tiles.enumerate() {
            let (image, place) = planes.place(tile);
            let image = &output_gradient[image * len..][..len];
            for (number, blocks) in transformed.chunks_exact_mut(slots).enumerate() {
                for lane in (0..WIDTH).step_by(I::LANES) {
                    let filter = (part + number) * WIDTH + lane;
                    let width = planes.filters.saturating_sub(filter).min(I::LANES);
                    let block = &mut blocks[slot];
                    both(isa, &mut OneTile { planes, image, place, filter, width, block, lane });
                }
            }
        }
    }
}

/// A tile and a vector of its filters.
struct OneTile<'a> {
    planes: &'a Planes,
    image: &'a [f32],
    place: [usize; 2],
    filter: usize,
    /// How many filters there are.
    width: usize,
    block: &'a mut TileBlock,
    lane: usize,
}

impl<I: Isa> Transform<I, OUTPUTS, SPAN> for OneTile<'_> {
    #[inline(always)]
    fn row(&self, isa: I, row: usize) -> [I::Vector; OUTPUTS] {
        let mut values = [isa.splat(0.0); OUTPUTS];
        let ([height, width], filters) = (self.planes.output, self.planes.filters);
        let [row, column] = [self.place[0] + row, self.place[1]];
        if self.width == 0 || row >= height {
            return values;
        }
        let line = &self.image[(row * width + column) * filters + self.filter..];
        for (index, value) in values.iter_mut().enumerate() {
            if column + index < width {
                *value = isa.load_some(&line[index * filters..][..self.width]);
            }
        }
        values
    }

    #[inline(always)]
    fn along(isa: I, values: [I::Vector; OUTPUTS]) -> [I::Vector; SPAN] {
        errors(isa, values)
    }

    #[inline(always)]
    fn put(&mut self, isa: I, column: usize, values: [I::Vector; SPAN]) {
        for (row, &value) in values.iter().enumerate() {
            isa.store(value, &mut self.block[column * SPAN + row][self.lane..]);
        }
    }
}
