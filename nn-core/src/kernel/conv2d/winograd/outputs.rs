//! The outputs of a strip of tiles, from their sums of products.

use super::transforms::{Transform, both, outputs};
use super::{OUTPUTS, Planes, SPAN, TileBlock, WIDTH};
use crate::kernel::finish::{Finish, Ready};
use crate::kernel::{Isa, Job};
use core::ops::Range;

/// Transforms the sums of some tiles, adds the bias and finishes them.
pub(super) struct Outputs<'a, F> {
    pub(super) planes: &'a Planes,
    pub(super) tiles: Range<usize>,
    /// The first of the filters.
    pub(super) filter: usize,
    /// The sums of each tile.
    pub(super) sums: &'a [TileBlock],
    pub(super) bias: Option<&'a [f32]>,
    pub(super) finish: F,
    pub(super) target: &'a mut [f32],
}

impl<F: Finish> Job for Outputs<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        for lane in (0..WIDTH).step_by(I::LANES) {
            let first = self.filter + lane;
            let filters = first..self.planes.filters.min(first + I::LANES);
            if !filters.is_empty() {
                let finish = self.finish.ready::<I, 1>(isa, filters.clone());
                let mut bias = isa.splat(0.0);
                if let Some(values) = self.bias {
                    bias = isa.load_some(&values[filters.clone()]);
                }
                for (tile, sums) in self.tiles.clone().zip(self.sums) {
                    let (image, place) = self.planes.place(tile);
                    let len = self.planes.target_len();
                    let target = &mut self.target[image * len..][..len];
                    let (planes, filters) = (self.planes, filters.clone());
                    both(isa, &mut OneTile { planes, sums, lane, place, filters, bias, finish, target });
                }
            }
        }
    }
}

/// A tile and a vector of its filters.
struct OneTile<'a, V, R> {
    planes: &'a Planes,
    sums: &'a TileBlock,
    lane: usize,
    place: [usize; 2],
    filters: Range<usize>,
    bias: V,
    finish: R,
    target: &'a mut [f32],
}

impl<I: Isa, R: Ready<I, 1>> Transform<I, SPAN, OUTPUTS> for OneTile<'_, I::Vector, R> {
    #[inline(always)]
    fn row(&self, isa: I, row: usize) -> [I::Vector; SPAN] {
        let mut values = [isa.splat(0.0); SPAN];
        for (column, value) in values.iter_mut().enumerate() {
            *value = isa.load(&self.sums[row * SPAN + column][self.lane..]);
        }
        values
    }

    #[inline(always)]
    fn along(isa: I, values: [I::Vector; SPAN]) -> [I::Vector; OUTPUTS] {
        outputs(isa, values)
    }

    #[inline(always)]
    fn put(&mut self, isa: I, line: usize, values: [I::Vector; OUTPUTS]) {
        let ([height, width], [row, column]) = (self.planes.output, self.place);
        if row + line >= height {
            return;
        }
        let mut finished = [[self.bias]; OUTPUTS];
        for (finished, value) in finished.iter_mut().zip(values) {
            finished[0] = isa.add(value, finished[0]);
        }
        self.finish.apply(isa, &mut finished);
        let pixel = (row + line) * width + column;
        for (index, [value]) in finished.into_iter().enumerate() {
            if column + index < width {
                let to = (pixel + index) * self.planes.filters;
                isa.store_some(value, &mut self.target[to..][self.filters.clone()]);
            }
        }
    }
}
