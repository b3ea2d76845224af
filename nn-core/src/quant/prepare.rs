//! The constants of each operation, made of the quantizations of what goes in and comes out.
//!
//! The order of operations and the precision of each are TFLite's, so that the constants are the same bits. Everything
//! can be evaluated by the compiler. `None` means scales that no byte survives: not positive, not finite, or further apart
//! than a factor of 2^30.

use super::hard_silu::HardSilu;
use super::kernel::{logistic, tanh};
use super::quantization::{clamp, saturate};
use super::{Multiplier, Quantization, Rounding};

/// The multiplier of a channel of a convolution or of a dense layer that has a scale for each unit.
///
/// ```
/// use nn_core::quant::{Multiplier, prepare};
///
/// assert_eq!(prepare::multiplier_per_channel(0.5, 0.25, 1.0), Multiplier::from_real(0.125));
/// ```
pub const fn multiplier_per_channel(input: f32, weights: f32, output: f32) -> Option<Multiplier> {
    Multiplier::from_real(input as f64 * weights as f64 / output as f64)
}

/// The multiplier of a dense layer that has one scale for all weights: here the product of scales is rounded to single
/// precision.
pub const fn multiplier_per_tensor(input: f32, weights: f32, output: f32) -> Option<Multiplier> {
    Multiplier::from_real((input * weights) as f64 / output as f64)
}

/// The bias of a channel less the input's zero point times the sum of the channel's weights: what its sums of products
/// begin with.
///
/// ```
/// assert_eq!(nn_core::quant::prepare::folded_bias(100, -10, [1, 2, 3]), 160);
/// ```
pub fn folded_bias(bias: i32, zero_point: i8, weights: impl IntoIterator<Item = i8>) -> i32 {
    weights.into_iter().fold(bias, |sum, weight| sum.wrapping_sub(zero_point as i32 * weight as i32))
}

/// The bytes of the bounds of an activation, such as 0 and 6 of `relu6`; infinite where there is none.
///
/// ```
/// use nn_core::quant::{Quantization, prepare};
///
/// let output = Quantization { scale: 0.1, zero_point: -100 };
/// assert_eq!(prepare::bounds(output, 0.0, f32::INFINITY), [-100, 127]);
/// assert_eq!(prepare::bounds(output, 0.0, 6.0), [-100, -40]);
/// ```
pub const fn bounds(output: Quantization, lowest: f32, highest: f32) -> [i8; 2] {
    [output.quantize(lowest), output.quantize(highest)]
}

/// A sum of two tensors, prepared; see [`super::kernel::Add`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The zero points of both inputs and of the output.
    pub zero_points: [i8; 3],
    /// The multipliers of both inputs and of the output.
    pub multipliers: [Multiplier; 3],
    /// The lowest and the highest byte of the output.
    pub bounds: [i8; 2],
    /// How the products with multipliers are rounded.
    pub rounding: Rounding,
}

impl Addition {
    /// Both inputs are brought to twice the larger scale, with 20 bits more than they have.
    pub(super) const BITS: u32 = 20;

    /// The sum of tensors with two quantizations in a third one.
    pub const fn new(
        [first, second]: [Quantization; 2],
        output: Quantization,
        bounds: [i8; 2],
        rounding: Rounding,
    ) -> Option<Self> {
        let (a, b) = (first.scale as f64, second.scale as f64);
        let twice = 2.0 * if a > b { a } else { b };
        let of_output = twice / ((1_u32 << Self::BITS) as f64 * output.scale as f64);
        let (Some(a), Some(b), Some(of_output)) =
            (Multiplier::from_real(a / twice), Multiplier::from_real(b / twice), Multiplier::from_real(of_output))
        else {
            return None;
        };
        let zero_points = [first.zero_point, second.zero_point, output.zero_point];
        Some(Self { zero_points, multipliers: [a, b, of_output], bounds, rounding })
    }

    /// The byte of a sum.
    #[inline(always)]
    pub const fn byte(&self, first: i8, second: i8) -> i8 {
        let Self { zero_points, multipliers, bounds, rounding } = *self;
        let a = (first as i32 - zero_points[0] as i32) << Self::BITS;
        let b = (second as i32 - zero_points[1] as i32) << Self::BITS;
        let sum = multipliers[0].times(a, rounding).wrapping_add(multipliers[1].times(b, rounding));
        clamp(multipliers[2].times(sum, rounding).wrapping_add(zero_points[2] as i32), bounds)
    }
}

