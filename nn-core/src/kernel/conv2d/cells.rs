//! Sums over the outputs, one for each weight.

use super::rectangle::Rectangle;
use super::rows::{load_vectors, most_rows, store_vectors, width_of, with_rows};
use crate::kernel::ahead::Ahead;
use crate::kernel::{Isa, Job};

/// One or two vectors of filters for all rows of the kernel that a rectangle's runs name.
pub(super) struct CellSums<'a> {
    pub(super) rectangle: &'a Rectangle,
    /// The length of a row of the kernel.
    pub(super) row: usize,
    /// The number of filters.
    pub(super) width: usize,
    pub(super) source: &'a [f32],
    pub(super) gradient: &'a [f32],
}

/// All of them. A job of its own for each number of vectors.
pub(super) struct Cells<'a, const VECTORS: usize> {
    pub(super) sums: CellSums<'a>,
    pub(super) kernel: &'a mut [f32],
    pub(super) ahead: &'a mut Ahead,
}

impl<const VECTORS: usize> Job for Cells<'_, VECTORS> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        // What an instruction set never has is not compiled for it.
        if const { VECTORS <= 2 || I::REGISTERS >= 32 } {
            let width = width_of::<I, VECTORS>(self.sums.width);
            CellSums { width, ..self.sums }.run::<I, VECTORS>(isa, self.kernel, self.ahead);
        }
    }
}

impl CellSums<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&self, isa: I, kernel: &mut [f32], ahead: &mut Ahead) {
        let [outer, inner] = self.rectangle.runs;
        for first in 0..outer.count {
            for second in 0..inner.count {
                let source = &self.source[first * outer.source + second * inner.source..];
                let kernel = &mut kernel[first * outer.other + second * inner.other..];
                self.run_of_cells::<I, VECTORS>(isa, source, kernel, ahead);
            }
        }
    }

    /// The rows of the kernel that one run names.
    #[inline(always)]
    fn run_of_cells<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        source: &[f32],
        kernel: &mut [f32],
        ahead: &mut Ahead,
    ) {
        let mut row = 0;
        while row < self.rectangle.depth {
            let left = self.rectangle.depth - row;
            let rows = left.div_ceil(left.div_ceil(most_rows::<I>(VECTORS)));
            let (source, kernel) = (&source[row..], &mut kernel[row * self.row..]);
            ahead.fetch(isa);
            with_rows!(I, VECTORS, rows, self.tile(isa, source, kernel));
            row += rows;
        }
    }

    /// `ROWS` rows of the kernel: their sums over all outputs.
    #[inline(always)]
    fn tile<I: Isa, const ROWS: usize, const VECTORS: usize>(&self, isa: I, source: &[f32], kernel: &mut [f32]) {
        let mut sums = [[isa.splat(0.0); VECTORS]; ROWS];
        for (row, sums) in sums.iter_mut().enumerate() {
            *sums = load_vectors(isa, &kernel[row * self.row..][..self.width]);
        }
        let [lines, outputs] = self.rectangle.outputs;
        for line in 0..lines.count {
            let source = &source[line * lines.source..];
            let gradient = &self.gradient[line * lines.other..];
            for output in 0..outputs.count {
                let errors = load_vectors::<I, VECTORS>(isa, &gradient[output * outputs.other..][..self.width]);
                let values = &source[output * outputs.source..][..ROWS];
                for row in 0..ROWS {
                    let value = isa.splat(values[row]);
                    for vector in 0..VECTORS {
                        sums[row][vector] = isa.mul_add(value, errors[vector], sums[row][vector]);
                    }
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            store_vectors(isa, sums, &mut kernel[row * self.row..][..self.width]);
        }
    }
}
