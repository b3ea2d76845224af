//! Sums over an image in which many values are zero, as `relu` leaves them: what is zero is not multiplied.
//!
//! The window is one run of neighbouring values. Two outputs, or two rows of the kernel, are summed up at a time, of so many
//! filters that no sum waits for itself; a square of the other factor stays in the first cache meanwhile. Where registers
//! are many, a row that both sums want is read once for both, so that the products are added, and rounded, in another order
//! than those of all values; which order, the sample alone decides. Elsewhere the sums are those of all products, bit for bit,
//! if all factors are finite: zero times infinity is left out too.

use super::cells::CellSums;
use super::outputs::OutputSums;
use super::rectangle::Rectangle;
use super::rows::{load_vectors, store_vectors};
use super::squares::{FILTERS, SQUARE, Square, Squares, in_place};
use crate::kernel::ahead::Ahead;
use crate::kernel::finish::{Finish, Ready};
use crate::kernel::{Isa, Job, nonzero, singles};

/// How many outputs are looked at to see whether many values are zero.
pub(super) const SAMPLES: usize = 8;

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
            products += nonzero::count(isa, values);
        }
        are_few(products, self.depth)
    }
}

/// Whether so many values of [`SAMPLES`] outputs that are not zero are few.
pub(super) const fn are_few(products: usize, depth: usize) -> bool {
    5 * products < 4 * SAMPLES * depth
}

/// A sum: the vectors so far, and the rows that are added to it.
struct Sum<'a, V, const VECTORS: usize> {
    totals: [V; VECTORS],
    /// A bit is set for each row.
    word: u64,
    /// What the rows are multiplied by, so many floats apart.
    values: (&'a [f32], usize),
}

impl<V: Copy, const VECTORS: usize> Sum<'_, V, VECTORS> {
    /// Adds all rows that are left.
    #[inline(always)]
    fn add_all<I: Isa<Vector = V>>(mut self, isa: I, rows: &[[f32; FILTERS]]) -> [V; VECTORS] {
        while self.word != 0 {
            self.add_next(isa, rows);
        }
        self.totals
    }

    /// Adds the first row that is left.
    #[inline(always)]
    fn add_next<I: Isa<Vector = V>>(&mut self, isa: I, rows: &[[f32; FILTERS]]) {
        let index = take(&mut self.word);
        self.add(isa, index, rows);
    }

    /// Adds a row.
    #[inline(always)]
    fn add<I: Isa<Vector = V>>(&mut self, isa: I, index: usize, rows: &[[f32; FILTERS]]) {
        let (value, row) = (isa.splat(self.values.0[index * self.values.1]), &rows[index]);
        for (vector, total) in self.totals.iter_mut().enumerate() {
            *total = isa.mul_add(value, isa.load(&row[vector * I::LANES..]), *total);
        }
    }
}

/// The number of the lowest bit that is set, which is cleared.
#[inline(always)]
fn take(word: &mut u64) -> usize {
    let index = word.trailing_zeros() as usize;
    *word &= *word - 1;
    index
}

/// Two sums of the same rows.
struct Pair<'a, V, const VECTORS: usize> {
    sums: [Sum<'a, V, VECTORS>; 2],
    /// The rows that are added to both, and are not among those of either.
    both: u64,
}

impl<'a, V: Copy, const VECTORS: usize> Pair<'a, V, VECTORS> {
    #[inline(always)]
    fn new<I: Isa<Vector = V>>([mut one, mut other]: [Sum<'a, V, VECTORS>; 2]) -> Self {
        // Both sums must stay in registers.
        let both = if I::REGISTERS >= 4 * VECTORS { one.word & other.word } else { 0 };
        one.word ^= both;
        other.word ^= both;
        Self { sums: [one, other], both }
    }

    /// Adds all rows.
    ///
    /// A row that is added to both is read once: a processor that multiplies a vector in the time in which it reads one has
    /// no time left to read the values. Of rows of all kinds, one of each is added in turn, so that no sum waits for itself
    /// and what is read is spread evenly.
    #[inline(always)]
    fn add_all<I: Isa<Vector = V>>(mut self, isa: I, rows: &[[f32; FILTERS]]) -> [[V; VECTORS]; 2] {
        if I::REGISTERS >= 4 * VECTORS {
            let each = self.of_each();
            for _ in 0..each.min(self.both.count_ones()) {
                self.add_shared(isa, rows);
                self.add_own(isa, rows);
            }
            while self.both != 0 {
                self.add_shared(isa, rows);
            }
            for _ in 0..self.of_each() {
                self.add_own(isa, rows);
            }
        }
        let [one, other] = self.sums;
        [one.add_all(isa, rows), other.add_all(isa, rows)]
    }

    /// How many rows of its own each sum has at least.
    #[inline(always)]
    fn of_each(&self) -> u32 {
        self.sums[0].word.count_ones().min(self.sums[1].word.count_ones())
    }

    /// Adds the first row of both.
    #[inline(always)]
    fn add_shared<I: Isa<Vector = V>>(&mut self, isa: I, rows: &[[f32; FILTERS]]) {
        let index = take(&mut self.both);
        self.sums[0].add(isa, index, rows);
        self.sums[1].add(isa, index, rows);
    }

    /// Adds the first row of each.
    #[inline(always)]
    fn add_own<I: Isa<Vector = V>>(&mut self, isa: I, rows: &[[f32; FILTERS]]) {
        self.sums[0].add_next(isa, rows);
        self.sums[1].add_next(isa, rows);
    }
}

/// The sums of [`FILTERS`] for all outputs of a rectangle, without the products of zeros.
///
/// A job of its own, like that of the weights below: beside other loops neither would keep its sums in registers.
pub(super) struct SparseOutputs<'a, F> {
    pub(super) sums: OutputSums<'a>,
    /// Of the kernel, if they are copied.
    pub(super) squares: Option<Squares<'a>>,
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
        // What an instruction set never has is not compiled for it.
        if const { I::FINDS_ZEROS && I::LANES * 4 == FILTERS } {
            self.write::<I, 4>(isa);
        } else if const { I::FINDS_ZEROS && I::LANES * 8 == FILTERS } {
            self.write::<I, 8>(isa);
        }
    }
}