/// A product of two tensors, prepared; see [`super::kernel::Multiply`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multiplication {
    /// The zero points of both inputs and of the output.
    pub zero_points: [i8; 3],
    /// The product of the inputs' scales by the output's.
    pub multiplier: Multiplier,
    /// The lowest and the highest byte of the output.
    pub bounds: [i8; 2],
    /// How the product with the multiplier is rounded.
    pub rounding: Rounding,
}

impl Multiplication {
    /// The product of tensors with two quantizations in a third one.
    pub const fn new(
        [first, second]: [Quantization; 2],
        output: Quantization,
        bounds: [i8; 2],
        rounding: Rounding,
    ) -> Option<Self> {
        let Some(multiplier) = multiplier_per_channel(first.scale, second.scale, output.scale) else { return None };
        let zero_points = [first.zero_point, second.zero_point, output.zero_point];
        Some(Self { zero_points, multiplier, bounds, rounding })
    }

    /// The byte of a product.
    #[inline(always)]
    pub const fn byte(&self, first: i8, second: i8) -> i8 {
        let Self { zero_points, multiplier, bounds, rounding } = *self;
        let product = (first as i32 - zero_points[0] as i32) * (second as i32 - zero_points[1] as i32);
        clamp(multiplier.times(product, rounding).wrapping_add(zero_points[2] as i32), bounds)
    }
}

/// From one quantization to another, prepared; see [`super::kernel::Requantize`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requantization {
    /// The zero points of the input and of the output.
    pub zero_points: [i8; 2],
    /// The input's scale by the output's.
    pub multiplier: Multiplier,
    /// How the product with the multiplier is rounded.
    pub rounding: Rounding,
}

impl Requantization {
    /// From `input` to `output`.
    pub const fn new(input: Quantization, output: Quantization, rounding: Rounding) -> Option<Self> {
        let Some(multiplier) = Multiplier::from_real(input.scale as f64 / output.scale as f64) else { return None };
        Some(Self { zero_points: [input.zero_point, output.zero_point], multiplier, rounding })
    }

    /// The byte of the same number.
    #[inline(always)]
    pub const fn byte(&self, byte: i8) -> i8 {
        let product = self.multiplier.times(byte as i32 - self.zero_points[0] as i32, self.rounding);
        saturate(product.wrapping_add(self.zero_points[1] as i32))
    }
}

/// The multiplier of [`super::kernel::Mean`] over a number of pixels.
pub const fn mean(input: f32, output: f32, pixels: usize) -> Option<Multiplier> {
    let Some(multiplier) = Multiplier::from_real(input as f64 / output as f64) else { return None };
    if pixels == 0 {
        return None;
    }
    // As TFLite divides: as many bits are added first as keep the quotient within the fraction.
    let mut added = (usize::BITS - 1 - pixels.leading_zeros()) as i32;
    if added > 31 + multiplier.shift() {
        added = 31 + multiplier.shift();
    }
    if added > 32 {
        added = 32;
    }
    let fraction = ((multiplier.fraction() as i64) << added) / pixels as i64;
    Multiplier::from_parts(fraction as i32, multiplier.shift() - added)
}

/// The input's scale of [`super::kernel::Softmax`], prepared: differences of bytes times `fraction * 2^(shift - 31)` are
/// exponents in units of `2^-26`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoftmaxScale {
    /// The significand, in units of `2^-31`.
    pub fraction: i32,
    /// The power of two, 1 to 31.
    pub shift: u32,
    /// The least difference from the largest byte that counts.
    pub smallest: i32,
}

impl SoftmaxScale {
    /// For logits of this scale; scales below `2^-26`, for which TFLite has no softmax, are taken for that.
    pub const fn new(input: f32) -> Self {
        const MOST: f64 = (1_u32 << 31) as f64 - 1.0;
        let wanted = (input as f64 * (1 << 26) as f64).max(1.0).min(MOST);
        let half = match Multiplier::from_real(wanted / 2.0) {
            Some(half) => half,
            None => Multiplier::ONE,
        };
        let shift = (half.shift() + 1) as u32;
        Self { fraction: half.fraction(), shift, smallest: -(((31_i64 << 26) >> shift) as i32) }
    }
}

