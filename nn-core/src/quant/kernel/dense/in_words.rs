//! Dense layers whose weights lie in words: the units lie in the lanes.

use super::{BLOCK, Dense, write};
use crate::kernel::{Isa, Products};
use crate::quant::kernel::strip::Aligned;
use crate::quant::kernel::words;

impl<'a> Dense<'a> {
    /// The weights in words, if they lie so, and are read so.
    #[inline(always)]
    pub(super) fn words<I: Isa, P: Products<I>>(&self) -> Option<&'a [i32]> {
        let (inputs, units) = (self.input.len(), self.output.len());
        let fit = words::reads::<I, P>() && self.order.is_words() && words::fit(units, inputs);
        let fit = fit && self.rescale.bias.len() >= units;
        words::of_bytes(self.weights).filter(|words| fit && words.len() >= units * inputs / P::DEPTH)
    }

    /// All units: as many vectors at once as hide how long a product takes.
    #[inline(always)]
    pub(super) fn in_words<I: Isa, P: Products<I>>(self, isa: I, products: P, words: &[i32]) {
        let Self { input, rescale, output, .. } = self;
        let of_unit = input.len() / P::DEPTH;
        let Aligned(sums) = &mut Aligned([0; BLOCK]);
        let mut first = 0;
        while first < output.len() {
            let (words, bias, rest) = (&words[first * of_unit..], &rescale.bias[first..], &mut output[first..]);
            let vectors = match rest.len() / I::LANES {
                8.. => add_products::<I, P, 8>(isa, products, input, words, bias, sums),
                4.. => add_products::<I, P, 4>(isa, products, input, words, bias, sums),
                2.. => add_products::<I, P, 2>(isa, products, input, words, bias, sums),
                _ => add_products::<I, P, 1>(isa, products, input, words, bias, sums),
            };
            write(isa, &rescale, first, sums, &mut rest[..vectors * I::LANES]);
            first += vectors * I::LANES;
        }
    }
}

/// The sums of the first vectors of units. Returns how many vectors there are.
#[inline(always)]
fn add_products<I: Isa, P: Products<I>, const VECTORS: usize>(
    isa: I,
    products: P,
    input: &[i8],
    words: &[i32],
    bias: &[i32],
    to: &mut [i32; BLOCK],
) -> usize {
    let of_vector = input.len() / P::DEPTH * I::LANES;
    let mut sums = [isa.splat_whole(0); VECTORS];
    // The same length for all, so that the compiler checks once for all.
    let mut rest = [&words[..of_vector]; VECTORS];
    for vector in 0..VECTORS {
        sums[vector] = isa.load_whole(&bias[vector * I::LANES..]);
        rest[vector] = &words[vector * of_vector..][..of_vector];
    }
    for four in input.chunks_exact(P::DEPTH) {
        let value = products.splat_values(isa, four);
        for vector in 0..VECTORS {
            let (words, others) = rest[vector].split_at(I::LANES);
            sums[vector] = products.add_flipped(isa, sums[vector], value, isa.load_whole(words));
            rest[vector] = others;
        }
    }
    for vector in 0..VECTORS {
        isa.store_whole(sums[vector], &mut to[vector * I::LANES..]);
    }
    VECTORS
}
