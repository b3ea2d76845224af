//! Convolutions of three by three cells on an image of one channel, under a pool of two by two: the first layer of many
//! networks.

use super::instructions::row_of_squares;
use crate::kernel::conv2d::pooled::{PooledConvolution, PooledSizes};

/// The filters that are done at once.
const FOUR: usize = 4;

/// What is below it surely has no sum that overflows.
const SMALL: f32 = 1e38;

/// A row of places of the pool.
pub(super) struct Squares<'a> {
    pub(super) kernel: &'a [f32],
    pub(super) bias: Option<&'a [f32]>,
    pub(super) filters: usize,
    pub(super) places: usize,
    pub(super) bounds: [f32; 2],
}

impl Squares<'_> {
    /// Whether all that [`row_of_squares`] reads and writes lies within the slices.
    pub(super) fn fits(&self, rows: [&[f32]; 4], filter: usize, fours: usize, target: &[f32]) -> bool {
        let Some(last) = self.places.checked_sub(1) else { return false };
        let end = FOUR.saturating_mul(fours).saturating_add(filter);
        let is_within = |begin: usize, end: usize, slice: &[f32]| begin.saturating_add(end) <= slice.len();
        fours > 0
            && rows.iter().all(|row| is_within(last.saturating_mul(2), 4, row))
            && is_within(self.filters.saturating_mul(8), end, self.kernel)
            && self.bias.is_none_or(|bias| is_within(0, end, bias))
            && is_within(self.filters.saturating_mul(last), end, target)
    }
}

impl PooledSizes {
    fn is_of_squares_in_singles(&self) -> bool {
        let convolution = &self.convolution;
        self.is_direct()
            && convolution.geometry.stride == [1, 1]
            && self.pool.kernel == [2, 2]
            && convolution.filters >= FOUR
    }
}

impl PooledConvolution<'_> {
    /// All outputs, if the sizes are taken, nobody asks for positions, and no sum can be infinite or not a number, which
    /// comparisons would lose. Tells whether it has been done.
    pub(super) fn squares_in_singles(&mut self) -> bool {
        let taken = self.sizes.is_of_squares_in_singles() && self.positions.is_empty() && self.is_small();
        if taken {
            let [rows, places] = self.sizes.pool.output;
            let filters = self.sizes.convolution.filters;
            let squares = Squares { kernel: self.kernel, bias: self.bias, filters, places, bounds: self.sizes.bounds };
            for row in 0..rows {
                self.row(&squares, row);
            }
        }
        taken
    }

    /// A row of places of the pool.
    fn row(&mut self, squares: &Squares<'_>, row: usize) {
        let width = self.sizes.convolution.geometry.input[1];
        let rows = core::array::from_fn(|line| self.input.get((2 * row + line) * width..).unwrap_or_default());
        let filters = squares.filters;
        let target = self.output.get_mut(row * squares.places * filters..).unwrap_or_default();
        row_of_squares(squares, rows, 0, filters / FOUR, target);
        if !filters.is_multiple_of(FOUR) {
            // The last four, of which some are done again.
            row_of_squares(squares, rows, filters - FOUR, 1, target);
        }
    }

    /// Whether the sum of all products of all inputs with all weights is small.
    fn is_small(&self) -> bool {
        let sum = |values: &[f32]| values.iter().map(|value| value.abs()).sum::<f32>();
        sum(self.input) * sum(self.kernel) + sum(self.bias.unwrap_or_default()) < SMALL
    }
}
