//! The products of matrices: tiles and channels by channels and filters.

use super::{PRODUCTS, TileBlock, WIDTH, kernel_blocks};
use crate::kernel::{Isa, Job};

/// For each product, `sums = images * kernel`, of some tiles.
pub(super) struct Products<'a> {
    /// The first tile.
    pub(super) first: usize,
    /// How many there are. A few more may be read and written, so that there are as many as fill registers.
    pub(super) rows: usize,
    /// For each block of channels there are so many tiles.
    pub(super) slots: usize,
    pub(super) images: &'a [TileBlock],
    /// A part of a transformed kernel.
    pub(super) kernel: &'a [f32],
    pub(super) sums: &'a mut [TileBlock],
}

/// There must be a multiple of as many tiles.
pub(super) const ROWS: usize = 4;

impl Job for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        // Registers: the sums, and a row of the kernel.
        match WIDTH / I::LANES {
            1 => self.strips::<I, 1, 12, 8, 4>(isa),
            _ => self.strips::<I, 2, 6, 4, 2>(isa),
        }
    }
}

impl Products<'_> {
    #[inline(always)]
    fn strips<I: Isa, const VECTORS: usize, const MANY: usize, const SOME: usize, const FEW: usize>(mut self, isa: I) {
        for product in 0..PRODUCTS {
            let mut row = 0;
            while row < self.rows {
                row += match self.rows - row {
                    left if left > SOME => self.strip::<I, VECTORS, MANY>(isa, product, row),
                    left if left > FEW => self.strip::<I, VECTORS, SOME>(isa, product, row),
                    _ => self.strip::<I, VECTORS, FEW>(isa, product, row),
                };
            }
        }
    }

    /// `COUNT` tiles of a product from one on.
    #[inline(always)]
    fn strip<I: Isa, const VECTORS: usize, const COUNT: usize>(&mut self, isa: I, product: usize, row: usize) -> usize {
        let mut sums = [[isa.splat(0.0); VECTORS]; COUNT];
        for (images, kernel) in self.images.chunks_exact(self.slots).zip(kernel_blocks(self.kernel)) {
            let Some(images) = images[self.first + row..].first_chunk::<COUNT>() else { continue };
            for step in 0..WIDTH {
                let mut weights = [isa.splat(0.0); VECTORS];
                for vector in 0..VECTORS {
                    weights[vector] = isa.load(&kernel[product][step][vector * I::LANES..]);
                }
                for row in 0..COUNT {
                    let value = isa.splat(images[row][product][step]);
                    for vector in 0..VECTORS {
                        sums[row][vector] = isa.mul_add(value, weights[vector], sums[row][vector]);
                    }
                }
            }
        }
        let Some(to) = self.sums[row..].first_chunk_mut::<COUNT>() else { return COUNT };
        for row in 0..COUNT {
            for vector in 0..VECTORS {
                isa.store(sums[row][vector], &mut to[row][product][vector * I::LANES..]);
            }
        }
        COUNT
    }
}
