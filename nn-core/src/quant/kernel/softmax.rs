//! Softmax in fixed point.

use super::fixed_point::{exponential, reciprocal};
use crate::kernel::{Isa, Job};
use crate::quant::multiplier::{divide_by_power_of_two, doubling_high_product};
use crate::quant::prepare::SoftmaxScale;
use crate::quant::quantization::saturate;

/// Softmax of one row as TFLite has it: the outputs' scale is 1/256 and their zero point -128.
#[derive(Debug)]
pub struct Softmax<'a> {
    /// The input's scale, prepared.
    pub scale: SoftmaxScale,
    /// The logits.
    pub input: &'a [i8],
    /// The probabilities.
    pub output: &'a mut [i8],
}

impl Job for Softmax<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        let Self { scale, input, output } = self;
        let largest = input.iter().fold(i8::MIN, |largest, &value| largest.max(value)) as i32;
        let sum = input.iter().fold(0_i32, |sum, &value| {
            // In Q12, so that sums of thousands fit.
            sum.wrapping_add(power(scale, value as i32 - largest).map_or(0, |power| divide_by_power_of_two(power, 12)))
        });
        // The sum is `1 + x` times a power of two, with `x` of 0 to 1 in Q0.
        let zeros = sum.leading_zeros();
        let factor = reciprocal((sum as u32).wrapping_shl(zeros).wrapping_sub(1 << 31) as i32);
        // Rows of more than 256 equal bytes would need more than 31, and give zeros all the same.
        let shift = (12 + 31 - 8 - zeros.min(12)).min(31);
        for (output, &value) in output.iter_mut().zip(input) {
            *output = power(scale, value as i32 - largest).map_or(i8::MIN, |power| {
                saturate(divide_by_power_of_two(doubling_high_product(factor, power), shift) - 128)
            });
        }
    }
}

/// `exp(scale * difference)` in Q0; nothing where it is too small to count.
#[cfg_attr(target_arch = "arm", inline(never))]
#[cfg_attr(not(target_arch = "arm"), inline(always))]
fn power(scale: SoftmaxScale, difference: i32) -> Option<i32> {
    (difference >= scale.smallest)
        .then(|| exponential(doubling_high_product(difference.wrapping_shl(scale.shift), scale.fraction), 5))
}
