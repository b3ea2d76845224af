//! What the bytes of a tensor stand for.

/// Bytes as real numbers: `real = scale * (byte - zero_point)`.
///
/// ```
/// use nn_core::quant::Quantization;
///
/// let halves = Quantization { scale: 0.5, zero_point: 3 };
/// assert_eq!(halves.dequantize(7), 2.0);
/// assert_eq!(halves.quantize(2.2), 7);
/// assert_eq!(halves.quantize(-1.0e9), -128);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Quantization {
    /// The distance between the numbers of neighbouring bytes; positive and finite.
    pub scale: f32,
    /// The byte that stands for zero.
    pub zero_point: i8,
}

impl Quantization {
    /// The quantization whose bytes reach from one number to another, and to zero, which is always exact, as in TFLite.
    ///
    /// ```
    /// use nn_core::quant::Quantization;
    ///
    /// assert_eq!(Quantization::of_range(0.0, 255.0), Quantization { scale: 1.0, zero_point: -128 });
    /// assert_eq!(Quantization::of_range(-51.0, 204.0), Quantization { scale: 1.0, zero_point: -77 });
    /// ```
    pub const fn of_range(lowest: f32, highest: f32) -> Self {
        let (lowest, highest) = (lowest.min(0.0) as f64, highest.max(0.0) as f64);
        let scale = (highest - lowest) / 255.0;
        if scale < f32::MIN_POSITIVE as f64 {
            // Nothing but zeros.
            return Self { scale: 1.0, zero_point: 0 };
        }
        let zero_point = saturate(round((-128.0 - lowest / scale) as f32));
        Self { scale: scale as f32, zero_point }
    }

    /// The nearest byte to a number, halves away from zero, cut to the range; the zero point if it is not a number.
    ///
    /// As in TFLite, the number is divided by the scale in single precision, and not multiplied by its reciprocal.
    #[inline(always)]
    pub const fn quantize(self, real: f32) -> i8 {
        saturate(round(real / self.scale).saturating_add(self.zero_point as i32))
    }

    /// The number that a byte stands for.
    #[inline(always)]
    pub const fn dequantize(self, byte: i8) -> f32 {
        self.scale * (byte as i32 - self.zero_point as i32) as f32
    }
}

/// The nearest whole number, halves away from zero; the ends of the range beyond it, zero for what is not a number.
#[inline(always)]
pub(super) const fn round(x: f32) -> i32 {
    // A cast cuts the fraction off. The fraction itself is exact, also of numbers next to a half, where `x + 0.5` is
    // rounded up to the next whole number.
    let whole = x as i32;
    let fraction = x - whole as f32;
    if fraction >= 0.5 {
        whole.saturating_add(1)
    } else if fraction <= -0.5 {
        whole.saturating_sub(1)
    } else {
        whole
    }
}

/// The nearest byte.
#[inline(always)]
pub(super) const fn saturate(x: i32) -> i8 {
    clamp(x, [i8::MIN, i8::MAX])
}

/// The nearest byte within bounds. Unlike `Ord::clamp`, bounds in the wrong order are no panic: the upper one holds.
#[inline(always)]
pub(super) const fn clamp(x: i32, [lowest, highest]: [i8; 2]) -> i8 {
    let x = if x < lowest as i32 { lowest as i32 } else { x };
    if x > highest as i32 { highest } else { x as i8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_that_of_the_standard_library() {
        let numbers = [0.0, 0.49999997, 0.5, 1.5, 2.5, 126.5, 8_388_607.5, 8_388_609.0, 1e9, 3e9, f32::INFINITY];
        for x in numbers.into_iter().flat_map(|x| [x, -x]) {
            assert_eq!(round(x), x.round() as i32, "{x}");
        }
        assert_eq!(round(f32::NAN), 0);
    }

    #[test]
    fn every_byte_comes_back() {
        for quantization in [Quantization { scale: 0.1, zero_point: -128 }, Quantization { scale: 3.7, zero_point: 5 }]
        {
            for byte in i8::MIN..=i8::MAX {
                assert_eq!(quantization.quantize(quantization.dequantize(byte)), byte);
            }
            assert_eq!(quantization.quantize(f32::INFINITY), 127);
            assert_eq!(quantization.quantize(f32::NAN), quantization.zero_point);
        }
    }
}
