//! The functions that activations are made of, on vectors.
//!
//! Each reduces its argument to a short interval and takes a polynomial there. The polynomials minimize the largest
//! relative error of the result (Lawson's iteration in double precision, coefficients rounded to `f32`); what is left
//! of their own error is below 0.1 ulp. All functions give what is not a number for what is not a number, and the
//! limits for the infinities. The errors stated are the largest that a sweep through all magnitudes found, on any
//! instruction set, in units in the last place of the exact result.

use super::Isa;

/// `coefficients[0] + coefficients[1] * x + ..`, by Horner's rule.
#[inline(always)]
fn polynomial<I: Isa, const COUNT: usize>(isa: I, x: I::Vector, coefficients: [f32; COUNT]) -> I::Vector {
    let mut sum = isa.splat(0.0);
    for (index, &coefficient) in coefficients.iter().rev().enumerate() {
        let coefficient = isa.splat(coefficient);
        sum = if index == 0 { coefficient } else { isa.mul_add(sum, x, coefficient) };
    }
    sum
}

/// `|x|`
#[inline(always)]
fn absolute<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    isa.max(x, isa.sub(isa.splat(0.0), x))
}

/// `value` with its sign changed where `x` is negative.
#[inline(always)]
fn with_sign<I: Isa>(isa: I, value: I::Vector, x: I::Vector) -> I::Vector {
    let zero = isa.splat(0.0);
    isa.select_greater(zero, x, isa.sub(zero, value), value)
}

/// `n` and `exp(r) - 1` where `x = n ln 2 + r`, `n` is whole and `|r| <= ln(2) / 2`.
///
/// `ln 2` is taken in two parts (Cody and Waite). The first has ten bits, so that its product with `n` is exact.
#[inline(always)]
fn reduced_exp<I: Isa>(isa: I, x: I::Vector) -> (I::Vector, I::Vector) {
    let n = isa.round(isa.mul(x, isa.splat(core::f32::consts::LOG2_E)));
    let r = isa.mul_add(n, isa.splat(-0.693_359_4), x);
    let r = isa.mul_add(n, isa.splat(2.121_944_4e-4), r);
    let rest = polynomial(isa, r, [0.499_999_94, 0.166_665_2, 0.041_668_393, 0.008_368_781, 0.001_381_446_7]);
    (n, isa.mul_add(isa.mul(r, r), rest, r))
}

/// `e^x`, within 1 ulp; zero below -104, infinite above 88.73.
#[inline(always)]
pub fn exp<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    // At the bounds the result is zero and infinite already.
    let x = isa.min(isa.splat(89.0), isa.max(isa.splat(-105.0), x));
    let (n, minus_one) = reduced_exp(isa, x);
    // The scale is a product of two powers, since its exponent alone may be too large or too small for a float.
    let half = isa.round(isa.mul(n, isa.splat(0.5)));
    let value = isa.mul(isa.add(minus_one, isa.splat(1.0)), isa.power_of_two(half));
    isa.mul(value, isa.power_of_two(isa.sub(n, half)))
}

/// `e^x - 1` for `x <= 0`, within 2 ulp, near zero too.
#[inline(always)]
pub fn exp_minus_one<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    // At the bound the result is -1 already.
    let (n, minus_one) = reduced_exp(isa, isa.max(isa.splat(-80.0), x));
    let scale = isa.power_of_two(n);
    isa.mul_add(minus_one, scale, isa.sub(scale, isa.splat(1.0)))
}

/// `1 / (1 + e^-x)`, within 2 ulp.
#[inline(always)]
pub fn sigmoid<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    let (zero, one) = (isa.splat(0.0), isa.splat(1.0));
    // By the exponential of what is never positive, so that nothing overflows.
    let e = exp(isa, isa.sub(zero, absolute(isa, x)));
    isa.div(isa.select_greater(zero, x, e, one), isa.add(one, e))
}

/// The hyperbolic tangent, within 2 ulp.
#[inline(always)]
pub fn tanh<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    let (one, two) = (isa.splat(1.0), isa.splat(2.0));
    let size = absolute(isa, x);
    let square = isa.mul(x, x);
    let rest = polynomial(isa, square, [-0.333_332_8, 0.133_314_42, -0.053_739_715, 0.020_639_086, -0.005_704_986_4]);
    let small = isa.mul_add(isa.mul(square, x), rest, x);
    let large = isa.sub(one, isa.div(two, isa.add(exp(isa, isa.mul(two, size)), one)));
    isa.select_greater(isa.splat(0.625), size, small, with_sign(isa, large, x))
}

/// `ln(1 + e^x)`, within 3 ulp.
///
/// It is `max(x, 0) + ln(1 + e)` with `e = e^-|x|`, and `ln(1 + e)` is twice the area tangent of `s = e / (2 + e)`.
#[inline(always)]
pub fn softplus<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    let zero = isa.splat(0.0);
    let e = exp(isa, isa.sub(zero, absolute(isa, x)));
    let s = isa.div(e, isa.add(isa.splat(2.0), e));
    let square = isa.mul(s, s);
    let rest = polynomial(isa, square, [0.666_664_2, 0.400_215_27, 0.280_018_06, 0.280_119_87]);
    let logarithm = isa.mul_add(isa.mul(square, s), rest, isa.add(s, s));
    isa.add(isa.max(zero, x), logarithm)
}