/// A table for [`super::kernel::Lookup`], of any function of a byte.
pub fn table(function: impl Fn(i8) -> i8) -> [i8; 256] {
    core::array::from_fn(|entry| function((entry as u8 ^ 0x80) as i8))
}

/// The table of any function of a number: `output.quantize(function(input.dequantize(byte)))`.
pub fn table_of(input: Quantization, output: Quantization, function: impl Fn(f32) -> f32) -> [i8; 256] {
    table(|byte| output.quantize(function(input.dequantize(byte))))
}

/// The table of the logistic function as TFLite's reference kernel computes it, in whole numbers: the outputs' scale is
/// 1/256 and their zero point -128.
pub fn logistic_table(input: Quantization, rounding: Rounding) -> Option<[i8; 256]> {
    let argument = Argument::new(input, rounding)?;
    Some(table(|byte| argument.apply(byte, |x| rounded(logistic(x), 8) - 128)))
}

/// The table of the hyperbolic tangent as TFLite's reference kernel computes it, in whole numbers: the outputs' scale is
/// 1/128 and their zero point 0.
pub fn tanh_table(input: Quantization, rounding: Rounding) -> Option<[i8; 256]> {
    let argument = Argument::new(input, rounding)?;
    Some(table(|byte| argument.apply(byte, |x| rounded(tanh(x), 7))))
}

/// The table of `leaky_relu` as TFLite computes it: numbers above zero and those below have a multiplier each.
///
/// ```
/// use nn_core::quant::{Quantization, Rounding, prepare};
///
/// let same = Quantization { scale: 0.1, zero_point: 0 };
/// let table = prepare::leaky_relu_table(same, same, 0.25, Rounding::Double).unwrap();
/// assert_eq!((table[128 + 100], table[128 - 100]), (100, -25));
/// ```
pub fn leaky_relu_table(
    input: Quantization,
    output: Quantization,
    slope: f32,
    rounding: Rounding,
) -> Option<[i8; 256]> {
    // In single precision up to here, unlike the multipliers of other operations.
    let above = Multiplier::from_real((input.scale / output.scale) as f64)?;
    let below = Multiplier::from_real((input.scale * slope / output.scale) as f64)?;
    Some(table(|byte| {
        let difference = byte as i32 - input.zero_point as i32;
        let product = if difference >= 0 { above } else { below }.times(difference, rounding);
        saturate(product.wrapping_add(output.zero_point as i32))
    }))
}

/// The table of `hard_silu` as TFLite computes it, with numbers of 16 bits. `None` if a step of the output is so much smaller
/// than one of the input that TFLite has no such operation.
///
/// ```
/// use nn_core::quant::{Quantization, prepare};
///
/// let same = Quantization { scale: 0.1, zero_point: 0 };
/// let table = prepare::hard_silu_table(same, same).unwrap();
/// assert_eq!((table[128 + 100], table[128 - 100]), (100, 0));
/// ```
pub fn hard_silu_table(input: Quantization, output: Quantization) -> Option<[i8; 256]> {
    let hard_silu = HardSilu::new(input, output)?;
    Some(table(|byte| hard_silu.byte(byte)))
}

/// A number in Q0 in units of `2^-bits`.
fn rounded(x: i32, bits: u32) -> i32 {
    super::multiplier::divide_by_power_of_two(x, 31 - bits)
}

/// From bytes to numbers in Q4.
struct Argument {
    zero_point: i8,
    multiplier: Multiplier,
    /// From this distance from zero on the function is at its limit.
    radius: i32,
    rounding: Rounding,
}

impl Argument {
    fn new(input: Quantization, rounding: Rounding) -> Option<Self> {
        let multiplier = Multiplier::from_real(input.scale as f64 * (1 << 27) as f64)?;
        let left = u32::try_from(multiplier.shift()).ok()?;
        Some(Self { zero_point: input.zero_point, multiplier, radius: ((15_i64 << 27) >> left) as i32, rounding })
    }

    fn apply(&self, byte: i8, function: impl Fn(i32) -> i32) -> i8 {
        let difference = byte as i32 - self.zero_point as i32;
        if difference <= -self.radius {
            i8::MIN
        } else if difference >= self.radius {
            i8::MAX
        } else {
            saturate(function(self.multiplier.times(difference, self.rounding)))
        }
    }
}
