//! The gradient of a convolution by its kernel, with fewer multiplications.
//!
//! What each step of the convolution takes to the next, its transpose takes back:
//! `gradient = G^T [sum over tiles of (A errors A^T) * (B^T image B)] G`, where `errors` are the derivatives by the outputs
//! of a tile. The sum over the tiles of all images is taken first, so that there is one transform of it.

use super::cells::Cells;
use super::errors::Errors;
use super::images::Images;
use super::scratch::{MOST, with_floats};
use super::{CHANNELS, KernelBlock, MOST_TILES, PRODUCTS, Planes, TileBlock, WIDTH, kernel_blocks_mut, tile_blocks};
use crate::kernel::{Isa, Job};
use core::ops::Range;

/// The blocks of sums that are taken at once, of channels by filters.
const SUMS: usize = CHANNELS[1].div_ceil(WIDTH);
/// The floats of a block of sums, and of what a tile has for a block.
const SUMS_BLOCK: usize = size_of::<KernelBlock>() / size_of::<f32>();
const TILE_BLOCK: usize = size_of::<TileBlock>() / size_of::<f32>();

/// Adds the derivative by the kernel, of some images, to `kernel`.
#[derive(Debug)]
pub struct ByWeights<'a> {
    /// The sizes.
    pub planes: &'a Planes,
    /// The images, one behind the other.
    pub input: &'a [f32],
    /// The derivatives by their outputs.
    pub output_gradient: &'a [f32],
    /// The derivative by the kernel.
    pub kernel: &'a mut [f32],
}

impl Job for ByWeights<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let [channels, filters] = [self.planes.channels, self.planes.filters].map(|count| count.div_ceil(WIDTH));
        let filters_at_once = (SUMS / channels).max(1).min(filters);
        let sums = channels * filters_at_once * SUMS_BLOCK;
        // At most as many sums as there are for the largest number of channels: there is room for some tiles.
        let room = (MOST - sums) / (channels + filters_at_once) / TILE_BLOCK;
        let tiles = self.planes.tiles() * (self.input.len() / self.planes.source_len().max(1));
        let slots = room.min(MOST_TILES).min(tiles);
        let [images, errors] = [channels, filters_at_once].map(|blocks| blocks * slots);
        with_floats(sums + (images + errors) * TILE_BLOCK, &mut |memory| {
            let (sums, transformed) = memory.split_at_mut(sums);
            let (images, errors) = tile_blocks(transformed).split_at_mut(images);
            for first in (0..filters).step_by(filters_at_once) {
                let filters = first..filters.min(first + filters_at_once);
                self.part(isa, filters, slots, tiles, Memory { sums, images, errors });
            }
        });
    }
}

/// What is transformed, and the sums.
struct Memory<'a> {
    sums: &'a mut [f32],
    images: &'a mut [TileBlock],
    errors: &'a mut [TileBlock],
}

impl ByWeights<'_> {
    /// Some blocks of filters.
    fn part<I: Isa>(&mut self, isa: I, filters: Range<usize>, slots: usize, tiles: usize, memory: Memory<'_>) {
        let Memory { sums, images, errors } = memory;
        let planes = self.planes;
        let errors = &mut errors[..filters.len() * slots];
        sums.fill(0.0);
        let sums = kernel_blocks_mut(sums);
        for first in (0..tiles).step_by(slots) {
            let tiles = first..tiles.min(first + slots);
            isa.run(Images { planes, source: self.input, tiles: tiles.clone(), transformed: images });
            let (output_gradient, part) = (self.output_gradient, filters.start);
            isa.run(Errors { planes, output_gradient, tiles: tiles.clone(), slots, part, transformed: errors });
            isa.run(Sums { tiles: tiles.len(), slots, images, errors, sums });
        }
        isa.run(Cells { planes, sums, filters, kernel: self.kernel });
    }
}

/// Adds the products of each channel and filter, of some tiles, to the sums.
struct Sums<'a> {
    tiles: usize,
    /// For each block of channels, or filters, there are so many tiles.
    slots: usize,
    images: &'a [TileBlock],
    errors: &'a [TileBlock],
    /// For each block of channels the blocks of filters.
    sums: &'a mut [KernelBlock],
}

impl Job for Sums<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let filters = self.errors.len() / self.slots;
        for (images, sums) in self.images.chunks_exact(self.slots).zip(self.sums.chunks_exact_mut(filters)) {
            for (errors, sums) in self.errors.chunks_exact(self.slots).zip(sums) {
                for product in 0..PRODUCTS {
                    // Registers: the sums, and the errors of a tile.
                    match WIDTH / I::LANES {
                        1 => Self::rows::<I, 1, 16>(self.tiles, isa, product, images, errors, sums),
                        _ => Self::rows::<I, 2, 4>(self.tiles, isa, product, images, errors, sums),
                    }
                }
            }
        }
    }
}

impl Sums<'_> {
    /// The sums of a product, `ROWS` channels at a time.
    #[inline(always)]
    fn rows<I: Isa, const VECTORS: usize, const ROWS: usize>(
        tiles: usize,
        isa: I,
        product: usize,
        images: &[TileBlock],
        errors: &[TileBlock],
        to: &mut KernelBlock,
    ) {
        for first in (0..WIDTH).step_by(ROWS) {
            let Some(to) = to[product][first..].first_chunk_mut::<ROWS>() else { continue };
            let mut sums = [[isa.splat(0.0); VECTORS]; ROWS];
            for row in 0..ROWS {
                for vector in 0..VECTORS {
                    sums[row][vector] = isa.load(&to[row][vector * I::LANES..]);
                }
            }
            for (image, errors) in images.iter().zip(errors).take(tiles) {
                let Some(image) = image[product][first..].first_chunk::<ROWS>() else { continue };
                let mut factors = [isa.splat(0.0); VECTORS];
                for vector in 0..VECTORS {
                    factors[vector] = isa.load(&errors[product][vector * I::LANES..]);
                }
                for row in 0..ROWS {
                    let value = isa.splat(image[row]);
                    for vector in 0..VECTORS {
                        sums[row][vector] = isa.mul_add(value, factors[vector], sums[row][vector]);
                    }
                }
            }
            for row in 0..ROWS {
                for vector in 0..VECTORS {
                    isa.store(sums[row][vector], &mut to[row][vector * I::LANES..]);
                }
            }
        }
    }
}
