//! Sums of two tensors.
//!
//! The definition rounds three products, each in 64 bits. Vectors are summed in floats instead, which takes a third of the time,
//! wherever what floats leave out cannot matter: where the sum is not near the middle between two bytes.

use super::Rescale;
use super::estimate::Certainty;
use super::scale::{LaneRescale, Scale, load_some, store_some};
use crate::kernel::{Isa, Job};
use crate::quant::Multiplier;
use crate::quant::prepare::Addition;

/// `output = first + second`, each with its own quantization, as TFLite's ADD.
#[derive(Debug)]
pub struct Add<'a> {
    /// The quantizations, prepared.
    pub addition: &'a Addition,
    /// The first tensor.
    pub first: &'a [i8],
    /// The second tensor.
    pub second: &'a [i8],
    /// The sums.
    pub output: &'a mut [i8],
}

impl Job for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { addition, first, second, output } = self;
        if super::is_small::<I>() {
            for ((output, &first), &second) in output.iter_mut().zip(first).zip(second) {
                *output = addition.byte(first, second);
            }
            return;
        }
        // The input of the larger scale is multiplied by one half.
        let (order, first, second) =
            if addition.multipliers[1] == HALF { ([1, 0], second, first) } else { ([0, 1], first, second) };
        Sums::new(isa, addition, order).write(isa, first, second, output);
    }
}

const HALF: Multiplier = Multiplier { fraction: 1 << 30, shift: 0 };

/// Vectors that are summed in floats at a time: they share the test of certainty, and none waits for another.
const TOGETHER: usize = 4;

/// Sums in floats: `first * factors[0] + second * factors[1] + constant`, in units of the output's bytes.
struct Estimate<I: Isa> {
    factors: [I::Vector; 2],
    constant: I::Vector,
    /// How far a sum may be from the one of the definition.
    doubt: f32,
}

impl<I: Isa> Estimate<I> {
    /// With the inputs in some order. None where it would be too far from the sum of the definition.
    ///
    /// Of the definition, with `f` for the larger factor: a product is exact where the multiplier is one half, else it is
    /// rounded twice to units of which the sum has `2^19 / f` for a byte of the output. The sum's own product is rounded once
    /// to less than such a unit, before it is rounded to a byte. Together that is less than `2^-17 * f`.
    ///
    /// Of the floats, each rounded to `2^-24` of itself: factors move products by `2^7 * f` of that, the constant is at most
    /// `2^7 + 2^8 * f`, both products `2^7 * f`, the first sum `2^7 + 384 * f` and the second one `2^7 + 2^9 * f`. Together
    /// that is `2^-24 * (1664 * f + 384)`, so that both are less than `2^-13 * (f + 1 / 4)`.
    fn new(isa: I, addition: &Addition, order: [usize; 2]) -> Option<Self> {
        let Addition { zero_points, multipliers, .. } = *addition;
        let of_sum = multipliers[2].real() * (1_u32 << Addition::BITS) as f64;
        let factors = order.map(|input| multipliers[input].real() * of_sum);
        let zeros = order.map(|input| zero_points[input] as f64);
        let constant = zero_points[2] as f64 - factors[0] * zeros[0] - factors[1] * zeros[1];
        let larger = factors[0].max(factors[1]);
        (multipliers[order[0]] == HALF && larger <= 4.0).then(|| Self {
            factors: [isa.splat(factors[0] as f32), isa.splat(factors[1] as f32)],
            constant: isa.splat(constant as f32),
            doubt: (larger as f32 + 0.25) / 8192.0,
        })
    }

    /// The whole numbers of the sums of vectors of bytes, none if one of them is uncertain.
    #[inline(always)]
    fn sums<const COUNT: usize>(
        &self,
        isa: I,
        first: [I::Whole; COUNT],
        second: [I::Whole; COUNT],
    ) -> Option<[I::Whole; COUNT]> {
        let (mut sums, mut certainty) = (first, Certainty::new(isa));
        for (sum, second) in sums.iter_mut().zip(second) {
            let of_second = isa.mul_add(isa.to_floats(second), self.factors[1], self.constant);
            *sum = certainty.nearest(isa, isa.mul_add(isa.to_floats(*sum), self.factors[0], of_second));
        }
        if certainty.holds(isa, self.doubt) { Some(sums) } else { None }
    }
}