impl<F: Finish> SparseOutputs<'_, F> {
    #[inline(always)]
    fn write<I: Isa, const VECTORS: usize>(self, isa: I) {
        let Self { sums, squares, target, column, finish, ahead } = self;
        let finish = finish.ready::<I, VECTORS>(isa, column..column + FILTERS);
        *ahead = ahead.in_pieces(sums.fetches());
        for first in (0..sums.rectangle.depth).step_by(SQUARE) {
            let rows = &sums.kernel[first * sums.row..];
            let copy;
            let rows = match squares {
                Some(squares) => squares.at(first, column),
                None => match in_place(rows, sums.row, SQUARE) {
                    Some(rows) => rows,
                    None => {
                        copy = Square::of(isa, rows, sums.row, SQUARE);
                        &copy.0
                    }
                },
            };
            sums.add_channels(isa, first, &sums.source[first..], rows, target, &finish, ahead);
        }
    }
}

impl OutputSums<'_> {
    /// How often memory is fetched while the sums are made.
    #[inline(always)]
    pub(super) fn fetches(&self) -> usize {
        let [lines, outputs] = self.rectangle.outputs;
        lines.count * outputs.count.div_ceil(2) * (self.rectangle.depth / SQUARE)
    }

    /// Adds what [`SQUARE`] channels from `first` on give, whose values begin with `source`.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "two factors, what becomes of their products, and where")]
    pub(super) fn add_channels<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        first: usize,
        source: &[f32],
        rows: &[[f32; FILTERS]],
        target: &mut [f32],
        finish: &impl Ready<I, VECTORS>,
        ahead: &mut Ahead,
    ) {
        let [lines, outputs] = self.rectangle.outputs;
        for line in 0..lines.count {
            let source = &source[line * lines.source..];
            // There are always so many values: the window lies inside.
            let Some(mut following) = self.pair(source, 0) else { return };
            let mut words = [isa.nonzeros(following[0]), isa.nonzeros(following[1])];
            for output in (0..outputs.count).step_by(2) {
                // The last output of an odd number is calculated twice.
                let next = outputs.count.min(output + 2) - 1;
                let place = [line * lines.other + output * outputs.other, line * lines.other + next * outputs.other];
                // Words are made two outputs ahead: the processor cannot foresee when the loop over one ends, and what it
                // began instead would have to wait for the next.
                let ([one, other], [word, other_word]) = (following, words);
                let Some(values) = self.pair(source, (output + 2).min(outputs.count - 1)) else { return };
                following = values;
                words = [isa.nonzeros(following[0]), isa.nonzeros(following[1])];
                let mut begin = [[isa.splat(0.0); VECTORS]; 2];
                if first > 0 {
                    begin = [load_vectors(isa, &target[place[0]..]), load_vectors(isa, &target[place[1]..])];
                } else if !self.bias.is_empty() {
                    begin = [load_vectors(isa, self.bias); 2];
                }
                ahead.fetch(isa);
                let one = Sum { totals: begin[0], word, values: (one, 1) };
                let other = Sum { totals: begin[1], word: other_word, values: (other, 1) };
                let mut sums = Pair::new::<I>([one, other]).add_all(isa, rows);
                if first + SQUARE == self.rectangle.depth {
                    finish.apply(isa, &mut sums);
                }
                store_vectors(isa, &sums[0], &mut target[place[0]..]);
                store_vectors(isa, &sums[1], &mut target[place[1]..]);
            }
        }
    }

    /// The values that an output and the one after it look at; those of the last one twice.
    #[inline(always)]
    fn pair<'a>(&self, source: &'a [f32], output: usize) -> Option<[&'a [f32; SQUARE]; 2]> {
        let outputs = self.rectangle.outputs[1];
        let next = outputs.count.min(output + 2) - 1;
        Some([source[output * outputs.source..].first_chunk()?, source[next * outputs.source..].first_chunk()?])
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
        if const { I::FINDS_ZEROS && I::LANES * 4 == FILTERS } {
            self.sums.run_sparse::<I, 4>(isa, self.kernel, self.ahead);
        } else if const { I::FINDS_ZEROS && I::LANES * 8 == FILTERS } {
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
            for (pair, words) in nonzero::turned(words).as_chunks().0.iter().enumerate() {
                let channel = first + 2 * pair;
                let (one, other) = kernel[channel * self.row..].split_at_mut(self.row);
                let [word, other_word] = *words;
                let sums = [
                    Sum::<_, VECTORS> { totals: load_vectors(isa, one), word, values: (&source[channel..], step) },
                    Sum { totals: load_vectors(isa, other), word: other_word, values: (&source[channel + 1..], step) },
                ];
                ahead.fetch(isa);
                let sums = Pair::new::<I>(sums).add_all(isa, rows);
                store_vectors(isa, &sums[0], one);
                store_vectors(isa, &sums[1], other);
            }
        }
    }
}
