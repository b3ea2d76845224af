//! A convolution, or its gradient by the input, with fewer multiplications.

use super::filters::Filters;
use super::images::Images;
use super::outputs::Outputs;
use super::products::{Products, ROWS};
use super::scratch::{MOST, with_floats};
use super::{CHANNELS, Planes, STRIP, TileBlock, WIDTH, tile_blocks};
use crate::kernel::finish::Finish;
use crate::kernel::{Isa, Job};

/// The most blocks of transformed images that are kept.
const KEPT: usize = STRIP * CHANNELS[1].div_ceil(WIDTH);
/// The floats of such a block.
const BLOCK: usize = size_of::<TileBlock>() / size_of::<f32>();

/// What lies on the stack fits there: a part of a kernel, images and sums.
const _: () = {
    let part = CHANNELS[1].div_ceil(WIDTH) * size_of::<super::KernelBlock>() / size_of::<f32>();
    assert!(part + (KEPT + STRIP) * BLOCK <= MOST);
};

/// A kernel.
#[derive(Clone, Copy, Debug)]
pub enum Kernel<'a> {
    /// As it is, `[rows][columns][channels][filters]`.
    AsGiven(&'a [f32]),
    /// As [`Filters`] writes it, part by part.
    Transformed(&'a [f32]),
}

/// The convolution of some images, one behind the other.
#[derive(Debug)]
pub struct Minimal<'a, F> {
    /// The sizes.
    pub planes: &'a Planes,
    /// The images.
    pub source: &'a [f32],
    /// The kernel.
    pub kernel: Kernel<'a>,
    /// What is added to the sums of each filter.
    pub bias: Option<&'a [f32]>,
    /// What becomes of the sums.
    pub finish: F,
    /// Where they go.
    pub target: &'a mut [f32],
}

impl<F: Finish> Job for Minimal<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let tiles = self.planes.tiles() * (self.target.len() / self.planes.target_len().max(1));
        let is_plain = matches!(self.kernel, Kernel::AsGiven(_));
        // If the kernel is transformed part by part, as many tiles as fit have their turn with each part.
        let blocks = self.planes.blocks();
        let kept = if is_plain && self.planes.filters > WIDTH { KEPT / blocks / ROWS * ROWS } else { STRIP };
        let slots = kept.min(tiles.next_multiple_of(ROWS));
        let part = if is_plain { self.planes.part_len() } else { 0 };
        with_floats(part + (slots * blocks + slots.min(STRIP)) * BLOCK, &mut |memory| {
            let (part, memory) = memory.split_at_mut(part);
            let (images, sums) = tile_blocks(memory).split_at_mut(slots * blocks);
            self.tiles(isa, tiles, slots, Memory { part, images, sums });
        });
    }
}

/// What is transformed.
struct Memory<'a> {
    part: &'a mut [f32],
    images: &'a mut [TileBlock],
    sums: &'a mut [TileBlock],
}

impl<F: Finish> Minimal<'_, F> {
    /// All tiles, as many at a time as there are slots.
    fn tiles<I: Isa>(&mut self, isa: I, tiles: usize, slots: usize, memory: Memory<'_>) {
        let Memory { part, images, sums } = memory;
        let (planes, len) = (self.planes, self.planes.part_len());
        for first in (0..tiles).step_by(slots) {
            let end = tiles.min(first + slots);
            isa.run(Images { planes, source: self.source, tiles: first..end, transformed: images });
            for number in 0..planes.filters.div_ceil(WIDTH) {
                let kernel = match self.kernel {
                    Kernel::Transformed(kernel) => &kernel[number * len..][..len],
                    Kernel::AsGiven(kernel) => {
                        if first == 0 || planes.filters > WIDTH {
                            isa.run(Filters { planes, kernel, part: number, transformed: part });
                        }
                        &*part
                    }
                };
                for strip in (first..end).step_by(STRIP) {
                    let (strip, first) = (strip..end.min(strip + STRIP), strip - first);
                    isa.run(Products { first, rows: strip.len(), slots, images, kernel, sums });
                    let Self { bias, finish, ref mut target, .. } = *self;
                    isa.run(Outputs { planes, tiles: strip, filter: number * WIDTH, sums, bias, finish, target });
                }
            }
        }
    }
}
