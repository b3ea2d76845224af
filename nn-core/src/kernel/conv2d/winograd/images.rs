//! The transform of an image.

use super::transforms::{Transform, both_in, pixels};
use super::{Planes, SPAN, TileBlock, WIDTH};
use crate::kernel::{Isa, Job};
use core::ops::Range;

/// Transforms what the windows of some tiles see.
pub(super) struct Images<'a> {
    pub(super) planes: &'a Planes,
    pub(super) source: &'a [f32],
    pub(super) tiles: Range<usize>,
    /// For each block of channels the tiles, as many as there is room for.
    pub(super) transformed: &'a mut [TileBlock],
}

impl Job for Images<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { planes, source, tiles, transformed } = self;
        let len = planes.source_len();
        let slots = transformed.len() / planes.blocks();
        let mut half = [[isa.splat(0.0); SPAN]; SPAN];
        for (slot, tile) in tiles.enumerate() {
            let (image, place) = planes.place(tile);
            let image = &source[image * len..][..len];
            let seen = [planes.seen(0, place[0]), planes.seen(1, place[1])];
            for (number, blocks) in transformed.chunks_exact_mut(slots).enumerate() {
                for lane in (0..WIDTH).step_by(I::LANES) {
                    let channel = number * WIDTH + lane;
                    let width = planes.channels.saturating_sub(channel).min(I::LANES);
                    let block = &mut blocks[slot];
                    both_in(isa, &mut half, &mut OneTile { planes, image, seen: &seen, channel, width, block, lane });
                }
            }
        }
    }
}

/// A tile and a vector of its channels.
struct OneTile<'a> {
    planes: &'a Planes,
    image: &'a [f32],
    seen: &'a [Seen; 2],
    channel: usize,
    /// How many channels there are.
    width: usize,
    block: &'a mut TileBlock,
    lane: usize,
}

impl<I: Isa> Transform<I, SPAN, SPAN> for OneTile<'_> {
    #[inline(always)]
    fn row(&self, isa: I, row: usize) -> [I::Vector; SPAN] {
        let mut values = [isa.splat(0.0); SPAN];
        let ([rows, columns], channels) = (self.seen, self.planes.channels);
        if self.width == 0 || !rows.cells.contains(&row) {
            return values;
        }
        let line = (rows.pixel + row - rows.cells.start) * self.planes.input[1] + columns.pixel;
        let line = &self.image[line * channels + self.channel..];
        for (column, value) in values.iter_mut().enumerate() {
            if columns.cells.contains(&column) {
                *value = isa.load_some(&line[(column - columns.cells.start) * channels..][..self.width]);
            }
        }
        values
    }

    #[inline(always)]
    fn along(isa: I, values: [I::Vector; SPAN]) -> [I::Vector; SPAN] {
        pixels(isa, values)
    }

    #[inline(always)]
    fn put(&mut self, isa: I, column: usize, values: [I::Vector; SPAN]) {
        for (row, &value) in values.iter().enumerate() {
            isa.store(value, &mut self.block[column * SPAN + row][self.lane..]);
        }
    }
}

/// What lies inside of the pixels that a tile's windows see, along an axis.
struct Seen {
    /// Which of them.
    cells: Range<usize>,
    /// The pixel of the first.
    pixel: usize,
}

impl Planes {
    fn seen(&self, axis: usize, output: usize) -> Seen {
        let start = self.before[axis].saturating_sub(output);
        let end = (self.input[axis] + self.before[axis]).saturating_sub(output).min(SPAN);
        Seen { cells: start..end, pixel: (output + start).saturating_sub(self.before[axis]) }
    }
}