#[inline(always)]
fn load_together<I: Isa>(isa: I, bytes: &[i8]) -> [I::Whole; TOGETHER] {
    let mut vectors = [isa.splat_whole(0); TOGETHER];
    for (vector, bytes) in vectors.iter_mut().zip(bytes.chunks_exact(I::LANES)) {
        *vector = isa.load_bytes(bytes);
    }
    vectors
}

/// Sums of vectors of bytes.
struct Sums<I: Isa> {
    estimate: Option<Estimate<I>>,
    zeros: [I::Whole; 2],
    scales: [Scale<I>; 2],
    /// Whether the first scale is one half.
    halves_first: bool,
    rescale: LaneRescale<I>,
}

impl<I: Isa> Sums<I> {
    /// With the inputs in some order.
    #[inline(always)]
    fn new(isa: I, addition: &Addition, order: [usize; 2]) -> Self {
        let Addition { zero_points, multipliers, bounds, rounding } = *addition;
        let [first, second] = order;
        let of_sum = [multipliers[2]];
        let rescale = Rescale { bias: &[], multipliers: &of_sum, zero_point: zero_points[2], bounds, rounding };
        Self {
            estimate: Estimate::new(isa, addition, order),
            zeros: [isa.splat_whole(zero_points[first] as i32), isa.splat_whole(zero_points[second] as i32)],
            scales: [
                Scale::splat(isa, multipliers[first], 0, rounding),
                Scale::splat(isa, multipliers[second], 0, rounding),
            ],
            halves_first: multipliers[first] == HALF,
            rescale: rescale.lanes(isa, 0),
        }
    }

    /// Writes as many as there are bytes of both.
    #[inline(always)]
    fn write(&self, isa: I, first: &[i8], second: &[i8], output: &mut [i8]) {
        let len = output.len().min(first.len()).min(second.len());
        let mut at = 0;
        while at < len {
            at += self.write_certain(isa, &first[at..len], &second[at..len], &mut output[at..len]);
            let end = len.min(at + TOGETHER * I::LANES);
            self.write_any(isa, &first[at..end], &second[at..end], &mut output[at..end]);
            at = end;
        }
    }

    /// Writes sums in floats, `TOGETHER` vectors at a time, up to the first that are not certain. Returns how many bytes.
    #[inline(always)]
    fn write_certain(&self, isa: I, first: &[i8], second: &[i8], output: &mut [i8]) -> usize {
        let Some(estimate) = &self.estimate else { return 0 };
        let block = TOGETHER * I::LANES;
        let bytes = first.chunks_exact(block).zip(second.chunks_exact(block));
        let mut certain = 0;
        for (output, (first, second)) in output.chunks_exact_mut(block).zip(bytes) {
            let sums = estimate.sums(isa, load_together(isa, first), load_together(isa, second));
            let Some(mut wholes) = sums else { break };
            for whole in &mut wholes {
                *whole = self.rescale.cut(isa, *whole);
            }
            isa.store_bytes_of_four(wholes, output);
            certain += block;
        }
        certain
    }

    /// Writes sums a vector at a time, whether they are certain or not.
    #[inline(always)]
    fn write_any(&self, isa: I, first: &[i8], second: &[i8], output: &mut [i8]) {
        let whole = output.len() - output.len() % I::LANES;
        for at in (0..whole).step_by(I::LANES) {
            let sum = self.bytes(isa, isa.load_bytes(&first[at..]), isa.load_bytes(&second[at..]));
            isa.store_bytes(sum, &mut output[at..]);
        }
        if whole < output.len() {
            let sum = self.bytes(isa, load_some(isa, &first[whole..]), load_some(isa, &second[whole..]));
            store_some(isa, sum, &mut output[whole..]);
        }
    }

