//! Sums over the cells of the window, one for each output.

use super::rectangle::Rectangle;
use super::rows::{load_vectors, most_rows, store_vectors, width_of, with_rows};
use crate::kernel::ahead::Ahead;
use crate::kernel::finish::{AsTheyAre, Finish, Ready};
use crate::kernel::{Isa, Job};

/// One or two vectors of filters for all outputs of a rectangle. The slices begin at its first output.
pub(super) struct OutputSums<'a> {
    pub(super) rectangle: &'a Rectangle,
    /// The length of a row of the kernel.
    pub(super) row: usize,
    /// The number of filters.
    pub(super) width: usize,
    pub(super) source: &'a [f32],
    pub(super) kernel: &'a [f32],
    pub(super) bias: &'a [f32],
}

/// All of them.
///
/// A job of its own for each number of vectors: in one function the compiler takes many times as long for the loops of all.
pub(super) struct Outputs<'a, F, const VECTORS: usize> {
    pub(super) sums: OutputSums<'a>,
    pub(super) target: &'a mut [f32],
    /// Where the filters begin in the output.
    pub(super) column: usize,
    pub(super) finish: F,
    pub(super) ahead: &'a mut Ahead,
}

impl<F: Finish, const VECTORS: usize> Job for Outputs<'_, F, VECTORS> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { sums, target, column, finish, ahead } = self;
        let width = width_of::<I, VECTORS>(sums.width);
        let finish = finish.ready::<I, VECTORS>(isa, column..column + width);
        OutputSums { width, ..sums }.run(isa, target, &finish, ahead);
    }
}

impl OutputSums<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        target: &mut [f32],
        finish: &impl Ready<I, VECTORS>,
        ahead: &mut Ahead,
    ) {
        let [lines, outputs] = self.rectangle.outputs;
        for line in 0..lines.count {
            let mut output = 0;
            while output < outputs.count {
                // Strips of equal length, as nearly as possible.
                let left = outputs.count - output;
                let rows = left.div_ceil(left.div_ceil(most_rows::<I>(VECTORS)));
                let source = &self.source[line * lines.source + output * outputs.source..];
                let target = &mut target[line * lines.other + output * outputs.other..];
                ahead.fetch(isa);
                with_rows!(I, VECTORS, rows, self.strip(isa, source, target, finish));
                output += rows;
            }
        }
    }

    /// `count` neighbouring outputs of the first line, from `first` on.
    #[inline(always)]
    pub(super) fn strip_of<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        first: usize,
        count: usize,
        target: &mut [f32],
    ) {
        let source = &self.source[first * self.rectangle.outputs[1].source..];
        with_rows!(I, VECTORS, count, self.strip(isa, source, target, &AsTheyAre));
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
        let mut sums = [[isa.splat(0.0); VECTORS]; ROWS];
        if !self.bias.is_empty() {
            sums = [load_vectors(isa, self.bias); ROWS];
        }
        let [outer, inner] = self.rectangle.runs;
        for first in 0..outer.count {
            for second in 0..inner.count {
                let source = &source[first * outer.source + second * inner.source..];
                let kernel = &self.kernel[first * outer.other + second * inner.other..];
                self.add_run(isa, &mut sums, source, kernel);
            }
        }
        finish.apply(isa, &mut sums);
        for (row, sums) in sums.iter().enumerate() {
            store_vectors(isa, sums, &mut target[row * step.other..][..self.width]);
        }
    }

    /// Adds a run of cells to the sums.
    #[inline(always)]
    fn add_run<I: Isa, const ROWS: usize, const VECTORS: usize>(
        &self,
        isa: I,
        sums: &mut [[I::Vector; VECTORS]; ROWS],
        source: &[f32],
        kernel: &[f32],
    ) {
        let depth = self.rectangle.depth;
        let step = self.rectangle.outputs[1].source;
        // On a chip the code would cost more memory than the time is worth.
        if cfg!(feature = "std") && step == 1 {
            return self.add_run_of_neighbours(isa, sums, source, kernel);
        }
        let mut rows: [&[f32]; ROWS] = [&[]; ROWS];
        for (row, values) in rows.iter_mut().enumerate() {
            *values = &source[row * step..][..depth];
        }
        if self.width == VECTORS * I::LANES && isa.add_rows(sums, rows, kernel, self.row) {
            return;
        }
        for index in 0..depth {
            let weights = load_vectors::<I, VECTORS>(isa, &kernel[index * self.row..][..self.width]);
            for row in 0..ROWS {
                let value = isa.splat(rows[row][index]);
                for vector in 0..VECTORS {
                    sums[row][vector] = isa.mul_add(value, weights[vector], sums[row][vector]);
                }
            }
        }
    }
    /// The same for outputs whose sources lie side by side: of an image of one channel.
    #[inline(always)]
    fn add_run_of_neighbours<I: Isa, const ROWS: usize, const VECTORS: usize>(
        &self,
        isa: I,
        sums: &mut [[I::Vector; VECTORS]; ROWS],
        source: &[f32],
        kernel: &[f32],
    ) {
        for index in 0..self.rectangle.depth {
            let weights = load_vectors::<I, VECTORS>(isa, &kernel[index * self.row..][..self.width]);
            let values = &source[index..][..ROWS];
            for row in 0..ROWS {
                let value = isa.splat(values[row]);
                for vector in 0..VECTORS {
                    sums[row][vector] = isa.mul_add(value, weights[vector], sums[row][vector]);
                }
            }
        }
    }
}
