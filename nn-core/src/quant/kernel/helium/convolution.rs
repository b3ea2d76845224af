//! Convolutions: each filter at four places, whose windows are gathered once for all filters.

use super::instructions::{Finish, Sums, filters_at_four_places};
use super::patches::{Patches, ROOM, Room, len};
use super::{Vectors, is_usual};
use crate::kernel::conv2d::ConvolutionSizes;
use crate::quant::Multiplier;
use crate::quant::kernel::span::{Span, span};
use crate::quant::kernel::{Convolution, PooledConvolution, PooledSizes, Rescale};

/// The filters whose sums are computed before they become bytes: divisible by four.
const FILTERS: usize = 64;

impl Vectors for Convolution<'_> {
    #[inline(always)]
    fn fits_vectors(&self) -> bool {
        let [height, width] = self.sizes.geometry.output;
        fits(self.sizes, &self.rescale) && height * width >= 4
    }

    #[inline(never)]
    fn run_in_vectors(self) {
        let Self { sizes, input, zero_point, weights, rescale, output, .. } = self;
        let patches = Patches::new(sizes, input, zero_point);
        let filters = Filters { weights, len: len(sizes), rescale };
        let finish = Finish::new(&rescale);
        let (mut room, mut sums) = ([[0; ROOM]; 4], [[0; 4]; FILTERS]);
        let [height, width] = sizes.geometry.output;
        for first in (0..height * width).step_by(4) {
            // The last ones may be some of those before them once more.
            let first = first.min(height * width - 4);
            let mut next = [first / width.max(1), first % width.max(1)];
            let places = core::array::from_fn(|_| {
                let place = next;
                next = if place[1] + 1 == width { [place[0] + 1, 0] } else { [place[0], place[1] + 1] };
                place
            });
            let windows = patches.at(places, &mut room);
            let outputs = output.get_mut(first * sizes.filters..).unwrap_or_default();
            filters.each(windows, &mut sums, |first, sums, multipliers| {
                finish.places(sums, multipliers, outputs.get_mut(first..).unwrap_or_default(), sizes.filters);
            });
        }
    }
}

impl Vectors for PooledConvolution<'_> {
    #[inline(always)]
    fn fits_vectors(&self) -> bool {
        fits(&self.sizes.convolution, &self.rescale)
    }

    #[inline(never)]
    fn run_in_vectors(self) {
        let Self {
            sizes: PooledSizes { convolution: sizes, pool }, input, zero_point, weights, rescale, output, ..
        } = self;
        let patches = Patches::new(sizes, input, zero_point);
        let filters = Filters { weights, len: len(sizes), rescale };
        let finish = Finish::new(&rescale);
        let (mut room, mut sums) = ([[0; ROOM]; 4], [[0; 4]; FILTERS]);
        let mut outputs = output.chunks_exact_mut(sizes.filters.max(1));
        for row in 0..pool.output[0] {
            for column in 0..pool.output[1] {
                let Some(outputs) = outputs.next() else { return };
                let window = [span(pool, 0, row), span(pool, 1, column)];
                filters.window(&finish, &patches, window, (&mut room, &mut sums), outputs);
            }
        }
    }
}

#[inline(always)]
fn fits(sizes: &ConvolutionSizes, rescale: &Rescale<'_>) -> bool {
    is_usual(rescale, sizes.filters) && sizes.groups == 1 && len(sizes) <= ROOM
}

/// The filters of a layer.
struct Filters<'a> {
    weights: &'a [i8],
    /// The weights of each.
    len: usize,
    rescale: Rescale<'a>,
}

impl Filters<'_> {
    /// Calls `visit` with the number of a filter, the sums from it on and the multipliers of as many filters.
    #[inline(always)]
    fn each(
        &self,
        windows: [&[i8]; 4],
        sums: &mut [Sums; FILTERS],
        mut visit: impl FnMut(usize, &[Sums; FILTERS], &[Multiplier]),
    ) {
        let weights = self.weights.chunks(FILTERS * self.len.max(1));
        let constants = self.rescale.bias.chunks(FILTERS).zip(self.rescale.multipliers.chunks(FILTERS));
        for (number, (weights, (starts, multipliers))) in weights.zip(constants).enumerate() {
            filters_at_four_places(weights, self.len, starts, windows, sums);
            visit(number * FILTERS, sums, multipliers);
        }
    }

    /// The maxima under one window of a pool.
    #[inline(always)]
    fn window(
        &self,
        finish: &Finish,
        patches: &Patches<'_>,
        [rows, columns]: [Span; 2],
        (room, sums): (&mut Room, &mut [Sums; FILTERS]),
        outputs: &mut [i8],
    ) {
        let mut places = rows.pixels().flat_map(|row| columns.pixels().map(move |column| [row, column]));
        let mut is_first = true;
        while let Some(mut place) = places.next() {
            let mut is_next = false;
            let four = core::array::from_fn(|_| {
                // The last place once more changes no maximum.
                place = if is_next { places.next().unwrap_or(place) } else { place };
                is_next = true;
                place
            });
            self.each(patches.at(four, room), sums, |first, sums, multipliers| {
                let outputs = outputs.get_mut(first..).unwrap_or_default();
                if is_first {
                    finish.largest(sums, multipliers, outputs);
                } else {
                    let mut bytes = [i8::MIN; FILTERS];
                    finish.largest(sums, multipliers, &mut bytes);
                    let bytes = bytes.iter().take(multipliers.len());
                    outputs.iter_mut().zip(bytes).for_each(|(output, byte)| *output = (*output).max(*byte));
                }
            });
            is_first = false;
        }
    }
}
