//! Sums over an image in which many values are zero, as `relu` leaves them: what is zero is not multiplied.
//!
//! The window is one run of neighbouring values. One output, or one row of the kernel, is summed up at a time, of so many
//! filters that no sum waits for itself; a square of the other factor stays in the first cache meanwhile. The sums are
//! those of all products, bit for bit, if all factors are finite: zero times infinity is left out too.

use super::cells::CellSums;
use super::outputs::OutputSums;
use super::rectangle::Rectangle;
use super::rows::{load_vectors, store_vectors};
use crate::kernel::ahead::Ahead;
use crate::kernel::finish::{Finish, Ready};
use crate::kernel::{Isa, Job, nonzero, singles};

/// The filters of a sum: four vectors of sixteen lanes.
pub(super) const FILTERS: usize = 64;
/// The values, or the outputs, of a square: a bit in a word for each.
const SQUARE: usize = 64;
/// How many outputs are looked at to see whether many values are zero.
const SAMPLES: usize = 8;

impl Rectangle {
    /// Whether leaving out the zeros saves more time than looking for them takes. A few outputs are looked at; no sum
    /// depends on the answer.
    #[inline(always)]
    pub(super) fn is_sparse<I: Isa>(&self, isa: I, source: &[f32], filters: usize) -> bool {
        let [lines, outputs] = self.outputs;
        let (count, is_run) = (lines.count * outputs.count, self.runs.iter().all(|run| run.count == 1));
        let is_whole = filters >= FILTERS && self.depth > 0 && self.depth.is_multiple_of(SQUARE);
        // A chip has no room for code that it seldom runs.
        if singles::ARE_TAKEN || !I::FINDS_ZEROS || !is_run || !is_whole || count < SAMPLES {
            return false;
        }
        let mut products = 0;
        for sample in 0..SAMPLES {
            let (line, output) = (count * sample / SAMPLES / outputs.count, count * sample / SAMPLES % outputs.count);
            let values = &source[line * lines.source + output * outputs.source..][..self.depth];
            for values in values.as_chunks().0 {
                products += isa.nonzeros(values).count_ones() as usize;
            }
        }
        5 * products < 4 * SAMPLES * self.depth
    }
}

/// Rows of the other factor.
#[repr(align(64))]
struct Square([[f32; FILTERS]; SQUARE]);

impl Square {
    /// A copy of `count` rows that begin at each `step`th float.
    #[inline(always)]
    fn of<I: Isa>(isa: I, rows: &[f32], step: usize, count: usize) -> Self {
        let mut square = Self([[0.0; FILTERS]; SQUARE]);
        for (index, to) in square.0.iter_mut().enumerate().take(count) {
            let row = &rows[index * step..][..FILTERS];
            for (from, to) in row.chunks_exact(I::LANES).zip(to.chunks_exact_mut(I::LANES)) {
                isa.store(isa.load(from), to);
            }
        }
        square
    }
}

/// Rows that lie one behind the other already, and so that no line of the cache cuts a vector.
#[inline(always)]
fn in_place(rows: &[f32], step: usize, count: usize) -> Option<&[[f32; FILTERS]]> {
    let is_aligned = rows.as_ptr().addr().is_multiple_of(align_of::<Square>());
    rows.as_chunks().0.get(..count).filter(|_| step == FILTERS && is_aligned)
}

/// Adds the products of the rows whose numbers are the bits that are set, and the values, which are so many floats apart.
#[inline(always)]
fn add_rows<I: Isa, const VECTORS: usize>(
    isa: I,
    sums: &mut [I::Vector; VECTORS],
    mut word: u64,
    (values, step): (&[f32], usize),
    rows: &[[f32; FILTERS]],
) {
    let mut totals = *sums;
    while word != 0 {
        let index = word.trailing_zeros() as usize;
        word &= word - 1;
        let (value, row) = (isa.splat(values[index * step]), &rows[index]);
        for (vector, total) in totals.iter_mut().enumerate() {
            *total = isa.mul_add(value, isa.load(&row[vector * I::LANES..]), *total);
        }
    }
    *sums = totals;
}

/// The sums of [`FILTERS`] for all outputs of a rectangle, without the products of zeros.
///
/// A job of its own, like that of the weights below: beside other loops neither would keep its sums in registers.
pub(super) struct SparseOutputs<'a, F> {
    pub(super) sums: OutputSums<'a>,
    pub(super) target: &'a mut [f32],
    /// Where the filters begin in the output.
    pub(super) column: usize,
    pub(super) finish: F,
    pub(super) ahead: &'a mut Ahead,
}

impl<F: Finish> Job for SparseOutputs<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let filters = self.column..self.column + FILTERS;
        // What an instruction set never has is not compiled for it.
        if I::LANES * 4 == FILTERS {
            self.sums.run_sparse::<I, 4>(isa, self.target, &self.finish.ready(isa, filters), self.ahead);
        } else if I::LANES * 8 == FILTERS {
            self.sums.run_sparse::<I, 8>(isa, self.target, &self.finish.ready(isa, filters), self.ahead);
        }
    }
}

