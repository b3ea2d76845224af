//! Four vectors of channels at a time, where the processor puts bytes of two registers side by side.
//!
//! Cells that lie side by side become words in an order of the set's own, see [`Products::pair_pairs`]. Weights become
//! words in the same way, constants of channels are put into this order, and packing leaves bytes in that of the image.

use super::{Depthwise, PIXELS, Part, Plan, ROOM, WEIGHTS, extent};
use crate::kernel::depthwise::DepthwiseSizes;
use crate::kernel::{ByteJob, Cell, Isa, MOST_LANES, Products};
use crate::quant::kernel::Rescale;
use crate::quant::kernel::dots::without_flips;
use crate::quant::kernel::places::Few;
use crate::quant::kernel::scale::LaneRescale;
use crate::quant::kernel::strip::Aligned;

/// The vectors.
pub(super) const VECTORS: usize = 4;

/// The first channels of a layer.
pub(super) struct Fours<'a, 'b> {
    pub(super) layer: &'b mut Depthwise<'a>,
    pub(super) plan: Plan,
    /// How many: a multiple of those that are done at a time.
    pub(super) channels: usize,
}

/// What the sums of four vectors begin with, and what makes bytes of them.
struct Constants<I: Isa> {
    starts: [I::Whole; VECTORS],
    rescales: [LaneRescale<I>; VECTORS],
}

impl Depthwise<'_> {
    /// None where no four vectors are done at a time.
    pub(super) fn plan_of_fours<I: Isa, P: Products<I>>(&self) -> Option<Plan> {
        let (channels, lanes) = (self.sizes.channels, VECTORS * I::LANES);
        let multipliers = self.rescale.multipliers.len();
        let has_all_constants = self.rescale.bias.len() >= channels && (multipliers == 1 || multipliers >= channels);
        if !P::HAS_FOURS || channels < lanes || !has_all_constants {
            return None;
        }
        Plan::new::<I, P>(self, lanes)
    }
}

impl ByteJob for Fours<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa, P: Products<I>>(self, isa: I, products: P) {
        let sizes = self.layer.sizes;
        let outputs = self.plan.outputs;
        let Aligned(strip) = &mut Aligned([0; ROOM]);
        let Aligned(weights) = &mut Aligned([0; WEIGHTS]);
        for channel in (0..self.channels).step_by(VECTORS * I::LANES) {
            self.arrange(isa, products, channel, weights);
            let constants = self.constants(isa, products, channel, weights);
            for row in (0..sizes.geometry.output[0]).step_by(outputs[0]) {
                for column in (0..sizes.geometry.output[1]).step_by(outputs[1]) {
                    let plan = &self.plan;
                    let part = Part::new::<I, P>(plan, sizes, channel, VECTORS * I::LANES, [row, column]);
                    self.fill(isa, products, &part, strip);
                    outputs_of(isa, products, &part, strip, weights, &constants, self.layer.output);
                }
            }
        }
    }
}

impl Fours<'_, '_> {
    /// Writes the words of the weights.
    #[inline(always)]
    fn arrange<I: Isa, P: Products<I>>(&self, isa: I, products: P, channel: usize, to: &mut [i32; WEIGHTS]) {
        let DepthwiseSizes { geometry, channels, .. } = *self.layer.sizes;
        let mut words = to.chunks_exact_mut(VECTORS * I::LANES);
        for row in 0..geometry.kernel[0] {
            for first in (0..geometry.kernel[1]).step_by(P::DEPTH) {
                let mut taps = [isa.splat_whole(0); 4];
                for column in first..geometry.kernel[1].min(first + P::DEPTH) {
                    let at = (row * geometry.kernel[1] + column) * channels + channel;
                    taps[column - first] = products.load_values(isa, &self.layer.weights[at..]);
                }
                let [a, b, c, d] = taps;
                let pairs = [products.pair_cells(isa, a, b), products.pair_cells(isa, c, d)];
                let Some(words) = words.next() else { return };
                store(isa, products.pair_pairs(isa, pairs[0], pairs[1]), words);
            }
        }
    }

