//! Convolutions: what the window sees at several places is spread once, then each filter's weights are read once for all
//! of the places.

use super::finish::Finish;
use super::loops::{Four, Spread, add_four_places, add_two_places};
use super::patches::Patches;
use super::words::{add_products, spread, word};
use super::{Pairs, SPREAD};
use crate::kernel::Geometry;
use crate::kernel::conv2d::ConvolutionSizes;
use crate::quant::Multiplier;
use crate::quant::kernel::span::{Span, span};
use crate::quant::kernel::{Convolution, PooledConvolution, PooledSizes, Rescale};

impl Pairs for Convolution<'_> {
    #[inline(always)]
    fn fits(&self) -> bool {
        self.sizes.groups == 1 && steps(self.sizes) <= SPREAD
    }

    #[inline(always)]
    fn run_in_pairs(self) {
        let filters = Filters { sizes: self.sizes, weights: self.weights, rescale: self.rescale };
        let patches = Patches::new(self.sizes, self.input, self.zero_point);
        let [height, width] = self.sizes.geometry.output;
        match SPREAD / steps(self.sizes).max(1) {
            4.. if height * width >= 4 => filters.image::<4>(patches, self.output),
            2.. if height * width >= 2 => filters.image::<2>(patches, self.output),
            _ => filters.image::<1>(patches, self.output),
        }
    }
}

impl Pairs for PooledConvolution<'_> {
    #[inline(always)]
    fn fits(&self) -> bool {
        self.sizes.convolution.groups == 1 && steps(&self.sizes.convolution) <= SPREAD
    }

    #[inline(always)]
    fn run_in_pairs(self) {
        let PooledSizes { convolution: sizes, pool } = self.sizes;
        let filters = Filters { sizes, weights: self.weights, rescale: self.rescale };
        let patches = Patches::new(sizes, self.input, self.zero_point);
        match SPREAD / steps(sizes).max(1) {
            4.. => filters.pooled::<4>(patches, pool, self.output),
            2.. => filters.pooled::<2>(patches, pool, self.output),
            _ => filters.pooled::<1>(patches, pool, self.output),
        }
    }
}

/// The products of one sum.
#[inline(always)]
fn products(sizes: &ConvolutionSizes) -> usize {
    sizes.geometry.kernel[0] * sizes.geometry.kernel[1] * sizes.channels
}

/// The words of four weights of a filter.
#[inline(always)]
fn steps(sizes: &ConvolutionSizes) -> usize {
    products(sizes).div_ceil(4)
}

/// The filters of a layer.
#[derive(Clone, Copy)]
pub(super) struct Filters<'a> {
    pub(super) sizes: &'a ConvolutionSizes,
    /// `[filters][rows][columns][channels]`
    pub(super) weights: &'a [i8],
    pub(super) rescale: Rescale<'a>,
}

