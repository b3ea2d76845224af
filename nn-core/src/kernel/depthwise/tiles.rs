//! Tiles of sums for one vector of channels, with one window for each channel.

use crate::kernel::Isa;
use crate::kernel::conv2d::rectangle::Rectangle;
use crate::kernel::conv2d::rows::{most_rows, with_rows};
use crate::kernel::finish::Ready;
use crate::kernel::lanes::{load_some, store_some};

const VECTORS: usize = 1;

/// Sums over the cells of the window, one for each output. The slices begin at the first output of the rectangle.
pub(super) struct OutputTiles<'a> {
    pub(super) rectangle: &'a Rectangle,
    /// The number of channels in all.
    pub(super) row: usize,
    /// The number of channels in the vector.
    pub(super) width: usize,
    pub(super) source: &'a [f32],
    pub(super) kernel: &'a [f32],
    /// Empty if there is none.
    pub(super) bias: &'a [f32],
}

impl OutputTiles<'_> {
    #[inline(always)]
    pub(super) fn run<I: Isa>(&self, isa: I, target: &mut [f32], finish: &impl Ready<I, VECTORS>) {
        let [lines, outputs] = self.rectangle.outputs;
        for line in 0..lines.count {
            let mut output = 0;
            while output < outputs.count {
                // Strips of equal length, as nearly as possible.
                let left = outputs.count - output;
                let rows = left.div_ceil(left.div_ceil(most_rows::<I>(VECTORS)));
                let source = &self.source[line * lines.source + output * outputs.source..];
                let target = &mut target[line * lines.other + output * outputs.other..];
                with_rows!(I, VECTORS, rows, self.strip(isa, source, target, finish));
                output += rows;
            }
        }
    }

    /// `ROWS` neighbouring outputs.
    #[inline(always)]
    fn strip<I: Isa, const ROWS: usize, const VECTORS: usize>(
        &self,
        isa: I,
        source: &[f32],
        target: &mut [f32],
        finish: &impl Ready<I, VECTORS>,
    ) {
        let step = self.rectangle.outputs[1];
        let begin = if self.bias.is_empty() { isa.splat(0.0) } else { load_some(isa, self.vector(self.bias, 0)) };
        let mut sums = [[begin; VECTORS]; ROWS];
        for cell in 0..self.rectangle.cells() {
            let [place, weights] = self.rectangle.cell(cell, self.row);
            let weights = load_some(isa, self.vector(self.kernel, weights));
            let source = &source[place..];
            for (row, sum) in sums.as_flattened_mut().iter_mut().enumerate() {
                let values = load_some(isa, self.vector(source, row * step.source));
                *sum = isa.mul_add(values, weights, *sum);
            }
        }
        finish.apply(isa, &mut sums);
        for (row, &sum) in sums.as_flattened().iter().enumerate() {
            store_some(isa, sum, &mut target[row * step.other..][..self.width]);
        }
    }

    #[inline(always)]
    fn vector<'a>(&self, from: &'a [f32], place: usize) -> &'a [f32] {
        &from[place..][..self.width]
    }
}

/// Sums over the outputs, one for each weight. The slices begin at the first output of the rectangle.
pub(super) struct CellTiles<'a> {
    pub(super) rectangle: &'a Rectangle,
    /// The number of channels in all.
    pub(super) row: usize,
    /// The number of channels in the vector.
    pub(super) width: usize,
    pub(super) source: &'a [f32],
    pub(super) gradient: &'a [f32],
}

impl CellTiles<'_> {
    #[inline(always)]
    pub(super) fn run<I: Isa>(&self, isa: I, kernel: &mut [f32]) {
        let cells = self.rectangle.cells();
        let mut cell = 0;
        while cell < cells {
            let left = cells - cell;
            let rows = left.div_ceil(left.div_ceil(most_rows::<I>(VECTORS)));
            with_rows!(I, VECTORS, rows, self.tile(isa, cell, kernel));
            cell += rows;
        }
    }

    /// `ROWS` cells of the window.
    #[inline(always)]
    fn tile<I: Isa, const ROWS: usize, const VECTORS: usize>(&self, isa: I, cell: usize, kernel: &mut [f32]) {
        let mut places = [[0; 2]; ROWS];
        let mut sums = [isa.splat(0.0); ROWS];
        for row in 0..ROWS {
            places[row] = self.rectangle.cell(cell + row, self.row);
            sums[row] = load_some(isa, self.vector(kernel, places[row][1]));
        }
        let [lines, outputs] = self.rectangle.outputs;
        for line in 0..lines.count {
            for output in 0..outputs.count {
                let gradient = line * lines.other + output * outputs.other;
                let errors = load_some(isa, self.vector(self.gradient, gradient));
                let source = &self.source[line * lines.source + output * outputs.source..];
                for (sum, place) in sums.iter_mut().zip(&places) {
                    *sum = isa.mul_add(load_some(isa, self.vector(source, place[0])), errors, *sum);
                }
            }
        }
        for (&sum, place) in sums.iter().zip(&places) {
            store_some(isa, sum, &mut kernel[place[1]..][..self.width]);
        }
    }

    #[inline(always)]
    fn vector<'a>(&self, from: &'a [f32], place: usize) -> &'a [f32] {
        &from[place..][..self.width]
    }
}
