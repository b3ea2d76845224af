//! Sums of two tensors.

use super::scale::{Scale, lanes_of_bounds, load_some, store_within};
use crate::kernel::{Isa, Job};
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
        let Addition { zero_points, multipliers, bounds, rounding } = *addition;
        let bounds = lanes_of_bounds(isa, bounds);
        let of_first = Scale::splat(isa, multipliers[0], 0, rounding);
        let of_second = Scale::splat(isa, multipliers[1], 0, rounding);
        let of_sum = Scale::splat(isa, multipliers[2], zero_points[2], rounding);
        let zeros = [isa.splat_whole(zero_points[0] as i32), isa.splat_whole(zero_points[1] as i32)];
        let bits = isa.splat_whole(Addition::BITS as i32);
        let pairs = first.chunks(I::LANES).zip(second.chunks(I::LANES));
        for ((first, second), output) in pairs.zip(output.chunks_mut(I::LANES)) {
            let a = isa.shift_left(isa.sub_whole(load_some(isa, first), zeros[0]), bits);
            let b = isa.shift_left(isa.sub_whole(load_some(isa, second), zeros[1]), bits);
            let sum = isa.add_whole(of_first.times(isa, a), of_second.times(isa, b));
            let len = output.len().min(first.len()).min(second.len());
            store_within(isa, of_sum.times(isa, sum), bounds, &mut output[..len]);
        }
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
            for scales in [[0.1, 0.1, 0.2], [0.02, 0.5, 0.3], [1.0, 0.001, 0.1]] {
                let of = |index: usize| Quantization { scale: scales[index], zero_point: [-128, 3, 17][index] };
                for (bounds, rounding) in [([-128, 127], Rounding::Double), ([-10, 100], Rounding::Single)] {
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
