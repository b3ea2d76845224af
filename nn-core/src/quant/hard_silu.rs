//! `hard_silu` in fixed point, bit for bit as TFLite's HARD_SWISH has it.

use super::multiplier::divide_by_power_of_two;
use super::quantization::saturate;
use super::{Multiplier, Quantization};

/// From a quantization to another, through numbers of 16 bits.
#[derive(Clone, Copy)]
pub(super) struct HardSilu {
    zero_points: [i8; 2],
    /// From the input, with seven bits more, to units of `3 / 2^15`.
    gate: Factor,
    /// From the input, with seven bits more, to the output.
    output: Factor,
}

/// A factor `fraction * 2^(exponent - 15)`.
#[derive(Clone, Copy)]
struct Factor {
    fraction: i32,
    exponent: i32,
}

impl Factor {
    fn new(real: f32) -> Option<Self> {
        let multiplier = Multiplier::from_real(f64::from(real))?;
        let fraction = (i64::from(multiplier.fraction()) + (1 << 15)) >> 16;
        Some(Self { fraction: (fraction as i32).min(i32::from(i16::MAX)), exponent: multiplier.shift() })
    }
}

impl HardSilu {
    /// `None` where a step of the output is so much smaller than one of the input that TFLite has no such operation.
    pub(super) fn new(input: Quantization, output: Quantization) -> Option<Self> {
        let fine = input.scale / 128.0;
        let (gate, factor) = (Factor::new(fine / (3.0 / 32_768.0))?, Factor::new(fine / output.scale)?);
        let zero_points = [input.zero_point, output.zero_point];
        (factor.exponent <= 0).then_some(Self { zero_points, gate, output: factor })
    }

    /// The byte of `x * relu6(x + 3) / 6`.
    pub(super) fn byte(&self, byte: i8) -> i8 {
        let fine = (i32::from(byte) - i32::from(self.zero_points[0])) << 7;
        // From -1 to 1 to from 0 to 1, both in units of 2^-15.
        let gate = (self.gate(fine) + (1 << 15)) >> 1;
        // The only product here that is cut off and not rounded.
        let product = gate * high_product(fine, self.output.fraction) / (1 << 15);
        let rounded = divide_by_power_of_two(product, self.output.exponent.unsigned_abs());
        saturate(rounded + i32::from(self.zero_points[1]))
    }

    /// A third of the number, from -1 to 1 in units of `2^-15`. As much of a shift to the left as can be is done before the
    /// product, all but one bit.
    fn gate(&self, fine: i32) -> i32 {
        let Factor { fraction, exponent } = self.gate;
        if exponent > 0 {
            shifted(high_product(shifted(fine, exponent.unsigned_abs() - 1), fraction), 1)
        } else {
            divide_by_power_of_two(high_product(fine, fraction), exponent.unsigned_abs())
        }
    }
}

/// `2^exponent` times a number, cut to 16 bits.
fn shifted(x: i32, exponent: u32) -> i32 {
    (i64::from(x) << exponent).clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i32
}

/// `a * b / 2^15` of numbers of 16 bits, ties upward.
fn high_product(a: i32, b: i32) -> i32 {
    (a * b + (1 << 14)) >> 15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_near_the_function() {
        for (input_scale, output_scale) in [(0.01, 0.01), (0.05, 0.04), (0.1, 0.1), (0.003, 0.001), (0.5, 0.4)] {
            let input = Quantization { scale: input_scale, zero_point: 9 };
            let output = Quantization { scale: output_scale, zero_point: -20 };
            let silu = HardSilu::new(input, output).unwrap();
            for byte in i8::MIN..=i8::MAX {
                let x = input.dequantize(byte);
                let expected = output.quantize(x * (x + 3.0).clamp(0.0, 6.0) / 6.0);
                let found = silu.byte(byte);
                assert!((i32::from(found) - i32::from(expected)).abs() <= 1, "{x}: {found} {expected}");
            }
        }
    }

    #[test]
    fn outputs_that_are_much_finer_have_none() {
        let scale = |scale| Quantization { scale, zero_point: 0 };
        assert!(HardSilu::new(scale(1.0), scale(0.001)).is_none());
        assert!(HardSilu::new(scale(1.0), scale(0.01)).is_some());
    }
}