/// The error function, within 2 ulp: a polynomial below 1, and above it `1 - e^p` where `p` approximates the logarithm
/// of the complement.
#[inline(always)]
pub fn erf<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    let one = isa.splat(1.0);
    // From 4 on the result is 1.
    let size = isa.min(isa.splat(4.0), absolute(isa, x));
    let below =
        [0.128_379_17, -0.376_126_26, 0.112_835_854, -0.026_853_813, 0.005_188_327_7, -8.010_194e-4, 7.853_861e-5];
    let small = isa.mul_add(polynomial(isa, isa.mul(size, size), below), x, x);
    let above =
        [-3.415_223e-4, -1.127_089_1, -0.638_144_85, -0.103_106_76, 0.021_838_067, -0.002_947_659, 1.863_792_6e-4];
    let large = isa.sub(one, exp(isa, polynomial(isa, size, above)));
    isa.select_greater(one, size, small, with_sign(isa, large, x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Job, Level};
    use std::vec::Vec;

    /// A function on the values of a slice.
    macro_rules! job {
        ($name:ident) => {{
            struct Each<'a>(&'a mut [f32]);
            impl Job for Each<'_> {
                type Output = ();
                #[inline(always)]
                fn run<I: Isa>(self, isa: I) {
                    for values in self.0.chunks_mut(I::LANES) {
                        isa.store_partial($name(isa, isa.load_partial(values)), values);
                    }
                }
            }
            |level: Level, values: &mut [f32]| level.run(Each(values))
        }};
    }

    type OnSlice = fn(Level, &mut [f32]);

    /// Floats of all magnitudes and both signs: every 20011th.
    fn sweep() -> Vec<f32> {
        (0..=u32::MAX).step_by(20_011).map(f32::from_bits).filter(|value| value.is_finite()).collect()
    }

    /// The error in units in the last place of the exact value.
    fn error(found: f32, exact: f64) -> f64 {
        if found.is_infinite() && exact > f64::from(f32::MAX) {
            return 0.0;
        }
        let size = exact.abs().max(f64::from(f32::MIN_POSITIVE));
        let unit = libm::exp2(libm::floor(libm::log2(size)) - 23.0);
        (f64::from(found) - exact).abs() / unit
    }

    fn check(name: &str, bound: f64, function: OnSlice, exact: fn(f64) -> f64, inputs: &[f32]) {
        for level in Level::available() {
            let mut found = inputs.to_vec();
            function(level, &mut found);
            let (mut worst, mut at) = (0.0, 0.0);
            for (&input, &found) in inputs.iter().zip(&found) {
                let error = error(found, exact(f64::from(input)));
                assert!(!error.is_nan(), "{name} of {input} is {found}, on {level:?}");
                if error > worst {
                    (worst, at) = (error, input);
                }
            }
            std::println!("{name} on {level:?}: {worst:.3} ulp at {at}");
            assert!(worst <= bound, "{name} of {at} is off by {worst} ulp, on {level:?}");
        }
    }

    #[test]
    fn errors_are_within_their_bounds() {
        let all = sweep();
        let near: Vec<f32> = (-400_000..400_000).step_by(7).map(|n| n as f32 * 2.5e-4).collect();
        let down: Vec<f32> = near.iter().chain(&all).copied().filter(|&value| value <= 0.0).collect();
        for inputs in [&all, &near] {
            check("exp", 1.0, job!(exp), libm::exp, inputs);
            check("sigmoid", 2.0, job!(sigmoid), |x| 1.0 / (1.0 + libm::exp(-x)), inputs);
            check("tanh", 2.0, job!(tanh), libm::tanh, inputs);
            check("softplus", 3.0, job!(softplus), |x| x.max(0.0) + libm::log1p(libm::exp(-x.abs())), inputs);
            check("erf", 2.0, job!(erf), libm::erf, inputs);
        }
        check("exp_minus_one", 2.0, job!(exp_minus_one), libm::expm1, &down);
    }

    #[test]
    fn limits_and_what_is_not_a_number() {
        let functions: [(OnSlice, [f32; 2]); 5] = [
            (job!(exp), [0.0, f32::INFINITY]),
            (job!(sigmoid), [0.0, 1.0]),
            (job!(tanh), [-1.0, 1.0]),
            (job!(softplus), [0.0, f32::INFINITY]),
            (job!(erf), [-1.0, 1.0]),
        ];
        for level in Level::available() {
            for (function, limits) in functions {
                let mut values = [f32::NEG_INFINITY, f32::INFINITY, f32::NAN];
                function(level, &mut values);
                assert_eq!(values[..2], limits, "{level:?}");
                assert!(values[2].is_nan(), "{level:?}");
            }
            let mut values = [f32::NEG_INFINITY, 0.0, f32::NAN];
            job!(exp_minus_one)(level, &mut values);
            assert_eq!(values[..2], [-1.0, 0.0]);
            assert!(values[2].is_nan());
        }
    }
}
