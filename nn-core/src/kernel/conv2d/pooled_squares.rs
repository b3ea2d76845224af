//! The pooled convolution of an image of one channel with windows of two by two: the first layer of many networks.
//!
//! All cells of some windows are in registers until their maximum is known, and nothing is left to be looped over but the
//! windows. On a chip the code would cost more memory than the time is worth.

use super::ConvolutionSizes;
use super::pooled::{NOWHERE, PooledConvolution, PooledSizes};
use super::pooled_gradient::DEPTH;
use super::rows::load_vectors;
use crate::kernel::lanes::{store_bytes, store_some};
use crate::kernel::{Isa, nonzero};

/// Rows and columns of a window.
const SIDE: usize = 2;

impl PooledSizes {
    /// Whether [`PooledConvolution::squares`] can do it.
    pub(super) const fn is_of_squares(&self) -> bool {
        let [down, across] = self.pool.kernel;
        let adjacent = self.convolution.geometry.stride[1] == 1;
        cfg!(feature = "std") && self.is_direct() && adjacent && down == SIDE && across == SIDE
    }
}

/// The most windows and vectors for which sums are in registers.
const MOST: usize = 3;

/// Does something for each window and vector, whose numbers are constants: a loop would have the sums in memory.
macro_rules! each_sum {
    ($windows:ident, $vectors:ident, |$window:ident, $vector:ident| $body:block) => {
        each_sum!(@ $windows, $vectors, $window, $vector, $body, (0 0) (0 1) (1 0) (1 1) (2 0) (2 1))
    };
    (@ $windows:ident, $vectors:ident, $window:ident, $vector:ident, $body:block, $(($row:literal $column:literal))*) => {
        $(if $row < $windows && $column < $vectors {
            let ($window, $vector): (usize, usize) = ($row, $column);
            $body
        })*
    };
}

/// What stays the same for some filters: their bias and place.
struct Filters<V, const VECTORS: usize> {
    bias: [V; VECTORS],
    first: usize,
    width: usize,
}

impl PooledConvolution<'_> {
    /// Some filters of the whole output, and what has been summed up to tell whether all values are finite.
    #[inline(always)]
    pub(super) fn squares<I: Isa, const VECTORS: usize>(
        &mut self,
        isa: I,
        first: usize,
        width: usize,
        mut sound: I::Vector,
    ) -> I::Vector {
        let [rows, columns] = self.sizes.pool.output;
        let bias = self.bias.map_or([isa.splat(0.0); VECTORS], |bias| load_vectors(isa, &bias[first..][..width]));
        let filters = Filters { bias, first, width };
        // Four sums for each vector of a window, and room for weights.
        let most = if I::REGISTERS >= 32 { 6 / VECTORS } else { 2 / VECTORS }.clamp(1, MOST);
        for row in 0..rows {
            let mut column = 0;
            while column < columns {
                let left = columns - column;
                let count = left.div_ceil(left.div_ceil(most));
                sound = match count {
                    // The conditions are known to the compiler: what does not fit is not compiled.
                    3 if most >= 3 => self.windows::<I, 3, VECTORS>(isa, &filters, [row, column], sound),
                    2 if most >= 2 => self.windows::<I, 2, VECTORS>(isa, &filters, [row, column], sound),
                    _ => self.windows::<I, 1, VECTORS>(isa, &filters, [row, column], sound),
                };
                column += count;
            }
        }
        sound
    }

    /// `COUNT` neighbouring windows.
    #[inline(always)]
    fn windows<I: Isa, const COUNT: usize, const VECTORS: usize>(
        &mut self,
        isa: I,
        filters: &Filters<I::Vector, VECTORS>,
        [row, column]: [usize; 2],
        mut sound: I::Vector,
    ) -> I::Vector {
        let ConvolutionSizes { geometry, filters: row_len, .. } = self.sizes.convolution;
        let mut sums = [[[filters.bias; SIDE]; SIDE]; COUNT];
        let first_line = row * SIDE * geometry.stride[0];
        // Where the image is empty the sums are what they begin with. Where it is not, mostly one look tells.
        let (line_len, size) = (geometry.input[1], [geometry.stride[0] + geometry.kernel[0], COUNT * SIDE + DEPTH - 1]);
        let image = &self.input[first_line * line_len + column * SIDE..];
        let is_empty = image[line_len + COUNT] == 0.0 && nonzero::is_empty(image, line_len, size);
        // The number of runs is read from memory: if the compiler knew it, it would mix all runs and run out of registers.
        let runs = if is_empty { 0 } else { geometry.kernel[0] };
        for run in 0..runs {
            let pixels: [&[f32]; SIDE] = core::array::from_fn(
                #[inline(always)]
                |cell_row| {
                    let line = first_line + cell_row * geometry.stride[0] + run;
                    &self.input[line * geometry.input[1] + column * SIDE..][..COUNT * SIDE + DEPTH - 1]
                },
            );
            for step in 0..DEPTH {
                let place = (run * DEPTH + step) * row_len + filters.first;
                let weights = load_vectors::<I, VECTORS>(isa, &self.kernel[place..][..filters.width]);
                for window in 0..COUNT {
                    for cell in 0..SIDE * SIDE {
                        let value = isa.splat(pixels[cell / SIDE][window * SIDE + cell % SIDE + step]);
                        let sums = &mut sums[window][cell / SIDE][cell % SIDE];
                        for vector in 0..VECTORS {
                            sums[vector] = isa.mul_add(value, weights[vector], sums[vector]);
                        }
                    }
                }
            }
        }
        let output = row * self.sizes.pool.output[1] + column;
        each_sum!(COUNT, VECTORS, |window, vector| {
            let [[first, second], [third, fourth]] = sums[window];
            let cells = [first[vector], second[vector], third[vector], fourth[vector]];
            sound = self.store_maxima(isa, filters, (output + window, vector), cells, sound);
        });
        sound
    }

    /// Writes the maxima of a vector of filters of a window.
    #[inline(always)]
    fn store_maxima<I: Isa, const VECTORS: usize>(
        &mut self,
        isa: I,
        filters: &Filters<I::Vector, VECTORS>,
        (window, vector): (usize, usize),
        [first, cells @ ..]: [I::Vector; SIDE * SIDE],
        sound: I::Vector,
    ) -> I::Vector {
        let [lower, upper] = self.sizes.bounds.map(|bound| isa.splat(bound));
        let begin = window * self.sizes.convolution.filters + filters.first;
        let range = begin + vector * I::LANES..begin + filters.width.min((vector + 1) * I::LANES);
        let (mut best, mut best_cell, mut sum) = (first, isa.splat(0.0), first);
        for (index, values) in cells.into_iter().enumerate() {
            best_cell = isa.select_greater(values, best, isa.splat((index + 1) as f32), best_cell);
            best = isa.max(values, best);
            sum = isa.add(sum, values);
        }
        store_some(isa, isa.min(upper, isa.max(lower, best)), &mut self.output[range.clone()]);
        if !self.positions.is_empty() {
            let nowhere = isa.splat(f32::from(NOWHERE));
            best_cell = isa.select_greater(best, lower, best_cell, nowhere);
            best_cell = isa.select_greater(upper, best, best_cell, nowhere);
            store_bytes(isa, best_cell, &mut self.positions[range]);
        }
        isa.add(sum, sound)
    }
}