    /// The bytes of sums as whole numbers.
    #[inline(always)]
    fn bytes(&self, isa: I, first: I::Whole, second: I::Whole) -> I::Whole {
        // No closure: it would not be compiled for the instruction set.
        if let Some(estimate) = &self.estimate
            && let Some([whole]) = estimate.sums(isa, [first], [second])
        {
            return self.rescale.cut(isa, whole);
        }
        self.rescale.whole(isa, self.sum(isa, first, second))
    }

    #[inline(always)]
    fn sum(&self, isa: I, first: I::Whole, second: I::Whole) -> I::Whole {
        let bits = isa.splat_whole(Addition::BITS as i32);
        let [first, second] = [isa.sub_whole(first, self.zeros[0]), isa.sub_whole(second, self.zeros[1])];
        let scaled = if self.halves_first {
            isa.shift_left(first, isa.splat_whole(Addition::BITS as i32 - 1))
        } else {
            self.scales[0].times(isa, isa.shift_left(first, bits))
        };
        isa.add_whole(scaled, self.scales[1].times(isa, isa.shift_left(second, bits)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use crate::quant::kernel::tests::bytes;
    use crate::quant::{Quantization, Rounding};
    use crate::random::Random;
    use std::vec::Vec;

    #[test]
    fn sums_of_all_lengths_are_those_of_single_bytes() {
        let mut random = Random::new(1, 0);
        for len in [0, 1, 7, 8, 9, 15, 16, 17, 40, 1000] {
            for scales in [[0.1, 0.1, 0.2], [0.02, 0.5, 0.3], [1.0, 0.001, 0.1], [0.3, 0.1, 0.04]] {
                let of = |index: usize| Quantization { scale: scales[index], zero_point: [-128, 3, 17][index] };
                let ways =
                    [([-128, 127], Rounding::Double), ([17, 127], Rounding::Double), ([-10, 100], Rounding::Single)];
                for (bounds, rounding) in ways {
                    let addition = &Addition::new([of(0), of(1)], of(2), bounds, rounding).unwrap();
                    let (first, second) = (&bytes(len, &mut random)[..], &bytes(len, &mut random)[..]);
                    let expected: Vec<i8> = first.iter().zip(second).map(|(&a, &b)| addition.byte(a, b)).collect();
                    for level in Level::available() {
                        let mut found = std::vec![0; len];
                        level.run(Add { addition, first, second, output: &mut found });
                        assert_eq!(found, expected, "{level:?}, {addition:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_pair_of_bytes_has_its_sum() {
        let all: Vec<i8> = (i8::MIN..=i8::MAX).collect();
        let first: Vec<i8> = all.iter().flat_map(|&byte| [byte; 256]).collect();
        let second = all.repeat(256);
        let of = |scale, zero_point| Quantization { scale, zero_point };
        for (inputs, output) in [
            ([of(0.0235, -128), of(0.061, 9)], of(0.0431, -128)),
            // Every second sum lies in the middle between two bytes.
            ([of(0.125, -3), of(0.125, 40)], of(0.25, 5)),
            // The largest factors that are summed in floats, and larger ones.
            ([of(0.399, -128), of(0.02, 127)], of(0.1, 0)),
            ([of(0.401, -128), of(0.02, 127)], of(0.1, 0)),
        ] {
            for rounding in [Rounding::Double, Rounding::Single] {
                let addition = &Addition::new(inputs, output, [-128, 127], rounding).unwrap();
                let expected: Vec<i8> = first.iter().zip(&second).map(|(&a, &b)| addition.byte(a, b)).collect();
                for level in Level::available() {
                    let mut found = std::vec![0; expected.len()];
                    level.run(Add { addition, first: &first, second: &second, output: &mut found });
                    assert!(found == expected, "{level:?}, {addition:?}");
                }
            }
        }
    }
}