impl Filters<'_> {
    /// Calls `visit` with each filter, its multiplier and its sums at some places, of which `patches` has one step after
    /// another.
    #[inline(always)]
    fn each<const PLACES: usize>(
        &self,
        finish: &Finish<'_>,
        patches: &[Spread],
        mut visit: impl FnMut(usize, &Multiplier, [i32; PLACES]),
    ) where
        Places<PLACES>: Sums<PLACES>,
    {
        let (products, len) = (products(self.sizes), 4 * steps(self.sizes));
        let (steps, _) = patches.as_chunks::<PLACES>();
        let (mut at, mut channels) = (0, finish.channels());
        // The last word may reach into the next filter: what is multiplied with that is zero.
        while let Some(weights) = self.weights.get(at..at + len) {
            let Some((filter, (start, multiplier))) = channels.next() else { return };
            visit(filter, multiplier, Places::<PLACES>::add([start; PLACES], weights.as_chunks().0, steps));
            at += products;
        }
        for (filter, (start, multiplier)) in channels {
            let weights = self.weights.get(at..at + products).unwrap_or_default();
            visit(filter, multiplier, last_filter([start; PLACES], weights, steps));
            at += products;
        }
    }

    /// A whole image, some places after another at once; there are at least so many.
    #[inline(never)]
    pub(super) fn image<const PLACES: usize>(&self, patches: Patches<'_>, output: &mut [i8])
    where
        Places<PLACES>: Sums<PLACES>,
    {
        let mut spread = [[0; 2]; SPREAD];
        let finish = &Finish::new(self.rescale, products(self.sizes));
        let filters = self.sizes.filters;
        let [height, width] = self.sizes.geometry.output;
        for first in (0..height * width).step_by(PLACES) {
            // The last ones may be some of those before them once more.
            let first = first.min(height * width - PLACES);
            if patches.are_pixels() {
                patches.gather_pixels::<PLACES>(first, &mut spread);
            } else {
                for slot in 0..PLACES {
                    let place = first + slot;
                    let place = [place / width.max(1), place % width.max(1)];
                    patches.gather(place, spread.get_mut(slot..).unwrap_or_default(), PLACES);
                }
            }
            let Some(outputs) = output.get_mut(first * filters..(first + PLACES) * filters) else { return };
            self.each::<PLACES>(finish, &spread, |filter, multiplier, sums| {
                finish.places(filter, multiplier, sums, outputs, filters);
            });
        }
    }

    /// The maxima under the windows of a pool.
    #[inline(never)]
    fn pooled<const PLACES: usize>(&self, patches: Patches<'_>, pool: &Geometry, output: &mut [i8])
    where
        Places<PLACES>: Sums<PLACES>,
    {
        let mut spread = [[0; 2]; SPREAD];
        let finish = &Finish::new(self.rescale, products(self.sizes));
        let mut outputs = output.chunks_exact_mut(self.sizes.filters.max(1));
        for row in 0..pool.output[0] {
            for column in 0..pool.output[1] {
                let Some(outputs) = outputs.next() else { return };
                let window = [span(pool, 0, row), span(pool, 1, column)];
                self.window::<PLACES>(finish, &patches, window, &mut spread, outputs);
            }
        }
    }

    /// The maxima under one window of a pool.
    #[inline(always)]
    fn window<const PLACES: usize>(
        &self,
        finish: &Finish<'_>,
        patches: &Patches<'_>,
        [rows, columns]: [Span; 2],
        spread: &mut [Spread],
        outputs: &mut [i8],
    ) where
        Places<PLACES>: Sums<PLACES>,
    {
        let (mut place, end) = ([rows.pixel, columns.pixel], columns.pixel + columns.count() * columns.step);
        let mut left = rows.count() * columns.count();
        outputs.fill(i8::MIN);
        while left > 0 {
            for slot in 0..PLACES {
                patches.gather(place, spread.get_mut(slot..).unwrap_or_default(), PLACES);
                left = left.saturating_sub(1);
                // The last place once more changes no maximum.
                if left > 0 {
                    place[1] += columns.step;
                    if place[1] == end {
                        place = [place[0] + rows.step, columns.pixel];
                    }
                }
            }
            self.raise::<PLACES>(finish, spread, outputs);
        }
    }

    /// Raises outputs to those of some places.
    #[inline(always)]
    fn raise<const PLACES: usize>(&self, finish: &Finish<'_>, spread: &[Spread], outputs: &mut [i8])
    where
        Places<PLACES>: Sums<PLACES>,
    {
        self.each::<PLACES>(finish, spread, |filter, multiplier, sums| {
            let largest = sums.into_iter().fold(i32::MIN, i32::max);
            let [byte] = finish.bytes(filter, multiplier, [largest]);
            if let Some(output) = outputs.get_mut(filter) {
                *output = (*output).max(byte as i8);
            }
        });
    }
}

/// The sums of a filter after which there are no weights that fill the last four.
#[cold]
#[inline(never)]
fn last_filter<const PLACES: usize>(sums: [i32; PLACES], weights: &[i8], steps: &[[Spread; PLACES]]) -> [i32; PLACES]
where
    Places<PLACES>: Sums<PLACES>,
{
    let (words, rest) = weights.as_chunks();
    let last = core::array::from_fn(|place| rest.get(place).copied().unwrap_or(0));
    let sums = Places::<PLACES>::add(sums, words, steps);
    Places::<PLACES>::add(sums, &[last], steps.get(words.len()..).unwrap_or_default())
}

/// A number of places at which a filter's sums are computed at once.
pub(super) struct Places<const PLACES: usize>;

/// The loop for a number of places.
pub(super) trait Sums<const PLACES: usize> {
    /// Adds the products of a filter's weights with what its window sees at each of the places.
    fn add(sums: [i32; PLACES], weights: &[Four], places: &[[Spread; PLACES]]) -> [i32; PLACES];
}

impl Sums<4> for Places<4> {
    #[inline(always)]
    fn add(sums: [i32; 4], weights: &[Four], places: &[[Spread; 4]]) -> [i32; 4] {
        add_four_places(sums, weights, places)
    }
}

impl Sums<2> for Places<2> {
    #[inline(always)]
    fn add(sums: [i32; 2], weights: &[Four], places: &[[Spread; 2]]) -> [i32; 2] {
        add_two_places(sums, weights, places)
    }
}

impl Sums<1> for Places<1> {
    #[inline(always)]
    fn add([sum]: [i32; 1], weights: &[Four], places: &[[Spread; 1]]) -> [i32; 1] {
        let products = weights.iter().zip(places);
        [products.fold(sum, |sum, (weights, [place])| add_products(sum, spread(word(weights)), *place))]
    }
}