    #[inline(always)]
    fn constants<I: Isa, P: Products<I>>(
        &self,
        isa: I,
        products: P,
        channel: usize,
        weights: &[i32; WEIGHTS],
    ) -> Constants<I> {
        let (rescale, len) = (self.layer.rescale, self.layer.sizes.geometry.kernel[0] * self.plan.words);
        let mut starts = [isa.splat_whole(0); VECTORS];
        let mut rescales = [rescale.lanes(isa, 0); VECTORS];
        for vector in 0..VECTORS {
            let bias = isa.load_whole(&in_order(rescale.bias, channel, vector, I::LANES));
            let words = &weights[..len * VECTORS * I::LANES][vector * I::LANES..];
            starts[vector] = without_flips(isa, products, bias, words, VECTORS * I::LANES);
            if rescale.multipliers.len() > 1 {
                let multipliers = &in_order(rescale.multipliers, channel, vector, I::LANES)[..I::LANES];
                rescales[vector] = Rescale { multipliers, ..rescale }.lanes(isa, 0);
            }
        }
        Constants { starts, rescales }
    }

    /// Writes the words of the cells under some outputs, `[rows][columns][vectors][lanes]`.
    #[inline(always)]
    fn fill<I: Isa, P: Products<I>>(&self, isa: I, products: P, part: &Part<'_>, strip: &mut [i32; ROOM]) {
        let DepthwiseSizes { geometry, channels, .. } = *self.layer.sizes;
        let border = products.splat(isa, &[P::Cell::new(self.layer.zero_point); 4]);
        let lines = strip.chunks_exact_mut(part.columns * part.lanes).take(extent(&geometry, 0, part.size[0]));
        for (line, words) in lines.enumerate() {
            let (inside, mut at) = part.inside(line);
            // The last cell, and the last two pairs of neighbours.
            let (mut last, mut pairs) = (border, [[border; 2]; 2]);
            for column in 0..part.columns + P::DEPTH - 1 {
                let mut next = border;
                if inside.contains(&column) {
                    next = products.load_cells(isa, &self.layer.input[at..]);
                    at += channels;
                }
                let pair = products.pair_cells(isa, last, next);
                if let Some(word) = column.checked_sub(P::DEPTH - 1) {
                    store(isa, products.pair_pairs(isa, pairs[0], pair), &mut words[word * part.lanes..][..part.lanes]);
                }
                (last, pairs) = (next, [pairs[1], pair]);
            }
        }
    }
}

/// The values of a vector's channels.
fn in_order<T: Copy + Default>(values: &[T], channel: usize, vector: usize, lanes: usize) -> [T; MOST_LANES] {
    let mut lanes_in_order = [T::default(); MOST_LANES];
    for (quarter, four) in lanes_in_order.chunks_exact_mut(4).enumerate().take(lanes / 4) {
        four.copy_from_slice(&values[channel + 16 * quarter + 4 * vector..][..4]);
    }
    lanes_in_order
}

/// Writes four vectors, one after the other.
#[inline(always)]
fn store<I: Isa>(isa: I, vectors: [I::Whole; VECTORS], to: &mut [i32]) {
    let to = &mut to[..VECTORS * I::LANES];
    for vector in 0..VECTORS {
        isa.store_whole(vectors[vector], &mut to[vector * I::LANES..]);
    }
}

/// The outputs of a part, tile by tile.
#[inline(always)]
fn outputs_of<I: Isa, P: Products<I>>(
    isa: I,
    products: P,
    part: &Part<'_>,
    strip: &[i32; ROOM],
    weights: &[i32; WEIGHTS],
    constants: &Constants<I>,
    output: &mut [i8],
) {
    let mut places = part.places();
    let Aligned(wholes) = &mut Aligned([[[0; MOST_LANES]; PIXELS]; VECTORS]);
    while let Some(Few { windows, outputs, count }) = places.few::<PIXELS>() {
        for vector in 0..VECTORS {
            let (strip, weights) = (&strip[vector * I::LANES..], &weights[vector * I::LANES..]);
            let sums = part.tile(isa, products, strip, weights, windows, constants.starts[vector]);
            let of_vector = constants.rescales[vector].wholes(isa, sums);
            for pixel in 0..PIXELS {
                isa.store_whole(of_vector[pixel], &mut wholes[vector][pixel]);
            }
        }
        for (pixel, &place) in outputs.iter().enumerate().take(count) {
            let mut vectors = [isa.splat_whole(0); VECTORS];
            for vector in 0..VECTORS {
                vectors[vector] = isa.load_whole(&wholes[vector][pixel]);
            }
            products.store_fours(isa, vectors, &mut output[place..]);
        }
    }
}
