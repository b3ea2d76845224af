//! The gradient of a pointwise convolution by an image in which many values are zero, as `relu` leaves them: no derivative
//! goes through `relu` there, so none is calculated.
//!
//! Each derivative is the product of a pixel's errors and a row of the kernel. Those of a pixel are summed up lane by lane,
//! eight at a time, written side by side, and spread to their places at the end.

use super::ConvolutionSizes;
use super::rows::{load_vectors, store_vectors};
use super::squares::{FILTERS, SQUARE, Square, Squares, in_place};
use crate::kernel::ahead::Ahead;
use crate::kernel::isa::SUMS;
use crate::kernel::{Isa, Job, nonzero, singles};

/// How many pixels are looked at to see whether many values are zero.
const SAMPLES: usize = 8;

/// What tells which derivatives by an input are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The input: where it is zero, the derivative is not wanted.
    pub input: &'a [f32],
    /// The kernel of the convolution from the input to the output.
    pub kernel: &'a [f32],
    /// Its squares, if they are copied.
    pub squares: Option<Squares<'a>>,
}

impl Wanted<'_> {
    /// Whether single derivatives take less time than all, which are calculated without adding up lanes.
    #[inline(always)]
    pub(super) fn are_few<I: Isa>(&self, isa: I, sizes: &ConvolutionSizes) -> bool {
        let ConvolutionSizes { geometry, channels, filters, groups } = *sizes;
        let pixels = geometry.input[0] * geometry.input[1];
        let is_pointwise = geometry.kernel == [1, 1] && geometry.input == geometry.output && groups == 1;
        let is_whole = channels > 0 && channels.is_multiple_of(SQUARE) && filters.is_multiple_of(FILTERS);
        if singles::ARE_TAKEN || I::LANES * 4 != FILTERS || !is_pointwise || !is_whole || pixels < SAMPLES {
            return false;
        }
        let mut wanted = 0;
        for sample in 0..SAMPLES {
            wanted += nonzero::count(isa, &self.input[pixels * sample / SAMPLES * channels..][..channels]);
        }
        3 * wanted < 2 * SAMPLES * channels
    }
}

/// The derivatives that are wanted, and zeros for the others.
pub(super) struct WantedGradient<'a> {
    pub(super) sizes: &'a ConvolutionSizes,
    pub(super) wanted: Wanted<'a>,
    pub(super) output_gradient: &'a [f32],
    pub(super) input_gradient: &'a mut [f32],
    pub(super) ahead: Ahead,
}

impl Job for WantedGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        // What an instruction set never has is not compiled for it.
        if const { I::LANES * 4 == FILTERS } {
            self.write::<I, 4>(isa);
        }
    }
}

impl WantedGradient<'_> {
    #[inline(always)]
    fn write<I: Isa, const VECTORS: usize>(mut self, isa: I) {
        let ConvolutionSizes { geometry, channels, filters, .. } = *self.sizes;
        let squares = channels / SQUARE * (filters / FILTERS);
        self.ahead = self.ahead.in_pieces(geometry.input[0] * geometry.input[1] * squares);
        for channel in (0..channels).step_by(SQUARE) {
            for filter in (0..filters).step_by(FILTERS) {
                let rows = &self.wanted.kernel[channel * filters + filter..];
                let copy;
                let rows = match self.wanted.squares {
                    Some(squares) => squares.at(channel, filter),
                    None => match in_place(rows, filters, SQUARE) {
                        Some(rows) => rows,
                        None => {
                            copy = Square::of(isa, rows, filters, SQUARE);
                            &copy.0
                        }
                    },
                };
                // There are always so many.
                let Some(rows) = rows.first_chunk() else { return };
                self.add_filters::<I, VECTORS>(isa, [channel, filter], rows);
            }
        }
    }

    /// Adds what [`FILTERS`] give to the derivatives by [`SQUARE`] channels.
    #[inline(always)]
    fn add_filters<I: Isa, const VECTORS: usize>(
        &mut self,
        isa: I,
        [channel, filter]: [usize; 2],
        rows: &[[f32; FILTERS]; SQUARE],
    ) {
        let ConvolutionSizes { channels, filters, .. } = *self.sizes;
        let Some(values) = self.wanted.input[channel..].first_chunk() else { return };
        let mut following = isa.nonzeros(values);
        let pixels = self.wanted.input.chunks_exact(channels).zip(self.output_gradient.chunks_exact(filters));
        let mut inputs = self.wanted.input.chunks_exact(channels).skip(1);
        let mut sums = [0.0; ROOM];
        for ((input, errors), gradient) in pixels.zip(self.input_gradient.chunks_exact_mut(channels)) {
            // A word is made a pixel ahead: the processor cannot foresee when the loop over it ends, and what it began instead
            // would have to wait for the next.
            let word = following;
            let Some(values) = inputs.next().unwrap_or(input)[channel..].first_chunk() else { return };
            following = isa.nonzeros(values);
            self.ahead.fetch(isa);
            write_sums::<I, VECTORS>(isa, load_vectors(isa, &errors[filter..]), word, rows, &mut sums);
            spread::<I, VECTORS>(isa, &sums, word, &mut gradient[channel..][..SQUARE], filter > 0);
        }
    }
}

/// Room for the sums of a pixel, and for a vector that reaches beyond the last one.
const ROOM: usize = 2 * SQUARE;

/// Writes the products of some errors with those rows whose bits are set, one behind the other.
#[inline(always)]
fn write_sums<I: Isa, const VECTORS: usize>(
    isa: I,
    errors: [I::Vector; VECTORS],
    mut word: u64,
    rows: &[[f32; FILTERS]; SQUARE],
    sums: &mut [f32; ROOM],
) {
    for sums in sums.as_chunks_mut().0 {
        if word == 0 {
            break;
        }
        let mut products = [errors[0]; SUMS];
        for product in &mut products {
            // Behind the last one it is the first row, whose sum nobody reads.
            let row = &rows[word.trailing_zeros() as usize % SQUARE];
            word &= word.wrapping_sub(1);
            *product = isa.mul(errors[0], isa.load(row));
            for vector in 1..VECTORS {
                *product = isa.mul_add(errors[vector], isa.load(&row[vector * I::LANES..]), *product);
            }
        }
        isa.store_sums(products, sums);
    }
}

/// Writes the sums to the places whose bits are set, and zeros to the others, or adds them to what is there.
#[inline(always)]
fn spread<I: Isa, const VECTORS: usize>(isa: I, sums: &[f32; ROOM], word: u64, to: &mut [f32], is_added: bool) {
    let mut totals = [isa.splat(0.0); VECTORS];
    let mut next = 0;
    for (vector, total) in totals.iter_mut().enumerate() {
        let lanes = (word >> (vector * I::LANES)) as u16;
        *total = isa.load_spread(&sums[next..][..I::LANES], lanes);
        next += lanes.count_ones() as usize;
    }
    if is_added {
        for (total, before) in totals.iter_mut().zip(load_vectors::<I, VECTORS>(isa, to)) {
            *total = isa.add(before, *total);
        }
    }
    store_vectors(isa, &totals, to);
}
