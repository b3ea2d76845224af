//! A real factor as a 32-bit fraction and a power of two, and the product with it in whole numbers.

/// How a product with a [`Multiplier`] is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// Rounds twice, to 31 bits and then by the shift, as TFLite's reference kernels and CMSIS-NN do by default.
    #[default]
    Double,
    /// Rounds once, ties upward, as both do when built for single rounding.
    Single,
}

impl Rounding {
    /// Its name in a file: `double` or `single`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Single => "single",
        }
    }
}

/// A factor `fraction * 2^(shift - 31)`; [`Multiplier::from_real`] gives a `fraction` of `2^30..2^31`, or both zero.
///
/// ```
/// use nn_core::quant::{Multiplier, Rounding};
///
/// let half = Multiplier::from_real(0.5).unwrap();
/// assert_eq!((half.fraction(), half.shift()), (1 << 30, 0));
/// assert_eq!(half.times(7, Rounding::Double), 4);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Multiplier {
    pub(super) fraction: i32,
    // As wide as the fraction, so that tables of multipliers have no padding.
    pub(super) shift: i32,
}

impl Multiplier {
    /// Fraction and shift of each in turn.
    #[inline(always)]
    pub(super) const fn words(multipliers: &[Self]) -> &[[i32; 2]] {
        // SAFETY: a multiplier is two words in this order.
        unsafe { core::slice::from_raw_parts(multipliers.as_ptr().cast(), multipliers.len()) }
    }

    /// The factor 1.
    pub const ONE: Self = Self { fraction: 1 << 30, shift: 1 };

    /// The nearest multiplier to `real`; factors below `2^-32` become zero.
    ///
    /// `None` when `real` is negative, not finite, or `2^30` and more: no 32-bit number survives such a factor.
    pub const fn from_real(real: f64) -> Option<Self> {
        const SMALLEST: f64 = 1.0 / (1_u64 << 33) as f64;
        if !(real >= 0.0 && real < (1 << 30) as f64) {
            return None;
        }
        if real < SMALLEST {
            return Some(Self { fraction: 0, shift: 0 });
        }
        // A number that is not tiny is `significand * 2^(exponent - 1075)`, the significand with 53 bits, the first set.
        let bits = real.to_bits();
        let (exponent, significand) = ((bits >> 52) as i32, bits & ((1 << 52) - 1) | 1 << 52);
        let (mut fraction, mut shift) = ((significand + (1 << 21)) >> 22, exponent - 1022);
        if fraction == 1 << 31 {
            fraction = 1 << 30;
            shift += 1;
        }
        match shift {
            ..-31 => Some(Self { fraction: 0, shift: 0 }),
            -31..=30 => Some(Self { fraction: fraction as i32, shift }),
            _ => None,
        }
    }

    /// A multiplier from its parts: `None` unless the fraction is not negative and the shift is -31 to 30.
    pub const fn from_parts(fraction: i32, shift: i32) -> Option<Self> {
        if fraction < 0 || shift < -31 || shift > 30 { None } else { Some(Self { fraction, shift }) }
    }

    /// The significand, in units of `2^-31`.
    pub const fn fraction(self) -> i32 {
        self.fraction
    }

    /// The power of two, -31 to 30.
    pub const fn shift(self) -> i32 {
        self.shift
    }

    /// The factor itself: a double has room for all its bits.
    #[inline(always)]
    pub(super) const fn real(self) -> f64 {
        self.fraction as f64 * f64::from_bits(((self.shift + 1023 - 31) as u64) << 52)
    }

    /// `x` times the factor, rounded to a whole number; the product must fit in 32 bits, otherwise it wraps.
    ///
    /// Larger `x` never give smaller products, as long as they fit.
    #[inline(always)]
    pub const fn times(self, x: i32, rounding: Rounding) -> i32 {
        match rounding {
            Rounding::Double => {
                let left = if self.shift > 0 { self.shift as u32 } else { 0 };
                let right = if self.shift < 0 { -self.shift as u32 } else { 0 };
                divide_by_power_of_two(doubling_high_product(x.wrapping_shl(left), self.fraction), right)
            }
            Rounding::Single => {
                let total = (31 - self.shift) as u32;
                (x as i64 * self.fraction as i64 + 1_i64.wrapping_shl(total.wrapping_sub(1))).wrapping_shr(total) as i32
            }
        }
    }
}