impl OutputSums<'_> {
    #[inline(always)]
    fn run_sparse<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        target: &mut [f32],
        finish: &impl Ready<I, VECTORS>,
        ahead: &mut Ahead,
    ) {
        for first in (0..self.rectangle.depth).step_by(SQUARE) {
            let rows = &self.kernel[first * self.row..];
            let copy;
            let rows = match in_place(rows, self.row, SQUARE) {
                Some(rows) => rows,
                None => {
                    copy = Square::of(isa, rows, self.row, SQUARE);
                    &copy.0
                }
            };
            self.add_channels(isa, first, rows, target, finish, ahead);
        }
    }

    /// Adds what [`SQUARE`] channels from `first` on give.
    #[inline(always)]
    fn add_channels<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        first: usize,
        rows: &[[f32; FILTERS]],
        target: &mut [f32],
        finish: &impl Ready<I, VECTORS>,
        ahead: &mut Ahead,
    ) {
        let [lines, outputs] = self.rectangle.outputs;
        *ahead = ahead.in_pieces(lines.count * outputs.count);
        for line in 0..lines.count {
            for output in 0..outputs.count {
                let source = &self.source[line * lines.source + output * outputs.source + first..];
                // There are always so many: the window lies inside.
                let Some(values) = source.first_chunk::<SQUARE>() else { return };
                let target = &mut target[line * lines.other + output * outputs.other..][..FILTERS];
                let mut sums = [match (first, self.bias) {
                    (0, []) => [isa.splat(0.0); VECTORS],
                    (0, bias) => load_vectors(isa, bias),
                    _ => load_vectors(isa, target),
                }];
                ahead.fetch(isa);
                add_rows(isa, &mut sums[0], isa.nonzeros(values), (values, 1), rows);
                if first + SQUARE == self.rectangle.depth {
                    finish.apply(isa, &mut sums);
                }
                store_vectors(isa, &sums[0], target);
            }
        }
    }
}

/// The sums of [`FILTERS`] for all rows of the kernel, without the products of zeros.
pub(super) struct SparseCells<'a> {
    pub(super) sums: CellSums<'a>,
    pub(super) kernel: &'a mut [f32],
    pub(super) ahead: &'a mut Ahead,
}

impl Job for SparseCells<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        if I::LANES * 4 == FILTERS {
            self.sums.run_sparse::<I, 4>(isa, self.kernel, self.ahead);
        } else if I::LANES * 8 == FILTERS {
            self.sums.run_sparse::<I, 8>(isa, self.kernel, self.ahead);
        }
    }
}

impl CellSums<'_> {
    #[inline(always)]
    fn run_sparse<I: Isa, const VECTORS: usize>(&self, isa: I, kernel: &mut [f32], ahead: &mut Ahead) {
        let [lines, outputs] = self.rectangle.outputs;
        *ahead = ahead.in_pieces(lines.count * outputs.count.div_ceil(SQUARE) * self.rectangle.depth);
        for line in 0..lines.count {
            for output in (0..outputs.count).step_by(SQUARE) {
                let count = SQUARE.min(outputs.count - output);
                let rows = &self.gradient[line * lines.other + output * outputs.other..];
                let copy;
                let rows = match in_place(rows, outputs.other, count) {
                    Some(rows) => rows,
                    None => {
                        copy = Square::of(isa, rows, outputs.other, count);
                        &copy.0[..count]
                    }
                };
                let source = &self.source[line * lines.source + output * outputs.source..];
                self.add_outputs::<I, VECTORS>(isa, source, rows, kernel, ahead);
            }
        }
    }

    /// What some neighbouring outputs give to the kernel.
    #[inline(always)]
    fn add_outputs<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        source: &[f32],
        rows: &[[f32; FILTERS]],
        kernel: &mut [f32],
        ahead: &mut Ahead,
    ) {
        let step = self.rectangle.outputs[1].source;
        for first in (0..self.rectangle.depth).step_by(SQUARE) {
            let mut words = [0; SQUARE];
            for (output, word) in words.iter_mut().enumerate().take(rows.len()) {
                // There are always so many: the window lies inside.
                let Some(values) = source[output * step + first..].first_chunk() else { return };
                *word = isa.nonzeros(values);
            }
            for (channel, word) in nonzero::turned(words).into_iter().enumerate() {
                let kernel = &mut kernel[(first + channel) * self.row..][..FILTERS];
                let mut sums = load_vectors(isa, kernel);
                ahead.fetch(isa);
                add_rows::<I, VECTORS>(isa, &mut sums, word, (&source[first + channel..], step), rows);
                store_vectors(isa, &sums, kernel);
            }
        }
    }
}
