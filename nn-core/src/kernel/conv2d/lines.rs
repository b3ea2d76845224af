//! Convolutions of an image of one channel: whole lines of outputs, with the border in them.
//!
//! The windows of a strip have no pixels but in so many runs as the window has rows, so that the steps from rectangle to
//! rectangle and from run to run would take as long as the sums. Here a pixel is looked for where it would be, and beyond
//! the border there is none: the test for it is the test that it lies within its line. On a chip the code would cost
//! more memory than the time is worth.

use super::ConvolutionSizes;
use super::rows::{load_vectors, most_rows, store_vectors, with_rows};
use crate::kernel::finish::Ready;
use crate::kernel::{Geometry, Isa};

impl ConvolutionSizes {
    /// Whether [`Lines`] can do it.
    pub(super) fn is_of_lines(&self) -> bool {
        let Geometry { input, output, dilation, .. } = self.geometry;
        cfg!(feature = "std") && self.channels == 1 && dilation == [1, 1] && input[1] > 0 && output[1] > 0
    }
}

/// One vector of filters or several, of all outputs.
pub(super) struct Lines<'a> {
    pub(super) sizes: &'a ConvolutionSizes,
    /// The first filter, and how many there are.
    pub(super) filter: usize,
    pub(super) width: usize,
    pub(super) source: &'a [f32],
    pub(super) kernel: &'a [f32],
    /// That of these filters; empty if there is none.
    pub(super) bias: &'a [f32],
}

impl Lines<'_> {
    #[inline(always)]
    pub(super) fn run<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        target: &mut [f32],
        finish: &impl Ready<I, VECTORS>,
    ) {
        let (across, filters) = (self.sizes.geometry.output[1], self.sizes.filters);
        // Strips of equal length, as nearly as possible.
        let most = across.div_ceil(across.div_ceil(most_rows::<I>(VECTORS)));
        for (row, target) in target.chunks_exact_mut(across * filters).enumerate() {
            let mut column = 0;
            while column < across {
                let count = most.min(across - column);
                let (place, target) = ([row, column], &mut target[column * filters..]);
                with_rows!(I, VECTORS, count, self.strip(isa, place, target, finish));
                column += count;
            }
        }
    }

    /// `COUNT` neighbouring outputs.
    #[inline(always)]
    fn strip<I: Isa, const COUNT: usize, const VECTORS: usize>(
        &self,
        isa: I,
        [row, column]: [usize; 2],
        target: &mut [f32],
        finish: &impl Ready<I, VECTORS>,
    ) {
        let Geometry { input: [_, across], kernel, stride, before, .. } = self.sizes.geometry;
        let filters = self.sizes.filters;
        let mut sums = [[isa.splat(0.0); VECTORS]; COUNT];
        if !self.bias.is_empty() {
            sums = [load_vectors(isa, self.bias); COUNT];
        }
        // Before the border the numbers of pixels are below zero: as places in a line they are beyond its end.
        let first = (column * stride[1]).wrapping_sub(before[1]);
        for kernel_row in 0..kernel[0] {
            let line = (row * stride[0] + kernel_row).wrapping_sub(before[0]).wrapping_mul(across);
            let Some(line) = self.source.get(line..line.wrapping_add(across)) else { continue };
            for cell in 0..kernel[1] {
                let weights = load_vectors::<I, VECTORS>(isa, self.of(self.kernel, kernel_row * kernel[1] + cell));
                for (index, sums) in sums.iter_mut().enumerate() {
                    let Some(&value) = line.get(first.wrapping_add(cell + index * stride[1])) else { continue };
                    let value = isa.splat(value);
                    for (sum, &weights) in sums.iter_mut().zip(&weights) {
                        *sum = isa.mul_add(value, weights, *sum);
                    }
                }
            }
        }
        finish.apply(isa, &mut sums);
        for (index, sums) in sums.iter().enumerate() {
            store_vectors(isa, sums, &mut target[index * filters + self.filter..][..self.width]);
        }
    }

    /// The filters of a row.
    #[inline(always)]
    fn of<'s>(&self, from: &'s [f32], row: usize) -> &'s [f32] {
        &from[row * self.sizes.filters + self.filter..][..self.width]
    }
}