/// `a * b / 2^31`, ties upward, saturating in the only case that overflows (both `i32::MIN`).
///
/// The same function as gemmlowp's `SaturatingRoundingDoublingHighMul`, whose sign-dependent nudge and truncating
/// division amount to a shift after adding one half.
#[inline(always)]
pub const fn doubling_high_product(a: i32, b: i32) -> i32 {
    if a == i32::MIN && b == i32::MIN {
        return i32::MAX;
    }
    ((a as i64 * b as i64 + (1 << 30)) >> 31) as i32
}

/// `x / 2^exponent`, ties away from zero; `exponent` 0 to 31.
#[inline(always)]
pub const fn divide_by_power_of_two(x: i32, exponent: u32) -> i32 {
    let mask = ((1_i64 << (exponent & 31)) - 1) as i32;
    let threshold = (mask >> 1) + (x < 0) as i32;
    (x >> (exponent & 31)) + ((x & mask) > threshold) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_keep_thirty_one_bits() {
        let parts = |real| Multiplier::from_real(real).map(|m| (m.fraction(), m.shift()));
        assert_eq!(parts(1.0), Some((1 << 30, 1)));
        assert_eq!(parts(0.75), Some((3 << 29, 0)));
        assert_eq!(parts(0.25), Some((1 << 30, -1)));
        assert_eq!(parts(0.0), Some((0, 0)));
        assert_eq!(parts(1.0 - 1e-12), Some((1 << 30, 1)), "rounds up to the next power of two");
        assert_eq!(parts(2f64.powi(-40)), Some((0, 0)));
    }

    #[test]
    fn the_factor_of_its_parts_is_the_one_it_was_made_of() {
        for real in [1.0, 0.75, 0.1, 1e-9, 12_345.0, 2f64.powi(-32), 1e9] {
            let factor = Multiplier::from_real(real).unwrap().real();
            assert!((factor - real).abs() <= real * 2f64.powi(-31), "{factor} {real}");
        }
    }

    #[test]
    fn factors_that_no_sum_survives_are_refused() {
        for real in [-0.5, f64::NAN, f64::INFINITY, 2f64.powi(30)] {
            assert_eq!(Multiplier::from_real(real), None, "{real}");
        }
    }

    #[test]
    fn rounding_twice_differs_from_rounding_once() {
        let quarter = Multiplier::from_real(0.25).unwrap_or_default();
        // 1 / 4: first 0.5 to 1, then 0.5 to 1; once: 0.25 to 0.
        assert_eq!(quarter.times(1, Rounding::Double), 1);
        assert_eq!(quarter.times(1, Rounding::Single), 0);
        // -6 / 4 = -1.5: away from zero in the second of two roundings, upward in the only one.
        assert_eq!(quarter.times(-6, Rounding::Double), -2);
        assert_eq!(quarter.times(-6, Rounding::Single), -1);
    }

    #[test]
    fn halves_go_away_from_zero() {
        let quotients = [-6, -3, -2, -1, 0, 1, 2, 3, 6].map(|x| divide_by_power_of_two(x, 2));
        assert_eq!(quotients, [-2, -1, -1, 0, 0, 0, 1, 1, 2]);
        assert_eq!(divide_by_power_of_two(i32::MIN, 31), -1);
    }

    #[test]
    fn the_high_product_is_the_nudged_and_truncated_one() {
        let nudged = |a: i32, b: i32| {
            let product = i64::from(a) * i64::from(b);
            let nudge = if product >= 0 { 1 << 30 } else { 1 - (1 << 30) };
            (product + nudge) / (1 << 31)
        };
        let numbers = [i32::MIN + 1, -(1 << 30), -12_345, -3, -1, 0, 1, 2, 77_777, 1 << 30, i32::MAX];
        for a in numbers {
            for b in numbers {
                assert_eq!(i64::from(doubling_high_product(a, b)), nudged(a, b), "{a} {b}");
            }
        }
        assert_eq!(doubling_high_product(i32::MIN, i32::MIN), i32::MAX);
    }
}
