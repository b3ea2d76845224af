//! Sums of two tensors.

use super::Rescale;
use super::scale::{LaneRescale, Scale, load_some};
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

/// Sums of vectors of bytes.
struct Sums<I: Isa> {
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
        let whole = len - len % I::LANES;
        for at in (0..whole).step_by(I::LANES) {
            let sum = self.sum(isa, isa.load_bytes(&first[at..]), isa.load_bytes(&second[at..]));
            isa.store_bytes(self.rescale.whole(isa, sum), &mut output[at..]);
        }
        if whole < len {
            let sum = self.sum(isa, load_some(isa, &first[whole..len]), load_some(isa, &second[whole..len]));
            self.rescale.store(isa, sum, &mut output[whole..len]);
        }
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
}
