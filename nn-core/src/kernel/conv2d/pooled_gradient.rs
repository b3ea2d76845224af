//! The derivative by the weights of a convolution under a pool, straight from that by the maxima.
//!
//! Only for convolutions whose whole column of the kernel stays in registers: those of the first layer, which sees few
//! channels. For others the derivative by one sample's outputs is spread out first.

use super::pooled::PooledSizes;
use super::rows::{load_vectors, store_vectors};
use crate::kernel::lanes::load_bytes;
use crate::kernel::{Isa, Job};

/// Adds the derivative of one sample by the kernel and the bias to `kernel` and `bias`: window by window, the cells of
/// each in row-major order.
#[derive(Debug)]
pub struct PooledKernelGradient<'a> {
    /// Sizes that are [`PooledSizes::is_direct`].
    pub sizes: &'a PooledSizes,
    /// The input.
    pub input: &'a [f32],
    /// What the forward pass wrote.
    pub positions: &'a [u8],
    /// The derivative by the maxima.
    pub output_gradient: &'a [f32],
    /// The derivative by the kernel.
    pub kernel: &'a mut [f32],
    /// The derivative by the bias.
    pub bias: &'a mut [f32],
}

/// Rows of the kernel, and the values in a row that lie side by side in the image too.
const RUNS: usize = 3;
pub(super) const DEPTH: usize = 3;

impl PooledSizes {
    /// Whether [`PooledKernelGradient`] can do it: three by three cells on one channel, none beyond the border.
    pub const fn is_direct(&self) -> bool {
        let convolution = &self.convolution;
        let ([rows, columns], [down, across]) = (convolution.geometry.kernel, convolution.geometry.dilation);
        let [above, before] = convolution.geometry.before;
        let [height, width] = convolution.geometry.input;
        let ([last_row, last_column], [row_step, column_step]) = (self.pool.input, convolution.geometry.stride);
        rows == RUNS
            && columns == DEPTH
            && convolution.channels == 1
            && down == 1
            && across == 1
            && above == 0
            && before == 0
            && last_row > 0
            && last_column > 0
            && (last_row - 1) * row_step + RUNS <= height
            && (last_column - 1) * column_step + DEPTH <= width
    }
}

impl Job for PooledKernelGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let filters = self.sizes.convolution.filters;
        let mut filter = 0;
        while filter < filters {
            // Two vectors of sums for nine cells and the bias need twenty registers.
            let vectors = if I::REGISTERS >= 32 && filters - filter >= 2 * I::LANES { 2 } else { 1 };
            let width = (vectors * I::LANES).min(filters - filter);
            match vectors {
                1 => self.filters::<I, 1>(isa, filter, width),
                _ => self.filters::<I, 2>(isa, filter, width),
            }
            filter += width;
        }
    }
}

/// The sums of some filters: for each cell, and for the bias.
struct Sums<V, const VECTORS: usize> {
    cells: [[[V; VECTORS]; DEPTH]; RUNS],
    bias: [V; VECTORS],
}

impl PooledKernelGradient<'_> {
    #[inline(always)]
    fn filters<I: Isa, const VECTORS: usize>(&mut self, isa: I, filter: usize, width: usize) {
        let PooledSizes { convolution, pool, .. } = self.sizes;
        let (filters, image_row) = (convolution.filters, convolution.geometry.input[1]);
        let [row_step, column_step] = [convolution.geometry.stride[0] * image_row, convolution.geometry.stride[1]];
        let mut sums = Sums {
            cells: [[[isa.splat(0.0); VECTORS]; DEPTH]; RUNS],
            bias: load_vectors(isa, &self.bias[filter..][..width]),
        };
        for (cell, sums) in sums.cells.as_flattened_mut().iter_mut().enumerate() {
            *sums = load_vectors(isa, &self.kernel[cell * filters + filter..][..width]);
        }
        let mut output = filter;
        for row in 0..pool.output[0] {
            for column in 0..pool.output[1] {
                let errors = load_vectors::<I, VECTORS>(isa, &self.output_gradient[output..][..width]);
                let mut positions = [isa.splat(0.0); VECTORS];
                for (vector, positions) in positions.iter_mut().enumerate() {
                    let begin = vector * I::LANES;
                    let len = I::LANES.min(width - begin);
                    *positions = load_bytes(isa, &self.positions[output + begin..][..len]);
                }
                for cell_row in 0..pool.kernel[0] {
                    for cell_column in 0..pool.kernel[1] {
                        let cell = isa.splat((cell_row * pool.kernel[1] + cell_column) as f32);
                        let pixel = (row * pool.kernel[0] + cell_row) * row_step
                            + (column * pool.kernel[1] + cell_column) * column_step;
                        let here = where_equal(isa, &positions, cell, &errors);
                        sums.add(isa, &self.input[pixel..], image_row, &here);
                    }
                }
                output += filters;
            }
        }
        for (cell, sums) in sums.cells.as_flattened().iter().enumerate() {
            store_vectors(isa, sums, &mut self.kernel[cell * filters + filter..][..width]);
        }
        store_vectors(isa, &sums.bias, &mut self.bias[filter..][..width]);
    }
}

/// The values where positions are those of `cell`, and zero elsewhere.
#[inline(always)]
fn where_equal<I: Isa, const VECTORS: usize>(
    isa: I,
    positions: &[I::Vector; VECTORS],
    cell: I::Vector,
    values: &[I::Vector; VECTORS],
) -> [I::Vector; VECTORS] {
    let zero = isa.splat(0.0);
    let mut here = [zero; VECTORS];
    for vector in 0..VECTORS {
        let not_above = isa.select_greater(positions[vector], cell, zero, values[vector]);
        here[vector] = isa.select_greater(cell, positions[vector], zero, not_above);
    }
    here
}

impl<V: Copy, const VECTORS: usize> Sums<V, VECTORS> {
    /// What one output gives.
    #[inline(always)]
    fn add<I: Isa<Vector = V>>(&mut self, isa: I, input: &[f32], image_row: usize, errors: &[V; VECTORS]) {
        for (run, sums) in self.cells.iter_mut().enumerate() {
            let values = &input[run * image_row..][..DEPTH];
            for (&value, sums) in values.iter().zip(sums) {
                let value = isa.splat(value);
                for (sum, &error) in sums.iter_mut().zip(errors) {
                    *sum = isa.mul_add(value, error, *sum);
                }
            }
        }
        for (sum, &error) in self.bias.iter_mut().zip(errors) {
            *sum = isa.add(*sum, error);
        }
    }
}
